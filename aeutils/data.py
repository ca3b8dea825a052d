"""MNIST, and its images as arrays that a network can take."""

import hashlib
import io
from pathlib import Path

import numpy as np

from aeutils.arrays import as_squares, expect

_FILE = Path(__file__).parent / "mnist" / "mnist.npz"
_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def load_mnist():
    """Load the full MNIST, which ships with this package: no network is needed.

    Returns `(x_train, y_train), (x_test, y_test)`, the same arrays as
    `keras.datasets.mnist.load_data()`: images are uint8 of shape (60000, 28, 28) and
    (10000, 28, 28) from 0 (background) to 255, labels uint8 of shape (60000,) and (10000,)
    from 0 to 9. Raises `OSError` when the data file is missing, truncated or altered.
    """
    with _opened() as data:
        return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])


def load_example():
    """Load one test digit, a 3, without unpacking the others: uint8 of shape (1, 28, 28)."""
    with _opened() as data:
        return data["x_test"][18:19]


def _opened():
    content = _FILE.read_bytes() if _FILE.exists() else b""
    if hashlib.sha256(content).hexdigest() != _SHA256:
        restore = "Restore it with 'git checkout -- aeutils/mnist' or install aeutils again."
        raise OSError(f"The MNIST file {_FILE} is missing or damaged. {restore}")
    return np.load(io.BytesIO(content))


def to_vectors(images):
    """Flatten images to rows of 784 numbers between 0 and 1, as a dense layer takes them.

    `images`: uint8 array of shape (n, 28, 28), 0 to 255. Returns float32 of shape (n, 784).
    Raises `ValueError` for anything else, so that nothing is scaled twice.
    """
    shape, dtype = np.shape(images), getattr(images, "dtype", type(images).__name__)
    received = f"images of shape {shape} and type {dtype}"
    received += " (are they scaled already?)" if "float" in str(dtype) else ""
    wanted = "a NumPy array of shape (n, 28, 28) and dtype uint8, as from load_mnist()"
    expect(shape[1:] == (28, 28) and dtype == np.uint8, received, wanted)
    # Straight to float32: no float64 copy of 60,000 images on the way.
    return np.divide(images, 255, dtype=np.float32).reshape(-1, 784)


def to_images(images):
    """Give images a channel axis and scale them to 0...1, as a convolution takes them.

    `images`: uint8 array of shape (n, 28, 28), 0 to 255. Returns float32 of shape
    (n, 28, 28, 1). Raises `ValueError` for anything else.
    """
    return to_vectors(images).reshape(-1, 28, 28, 1)


def shift_images(images, down=0, right=0):
    """Move images by whole pixels; what leaves on one side is gone, what comes in is 0.

    `images`: an array or tensor of shape (n, 28, 28), (n, 28, 28, 1) or (n, 784). `down`, `right`:
    whole numbers from -28 to 28, negative for up and left. Returns an array of the same shape and
    dtype. Raises `TypeError` or `ValueError` for anything else.
    """
    squares, most = as_squares(images, "images"), range(-28, 29)
    for pixels in (down, right):
        expect(pixels in most, f"{pixels!r:.20} pixels", "-28 to 28, whole ones")
    moved = np.zeros_like(squares)
    kept = squares[:, max(-down, 0) : 28 - down, max(-right, 0) : 28 - right]
    moved[:, max(down, 0) : 28 + down, max(right, 0) : 28 + right] = kept
    return moved.reshape(np.shape(images))


def distort_images(images, rng):
    """Turn, stretch, slant and move each image by a little, at random.

    Each image gets an affine map of its own: the identity plus normal noise of 0.15 in each of its
    four numbers, around the middle of the image, and a shift of about 1.5 pixels each way.

    `images`: an array or tensor of shape (n, 28, 28), (n, 28, 28, 1) or (n, 784), from 0 to 1.
    `rng`: from `np.random.default_rng`. Returns a float32 array of the same shape and range; what
    comes in from outside the image is 0. Raises `ValueError` for other shapes.
    """
    import keras  # takes seconds: not before it is needed

    squares = as_squares(images, "images")[..., None]
    maps = np.eye(2) + rng.normal(0, 0.15, (len(squares), 2, 2))
    moves = 13.5 - 13.5 * maps.sum(axis=2) + rng.normal(0, 1.5, (len(squares), 2))
    rows = [maps[:, 0], moves[:, :1], maps[:, 1], moves[:, 1:], np.zeros((len(squares), 2))]
    transforms = np.concatenate(rows, axis=1, dtype="float32")
    moved = np.empty(squares.shape, "float32")
    for i in range(0, len(squares), 1000):  # in parts: a transformation takes much memory
        part = squares[i : i + 1000].astype("float32"), transforms[i : i + 1000]
        moved[i : i + 1000] = keras.ops.image.affine_transform(*part)
    return moved.reshape(np.shape(images))
