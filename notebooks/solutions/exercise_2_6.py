def learn_from_few(images, labels):
    keras.utils.set_random_seed(13)
    # A digit moved by a pixel is the same digit, but to a dense network it is a new image.
    pictures = np.asarray(images).reshape(-1, 28, 28)
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    moved = np.concatenate([np.roll(pictures, move, axis=(1, 2)) for move in moves])
    repeated = np.tile(labels, len(moves))  # one whole set of labels after the other
    network = classifier()
    rate = falling_rate(4e-3, 10 * len(moved) // 64)
    network.compile(rate, "sparse_categorical_crossentropy", **FAST)
    network.fit(moved.reshape(-1, 784), repeated, batch_size=64, epochs=10, verbose=0,
        callbacks=[Progress("1,000 labels")])  # fmt: skip
    return network


check("2.6", learn_from_few)
