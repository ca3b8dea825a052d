from aeutils import Progress, cosine_adam


def train_sparse():
    keras.utils.set_random_seed(1)
    pixels = keras.Input((784,))
    # L1 charges every unit in proportion to its value. Ten times more and all units fall silent;
    # ten times less and too many speak.
    code = keras.layers.Dense(
        1000, activation="relu", activity_regularizer=keras.regularizers.L1(1e-3)
    )(pixels)
    encoder = keras.Model(pixels, code)
    decoder = keras.Sequential(
        [keras.Input((1000,)), keras.layers.Dense(784, activation="sigmoid")]
    )
    model = keras.Model(pixels, decoder(encoder(pixels)))
    model.compile(cosine_adam(2e-3, 5 * 211), "binary_crossentropy", steps_per_execution=50)
    model.fit(x_train, x_train, batch_size=256, epochs=5, verbose=0, callbacks=[Progress("sparse")])
    return encoder, decoder


check("1.7", train_sparse)
