"""What an exercise may ask for: a letter, a number, or a function.

Each kind has `check(number, name, answer, seed)`, which raises `NotYet` with the reason.
"""

import inspect
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aeutils.exercises.files import load
from aeutils.exercises.reading import NotYet, as_array, as_number, as_text, call, describe, require

DRAWS = 1000


@dataclass
class Choice:
    """One letter. `wrong`: what is wrong with each of the others."""

    wrong: dict

    def check(self, number, name, answer, seed):
        right = load(number).known[name]
        letter, letters = re.sub(r"\W", "", as_text(answer)).upper(), sorted([right, *self.wrong])
        wanted = f"Received {describe(answer)}, expected one of the letters {', '.join(letters)}"
        require(letter in letters and not callable(answer), f"{wanted}, such as 'A'.")
        require(letter == right, self.wrong.get(letter))


@dataclass
class Number:
    """One number. `wrong`: what to say of some; `say(received)`: of all others."""

    wrong: dict
    say: Callable

    def check(self, number, name, answer, seed):
        received = as_number(answer)
        reason = self.wrong.get(received) or self.say(received)
        require(received == load(number).known[name], f"Received {received}. {reason}")


@dataclass
class Function:
    """A function. Its cases are drawn until each wrong one fails on one of them.

    Wrong ones are functions, or dicts with texts to replace in the solution.
    """

    draw: Callable  # draw(rng) returns the arguments of a case
    mistakes: dict  # what to say -> a wrong function
    others: list = ()  # further wrong ones, without words
    also: list = ()  # right ones: a case that tells them from the solution is a tie, and not used
    read: Callable = lambda received, *arguments: as_array(received)  # returns an array
    say: Callable = None  # say(arguments, received, expected): what to say of all others
    cases: int = 10  # at least

    def check(self, number, name, answer, seed):
        first = f"{name}: " if len(load(number).names) > 1 else ""
        seen, problem = [], None
        for arguments, expected, mistaken in draw_cases(number, name, seed)[0]:
            try:
                received = self.read(call(answer, *arguments), *arguments)
                seen.append((arguments, received, expected, mistaken))
            except NotYet as reason:
                problem = problem or NotYet(f"{first}{reason}")
        wrong = [case for case in seen if differ(*case[1:3])]
        if wrong:
            for k, reason in enumerate(self.mistakes):
                if not any(differ(received, mistaken[k]) for _, received, _, mistaken in seen):
                    raise NotYet(first + reason)
            names = inspect.signature(load(number).known[name]).parameters
            raise NotYet(first + self._explain(names, *wrong[0][:3]))
        if problem:
            raise problem

    def _explain(self, names, arguments, received, expected):
        sizes = ", ".join(f"{a}={b}" for a, b in zip(names, arguments, strict=True))
        place = f" for {sizes}" if all(isinstance(value, int) for value in arguments) else ""
        if received.shape != expected.shape:
            return f"Received shape {received.shape}{place}, expected {expected.shape}."
        if self.say:
            return self.say(arguments, received, expected)
        if received.ndim == 1 and len(received) > 12:  # a line would not show them all
            k = int(abs(1.0 * received - expected).argmax())
            place, received, expected = f" at index {k}{place}", received[k], expected[k]
        two = (np.array2string(a, precision=3).replace("\n", "") for a in (received, expected))
        return f"Received {next(two)}{place}, expected {next(two)}."


def draw_cases(number, name, seed):
    """Return cases (arguments, right result, results of the mistakes), and what none tells apart.

    Cases are drawn until each wrong function fails on one, and no two mistakes agree on all.
    """
    exercise, rng = load(number), np.random.default_rng(seed)
    part = exercise.known["CHECK"][name]

    def result(other, case):  # None stands for an error
        try:
            with np.errstate(all="ignore"):
                return part.read(
                    other(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in case)), *case
                )
        except Exception:
            return None

    mistakes, ties, others = (
        [exercise.run(other)[name] if isinstance(other, dict) else other for other in part_of]
        for part_of in (part.mistakes.values(), part.also, part.others)
    )
    functions, cases = [exercise.known[name], *mistakes, *others], []
    named = range(len(mistakes) + 1)
    alike = {*itertools.combinations(named, 2), *((0, k) for k in range(1, len(functions)))}
    for _ in range(DRAWS):
        case = part.draw(rng)
        found = {k: result(functions[k], case) for k in {0}.union(*alike)}
        if any(differ(result(tie, case), found[0]) for tie in ties):
            continue
        told = {(i, k) for i, k in alike if differ(found[i], found[k])}
        if told or len(cases) < part.cases:
            found = {k: result(functions[k], case) for k in named} | found
            cases.append((case, found[0], [found[k] for k in named[1:]]))
        alike -= told
        if not alike and len(cases) >= part.cases:
            break
    every = ["the solution", *part.mistakes.values(), *part.others]
    return cases, [tuple(every[k] for k in two) for two in alike]


def differ(a, b):
    """Whether two results are not the same, up to a thousandth."""
    if a is None or b is None:
        return a is not b
    return a.shape != b.shape or not np.allclose(a, b, rtol=0, atol=1e-3)
