def train_sparse():
    keras.utils.set_random_seed(1)
    pixels = keras.Input((784,))
    # L1 charges every unit in proportion to its value, so silence is free and shouting is not.
    # Ten times more and nearly all units die; ten times less and hardly one falls silent.
    penalty = keras.regularizers.L1(1e-3)
    code = keras.layers.Dense(32, activation="relu", activity_regularizer=penalty)(pixels)
    encoder = keras.Model(pixels, code)
    decoder = keras.Sequential([keras.Input((32,)), dense(784, "sigmoid")])
    model = keras.Model(pixels, decoder(encoder(pixels)))
    train(model, 6, "sparse autoencoder", keras.optimizers.Adam(3e-3))
    return encoder, decoder


check("1.7", train_sparse)
