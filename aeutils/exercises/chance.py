"""Does chance make such numbers? Each test is wrong about once in a billion times.

`values` are n whole numbers, drawn one after the other, each from 0 to `sides` - 1.
"""

import numpy as np


def surprise(counts, expected, freedom):
    """Return by how many deviations a chi-square is off, by the cube root of Wilson and Hilferty.

    >>> float(surprise(np.array([5, 5]), 5, 1).round(1))
    -1.6
    """
    ratio = ((counts - expected) ** 2 / np.maximum(expected, 1e-9)).sum() / freedom
    return (np.cbrt(ratio) - 1 + 2 / (9 * freedom)) / np.sqrt(2 / (9 * freedom))


def is_even(values, sides):
    """Return whether all numbers are equally frequent, up to chance, and no more than that."""
    counts = np.bincount(values, minlength=sides)
    return abs(surprise(counts, len(values) / sides, sides - 1)) < 7


def is_independent(a, b, sides):
    """Return whether two series have nothing to do with each other."""
    counts = np.bincount(a * sides + b, minlength=sides**2).reshape(sides, sides)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / len(a)
    return surprise(counts, expected, (sides - 1) ** 2) < 7


def is_repeated(values, sides):
    """Return whether the series follows itself, or its mirror image, at some distance."""
    lags, both = range(1, len(values)), np.stack([values, sides - 1 - values])
    equal = np.array([(values[lag:] == both[:, :-lag]).sum(axis=1) for lag in lags])
    usual = (len(values) - np.array(lags))[:, None] / sides
    return (equal > usual + 9 * np.sqrt(usual) + 9).any()


def is_copied(a, b, sides):
    """Return whether two series hold the same numbers in different orders, nearly or exactly."""
    counts = [np.bincount(values, minlength=sides) for values in (a, b)]
    usual = len(a) / sides
    return surprise(usual + (counts[0] - counts[1]) / np.sqrt(2), usual, sides - 1) < -7
