"""Exercises: a kit, a room for each notebook, and the verdicts shown to the reader.

- kit.py: arrays, numbers and functions from outside, and the reason when they are not right
- simple.py, stacked.py, convolutional.py: what is right in notebook 1, 2 and 3
- verdicts.py: judges an answer by its room, shows the verdict; it imports a room when needed
"""

from aeutils.exercises.verdicts import check, exercises, judge, show_verdicts, solution

__all__ = ["check", "exercises", "judge", "show_verdicts", "solution"]
