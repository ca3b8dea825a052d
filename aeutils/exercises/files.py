"""The file of an exercise: its solution, a line of dashes, and what its check knows.

The part above the line is what a reader gets as the solution. The part below may use its names and
defines CHECK, a dict from the name of each answer to a `Choice`, `Number` or `Function`, or to a
function (rng, answer) that raises `NotYet`; NOTICE, what to say of a right answer, unless that
function returns it; and SECONDS, about how long a check takes that trains.
"""

import functools
import re
from pathlib import Path

import numpy as np

NOTEBOOKS = (1, 2, 3)
_FOLDER = Path(__file__).parent


def exercises(notebook):
    """Return the numbers of a notebook's exercises, such as "3.1", in order."""
    names = [path.stem.split("_") for path in _FOLDER.glob(f"exercise_{notebook}_*.py")]
    return [f"{notebook}.{k}" for k in sorted(int(name[2]) for name in names)]


@functools.cache  # each file is read once
class Exercise:
    """One exercise: its `solution`, the `names` of what it asks for, and what is `known`."""

    def __init__(self, number):
        self.path = _FOLDER / f"exercise_{number.replace('.', '_')}.py"
        above, self._below = self.path.read_text("utf-8").split("\n# ----", 1)
        self.solution = above.rstrip() + "\n"
        call = re.search(r'^check\("[\d.]+", (.*)\)$', above, re.MULTILINE)
        self.names, self.source = call[1].split(", "), above[: call.start()]

    @functools.cached_property
    def known(self):
        """All names of the file, those of the solution included."""
        names, lines = self.run(), "\n" * self.solution.count("\n")  # errors name the right line
        exec(compile(f"{lines}\n# {self._below}", self.path, "exec"), names)
        return names

    def run(self, edits=None):
        """Return the names that the solution defines, its text edited."""
        source, names = self.source, {"np": np}
        for old, new in (edits or {}).items():
            if source.count(old) != 1:
                raise ValueError(f"{self.path}: {old!r} stands there {source.count(old)} times.")
            source = source.replace(old, new)
        if "keras." in source:
            import keras  # only here: its import takes seconds

            names["keras"] = keras
        exec(compile(source, self.path, "exec"), names)
        return names


def load(number):
    """Return the `Exercise` of a number such as "1.2"; `ValueError` for others."""
    known = [numbers for k in NOTEBOOKS if (numbers := exercises(k))]
    number = number if isinstance(number, str) else ""
    if any(number in numbers for numbers in known):
        return Exercise(number)
    near = [numbers for numbers in known if number[:2] == numbers[0][:2]]
    ends = ", ".join(f"{numbers[0]} to {numbers[-1]}" for numbers in near or known)
    raise ValueError(f"There is no exercise with that number. The exercises are {ends}.")


def solution(number):
    """Return the text of an exercise's solution: `%load solution("1.1")` puts it into a cell."""
    return load(str(number)).solution  # %load drops the quotes, so that 1.1 comes as a float
