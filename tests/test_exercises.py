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

WRONG = WRONG_1  # of notebooks 2 and 3: test_exercises_stacked.py, test_exercises_convolutional.py

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

    namespace = {"np": np, "keras": keras, "check": lambda number, *answers: caught.append(answers)}
    exec(source[: source.index("check(")], namespace)
    names = re.search(r'check\("[\d.]+", ([\w, ]+)\)', source)[1]
    return [namespace[name] for name in names.split(", ")]


def test_each_exercise_has_a_stub_a_check_a_solution_and_wrong_answers():
    assert set(STUBS) == set(SOLUTIONS) == set(EXERCISES)


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_each_notebook_has_at_least_five_exercises_with_time_and_hint_in_rising_order(name):
    text = "\n".join(c.source for c in NOTEBOOKS[name].cells if c.cell_type == "markdown")
    found = re.findall(r"^### Exercise (\d)\.(\d+) \((\d+) minutes\)", text, re.MULTILINE)
    assert len(found) >= 5
    assert {chapter for chapter, _, _ in found} == {str(int(name[:2]))}
    assert [int(number) for _, number, _ in found] == list(range(1, len(found) + 1))
    minutes = [int(minute) for _, _, minute in found]
    assert minutes == sorted(minutes)
    assert text.count("<details><summary>Hint") >= len(found)


def test_the_cell_after_each_stub_loads_its_solution():
    for before, after in itertools.pairwise(CODE):
        if "exercise" in before.metadata.get("tags", []):
            number = re.search(r'check\("([\d.]+)"', before.source)[1]
            path = f"solutions/exercise_{number.replace('.', '_')}.py"
            assert after.source in (f"# %load {path}", f'# %load solution("{number}")')
            assert (FOLDER / path).is_file()


@pytest.mark.parametrize("number", sorted(STUBS))
def test_each_stub_is_not_attempted_yet(number):
    assert judge(number, *run_source(STUBS[number]))[0] == NOT_ATTEMPTED


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


@pytest.mark.parametrize("number", sorted(WRONG))
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
