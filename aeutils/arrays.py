"""Checks of what comes from a reader: what came, and what was expected, in one sentence.

Those of arrays take NumPy arrays, tensors, Keras variables and lists of numbers, return NumPy
arrays, and raise `TypeError` or `ValueError` for everything else.
"""

import numpy as np

SHAPES = {(784,), (28, 28), (28, 28, 1)}  # of one image


def expect(condition, received, expected, error=ValueError):
    """Raise an error with what was received and expected unless the condition holds."""
    if not condition:
        raise error(f"Received {received}, expected {expected}.")


def as_array(values, name):
    """Return a NumPy array of finite real numbers; `name` says in an error which array it is."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ValueError(f"Received {name} that is not one array, expected numbers.") from None
    expect(array.dtype.kind in "fiub", f"{name} of dtype {array.dtype}", "numbers", TypeError)
    expect(np.isfinite(array).all(), f"{name} with NaN or infinity in it", "finite numbers")
    return array


def as_squares(images, name):
    """Return images of shape (n, 784), (n, 28, 28) or (n, 28, 28, 1) as (n, 28, 28), n from 1."""
    array = as_array(images, name)
    wanted = "at least one image: (n, 784), (n, 28, 28) or (n, 28, 28, 1)"
    if array.shape in SHAPES:
        wanted += ". For a single image, take a slice such as images[3:4]"
    fits = array.shape[1:] in SHAPES and len(array)
    expect(fits, f"{name} of shape {array.shape}", wanted)
    return array.reshape(-1, 28, 28)


def as_images(images, name, clip=False):
    """Return images as float32 of shape (n, 28, 28) from 0 to 1.

    `images`: one of the shapes of `as_squares`, either float from 0 to 1 or uint8 from 0 to 255.
    `clip`: set floats outside 0...1 to 0 or 1 instead of refusing them.
    """
    array = as_squares(images, name)
    if array.dtype == np.uint8:
        return np.divide(array, 255, dtype="float32")
    expect(array.dtype.kind == "f", f"{name} of dtype {array.dtype}", "float or uint8", TypeError)
    low, high = array.min(), array.max()
    wanted = "pixels from 0 to 1: scale them with to_vectors or to_images"
    expect(clip or 0 <= low <= high <= 1, f"{name} from {low:.4g} to {high:.4g}", wanted)
    return np.clip(array, 0, 1).astype("float32")


def as_labels(labels, n):
    """Return n labels, whole numbers from 0 to 9, as int64 of shape (n,)."""
    array = as_array(labels, "labels")
    expect(array.shape == (n,), f"labels of shape {array.shape}", f"({n},)")
    expect(np.isin(array, range(10)).all(), "labels other than digits", "whole numbers 0 to 9")
    return array.astype("int64")


def as_named(values, name, of):
    """Return a dict with texts as keys; `name` and `of` say in an error what was expected."""
    if not isinstance(values, dict) or not values:
        raise TypeError(f"Received {values!r:.40} as {name}, expected a dict from name to {of}.")
    return {str(key): value for key, value in values.items()}


def as_chain(model, name):
    """List the layers of a Keras model in order, those of models inside it included.

    Raises `TypeError` for what is no Keras model, `ValueError` for one not built or no chain.
    """
    import keras  # takes seconds: not before it is needed

    known = isinstance(model, keras.Model)
    expect(known, f"{type(model).__name__} as {name}", "a Keras model", TypeError)
    one = getattr(model, "inputs", None) and len(model.inputs) == len(model.outputs) == 1
    wanted = "one that begins with keras.Input or was called, with one of each"
    expect(one, f"{name} that is not built or has several inputs or outputs", wanted)
    nodes = [] if isinstance(model, keras.Sequential) else model.get_config()["layers"]
    once = all(len(node["inbound_nodes"]) < 2 for node in nodes)
    expect(once, f"{name} that uses a layer twice", "one chain of layers")
    layers = []
    for layer in model.layers:
        if hasattr(layer, "layers"):
            layers += as_chain(layer, name)
        elif not isinstance(layer, keras.layers.InputLayer):
            layers.append(layer)
    return layers
