"""Numbers become pixels in the right place, and drawings become digits of MNIST."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image


def as_mnist(drawing):
    """The reference: what is inked scaled into 20 x 20, its center of mass put in the middle."""
    drawing = np.asarray(drawing, "float32")
    rows, columns = (np.flatnonzero((drawing > 0).any(axis=axis)) for axis in (1, 0))
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(1, int(20 * side / max(ink.shape) + 0.5)) for side in ink.shape)
    # The mean over the pixels that become one gives the gray edges.
    small = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX))
    corner, centers = [], []
    for axis, side in enumerate(small.shape):
        mass = small.sum(axis=1 - axis, dtype="float64")
        centers.append(14 - mass @ np.arange(side) / mass.sum())
        corner.append(int(np.clip(np.floor(centers[-1] + 0.5), 0, 28 - side)))
    image = np.zeros((28, 28), "float32")
    image[corner[0] : corner[0] + height, corner[1] : corner[1] + width] = small / ink.max()
    return np.clip(image, 0, 1), centers


def in_the_page(engine, drawing):
    return np.reshape(engine.call("asMnist", np.ravel(drawing).tolist(), len(drawing)), (28, 28))


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.integers(0, 99)] * 4, st.integers(1, 255)), min_size=1, max_size=4))
def test_drawings_become_what_the_reference_makes_of_them(engine, boxes):
    drawing = np.zeros((100, 100), int)
    for top, bottom, left, right, gray in boxes:
        drawing[
            min(top, bottom) : max(top, bottom) + 1, min(left, right) : max(left, right) + 1
        ] = gray
    expected, centers = as_mnist(drawing)
    # Halfway between two pixels the last digit of a sum decides.
    assume(all(abs(abs(center % 1) - 0.5) > 1e-4 for center in centers))
    assert np.allclose(in_the_page(engine, drawing), expected, atol=1e-4)


@pytest.mark.parametrize("ends", [([30, 20], [30, 60]), ([20, 40], [60, 50]), ([5, 2], [5, 2])])
def test_a_line_is_round_and_22_pixels_wide_and_a_click_is_a_dot(engine, ends):
    draw = "((old, ...ends) => { line(old, 80, ...ends); return old; })"
    ink = np.reshape(engine.call(draw, [0] * 6400, *ends), (80, 80))
    (x, y), (to_x, to_y) = ends
    down, across = np.mgrid[:80, :80] + 0.5
    way = [(x + part * (to_x - x), y + part * (to_y - y)) for part in np.linspace(0, 1, 100)]
    far = np.min([np.hypot(across - h, down - v) for h, v in way], axis=0)
    assert (ink[far < 10.4] == 255).all()
    assert (ink[far > 11.6] == 0).all()


GRAYS = [v for gray in (0, 128, 255, 255, 0) for v in (gray, gray, gray, 255)]
ROWS = [1, 1, 9, 2, 2, 1, 1.5, 9, 2, 2.5, *[9] * 5, 3, 3, 9, 9, 9, 3, 3.5, 9, 9, 9]


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        ("paint", ([0, 0.5, 1, 2, -1],), GRAYS),
        ("diverging", (-1,), [0, 0, 255]),
        ("diverging", (0,), [255, 255, 255]),
        ("diverging", (1,), [255, 0, 0]),
        ("(() => diverging(NaN))", (), [144, 144, 144]),
        ("((...all) => tile(...all)[0])", ([[n, n, n, n + 0.5] for n in (1, 2, 3)], 2, 2, 9), ROWS),
        ("((...all) => tile(...all)[0])", ([[1], [1]], 1, 2), [1, 0.4, 1]),  # a gray line
        ("barAt", (99, 80, 100, 80, 5, -1, 3), {"unit": 4, "value": -1}),
        ("barAt", (-5, 99, 100, 80, 5, -1, 3), {"unit": 0, "value": -1}),
    ],
)  # fmt: skip
def test_numbers_become_these_numbers(engine, function, given, expected):
    assert engine.call(function, *given) == pytest.approx(expected)


def drawn(engine, function, *arguments):
    engine.racer.eval("globalThis.on = recorder()")
    engine.call(f"((...rest) => {function}(on, ...rest))", *arguments)
    return engine.call("(() => on.calls)")


BLUE, ORANGE, GRAY, WHITE = "#56b4e9", "#e69f00", "#909090", "#ffffff"


@pytest.mark.parametrize(
    ("function", "size", "given", "options", "expected"),
    [
        # Negative bars hang from the line of zero; bars beyond the scale end at its end; marks
        # are drawn over their bars.
        ("bars", (100, 80), [3, -1], {"low": -1, "high": 3, "chosen": -1},
         [[0, 0, 49, 60, BLUE], [50, 60, 49, 20, BLUE], [0, 60, 100, 1, GRAY]]),
        ("bars", (100, 80), [9], {"low": 0, "high": 4, "chosen": -1, "marks": [2]},
         [[0, 0, 99, 80, BLUE], [0, 39, 99, 2, WHITE], [0, 80, 100, 1, GRAY]]),
        # Names stand below their bars, which stand above them.
        ("bars", (100, 80), [1, 0.5], {"low": 0, "high": 1, "chosen": 1, "names": ["a", "b"]},
         [[0, 0, 49, 64, BLUE], ["a", 1, 77, WHITE], [50, 32, 49, 32, ORANGE],
          ["b", 51, 77, WHITE], [0, 64, 100, 1, GRAY]]),
        # Points have the color of their class, or are dots of one color; up is up.
        ("plane", (100, 100), [[0, 0], [1, 1]], {"range": [0, 1, 0, 1]},
         [["\u2022", -4, 104, BLUE], ["\u2022", 96, 4, BLUE]]),
        ("plane", (100, 100), [[0, 0], [1, 1], [0, 1]],
         {"range": [0, 1, 0, 1], "labels": [9, 0, 4], "chosen": [1, 0]},
         [["9", -4, 104, "class 9"], ["0", 96, 4, "class 0"], ["4", -4, 4, "class 4"],
          [100, 100, 8, 0, 7, WHITE]]),
    ],
)  # fmt: skip
def test_plots_draw_this(engine, function, size, given, options, expected):
    ground, *found = drawn(engine, function, *size, given, options)
    assert ground == ["fillRect", 0, 0, *size, "#000000"]
    colors = engine.call("(() => CLASSES)")
    expected = [[colors[int(v[6:])] if str(v).startswith("class") else v for v in call]
                for call in expected]  # fmt: skip
    assert [call[1:] for call in found][: len(expected)] == expected


def test_rows_of_the_matrix_are_named_at_the_left_and_columns_above(engine):
    counts = (13 * np.arange(100)).reshape(10, 10).tolist()
    calls = drawn(engine, "matrix", 330, 264, counts, {"chosen": [2, 5]})
    texts = [call[1:4] for call in calls if call[0] == "fillText"]
    for i in range(10):
        row, column, *cells = texts[12 * i : 12 * i + 12]
        assert row[0] == column[0] == i
        assert (row[1], column[2]) == (8, 16)
        assert 24 * i + 24 < row[2] < 24 * i + 48  # beside its cells
        assert column[1] == pytest.approx(30 * i + 41.5)
        for j, (count, x, y) in enumerate(cells):
            assert count == 13 * (10 * i + j)
            middle = x + 7 * len(str(count)) / 2  # of numerals that are 7 pixels wide
            assert (middle, y) == pytest.approx((30 * j + 45, 24 * i + 41))
    shades = [call[5] for call in calls if call[0] == "fillRect"][1:]
    assert shades[::99] == ["rgb(20 40 60)", "rgb(20 40 200)"]  # of the fewest and the most
    [frame] = [call[1:] for call in calls if call[0] == "strokeRect"]
    assert frame == [180, 72, 29, 23, "#e69f00"]
