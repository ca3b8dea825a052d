"""What a reader sees of a running kernel in JupyterLab: whole figures."""

import time

import lab
import pytest

pytestmark = pytest.mark.browser

# Every figure of the loop is the same, and is not shown until a moved slider has been answered: the
# second call has begun, so the first one's figure is shown.
FIGURES = [
    """
import time
import ipywidgets
from aeutils import *
(images, _), _ = load_mnist()
images, calls = to_vectors(images[:100]), 0

def digits(first):
    global calls
    calls += 1
    show_digits(images[int(first) : int(first) + 10])

def draw(beside):
    before = calls
    while beside and calls < before + 2:
        time.sleep(0.01)
    show_digits(images[:5], captions="whole")
""",
    "ipywidgets.interact(digits, first=(0, 80));",
    "draw(beside=False)",
    "for _ in range(20):\n    draw(beside=True)",
]


def pictures(page, cell):
    """The PNG pictures among a cell's outputs, as they would be saved."""
    of = "cell => window.jupyterapp.shell.currentWidget.content.widgets[cell].model.outputs"
    shown = page.evaluate(f"{of}.toJSON()", cell)
    assert [output for output in shown if output["output_type"] == "error"] == []
    return [output["data"]["image/png"] for output in shown if "data" in output]


def test_figures_are_whole_while_a_slider_is_dragged(browser, tmp_path):
    lab.write_notebook(tmp_path / "figures.ipynb", *FIGURES)
    with lab.serving(tmp_path) as address:
        page = lab.new_page(browser)
        lab.open_lab(page, address, "figures.ipynb")
        drag_a_slider_while_figures_are_drawn(page)
        page.context.close()


def drag_a_slider_while_figures_are_drawn(page):
    lab.run_cells(page, range(3))
    (whole,) = pictures(page, 2)
    slider = page.locator(".noUi-target")
    moved = page.locator(".jupyter-widgets .jp-OutputArea img")
    moved.wait_for()
    at_first = moved.get_attribute("src")
    slider.hover()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.down()
    # Moved once before the cell runs: until then JupyterLab sends its events to the busy thread.
    page.mouse.move(box["x"] + 0.9 * box["width"], middle)
    page.wait_for_function(
        "([image, before]) => !image.isConnected || image.src !== before",
        arg=[moved.element_handle(), at_first],
    )
    lab.begin_cell(page, 3)
    begun, step = time.monotonic(), 0
    while not page.evaluate("window.ran"):
        assert time.monotonic() - begun < lab.WAIT / 1000, "the slider is not answered"
        step += 1
        page.mouse.move(box["x"] + (0.2 + step % 10 / 16) * box["width"], middle)
    page.mouse.up()
    assert pictures(page, 3) == 20 * [whole]
    moved.wait_for()  # one figure, not those of other calls
