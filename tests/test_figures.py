"""Which digit and which map is drawn where, on which scale, with which label and alternative."""

import base64
import inspect
import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

import aeutils
from aeutils import show_curves, show_digits, show_figure, show_layers, show_maps
from aeutils.curves import curve_figure
from aeutils.display import drawable
from aeutils.figures import digit_figure, map_figure
from aeutils.networks import layer_figure


def digits(*values):
    """Digits of one gray each, by which they can be told apart."""
    return np.stack([np.full(784, value, "float32") for value in values])


def pictures(figure):
    """For each image of the first axes: (left, right, bottom, top, array), as they were drawn."""
    images = figure.axes[0].images
    return [(*image.get_extent(), np.asarray(image.get_array())) for image in images]


def laid_out(figure):
    """The boxes of the texts and of the images of the first axes, in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    axis = figure.axes[0]
    texts = {text.get_text(): text.get_window_extent(canvas.get_renderer()) for text in axis.texts}
    return texts, [image.get_window_extent() for image in axis.images]


def pixels(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return np.asarray(Image.open(file).convert("RGB"))


# --- Digits -----------------------------------------------------------------------------------


def test_rows_go_from_top_to_bottom_and_digits_from_left_to_right():
    figure, _ = digit_figure({"b": digits(0.1, 0.2, 0.3), "a": digits(0.4, 0.5, 0.6)})
    drawn = pictures(figure)
    assert [round(float(image[0, 0]), 1) for *_, image in drawn] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    lefts, tops = [left for left, *_ in drawn], [top for _, _, _, top, _ in drawn]
    assert lefts == pytest.approx([0, 1.1, 2.2] * 2)
    assert tops == pytest.approx([0, 0, 0, -1.1, -1.1, -1.1])
    for left, right, bottom, top, image in drawn:
        assert image.shape == (28, 28)
        assert right - left == pytest.approx(top - bottom) == pytest.approx(0.94 * 1.1)
    axis = figure.axes[0]
    assert axis.get_xlim() == pytest.approx((0, 3.3))
    assert axis.get_ylim() == pytest.approx((-2.2, 0))
    assert tuple(figure.get_size_inches()) == pytest.approx((3.3, 2.2))


def test_many_digits_share_the_width_of_a_figure():
    figure, _ = digit_figure(digits(*[0.5] * 20))
    assert tuple(figure.get_size_inches()) == pytest.approx((9, 0.45))
    assert pictures(figure)[19][0] == pytest.approx(19 * 0.45)


def test_a_digit_stands_upright_white_on_black():
    image = np.zeros((1, 28, 28), "float32")
    image[0, :14, :14] = 1
    seen = pixels(digit_figure(image)[0])
    height, width, _ = seen.shape
    upper_left, upper_right = seen[height // 4, width // 4], seen[height // 4, 3 * width // 4]
    assert upper_left.tolist() == [255] * 3
    assert upper_right.tolist() == seen[3 * height // 4, width // 4].tolist() == [0] * 3


def test_gray_means_the_same_for_every_digit():
    figure, _ = digit_figure({"": np.stack([digits(0.5)[0], digits(-1)[0], digits(2)[0]])})
    for image in figure.axes[0].images:
        assert image.get_cmap().name == "gray"
        assert image.get_clim() == (0, 1)
    assert [float(image[0, 0]) for *_, image in pictures(figure)] == [0.5, 0, 1]


@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1)])
def test_digits_of_every_shape_and_bytes_are_drawn_alike(shape):
    values = np.arange(2 * 784, dtype="uint8").reshape(2, *shape)
    for images in (values, values / 255, (values / 255).tolist()):
        for i, (*_, image) in enumerate(pictures(digit_figure(images)[0])):
            assert np.allclose(image, values[i].reshape(28, 28) / 255)


def test_each_label_stands_left_of_the_middle_of_its_row():
    figure, _ = digit_figure({"input": digits(0, 1), "output": digits(0, 1)})
    texts, images = laid_out(figure)
    for label, image in (("input", images[0]), ("output", images[2])):
        assert texts[label].x1 < image.x0
        assert (texts[label].y0 + texts[label].y1) / 2 == pytest.approx(
            (image.y0 + image.y1) / 2, abs=5
        )


@pytest.mark.parametrize("captions", ["pq", ["p", "q"], {"first": "pq"}])
def test_captions_stand_above_the_first_row_in_order(captions):
    figure, _ = digit_figure({"first": digits(0, 1), "second": digits(0, 1)}, captions)
    texts, images = laid_out(figure)
    for caption, image in zip("pq", images[:2], strict=True):
        box = texts[caption]
        assert image.y1 <= box.y0 < image.y1 + 8
        assert (box.x0 + box.x1) / 2 == pytest.approx((image.x0 + image.x1) / 2, abs=2)
    assert set(texts) == {"p", "q", "first", "second"}


def test_a_label_of_two_lines_is_one_in_the_alternative():
    figure, alternative = digit_figure({"PCA\n0.0090": np.zeros((2, 784))})
    assert alternative == "2 digits in each row, from top to bottom: PCA 0.0090."
    assert "PCA\n0.0090" in [text.get_text() for text in figure.axes[0].texts]


def test_captions_of_a_row_stand_between_it_and_the_row_above():
    captions = {"second": ["p", "two\nlines"], "third": ["r", "s"]}
    rows = dict.fromkeys(["first", "second", "third"], digits(0, 1))
    figure, alternative = digit_figure(rows, captions)
    texts, images = laid_out(figure)
    for i, caption in enumerate(["p", "two\nlines", "r", "s"], 2):
        box, own, above = texts[caption], images[i], images[i - 2]
        assert own.y1 <= box.y0 < own.y1 + 8
        assert box.y1 < above.y0
        assert box.x0 < (own.x0 + own.x1) / 2 < box.x1
    assert alternative == (
        "2 digits in each row, from top to bottom: first, second, third. "
        "Captions of second: p, two\nlines. Captions of third: r, s."
    )


def test_the_alternative_of_digits_names_rows_and_captions_in_order():
    rows = {"reconstruction": digits(0, 1), "input": digits(0, 1)}
    said = "2 digits in each row, from top to bottom: reconstruction, input. Column captions: 7, 2."
    assert digit_figure(rows, captions=np.array([7, 2]))[1] == said
    assert digit_figure(digits(0, 1))[1] == "2 digits."
    assert digit_figure(digits(0), captions=[7])[1] == "1 digit. Column captions: 7."
    mixed = dict.fromkeys(["4 to 9, images mixed", "4 to 9, codes mixed"], digits(0))
    said = "1 digit in each row, from top to bottom: 4 to 9, images mixed; 4 to 9, codes mixed."
    assert digit_figure(mixed)[1] == said
    assert digit_figure(rows, alt="Mine.")[1] == "Mine."


# --- Maps -------------------------------------------------------------------------------------


def test_maps_go_line_by_line_from_the_upper_left():
    maps = np.arange(1, 6).reshape(5, 1, 1) * np.ones((1, 4, 4))
    figure, alternative = map_figure(maps, columns=2)
    drawn = pictures(figure)
    assert [float(image[0, 0]) for *_, image in drawn] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert [left for left, *_ in drawn] == pytest.approx([0, 1.1, 0, 1.1, 0])
    assert [top for *_, top, _ in drawn] == pytest.approx([0, 0, -1.1, -1.1, -2.2])
    assert tuple(figure.get_size_inches()) == pytest.approx((2.2, 3.3))
    assert alternative == "5 maps in 3 rows of 2; blue negative, white zero, red positive."


def test_eight_maps_stand_in_a_line_unless_asked():
    tops = [top for *_, top, _ in pictures(map_figure(np.ones((9, 2, 2)))[0])]
    assert len(set(tops[:8])) == 1
    assert tops[8] < tops[0]
    assert map_figure(np.ones((2, 2, 2)))[1].startswith("2 maps in 1 row of 2;")


def test_blue_is_negative_white_is_zero_red_is_positive_on_one_scale():
    maps = np.zeros((2, 1, 3))
    maps[0, 0], maps[1, 0] = [-4, 0, 2], [1, 0, 0]
    figure, _ = map_figure(maps)
    first, second = (image for *_, image in pictures(figure))
    assert first.tolist() == [[-1, 0, 0.5]]
    assert second.tolist() == [[0.25, 0, 0]]
    image = figure.axes[0].images[0]
    assert image.get_clim() == (-1, 1)
    blue, white, red = image.get_cmap()(image.norm([-1, 0, 1]))[:, :3]
    assert blue[2] > 2 * blue[0]
    assert red[0] > 2 * red[2]
    assert (white > 0.95).all()
    bar = figure.axes[1]
    assert bar.get_ylim() == (-1, 1)
    assert bar.get_yticks().tolist() == [-1, 0, 1]
    assert [label.get_text() for label in bar.get_yticklabels()] == ["-4", "0", "4"]


def test_values_without_a_sign_are_gray_from_zero_to_the_largest():
    figure, alternative = map_figure(np.array([[[1.0, 0]], [[0.5, 0.25]]]), diverging=False)
    image = figure.axes[0].images[0]
    assert (image.get_cmap().name, image.get_clim()) == ("gray", (0, 1))
    assert figure.axes[1].get_yticks().tolist() == [0, 1]
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["0", "1"]
    assert alternative == "2 maps in 1 row of 2; black 0, white the largest."


def test_each_map_can_have_a_scale_of_its_own():
    maps = np.array([[[-8.0, 4]], [[0.5, 0.25]], [[0, 0]]])
    figure, alternative = map_figure(maps, scale_each=True)
    drawn = [image.tolist() for *_, image in pictures(figure)]
    assert drawn == [[[-1, 0.5]], [[1, 0.5]], [[0, 0]]]
    labels = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert labels == ["-its largest", "0", "its largest"]
    assert alternative.endswith("red positive, on a scale of its own for each map.")
    shared, _ = map_figure(maps)
    assert pictures(shared)[1][-1].tolist() == [[0.0625, 0.03125]]


def test_the_scale_stands_right_of_the_maps_and_says_the_largest_value_in_two_digits():
    figure, _ = map_figure(np.full((8, 2, 2), -0.1234))
    axis, bar = figure.axes
    assert bar.get_position().x0 > axis.get_position().x1
    assert 0.1 < bar.get_position().y0 < bar.get_position().y1 < 0.9
    assert bar.get_position().width * figure.get_figwidth() == pytest.approx(0.12)
    assert [label.get_text() for label in bar.get_yticklabels()] == ["-0.12", "0", "0.12"]


def test_captions_are_smaller_where_there_is_less_room():
    sizes = {}
    for n in (2, 20):
        figure, _ = digit_figure(digits(*[0.5] * n), captions="ab" * (n // 2))
        sizes[n] = {text.get_fontsize() for text in figure.axes[0].texts if text.get_text()}
    assert sizes == {2: {11}, 20: {9}}


def test_captions_of_maps_stand_above_their_own_map():
    figure, _ = map_figure(np.ones((4, 3, 3)), columns=2, captions="pqrs")
    texts, images = laid_out(figure)
    for caption, image in zip("pqrs", images, strict=True):
        box = texts[caption]
        assert image.y1 <= box.y0 < image.y1 + 8
        assert box.x0 > image.x0
        assert box.x1 < image.x1
    for caption, image in itertools.product("rs", images[:2]):
        assert texts[caption].y1 < image.y0


def test_maps_keep_their_proportions_up_to_a_height_of_five_widths():
    for height, drawn in ((2, 0.5), (8, 2), (20, 5), (400, 5)):
        left, right, bottom, top, _ = pictures(map_figure(np.ones((1, height, 4)))[0])[0]
        assert (top - bottom) / (right - left) == pytest.approx(drawn)


def test_weights_of_784_pixels_are_squares():
    weights = np.arange(2 * 784).reshape(2, 784)
    assert np.allclose(
        pictures(map_figure(weights)[0])[1][-1], weights[1].reshape(28, 28) / (2 * 784 - 1)
    )


def test_the_smallest_whole_number_has_a_largest_value_too():
    figure, _ = map_figure(np.full((1, 2, 2), np.iinfo("int8").min, "int8"))
    assert pictures(figure)[0][-1].tolist() == [[-1, -1], [-1, -1]]


# --- What is shown ----------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """What is handed to the notebook: a list of (data, metadata), as a front end gets them."""
    seen = []
    catch = lambda picture: seen.append(picture._repr_mimebundle_())  # noqa: E731
    monkeypatch.setattr("aeutils.display.display", catch)
    return seen


def test_a_figure_is_shown_with_its_alternative_in_every_form(shown):
    figure, axis = plt.subplots(figsize=(2, 1))
    axis.set_facecolor("red")
    show_figure(figure, 'A "red" box & more.')
    ((data, metadata),) = shown
    assert data["text/plain"] == 'A "red" box & more.'
    assert metadata == {"image/png": {"alt": 'A "red" box & more.'}}
    said = "A &quot;red&quot; box &amp; more."
    assert data["text/html"] == (
        f'<img alt="{said}" src="data:image/png;base64,{data["image/png"]}">'
    )
    decoded = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert (np.asarray(decoded.convert("RGB")) == [255, 0, 0]).all(axis=2).any()
    assert plt.get_fignums() == []


def test_what_stands_beside_a_figure_is_shown_too(shown):
    show_digits({"a long label on the left": digits(0)})
    picture = Image.open(io.BytesIO(base64.b64decode(shown[0][0]["image/png"])))
    assert picture.width > 2 * picture.height


def test_what_is_shown_has_the_arguments_and_defaults_of_what_is_made():
    for show, make in ((show_digits, digit_figure), (show_maps, map_figure),
                       (show_curves, curve_figure), (show_layers, layer_figure)):  # fmt: skip
        assert inspect.signature(show) == inspect.signature(make)


def test_every_show_function_shows_its_figure_once_and_leaves_none_open(shown):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    show_digits({"row": digits(0, 1)}, captions="ab", alt="Digits.")
    show_maps(np.ones((2, 3, 3)), 1, "ab", False, True, "Maps.")
    show_curves({"a": [1, 2]}, "y", (0.5, "floor"), "conv", True, "x", "Curves.")
    show_layers({"model": model})
    said = [data["text/plain"] for data, _ in shown]
    assert said[:3] == ["Digits.", "Maps.", "Curves."]
    assert said[3].endswith("model: 3, 2.")
    assert plt.get_fignums() == []


def test_keywords_reach_the_figure(shown):
    show_digits(digits(0, 1), captions="ab")
    show_maps(np.ones((2, 3, 3)), columns=1, captions="ab", diverging=False, scale_each=True)
    show_curves({"a": [1, 2]}, ylabel="MSE", floor=(0.5, "floor"), xlabel="units")
    assert [data["text/plain"] for data, _ in shown] == [
        "2 digits. Column captions: a, b.",
        "2 maps in 2 rows of 1; black 0, white the largest, on a scale of its own for each map.",
        "MSE by units: a from 1 to 2; dashed line: floor at 0.5.",
    ]


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_figure_without_alternative_is_refused_and_closed(shown, alt):
    with pytest.raises(ValueError, match="expected a sentence"):
        show_figure(plt.figure(), alt)
    assert (shown, plt.get_fignums()) == ([], [])


def test_a_figure_with_a_broken_formula_is_refused_in_words_and_closed(shown):
    figure, axis = plt.subplots()
    axis.set_title("$\\frac{$")
    with pytest.raises(ValueError, match=r"Received a figure .*a \$ begins a formula"):
        show_figure(figure, "A title.")
    assert (shown, plt.get_fignums()) == ([], [])
    with pytest.raises(TypeError, match="Received str as figure"):
        show_figure("figure", "A title.")


def test_letters_that_the_font_lacks_draw_no_warning(shown, recwarn):
    figure, axis = plt.subplots()
    axis.set_title("数字 🙂")
    show_figure(figure, "数字 🙂 \ud800")
    show_digits({"数字": digits(0)}, captions=["$\\frac{ 🙂"])
    assert [str(warning.message) for warning in recwarn] == []
    assert shown[0][0]["text/plain"] == "数字 🙂 ?"
    assert "数字" in shown[1][0]["text/plain"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("µ = π", "µ = π"),
        ("a\tb\r", "a b "),
        ("a\nb", "a\nb"),
        ("数🙂", "□□"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_what_the_font_lacks_is_a_box_and_long_texts_end(text, written):
    assert drawable(text) == written


def test_the_colours_of_the_models_are_these_in_all_notebooks():
    assert {name: aeutils.COLORS[name] for name in ("simple", "pca", "linear", "deep", "conv")} == {
        "simple": "#0072B2",
        "pca": "#E69F00",
        "linear": "#56B4E9",
        "deep": "#009E73",
        "conv": "#D55E00",
    }
    assert aeutils.COLORS["random start"] == "#000000"
    assert aeutils.COLORS["pretrained"] == "#CC79A7"
    assert aeutils.COLORS["floor"] == "#767676"
    assert len(set(aeutils.COLORS.values())) == len(aeutils.COLORS)


def test_the_look_is_switched_on_by_one_line_and_not_before():
    before = dict(plt.rcParams)
    with plt.style.context("aeutils.course"):
        assert plt.rcParams["font.size"] == plt.rcParams["axes.titlesize"] == 11
        assert plt.rcParams["image.cmap"] == "gray"
        assert plt.rcParams["lines.linewidth"] == 2
        assert not plt.rcParams["axes.spines.top"]
        assert not plt.rcParams["axes.spines.right"]
        assert not plt.rcParams["legend.frameon"]
        cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        assert cycle == ["#332288", "#999933", "#882255", "#44AA99"]
    assert dict(plt.rcParams) == before


# --- Refused ----------------------------------------------------------------------------------


class Symbolic:
    """Like a tensor without values, whose conversion raises an error of its own."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("no values")


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: show_digits(digits(0)[0]), r"shape \(784,\).*images\[3:4\]"),
        (lambda: show_digits({}), "empty dict as rows"),
        (lambda: show_digits({"a": digits(1), "b": digits(1, 0)}), "different lengths"),
        (lambda: show_digits({1: digits(1), "1": digits(0)}), "names that look alike"),
        (lambda: show_digits({"a": digits(1, 0)}, captions=[1]), "1 captions for 2 columns"),
        (lambda: show_digits({"a": digits(1)}, captions={"b": "x"}), "captions for 'b'.*'a'"),
        (lambda: show_digits(digits(1), captions=3), "Received int as captions"),
        (lambda: show_digits(digits(1), captions=Symbolic()), "Received Symbolic as captions"),
        (lambda: show_digits({"a": digits(np.nan)}), "row 'a' with NaN"),
        (lambda: show_digits({"a": "digits"}), "expected numbers"),
        (lambda: show_digits(np.zeros((1001, 784))), "1,001 images, expected at most 1,000"),
        (lambda: show_digits({i: digits(0) for i in range(101)}), "101 rows, expected at most 100"),
        (lambda: show_maps(np.zeros(5)), r"shape \(5,\)"),
        (lambda: show_maps(np.zeros((0, 3, 3))), r"shape \(0, 3, 3\)"),
        (lambda: show_maps(digits(1), columns=0), "columns=0"),
        (lambda: show_maps(digits(1), columns=True), "columns=True"),
        (lambda: show_maps(digits(1, 0), captions="abc"), "3 captions for 2 columns"),
        (lambda: show_maps(digits(np.inf)), "infinity"),
        (lambda: show_maps(np.ones((1001, 2, 2)), 99), "1,001 maps, expected at most 1,000"),
        (lambda: show_maps(np.ones((101, 2, 2)), 1), "101 rows, expected at most 100"),
        (lambda: show_maps(np.ma.masked_equal(np.ones((1, 2, 2)), 1)), "maps with a mask"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(call, named, shown):
    with pytest.raises((TypeError, ValueError), match=named):
        call()
    assert (shown, plt.get_fignums()) == ([], [])


def test_a_figure_may_have_just_as_many_parts():
    assert len(pictures(digit_figure(np.zeros((1000, 784)))[0])) == 1000
    assert len(pictures(map_figure(np.ones((100, 2, 2)), columns=1)[0])) == 100
