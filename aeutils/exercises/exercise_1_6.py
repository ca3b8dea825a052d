from aeutils import Progress, cosine_adam


class Sample(keras.layers.Layer):
    """Sample a code around its mean, and add a loss for codes that are not standard normal."""

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
    model = keras.Model(pixels, decoder(Sample()(mean, log_variance)))
    model.compile(cosine_adam(2e-3, 6 * 211), "binary_crossentropy", steps_per_execution=50)
    model.fit(
        x_train, x_train, batch_size=256, epochs=6, verbose=0, callbacks=[Progress("variational")]
    )
    return encoder, decoder


check("1.6", train_vae)
_, generator = train_vae()
show_digits(generator(np.random.default_rng(1).normal(size=(10, 8)).astype("float32")))

# ---- What the check knows. ----

from aeutils.data import load_mnist, to_vectors
from aeutils.exercises.reading import as_array, as_models, as_pair, call, require


def check_vae(rng, answer):
    encoder, decoder = as_models(call(answer))
    images, labels = load_mnist()[1]
    digits = to_vectors(images)
    x = digits[rng.permutation(10_000)[:1000]]

    def encode(x):
        both = as_pair(call(encoder, x), "means and log variances")
        return [as_array(part, what="a part of the code") for part in both]

    def decode(code):
        pictures = as_array(call(decoder, code.astype("float32")), x.shape, "the decoded code")
        ends = f"Pixels go from {pictures.min():.2f} to {pictures.max():.2f}, expected 0 to 1."
        require(pictures.min() >= 0 and pictures.max() <= 1, f"{ends} Is there a sigmoid?")
        return pictures

    (mean, log_variance), again = encode(x), encode(x[::-1].copy())
    found = f"For 1,000 digits the shapes are {mean.shape} and {log_variance.shape}"
    fits = mean.ndim == 2 and len(mean) == 1000 and mean.shape == log_variance.shape
    require(fits, f"{found}, expected (1000, numbers) for both.")
    error, swapped = (np.mean((decode(part) - x) ** 2) for part in (mean, log_variance))
    order = "The outputs are swapped: means come first, then log variances."
    require(error <= 0.045 or swapped > 0.045, order)
    sampled = "Two calls give different means: that is the sampled code. Return the mean itself."
    require(np.allclose(mean, again[0][::-1], atol=1e-3), sampled)
    positive = "All log variances are above 0. Return the logarithm, not the variance or the spread."
    require(log_variance.min() <= 0, positive)
    same = "The log variances are the same for every image. Each image needs its own: make them an "
    require(np.ptp(log_variance, axis=0).max() > 1e-3, f"{same}output of the trained encoder.")
    tiny = f"The mean log variance is {log_variance.mean():.1f}: codes are hardly spread, as in a "
    tiny += "plain autoencoder. Is the code sampled, and does the divergence hold - log variance?"
    require(log_variance.mean() > -8, tiny)
    spread = (mean**2 + np.exp(np.minimum(log_variance, 30))).mean()
    pictures = decode(rng.normal(size=mean.shape))
    nearest = np.argmin((digits**2).sum(axis=1) - 2 * pictures @ digits.T, axis=1)
    rarest = np.bincount(labels[nearest], minlength=10).min() / 1000
    variety = pictures.var(axis=0).sum() / x.var(axis=0).sum()
    measured = f"Reconstructions have an MSE of {error:.4f}, codes a mean square of {spread:.2f}. "
    measured += f"Random codes give pictures with {variety:.0%} of the variance of real digits; the "
    measured += f"rarest digit is {rarest:.1%} of them. "
    weaker = "Expected an MSE of at most 0.045: a weaker Kullback-Leibler term or more training."
    require(error <= 0.045, measured + weaker)
    sample = mean + np.exp(np.minimum(log_variance, 30) / 2) * rng.normal(size=mean.shape)
    apart = np.mean((decode(sample) - x) ** 2)
    noisy = f"With codes sampled around the means the MSE is {apart:.4f}, far more: in training the "
    require(apart <= error + 0.02, f"{measured}{noisy}decoder gets mean + spread * noise.")
    square = "Expected a mean square near 1. Is the divergence a sum over the code, divided by 784?"
    require(0.5 < spread < 2.5, measured + square)
    alike = "Expected at least 25 % and 0.5 %. Does the decoder get mean + spread * noise?"
    require(variety >= 0.25 and rarest >= 0.005, measured + alike)
    return f"{measured}This one is a generator."


CHECK = {"train_vae": check_vae}
SECONDS = 20
