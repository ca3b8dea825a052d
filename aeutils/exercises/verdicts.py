"""Judge answers to exercises, show the verdicts, and keep those of this session.

A verdict is "not attempted yet", "not yet" (with the reason) or "right" (with something to
notice). What is right stands in a room for each notebook, which is imported when it is needed.
"""

import contextlib
import html
import importlib
import threading
from pathlib import Path

import numpy as np
from IPython.display import display

from aeutils.exercises.kit import NotYet, blame, describe, own_line

NOT_ATTEMPTED, NOT_YET, RIGHT = "not attempted yet", "not yet", "right"
MARKS = {NOT_ATTEMPTED: "○", NOT_YET: "✗", RIGHT: "✓"}
ROOMS = {1: "simple", 2: "stacked", 3: "convolutional"}
_COLORS = {NOT_ATTEMPTED: "#767676", NOT_YET: "#D55E00", RIGHT: "#009E73"}
_session = {}  # exercise -> its last verdict


def exercises(notebook):
    """Return a dict from the number of each exercise of a notebook (1, 2 or 3) to its check."""
    return _room(notebook).EXERCISES


def _room(notebook):
    return importlib.import_module(f"aeutils.exercises.{ROOMS[notebook]}")


def _find(number):
    """Return the room of an exercise; `NotYet` with the known numbers for an unknown one."""
    notebook = next((k for k in ROOMS if isinstance(number, str) and number[:2] == f"{k}."), None)
    if notebook is None or number not in exercises(notebook):
        ends = [list(exercises(k)) for k in ([notebook] if notebook else ROOMS)]
        known = ", ".join(f"{names[0]} to {names[-1]}" for names in ends)
        raise NotYet(f"There is no exercise {describe(number)}. The exercises are {known}.")
    return _room(notebook)


def check(number, *answers):
    """Check the answer to an exercise and show the verdict below the cell.

    `number`: such as "1.2". `answers`: what the exercise asks for, mostly one: a value, or the
    function itself, not its result. Never raises: an error in an answer is reported as such.

    >>> check("1.1", ...)
    {'text/plain': '○ Exercise 1.1: not attempted yet. Replace the three dots...}
    """
    with _announced(number, answers) as show:
        verdict, message = judge(number, *answers)
    name = str(number) if isinstance(number, str) else describe(number)
    _session[name] = verdict
    mark, title = MARKS[verdict], f"Exercise {name}: {verdict}."
    text = html.escape(message).replace("\n", "<br>")
    bundle = {
        "text/plain": f"{mark} {title} {message}",
        "text/html": f'<div data-exercise="{html.escape(name)}" data-verdict="{verdict}" '
        f'style="border-left: 4px solid {_COLORS[verdict]}; padding: 4px 12px">'
        f"<strong>{mark} {html.escape(title)}</strong> {text}</div>",
    }
    show(bundle, raw=True)


@contextlib.contextmanager
def _announced(number, answers):
    """Say that a check trains and how far it is; yield what shows the verdict in its place."""
    line, seconds = None, None
    with contextlib.suppress(Exception):  # there may be no such exercise
        seconds = _find(number).SECONDS.get(number)
    say = "Exercise {}: your function trains, {} of about {} s. You can stop it at any time."
    if seconds and not all(map(_is_stub, answers)):
        line = display({"text/plain": say.format(number, 0, seconds)}, raw=True, display_id=True)
    if line is None:  # it does not train, or the line is printed, outside of IPython
        yield display
        return
    done = threading.Event()

    def tick():
        passed = 0
        while not done.wait(2):
            passed += 2
            line.update({"text/plain": say.format(number, passed, seconds)}, raw=True)

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield line.update
    finally:
        done.set()
        clock.join()


def judge(number, *answers, seed=None):
    """Return `(verdict, message)` for answers, as `check` shows them; never raises.

    `seed` makes a check repeatable; without one, nobody knows its cases beforehand.

    >>> judge("1.1", "A")[0]
    'not yet'
    """
    try:
        function = _find(number).EXERCISES[number]
        parts = function.__code__.co_argcount - 1
        if all(map(_is_stub, answers)):
            return NOT_ATTEMPTED, "Replace the three dots by your answer and run the cell again."
        if len(answers) > parts:
            return NOT_YET, f"Received {len(answers)} answers, expected {parts}."
        answers = [... if _is_stub(answer) else answer for answer in answers]
        answers += [...] * (parts - len(answers))
        return RIGHT, function(np.random.default_rng(seed), *answers)
    except NotYet as reason:
        return NOT_YET, str(reason)
    except KeyboardInterrupt:
        return NOT_YET, "You stopped the check before it was done."
    except BaseException as error:
        said = blame(error)
        if own_line(error):
            return NOT_YET, said
        said = said.removeprefix("Your answer raised ")
        return NOT_YET, f"The check itself failed with {said} This fault is ours: please report it."


def _stub():
    """Do nothing, as every stub does."""
    ...


def _bare_stub(): ...


def _is_stub(answer):
    try:
        code = answer.__code__
        if code.co_code not in (_stub.__code__.co_code, _bare_stub.__code__.co_code):
            return False
        # A function that returns a constant has the same code, but more than None to return.
        return all(value is None or value == answer.__doc__ for value in code.co_consts)
    except Exception:
        return answer is ...


def show_verdicts(notebook):
    """Show one row of marks: what is done of a notebook's exercises in this session.

    `notebook`: 1, 2 or 3; `ValueError` for all else.

    >>> show_verdicts(3)
    {'text/plain': '· 3.1  · 3.2  ...}
    """
    if notebook not in ROOMS:
        raise ValueError(f"Received notebook {notebook!r}, expected 1, 2 or 3.")
    numbers = list(exercises(notebook))
    row = "  ".join(f"{MARKS.get(_session.get(number), '·')} {number}" for number in numbers)
    right = sum(_session.get(number) == RIGHT for number in numbers)
    count = f"{right} of {len(numbers)} exercises of notebook {notebook} are right in this session"
    legend = "✓ right, ✗ not yet, ○ not attempted yet, · not run"
    display(
        {
            "text/plain": f"{row}\n{count} ({legend}).",
            "text/html": f"<p><strong>{row}</strong></p><p>{count} ({legend}).</p>",
        },
        raw=True,
    )


def solution(number):
    """Return the text of an exercise's solution: `%load solution("1.1")` puts it into a cell.

    >>> "check(" in solution("1.1")
    True
    """
    number = str(number)  # %load drops the quotes, so that 1.1 comes as a float
    try:
        _find(number)
    except NotYet as reason:
        raise ValueError(str(reason)) from None
    name, here = f"exercise_{number.replace('.', '_')}.py", Path(__file__).parent
    # Installed, the solutions lie in the package; in a clone, beside the notebooks.
    for folder in (here / "solutions", here.parents[1] / "notebooks" / "solutions"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise ValueError(f"The file of the solution, {name}, is not installed.")
