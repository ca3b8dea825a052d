"""How an answer is read and called, and what is said when that does not work.

An answer is what the reader hands to `check`: a letter, a number or a function. `NotYet` carries
the reason why it is not right yet.
"""

import itertools
import re
import sysconfig
import textwrap
import traceback
from collections.abc import Iterator, Set, ValuesView
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from aeutils import arrays

_OURS = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), "<frozen", "<__array")
_LIBRARY = re.compile(r"site-packages|dist-packages|__autograph_generated|\.pyx$")


class NotYet(Exception):
    """The reason why an answer is not right yet, for the reader."""


def require(condition, reason):
    """Raise `NotYet` with the reason unless the condition holds."""
    if not condition:
        raise NotYet(reason)


def describe(value):
    """Say in a few words what a value is, such as "a list of length 2"; safe for any object."""
    kind = type(value).__name__
    try:
        if isinstance(value, str | bytes | int | float | complex | np.generic) or value is None:
            text = repr(value[:99] if isinstance(value, str | bytes) else value)
            return f"{textwrap.shorten(text, 40, placeholder='...')} ({kind})"
        if isinstance(value, list | tuple | dict | set):
            return f"a {kind} of length {len(value)}"
        return f"a {kind} of shape {tuple(value.shape)}"
    except Exception:  # objects without a shape, or with attributes that raise
        return f"a {kind}"


def as_text(value):
    """Return the text of a string, or of an array or list that holds one; "" for all else."""
    try:
        size = np.prod(value.shape) if hasattr(value, "shape") else len(value)
        one = isinstance(value, str) or size == 1  # first: millions would take a while
        return str(np.asarray(value, dtype=str).item())[:99] if one else ""
    except Exception:  # an object without a length, or one of the reader's own
        return ""


def as_array(value, shape=None, what="your answer"):
    """Return a NumPy array of finite numbers from an array, tensor, list or set, or say why not."""
    require(value is not None, f"Received None as {what}. Is a 'return' missing?")
    require(not isinstance(value, str), f"Received {describe(value)} as {what}, expected numbers.")
    try:
        if isinstance(value, Iterator | Set | ValuesView):
            value = list(itertools.islice(value, 100_000))  # some never end
        if re.search("object|bfloat16", str(getattr(value, "dtype", ""))):
            value = np.asarray(value).tolist()
        array = arrays.as_array(value, what)
    except (TypeError, ValueError) as reason:
        raise NotYet(f"{str(reason)[:200]} It is {describe(value)}.") from None
    except Exception:  # an object of the reader's own may raise anything
        raise NotYet(f"Received {describe(value)} as {what}, expected numbers.") from None
    fits = shape is None or array.shape == shape
    require(fits, f"Received shape {array.shape} as {what}, expected {shape}.")
    return array


def as_number(value):
    """Return one finite number, alone or in an array, as an int or a float, or say why not."""
    if isinstance(value, Decimal | Fraction):
        value = float(value)
    require(value is not None, "Received None, expected one number.")
    array = as_array(value)
    one = array.size == 1 and (array.ndim == 0 or hasattr(value, "shape"))
    require(one, f"Received {describe(value)}, expected one number.")
    return array.item()


def as_indices(value, what="your answer"):
    """Return an array of whole numbers, or say why it is none."""
    array = as_array(value, what=what)
    mask = f"Received True and False as {what}, expected indices: np.flatnonzero gives them."
    require(array.dtype.kind != "b", mask)
    odd = array[array % 1 != 0][:1].tolist()
    require(not odd, f"Received numbers such as {odd} as {what}, expected whole ones: indices.")
    return array


def as_pair(value, what):
    """Return the two parts of a tuple, list or array of length two."""
    try:
        first, second = value
    except Exception:
        raise NotYet(f"Received {describe(value)}, expected a pair: {what}.") from None
    return first, second


def as_models(value):
    """Return encoder and decoder: two parts that can be called."""
    parts = as_pair(value, "encoder and decoder")
    found = f"Received {describe(parts[0])} and {describe(parts[1])}"
    require(all(map(callable, parts)), f"{found}, expected two models: encoder and decoder.")
    return parts


def call(function, *arguments):
    """Call the reader's function on copies of the arrays, and see that arguments stay the same."""
    wanted = "the function itself: pass its name, without parentheses"
    require(callable(function), f"Received {describe(function)}, expected {wanted}.")
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    before = [a.get_weights() if hasattr(a, "get_weights") else [a] for a in arguments]
    try:
        result = function(*copies)
    except (KeyboardInterrupt, NotYet):
        raise
    except BaseException as error:  # an answer may do anything, even call sys.exit()
        raise NotYet(blame(error)) from error
    for k, (old, copy) in enumerate(zip(before, copies, strict=True)):
        model = hasattr(copy, "get_weights")
        if not all(map(np.array_equal, old, copy.get_weights() if model else [copy])):
            if model:
                copy.set_weights(old)  # the next check may use this model again
            what = f"{'the weights of ' * model}its argument number {k + 1}"
            raise NotYet(f"Your function changed {what}. Leave it as it was: work on a copy.")
    require(result is not None, "Your function returned None. Is a 'return' missing?")
    require(result is not ..., "Your function returned three dots: replace them, too.")
    return result


def blame(error):
    """Say what was raised, in one sentence, and in which line of the reader's own code."""
    try:
        around = r"\x1b\[[0-9;]*m|\{\{.*?\}\}|\[Op:\S*( name: *)?|Exception encountered when.*"
        text = re.sub(around, "", str(error)[:5000]).strip()
    except Exception:
        text = ""
    text = re.sub(r"\[[-+.,\de\s]{30,}\]", "[...]", text)  # whole images
    text = re.split(r"(?<=[.!?])\s(?!Expected)|\n", text)[0]
    text = textwrap.shorten(text, 200, placeholder=" ...").rstrip(".")
    said = f"raised {type(error).__name__}" + (f": {text}." if text else ".")
    place = own_line(error)
    return f"Your code {said} It was line {place}" if place else f"Your answer {said}"


def own_line(error):
    """Return number and text of the last line of the reader's own code, or None without one."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not (frame.filename.startswith(_OURS) or _LIBRARY.search(frame.filename)):
            line = textwrap.shorten(frame.line or "", 80, placeholder=" ...")
            return f"{frame.lineno}:  {line}" if line else f"{frame.lineno}."
    return None
