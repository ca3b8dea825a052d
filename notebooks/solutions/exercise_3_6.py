from keras import layers

from aeutils import Progress, cosine_adam, to_images


def train_small_denoiser():
    keras.utils.set_random_seed(1)
    options = {"strides": 2, "padding": "same", "activation": "relu"}
    encoder = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 3, **options),
        layers.Conv2D(32, 3, **options),
        # 7 x 7 x 2 = 98 numbers. Linear, so that no part of so small a code can die.
        layers.Conv2D(2, 3, padding="same"),
    ])
    decoder = keras.Sequential([
        keras.Input((7, 7, 2)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2DTranspose(16, 3, **options),
        layers.Conv2DTranspose(1, 3, **options | {"activation": "sigmoid"}),
    ])
    clean = to_images(images[:12_000])
    draw = np.random.default_rng(1).random(clean.shape, "float32")
    noisy = np.where(draw < 0.15, 0, np.where(draw > 0.85, 1, clean))
    model = keras.Sequential([encoder, decoder])
    model.compile(cosine_adam(0.008, 750), "binary_crossentropy")
    # The noise goes into the input only. With a noisy target it would be worth copying.
    model.fit(noisy, clean, batch_size=32, epochs=2, verbose=0, callbacks=[Progress("denoiser")])
    return encoder, decoder


check("3.6", train_small_denoiser)
