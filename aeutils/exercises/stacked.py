"""Notebook 2: what is right for each exercise, and what to say of the common mistakes."""

import functools

import numpy as np

from aeutils.data import load_mnist, to_vectors
from aeutils.exercises.kit import as_array, as_number, call, choice, coders, compare, require

SMALLER = {
    "A": "What is kept is the share of the variance that the error leaves, and the variance of the "
    "codes fell by a hundred too.",
    "C": "This loss was not measured on a classifier, and it cannot tell.",
    "D": "Overfitting is a gap between two losses, on training and on validation codes. Both fell.",
}


def smaller_codes(rng, answer):
    """2.1: what a hundredth of the loss says."""
    choice(answer, "B", SMALLER)
    return "Compare such a loss with the variance of the same codes, or decode and compare pixels."


def freeze(rng, answer, learning):
    """2.2: let the last layers learn and hold the others; how many parameters learn."""
    import keras  # only here: its import takes seconds

    x, y = rng.normal(size=(32, 6)).astype("float32"), np.eye(3, dtype="float32")[np.arange(32) % 3]
    depth = int(rng.integers(3, 6))
    hidden = [keras.layers.Dense(int(n), "tanh") for n in rng.integers(4, 8, depth - 1)]
    network = keras.Sequential([keras.Input((6,)), *hidden, keras.layers.Dense(3, "softmax")])
    # Weights of our own: nothing is saturated, so every layer has a gradient.
    network.set_weights([rng.normal(0, 0.4, w.shape) for w in network.get_weights()])
    network.compile("adam", "mse")  # not the loss that is asked for
    network.train_on_batch(x, y)  # from here on, a frozen layer needs a new compile
    for free in (1, depth - 1, 2, depth):
        _freeze(answer, network, free, x, y)
    require(learning is not ..., "The function is right. Now the number of parameters that learn.")
    number = as_number(learning, "the number of parameters")
    require(
        number != 640, "Received 640, the weights of the last layer. Each unit also has a bias."
    )
    last = "Only the weights and the biases of the last layer learn."
    require(number == 650, f"Received {number} parameters. {last}")
    return "The frozen layers still pass the signal on; they only get no update."


def _moved(layers, before):
    now = [layer.get_weights() for layer in layers]
    return [not all(map(np.array_equal, *pair)) for pair in zip(before, now, strict=True)]


def _freeze(answer, network, free, x, y):
    """Call the answer once, and look at every property that it promises."""
    layers, n = list(network.layers), len(network.layers)
    before = [layer.get_weights() for layer in layers]
    same = call(answer, network, free) is network
    require(same, "Expected the network itself that was handed in, no copy and nothing else.")
    require(network.layers == layers, "The network no longer has the layers that it had.")
    wanted = [i >= n - free for i in range(n)]
    told = [network.trainable and layer.trainable for layer in layers]
    found = f"With free={free} trainable is {told}, expected {wanted}"
    require(any(told), f"{found}: nothing learns. Is the whole network frozen?")
    require(told == wanted or told != wanted[::-1], f"{found}: the last layers learn.")
    again = "Setting network.trainable does not free a layer that was frozen before."
    require(told == wanted, f"{found}. {again}")
    require(not any(_moved(layers, before)), "The weights changed before any training.")
    require(network.compiled, "The network is not compiled.")
    output = np.asarray(network(x))
    soft = 0.3 * y + 0.7 / 3  # on hard labels other losses have the same value
    entropy = -(soft * np.log(output)).sum(axis=1).mean()
    loss = float(call(lambda: network.compute_loss(x=x, y=soft, y_pred=output)))
    good = f'Its loss is {loss:.4f}, where "categorical_crossentropy" is {entropy:.4f}. '
    stale = "Keras reads trainable when the training step is made: compile after setting it."
    require(np.isclose(loss, entropy, rtol=1e-3), good + stale)
    if network.train_function is None:  # it is made when training starts, and so is up to date
        network.run_eagerly = True  # the same, without the time that tracing takes
    call(network.train_on_batch, x, y)
    moved = f"With free={free} {_moved(layers, before)} moved in training, expected {wanted}. "
    require(_moved(layers, before) == wanted, moved + stale)


def _pairs(labels, predictions):
    counts = np.zeros((10, 10))
    np.add.at(counts, (labels, predictions), 1)
    return counts


def _shares(labels, predictions, count=_pairs):
    counts = count(labels, predictions)
    return counts / counts.sum(axis=1, keepdims=True)


def _fall(labels, before, after, table=_shares, diagonal=-9.0, pick=np.argmax):
    fall = table(labels, before) - table(labels, after)
    if diagonal is not None:
        np.fill_diagonal(fall, diagonal)
    return np.unravel_index(pick(fall), (10, 10))


# fmt: off
TABLES = {
    "These are counts: divide each row by the number of images of that digit.": _pairs,
    "These are counts, and rows and columns are swapped.": lambda a, b: _pairs(b, a),
    "Rows and columns are swapped: a row is a true digit.": lambda a, b: _shares(a, b).T,
    "Labels and predictions are swapped: a row is a true digit.": lambda a, b: _shares(b, a),
    "Divide by the images of one digit, not of all.": lambda a, b: _pairs(a, b) / len(a),
    "You divided by the number of predictions.": lambda a, b: _shares(b, a).T,
    "Totals of rows need keepdims=True.": lambda a, b: _pairs(a, b) / _pairs(a, b).sum(axis=1),
    "These are per cent, expected shares from 0 to 1.": lambda a, b: 100 * _shares(a, b),
    "Each pair was counted once: += 1 adds 1 however often an entry is named, np.add.at each time.":
        lambda a, b: _shares(a, b, lambda a, b: _pairs(a, b) > 0),
}
FALLS = {
    "cured: the true digit comes first, then the one it is taken for.": lambda *a: _fall(*a)[::-1],
    "cured: compare shares, not counts.": lambda *a: _fall(*a, table=_pairs),
    "cured: this confusion rose more than any other. The fall is before minus after.":
        lambda *a: _fall(*a, diagonal=9.0, pick=np.argmin),
    "cured: right answers are no confusion, leave out the diagonal.":
        lambda *a: _fall(*a, diagonal=None),
    "cured: this was the most frequent confusion before.": lambda a, b, c: _fall(a, b, a),
    "cured: this is the most frequent confusion after.": lambda a, b, c: _fall(a, c, a),
    "cured: this confusion changed most, but it rose.":
        lambda *a: _fall(*a, diagonal=0.0, pick=lambda fall: abs(fall).argmax()),
}
# fmt: on


def _predictions(rng):
    """Yield labels, each digit with its own frequency, and two sets of predictions."""
    for k, missing in enumerate(([], [], [0], [], [9], [4], [])):  # no prediction names it
        alone = False
        while not alone:
            labels = rng.permutation(np.repeat(np.arange(10), rng.permutation(range(20, 120, 10))))
            right = rng.uniform(0.4, 0.9, (2, 10, 1))
            rows = right * np.eye(10) + (1 - right) * rng.dirichlet(np.full(10, 0.5), (2, 10))
            rows[:, :, missing] = 0
            steps = (rows / rows.sum(axis=2, keepdims=True)).cumsum(axis=2)
            case = labels, *(steps[:, labels] > rng.random((2, len(labels), 1))).argmax(axis=2)
            fall = np.sort(_shares(*case[:2]) - _shares(*case[::2]) - 9 * np.eye(10), axis=None)
            found = [_fall(*case), *(other(*case) for other in FALLS.values())]
            # Each case tells another mistake from the right answer and from the other mistakes.
            alone = found[:7].count(found[k % 6 + 1]) == 1 and fall[-1] > fall[-2] + 0.01
            alone &= k not in (2, 6) or found[7] == found[3 if k == 2 else 0]
        yield case


def _explain_shares(arguments, received, expected):
    if received.shape != (10, 10):
        return f"Received shape {received.shape}, expected (10, 10), a row for each digit."
    k = int(abs(received - expected).max(axis=1).argmax())
    return f"The row of digit {k} is {received[k].round(3)}, expected {expected[k].round(3)}."


def confusion(rng, answer, cured):
    """2.3: the confusion matrix, and the confusion that became rarer than any other."""
    cases = list(_predictions(rng))
    compare(answer, _shares, [case[:2] for case in cases], TABLES, explain=_explain_shares)
    require(cured is not ..., "The matrix is right. Now cured.")
    compare(cured, _fall, cases, FALLS, read=lambda received: as_array(received).ravel())
    return "The diagonal holds the accuracy of each digit; a mean over all hides the worst of them."


WORDS = ("open", "ahead", "behind")  # 0, 1 and -1


def _rule(up, down):
    return up.astype(int) - down


def _duel(scores, control):
    return _rule((scores > control).all(axis=1), (scores < control).all(axis=1))


# fmt: off
AGREE = "is not enough: every seed has to agree."
DUELS = {
    "'ahead' and 'behind' are swapped.": lambda s, c: -_duel(s, c),
    f"The mean {AGREE}": lambda s, c: np.sign((s - c).mean(axis=1).round(9)),
    f"The majority {AGREE}": lambda s, c: np.sign(np.sign(s - c).sum(axis=1)),
    f"The best seed {AGREE}": lambda s, c: np.sign(s.max(axis=1) - c.max(axis=1)),
    "Compare seed with seed: both drew the same labelled images, so the ranges may overlap.":
        lambda s, c: _rule(s.min(axis=1) > c.max(axis=1), s.max(axis=1) < c.min(axis=1)),
    "A tie is not won.": lambda s, c: _rule((s >= c).all(axis=1), (s <= c).all(axis=1)),
    "What is not 'ahead' is not yet 'behind'.": lambda s, c: 2 * (s > c).all(axis=1) - 1,
}
# fmt: on


def _duels(rng):
    """Yield scores and controls: all seeds agree, all but one, with ties, with one large gain."""
    for seeds, rows in ((4, 9), (9, 9), (3, 5), (2, 7)):
        gain = rng.integers(1, 50, (9, seeds)) * np.resize([[1], [-1]], (9, 1))
        gain[2:8, 0], gain[8] = (0, 0, -1, 1, -2000, 2000), 0
        gain = rng.permutation(rng.permuted(gain, axis=1))[:rows]
        control = rng.integers(3000, 7000, gain.shape)
        yield (control + gain) / 10_000, control / 10_000


def _read_words(received):
    lines = not isinstance(received, str | bytes | dict) and np.iterable(received)
    require(lines, "Expected a list of words, one for each label count.")
    words = [np.asarray(word).item() for word in received]
    words = [word.decode() if isinstance(word, bytes) else str(word) for word in words]
    odd = next((word for word in words if word not in WORDS), None)
    require(odd is None, f"Received {odd!r:.20}, expected only 'ahead', 'behind' and 'open'.")
    return np.array([(0, 1, -1)[WORDS.index(word)] for word in words])


def _explain_duel(arguments, received, expected):
    if received.shape != expected.shape:
        return f"Received {len(received)} verdicts, expected one for each of {len(expected)} rows."
    k = int(np.flatnonzero(received != expected)[0])
    scores, control = (values[k].tolist() for values in arguments)
    got, wanted = (WORDS[int(verdict[k])] for verdict in (received, expected))
    return f"Scores {scores} against {control}: you say {got!r}, expected {wanted!r}."


def verdicts(rng, answer):
    """2.4: ahead, behind or open, by the rule that all seeds agree."""
    compare(answer, _duel, _duels(rng), DUELS, explain=_explain_duel, read=_read_words)
    return (
        "If nothing but chance were at work, three seeds would still agree in one case of four, "
        "so in a long table a few verdicts are luck."
    )


def _kept(fresh, back):
    return 1 - float(np.mean((fresh - np.asarray(back)) ** 2) / np.var(fresh, axis=0).mean())


def _oversized(encoder, decoder, fresh):
    """Yield the names of biases that would do better at a third of their size.

    Only calls are used: the decoder's bias is what it makes of zeros; the encoder's is where the
    straight line of each unit, seen far away from 0, meets it.
    """
    code = np.asarray(encoder(fresh))
    back, bias = np.asarray(decoder(code)), np.asarray(decoder(0 * code[:1]))
    if _kept(fresh, back - 0.65 * bias) > _kept(fresh, back) + 5e-5:
        yield "decoder's bias, which is added after the kernel and stays as it was"
    far, further = (np.asarray(encoder(k * fresh)) for k in (8, 16))
    on = (far > 0) & (further > 0)
    bias = np.ma.median(np.ma.array(2 * far - further, mask=~on), axis=0).filled(0)
    lines = ((further - far) / 8 + k * bias for k in (1, 0.35))
    whole, less = (np.where(on, np.maximum(line, 0), code) for line in lines)
    better = _kept(fresh, decoder(less)) > _kept(fresh, back) + 5e-5
    if better and np.allclose(whole, code, atol=0.02):
        yield "encoder's bias, which is divided like its kernel"


def add_layer(rng, answer):
    """2.5: a ReLU autoencoder on codes, rescaled. It is judged by calling what is returned."""
    width, units = int(rng.integers(36, 44)), int(rng.integers(14, 19))
    # Codes that are large and often 0, so that kernels, biases and the spread all matter.
    factors = rng.normal(size=(21_000, 4)) @ rng.normal(size=(4, width))
    codes, fresh = np.split(np.maximum(4 * factors - 6, 0).astype("float32"), [20_000])
    encoder, decoder = coders(call(answer, codes, units))
    code = as_array(call(encoder, fresh), (1000, units), "the new code")
    back = as_array(call(decoder, code), (1000, width), "the decoded code")
    require(code.min() >= 0, f"The new code goes down to {code.min():.2f}: give it a ReLU.")
    limited = back.min() >= 0 and 0.9 < back.max() <= 1
    require(not limited, "The decoder answers between 0 and 1, but codes have no upper limit.")
    spread, direct = float(code.std()), _kept(fresh, back)
    measured = f"On fresh codes the spread of the new code is {spread:.2f}, and encoder and "
    measured += f"decoder keep {max(direct, 0):.0%} of the variance"
    other = max(_kept(fresh, decoder(code * k)) for k in np.geomspace(0.05, 20, 60))
    size = f"{measured}, though {other:.0%} when the code has another size. Multiply the decoder's "
    require(direct > 0.7 or other < 0.7, f"{size}kernel by what you divided the encoder by.")
    bias = next(_oversized(encoder, decoder, fresh), None)
    require(bias is None, f"{measured}. But something was scaled the wrong way: the {bias}.")
    train = "Train both together, codes as input and as target, for about six epochs."
    require(direct > 0.7, f"{measured}, expected over 70 %. {train}")
    divide = "divide the encoder's kernel and its bias by the spread of its code."
    require(0.8 < spread < 1.25, f"{measured}. Good, but the spread should be 1: {divide}")
    return f"{measured}. It can be stacked as often as you like: each call needs only codes."


@functools.cache
def _few():
    (images, digits), (test_images, test_digits) = load_mnist()
    return to_vectors(images[:1000]), digits[:1000], to_vectors(test_images), test_digits


def learn_from_few(rng, answer):
    """2.6: a network trained on 1,000 images, whose labels are dealt out anew."""
    x, digits, test_x, test_digits = _few()
    names = np.arange(10)
    while (names == np.arange(10)).any():
        names = rng.permutation(10)
    network = call(answer, x, names[digits])
    require(callable(network), "Expected a trained network, which can be called with images.")
    answers = (as_array(call(network, x), (1000, 10), "its output") for x in np.split(test_x, 10))
    named = np.concatenate(list(answers)).argmax(axis=1)
    accuracy, true = np.mean(named == names[test_digits]), np.mean(named == test_digits)
    measured = f"With the labels given to it your network gets {accuracy:.2%} of the test digits"
    other = f"{true:.0%} by labels that it was not given: the check deals them out anew"
    require(true < 0.5, f"{measured}, but {other}. Train on the arguments only, not on y_train.")
    mixed = "or images and labels no longer belong together. Whole sets go with np.tile(labels, n)."
    require(accuracy > 0.5, f"{measured}: it was not trained, {mixed}")
    more = "Show each image moved a little, and let the rate fall."
    require(accuracy >= 0.92, f"{measured}, expected 92 %. {more}")
    return f"{measured}. Moved copies need no label, and did more than pretraining in section 5."


EXERCISES = {
    "2.1": smaller_codes,
    "2.2": freeze,
    "2.3": confusion,
    "2.4": verdicts,
    "2.5": add_layer,
    "2.6": learn_from_few,
}
SECONDS = {"2.5": 5, "2.6": 8}  # about, for those that train
