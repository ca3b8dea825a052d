def make_detector(autoencoder, known, share):
    def image_errors(images):
        return np.mean((images - autoencoder(images)) ** 2, axis=1)

    # Fixed once, from images known to be ordinary. A threshold taken from the images under
    # test would flag the same share of anything.
    threshold = np.quantile(image_errors(known), 1 - share)
    return lambda images: image_errors(images) > threshold


check("1.6", make_detector)
