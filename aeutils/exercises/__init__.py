"""Exercises: one file for each, named by its number, and what reads and judges them.

- exercise_1_1.py ...: the solution, and below a line what the check knows
- files.py: finds these files, and keeps the two parts apart
- kinds.py: a letter, a number, or a function: how each is checked
- reading.py: how an answer is read and called, and what is said of an error
- checking.py: the verdict on an answer, shown below the cell
"""

from aeutils.exercises.checking import check, judge, show_verdicts
from aeutils.exercises.files import exercises, solution

__all__ = ["check", "exercises", "judge", "show_verdicts", "solution"]
