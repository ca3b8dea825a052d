"""What live figures do in a real browser, on a page without Jupyter (test_browser.py: in it)."""

import numpy as np
import pytest
from engine import CALLS, IMAGES, output

# As browsers do that protect their readers: what is read from a canvas is noise.
NOISE = """for (const [kind, name] of [[CanvasRenderingContext2D, "getImageData"],
    [HTMLCanvasElement, "toDataURL"], [HTMLCanvasElement, "toBlob"]]) {
  kind.prototype[name] = () => { throw new Error(`${name} is noise here`); };
}"""


@pytest.fixture
def show(browser, tmp_path):
    """Open a page with a live figure, and give that; or, of all of them, give the page."""
    contexts = []

    def show(name, script="", **settings):
        context = browser.new_context(**{"offline": True, "has_touch": True} | settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.add_init_script(script or "0")
        parts = ['<!doctype html><meta charset="utf-8"><title>Live</title>']
        for each in CALLS if name == "all" else [name]:
            parts.append(f'<section id="{each}">{output(each)[0]["text/html"]}</section>')
        (tmp_path / "page.html").write_text("".join(parts), encoding="utf-8")
        page.goto((tmp_path / "page.html").as_uri())
        page.get_by_role("status").last.wait_for()
        return page if name == "all" else page.locator("[data-explorable]")

    yield show
    for context in contexts:
        assert context.pages[0].errors == []
        context.close()


def status(part):
    return part.get_by_role("status").inner_text()


def red(canvas):
    """The red channel of a canvas as an array (height, width)."""
    height, width, pixels = canvas.evaluate(
        """each => { const { height, width } = each, found = [];
            const all = each.getContext("2d").getImageData(0, 0, width, height).data;
            for (let i = 0; i < all.length; i += 4) found.push(all[i]);
            return [height, width, found.join(" ")]; }"""  # a text is faster than a list
    )
    return np.fromstring(pixels, sep=" ").reshape(height, width)


@pytest.mark.browser
def test_every_figure_lives_and_shows_no_still_where_canvases_are_not_read(show):
    said = {}
    for script in ("", NOISE):
        page = show("all", script)
        for name in CALLS:
            part = page.locator(f"#{name} [data-explorable]")
            assert not part.locator("img").is_visible()
            assert status(part).endswith(".")
            assert said.setdefault(name, status(part)) == status(part)
    part = page.locator("#drawing [data-explorable]")
    part.get_by_role("button", name="Clear").click()
    assert status(part).startswith("The drawing is empty")


def test_a_slider_moves_by_keys_and_says_the_number_that_the_sentence_has(show):
    part = show("code")
    number = part.get_by_role("slider").nth(2)
    shown = number.locator("xpath=preceding-sibling::span").last
    for key in ("ArrowLeft", "Home"):
        number.press(key)
        text = number.get_attribute("aria-valuetext")
        assert text == shown.inner_text()
        assert f": {text}, in the digit's own code" in status(part)
    assert text == "0.00"
    part = show("filters")
    layer, number = part.get_by_role("slider").all()[1:]
    number.press("End")
    layer.press("End")  # with fewer filters
    shown = number.locator("xpath=preceding-sibling::span").last
    assert shown.inner_text() == number.get_attribute("aria-valuetext") == "3"


def test_bars_and_the_plane_follow_the_mouse_and_a_tap(show):
    part = show("code")
    bars = part.locator("canvas.live")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    page, before = part.page, status(part)
    page.mouse.move(box["x"] + 100, box["y"] + 50)
    assert status(part) == before  # only a pressed mouse
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.up()
    assert status(part).startswith("Unit 10: ")  # 100 of 300 pixels, 32 units
    part = show("map")
    plane = part.locator("canvas.live")
    plane.scroll_into_view_if_needed()
    plane.evaluate("each => { each.style.width = '196px'; }")  # as a narrow page would: a half
    box = plane.bounding_box()
    low, high = (float(part.get_by_role("slider").first.get_attribute(n)) for n in ("min", "max"))
    for act, x in ((part.page.mouse.move, 49), (part.page.touchscreen.tap, 147)):
        act(box["x"] + x, box["y"] + 50)
        assert status(part).startswith(f"At {low + x / 196 * (high - low):.2f}, ")


@pytest.fixture
def square(show):
    """A square with nothing on it, and its place."""
    part = show("classified")
    canvas = part.locator(".square")
    part.get_by_role("button", name="Clear").click()
    canvas.scroll_into_view_if_needed()
    return part, canvas, canvas.bounding_box()


def stroke(page, box, *points, button="left"):
    """Press the mouse at the first point of a square, and drag it to the others."""
    for i, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
        if i == 0:
            page.mouse.down(button=button)
    page.mouse.up(button=button)


def extent(canvas):
    rows, columns = np.nonzero(red(canvas))
    return [int(v) for v in (rows.min(), rows.max(), columns.min(), columns.max())]


def test_only_the_left_button_draws_dots_and_strokes(square):
    part, canvas, box = square
    for button in ("right", "middle"):
        stroke(part.page, box, (60, 60), (100, 100), button=button)
    assert not red(canvas).any()
    assert status(part) == "The drawing is empty: draw a digit on the black square."
    stroke(part.page, box, (100, 60))
    assert extent(canvas) == pytest.approx([49, 71, 89, 111], abs=2)
    assert status(part).startswith("The model says ")
    stroke(part.page, box, (200, 60), (200, 200))
    assert extent(canvas) == pytest.approx([49, 211, 89, 211], abs=2)
    assert not red(canvas)[:, 115:185].any()  # lifted: drew nothing
    assert red(part.locator("canvas").nth(1)).max() == 255


def test_a_finger_draws_and_a_second_one_does_not(square):
    part, canvas, box = square
    touch = part.page.context.new_cdp_session(part.page)
    before = part.page.evaluate("scrollY")
    for kind, *points in [
        ("touchStart", (60, 60)), ("touchMove", (60, 120)),
        ("touchStart", (60, 120), (200, 200)), ("touchMove", (60, 160), (220, 220)), ("touchEnd",),
    ]:  # fmt: skip
        places = [
            {"x": box["x"] + x, "y": box["y"] + y, "id": i} for i, (x, y) in enumerate(points)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    assert extent(canvas) == pytest.approx([49, 171, 49, 71], abs=2)
    assert part.page.evaluate("scrollY") == before


def test_arrows_draw_with_shift_they_move_and_tab_leaves(square):
    part, canvas, box = square
    pen, before = part.locator(".pen"), part.page.evaluate("scrollY")
    canvas.focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowLeft", "ArrowRight", "ArrowDown"):
        part.page.keyboard.press(key)
    assert extent(canvas) == pytest.approx([45, 81, 115, 151], abs=1)
    ring = pen.bounding_box()
    assert ring["x"] + 13 - box["x"] == pytest.approx(140, abs=2)
    assert ring["y"] + 13 - box["y"] == pytest.approx(70, abs=2)
    for _ in range(6):
        part.page.keyboard.press("ArrowUp")
    assert extent(canvas)[0] == pytest.approx(3, abs=1)  # it stays inside
    part.page.keyboard.press("Backspace")
    assert not red(canvas).any()
    assert part.page.evaluate("scrollY") == before
    part.page.keyboard.press("Tab")
    assert part.get_by_role("button", name="Clear").evaluate("each => each.matches(':focus')")


def test_digits_are_shown_upright_byte_by_byte(show):
    part = show("denoising")
    part.get_by_role("slider").nth(1).press("Home")
    part.get_by_role("slider").first.press("ArrowRight")
    for canvas in part.locator("canvas").all()[::2]:
        assert np.array_equal(red(canvas), IMAGES[1])
    labels = part.locator("canvas").evaluate_all("all => all.map(each => each.ariaLabel)")
    assert labels[0] == "noisy, error 0.0000"
    assert labels == part.locator("figcaption").all_inner_texts()
