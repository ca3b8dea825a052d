"""Live figures in Jupyter: while a cell trains, without a kernel, reopened, exported, not trusted.

Those of a notebook with all of them, and of the executed notebooks in the folder that
AEUTILS_NOTEBOOKS names, if it names one. AEUTILS_SHOTS names a folder for screenshots to look at.
test_page.py says what each of them does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import lab
import pytest
from lab import CHROMIUM, QUIET, TOKEN, command, live_figure, seen

EXECUTED = os.environ.get("AEUTILS_NOTEBOOKS")
NAMES = ["every_live_figure", *sorted(path.stem for path in Path(EXECUTED or "-").glob("*.ipynb"))]
SHOTS = os.environ.get("AEUTILS_SHOTS")

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("lab")
    lab.write_notebook(home / "every_live_figure.ipynb", lab.MODELS, *lab.CALLS)
    return home


@pytest.fixture(scope="module")
def address(home):
    with lab.serving(home) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=NAMES)
def notebook(request, browser, address, home):
    """The page of a notebook in which every live figure is alive."""
    name = request.param
    if name != "every_live_figure":
        lab.put_executed(Path(EXECUTED, f"{name}.ipynb"), home)
    page = lab.new_page(browser)
    lab.open_lab(page, address, f"{name}.ipynb")
    lab.kernel_is(page, "idle")
    if name == "every_live_figure":
        lab.run_all(page)
    page.name, page.home, page.address = name, home, address
    page.figures = lab.names_of_figures(page)
    yield page
    page.context.close()


def alive(page, name):
    """The live figure of this name, when it has come to life."""
    part, cell = live_figure(page, name)
    part.get_by_role("status").wait_for()
    return part, cell


def expect_change(part, act):
    before = seen(part)
    act()
    part.page.wait_for_function(
        f"([host, before]) => ({lab.SEEN})(host) !== before", arg=[part.element_handle(), before]
    )


def drive(page, names):
    """Move every slider by mouse and keys, draw on every square, click on every plot."""
    for name in names:
        part, cell = alive(page, name)
        # The mix comes before its two ends, which must stay different.
        for i, slider in reversed(list(enumerate(part.get_by_role("slider").all()))):
            least, most = (slider.get_attribute(end) for end in ("min", "max"))
            if least == most:
                continue
            box = slider.bounding_box()
            high = float(slider.input_value()) > (float(least) + float(most)) / 2
            x, y = box["width"] * (0.23 if high else 0.77 - 0.06 * i), box["height"] / 2
            expect_change(
                part, lambda slider=slider, x=x, y=y: slider.click(position={"x": x, "y": y})
            )
            expect_change(part, lambda slider=slider: slider.press("ArrowLeft"))
        for plot in part.locator("canvas.live").all():
            box = plot.bounding_box()
            spots = [{"x": box["width"] * at, "y": box["height"] * at} for at in (0.31, 0.72)]
            for spot in spots:
                plot.click(position=spot)
            expect_change(part, lambda plot=plot, spot=spots[0]: plot.click(position=spot))
        for square in part.locator("canvas.square").all():
            part.get_by_role("button", name="Clear").click()
            for key in ("ArrowDown", "ArrowRight"):
                expect_change(part, lambda key=key, square=square: square.press(key))
            spot = {"x": 60, "y": 200}
            expect_change(part, lambda square=square, spot=spot: square.click(position=spot))
        if cell >= 0:  # no key was taken for a shortcut
            where = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
            assert page.evaluate(where) == cell
    assert page.errors == []


def shots(page, names, place):
    """Screenshots of every live figure, to be looked at."""
    if SHOTS:
        for number, name in enumerate(names):
            alive(page, name)[0].screenshot(path=f"{SHOTS}/{page.name}_{number:02}_{place}.png")


# In this order: each test leaves the notebook as the next one needs it.


def test_no_cell_fails_and_every_call_shows_a_living_figure(notebook):
    assert [each for each in lab.outputs(notebook) if each["output_type"] == "error"] == []
    assert len(notebook.figures) >= 3
    for name in notebook.figures:
        assert not alive(notebook, name)[0].locator("img").first.is_visible()
    if notebook.name == "every_live_figure":
        assert len(notebook.figures) == len(lab.CALLS)


def test_live_figures_follow_while_a_cell_trains(notebook):
    lab.begin_training(notebook)
    drive(notebook, notebook.figures)
    lab.kernel_is(notebook, "busy")  # all the while
    lab.end_training(notebook)


def expect_accessible(page, names, place=""):
    """Axe finds nothing in the light and in the dark theme."""
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    for theme in ("Light", "Dark"):
        command(page, "apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        body = page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")
        body.wait_for(state="attached")
        for name in names:
            alive(page, name)
            found = page.evaluate(
                """name => axe.run({ include: [[`[data-explorable="${name}"]`]] })
                    .then(result => result.violations.map(each =>
                        [each.id, each.nodes.map(node => node.html + node.failureSummary)]))""",
                name,
            )
            assert found == [], (theme, name)
        shots(page, names, place + theme.lower())
    command(page, "apputils:change-theme", {"theme": "JupyterLab Light"})


def test_axe_finds_nothing_in_light_and_dark(notebook):
    expect_accessible(notebook, notebook.figures)


def test_the_wheel_over_a_square_scrolls_the_page(notebook):
    where = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    for name in notebook.figures:
        for square in alive(notebook, name)[0].locator("canvas.square").all():
            square.hover()
            before = notebook.evaluate(where)
            notebook.mouse.wheel(0, -300)
            notebook.wait_for_function(f"before => ({where})() !== before", arg=before)


# The other notebooks' kernels have trained nothing here.
@pytest.mark.parametrize("notebook", ["every_live_figure"], indirect=True)
def test_a_cell_that_shift_and_enter_run_twenty_times_leaves_nothing_behind(notebook):
    tools = notebook.context.new_cdp_session(notebook)
    name, counts = notebook.figures[0], []
    for _ in range(2):
        for _ in range(10):
            part, _ = alive(notebook, name)
            part.evaluate("host => { host.old = true; }")
            part.get_by_role("slider").first.press("Shift+Enter")
            renewed = (
                "name => { const host = document.querySelector(`[data-explorable='${name}']`);"
            )
            notebook.wait_for_function(renewed + "return host && !host.old; }", arg=name)
            lab.kernel_is(notebook, "idle")
            assert notebook.locator(f'[data-explorable="{name}"]').count() == 1
        tools.send("HeapProfiler.collectGarbage")
        listeners = tools.send("Memory.getDOMCounters")["jsEventListeners"]
        counts.append((listeners, len(notebook.evaluate("Object.keys(window)"))))
    (before, names), (after, names_after) = counts
    assert names_after == names
    assert after <= before + 20  # of the figure alone, ten runs would leave more


def test_live_figures_live_on_when_the_kernel_is_shut_down(notebook):
    command(notebook, "docmanager:save")
    command(notebook, "kernelmenu:shutdown")
    drive(notebook, notebook.figures)


def test_live_figures_live_in_a_notebook_that_is_closed_and_opened_again(notebook, browser):
    page = lab.new_page(browser)
    # As a reader finds it the next day: JupyterLab starts no kernel.
    page.goto(f"{notebook.address}/lab?token={TOKEN}&reset")
    page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('docmanager:open')")
    kernel = {"shouldStart": False, "canStart": False}
    path = {"path": f"{notebook.name}.ipynb", "kernelPreference": kernel}
    command(page, "docmanager:open", path)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    drive(page, notebook.figures)
    session = "window.jupyterapp.shell.currentWidget.sessionContext.session"
    assert page.evaluate(f"() => {session}?.kernel ?? null") is None
    page.context.close()


def test_live_figures_live_in_notebook_7(notebook, browser):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed")
    page = lab.new_page(browser)
    page.name = notebook.name
    page.goto(f"{notebook.address}/notebooks/{notebook.name}.ipynb?token={TOKEN}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    drive(page, notebook.figures)
    expect_accessible(page, notebook.figures, "notebook7_")
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_live_figures_live_in_an_exported_page_with_the_network_cut(notebook, browser, theme):
    path = notebook.home / f"{notebook.name}.ipynb"
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", f"--HTMLExporter.theme={theme}"]
    subprocess.run([*convert, str(path)], check=True, capture_output=True)
    page, requests = lab.new_page(browser), []
    page.name = notebook.name
    page.context.set_offline(True)
    page.goto(path.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    page.on("request", lambda request: requests.append(request.url))
    drive(page, notebook.figures if theme == "light" else notebook.figures[:1])
    shots(page, notebook.figures, f"exported_{theme}")
    assert [url for url in requests if not url.startswith(("data:", "file:"))] == []
    page.context.close()


def test_without_trust_the_picture_and_its_alternative_stay(notebook, browser):
    path = notebook.home / f"{notebook.name}.ipynb"
    changed = json.loads(path.read_text(encoding="utf-8"))
    changed["metadata"]["from"] = "somebody else"  # what Jupyter has not signed it does not trust
    other = notebook.home / f"{notebook.name}_untrusted.ipynb"
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
    other.unlink()
