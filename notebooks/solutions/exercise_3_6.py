def train_small_denoiser():
    keras.utils.set_random_seed(1)
    image = keras.Input((28, 28, 1))
    maps = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(image)
    maps = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(maps)
    # 7 x 7 x 2 = 98 numbers. Linear, so that no part of so small a code can die.
    encoder = keras.Model(image, layers.Conv2D(2, 3, padding="same")(maps))
    code = keras.Input((7, 7, 2))
    back = layers.Conv2D(32, 3, padding="same", activation="relu")(code)
    back = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(back)
    output = layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")(back)
    decoder = keras.Model(code, output)

    clean = x_train[:12_000]
    noisy = salt_and_pepper(np.asarray(clean), np.random.default_rng(1))
    model = keras.Model(image, decoder(encoder(image)))
    model.compile(falling_rate(0.008, 750), "binary_crossentropy")
    # The noise goes into the input only. With a noisy target it would be worth copying.
    model.fit(keras.ops.convert_to_tensor(noisy), clean, batch_size=32, epochs=2, verbose=0,
              callbacks=[Progress("small denoiser")])
    return encoder, decoder


check("3.6", train_small_denoiser)
