"""MNIST is complete; what comes from a reader is taken in every form, or refused by name."""

import hashlib
import struct

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeutils import data, distort_images, load_mnist, shift_images, to_images, to_vectors
from aeutils.arrays import as_array, as_images, as_labels, as_named

# The published MD5 of the four unpacked IDX files.
IDX_MD5 = {
    "train-images": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels": "a25bea736e30d166cdddb491f175f624",
    "t10k-images": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels": "27ae3e4e09519cfbb04c329615203637",
}
shapes = st.sampled_from([(784,), (28, 28), (28, 28, 1)])
seeds = st.integers(0, 10**6).map(np.random.default_rng)


def idx_md5(array):
    header = struct.pack(f">{1 + array.ndim}i", 0x0800 + array.ndim, *array.shape)
    return hashlib.md5(header + array.tobytes()).hexdigest()


def test_arrays_are_the_published_idx_files():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    arrays = dict(zip(IDX_MD5, (x_train, y_train, x_test, y_test), strict=True))
    assert {name: idx_md5(array) for name, array in arrays.items()} == IDX_MD5
    assert np.array_equal(data.load_example(), x_test[18:19])


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_damaged_file_says_what_to_do(damage, tmp_path, monkeypatch):
    copy = tmp_path / "mnist.npz"
    if damage == "altered":
        copy.write_bytes(data._FILE.read_bytes()[:-1])
    monkeypatch.setattr(data, "_FILE", copy)
    with pytest.raises(OSError, match=r"mnist\.npz is .*git checkout -- aeutils/mnist"):
        load_mnist()


@given(seeds, st.integers(0, 3))
def test_vectors_and_images_hold_the_same_scaled_pixels(rng, n):
    images = rng.integers(0, 256, (n, 28, 28), "uint8")
    vectors, squares = to_vectors(images), to_images(images)
    assert (vectors.shape, squares.shape) == ((n, 784), (n, 28, 28, 1))
    assert vectors.dtype == squares.dtype == np.float32
    assert np.array_equal(vectors, images.reshape(n, 784) / np.float32(255))
    assert np.array_equal(squares, images[..., None] / np.float32(255))


@pytest.mark.parametrize("scale", [to_vectors, to_images])
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (np.zeros((2, 28, 28), "float32"), r"\(2, 28, 28\) and type float32.*scaled already"),
        (np.zeros((28, 28), "uint8"), r"\(28, 28\) and type uint8"),
        (np.zeros((2, 784), "uint8"), r"\(2, 784\)"),
        (np.zeros((2, 28, 28, 1), "uint8"), r"\(2, 28, 28, 1\)"),
        (np.zeros((2, 28, 28), "int64"), "type int64"),
        ([[[0] * 28] * 28], "type list"),
    ],
)
def test_what_is_not_images_is_scaled_by_nobody(scale, wrong, named):
    with pytest.raises(ValueError, match=named):
        scale(wrong)


@given(seeds, shapes, st.integers(1, 30), st.sampled_from(["uint8", "float16", "float32", "list"]))
def test_images_of_every_form_become_squares_from_0_to_1(rng, shape, n, form):
    images = rng.integers(0, rng.choice([2, 256]), (n, *shape), "uint8")
    dtype = "float64" if form == "list" else form
    sent = images if form == "uint8" else (images / 255).astype(dtype)
    squares = as_images(sent.tolist() if form == "list" else sent, "x")
    assert (squares.dtype, squares.shape) == (np.float32, (n, 28, 28))
    assert np.allclose(squares, images.reshape(n, 28, 28) / 255, atol=5e-4)


@given(seeds, shapes, st.integers(1, 30))
def test_one_bad_pixel_anywhere_is_noticed(rng, shape, n):
    images = rng.random((n, *shape))
    place = rng.integers(images.size)
    for bad in (-0.01, 1.01, np.nan, -np.inf):
        images.flat[place], named = bad, "from" if np.isfinite(bad) else "with NaN"
        with pytest.raises(ValueError, match=f"Received x {named}"):
            as_images(images, "x")
        if named == "from":
            clipped = as_images(images, "x", clip=True)
            assert np.allclose(clipped.ravel(), images.clip(0, 1).ravel())


@given(seeds, st.integers(1, 30), st.sampled_from(["uint8", "int64", "float32"]))
def test_labels_are_digits_one_for_each_image(rng, n, dtype):
    labels = rng.integers(0, 10, n).astype(dtype)
    assert as_labels(labels, n).dtype == np.int64
    assert np.array_equal(as_labels(labels.tolist(), n), labels)
    wrong = labels.astype("float64")
    wrong[rng.integers(n)] = rng.choice([10, -1, 2.5])
    for bad in (wrong, np.append(labels, 1), labels[:, None]):
        with pytest.raises(ValueError, match="Received labels"):
            as_labels(bad, n)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: as_array([[1], [1, 2]], "x"), "Received x that is not one array"),
        (lambda: as_array(keras.Input((3,)), "x"), "Received x that is not one array"),
        (lambda: as_array(["a"], "x"), "Received x of dtype <U1, expected numbers"),
        (lambda: as_array(None, "x"), "Received x of dtype object"),
        (lambda: as_images(np.zeros((0, 784)), "x"), "at least one image"),
        (lambda: as_images(np.zeros((2, 783)), "x"), r"x of shape \(2, 783\)"),
        (lambda: as_images(np.zeros((28, 28)), "x"), r"single image.*images\[3:4\]"),
        (lambda: as_images(np.zeros((2, 784), int), "x"), "x of dtype int64"),
        (lambda: as_named({}, "rows", "images"), "expected a dict from name to images"),
        (lambda: shift_images(np.zeros((1, 784)), right=29), "Received 29 pixels"),
        (lambda: shift_images(np.zeros((1, 784)), 0.5), r"Received 0\.5 pixels"),
        (lambda: shift_images(np.zeros(784)), r"images of shape \(784,\)"),
        (lambda: distort_images(np.zeros(784), None), r"images of shape \(784,\)"),
    ],
)
def test_what_a_student_gets_wrong_is_named(call, named):
    with pytest.raises((TypeError, ValueError), match=named):
        call()


@given(seeds, shapes, st.integers(-28, 28), st.integers(-28, 28))
def test_shifted_images_lose_what_leaves_and_gain_nothing(rng, shape, down, right):
    images = rng.integers(1, 256, (2, *shape)).astype(rng.choice(["uint8", "float32"]))
    shifted = shift_images(images, down, right)
    assert (shifted.shape, shifted.dtype) == (images.shape, images.dtype)
    wide = np.pad(images.reshape(2, 28, 28), ((0, 0), (28, 28), (28, 28)))
    wanted = wide[:, 28 - down : 56 - down, 28 - right : 56 - right]
    assert np.array_equal(shifted.reshape(2, 28, 28), wanted)


class Still:
    """Random numbers that are all 0."""

    def normal(self, mean, spread, size):
        return np.zeros(size)


@given(seeds, shapes)
def test_without_noise_a_distortion_changes_nothing(rng, shape):
    images = rng.random((3, *shape), "float32")
    assert np.allclose(distort_images(images, Still()), images, atol=1e-5)


@given(seeds, shapes)
def test_a_distortion_moves_each_image_its_own_way_around_the_middle(rng, shape):
    dot = np.zeros((1001, 28, 28), "float32")  # more than are moved at once
    dot[:, 12:16, 12:16] = 1
    moved = distort_images(dot.reshape(1001, *shape), rng)
    assert (moved.shape, moved.dtype) == ((1001, *shape), np.float32)
    assert 0 <= moved.min() < moved.max() <= 1 + 1e-6
    moved = moved.reshape(1001, 28, 28)
    assert len(np.unique(moved, axis=0)) == 1001
    mass = moved.sum(axis=(1, 2))
    for axis in (1, 2):  # where the dot is now: down, then right
        middles = moved.sum(axis=3 - axis) @ np.arange(28) / mass
        assert abs(middles.mean() - 13.5) < 0.4
        assert 1 < middles.std() < 2.2
    assert 0.15 < (mass / 16).std() < 0.5  # turned and stretched, too
