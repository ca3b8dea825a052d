from aeutils import Progress, cosine_adam


class Draw(keras.layers.Layer):
    """Draw a code around its mean, and charge for codes that are not standard normal."""

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, mean, log_variance):
        # The logarithm may be any number; a variance may not.
        variance = keras.ops.exp(log_variance)
        divergence = keras.ops.sum(mean**2 + variance - 1 - log_variance, axis=1) / 2
        self.add_loss(keras.ops.mean(divergence) / 784)
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seeds)
        return mean + keras.ops.sqrt(variance) * noise


def train_vae():
    keras.utils.set_random_seed(1)
    pixels = keras.Input((784,))
    hidden = keras.layers.Dense(256, activation="relu")(pixels)
    mean, log_variance = keras.layers.Dense(8)(hidden), keras.layers.Dense(8)(hidden)
    encoder = keras.Model(pixels, [mean, log_variance])
    decoder = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(784, activation="sigmoid"),
        ]
    )
    model = keras.Model(pixels, decoder(Draw()(mean, log_variance)))
    model.compile(cosine_adam(2e-3, 6 * 211), "binary_crossentropy", steps_per_execution=50)
    model.fit(
        x_train, x_train, batch_size=256, epochs=6, verbose=0, callbacks=[Progress("variational")]
    )
    return encoder, decoder


check("1.8", train_vae)
draws = np.random.default_rng(1).normal(size=(10, 8)).astype("float32")
_, generator = train_vae()
show_digits(generator(draws))
