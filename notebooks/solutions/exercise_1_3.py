def worst_ten(images, reconstructions):
    errors = np.mean((images - reconstructions) ** 2, axis=1)  # one error for each image
    return np.argsort(errors)[::-1][:10]  # argsort goes upwards: turn it round


check("1.3", worst_ten)
inputs = np.asarray(x_test)
reconstructions = np.asarray(autoencoder(inputs))
worst = worst_ten(inputs, reconstructions)
show_digits(
    {"input": inputs[worst], "reconstruction": reconstructions[worst]},
    captions=test_labels[worst],
)
