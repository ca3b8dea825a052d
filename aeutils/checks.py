"""The exercises' checks: each looks at an answer and says what was off.

A check never raises and never stops a notebook. `check` shows one of three verdicts: not
attempted yet, not yet (with the reason), right (with something to notice). What is right for each
exercise stands in exercises.py.
"""

import html
import importlib
import numbers

import numpy as np
from IPython.display import display

NOT_ATTEMPTED, NOT_YET, RIGHT = "not attempted yet", "not yet", "right"
_MARKS = {NOT_ATTEMPTED: ("○", "#767676"), NOT_YET: ("✗", "#D55E00"), RIGHT: ("✓", "#009E73")}
EXERCISES = {}


def check(exercise, answer):
    """Check the answer to an exercise and show the verdict below the cell.

    `exercise`: its number, such as "1.2". `answer`: what the exercise asks for: a value, or the
    function itself, not its result. Never raises: an error in the answer is reported as such.

    >>> check("1.1", ...)
    {'text/plain': '○ Exercise 1.1: not attempted yet. Replace the three dots...}
    """
    verdict, message = judge(exercise, answer)
    mark, color = _MARKS[verdict]
    title = f"Exercise {exercise}: {verdict}."
    text = html.escape(message).replace("\n", "<br>")
    display(
        {
            "text/plain": f"{mark} {title} {message}",
            "text/html": f'<div style="border-left: 4px solid {color}; padding: 4px 12px">'
            f"<strong>{mark} {title}</strong> {text}</div>",
        },
        raw=True,
    )


def judge(exercise, answer):
    """Return `(verdict, message)` for an answer, as `check` shows them; never raises."""
    importlib.import_module("aeutils.exercises")  # registers them; it imports this module
    if not isinstance(exercise, str) or exercise not in EXERCISES:
        known = ", ".join(EXERCISES)
        return NOT_YET, f"There is no exercise {str(exercise)!r:.20}. The exercises are {known}."
    if answer is ... or _is_stub(answer):
        return NOT_ATTEMPTED, "Replace the three dots by your answer and run the cell again."
    try:
        return RIGHT, EXERCISES[exercise](answer)
    except NotYet as reason:
        return NOT_YET, str(reason)
    except KeyboardInterrupt:
        return NOT_YET, "You stopped the check before it was done."
    except BaseException as error:  # an answer may do anything, even call sys.exit()
        return NOT_YET, f"Your answer raised {type(error).__name__}: {error}"


class NotYet(Exception):
    """The reason why an answer is not right yet, for the reader."""


def exercise(number):
    """Register the function below as the check of an exercise.

    The function takes the answer. It returns what to notice about a right one, and raises `NotYet`
    with the reason for any other.
    """

    def register(function):
        EXERCISES[number] = function
        return function

    return register


def _stub():
    """Do nothing, as every stub does."""
    ...


def _bare_stub(): ...


def _is_stub(answer):
    code = getattr(answer, "__code__", None)
    if code is None or code.co_code not in (_stub.__code__.co_code, _bare_stub.__code__.co_code):
        return False
    # A function that returns a constant has the same code, but more than None to return.
    return all(value is None or value == answer.__doc__ for value in code.co_consts)


def require(condition, reason):
    """Raise `NotYet` with the reason unless the condition holds."""
    if not condition:
        raise NotYet(reason)


def choice(answer, right, notice, reasons):
    """Check a multiple-choice answer: `reasons` maps each wrong letter to what is wrong with it."""
    letters = sorted([right, *reasons])
    wanted = f"one of the letters {', '.join(letters)}, such as 'A'"
    require(isinstance(answer, str), f"Received {describe(answer)}, expected {wanted}.")
    letter = answer.strip().upper()
    require(letter in letters, f"Received {answer!r}, expected {wanted}.")
    require(letter == right, reasons.get(letter))
    return notice


def as_array(value, shape=None, what="your answer"):
    """Return a NumPy array of finite numbers from an array, a tensor or a list, or say why not."""
    require(value is not None, f"{what} is None. Is a 'return' missing?")
    require(
        type(value).__name__ != "KerasTensor",
        f"{what} is a symbolic Keras tensor, a part of a model without values. Call the model on "
        "data and use what comes out.",
    )
    try:
        array = np.asarray(value)
        kind = array.dtype.kind
    except Exception:
        kind = "O"
    require(kind in "fiub", f"{what} is {describe(value)}, expected numbers.")
    require(
        shape is None or array.shape == shape,
        f"{what} has shape {array.shape}, expected {shape}.",
    )
    require(np.isfinite(array).all(), f"{what} holds NaN or infinity, expected finite numbers.")
    return array


def as_number(value, what="your answer"):
    """Return one finite number, or say why not."""
    if isinstance(value, bool) or not isinstance(value, numbers.Number):
        value = as_array(value, what=what)
        require(value.ndim == 0, f"{what} is an array of shape {value.shape}, expected one number.")
    require(np.isfinite(complex(value)), f"{what} is {value}, expected a finite number.")
    return value


def call(function, *arguments):
    """Call the reader's function on copies, so that it cannot change what it is judged by."""
    require(
        callable(function),
        f"Received {describe(function)}, expected the function itself: pass its name, "
        "without parentheses.",
    )
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    result = function(*copies)
    require(result is not None, "Your function returned None. Is a 'return' missing?")
    return result


def describe(value):
    """Say in a few words what a value is, for a message to the reader."""
    shape = getattr(value, "shape", None)
    kind = type(value).__name__
    if shape is not None:
        return f"a {kind} of shape {tuple(shape)}"
    return f"{value!r} ({kind})" if len(repr(value)) < 40 else f"a {kind}"
