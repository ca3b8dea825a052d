"""Each exercise: its solution is right in any form, each mistake is told, no small change passes.

All of it follows from the files of the exercises. What cannot be data, answers that are models, is
in test_exercises_models.py; how a verdict is shown is in test_checking.py.
"""

import functools
import itertools
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import tensorflow as tf
from mutants import mutants

from aeutils.exercises import exercises, judge, kinds
from aeutils.exercises.files import load
from aeutils.exercises.reading import NotYet

NUMBERS = [number for notebook in (1, 2, 3) for number in exercises(notebook)]
PARTS = [(number, name) for number in NUMBERS for name in load(number).names]
SEEDS = range(2)
MANY = pytest.param(range(100, 120), marks=pytest.mark.slow, id="many seeds")
FORMS = {
    "itself": lambda value: value,
    "list": list,
    "tuple": tuple,
    "one by one": iter,
    "array": np.array,
    "tensor": tf.convert_to_tensor,
    "float": lambda value: tf.cast(value, "float32"),
    "float16": lambda value: np.array(value, "float16"),
    "nested lists": lambda value: np.array(value).tolist(),
    "objects": lambda value: np.array(np.array(value).tolist(), dtype=object),
}


@pytest.fixture(autouse=True, scope="module")
def drawn_once():
    """Cases of one seed are drawn once for all tests."""
    draw, kinds.draw_cases = kinds.draw_cases, functools.cache(kinds.draw_cases)
    yield
    kinds.draw_cases = draw


def part(number, name):
    return load(number).known["CHECK"][name]


FUNCTIONS = [pair for pair in PARTS if isinstance(part(*pair), kinds.Function)]


def answers(number, **changed):
    exercise = load(number)
    return [changed.get(name, exercise.known[name]) for name in exercise.names]


def returned(form, function):
    """The function, with what it returns in another form, or each part of a pair of arrays."""

    def answer(*arguments):
        value = function(*arguments)
        pair = isinstance(value, tuple) and np.ndim(value[0]) > 0
        return form([form(each) for each in value]) if pair and form in (list, tuple, iter) else (
            [form(each) for each in value] if pair else form(value))  # fmt: skip

    return answer


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("number", "name"), FUNCTIONS)
@pytest.mark.parametrize("seeds", [SEEDS, MANY])
def test_the_solution_is_right_in_any_form(number, name, form, seeds):
    if name == "is_uniform" and form in ("list", "tuple", "one by one"):
        return  # one truth value is no list
    if name == "conv_cost" and form == "float16":
        return  # too small for these numbers
    right = returned(FORMS[form], load(number).known[name])
    for seed in seeds:
        verdict, said = judge(number, *answers(number, **{name: right}), seed=seed)
        assert verdict == "right", (said, seed)


def wrong_ones(check):
    return [*check.mistakes.items(), *((None, wrong) for wrong in check.others)]


MISTAKES = [
    pytest.param(number, name, reason, wrong, id=f"{number}-{k}-{(reason or 'other')[:30]}")
    for number, name in FUNCTIONS
    for k, (reason, wrong) in enumerate(wrong_ones(part(number, name)))
]


@pytest.mark.parametrize(("number", "name", "reason", "wrong"), MISTAKES)
@pytest.mark.parametrize("seeds", [SEEDS, MANY])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_each_mistake_is_told(number, name, reason, wrong, seeds):
    answer = load(number).run(wrong)[name] if isinstance(wrong, dict) else wrong
    given = answers(number, **{name: answer})
    for seed in seeds if reason else seeds[:1]:
        verdict, said = judge(number, *given, seed=seed)
        assert verdict == "not yet", seed
        assert said.endswith(reason or ""), (said, seed)
        assert len(said) < 500
        assert "fault is ours" not in said


@pytest.mark.parametrize(("number", "name"), FUNCTIONS)
@pytest.mark.parametrize("seeds", [SEEDS, MANY])
def test_no_case_is_missing(number, name, seeds):
    for seed in seeds:
        assert kinds.draw_cases(number, name, seed)[1] == []


@pytest.mark.parametrize("number", sorted({number for number, _ in FUNCTIONS}))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_small_change_of_the_solution_passes(number):
    exercise = load(number)
    for text in mutants(exercise.source):
        names = {"np": np, "keras": tf.keras} | exercise.known
        exec(text, names)
        given = [names[name] for name in exercise.names]
        if all(judge(number, *given, seed=seed)[0] == "right" for seed in SEEDS):
            same = exercise.known.get("SAME", [])
            assert any(each in text for each in same), f"{number}: this passes:\n{text}"


def told(check, answer):
    with pytest.raises(NotYet) as reason:
        check(answer)
    return str(reason.value)


@pytest.mark.parametrize(("number", "name"), PARTS)
def test_each_letter_and_number_has_its_verdict(number, name):
    kind, right = part(number, name), load(number).known.get(name)

    def check(answer):
        kind.check(number, name, answer, 0)

    if isinstance(kind, kinds.Choice):
        assert sorted([right, *kind.wrong]) == ["A", "B", "C", "D"]
        for letter in (right.lower(), f" {right} ", np.str_(right), np.array(right), [right],
                       f"{right})", f"**{right}**", tf.constant(right)):  # fmt: skip
            check(letter)
        for letter, reason in kind.wrong.items():
            assert told(check, letter) == reason
        for odd in ("E", "", "AB", 3, ["A", "B"], 3.5, lambda: right, list("ABCD"), b"\xff", None):
            assert "expected one of the letters A, B, C, D" in told(check, odd)
    if isinstance(kind, kinds.Number):
        for form in (int, float, np.int64, np.array, tf.constant, np.float32, tf.Variable):
            check(form(right))
        for wrong, reason in kind.wrong.items():
            assert told(check, wrong) == f"Received {wrong}. {reason}"
        for odd in (right + 1, right - 1, right + 0.001, -right, str(right), [right], 10**5000,
                    1j * right, {right}, np.nan, np.inf, True, None, lambda: right):  # fmt: skip
            assert told(check, odd)


# What no check may accept, and none may choke on.
HOPELESS = [
    None, 3.14159, "a guess", b"bytes", float("nan"), np.zeros((10, 784)), np.full(3, np.nan),
    object(), int, {}, tf.keras.Input((784,)),
]  # fmt: skip
HOPELESS += [
    lambda *arguments, value=value: value for value in [*HOPELESS, (None, None), 0, [], [[]]]
]
HOPELESS += [lambda *arguments: 1 / 0, lambda *arguments: exit(1), lambda: None]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_hopeless_answer_is_accepted_and_none_raises(number):
    # A check that makes networks takes longer: every third will do.
    for answer in HOPELESS[:: 3 if number == "2.2" else 1]:
        verdict, said = judge(number, answer, seed=0)
        assert verdict != "right", answer
        assert 0 < len(said) < 600
        assert "fault is ours" not in said


# --- The notebooks ask what the files check -------------------------------------------------------

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = [nbformat.read(path, as_version=4) for path in sorted(FOLDER.glob("*.ipynb"))]
STUBS = {
    re.search(r'check\("([\d.]+)"', cell.source)[1]: cell.source
    for notebook in NOTEBOOKS
    for cell in notebook.cells
    if "exercise" in cell.metadata.get("tags", [])
}


def test_each_stub_is_not_attempted_yet_and_asks_for_what_is_checked():
    assert list(STUBS) == NUMBERS
    for number, stub in STUBS.items():
        caught = []
        exec(stub, {"check": lambda *given, caught=caught: caught.extend(given)})
        assert caught[0] == number
        said = "Replace the three dots with your answer and run the cell again."
        assert judge(*caught) == ("not attempted yet", said)
        assert re.search(r"^check\(.*\)$", stub, re.M)[0] in load(number).solution


@pytest.mark.parametrize("notebook", [1, 2, 3])
def test_exercises_have_time_hint_and_solution(notebook):
    cells = NOTEBOOKS[notebook - 1].cells
    assert cells[-1].source == f"show_verdicts({notebook})"
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = re.findall(r"^### Exercise ([\d.]+) \((\d+) minutes.*\)", text, re.MULTILINE)
    assert [number for number, _ in found] == exercises(notebook)
    minutes = [int(minute) for _, minute in found]
    assert sorted(minutes)[:5] == [5, 5, 10, 10, 20]
    assert text.count("<details><summary>Hint") >= len(found)
    for before, after in itertools.pairwise(cells):
        if "exercise" in before.metadata.get("tags", []):
            number = re.search(r'check\("([\d.]+)"', before.source)[1]
            assert after.source == f'# %load solution("{number}")'
