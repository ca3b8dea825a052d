def worst_ten(images, reconstructions):
    errors = np.mean((images - reconstructions) ** 2, axis=1)  # one error for each image
    return np.argsort(errors)[::-1][:10]  # argsort goes upwards: turn it round


check("1.3", worst_ten)
reconstructions = np.asarray(autoencoder(x_test))
worst = worst_ten(np.asarray(x_test), reconstructions)
show_digits(
    {"reconstruction": reconstructions[worst], "input": test_images[worst]},
    captions=test_labels[worst],
)
