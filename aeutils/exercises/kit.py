"""What every exercise needs: look at an answer, and say in words what is off.

A room has one function for each exercise. It gets a random generator and the answers, returns what
to notice about right ones, and raises `NotYet` with the reason for all others.
"""

import functools
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

_LIBRARIES = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
_NOT_THE_READERS = (str(Path(__file__).parents[1]), *_LIBRARIES, "<frozen", "<__array")


class NotYet(Exception):
    """The reason why an answer is not right yet, for the reader."""


def require(condition, reason):
    """Raise `NotYet` with the reason unless the condition holds."""
    if not condition:
        raise NotYet(reason)


def describe(value):
    """Say in a few words what a value is; cheap, and safe for any object.

    >>> describe("c"), describe([1, 2]), describe(np.zeros((2, 3)))
    ("'c' (str)", 'a list of length 2', 'a ndarray of shape (2, 3)')
    """
    kind = type(value).__name__
    try:
        if isinstance(value, str | bytes | int | float | complex | np.generic) or value is None:
            return f"{textwrap.shorten(repr(value), 40, placeholder='...')} ({kind})"
        if isinstance(value, list | tuple | dict | set):
            return f"a {kind} of length {len(value)}"
        return f"a {kind} of shape {tuple(value.shape)}"
    except Exception:  # objects without a shape, or with attributes that raise
        return f"a {kind}"


def as_text(value):
    """Return the text of a string, or of an array or list that holds one; "" for all else."""
    try:
        return str(np.asarray(value, dtype=str).item())
    except Exception:
        return ""


def choice(answer, right, reasons):
    """Check a multiple-choice answer: `reasons` maps each wrong letter to what is wrong with it."""
    letter, letters = re.sub(r"\W", "", as_text(answer)).upper(), sorted([right, *reasons])
    wanted = f"Received {describe(answer)}, expected one of the letters {', '.join(letters)}"
    require(letter in letters and not callable(answer), f"{wanted}, such as 'A'.")
    require(letter == right, reasons.get(letter))


def as_array(value, shape=None, what="your answer"):
    """Return a NumPy array of finite numbers from an array, tensor, list or set, or say why not."""
    require(value is not None, f"Received None as {what}. Is a 'return' missing?")
    try:
        if isinstance(value, Iterator | Set | ValuesView):
            value = list(itertools.islice(value, 100_000))  # some never end
        if re.search("object|bfloat16", str(getattr(value, "dtype", ""))):
            value = np.asarray(value).tolist()
        array = arrays.as_array(value, what)
    except (TypeError, ValueError) as reason:
        raise NotYet(f"{reason} It is {describe(value)}.") from None
    except Exception:  # an object of the reader's own may raise anything
        raise NotYet(f"Received {describe(value)} as {what}, expected numbers.") from None
    fits = shape is None or array.shape == shape
    require(fits, f"Received shape {array.shape} as {what}, expected {shape}.")
    return array


def as_number(value, what="your answer"):
    """Return one finite number, alone or in an array, as an int or a float, or say why not."""
    if isinstance(value, Decimal | Fraction):
        value = float(value)
    array = as_array(value, what=what)
    one = array.size == 1 and (array.ndim == 0 or hasattr(value, "shape"))
    require(one, f"Received {describe(value)} as {what}, expected one number.")
    return array.item()


def pair(result, what):
    """Return the two parts of a tuple, list or array of length two."""
    try:
        first, second = result
    except Exception:
        raise NotYet(f"Received {describe(result)}, expected a pair: {what}.") from None
    return first, second


def coders(result):
    """Return encoder and decoder: two parts that can be called."""
    parts = pair(result, "encoder and decoder")
    wanted = "encoder and decoder, two models that can be called"
    found = " and ".join(map(describe, parts))
    require(all(map(callable, parts)), f"Received {found}, expected {wanted}.")
    return parts


def call(function, *arguments):
    """Call what the reader wrote on copies of the arrays, and see that they stay as they were."""
    require(function is not ..., "A function is still empty: replace its three dots.")
    wanted = "the function itself: pass its name, without parentheses"
    require(callable(function), f"Received {describe(function)}, expected {wanted}.")
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    before = [_held(a) for a in arguments]
    try:
        result = function(*copies)
    except (KeyboardInterrupt, NotYet):
        raise
    except BaseException as error:  # an answer may do anything, even call sys.exit()
        raise NotYet(blame(error)) from error
    for k, (held, copy) in enumerate(zip(before, copies, strict=True), 1):
        part = "" if isinstance(copy, np.ndarray) else "the weights of "
        same = all(map(np.array_equal, held, _held(copy)))
        require(same, f"Your function changed {part}its argument number {k}. Keep its numbers.")
    require(result is not None, "Your function returned None. Is a 'return' missing?")
    require(result is not ..., "Your function returned three dots: replace them, too.")
    return result


def _held(argument):
    """The numbers of an argument: an array, or the weights of a model."""
    if isinstance(argument, np.ndarray):
        return [argument]
    return argument.get_weights() if hasattr(argument, "get_weights") else []


def decode(rng, decoder, code, shape):
    """Decode the codes in another order than they came in: a decoder has nothing but the code."""
    order = rng.permutation(len(code))
    back = np.empty(shape)
    back[order] = as_array(call(decoder, code[order]), shape, "the decoded code")
    return back


def compare(function, solution, cases, mistakes, what="your answer", explain=None, read=as_array):
    """Compare a function with the solution, and name the mistake that explains its answers.

    `cases`: tuples of arguments. `mistakes`: what to say -> a wrong function, or the options that
    make the solution wrong. `explain(arguments, received, expected)` gives a reason for all others
    of the right shape. `read` makes an array of what the function returns.
    """
    seen, problem = [], None
    for arguments in cases:
        expected = np.asarray(solution(*arguments))  # before an answer may change a model
        try:
            received = read(call(function, *arguments))
        except NotYet as reason:
            problem = reason
            break
        seen.append((arguments, received, expected))
    wrong = [case for case in seen if not _equal(*case[1:])]
    if not wrong:
        if problem:
            raise problem
        return
    for reason, other in mistakes.items():
        mistake = functools.partial(solution, **other) if isinstance(other, dict) else other
        if all(_agrees(mistake, *case[:2]) for case in seen):
            raise NotYet(reason)
    arguments, received, expected = wrong[0]
    case = f"For {arguments}: " if all(isinstance(value, int) for value in arguments) else ""
    if received.shape != expected.shape:
        raise NotYet(f"{case}Received shape {received.shape} as {what}, expected {expected.shape}.")
    if explain:
        raise NotYet(explain(arguments, received, expected))
    if received.ndim == 1 and len(received) > 12:  # a line would not show them all
        k = int(abs(received - expected).argmax())
        what, received, expected = f"{what} at index {k}", received[k], expected[k]
    raise NotYet(f"{case}Received {_short(received)} as {what}, expected {_short(expected)}.")


def _equal(received, expected):
    return received.shape == expected.shape and np.allclose(received, expected, rtol=0, atol=1e-3)


def _agrees(mistake, arguments, received):
    try:
        with np.errstate(all="ignore"):
            return _equal(received, np.asarray(mistake(*arguments), float))
    except Exception:  # a mistake that does not get this far
        return False


def _short(array):
    return np.array2string(array, precision=3, threshold=12, edgeitems=3).replace("\n", "")


def blame(error):
    """Say what was raised, in one sentence, and in which line of the reader's own code."""
    try:
        around = r"\x1b\[[0-9;]*m|\{\{.*?\}\}|\[Op:\S*( name: *)?|Exception encountered when.*"
        text = re.sub(around, "", str(error)).strip()
    except Exception:
        text = ""
    text = re.sub(r"\[[-+.,\de\s]{30,}\]", "[...]", text)  # whole images
    text = re.split(r"(?<=[.!?])\s(?!Expected)|\n", text)[0]
    text = textwrap.shorten(text, 200, placeholder=" ...").rstrip(".")
    said = type(error).__name__ + (f": {text}" if text else "")
    place = own_line(error)
    if place is None:
        return f"Your answer raised {said}."
    number, line = place
    return f"Your code raised {said}. It was line {number}" + (f":  {line}" if line else ".")


def own_line(error):
    """Return number and text of the last line of the reader's own code, or None without one."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        name = frame.filename
        others = name.startswith(_NOT_THE_READERS) or name.endswith(".pyx")  # compiled packages
        if not others and "__autograph_generated" not in name:
            return frame.lineno, (frame.line or "").strip()
    return None
