"""MNIST is complete, and nothing but MNIST-like images is scaled."""

import hashlib
import struct

import numpy as np
import pytest

from aeutils import data, load_mnist, to_images, to_vectors

# The published MD5 of the four unpacked IDX files.
IDX_MD5 = {
    "train-images": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels": "a25bea736e30d166cdddb491f175f624",
    "t10k-images": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels": "27ae3e4e09519cfbb04c329615203637",
}


def idx_md5(array):
    magic = 0x0800 + array.ndim  # 08: unsigned bytes
    header = struct.pack(f">{1 + array.ndim}i", magic, *array.shape)
    return hashlib.md5(header + array.tobytes()).hexdigest()


def test_arrays_are_the_published_idx_files():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    assert (x_train.shape, y_train.shape) == ((60000, 28, 28), (60000,))
    assert (x_test.shape, y_test.shape) == ((10000, 28, 28), (10000,))
    arrays = dict(zip(IDX_MD5, (x_train, y_train, x_test, y_test), strict=True))
    assert {array.dtype for array in arrays.values()} == {np.dtype("uint8")}
    assert {name: idx_md5(array) for name, array in arrays.items()} == IDX_MD5


def test_data_file_is_small_enough_to_ship():
    assert data._FILE.stat().st_size <= 12e6


@pytest.mark.parametrize("damage", ["missing", "truncated", "altered"])
def test_damaged_file_says_what_to_do(damage, tmp_path, monkeypatch):
    content = bytearray(data._FILE.read_bytes())
    if damage == "truncated":
        content = content[:-1000]
    elif damage == "altered":
        content[len(content) // 2] ^= 1
    copy = tmp_path / "mnist.npz"
    if damage != "missing":
        copy.write_bytes(content)
    monkeypatch.setattr(data, "_FILE", copy)
    with pytest.raises(OSError, match=r"mnist\.npz is .*git checkout -- aeutils/mnist"):
        load_mnist()


def test_vectors_and_images_hold_the_same_scaled_pixels():
    images = np.arange(2 * 784, dtype=np.uint16).astype(np.uint8).reshape(2, 28, 28)
    vectors, squares = to_vectors(images), to_images(images)
    assert (vectors.shape, squares.shape) == ((2, 784), (2, 28, 28, 1))
    assert vectors.dtype == squares.dtype == np.float32
    assert vectors.min() == 0
    assert vectors.max() == 1
    assert np.array_equal(vectors.reshape(2, 28, 28, 1), squares)
    assert np.array_equal(vectors[0], images[0].ravel() / np.float32(255))


@pytest.mark.parametrize("scale", [to_vectors, to_images])
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (np.zeros((2, 28, 28), "float32"), r"\(2, 28, 28\) and dtype float32.*scaled already"),
        (np.zeros((28, 28), "uint8"), r"\(28, 28\) and dtype uint8"),
        (np.zeros((2, 784), "uint8"), r"\(2, 784\) and dtype uint8"),
        (np.zeros((2, 28, 28, 1), "uint8"), r"\(2, 28, 28, 1\) and dtype uint8"),
        (np.zeros((2, 28, 28), "int64"), r"dtype int64"),
        ([[0] * 28] * 28, "Received list"),
        (None, "Received NoneType"),
    ],
)
def test_what_is_not_images_is_refused_by_name(scale, wrong, named):
    with pytest.raises((TypeError, ValueError), match=named) as error:
        scale(wrong)
    assert "expected a NumPy array of shape (n, 28, 28) and dtype uint8" in str(error.value)
