"""Checks of arrays that come from a reader: what came, and what was expected, in one sentence.

All of them take NumPy arrays, tensors, Keras variables and lists of numbers, return NumPy arrays,
and raise `TypeError` or `ValueError` for everything else.
"""

import numpy as np

SHAPES = {(784,), (28, 28), (28, 28, 1)}  # of one image


def as_array(values, name):
    """Return a NumPy array of finite real numbers; `name` says in an error which array it is.

    >>> as_array([1, 2.5], "weights")
    array([1. , 2.5])
    >>> as_array([1, np.nan], "weights")
    Traceback (most recent call last):
    ValueError: Received weights with NaN or infinity in it, expected finite numbers.
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ValueError(f"Received {name} that is not one array, expected numbers.") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"Received {name} of dtype {array.dtype}, expected numbers.")
    if not np.isfinite(array).all():
        raise ValueError(f"Received {name} with NaN or infinity in it, expected finite numbers.")
    return array


def as_squares(images, name):
    """Return images of shape (n, 784), (n, 28, 28) or (n, 28, 28, 1) as (n, 28, 28), n from 1."""
    array = as_array(images, name)
    if array.shape[1:] not in SHAPES or not len(array):
        hint = " For a single image, take a slice such as images[3:4]."
        raise ValueError(
            f"Received {name} of shape {array.shape}, expected at least one image: (n, 784), "
            f"(n, 28, 28) or (n, 28, 28, 1).{hint if array.shape in SHAPES else ''}"
        )
    return array.reshape(-1, 28, 28)


def as_images(images, name, clip=False):
    """Return images as float32 of shape (n, 28, 28) from 0 to 1.

    `images`: one of the shapes of `as_squares`, either float from 0 to 1 or uint8 from 0 to 255.
    `clip`: set floats outside 0...1 to 0 or 1 instead of refusing them.

    >>> as_images(np.full((2, 784), 255, "uint8"), "digits")[:, 0, 0]
    array([1., 1.], dtype=float32)
    """
    array = as_squares(images, name)
    if array.dtype == np.uint8:
        return np.divide(array, 255, dtype="float32")
    if array.dtype.kind != "f":
        raise TypeError(f"Received {name} of dtype {array.dtype}, expected float or uint8.")
    if not clip and (array.min() < 0 or array.max() > 1):
        raise ValueError(
            f"Received {name} from {array.min():.4g} to {array.max():.4g}, expected pixels from "
            "0 to 1: scale them with to_vectors or to_images."
        )
    return np.clip(array, 0, 1).astype("float32")


def as_labels(labels, n):
    """Return n labels, whole numbers from 0 to 9, as int64 of shape (n,).

    >>> as_labels([5, 0, 4], 3)
    array([5, 0, 4])
    """
    array = as_array(labels, "labels")
    if array.shape != (n,):
        raise ValueError(f"Received labels of shape {array.shape}, expected ({n},).")
    if not np.isin(array, range(10)).all():
        raise ValueError("Received labels other than the digits, expected whole numbers 0 to 9.")
    return array.astype("int64")


def as_named(values, name, of):
    """Return a dict with texts as keys; `name` and `of` say in an error what was expected.

    >>> as_named({1: "a", 2: "b"}, "rows", "images")
    {'1': 'a', '2': 'b'}
    """
    if not isinstance(values, dict) or not values:
        raise TypeError(f"Received {values!r:.40} as {name}, expected a dict from name to {of}.")
    return {str(key): value for key, value in values.items()}
