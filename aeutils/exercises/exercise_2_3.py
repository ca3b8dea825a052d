def confusion(labels, predictions):
    pairs = np.zeros((10, 10))
    # pairs[labels, predictions] += 1 would count a pair once, however often it occurs.
    np.add.at(pairs, (labels, predictions), 1)
    return pairs / pairs.sum(axis=1, keepdims=True)  # digits differ in number: one total per row


def cured(labels, before, after):
    fall = confusion(labels, before) - confusion(labels, after)
    np.fill_diagonal(fall, -1)  # right answers are no confusions, however much they changed
    return np.unravel_index(fall.argmax(), fall.shape)


check("2.3", confusion, cured)
digit, wrong = cured(test_labels, predicted_before, predicted_after)
for when, predictions in {"before": predicted_before, "after": predicted_after}.items():
    fraction = confusion(test_labels, predictions)[digit, wrong]
    print(f"{when} fine-tuning, {fraction:.1%} of the digits {digit} are taken for {wrong}")

# ---- What the check knows. ----

from aeutils.exercises.kinds import Function
from aeutils.exercises.reading import as_array

COUNTED, TOTAL = "np.add.at(pairs, (labels, predictions), 1)", ".sum(axis=1, keepdims=True)"
FRACTIONS, FALL = f"pairs / pairs{TOTAL}", "confusion(labels, before) - confusion(labels, after)"
OFF, LARGEST = "np.fill_diagonal(fall, -1)", "fall.argmax()"


def draw(rng):
    """Labels, each digit with its own frequency, and two sets of predictions."""
    often = rng.permutation(np.arange(20, 120, 10)) * rng.choice([1, 6])  # 6: more than a byte
    labels = rng.permutation(np.repeat(np.arange(10), often))
    spread, missing = rng.choice([0.5, 5]), rng.choice([0, 4, 9, 99])  # a digit nobody names
    rows = rng.uniform(0.4, 0.9, (2, 10, 1)) * np.eye(10) + rng.dirichlet(np.full(10, spread), (2, 10)) / 2
    rows[:, :, missing:missing + 1] = 0
    steps = (rows / rows.sum(axis=2, keepdims=True)).cumsum(axis=2)
    return labels, *(steps[:, labels] > rng.random((2, len(labels), 1))).argmax(axis=2)


def draw_close(rng):
    """The one of several cases in which two confusions fell by nearly the same fraction."""
    def gap(case):
        fall = confusion(*case[:2]) - confusion(*case[::2]) - 9 * np.eye(10)
        return np.diff(np.sort(fall, axis=None)[-2:])

    return min((draw(rng) for _ in range(6)), key=gap)


def say_row(given, received, expected):
    k = int(abs(received - expected).max(axis=1).argmax())
    return f"The row of digit {k} is {np.round(1.0 * received[k], 3)}, expected {expected[k].round(3)}."


def say_fall(given, received, expected):
    before, after = (confusion(given[0], named)[tuple(expected)] for named in given[1:])
    i, j = expected.tolist()
    return (
        f"Received {received.tolist()}, expected {[i, j]}: the fraction of the {i}s taken for {j} "
        f"fell from {before:.0%} to {after:.0%}, by more than any other."
    )


CHECK = {
    "confusion": Function(
        draw=lambda rng: draw(rng)[:2],
        read=lambda received, *given: 1.0 * as_array(received),
        say=say_row,
        mistakes={
            "These are counts: divide each row by the number of images of that digit.":
                {FRACTIONS: "pairs"},
            "These are counts, and rows and columns are swapped.": {FRACTIONS: "pairs.T"},
            "Rows and columns are swapped: a row is a true digit.": {FRACTIONS: f"({FRACTIONS}).T"},
            "Labels and predictions are swapped: a row is a true digit.":
                {"(labels, predictions), 1": "(predictions, labels), 1"},
            "Divide by the images of one digit, not of all.": {FRACTIONS: "pairs / len(labels)"},
            "You divided by the number of predictions.": {FRACTIONS: "pairs / pairs.sum(axis=0)"},
            "Totals of rows need keepdims=True.": {", keepdims=True": ""},
            "These are per cent, expected fractions from 0 to 1.": {FRACTIONS: f"100 * {FRACTIONS}"},
            "Each pair was counted once: += 1 adds 1 however often an entry is named, np.add.at "
            "each time.": {COUNTED: "pairs[labels, predictions] += 1"},
        },
        others=[
            *({FRACTIONS: value} for value in (
                f"({FRACTIONS}).round(2)", f"1 - {FRACTIONS}", f"({FRACTIONS})[::-1]", "np.eye(10)",
                f"{FRACTIONS} * (1 - np.eye(10))", "pairs > 0", f"{FRACTIONS} + 0.002",
                f"pairs / (pairs{TOTAL} + 1)", f"(pairs + 1) / (pairs + 1){TOTAL}",
                "pairs / pairs.max(axis=1, keepdims=True)", f"pairs / np.sqrt((pairs**2){TOTAL})",
                f"({FRACTIONS})[:, ::-1]", f"(pairs - np.diag(np.diag(pairs))) / pairs{TOTAL}")),
            {"np.zeros((10, 10))": 'np.zeros((10, 10), "uint8")'},
            *({"(labels, predictions), 1": f"(labels{part}, predictions{part}), 1"}
              for part in ("[:100]", "[:-1]", "[1:]", "[::2]")),
        ],
    ),
    "cured": Function(
        draw=draw_close,
        read=lambda received, *given: as_array(received).ravel(),
        say=say_fall,
        cases=30,
        also=[  # no tie, nor nearly one
            {LARGEST: "(fall > fall.max() - 1e-5).argmax()"},
            {LARGEST: "99 - (fall > fall.max() - 1e-5)[::-1, ::-1].argmax()"},
        ],
        mistakes={
            "The true digit comes first, then the one it is taken for.":
                {"fall.shape)": "fall.shape)[::-1]"},
            "Compare fractions, not counts.": {FRACTIONS: "pairs"},
            "This confusion rose more than any other. The fall is before minus after.":
                {FALL: "confusion(labels, after) - confusion(labels, before)"},
            "Right answers are no confusion, leave out the diagonal.": {OFF: "pass"},
            "This was the most frequent confusion before.": {FALL: "confusion(labels, before)"},
            "This is the most frequent confusion after.": {FALL: "confusion(labels, after)"},
            "This confusion changed most, but it rose.":
                {OFF: "np.fill_diagonal(fall, 0)", LARGEST: "abs(fall).argmax()"},
        },
        others=[
            *({FALL: f"({FALL}) * np.{weight}"} for weight in (
                "sqrt(np.bincount(labels))[:, None]", "log(np.bincount(labels))[:, None]",
                "bincount(labels)[:, None]", "sqrt(np.bincount(before, minlength=10))[:, None]",
                "sqrt(np.bincount(labels))", "bincount(before, minlength=10)[:, None]")),
            *({FALL: f"({FALL}) {way}"} for way in (
                "/ np.bincount(labels)[:, None]", "/ (confusion(labels, before) + 1e-9)",
                "/ np.sqrt(confusion(labels, before) + 1e-9)", "+ confusion(before, before).round(2)",
                "- confusion(labels, after)", "+ confusion(labels, before)", "@ np.ones((10, 10))")),
            {FALL: f"({FALL}).round(2)"}, {FRACTIONS: f"({FRACTIONS}).round(2)"},
            {FALL: f"{FALL}; fall = fall + fall.T"},
            {FALL: f"{FALL}; fall *= confusion(labels, before) > confusion(labels, before).mean()"},
            {FRACTIONS: "pairs / len(labels)"}, {FRACTIONS: f"{FRACTIONS}.max()"},
            {FRACTIONS: "pairs / pairs.sum(axis=0).clip(1)"}, {", keepdims=True": ""},
            {COUNTED: "pairs[labels, predictions] += 1"},
            {OFF: "fall = np.triu(fall, 1)"}, {OFF: "fall = np.tril(fall, -1)"},
            {LARGEST: f"{LARGEST} + 1", ", fall.shape)": ", (11, 11))"},
            lambda a, b, c: [cured(a, b, c)[0]] * 2, lambda a, b, c: cured(b, a, c), lambda a, b, c: (3, 5),
            *(lambda *three, n=n: cured(*(part[:n] for part in three)) for n in (150, 400, -100)),
            lambda a, b, c: (row := (np.diag(confusion(a, c)) - np.diag(confusion(a, b))).argmax(),
                             (confusion(a, b) - 9 * np.eye(10))[row].argmax()),
        ],
    ),
}  # fmt: skip
NOTICE = "The diagonal holds the accuracy of each digit; a mean over all hides the worst of them."
SAME = ["diagonal(fall, -2)", "diagonal(fall, -0)", "predictions), 2)", "fill_diagonal(fall, +1)"]
