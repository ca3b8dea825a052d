"""What a reader sees of a running kernel in JupyterLab: whole figures, and checks that stop."""

import lab
import pytest
from lab import CHROMIUM, QUIET, command

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]

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
# An answer to exercise 1.6 that trains until it is stopped.
ENDLESS = """
import keras
from aeutils import check
from aeutils.training import Progress

def train_vae():
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(784, "sigmoid")])
    model.compile("adam", "mse")
    images = keras.ops.ones((1000, 784))
    model.fit(images, images, epochs=1_000_000, verbose=0, callbacks=[Progress("endless")])

check("1.6", train_vae)
"""


@pytest.fixture
def opened(tmp_path):
    """Open a notebook of these cells in JupyterLab."""
    with lab.serving(tmp_path) as address, playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)

        def open_notebook(*cells):
            page = lab.new_page(browser)
            lab.write_notebook(tmp_path / "it.ipynb", *cells)
            lab.open_lab(page, address, "it.ipynb")
            lab.kernel_is(page, "idle")
            return page

        yield open_notebook
        browser.close()


def run_cells(page, *cells):
    """Run cells one after the other, each until it is done."""
    for cell in cells:
        begin_cell(page, cell)
        page.wait_for_function("() => window.ran")


def begin_cell(page, cell):
    page.evaluate(
        """cell => {
            const app = window.jupyterapp;
            app.shell.currentWidget.content.activeCellIndex = cell;
            window.ran = false;
            app.commands.execute('notebook:run-cell').finally(() => { window.ran = true; });
        }""",
        cell,
    )


def pictures(page, cell):
    """The PNG pictures among a cell's outputs, as they would be saved."""
    of = "cell => window.jupyterapp.shell.currentWidget.content.widgets[cell].model.outputs"
    shown = page.evaluate(f"{of}.toJSON()", cell)
    assert [output for output in shown if output["output_type"] == "error"] == []
    return [output["data"]["image/png"] for output in shown if "data" in output]


def test_figures_are_whole_while_a_slider_is_dragged(opened):
    page = opened(*FIGURES)
    run_cells(page, 0, 1, 2)
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
    begin_cell(page, 3)
    for step in range(100_000):
        if page.evaluate("window.ran"):
            break
        page.mouse.move(box["x"] + (0.2 + step % 10 / 16) * box["width"], middle)
    page.mouse.up()
    assert pictures(page, 3) == 20 * [whole]
    moved.wait_for()  # one figure, not those of other calls


def test_an_interrupted_check_says_so_and_the_next_one_works(opened):
    page = opened(ENDLESS, 'check("1.1", "C")')
    first = page.locator(".jp-Notebook .jp-CodeCell").first
    begin_cell(page, 0)
    first.get_by_text("Exercise 1.6: your function trains").wait_for()
    command(page, "notebook:interrupt-kernel")
    first.get_by_text("You stopped the check before it was done.").wait_for()
    page.wait_for_function("() => window.ran")
    run_cells(page, 1)
    page.get_by_text("Exercise 1.1: right.").wait_for()
    assert first.get_by_text("your function trains").count() == 0, "the clock has stopped"
    assert [each for each in lab.outputs(page) if each["output_type"] == "error"] == []
