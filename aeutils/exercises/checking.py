"""Judge answers to exercises, show the verdicts, and keep those of this session.

A verdict is "not attempted yet", "not yet" (with the reason) or "right" (with a notice).
"""

import contextlib
import dis
import html
import inspect
import secrets

import numpy as np
from IPython.display import display

from aeutils.arrays import expect
from aeutils.exercises.files import NOTEBOOKS, exercises, load
from aeutils.exercises.reading import NotYet, blame, describe, own_line, require

NOT_ATTEMPTED, NOT_YET, RIGHT = "not attempted yet", "not yet", "right"
MARKS = {NOT_ATTEMPTED: "○", NOT_YET: "✗", RIGHT: "✓"}
_COLORS = {NOT_ATTEMPTED: "#767676", NOT_YET: "#D55E00", RIGHT: "#009E73"}
_session = {}  # exercise -> its last verdict


def check(number="", *answers, **named):
    """Check the answer to an exercise and show the verdict below the cell.

    `number`: such as "1.2". `answers`: what the exercise asks for, mostly one: a value, or the
    function itself, not its result. Never raises: an error in an answer is reported as such.
    """
    show, name = _show, number if isinstance(number, str) else describe(number)
    seconds = None
    with contextlib.suppress(Exception):  # there may be no such exercise
        seconds = load(number).known.get("SECONDS")
    if seconds and not all(map(_is_stub, answers)):
        say = f"Exercise {name}: your function trains, about {seconds} s. You can stop it."
        line = _show({"text/plain": say}, display_id=True)
        show = (lambda bundle: line.update(bundle, raw=True)) if line else _show
    verdict, message = judge(number, *answers)
    if named:
        verdict, message = NOT_YET, f"Give the answer without {next(iter(named))}=, by its place."
    _session[name] = verdict
    mark, title = MARKS[verdict], f"Exercise {name}: {verdict}."
    text = html.escape(message).replace("\n", "<br>")
    show({
        "text/plain": f"{mark} {title} {message}",
        "text/html": f'<div data-exercise="{html.escape(name)}" data-verdict="{verdict}" '
        f'style="border-left: 4px solid {_COLORS[verdict]}; padding: 4px 12px">'
        f"<strong>{mark} {html.escape(title)}</strong> {text}</div>",
    })  # fmt: skip


def _show(bundle, **options):
    try:
        return display(bundle, raw=True, **options)
    except UnicodeEncodeError:  # a console that is not UTF-8
        print(bundle["text/plain"].encode("ascii", "replace").decode())


def judge(number, *answers, seed=None):
    """Return `(verdict, message)` for answers, as `check` shows them; never raises.

    `seed` makes a check repeatable; without one, nobody knows its cases beforehand.
    """
    try:
        exercise = load(number)
    except ValueError as reason:
        return NOT_YET, str(reason)
    try:
        if all(map(_is_stub, answers)):
            return NOT_ATTEMPTED, _what_to_do(answers)
        names, notice = exercise.names, None
        if len(answers) > len(names):
            return NOT_YET, f"Received {len(answers)} answers, expected {len(names)}."
        answers += (...,) * (len(names) - len(answers))
        seed = secrets.randbits(32) if seed is None else seed
        for k, (name, answer) in enumerate(zip(names, answers, strict=True)):
            before = f"{names[k - 1]} is right. " if k else ""
            require(not _is_stub(answer), f"{before}Now {name}, which is still empty.")
            part = exercise.known["CHECK"][name]
            if callable(part):
                notice = part(np.random.default_rng(seed), answer)
            else:
                part.check(number, name, answer, seed)
        return RIGHT, notice or exercise.known["NOTICE"]
    except NotYet as reason:
        return NOT_YET, str(reason)
    except KeyboardInterrupt:
        return NOT_YET, "You stopped the check before it was done."
    except BaseException as error:
        said = blame(error)
        ours = f"The check itself failed: {said} This fault is ours: please report it."
        return NOT_YET, said if own_line(error) else ours


def _is_stub(answer):
    """Whether an answer is three dots, or a function that only holds them, or `pass`."""
    try:
        code = answer.__code__
        does = {step.opname for step in dis.get_instructions(code)}
        nothing = does <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
        # A function that returns a constant does as little, but has more than None to return.
        return nothing and {*code.co_consts} <= {None, answer.__doc__}
    except Exception:
        return answer is ...


def _what_to_do(stubs):
    dots = True
    with contextlib.suppress(Exception):  # the source may not be known
        dots = any(stub is ... or "..." in inspect.getsource(stub) for stub in stubs)
    what = "Replace the three dots with your answer" if dots or not stubs else "Write the function"
    return f"{what} and run the cell again."


def show_verdicts(notebook):
    """Show one row of marks: what is done of a notebook's exercises in this session.

    `notebook`: 1, 2 or 3; `ValueError` for all else.
    """
    expect(notebook in NOTEBOOKS, f"notebook {notebook!r:.40}", "1, 2 or 3")
    numbers = exercises(notebook)
    row = "  ".join(f"{MARKS.get(_session.get(number), '·')} {number}" for number in numbers)
    right = sum(_session.get(number) == RIGHT for number in numbers)
    count = f"{right} of {len(numbers)} exercises of notebook {notebook} are right in this session"
    count += " (✓ right, ✗ not yet, ○ not attempted yet, · not run)."
    page = f"<p><strong>{row}</strong></p><p>{count}</p>"
    _show({"text/plain": f"{row}\n{count}", "text/html": page})
