"""What a control does in its page: labels, canvases, mouse, finger and keys, and its style.

The page is dom.js, as much of one as a control uses; test_browser.py drives real ones.
"""

import json
import re

import numpy as np
import pytest
from engine import Engine
from mnist import load_mnist

from aeutils.explorables.models import to_half
from aeutils.explorables.page import front_end

IMAGES = load_mnist()[1][0][:3]
RNG = np.random.default_rng(0)


def dense(inputs, units, activation):
    kernel = RNG.normal(size=(inputs, units)).astype("float16") / 9
    weights = {"kernel": to_half(kernel, "kernel"), "bias": to_half(np.zeros(units), "bias")}
    layer = {"kind": "Dense", "activation": activation} | weights
    return {"shape": [inputs], "layers": [layer]}


CODES = np.float32([[0.5, -1], [2, 1.5], [-1, 0.25]])
COMMON = {"title": "A title", "advice": "Try: this.", "models": {}, "halves": {}}
DECODER = {"models": {"decoder": dense(2, 784, "sigmoid")}, "halves": {"codes": [None, 2]}}
CONTROLS = {
    "code": COMMON | DECODER | {"kind": "code", "range": [-1, 2]},
    "map": COMMON | DECODER | {"kind": "map", "range": [-2, 2, -3, 1], "labels": [7, 2, 1]},
    "denoising": COMMON
    | {"kind": "denoising", "noise": RNG.normal(size=784).tolist(), "sheet": "a sheet"}
    | {"models": {"denoiser": {"shape": [784], "layers": []}}},
    "drawing": COMMON
    | {"kind": "drawing", "models": {"model": dense(784, 10, "softmax")}, "sheet": "a sheet"},
}


@pytest.fixture(scope="module")
def engine():
    engine = Engine()
    yield engine
    engine.close()


class Page:
    """A page with one control in it."""

    def __init__(self, engine, kind):
        data = json.loads(json.dumps(CONTROLS[kind]))
        if "codes" in data["halves"]:
            data["halves"]["codes"][0] = to_half(CODES, "codes")
        self.engine = engine
        engine.call("open", json.dumps(data), IMAGES.ravel().tolist(), "the style")

    def fire(self, tag, index, kind, **event):
        return self.engine.call("fire", tag, index, kind, event)

    def move(self, index, value):
        self.fire("input", index, "input", value=value)

    def see(self):
        return self.engine.call("see")

    def pictures(self):
        return {picture["caption"]: picture for picture in self.see()["pictures"]}


@pytest.fixture
def show(engine):
    return lambda kind: Page(engine, kind)


def red(picture):
    width, height = picture["size"]
    return np.reshape(picture["red"], (height, width))


# --- What stands where ----------------------------------------------------------------------


def test_a_control_has_its_words_above_inputs_and_pictures_and_its_status_below(show):
    seen = show("code").see()
    said = "A title. Try: this."
    parts = [["style", "the style"], ["p", said], ["div", "body"], ["p", seen["status"]]]
    assert seen["parts"] == parts
    assert seen["keys"] == said
    assert seen["body"] == ["inputs", "pictures"]
    assert seen["status"].startswith("Unit 0 is 0.50;")


def test_inputs_have_their_label_before_and_their_number_behind_them(show):
    seen = show("code").see()
    digit, unit, number = seen["inputs"]
    for each in seen["inputs"]:
        assert each["parts"] == ["span", "input", "span"]
        assert each["type"] == "range"
    found = [(i["label"], i["min"], i["max"], i["step"], i["value"], i["shown"])
             for i in (digit, unit, number)]  # fmt: skip
    assert found == [
        ("digit", 0, 2, 1, 0, "0"),
        ("unit", 0, 1, 1, 0, "0"),
        ("its number", -1, 2, 0.03, 0.5, "0.5"),
    ]
    assert seen["buttons"] == ["Back to its own code"]


def test_an_input_that_is_moved_draws_anew_and_says_its_number_and_the_status(show):
    page = show("code")
    before = page.see()
    page.move(2, 1.2345)
    after = page.see()
    assert after["inputs"][2]["shown"] == "1.23"
    assert after["status"].startswith("Unit 0 is 1.23; in the digit's own code it is 0.50.")
    pictures = [[picture["red"] for picture in seen["pictures"]] for seen in (before, after)]
    assert pictures[0][0] == pictures[1][0]
    assert pictures[0][2] != pictures[1][2]
    page.move(1, 1)  # another unit: its own number is shown
    assert page.see()["inputs"][2]["shown"] == "-1"
    page.move(0, 1)
    assert page.see()["inputs"][2]["shown"] == "1.5"


def test_a_button_acts_and_draws_anew(show):
    page = show("code")
    before = page.see()
    page.move(2, 1.25)
    page.fire("button", 0, "click")
    assert page.see() | {"pictures": 0} == before | {"pictures": 0}
    assert page.see()["pictures"][2]["red"] == before["pictures"][2]["red"]


def test_a_picture_has_one_pixel_for_each_number_and_its_caption_is_spoken(show):
    page = show("denoising")
    page.move(0, 2)
    page.move(1, 0)
    pictures = page.pictures()
    assert list(pictures) == ["noisy, error 0.0000", "denoised, error 0.0000", "clean"]
    for caption, picture in pictures.items():
        assert picture["attributes"] == {"role": "img", "aria-label": caption}
        assert picture["size"] == [28, 28]
        assert picture["style"] == {"width": "196px"}  # the height follows
        assert np.array_equal(red(picture), IMAGES[2])  # the sheet's third digit, byte by byte


def test_a_plot_is_fine_on_sharp_screens(show):
    plot = show("map").pictures()["the plane of codes"]
    assert plot["size"] == [784, 784]
    assert plot["scale"] == [2, 2]
    assert plot["style"] == {"width": "392px"}
    assert plot["attributes"]["class"] == "live"


def test_a_picture_that_says_nothing_yet_is_hidden(show):
    page = show("drawing")
    assert list(page.pictures()) == ["as MNIST would hold it", "class probabilities"]


# --- Mouse and finger -----------------------------------------------------------------------


def under(page):
    return [each["value"] for each in page.see()["inputs"]]


def test_the_plane_follows_a_mouse_and_a_tapping_finger(show):
    page = show("map")
    start = under(page)
    assert start == [0.5, -1]
    width = {"clientWidth": 196}  # half of its own: the page is narrow
    page.fire("canvas", 0, "pointermove", offsetX=147, offsetY=49, buttons=0, **width)
    assert under(page) == [1, 0]
    for kind in ("pointerdown", "pointermove"):
        page.fire("canvas", 0, kind, offsetX=0, offsetY=0, buttons=1, pointerType="touch")
    assert under(page) == [1, 0]  # a finger may scroll
    page.fire("canvas", 0, "click", offsetX=0, offsetY=0, pointerType="touch")
    assert under(page) == [-2, 1]
    plot, decoded = page.see()["pictures"]
    assert decoded["caption"] == "decoded (-2.00, 1.00)"
    [*_, ring] = [call for call in plot["calls"] if call[0] == "arc"]
    assert ring[1:4] == [0, 0, 8]
    assert ring[5] - ring[4] > 2 * np.pi  # a whole ring


def test_a_bar_follows_the_mouse_only_while_it_is_pressed(show):
    page = show("code")
    event = {"offsetX": 225, "offsetY": 98, "clientWidth": 300}
    page.fire("canvas", 1, "pointermove", buttons=0, **event)
    assert under(page) == [0, 0, 0.5]
    page.fire("canvas", 1, "pointerdown", buttons=1, **event)
    assert under(page) == [0, 1, 0.5]
    page.fire("canvas", 1, "pointermove", buttons=1, **event | {"offsetY": 49})
    assert under(page) == [0, 1, 1.25]
    assert page.see()["status"].startswith("Unit 1 is 1.25;")


# --- The drawing square ---------------------------------------------------------------------


def square(page):
    return np.reshape(page.see()["square"]["red"], (280, 280))


def draw(page, *points):
    kinds = ["pointerdown", *["pointermove"] * (len(points) - 1)]
    for kind, (x, y) in zip(kinds, points, strict=True):
        page.fire("canvas", 0, kind, offsetX=x, offsetY=y, pointerId=1)
    page.fire("canvas", 0, "pointerup")


def extent(ink):
    rows, columns = np.nonzero(ink)
    return rows.min(), rows.max(), columns.min(), columns.max()


def test_the_square_holds_an_example_until_the_first_stroke(show):
    page = show("drawing")
    assert np.array_equal(square(page), IMAGES[0].repeat(10, axis=0).repeat(10, axis=1))
    draw(page, (100, 60), (100, 200))
    assert extent(square(page)) == pytest.approx((49, 211, 89, 111), abs=1)  # a line of 22 pixels
    assert (square(page)[60:200, 92:108] == 255).all()
    draw(page, (200, 60), (200, 61))  # the next stroke adds to it
    assert extent(square(page)) == pytest.approx((49, 211, 89, 211), abs=1)
    given = red(page.pictures()["as MNIST would hold it"])
    assert given.shape == (28, 28)
    assert extent(given)[:2] == pytest.approx((4, 23), abs=2)  # 20 of 28 rows, in the middle


def test_a_pen_that_was_lifted_draws_no_line(show):
    page = show("drawing")
    draw(page, (100, 60), (100, 100))
    before = square(page)
    page.fire("canvas", 0, "pointermove", offsetX=200, offsetY=200, pointerId=1)
    assert np.array_equal(square(page), before)
    draw(page, (200, 200), (220, 200))  # it begins where it is set down, not where it was lifted
    assert not square(page)[120:180].any()


def test_a_narrow_square_is_drawn_where_the_finger_is(show):
    page = show("drawing")
    for kind, y in (("pointerdown", 50), ("pointermove", 90)):
        page.fire("canvas", 0, kind, offsetX=70, offsetY=y, pointerId=1, clientWidth=140)
    assert extent(square(page)) == pytest.approx((89, 191, 129, 151), abs=1)


def press(page, key, shift=False):
    return page.fire("canvas", 0, "keydown", key=key, shiftKey=shift)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("ArrowLeft", (126, 42)),
        ("ArrowRight", (154, 42)),
        ("ArrowUp", (140, 28)),
        ("ArrowDown", (140, 56)),
    ],
)
def test_arrows_draw_and_with_shift_move_the_pen(show, key, place):
    page = show("drawing")
    (x, y), example = place, square(page)
    press(page, key, shift=True)
    assert page.see()["pen"] == {"left": f"{x}px", "top": f"{y}px"}
    assert np.array_equal(square(page), example)
    page = show("drawing")
    press(page, key)
    assert page.see()["pen"] == {"left": f"{x}px", "top": f"{y}px"}
    top, bottom, left, right = min(y, 42), max(y, 42), min(x, 140), max(x, 140)
    ends = (top - 11, bottom + 11, left - 11, right + 11)
    assert extent(square(page)) == pytest.approx(ends, abs=1)


def test_the_pen_stays_in_the_square(show):
    page = show("drawing")
    for key in ["ArrowRight", "ArrowDown"] * 30:
        press(page, key, shift=True)
    assert page.see()["pen"] == {"left": "266px", "top": "266px"}
    for key in ["ArrowLeft", "ArrowUp"] * 30:
        press(page, key, shift=True)
    assert page.see()["pen"] == {"left": "14px", "top": "14px"}


@pytest.mark.parametrize("key", ["Delete", "Backspace", "Clear"])
def test_the_square_is_cleared_by_keys_and_by_its_button(show, key):
    page = show("drawing")
    page.fire("button", 0, "click") if key == "Clear" else press(page, key)
    assert not square(page).any()
    assert page.see()["buttons"] == ["Clear"]
    assert page.see()["status"] == "The drawing is empty: draw a digit on the black square."


def test_keys_of_the_square_do_not_scroll_and_others_do_what_they_do(show):
    page = show("drawing")
    for key in ("ArrowDown", "Delete"):
        assert press(page, key) == {"prevented": True, "stopped": True}
    assert press(page, "Tab") == {"prevented": False, "stopped": True}
    attributes = page.see()["square"]["attributes"]
    assert attributes["role"] == "application"
    assert attributes["tabindex"] == "0"
    assert attributes["aria-label"] == "drawing square"
    assert attributes["aria-describedby"] == "keys"


# --- The page around it ---------------------------------------------------------------------


def test_a_control_that_lives_is_left_alone_and_keeps_its_keys(show, engine):
    page = show("code")
    page.move(2, 1.25)
    before = page.see()
    engine.racer.eval('start("id", "another style")')
    assert page.see() == before
    assert before["host"] == {"data-lm-suppress-shortcuts": ""}
    assert page.fire("input", 0, "keydown", key="ArrowRight") == {
        "prevented": False, "stopped": True}  # fmt: skip


def rules():
    """The style as a dict from selector to its settings."""
    style = re.sub(r"/\*.*?\*/", "", front_end()[1], flags=re.S)
    return {
        selector.strip(): dict(
            map(str.strip, line.split(":", 1)) for line in body.split(";") if line.strip()
        )
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style)
    }


def test_pixels_stay_squares_and_lines_stay_smooth():
    style = rules()
    assert style["canvas"]["image-rendering"] == "pixelated"
    assert style[".live"]["image-rendering"] == style[".square"]["image-rendering"] == "auto"


def test_a_finger_draws_on_the_square_and_scrolls_everywhere_else():
    touched = {selector: rule["touch-action"] for selector, rule in rules().items()
               if "touch-action" in rule}  # fmt: skip
    assert touched == {".square": "none"}


def test_the_pen_is_a_ring_of_its_line_s_width_where_it_starts_seen_with_the_keyboard():
    style = rules()
    pen = style[".pen"]
    assert (pen["left"], pen["top"]) == ("140px", "42px")
    assert (pen["width"], pen["height"], pen["margin"]) == ("22px", "22px", "-13px")
    assert pen["border"].startswith("2px solid #d55e00")
    assert (pen["border-radius"], pen["position"]) == ("50%", "absolute")
    assert style[".paper"]["position"] == "relative"
    assert (pen["visibility"], pen["pointer-events"]) == ("hidden", "none")
    assert style[".square:focus-visible + .pen"] == {"visibility": "visible"}


def test_a_narrow_page_shrinks_and_wraps_what_is_in_it():
    style = rules()
    for selector in ("div", "canvas", "label"):
        assert style[selector]["max-width"] == "100%"
    for selector in (".body", ".pictures"):
        assert style[selector]["flex-wrap"] == "wrap"
    assert style["canvas"]["height"] == "auto"  # proportions are kept
    columns = style["label"]["grid-template-columns"]
    assert columns == "8.5em minmax(5em, 13em) 3.5em"  # a phone has 20 em
    assert "auto-fill" in style[".inputs"]["grid-template-columns"]


def test_what_has_the_focus_is_seen_on_light_and_on_dark_pages():
    ring = rules()[":focus-visible"]
    assert ring["outline"] == "3px solid #0072b2"
    assert ring["box-shadow"] == "0 0 0 2px #ffffff"
    assert rules()[":host"]["color"] == "inherit"
