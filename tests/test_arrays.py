"""What comes from outside is numbers of the right shape, or refused by name."""

import warnings

import keras
import numpy as np
import pytest

from aeutils.arrays import as_array, as_images, as_labels, as_named
from aeutils.data import shift_images


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool", "float16", "float32", "float64"])
def test_numbers_and_their_dtype_stay(dtype):
    array = as_array(np.array([[0, 1]], dtype), "x")
    assert array.dtype == dtype
    assert array.tolist() == [[0, 1]]


def test_tensors_and_variables_become_arrays_also_where_warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in (keras.ops.ones((2, 3)), keras.Variable(np.ones((2, 3)))):
            assert np.array_equal(as_array(values, "x"), np.ones((2, 3)))
            assert isinstance(as_array(values, "x"), np.ndarray)


def test_only_what_fits_into_float64_with_room_is_taken():
    assert as_array([1e100, -1e100], "x").tolist() == [1e100, -1e100]
    for much in (1.1e100, -1.1e100):
        with pytest.raises(ValueError, match=r"Received x with numbers beyond 1e\+100"):
            as_array([0, much], "x")
    assert as_array(np.ones(2, "longdouble"), "x").dtype == np.float64


@pytest.mark.parametrize(
    ("values", "kind", "named"),
    [
        ([0, np.nan], ValueError, "x with NaN or infinity"),
        ([0, -np.inf], ValueError, "x with NaN or infinity"),
        ([[1], [1, 2]], ValueError, "x that is not one array"),
        (["a"], TypeError, "x of dtype <U1"),
        ([1j], TypeError, "x of dtype complex128"),
        (None, TypeError, "x of dtype object"),
        (np.ma.masked_equal([1, 2], 2), ValueError, r"x with a mask.*filled"),
        ([np.ma.masked_equal([1, 2], 2), [3, 4]], ValueError, "x with a mask"),
    ],
)
def test_what_is_no_numbers_is_refused_by_name(values, kind, named):
    with pytest.raises(kind, match=f"Received {named}"):
        as_array(values, "x")


def test_a_symbolic_tensor_is_refused_with_what_to_do():
    with pytest.raises(TypeError, match=r"symbolic Keras tensor.*called on data"):
        as_array(keras.Input((3,)), "x")


def test_a_mask_that_hides_nothing_is_no_mask():
    assert as_array(np.ma.array([1, 2]), "x").tolist() == [1, 2]


@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1)])
def test_images_of_every_shape_become_squares_in_reading_order(shape):
    pixels = np.linspace(0, 1, 2 * 784, dtype="float32")
    images = as_images(pixels.reshape(2, *shape), "x")
    assert images.dtype == np.float32
    assert np.array_equal(images, pixels.reshape(2, 28, 28))


def test_bytes_are_scaled_and_floats_are_not():
    assert as_images(np.full((1, 784), 51, "uint8"), "x")[0, 3, 4] == np.float32(0.2)
    assert as_images(np.full((1, 784), 0.2), "x")[0, 3, 4] == np.float32(0.2)


@pytest.mark.parametrize(("pixel", "clipped"), [(-0.001, 0), (1.001, 1)])
def test_pixels_outside_are_refused_or_clipped_where_that_is_asked_for(pixel, clipped):
    images = np.full((1, 784), 0.5)
    images[0, 7] = pixel
    with pytest.raises(ValueError, match="expected pixels from 0 to 1"):
        as_images(images, "x")
    assert as_images(images, "x", clip=True).ravel()[7] == clipped
    assert as_images(images, "x", clip=True).ravel()[8] == 0.5


@pytest.mark.parametrize(
    ("images", "named"),
    [
        (np.zeros((0, 784)), "at least one image"),
        (np.zeros((2, 783)), r"x of shape \(2, 783\)"),
        (np.zeros((28, 28)), r"single image.*images\[3:4\]"),
        (np.zeros((2, 784), int), "x of dtype int64"),
    ],
)
def test_what_is_no_images_is_refused_by_name(images, named):
    with pytest.raises((TypeError, ValueError), match=named):
        as_images(images, "x")


def test_labels_are_digits_one_for_each_image():
    labels = as_labels(np.array([0, 9], "uint8"), 2)
    assert (labels.dtype, labels.tolist()) == (np.int64, [0, 9])
    for wrong in ([1, 10], [1, -1], [1, 2.5], [1], [[1, 2]]):
        with pytest.raises(ValueError, match="Received labels"):
            as_labels(wrong, 2)


def test_names_that_look_alike_lose_nothing_in_silence():
    assert list(as_named({2: "a", 1: "b"}, "rows", "images").items()) == [("2", "a"), ("1", "b")]
    with pytest.raises(ValueError, match="rows with names that look alike: 1, '1'"):
        as_named({1: "a", "1": "b"}, "rows", "images")
    with pytest.raises(ValueError, match="empty dict as rows"):
        as_named({}, "rows", "images")
    with pytest.raises(TypeError, match="Received list as rows, expected a dict name: images"):
        as_named([1], "rows", "images")


@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1)])
@pytest.mark.parametrize(("down", "right"), [(1, 2), (-3, 0), (0, -4), (27, 27), (-5, 6)])
def test_shifted_images_lose_what_leaves_and_gain_nothing(shape, down, right):
    images = np.arange(1, 2 * 784 + 1, dtype="float32").reshape(2, *shape)
    shifted = shift_images(images, down, right)
    assert (shifted.shape, shifted.dtype) == (images.shape, images.dtype)
    before, after = images.reshape(2, 28, 28), shifted.reshape(2, 28, 28)
    for row in range(28):
        for column in range(28):
            source = (row - down, column - right)
            inside = 0 <= min(source) and max(source) < 28
            expected = before[:, *source] if inside else np.zeros(2)
            assert np.array_equal(after[:, row, column], expected)


def test_nothing_is_left_of_an_image_shifted_by_its_side():
    images = np.ones((1, 784), "uint8")
    for shift in ((28, 0), (-28, 0), (0, 28), (0, -28)):
        assert not shift_images(images, *shift).any()
    assert np.array_equal(shift_images(images), images)
    for wrong in (29, -29, 0.5, True, "1", None):
        with pytest.raises(ValueError, match="expected a whole number from -28 to 28"):
            shift_images(images, down=wrong)
        with pytest.raises(ValueError, match="Received right="):
            shift_images(images, right=wrong)
    with pytest.raises(ValueError, match=r"images of shape \(784,\)"):
        shift_images(images[0])
