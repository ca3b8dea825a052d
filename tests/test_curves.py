"""Where each curve, its floor and its name are drawn, in which colour and on which scale."""

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from aeutils import COLORS
from aeutils.curves import curve_figure


def drawn(*arguments, **keywords):
    """The axis of the figure, laid out as it is shown."""
    figure, _ = curve_figure(*arguments, **keywords)
    FigureCanvasAgg(figure).draw()
    return figure.axes[0]


def boxes(axis):
    renderer = axis.figure.canvas.get_renderer()
    return [text.get_window_extent(renderer) for text in axis.texts]


def test_the_alternative_tells_where_each_curve_begins_and_ends():
    said = "loss by epoch: a from 3 to 2; b from 0.123 to 9."
    assert curve_figure({"a": [3, 1, 2], "b": [0.12345, 9]})[1] == said


def test_values_are_drawn_from_epoch_1_in_the_order_given():
    axis = drawn({"b": [0.5, 0.25, 0.125], "a": [1, 2]})
    b, a = axis.lines
    assert b.get_xdata().tolist() == [1, 2, 3]
    assert b.get_ydata().tolist() == [0.5, 0.25, 0.125]
    assert (a.get_xdata().tolist(), a.get_ydata().tolist()) == ([1, 2], [1, 2])
    assert (a.get_marker(), a.get_linestyle()) == ("o", "-")


def test_each_name_stands_right_of_the_last_value_in_the_colour_of_its_curve():
    axis = drawn({"Adam": [1, 0.9], "SGD": [1, 0.1, 0.2]})
    assert [text.get_text() for text in axis.texts] == ["Adam", "SGD"]
    assert [text.xy for text in axis.texts] == [(2, 0.9), (3, 0.2)]
    assert axis.lines[0].get_color() != axis.lines[1].get_color()
    for text, line, box in zip(axis.texts, axis.lines, boxes(axis), strict=True):
        assert text.get_color() == line.get_color()
        x, y = axis.transData.transform(text.xy)
        assert 5 < box.x0 - x < 20
        assert box.y0 < y < box.y1


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("ends", [[0.5] * 6, [0.5, 0.50001, 0.9], [0.9, 0.2, 0.2]])
def test_names_do_not_overlap_and_keep_the_order_of_the_ends(ends, log):
    axis = drawn({f"curve {i}": [1, end] for i, end in enumerate(ends)}, log=log)
    placed = boxes(axis)
    for one, other in itertools.combinations(placed, 2):
        assert not one.overlaps(other)
    order = sorted(range(len(ends)), key=lambda i: placed[i].y0)
    assert [ends[i] for i in order] == sorted(ends)


def test_the_floor_is_a_thin_dashed_gray_line_at_its_height_with_its_name():
    axis = drawn({"a": [0.5, 0.3], "b": [0.5, 0.4, 0.3]}, floor=(0.25, "entropy floor"))
    floor = axis.lines[-1]
    assert list(floor.get_xdata()) == [1, 3]
    assert list(floor.get_ydata()) == [0.25, 0.25]
    assert (floor.get_linestyle(), floor.get_linewidth()) == ("--", 1)
    assert floor.get_color() == axis.texts[-1].get_color() == COLORS["floor"]
    assert (axis.texts[-1].get_text(), axis.texts[-1].xy) == ("entropy floor", (3, 0.25))


def test_one_model_has_one_colour_and_its_training_is_dotted():
    axis = drawn({"training": [1, 2], "validation": [2, 1], "pca": [1, 1]}, model="conv")
    training, validation, _ = axis.lines
    assert {line.get_color() for line in axis.lines} == {COLORS["conv"]}
    assert (training.get_linestyle(), validation.get_linestyle()) == (":", "-")


def test_curves_named_after_models_have_their_colours_and_are_solid():
    axis = drawn({"pca": [1, 2], "other": [1, 2], "deep": [1, 2], "training": [1, 2]})
    pca, other, deep, training = axis.lines
    assert (pca.get_color(), deep.get_color()) == (COLORS["pca"], COLORS["deep"])
    assert other.get_color() not in COLORS.values()
    assert training.get_linestyle() == "-"


def test_the_axis_is_linear_unless_asked_and_says_what_it_measures():
    axis = drawn({"a": [1, 2, 3]})
    assert (axis.get_yscale(), axis.get_xscale()) == ("linear", "linear")
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", "loss")
    assert all(tick == round(tick) for tick in axis.get_xticks())
    axis = drawn({"a": [1, 2]}, log=True, ylabel="test MSE", xlabel="noise")
    assert axis.get_yscale() == "log"
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("noise", "test MSE")
    assert tuple(axis.figure.get_size_inches()) == (7, 3.6)


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        ([0.03, 0.6], ["0.05", "0.1", "0.2", "0.5"]),
        ([0.0015, 0.7], ["0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]),
        ([0.001, 1], ["0.001", "0.01", "0.1", "1"]),
    ],
)
def test_a_log_axis_has_plain_numbers_and_enough_of_them(ends, ticks):
    axis = drawn({"a": ends}, log=True)
    axis.figure.draw_without_rendering()
    low, high = axis.get_ylim()
    shown = zip(axis.get_yticks(), axis.get_yticklabels(), strict=True)
    assert [label.get_text() for y, label in shown if low <= y <= high] == ticks
    assert not any(label.get_text() for label in axis.get_yticklabels(minor=True))


def test_long_curves_have_no_marks():
    few, many = drawn({"a": np.ones(100), "b": np.ones(101)}).lines
    assert (few.get_marker(), many.get_marker()) == ("o", "")


def test_the_alternative_says_where_each_curve_begins_and_ends():
    _, alternative = curve_figure({"Adam": [0.25, 0.5, 0.125]}, floor=(0.0625, "floor"))
    said = "loss by epoch: Adam from 0.25 to 0.125; dashed line: floor at 0.0625."
    assert alternative == said
    _, alternative = curve_figure({"a": [1]}, ylabel="MSE", xlabel="units")
    assert alternative == "MSE by units: a from 1 to 1."
    assert curve_figure({"a": [1]}, alt="One.")[1] == "One."


def test_names_that_matplotlib_cannot_set_are_drawn_as_they_stand_or_as_boxes():
    axis = drawn({"$x_1": [1, 2], "数\t🙂": [1, 3], "a\nb": [2, 1]}, ylabel="$\\frac{", xlabel="数")
    assert [text.get_text() for text in axis.texts] == ["$x_1", "□ □", "a b"]
    assert (axis.get_ylabel(), axis.get_xlabel()) == ("$\\frac{", "□")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"curves": [1, 2]}, "Received list as curves"),
        ({"curves": {"a": []}}, r"curve 'a' of shape \(0,\), expected \(epochs,\)"),
        ({"curves": {"a": [[1]]}}, r"curve 'a' of shape \(1, 1\)"),
        ({"curves": {"a": [1, np.nan]}}, "curve 'a' with NaN"),
        ({"curves": {"a": [[1], [1, 2]]}}, "curve 'a' that is not one array"),
        ({"curves": {"a": [1]}, "model": "dense"}, "model='dense', expected one of simple, pca"),
        ({"curves": {"a": [1, 0]}, "log": True}, "Received 0 in curve 'a'.*on a log axis"),
        ({"curves": {"a": [1]}, "floor": 1}, r"Received int as floor, expected \(value, name\)"),
        ({"curves": {"a": [1]}, "floor": ([1, 2], "f")}, "expected one number on the axis"),
        ({"curves": {"a": [1]}, "floor": (0, "f"), "log": True}, "as floor, expected one number"),
        ({"curves": {str(i): [1] for i in range(31)}}, "31 curves, expected at most 30"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(arguments, named):
    with pytest.raises((TypeError, ValueError), match=named):
        curve_figure(**arguments)


def test_thirty_curves_are_drawn():
    figure, _ = curve_figure({str(i): [1] for i in range(30)})
    assert len(figure.axes[0].lines) == 30
