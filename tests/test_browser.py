"""Live figures in Jupyter: while a cell trains, without a kernel, reopened, exported, not trusted.

test_page.py says what each of them does.
"""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import lab
import pytest
from lab import TOKEN, alive, command, expect_change

axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    """The page of a notebook in which every live figure is alive."""
    path = tmp_path_factory.mktemp("lab") / "every_live_figure.ipynb"
    lab.write_notebook(path, *lab.CELLS, lab.TRAINING)
    with lab.serving(path.parent) as address:
        page = lab.new_page(browser)
        lab.open_lab(page, address, path.name)
        lab.run_cells(page, range(len(lab.CELLS)))
        command(page, "docmanager:save")
        page.path, page.address, page.figures = path, address, lab.figures(page)
        yield page
        page.context.close()


def drive(page, names):
    """Move every slider by mouse and keys, draw on every square, click and tap on every plot."""
    for name in names:
        part, cell = alive(page, name)
        # The mix comes before its two ends, which must stay different.
        for i, slider in reversed(list(enumerate(part.get_by_role("slider").all()))):
            least, most = (float(slider.get_attribute(end)) for end in ("min", "max"))
            if least == most:
                continue
            box = slider.bounding_box()
            high = float(slider.input_value()) > (least + most) / 2
            x = box["width"] * (0.23 if high else 0.77 - 0.06 * i)
            expect_change(part, slider.click, position={"x": x, "y": box["height"] / 2})
            expect_change(part, slider.press, "ArrowLeft")
        for plot in part.locator("canvas.live").all():
            box = plot.bounding_box()
            low, high = ({"x": box["width"] * at, "y": box["height"] * at} for at in (0.31, 0.72))
            plot.click(position=low)
            expect_change(part, plot.tap, position=high)
            expect_change(part, plot.click, position=low)
        for square in part.locator("canvas.square").all():
            part.get_by_role("button", name="Clear").click()
            expect_change(part, square.press, "ArrowDown")
            expect_change(part, square.click, position={"x": 60, "y": 200})
            expect_change(part, square.tap, position={"x": 200, "y": 200})
        if cell >= 0:  # no key was taken for a shortcut
            where = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
            assert page.evaluate(where) == cell
    assert page.errors == []


def expect_accessible(page, names):
    """Axe finds nothing in the light and in the dark theme."""
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        command(page, "apputils:change-theme", {"theme": theme})
        page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
        for name in names:
            alive(page, name)
            found = page.evaluate(
                """name => axe.run({ include: [[`[data-explorable="${name}"]`]] })
                    .then(result => result.violations.map(each =>
                        [each.id, each.nodes.map(node => node.html + node.failureSummary)]))""",
                name,
            )
            assert found == [], (theme, name)


# Where a reader meets live figures: each gives the page that is driven there.


@contextlib.contextmanager
def while_a_cell_trains(notebook, browser):
    lab.begin_cell(notebook, -1)
    last = "window.jupyterapp.shell.currentWidget.content.widgets.at(-1)"
    notebook.wait_for_function(f"() => {last}.model.outputs.length > 0")
    yield notebook
    lab.kernel_is(notebook, "busy")  # all the while
    notebook.path.with_name("enough").touch()
    lab.kernel_is(notebook, "idle")


@contextlib.contextmanager
def after_the_kernel_is_shut_down(notebook, browser):
    command(notebook, "kernelmenu:shutdown")
    yield notebook


@contextlib.contextmanager
def opened_again_the_next_day(notebook, browser):
    page = lab.new_page(browser)
    page.goto(f"{notebook.address}/lab?token={TOKEN}&reset")
    page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('docmanager:open')")
    kernel = {"shouldStart": False, "canStart": False}  # JupyterLab starts no kernel
    command(page, "docmanager:open", {"path": notebook.path.name, "kernelPreference": kernel})
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    yield page
    session = "window.jupyterapp.shell.currentWidget.sessionContext.session"
    assert page.evaluate(f"() => {session}?.kernel ?? null") is None
    page.context.close()


@contextlib.contextmanager
def in_notebook_7(notebook, browser):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed")
    page = lab.new_page(browser)
    page.goto(f"{notebook.address}/notebooks/{notebook.path.name}?token={TOKEN}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    yield page
    expect_accessible(page, notebook.figures)
    page.context.close()


@contextlib.contextmanager
def exported_with_the_network_cut(notebook, browser):
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--HTMLExporter.theme=dark"]
    subprocess.run([*convert, str(notebook.path)], check=True, capture_output=True)
    page, requests = lab.new_page(browser), []
    page.context.set_offline(True)
    page.goto(notebook.path.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    page.on("request", lambda request: requests.append(request.url))
    yield page
    assert [url for url in requests if not url.startswith(("data:", "file:"))] == []
    page.context.close()


# In this order: each test leaves the notebook as the next one needs it.


def test_no_cell_fails_and_every_call_shows_a_living_figure(notebook):
    assert [each for each in lab.outputs(notebook) if each["output_type"] == "error"] == []
    assert len(notebook.figures) == len(lab.CELLS) - 1
    for name in notebook.figures:
        assert not alive(notebook, name)[0].locator("img").first.is_visible()


def test_axe_finds_nothing_in_light_and_dark(notebook):
    expect_accessible(notebook, notebook.figures)


def test_shift_and_enter_in_a_slider_run_the_cell(notebook):
    name = notebook.figures[0]
    part, _ = alive(notebook, name)
    part.evaluate("host => { host.old = true; }")
    part.get_by_role("slider").first.press("Shift+Enter")
    renewed = "name => { const host = document.querySelector(`[data-explorable='${name}']`);"
    notebook.wait_for_function(renewed + "return host && !host.old; }", arg=name)
    lab.kernel_is(notebook, "idle")
    assert notebook.locator(f'[data-explorable="{name}"]').count() == 1


def test_a_cell_run_twenty_times_leaves_nothing_behind(notebook):
    tools, name = notebook.context.new_cdp_session(notebook), notebook.figures[0]
    counts = []
    for _ in range(2):
        for _ in range(10):
            alive(notebook, name)
            command(notebook, "notebook:run-cell")
            lab.kernel_is(notebook, "idle")
            alive(notebook, name)
        tools.send("HeapProfiler.collectGarbage")
        listeners = tools.send("Memory.getDOMCounters")["jsEventListeners"]
        counts.append((listeners, len(notebook.evaluate("Object.keys(window)"))))
    (before, names), (after, names_after) = counts
    assert names_after == names
    assert after <= before + 20  # of the figure alone, ten runs would leave more


@pytest.mark.parametrize(
    "place",
    [
        while_a_cell_trains,
        after_the_kernel_is_shut_down,
        opened_again_the_next_day,
        in_notebook_7,
        exported_with_the_network_cut,
    ],
)
def test_live_figures_answer_mouse_keys_and_touch(notebook, browser, place):
    with place(notebook, browser) as page:
        drive(page, notebook.figures)


def test_without_trust_the_picture_and_its_alternative_stay(notebook, browser):
    changed = json.loads(notebook.path.read_text(encoding="utf-8"))
    changed["metadata"]["from"] = "somebody else"  # what Jupyter has not signed it does not trust
    other = notebook.path.with_name("untrusted.ipynb")
    other.write_text(json.dumps(changed), encoding="utf-8")
    data = [each.get("data", {}) for cell in changed["cells"] for each in cell.get("outputs", [])]
    outputs = [each for each in data if "data-explorable" in "".join(each.get("text/html", ""))]
    page = lab.new_page(browser)
    lab.open_lab(page, notebook.address, other.name)
    for name, data in zip(notebook.figures, outputs, strict=True):
        lab.scroll_to(page, name)
        image = page.get_by_alt_text("".join(data["text/plain"])).first
        image.wait_for()
        assert image.evaluate("each => each.complete && each.naturalWidth > 1.9 * each.width")
    parts = "[...document.querySelectorAll('.jp-OutputArea-output *')]"
    assert page.evaluate(f"{parts}.every(each => !each.shadowRoot)"), "nothing has come to life"
    page.context.close()
