def worst_ten(images, reconstructions):
    errors = np.mean((images - reconstructions) ** 2, axis=1)  # one error for each image
    return np.argsort(errors)[::-1][:10]  # argsort sorts upwards, so reverse it


check("1.3", worst_ten)
inputs = np.asarray(x_test)
reconstructions = np.asarray(autoencoder(inputs))
worst = worst_ten(inputs, reconstructions)
show_digits(
    {"input": inputs[worst], "reconstruction": reconstructions[worst]},
    captions=test_labels[worst],
)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Function
from aeutils.exercises.reading import as_indices, require

ERROR, SQUARES, BOTH = (
    "np.mean((images - reconstructions) ** 2, axis=1)",
    "(images - reconstructions) ** 2",
    "images - reconstructions",
)
TEN, DOWN = "[::-1][:10]", "np.argsort(errors)"


def draw(rng):
    """Images and reconstructions whose errors differ in size, in density and in sign."""
    n = rng.choice([10, 40, 65, 1300])
    images = rng.random((n, 784)) * rng.uniform(0.2, 1, (n, 1))
    size, density = rng.permutation(np.geomspace(0.001, 0.2, n)), rng.uniform(0.02, 1, (n, 1))
    noise = rng.choice([-1.0, 1.0], (n, 784)) * (rng.random((n, 784)) < density)
    noise[::2] = abs(noise[::2])  # half of the images are too bright
    single = [0, 783, *rng.integers(784, size=2)]  # in some a single pixel is off
    noise[size.argsort()[[-9, -7, -4, -2]]] = np.eye(784)[single]
    noise *= np.sqrt(size / (noise**2).mean(axis=1))[:, None]
    return images.astype("float32"), (images - noise).astype("float32")


def read(received, images, reconstructions):
    array = as_indices(received)
    if array.size == max(array.shape, default=0):
        array = array.ravel()  # a column will do
    if array.shape == (10,):
        found = f"Received indices from {array.min():g} to {array.max():g}"
        require(array.min() >= 0, f"{found}, expected those of images, 0 or more.")
        require(array.max() < len(images), f"{found} for {len(images)} images. Use axis=1.")
    return array


def say(given, received, expected):
    if set(received.tolist()) == set(expected.tolist()):
        return "The right ten, but in another order: the worst should come first."
    missing = next(i for i in expected if i not in received)
    return f"Of {len(given[0])} images, image {missing} has one of the ten largest errors, and is missing."


CHECK = {
    "worst_ten": Function(
        draw=draw,
        read=read,
        say=say,
        mistakes={
            "These are the ten best. np.argsort sorts upwards: the worst are last.":
                {TEN: "[:10]"},
            "These are the ten best, reversed. np.argsort sorts upwards: the worst are last.":
                {TEN: "[:10][::-1]"},
            "The worst should come first: reverse them.": {TEN: "[-10:]"},
            "The worst one is missing: the last of np.argsort, the first when reversed.":
                {TEN: "[::-1][1:11]"},
            "Counted from 1. Indices of arrays begin at 0.": {TEN: "[::-1][:10] + 1"},
            "These have the largest mean absolute difference. Square the differences.":
                {SQUARES: f"abs({BOTH})"},
            "Differences above and below 0 cancel in your mean. Square them first.":
                {SQUARES: BOTH},
            "You squared the mean. Square the differences first, then take the mean.":
                {ERROR: f"np.mean({BOTH}, axis=1) ** 2"},
            "These have the largest error in a single pixel. Take the mean over all pixels.":
                {ERROR: f"np.max({SQUARES}, axis=1)"},
            "These are pixels, expected images: one error for each is a mean along axis=1.":
                {"axis=1": "axis=0"},
            "These are the brightest, not those with the largest error.": {SQUARES: "images**2"},
        },
        others=[
            {ERROR: f"np.{way}, axis=1)"}
            for way in (f"var({BOTH}", f"median({SQUARES}", f"mean(abs({BOTH}) ** 1.5",
                        f"mean(({SQUARES})[:, 1:]", f"mean(({SQUARES})[:, :-1]",
                        f"mean(({SQUARES})[:, :392]", f"mean({SQUARES} > 0.01",
                        f"mean({SQUARES} / images.mean(1)[:, None]", "mean(reconstructions**2",
                        f"mean(np.minimum({SQUARES}, 1)", f"mean(np.maximum({BOTH}, 0) ** 2")
        ] + [
            {ERROR: f"{ERROR}[{part}]"} for part in (":1000", ":-1", ":256", "::2")
        ] + [
            {TEN: "[-10:] * 0 + np.arange(10)"}, {DOWN: "np.argsort(np.argsort(errors))"},
            {TEN: '[::-1][:10].astype("uint8")'}, {ERROR: f"np.roll({ERROR}, 1)"},
            {ERROR: f"np.append(0, {ERROR}[1:])"}, {ERROR: f"{ERROR}.round(3)"},
        ],
    )
}  # fmt: skip
SAME = ["np.sum((images"]
NOTICE = "Look at yours: the worst are bold or unusual digits, not unreadable reconstructions."
