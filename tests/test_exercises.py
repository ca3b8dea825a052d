"""Every exercise has a stub, a solution and a check that is a patient teacher.

That each solution is right inside its own notebook is shown by `test_solutions.py`, which runs the
notebooks with all solutions pasted in.
"""

import itertools
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from aeutils import check, load_mnist, to_vectors
from aeutils.exercises import exercises, judge
from aeutils.exercises.verdicts import NOT_ATTEMPTED, NOT_YET, RIGHT

EXERCISES = exercises(1) | exercises(2) | exercises(3)

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in FOLDER.glob("*.ipynb")}
CODE = [c for notebook in NOTEBOOKS.values() for c in notebook.cells if c.cell_type == "code"]
STUBS = {
    re.search(r'check\("([\d.]+)"', cell.source)[1]: cell.source
    for cell in CODE
    if "exercise" in cell.metadata.get("tags", [])
}
SOLUTIONS = {
    path.stem.removeprefix("exercise_").replace("_", "."): path.read_text("utf-8")
    for path in (FOLDER / "solutions").glob("exercise_*.py")
}


def constant(value):
    return lambda *arguments: value


def errors(a, b, axis=1):
    return np.mean((np.asarray(a) - np.asarray(b)) ** 2, axis=axis)


def detector(threshold, answer):
    """A make_detector in which one part is wrong."""

    def make(autoencoder, known, share):
        def image_errors(images):
            return errors(images, autoencoder(images))

        limit = threshold(image_errors(known), share)
        return lambda images: answer(image_errors(images), limit, share)

    return make


def untrained(code=32, activity=None):
    def build():
        import keras

        encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(code, "relu")])
        decoder = keras.Sequential([keras.Input((code,)), keras.layers.Dense(784, "sigmoid")])
        return encoder, decoder

    return build


def dense_pca():
    """Encoder and decoder that reconstruct well, but use every number of the code."""
    import keras

    x = to_vectors(load_mnist()[1][0])
    mean = x.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(x[:3000].T))[1][:, -32:]
    encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(32)])
    decoder = keras.Sequential([keras.Input((32,)), keras.layers.Dense(784)])
    encoder.set_weights([vectors, 100 - mean @ vectors])
    decoder.set_weights([vectors.T, mean - 100 * vectors.sum(axis=1)])
    return encoder, decoder


def freezing(flags, compiles=True):
    """A freeze that sets trainable by a rule: `flags(layer number, layers, free)`."""

    def freeze(network, free):
        for number, layer in enumerate(network.layers):
            wanted = flags(number, len(network.layers), free)
            layer.trainable = layer.trainable if wanted is None else wanted
        if compiles:
            network.compile("adam", "categorical_crossentropy")
        return network

    return freeze


def counted(finish, count=np.add.at):
    """A confusion matrix whose last step is wrong."""

    def confusion(labels, predictions):
        pairs = np.zeros((10, 10))
        count(pairs, (labels, predictions), 1)
        return finish(pairs)

    return confusion


def count_once(pairs, index, one):
    pairs[index] += one


def ruled(ahead, behind):
    return lambda scores, control: np.select(
        [ahead(scores, control), behind(scores, control)], ["ahead", "behind"], "open"
    )


def principal_layer(activation="relu", output="linear", divide=1.0, multiply=1.0, fixed=True):
    """An add_layer without training: ReLU pairs of the principal components of the codes."""

    def add(codes, units):
        import keras

        width, half = codes.shape[1], units // 2
        encoder = keras.Sequential([keras.Input((width,)), keras.layers.Dense(units, activation)])
        decoder = keras.Sequential([keras.Input((units,)), keras.layers.Dense(width, output)])
        if fixed:
            mean = codes.mean(axis=0)
            vectors = np.linalg.eigh(np.cov(codes.T))[1][:, -half:]
            both = np.hstack([vectors, -vectors])
            encoder.set_weights([both / divide, -mean @ both / divide])
            decoder.set_weights([both.T * multiply, mean])
        return encoder, decoder

    return add


def nearest_mean(turn=lambda labels: labels):
    """A learn_from_few that names the nearest mean image, about 80 % right."""

    def learn(given, labels):
        import keras

        labels = turn(labels)
        means = np.stack([given[labels == digit].mean(axis=0) for digit in range(10)])
        network = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10)])
        network.set_weights([2 * means.T, -(means**2).sum(axis=1)])
        return network

    return learn


def holes(place=None, fill=0.0, copy=True, dtype="float32", margin=1):
    """A cover in which one part is wrong; `place` draws the corners, shape (n, 2)."""

    def make(x, size, rng):
        damaged = x.copy() if copy else x
        if place is None:
            corners = rng.integers(28 - size + margin, size=(len(x), 2))
        else:
            corners = np.broadcast_to(place(rng, len(x), size), (len(x), 2))
        for image, (top, left) in zip(damaged, corners, strict=True):
            image[top : top + size, left : left + size] = fill
        return damaged.astype(dtype), x

    return make


def conv_models(encoder, decoder):
    """A function that returns an untrained encoder and decoder of the layers that are named."""

    def build():
        import keras

        shape, models = (28, 28, 1), []
        for part in (encoder, decoder):
            made = [getattr(keras.layers, name)(*arguments) for name, *arguments in part]
            models.append(keras.Sequential([keras.Input(shape), *made]))
            shape = models[-1].output_shape[1:]
        return tuple(models)

    return build


def conv_pca(size):
    """A code of `size` numbers that copies clean digits, and lets noise through."""
    x = to_vectors(load_mnist()[1][0])
    mean = x.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(x[:3000].T))[1][:, -size:]
    build = conv_models(
        [("Conv2D", size, 28)], [("Conv2DTranspose", 784, 1), ("Reshape", (28, 28, 1))]
    )
    encoder, decoder = build()
    encoder.set_weights([vectors.reshape(28, 28, 1, size), -mean @ vectors])
    decoder.set_weights([vectors.reshape(1, 1, 784, size), mean])
    return encoder, decoder


def patch_at(dr=0, dc=0, pick=lambda r: np.unravel_index(r.argmax(), r.shape), of="x"):
    """A strongest_patch in which one part is wrong."""

    def find(x, responses):
        i, row, column = pick(responses)
        padded = np.pad((x if of == "x" else responses)[i], 1)
        return padded[row + dr : row + dr + 3, column + dc : column + dc + 3]

    return find


def stamped(n, kernel, stride):
    covered = np.zeros((n - 1) * stride + kernel, int)
    for i in range(n):
        covered[i * stride : i * stride + kernel] += 1
    return covered


def swapped(r):
    i, row, column = np.unravel_index(r.argmax(), r.shape)
    return i, column, row


# For each exercise: plausible wrong answers, each with what the check should say of it.
WRONG_1 = {
    "1.1": [("A", "larger code"), ("B", "never below"), ("D", "gap"), ("E", "letters A, B, C, D")],
    "1.2": [
        (221_184, "bias"),
        (110_816, "encoder alone"),
        (50_992, "section 2"),
        (1000, "inputs x units"),
        ("222384", "expected numbers"),
    ],
    "1.3": [
        (lambda a, b: np.argsort(errors(a, b, 0))[::-1][:10], "axis=1"),
        (lambda a, b: np.argsort(errors(a, b))[:10], "ten best"),
        (lambda a, b: np.argsort(errors(a, b))[-10:], "worst should come first"),
        (lambda a, b: np.sort(errors(a, b))[::-1][:10], "not their errors"),
        (lambda a, b: np.argsort(np.abs(a - b).max(axis=1))[::-1][:10], "not the ten largest"),
        (lambda a, b: np.argsort(errors(a, b))[::-1], r"expected \(10,\)"),
    ],
    "1.4": [
        (lambda codes: codes.max(axis=0) == 0, "True and False"),
        (lambda codes: np.flatnonzero(codes.max(axis=1) == 0), "axis=0|are dead; received"),
        (lambda codes: np.flatnonzero(codes.mean(axis=0) < 0.01), "fires on one image"),
        (lambda codes: np.flatnonzero(codes.min(axis=0) == 0), "fires on one image|are dead"),
        (lambda codes: np.sum(codes.max(axis=0) == 0), "one-dimensional"),
    ],
    "1.5": [
        (lambda e, d, a, b, n: np.linspace(a, b, n), "mixed the images"),
        (lambda e, d, a, b, n: d(np.linspace(*e(np.stack([b, a])), n)), "from b to a"),
        (
            lambda e, d, a, b, n: d(np.linspace(*e(np.stack([a, b])), n, endpoint=False)),
            "end at the reconstruction",
        ),
        (lambda e, d, a, b, n: np.linspace(*e(np.stack([a, b])), n), r"expected \(2, 784\)"),
        (lambda e, d, a, b, n: d(np.linspace(*e(np.stack([a, b])), n) ** 1.5), "start|end|between"),
    ],
    "1.6": [
        (
            detector(lambda e, s: 0, lambda e, t, s: e > np.quantile(e, 1 - s)),
            "taken anew from the images",
        ),
        (
            detector(lambda e, s: np.quantile(e, s), lambda e, t, s: e > t),
            "flags [89].% of ordinary",
        ),
        (detector(lambda e, s: np.quantile(e, 1 - s), lambda e, t, s: e), "expected True or False"),
        (
            detector(lambda e, s: np.quantile(e, 1 - s), lambda e, t, s: e < t),
            "raise no alarm",
        ),
        (constant(0.02), "expected a function"),
    ],
    "1.7": [
        (untrained(), "never trained|no better"),
        (untrained(code=64), "784 to 64 numbers"),
        (dense_pca, "not sparse yet"),
        (lambda: untrained()()[0], "expected a pair"),
    ],
}

WRONG_2 = {
    "2.1": [("A", "variance"), ("C", "cannot tell"), ("D", "gap"), ("E", "letters A, B, C, D")],
    "2.2": [
        (freezing(lambda i, n, free: False), "nothing is left"),
        (freezing(lambda i, n, free: i < free), "the last layers learn"),
        (freezing(lambda i, n, free: None if i >= n - free else False), "must be told so itself"),
        (freezing(lambda i, n, free: i >= n - free, compiles=False), "compile after"),
        (lambda network, free: network.count_params(), "expected the network"),
    ],
    "2.3": [
        (counted(lambda pairs: pairs), "These are counts. Divide"),
        (counted(lambda pairs: pairs.T / pairs.sum(axis=1)), "swapped"),
        (counted(lambda pairs: pairs / pairs.sum()), "all images"),
        (counted(lambda pairs: pairs / np.maximum(pairs.sum(axis=0), 1)), "columns sum to 1"),
        (counted(lambda p: p / p.sum(axis=1, keepdims=True), count_once), "np.add.at"),
        (counted(lambda pairs: pairs / pairs.sum(axis=1)), "sums to"),
        (lambda labels, predictions: np.mean(labels == predictions), r"expected \(10, 10\)"),
    ],
    "2.4": [
        (
            ruled(lambda s, c: s.mean(1) > c.mean(1), lambda s, c: s.mean(1) < c.mean(1)),
            "every seed has to agree",
        ),
        (
            ruled(lambda s, c: s.min(1) > c.max(1), lambda s, c: s.max(1) < c.min(1)),
            "seed with seed",
        ),
        (ruled(lambda s, c: np.all(s < c, 1), lambda s, c: np.all(s > c, 1)), "swapped"),
        (ruled(lambda s, c: np.all(s > c, 0), lambda s, c: np.all(s < c, 0)), "one for each label"),
        (lambda scores, control: (scores > control).all(axis=1), "only 'ahead'"),
    ],
    "2.5": [
        (principal_layer(activation="linear"), "give it a ReLU"),
        (principal_layer(output="sigmoid"), "A sigmoid suits pixels"),
        (principal_layer(), "the spread should be 1"),
        (principal_layer(divide=3), "not its bias"),
        (principal_layer(fixed=False), "Train both"),
        (lambda codes, units: principal_layer()(np.zeros((9, 784)), units), "not the pixels"),
        (lambda codes, units: principal_layer()(codes, units)[0], "expected a pair"),
    ],
    "2.6": [
        (nearest_mean(), "more varied images"),
        (nearest_mean(lambda labels: 9 - labels), "not on y_train"),
        (nearest_mean(lambda labels: np.repeat(labels, 9)[:1000]), "np.tile"),
        (lambda images, labels: labels, "expected a trained network"),
    ],
}

WRONG_3 = {
    "3.1": [
        ("A", "shoe"),
        ("C", "calculated from the image"),
        ("D", "never saw"),
        (2, "letters A, B, C, D"),
    ],
    "3.2": [
        (lambda h, w, c, k, f: (k * k * c * f, h * w * k * k * c * f), "without biases"),
        (lambda h, w, c, k, f: ((k * k + 1) * f, h * w * k * k * f), "without the input channels"),
        (lambda h, w, c, k, f: (h * w * c * f + f, h * w * c * f), "as large as the image"),
        (lambda h, w, c, k, f: (h * w * k * k * c * f, k * k * c * f + f), "parameters first"),
        (lambda h, w, c, k, f: ((k * k * c + 1) * f, k * k * c * f), "one position alone"),
        (lambda h, w, c, k, f: ((k * k * c + 1) * f, h * w * (k * k * c + 1) * f), "only added"),
        (lambda h, w, c, k, f: ((k * k * c + 1) * f, h * w * k * k * f), "no input channels"),
        (
            lambda h, w, c, k, f: ((k * k * c + 1) * f, (h - k + 1) * (w - k + 1) * k * k * c * f),
            "lies inside",
        ),
        (lambda h, w, c, k, f: (k * c * f + f, h * w * k * c * f), "you give 248 parameters"),
        (lambda h, w, c, k, f: k * k * c * f + f, r"expected \(2,\)"),
        (constant((1208, 168_000)), r"\(28, 28, 1\).* 1,208 parameters"),
    ],
    "3.3": [
        (lambda x, r: np.pad(x[r.argmax()], 1)[:3, :3], "flattened array"),
        (patch_at(pick=swapped), "Rows and columns are swapped"),
        (patch_at(1, 1), "begins"),
        (patch_at(-1, -1), "one row and one column too early"),
        (patch_at(pick=lambda r: np.unravel_index(abs(r).argmax(), r.shape)), "absolute value"),
        (patch_at(of="responses"), "from the responses"),
        (patch_at(pick=lambda r: (0, *np.unravel_index(r.argmax(), r.shape)[1:])), "from image 0"),
        (lambda x, r: np.unravel_index(r.argmax(), r.shape), "Position only"),
        (lambda x, r: patch_at()(x, r).T, "as it is in the image"),
        (
            lambda x, r: (lambda i, a, b: x[i][max(a - 1, 0) : a + 2, max(b - 1, 0) : b + 2])(
                *np.unravel_index(r.argmax(), r.shape)
            ),
            "where zeros belong",
        ),
    ],
    "3.4": [
        (lambda n, k, s: np.ones((n - 1) * s + k, int), "no pixel of yours"),
        (lambda n, k, s: np.ones(n * s, int), r"shape \(12,\), expected \(13,\)"),
        (lambda n, k, s: stamped(n, s, k), "kernel and stride are swapped"),
        (lambda n, k, s: stamped(k, n, s), "n and kernel are swapped"),
        (lambda n, k, s: np.append(stamped(n, k, s)[:-1], 0), "received .* expected"),
        (lambda n, k, s: stamped(6, 3, 2), "For n=5"),
    ],
    "3.5": [
        (holes(copy=False), "must stay whole"),
        (holes(fill=1.0), "the square is black"),
        (lambda x, size, rng: holes()(x, size, rng)[::-1], "damaged images come first"),
        (holes(dtype="float64"), "expected float32"),
        (holes(lambda g, n, size: g.integers(29 - size, size=2)), "same row or column"),
        (holes(lambda g, n, size: g.integers(29 - size, size=(n, 1))), "diagonal"),
        (holes(lambda g, n, size: g.integers(28, size=(n, 2))), "wholly inside"),
        (holes(margin=0), "leaves out its upper end"),
        (lambda x, size, rng: holes()(x, size - 1, rng), "full square of 9 x 9"),
        (lambda x, size, rng: (x * (rng.random(x.shape) > 0.1), x), "full square"),
        (lambda x, size, rng: holes()(x, size, rng)[0], "expected a pair"),
        (lambda x, size, rng: (x[:, :-1], x), r"shape \(500, 27, 28, 1\)"),
    ],
    "3.6": [
        (lambda: conv_pca(98), "noise comes through"),
        (lambda: conv_pca(20), "needs a sigmoid at the end"),
        (
            conv_models([("Conv2D", 2, 4, 4)], [("Conv2DTranspose", 1, 4, 4)]),
            "no better than the mean image",
        ),
        (
            conv_models([("AveragePooling2D", 2)], [("UpSampling2D", 2)]),
            "196 numbers, expected at most 98",
        ),
        (
            conv_models([("Flatten",), ("Dense", 32)], [("Dense", 784), ("Reshape", (28, 28, 1))]),
            "no dense layers",
        ),
        (lambda: untrained()()[0], "expected a pair"),
        (conv_models([("AveragePooling2D", 4)], [("UpSampling2D", 2)]), "back to"),
        (untrained(), r"from \(784,\) to"),
    ],
}

WRONG = WRONG_1 | WRONG_2 | WRONG_3

# What no check may accept, and none may choke on.
HOPELESS = [
    None,
    3.14159,
    "a guess",
    b"bytes",
    float("nan"),
    np.zeros((10, 784)),
    np.full(3, np.nan),
    object(),
    int,
    {},
    constant(None),
    constant(0),
    constant(np.zeros((10, 784))),
    constant(np.zeros(10, int)),
    constant(float("nan")),
    constant((None, None)),
    lambda *arguments: 1 / 0,
    lambda *arguments: sys.exit(1),
    lambda: None,
]


def run_source(source):
    """Run a stub or the part of a solution above its check; return the answer that is checked."""
    caught = []
    import keras

    namespace = {"np": np, "keras": keras, "check": lambda number, answer: caught.append(answer)}
    exec(source[: source.index("check(")], namespace)
    name = re.search(r'check\("[\d.]+", (\w+)\)', source)[1]
    return namespace[name]


def test_each_exercise_has_a_stub_a_check_a_solution_and_wrong_answers():
    assert set(STUBS) == set(SOLUTIONS) == set(WRONG) == set(EXERCISES)


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_each_notebook_has_at_least_five_exercises_with_time_and_hint_in_rising_order(name):
    text = "\n".join(c.source for c in NOTEBOOKS[name].cells if c.cell_type == "markdown")
    found = re.findall(r"^### Exercise (\d)\.(\d+) \((\d+) minutes\)", text, re.MULTILINE)
    assert len(found) >= 5
    assert {chapter for chapter, _, _ in found} == {str(int(name[:2]))}
    assert [int(number) for _, number, _ in found] == list(range(1, len(found) + 1))
    minutes = [int(minute) for _, _, minute in found]
    assert minutes == sorted(minutes)
    assert text.count("<details><summary>Hint</summary>") == len(found)


def test_the_cell_after_each_stub_loads_its_solution():
    for before, after in itertools.pairwise(CODE):
        if "exercise" in before.metadata.get("tags", []):
            number = re.search(r'check\("([\d.]+)"', before.source)[1]
            path = f"solutions/exercise_{number.replace('.', '_')}.py"
            assert after.source == f"# %load {path}"
            assert (FOLDER / path).is_file()


@pytest.mark.parametrize("number", sorted(STUBS))
def test_each_stub_is_not_attempted_yet(number):
    assert judge(number, run_source(STUBS[number]))[0] == NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("number", "answer", "reason"),
    [
        pytest.param(number, answer, reason, id=f"{number}-{reason[:25]}")
        for number, cases in WRONG.items()
        for answer, reason in cases
    ],
)
def test_each_wrong_answer_is_told_its_reason(number, answer, reason):
    verdict, message = judge(number, answer)
    assert verdict == NOT_YET
    assert re.search(reason, message), message


@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_each_exercise_has_at_least_two_wrong_answers(number):
    assert len(WRONG[number]) >= 2


@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_no_hopeless_answer_is_accepted_and_none_raises(number):
    for answer in HOPELESS:
        verdict, message = judge(number, answer)
        assert verdict != RIGHT, (answer, message)
        assert message


@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_a_symbolic_tensor_is_survived(number):
    import keras

    symbolic = keras.Input((784,))
    for answer in (symbolic, constant(symbolic)):
        assert judge(number, answer)[0] == NOT_YET


def test_unknown_exercise_is_answered_with_the_known_ones():
    verdict, message = judge("9.9", 1)
    assert verdict == NOT_YET
    assert "1.1" in message


def test_verdict_reads_as_plain_text_and_not_by_colour_alone(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "aeutils.exercises.verdicts.display", lambda bundle, raw: shown.append(bundle)
    )
    check("1.1", ...)
    check("1.1", "A")
    check("1.1", "C")
    for bundle, verdict in zip(shown, (NOT_ATTEMPTED, NOT_YET, RIGHT), strict=True):
        assert f"Exercise 1.1: {verdict}." in bundle["text/plain"]
        assert f"Exercise 1.1: {verdict}." in bundle["text/html"]


def test_what_an_answer_holds_cannot_become_markup(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "aeutils.exercises.verdicts.display", lambda bundle, raw: shown.append(bundle)
    )
    check("1.1", "<script>")
    assert "<script>" not in shown[0]["text/html"]


def test_an_answer_cannot_change_what_it_is_judged_by():
    def cheat(images, reconstructions):
        images[:] = reconstructions
        return np.argsort(errors(images, reconstructions))[::-1][:10]

    assert judge("1.3", cheat)[0] == NOT_YET


def test_a_function_that_returns_a_constant_is_an_attempt():
    assert judge("1.3", lambda images, reconstructions: (1, 2))[0] == NOT_YET
    assert judge("1.3", lambda images, reconstructions: None)[0] == NOT_ATTEMPTED
