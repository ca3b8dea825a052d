"""Notebook 2: what is right for each exercise, and what to say of the common mistakes."""

import itertools
from collections.abc import Set

import numpy as np

from aeutils.exercises import stacked_models
from aeutils.exercises.kit import as_array, as_text, choice, compare, describe, require

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
        {"count": lambda a, b: _pairs(a, b) > 0},
}
FALLS = {
    "cured: the true digit comes first, then the one it is taken for.": lambda *a: _fall(*a)[::-1],
    "cured: compare shares, not counts.": {"table": _pairs},
    "cured: this confusion rose more than any other. The fall is before minus after.":
        {"diagonal": 9.0, "pick": np.argmin},
    "cured: right answers are no confusion, leave out the diagonal.": {"diagonal": None},
    "cured: this was the most frequent confusion before.": lambda a, b, c: _fall(a, b, a),
    "cured: this is the most frequent confusion after.": lambda a, b, c: _fall(a, c, a),
    "cured: this confusion changed most, but it rose.":
        {"diagonal": 0.0, "pick": lambda fall: abs(fall).argmax()},
}
# fmt: on


def _predictions(rng):
    """Yield labels, each digit with its own frequency, and two sets of predictions."""
    drawn, gaps = [], []
    for missing in 240 * [[]] + 20 * [[0], [9], [4]]:  # no prediction names it
        often = rng.permutation(range(20, 120, 10)) * (1 if drawn else 6)  # more than fit in a byte
        labels = rng.permutation(np.repeat(np.arange(10), often))
        right, even = rng.uniform(0.4, 0.9, (2, 10, 1)), np.full(10, rng.choice([0.5, 5]))
        rows = right * np.eye(10) + (1 - right) * rng.dirichlet(even, (2, 10))
        rows[:, :, missing] = 0
        steps = (rows / rows.sum(axis=2, keepdims=True)).cumsum(axis=2)
        case = labels, *(steps[:, labels] > rng.random((2, len(labels), 1))).argmax(axis=2)
        fall = np.sort(_shares(*case[:2]) - _shares(*case[::2]) - 9 * np.eye(10), axis=None)
        drawn.append(case)
        gaps.append(fall[-1] - fall[-2])
    limit = np.sort(gaps)[80]  # no tie, but nearly one
    for k, gap in enumerate(gaps):
        if 1e-5 < gap < limit or k == 0:
            yield drawn[k]


def _explain_shares(arguments, received, expected):
    k = int(abs(received - expected).max(axis=1).argmax())
    got, wanted = (np.round(table[k].astype(float), 3) for table in (received, expected))
    return f"The row of digit {k} is {got}, expected {wanted}."


def _explain_fall(arguments, received, expected):
    before, after = (_shares(arguments[0], named)[tuple(expected)] for named in arguments[1:])
    i, j = expected.tolist()
    return (
        f"cured: received {received.tolist()}, expected {[i, j]}: the share of the {i}s taken for "
        f"{j} fell from {before:.0%} to {after:.0%}, by more than any other."
    )


def confusion(rng, answer, cured):
    """2.3: the confusion matrix, and the confusion that became rarer than any other."""
    cases = list(_predictions(rng))
    compare(answer, _shares, [case[:2] for case in cases], TABLES, explain=_explain_shares)
    require(cured is not ..., "The matrix is right. Now cured.")
    compare(cured, _fall, cases, FALLS, "cured", _explain_fall, lambda two: as_array(two).ravel())
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
    "A tie is not won; it is not lost, either.":
        lambda s, c: np.where((s >= c).all(axis=1), 1, -(s <= c).all(axis=1).astype(int)),
    "What is not 'ahead' is not yet 'behind'.": lambda s, c: 2 * (s > c).all(axis=1) - 1,
    "You say 'open' each time, though sometimes every seed agrees.": lambda s, c: 0 * s[:, 0],
}
# fmt: on


def _duels(rng):
    """Yield scores and controls.

    All seeds agree (once by as little as one image in 10,000), all but one, with ties, with one
    large gain, and in the last two rows the gain is smaller than what the seeds differ by, so that
    each has to be compared with its own.
    """
    for seeds, rows in ((4, 11), (9, 11), (3, 6), (2, 8)):
        gain = rng.integers(1, 50, (11, seeds)) * np.resize([[1], [-1]], (11, 1))
        gain[:8, 0], gain[8] = (1, -1, 0, 0, -1, 1, -2000, 2000), 0
        gain = rng.permutation(rng.permuted(gain, axis=1))[:rows]
        control = rng.integers(3000, 7000, (rows + 2, seeds))
        scores = np.roll(control, 1, axis=1) + np.resize([[9], [-9]], (rows + 2, 1))
        scores[:rows] = control[:rows] + gain
        order = rng.permutation(rows + 2)
        yield scores[order] / 10_000, control[order] / 10_000


def _read_words(received):
    lines = not isinstance(received, str | bytes | dict | Set) and np.iterable(received)
    require(lines, "Expected a list of words, one for each label count.")
    words = list(itertools.islice(received, 1000))
    several = "Expected one word for each label count, received several for one: along which axis?"
    require(all(np.size(word) == 1 for word in words), several)
    odd = [describe(word) for word in words if as_text(word) not in WORDS]
    require(not odd, f"Received {''.join(odd[:1])}, expected only 'ahead', 'behind' and 'open'.")
    return np.array([(0, 1, -1)[WORDS.index(as_text(word))] for word in words])


def _explain_duel(arguments, received, expected):
    k = int(np.flatnonzero(received != expected)[0])
    scores, control = (values[k].tolist() for values in arguments)
    got, wanted = (WORDS[int(verdict[k])] for verdict in (received, expected))
    return f"Scores {scores} against {control}: you say {got!r}, expected {wanted!r}."


def verdicts(rng, answer):
    """2.4: ahead, behind or open, by the rule that all seeds agree."""
    what = "verdicts (one for each label count)"
    compare(answer, _duel, _duels(rng), DUELS, what, _explain_duel, _read_words)
    return (
        "If nothing but chance were at work, three seeds would still agree in one case of four, "
        "so in a long table a few verdicts are luck."
    )


EXERCISES = {
    "2.1": smaller_codes,
    "2.2": stacked_models.freeze,
    "2.3": confusion,
    "2.4": verdicts,
    "2.5": stacked_models.add_layer,
    "2.6": stacked_models.learn_from_few,
}
SECONDS = {"2.5": 5, "2.6": 8}  # about, for those that train
