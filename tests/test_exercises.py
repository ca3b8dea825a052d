"""Every exercise has a stub, a solution and a check that is a patient teacher.

That each solution is right inside its own notebook is shown by `test_solutions.py`, which runs the
notebooks with all solutions pasted in.
"""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from aeutils import check, show_verdicts, solution
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


@pytest.mark.parametrize("number", sorted(EXERCISES))
def test_no_hopeless_answer_is_accepted_and_none_raises(number):
    # A check that makes networks takes longer: every third will do.
    for answer in HOPELESS[:: 3 if number in ("2.2", "2.6", "3.6") else 1]:
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


def test_an_answer_that_changes_its_arguments_is_told_so():
    def cheat(images, reconstructions):
        images -= reconstructions
        return np.argsort((images**2).mean(axis=1))[::-1][:10]

    verdict, message = judge("1.3", cheat)
    assert verdict == NOT_YET
    assert "changed its argument number 1" in message


def test_a_function_that_returns_a_constant_is_an_attempt():
    assert judge("1.3", lambda images, reconstructions: (1, 2))[0] == NOT_YET
    assert judge("1.3", lambda images, reconstructions: None)[0] == NOT_ATTEMPTED


def test_an_error_shows_the_line_of_the_readers_code():
    def broken(images, reconstructions):
        rows = images[:3]
        return rows + reconstructions[:2]  # the shapes differ

    verdict, message = judge("1.3", broken)
    line = broken.__code__.co_firstlineno + 2
    assert verdict == NOT_YET
    assert "could not be broadcast" in message
    assert f"line {line}:  return rows + reconstructions[:2]" in message


def test_an_error_inside_a_library_shows_the_line_that_called_it():
    def broken(encoder, decoder, stops, t):
        return decoder(stops)  # 784 numbers in place of 20

    message = judge("1.5", broken)[1]
    assert f"line {broken.__code__.co_firstlineno + 1}:  return decoder(stops)" in message
    assert len(message) < 500
    assert "\x1b" not in message
    assert "\n" not in message


def test_an_error_inside_a_compiled_package_shows_the_line_that_called_it():
    def broken(x, size, rng):
        return x, rng.integers(29, size)

    message = judge("3.5", broken)[1]
    assert "low >= high" in message
    line = broken.__code__.co_firstlineno + 1
    assert f"line {line}:  return x, rng.integers(29, size)" in message


def test_an_error_in_a_cell_of_ipython_shows_its_line():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell("def broken(images, reconstructions):\n    return images['a']\n")
    message = judge("1.3", shell.user_ns["broken"])[1]
    assert "line 2:  return images['a']" in message


def test_long_colourful_errors_are_cut_to_a_sentence():
    def broken(images, reconstructions):
        raise ValueError("\x1b[1mShapes differ. " + "And so on. " * 900 + "\x1b[0m")

    assert "ValueError: Shapes differ. It was line" in judge("1.3", broken)[1]


def test_a_fault_of_the_check_is_called_ours(monkeypatch):
    monkeypatch.setattr("aeutils.exercises.simple.choice", None)
    verdict, message = judge("1.1", "C")
    assert verdict == NOT_YET
    assert "fault is ours" in message


def test_attributes_that_raise_and_interrupts_are_survived():
    class Odd:
        def __getattr__(self, name):
            raise RuntimeError(name)

        def __repr__(self):
            raise RuntimeError("repr")

        __str__ = __array__ = __repr__

    def stop(*arguments):
        raise KeyboardInterrupt

    for number in EXERCISES:
        assert judge(number, Odd())[0] == NOT_YET
        assert judge(number, lambda *arguments: Odd())[0] == NOT_YET
    assert "stopped" in judge("1.3", stop)[1]
    assert judge(Odd(), 1)[0] == judge("1.2", 10**5000)[0] == NOT_YET


def test_no_message_is_made_of_a_whole_answer():
    class Loud(list):
        def __repr__(self):
            raise AssertionError("the answer was printed")

    verdict, message = judge("1.2", Loud(range(1000)))
    assert verdict == NOT_YET
    assert "printed" not in message


def test_what_was_received_is_shown():
    assert "'222384' (str)" in judge("1.2", "222384")[1]
    assert "Received 7." in judge("1.2", 7)[1]
    assert "'E' (str)" in judge("1.1", "E")[1]


def test_a_missing_part_and_a_part_too_many():
    assert judge("1.1", "C", "C")[0] == NOT_YET
    assert judge("3.1", "B")[0] == NOT_YET
    assert judge("3.1", ..., ...)[0] == NOT_ATTEMPTED


def test_cases_are_drawn_anew_unless_a_seed_is_given():
    def see(**seed):
        seen = []
        for _ in range(2):
            judge("1.3", lambda a, b: seen.append(a.sum()), **seed)
        return seen[0] == seen[1]

    assert see(seed=3)
    assert not see()


def test_a_check_that_trains_says_so_and_how_long(capsys):
    check("1.7", lambda: None or 3)
    out = capsys.readouterr().out
    assert "your function trains, 0 of about 20 s" in out
    assert "Exercise 1.7: not yet." in out
    check("1.7", ...)
    assert "trains" not in capsys.readouterr().out


def test_the_last_cell_shows_what_is_done_in_this_session(capsys, monkeypatch):
    monkeypatch.setattr("aeutils.exercises.verdicts._session", {})
    check("1.1", "A")
    check("1.1", "C")
    check("1.2", 7)
    check("1.3", ...)
    capsys.readouterr()
    show_verdicts(1)
    out = capsys.readouterr().out
    assert "✓ 1.1  ✗ 1.2  ○ 1.3  · 1.4" in out
    assert "1 of 8 exercises" in out
    with pytest.raises(ValueError, match="expected 1, 2 or 3"):
        show_verdicts(4)


def test_solution_is_the_text_of_the_file():
    for number, text in SOLUTIONS.items():
        assert solution(number) == text
    with pytest.raises(ValueError, match=r"1\.1 to 1\.8"):
        solution("1.9")


def test_importing_the_course_imports_no_room_and_no_keras():
    code = "import aeutils, sys; print({'keras', 'aeutils.exercises.simple'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "set()"
