"""The exercises' checks: each looks at an answer and says what was off.

A check never raises and never stops a notebook. `check` shows one of three verdicts: not
attempted yet, not yet (with the reason), right (with something to notice). What is right for each
exercise stands in exercises.py.
"""

import numbers

import numpy as np

from aeutils.exercises.kit import NotYet


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
