from aeutils import Progress, cosine_adam, shift_images

# A digit moved by a pixel is the same digit, but to a dense network it is a new image.
MOVES = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]


def learn_from_few(images, labels, moves=MOVES):
    keras.utils.set_random_seed(13)
    moved = np.concatenate([shift_images(images, *move) for move in moves])
    repeated = np.tile(labels, len(moves))  # one whole set of labels after the other
    network = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(128, "relu"),
        keras.layers.Dense(64, "relu"),
        keras.layers.Dense(10, "softmax"),
    ])
    optimizer = cosine_adam(4e-3, 10 * len(moved) // 64)
    network.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=50)
    network.fit(moved, repeated, batch_size=64, epochs=10, verbose=0,
        callbacks=[Progress("1,000 labels")])  # fmt: skip
    return network


check("2.6", learn_from_few)
for name, moves in {"moved copies": MOVES, "control, not moved": 9 * [(0, 0)]}.items():
    network = learn_from_few(np.asarray(x_train[:1_000]), y_train[:1_000], moves)
    print(f"{name:19} {accuracy(network, x_test, test_labels):.3f} of the test digits")
