"""Checks of arrays that come from outside: what came, what was expected, what to do.

All of them take NumPy arrays, tensors, Keras variables and lists of numbers, return NumPy arrays,
and raise `TypeError` or `ValueError` with a sentence for everything else.
"""

import numpy as np

# Far beyond any loss or weight; near the limit of float64 (1e308) sums of a few overflow.
LARGEST = 1e100


def as_array(values, name):
    """Return a NumPy array of finite numbers; `name` says in an error which array it is.

    Any shape, real numbers up to `LARGEST`; the dtype stays, but for float128, which becomes
    float64. Raises `TypeError` for what is no numbers, `ValueError` for NaN, infinity, a mask,
    and lists of unequal lengths.

    >>> as_array([1, 2.5], "weights")
    array([1. , 2.5])
    >>> as_array([1, np.nan], "weights")
    Traceback (most recent call last):
    ValueError: Received weights with NaN or infinity in it, expected finite numbers.
    """
    if _is_masked(values):
        raise ValueError(
            f"Received {name} with a mask, expected all numbers: fill the gaps with .filled(0)."
        )
    if type(values).__name__ == "KerasTensor":
        raise TypeError(
            f"Received {name} as a symbolic Keras tensor, which holds no numbers; expected what "
            "comes out when the model is called on data."
        )
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ValueError(f"Received {name} that is not one array, expected numbers.") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"Received {name} of dtype {array.dtype}, expected numbers.")
    if not np.isfinite(array).all():
        raise ValueError(f"Received {name} with NaN or infinity in it, expected finite numbers.")
    if array.dtype.kind == "f" and array.size and float(np.abs(array).max()) > LARGEST:
        raise ValueError(f"Received {name} with numbers beyond {LARGEST:.0e}, expected less.")
    return array.astype("float64") if array.dtype.itemsize > 8 else array


def as_images(images, name, clip=False):
    """Return images as float32 of shape (n, 28, 28) from 0 to 1.

    `images`: shape (n, 784), (n, 28, 28) or (n, 28, 28, 1) with at least one image, either float
    from 0 to 1 or uint8 from 0 to 255. `clip`: set floats outside 0...1 to 0 or 1 instead of
    refusing them. Raises `TypeError` or `ValueError` for everything else.

    >>> as_images(np.full((2, 784), 255, "uint8"), "digits")[:, 0, 0]
    array([1., 1.], dtype=float32)
    """
    array = as_array(images, name)
    if array.ndim < 2 or array.shape[1:] not in {(784,), (28, 28), (28, 28, 1)} or not len(array):
        one = array.shape in {(784,), (28, 28), (28, 28, 1)}
        raise ValueError(
            f"Received {name} of shape {array.shape} and dtype {array.dtype}, expected at least "
            "one image: (n, 784), (n, 28, 28) or (n, 28, 28, 1)."
            + (" For a single image, take a slice such as images[3:4]." if one else "")
        )
    if array.dtype == np.uint8:
        array = np.divide(array, 255, dtype="float32")
    elif array.dtype.kind != "f":
        raise TypeError(f"Received {name} of dtype {array.dtype}, expected float or uint8.")
    elif not clip and (array.min() < 0 or array.max() > 1):
        raise ValueError(
            f"Received {name} from {array.min():.4g} to {array.max():.4g}, expected pixels from "
            "0 to 1: scale them with to_vectors or to_images."
        )
    return np.clip(array, 0, 1).astype("float32").reshape(-1, 28, 28)


def as_labels(labels, n):
    """Return n labels from 0 to 9 as int64 of shape (n,).

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

    Raises `TypeError` for what is no dict, `ValueError` for an empty one, and for keys that look
    alike, such as 1 and "1", of which one would be lost.

    >>> as_named({1: "a", 2: "b"}, "rows", "images")
    {'1': 'a', '2': 'b'}
    """
    if not isinstance(values, dict):
        raise TypeError(f"Received {type(values).__name__} as {name}, expected a dict name: {of}.")
    if not values:
        raise ValueError(f"Received an empty dict as {name}, expected at least one name: {of}.")
    named = {str(key): value for key, value in values.items()}
    if len(named) < len(values):
        alike = ", ".join(repr(key) for key in values)
        raise ValueError(f"Received {name} with names that look alike: {alike:.200}; expected "
                         "different ones.")  # fmt: skip
    return named


def _is_masked(values):
    """Whether something is masked in an array or in a list of arrays: NumPy would ignore it."""
    if isinstance(values, (list, tuple)):
        return any(map(_is_masked, values))
    return np.ma.is_masked(values)
