"""What is right for each exercise, and what to say of the common mistakes.

One function for each exercise. It gets the answer, returns what to notice about a right one, and
raises `NotYet` with the reason for any other. Functions of the reader are judged on data and models
made here, so that a check does not depend on the state of the notebook.
"""

import functools
import itertools

import numpy as np

from aeutils.checks import NotYet, as_array, as_number, call, choice, describe, require
from aeutils.data import load_mnist, to_vectors

EXERCISES, SECONDS = {}, {}


def exercise(number):
    """Register a check of the old form, which gets the answer alone."""

    def register(function):
        EXERCISES[number] = lambda rng, answer: function(answer)
        return function

    return register


_SIDES = ("input_shape", "output_shape")


@functools.cache
def _digits(n=1000):
    """The first n test images as vectors, for checks that need real digits."""
    return to_vectors(load_mnist()[1][0][:n])


# Notebook 1: a simple autoencoder


@exercise("1.1")
def _impossible_loss(answer):
    return choice(
        answer,
        "C",
        "The floor holds for every model, so a loss below it is always a mistake, never a success.",
        {
            "A": "A larger code lowers the loss, but no code gets it below that of a perfect copy.",
            "B": "Longer training lowers the loss towards the floor of section 3, never below it.",
            "D": "Overfitting would show as a gap between the curves. Even a model that knew every "
            "image by heart could not get below the loss of a perfect copy.",
        },
    )


@exercise("1.2")
def _count_parameters(answer):
    count = as_number(answer)
    sizes = [784, 128, 64, 32, 64, 128, 784]
    weights = sum(a * b for a, b in itertools.pairwise(sizes))
    half = sum(a * b + b for a, b in itertools.pairwise(sizes[:4]))
    mistakes = {
        weights: "That counts the weights, but each unit also has a bias.",
        half: "That is the encoder alone. The decoder has parameters too.",
        2 * half: "Nearly: the decoder's biases belong to its own outputs, 64 + 128 + 784, so "
        "the halves do not have the same number.",
        784 * 32 + 32 + 32 * 784 + 784: "That is the network of section 2. Here there are "
        "two more layers on each side of the code.",
    }
    require(count not in mistakes, mistakes.get(count))
    require(
        count == weights + sum(sizes[1:]),
        f"Received {count:,}. Add, for each of the six layers, inputs x units + units.",
    )
    return "Nearly all of them sit in the two layers that touch the 784 pixels."


@exercise("1.3")
def _worst_ten(answer):
    random = np.random.default_rng(3)
    images = random.random((60, 784), dtype="float32")
    size = random.permutation(np.geomspace(0.05, 0.5, 60))[:, None]
    noise = random.choice([-1, 1], images.shape) * size
    noise[size[:, 0].argmax(), 1::2] = 0  # the largest mean square is not the largest maximum
    reconstructions = images + noise
    errors = (noise**2).mean(axis=1)
    order = errors.argsort()
    received = as_array(call(answer, images, reconstructions.astype("float32")))
    require(
        received.shape != (784,) and not (received >= 60).any(),
        f"Received {describe(received)}, with values up to {received.max()}, for 60 images: "
        "indices of pixels? Take the mean over the pixels of each image, axis=1.",
    )
    require(
        received.dtype.kind in "iu",
        f"Received numbers of dtype {received.dtype}, expected the indices of the images, not "
        "their errors (np.argsort gives indices).",
    )
    require(received.shape == (10,), f"Received shape {received.shape}, expected (10,).")
    require(
        set(received) != set(order[:10]),
        "These are the ten best. np.argsort sorts upwards, so the worst are at the end.",
    )
    require(
        not (set(received) == set(order[-10:]) and list(received) == list(order[-10:])),
        "The right ten, but the worst should come first.",
    )
    require(
        list(received) == list(order[::-1][:10]),
        "These are not the ten largest errors. Square the differences, then take the mean over "
        "the pixels of each image.",
    )
    return "Look at yours: the worst are bold or unusual digits, not unreadable reconstructions."


@exercise("1.4")
def _dead_units(answer):
    random = np.random.default_rng(4)
    for units, dead in ((9, [2, 5]), (40, [0, 17, 39]), (6, [])):
        codes = random.random((30, units), dtype="float32")
        codes[random.random(codes.shape) < 0.3] = 0
        codes[:, dead] = 0
        rare = next(unit for unit in range(units) if unit not in dead)
        codes[1:, rare] = 0  # fires once, faintly: alive
        codes[0, rare] = 1e-4
        received = as_array(call(answer, codes)) if dead else np.asarray(call(answer, codes))
        require(
            received.dtype.kind != "b",
            "Received True and False for each unit, expected the indices of the dead units. "
            "np.flatnonzero turns one into the other.",
        )
        require(
            received.ndim == 1,
            f"Received {describe(received)}, expected a one-dimensional array of unit indices.",
        )
        require(
            len(received) == 0 or (received.dtype.kind in "iu" and received.max() < units),
            f"Received {received[:5]} ... for {units} units: not indices of units. The units are "
            "the columns of the codes, so look along axis=0.",
        )
        got = sorted(received.tolist())
        require(
            rare not in got,
            f"Unit {rare} fires on one image, faintly, and you counted it as dead. A dead unit "
            "fires on no image: all of its codes are 0.",
        )
        require(got == dead, f"For these codes units {dead} are dead; received {got}.")
    return "A unit that is dead on 54,000 images gets no gradient, so more training cannot help it."


@functools.cache
def _toy_models(code_size=3):
    """A small encoder and decoder with fixed, nonlinear behaviour."""
    import keras  # only here: its import takes seconds

    random = np.random.default_rng(5)

    def model(n_in, n_out, activation):
        built = keras.Sequential(
            [keras.Input((n_in,)), keras.layers.Dense(n_out, activation=activation)]
        )
        built.set_weights([random.normal(size=(n_in, n_out)) / n_in**0.5, np.zeros(n_out)])
        return built

    return model(784, code_size, "relu"), model(code_size, 784, "sigmoid")


@exercise("1.5")
def _walk(answer):
    encoder, decoder = _toy_models()
    random = np.random.default_rng(6)
    a, b = random.random((2, 784), dtype="float32") * 4
    for steps in (2, 7):
        received = as_array(call(answer, encoder, decoder, a, b, steps))
        require(
            received.shape == (steps, 784),
            f"Received shape {received.shape} for {steps} steps, expected ({steps}, 784): one "
            "decoded picture for each step.",
        )
        mix = np.linspace(0, 1, steps)[:, None]
        codes = np.asarray(encoder(np.stack([a, b])))
        expected = np.asarray(decoder((1 - mix) * codes[0] + mix * codes[1]))
        require(
            not np.allclose(received, (1 - mix) * a + mix * b, atol=1e-3),
            "You mixed the images. Encode both, mix the codes, then decode.",
        )
        require(
            not np.allclose(received, expected[::-1], atol=1e-3),
            "The walk goes from b to a, expected from a to b.",
        )
        require(
            np.allclose(received[0], expected[0], atol=1e-3),
            "The walk should start at the reconstruction of a, decoder(encoder(a)).",
        )
        require(
            np.allclose(received[-1], expected[-1], atol=1e-3),
            "The walk should end at the reconstruction of b. np.linspace(0, 1, steps) includes "
            "both ends.",
        )
        require(
            np.allclose(received, expected, atol=1e-3),
            "The ends are right, but not the steps between: they should be evenly spaced codes.",
        )
    return "Try it on two digits of the same class: then half-way is usually a digit too."


@exercise("1.6")
def _detector(answer):
    random = np.random.default_rng(7)
    encoder, decoder = _toy_models()
    import keras

    autoencoder = keras.Sequential([encoder, decoder])
    known = random.random((4000, 784), dtype="float32") * random.random((4000, 1), dtype="float32")
    known, fresh = known[:2000], known[2000:]
    share = 0.1
    detector = call(answer, autoencoder, known, share)
    require(
        callable(detector),
        f"Received {describe(detector)}, expected a function that takes images.",
    )
    alarms = as_array(call(detector, fresh), what="what your detector returns")
    require(alarms.shape == (2000,), f"For 2000 images your detector returned {alarms.shape}.")
    require(
        alarms.dtype.kind == "b",
        f"Your detector returned numbers of dtype {alarms.dtype}, expected True or False for "
        "each image.",
    )
    strange = fresh + 3
    caught = as_array(call(detector, strange)).mean()
    require(
        not 0 < caught < 0.5,
        f"Of images that are all far too bright your detector flags {caught:.0%}. Is the threshold "
        "taken anew from the images it is given? It must come from the known ones.",
    )
    require(
        caught > 0.5,
        "Images that are all far too bright raise no alarm. Does the alarm go off *above* the "
        "threshold?",
    )
    require(
        0.06 <= alarms.mean() <= 0.14,
        f"With share={share} your detector flags {alarms.mean():.0%} of ordinary images, expected "
        f"about {share:.0%}. Use the quantile 1 - share of the errors of the known images, one "
        "error for each image.",
    )
    return "The share of false alarms is what you choose; what is caught is what you then get."


@exercise("1.7")
def _sparse(answer):
    result = call(answer)
    require(
        isinstance(result, tuple) and len(result) == 2,
        f"Received {describe(result)}, expected a pair: encoder, decoder.",
    )
    encoder, decoder = result
    for model, shapes in ((encoder, (784, 32)), (decoder, (32, 784))):
        found = tuple(getattr(model, side, (None, None))[-1] for side in _SIDES)
        require(
            found == shapes,
            f"Received a model from {found[0]} to {found[1]} numbers, expected {shapes[0]} to "
            f"{shapes[1]}.",
        )
    codes = as_array(encoder(_digits()), what="the code")
    error = np.mean((np.asarray(decoder(codes)) - _digits()) ** 2)
    active = np.mean(abs(codes) > 0.01 * abs(codes).max())
    measured = f"On test digits {active:.0%} of the code is active and the MSE is {error:.4f}"
    require(
        error < 0.06,
        f"{measured}, no better than the mean image. If all units are silent, the penalty is too "
        "strong; if it was never trained, call fit.",
    )
    require(
        active <= 0.65,
        f"{measured}: not sparse yet, expected at most 65 % active. Give the code layer "
        "an activity_regularizer (a kernel_regularizer makes weights small, not codes sparse), or "
        "make it stronger.",
    )
    require(
        error <= 0.032,
        f"{measured}, expected at most 0.032: weaken the penalty or train longer.",
    )
    return f"{measured}. A digit now uses only some of the units, and the error is the price."


# Notebook 2: stacked autoencoders


@exercise("2.1")
def _smaller_codes(answer):
    return choice(
        answer,
        "B",
        "Compare such a loss with the variance of the same codes, or decode and compare pixels.",
        {
            "A": "What is kept is the share of the variance that the error leaves, and the "
            "variance of the codes fell by a hundred too.",
            "C": "A classifier may like codes of another size, but this loss was not measured on "
            "a classifier, and it cannot tell.",
            "D": "Overfitting is a gap between the losses on training and on validation codes. "
            "Both were divided alike.",
        },
    )


@exercise("2.2")
def _freeze(answer):
    import keras

    random = np.random.default_rng(8)
    x, y = random.random((32, 6)), np.eye(3)[random.integers(0, 3, 32)]
    sizes = [5, 4, 4, 3]
    network = keras.Sequential([keras.Input((6,)), *(keras.layers.Dense(n, "tanh") for n in sizes)])
    received = call(answer, network, 1)
    require(
        isinstance(received, keras.Model) and len(received.layers) == 4,
        f"Received {describe(received)}, expected the network that was handed in.",
    )
    for part in (network, *network.layers):
        part.trainable = True
    network.compile("adam", "categorical_crossentropy")
    network.fit(x, y, verbose=0)  # from here on, a frozen layer needs a new compile
    for free in (1, 3):
        before = [layer.get_weights() for layer in network.layers]
        network = call(answer, network, free)
        told = [network.trainable and layer.trainable for layer in network.layers]
        wanted = [layer >= 4 - free for layer in range(4)]
        found = f"With free={free} and four layers, trainable is {told}, expected {wanted}"
        require(any(told), f"{found}: nothing is left to learn.")
        require(told == wanted or told != wanted[::-1], f"{found}: the last layers learn.")
        require(
            told == wanted or free == 1,
            f"{found}. The network had been frozen with free=1 before. A layer that is to learn "
            "again must be told so itself; network.trainable = True does not reach it.",
        )
        require(told == wanted, f"{found}.")
        changed = "The weights changed before any training. Freezing only sets trainable."
        require(_moved(network, before) == [False] * 4, changed)
        network.fit(x, y, verbose=0)
        require(
            _moved(network, before) == wanted,
            f"With free={free} trainable is right, but after one epoch the layers that moved are "
            f"{_moved(network, before)}. Keras reads trainable when the training step is made: "
            "compile after setting it.",
        )
    return "The frozen layers still pass the signal on; they only get no update."


def _moved(network, before):
    after = [layer.get_weights() for layer in network.layers]
    pairs = [zip(old, new, strict=True) for old, new in zip(before, after, strict=True)]
    return [any((a != b).any() for a, b in pair) for pair in pairs]


@exercise("2.3")
def _confusion(answer):
    random = np.random.default_rng(9)
    labels = random.permutation(np.repeat(np.arange(10), np.arange(20, 70, 5)))
    predictions = np.where(random.random(len(labels)) < 0.7, labels, random.integers(0, 7, 425))
    predictions[predictions == 7] = 1  # nothing is ever taken for a 7
    counts = np.zeros((10, 10))
    np.add.at(counts, (labels, predictions), 1)
    expected = counts / counts.sum(axis=1, keepdims=True)
    columns = counts / np.maximum(counts.sum(axis=0), 1)
    once = (counts > 0) / (counts > 0).sum(axis=1, keepdims=True)
    mistakes = [
        (counts, "These are counts. Divide each row by the number of images of that digit."),
        (counts.T, "These are counts, and rows and columns are swapped: rows are the true digits."),
        (expected.T, "Rows and columns are swapped: a row is a true digit, a column a prediction."),
        (counts / 425, "You divided by the number of all images. Each row has its own total."),
        (columns, "You divided by the number of predictions: the columns sum to 1, not the rows."),
        (columns.T, "Rows and columns are swapped: a row is a true digit, a column a prediction."),
        (100 * expected, "These are per cent, expected shares between 0 and 1."),
        (once, "Each pair was counted once. counts[labels, predictions] += 1 adds 1 to an entry "
               "however often it is named; np.add.at counts every time."),
    ]  # fmt: skip
    received = as_array(call(answer, labels, predictions), (10, 10))
    for table, reason in mistakes:
        require(not np.allclose(received, table, atol=1e-6), reason)
    row = int(abs(received - expected).max(axis=1).argmax())
    require(
        np.allclose(received, expected, atol=1e-6),
        f"The row of digit {row} is {received[row].round(2)} and sums to {received[row].sum():.2f},"
        f" expected {expected[row].round(2)}.",
    )
    return "The diagonal holds the accuracy of each digit; a mean over all hides the worst of them."


@exercise("2.4")
def _verdicts(answer):
    control = np.array([[0.78, 0.88, 0.83], [0.8, 0.81, 0.8], [0.9, 0.8, 0.7], [0.8, 0.8, 0.8]])
    gain = np.array([[2, 2, 2], [9, -1, 9], [-1, -2, -1], [2, 0, 3]]) / 100
    other = np.hstack([control, control])[::-1], np.hstack([gain, gain[:, ::-1]])[::-1]
    for base, step in ((control, gain), other):
        received = call(answer, base + step, base)
        require(
            isinstance(received, list | tuple | np.ndarray),
            f"Received {describe(received)}, expected a list of words.",
        )
        received = [str(word) for word in received]
        up, down = (step > 0).all(axis=1), (step < 0).all(axis=1)
        expected = np.select([up, down], ["ahead", "behind"], "open").tolist()
        require(
            len(received) == len(base),
            f"Received {len(received)} verdicts for {base.shape[0]} label counts and "
            f"{base.shape[1]} seeds, expected one for each label count, a row.",
        )
        swap = {"ahead": "behind", "behind": "ahead", "open": "open"}
        require(
            set(received) <= set(swap),
            f"Received {received[:4]}, expected only 'ahead', 'behind' and 'open'.",
        )
        require(
            received != [swap[word] for word in expected],
            "'ahead' and 'behind' are swapped: 'ahead' means that scores are above the control.",
        )
        for k, (got, want) in enumerate(zip(received, expected, strict=True)):
            pair = f"scores {(base + step)[k].round(2)} against {base[k].round(2)}: you say {got!r}"
            require(
                got == want or want != "open",
                f"{pair}, expected 'open'. The mean or the best seed is not enough, and a tie is "
                "no win: every seed has to agree.",
            )
            require(
                got == want or got != "open",
                f"{pair}, expected {want!r}. Compare seed with seed: both drew the same labelled "
                "images, so a lucky draw helps both, and the ranges may overlap.",
            )
            require(got == want, f"{pair}, expected {want!r}.")
    return (
        "If nothing but chance were at work, three seeds would still agree in one case of four, "
        "so in a long table a few verdicts are luck."
    )


@exercise("2.5")
def _add_layer(answer):
    random = np.random.default_rng(11)
    mixing = random.normal(size=(4, 40))
    codes = np.maximum(random.normal(size=(21_000, 4)) @ mixing + 0.5, 0).astype("float32")
    codes, fresh = codes[:20_000], codes[20_000:]
    result = call(answer, codes, 16)
    require(
        isinstance(result, tuple) and len(result) == 2,
        f"Received {describe(result)}, expected a pair: encoder, decoder.",
    )
    for model, shapes in zip(result, ((40, 16), (16, 40)), strict=True):
        found = tuple(getattr(model, side, (None, None))[-1] for side in _SIDES)
        require(
            found == shapes,
            f"For codes of width 40 and 16 units, received a model from {found[0]} to {found[1]} "
            f"numbers, expected {shapes[0]} to {shapes[1]}. The data are codes, not the pixels.",
        )
    encoder, decoder = result
    code = as_array(encoder(fresh), (1000, 16), "the new code")
    back = as_array(decoder(code), (1000, 40), "the decoded code")
    require(code.min() >= 0, f"The new code goes down to {code.min():.2f}: give it a ReLU.")
    require(
        not (back.min() >= 0 and 0.9 < back.max() <= 1 < fresh.max()),
        f"The decoder answers between {back.min():.2f} and {back.max():.2f}, but codes go up to "
        f"{fresh.max():.1f}. A sigmoid suits pixels; codes have no upper limit.",
    )

    def explained(y):
        return 1 - np.mean((fresh - y) ** 2) / np.var(fresh, axis=0).mean()

    spread = float(code.std())
    inputs = np.column_stack([code, np.ones(1000)])
    best = explained(inputs @ np.linalg.lstsq(inputs, fresh, rcond=None)[0])
    direct = explained(back)
    measured = f"On fresh codes the spread of the new code is {spread:.2f}, and encoder and "
    measured += f"decoder keep {direct:.0%} of the variance"
    scaled = max(explained(np.asarray(decoder(code * k))) for k in np.geomspace(0.2, 20, 60))
    require(
        direct > 0.7 or scaled < 0.7,
        f"{measured}, though the decoder keeps {scaled:.0%} when the code has another size. "
        "Multiply the decoder's kernel, not its bias, by the number you divided the encoder by.",
    )
    require(
        direct > 0.7,
        f"{measured}, expected over 70 %; a linear decoder could keep {best:.0%} of it. Train both "
        "together, codes as input and as target, for about six epochs.",
    )
    require(
        0.8 < spread < 1.25,
        f"{measured}. Good, but the spread should be 1: divide the encoder's kernel and its bias "
        "by the spread of its code.",
    )
    return f"{measured}. It can be stacked as often as you like: each call needs only codes."


@functools.cache
def _thousand_labels():
    """1,000 training images with turned labels (9 - digit), test images and their digits."""
    (images, labels), (_, test_labels) = load_mnist()
    return to_vectors(images[:1000]), 9 - labels[:1000], _digits(10_000), test_labels


@exercise("2.6")
def _few_labels(answer):
    images, labels, x, digits = _thousand_labels()
    network = call(answer, images, labels)
    require(callable(network), f"Received {describe(network)}, expected a trained network.")
    outputs = [as_array(network(part), (1000, 10), "its output") for part in np.split(x, 10)]
    named = np.concatenate(outputs).argmax(axis=1)
    accuracy = np.mean(named == 9 - digits)
    measured = f"With the 1,000 labels given to it your network gets {accuracy:.2%} of the test "
    measured += "digits right"
    require(
        np.mean(named == digits) < 0.5,
        f"{measured}, but it names most of them by labels it was not given (the check turns them "
        "round, 9 - digit). Train on the arguments only, not on y_train.",
    )
    require(
        accuracy > 0.5,
        f"{measured}: it was not trained, or images and labels no longer belong together. Copies "
        "stacked one set after the other go with np.tile(labels, n), not with np.repeat.",
    )
    require(
        accuracy >= 0.92,
        f"{measured}, expected at least 92 %. Without more varied images it stays near 90 %, "
        "however long it trains: show each image moved a little, and let the rate fall.",
    )
    return f"{measured}. Moved copies need no label, and did more than pretraining in section 5."


# Notebook 3: convolutional autoencoders


@exercise("3.1")
def _large_code(answer):
    return choice(
        answer,
        "B",
        "A low loss counts where copying is ruled out: by a small code (section 5) or by another "
        "task (section 7).",
        {
            "A": "Copying needs no knowledge of digits: such a network copies a shoe as well.",
            "C": "The code is calculated from the image alone, so it cannot know more than the "
            "image. It is only longer.",
            "D": "These are test digits, which it never saw. And fewer than ten thousand weights "
            "have no room for thousands of images.",
        },
    )


@exercise("3.2")
def _conv_cost(answer):
    for h, w, c, k, f in ((14, 10, 6, 5, 8), (28, 28, 1, 3, 32), (7, 9, 5, 2, 3)):
        layer = f"For ({h}, {w}, {c}), kernel {k} and {f} filters"
        received = as_array(call(answer, h, w, c, k, f), (2,)).tolist()
        weights = k * k * c * f
        mistakes = {
            weights: "parameters without biases: each filter has one.",
            k * k * f + f: "parameters without the input channels: a kernel reaches through all.",
            h * w * c * f + f: "the parameters of a kernel as large as the image. Here it is small "
            "and serves all positions.",
            h * w * weights: "the multiplications first, expected the parameters first.",
        }
        counted = f"{received[0]:,} parameters. Count the weights of one kernel through all "
        counted += "channels, add a bias, then multiply by the filters."
        require(
            received[0] == weights + f, f"{layer} you give {mistakes.get(received[0], counted)}"
        )
        mistakes = {
            weights: "one position alone; there are height x width.",
            h * w * (weights + f): "a multiplication for each bias, which is only added.",
            h * w * k * k * f: "no input channels: each of them is multiplied.",
            (h - k + 1) * (w - k + 1) * weights: "only positions where the kernel lies inside. "
            'padding="same" has as many as the image has pixels.',
        }
        require(
            received[1] == h * w * weights,
            f"{layer} you give {received[1]:,} multiplications: "
            + mistakes.get(received[1], "expected one for each weight at each position."),
        )
    return "The size of the image is absent from the parameters, yet it decides the work."


@exercise("3.3")
def _strongest_patch(answer):
    random = np.random.default_rng(8)
    x = random.random((5, 12, 9), dtype="float32")

    def patch(i, row, column, images=x):
        return np.pad(images[i], 9)[row + 8 : row + 11, column + 8 : column + 11]

    for i, row, column in ((3, 6, 2), (1, 0, 0), (2, 11, 5), (4, 4, 8)):
        responses = random.uniform(-1, 1, x.shape)
        responses[0, 5, 5], responses[i, row, column] = -9, 5
        where = f"The largest response is in image {i}, row {row}, column {column}"
        try:
            received = call(answer, x, responses)
        except IndexError as error:
            raise NotYet(
                f"IndexError: {error}. argmax counts through the flattened array: "
                "np.unravel_index(position, responses.shape) gives image, row and column."
            ) from None
        received = as_array(received)
        require(
            received.shape == (3, 3),
            f"{where}; there you return shape {received.shape}, expected (3, 3). Position only? "
            "Or does the patch reach over the border, where zeros belong?",
        )
        mistakes = [
            (patch(i, column, row), "Rows and columns are swapped."),
            (patch(i, row + 1, column + 1), "Your patch *begins* at that pixel. It should be "
             "the middle: one row and one column earlier."),
            (patch(i, row - 1, column - 1), "Your patch lies one row and one column too early. "
             "np.pad moves all rows and columns by one."),
            (patch(0, 5, 5), "You took the largest absolute value, which here is negative."),
            (patch(i, row, column, responses), "You cut the patch from the responses, not from "
             "the image."),
            *((patch(other, row, column), f"Your patch is from image {other}.")
              for other in range(5) if other != i),
        ]  # fmt: skip
        reason = "Expected the patch with that pixel in the middle, as it is in the image."
        reason = next((why for wrong, why in mistakes if np.allclose(received, wrong)), reason)
        require(np.allclose(received, patch(i, row, column)), f"{where}. {reason}")
    return "A kernel's favourite is bright under its positive weights and dark under the negative."


@exercise("3.4")
def _count_stamps(answer):
    def stamps(n, kernel, stride):
        covered = np.zeros((n - 1) * stride + kernel, int)
        np.add.at(covered, np.arange(n)[:, None] * stride + np.arange(kernel), 1)
        return covered

    for n, kernel, stride in ((6, 3, 2), (5, 4, 2), (4, 2, 3), (7, 5, 1)):
        case = f"For n={n}, kernel={kernel}, stride={stride}"
        expected = stamps(n, kernel, stride)
        received = as_array(call(answer, n, kernel, stride))
        if np.array_equal(received, expected):
            continue
        require(
            not np.array_equal(received, stamps(n, stride, kernel)),
            f"{case}: kernel and stride are swapped.",
        )
        require(
            not np.array_equal(received, stamps(kernel, n, stride)),
            f"{case}: n and kernel are swapped. There are n stamps, each `kernel` wide.",
        )
        require(
            received.shape == expected.shape,
            f"{case} you return shape {received.shape}, expected {expected.shape}: the last "
            "stamp begins at (n - 1) * stride and is `kernel` pixels long.",
        )
        require(
            not np.array_equal(received, expected > 0),
            f"{case} no pixel of yours has more than one stamp. Add them up with += 1; with a "
            "list of indices, NumPy adds 1 only once to a pixel that is listed twice.",
        )
        raise NotYet(f"{case} received {received.tolist()}, expected {expected.tolist()}.")
    return (
        "Away from the ends all counts are equal exactly when the stride divides the kernel, as "
        "with kernel 4 and stride 2."
    )


@exercise("3.5")
def _cover(answer):
    x = np.random.default_rng(9).uniform(0.2, 1, (500, 28, 28, 1)).astype("float32")
    for size in (9, 4):
        result = call(answer, x, size, np.random.default_rng(size))
        require(
            isinstance(result, (tuple, list)) and len(result) == 2,
            f"Received {describe(result)}, expected a pair: damaged images and targets.",
        )
        damaged, target = (as_array(part, x.shape, "what you return") for part in result)
        require(
            not np.array_equal(damaged, x),
            "No pixel of the first array is covered. The damaged images come first, then targets.",
        )
        require(
            np.array_equal(target, x),
            "The target is not the image as it was. It must stay whole, or the network learns to "
            "draw holes: damaged = x is no copy, x.copy() is.",
        )
        require(
            damaged.dtype == target.dtype == np.float32,
            f"Received dtypes {damaged.dtype} and {target.dtype}, expected float32: float64 takes "
            "twice the memory, and Keras converts it anyway.",
        )
        hole = (damaged == 0)[..., 0]
        require(
            np.all(hole[..., None] | (damaged == x)),
            "Some pixels changed, but not to 0: the square is black, and all else stays as it was.",
        )
        rows, columns = hole.any(axis=2), hole.any(axis=1)
        place = np.stack([rows.argmax(axis=1), columns.argmax(axis=1)], axis=1)
        require(
            (np.ptp(place, axis=0) > 0).all(),
            "The square is in the same row or column in all images. Draw both anew for each "
            "image, or the network learns to repair one place.",
        )
        spans = np.array([rows.sum(axis=1), columns.sum(axis=1)])
        require(
            (spans == size).all() and (hole.sum(axis=(1, 2)) == size**2).all(),
            f"With size={size} the holes are {spans.min()} to {spans.max()} pixels wide and hold "
            f"{hole.sum(axis=(1, 2)).min()} to {hole.sum(axis=(1, 2)).max()} pixels, expected a "
            f"full square of {size} x {size}, wholly inside the image.",
        )
        require(
            place[:, 0].tolist() != place[:, 1].tolist(),
            "All squares lie on the diagonal: draw row and column separately.",
        )
        require(
            not place.min() and place.max() == 28 - size,
            f"The squares begin at {place.min()} to {place.max()}, expected 0 to {28 - size}. "
            "rng.integers leaves out its upper end.",
        )
    return "Only the input is damaged. The target decides what the network learns."


@exercise("3.6")
def _small_denoiser(answer):
    result = call(answer)
    require(
        isinstance(result, tuple) and len(result) == 2,
        f"Received {describe(result)}, expected a pair: encoder, decoder.",
    )
    shapes = [tuple(getattr(m, side, (None,))[1:]) for m in result for side in _SIDES]
    picture, code = (28, 28, 1), shapes[1]
    require(
        shapes == [picture, code, code, picture],
        f"Received an encoder from {shapes[0]} to {code} and a decoder from {shapes[2]} to "
        f"{shapes[3]}, expected {picture} to a code and back to {picture}.",
    )
    dense = any(type(layer).__name__ == "Dense" for model in result for layer in model.layers)
    require(
        len(code) == 3 and not dense,
        f"The code has shape {code}, expected feature maps (h, w, c) and no dense layers: strides "
        "or pooling make the maps smaller.",
    )
    require(
        np.prod(code) <= 98,
        f"The code has shape {code}, {np.prod(code)} numbers, expected at most 98: fewer filters "
        "in the encoder's last layer, or smaller maps.",
    )
    x = _digits().reshape(-1, *picture)
    draw = np.random.default_rng(10).random(x.shape)
    noisy = np.where(draw < 0.15, 0, np.where(draw > 0.85, 1, x)).astype("float32")
    encoder, decoder = result
    cleaned, copied = (as_array(decoder(encoder(images)), x.shape) for images in (noisy, x))
    error, copy_error = (np.mean((images - x) ** 2) for images in (cleaned, copied))
    measured = f"With salt and pepper the MSE is {error:.4f} on test digits"
    require(
        error <= 0.021 or copy_error > 0.4 * error,
        f"{measured}, yet {copy_error:.4f} on clean ones: it copies, and noise comes through. "
        "Is the input noisy and the target clean? With noisy targets, noise is worth copying.",
    )
    require(
        error < 0.06,
        f"{measured}, no better than the mean image. If it was never trained, call fit.",
    )
    require(
        error <= 0.021 or (cleaned.min() >= 0 and cleaned.max() <= 1),
        f"{measured}, and pixels go from {cleaned.min():.1f} to {cleaned.max():.1f}. The "
        "cross-entropy needs a sigmoid at the end (section 3).",
    )
    require(
        error <= 0.021,
        f"{measured}, expected at most 0.021: more filters in the layers before and after "
        "the code, more steps, or a larger learning rate that falls.",
    )
    return (
        f"{measured}: better than the median filter. An eighth of the pixels "
        "is enough, now that only the digit has to be kept."
    )
