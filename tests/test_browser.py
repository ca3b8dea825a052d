"""Live figures in Jupyter: while a cell trains, without a kernel, saved, exported, not trusted.

A JupyterLab of its own and a browser in it. test_page.py says what each of the figures does.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import engine
import nbformat
import pytest

axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytestmark = pytest.mark.browser

WAIT = 1000 * int(os.environ.get("AEUTILS_WAIT", "300"))  # milliseconds: what a slow machine needs
TOKEN = "secret"

# A cell that says when it begins to train, and trains until there is a file "enough".
TRAINING = """
import keras, numpy as np, os

class UntilEnough(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = os.path.exists("enough")

busy = keras.Sequential([keras.Input((784,)), keras.layers.Dense(512), keras.layers.Dense(784)])
busy.compile("adam", "mse")
some = np.random.default_rng(0).random((20_000, 784), "float32")
print("training")
busy.fit(some, some, batch_size=500, epochs=100_000, verbose=0, callbacks=[UntilEnough()])
"""
# Cells with every live figure.
CELLS = [f"import sys\nsys.path.append({str(Path(__file__).parent)!r})\nfrom engine import CALLS"]
CELLS += [f"CALLS[{name!r}]()" for name in engine.CALLS]


@contextlib.contextmanager
def serving(home):
    """Run a JupyterLab (and Notebook 7) in a folder, with settings of its own; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=127.0.0.1", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    # The tests ask the notebook itself which cells have run, and choose its theme.
    command += ["--expose-app-in-browser", "--JupyterNotebookApp.expose_app_in_browser=True"]
    # Settings of whoever runs the tests must not matter, nor be changed.
    folders = ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_DATA_DIR"]
    folders += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    settings = {name: str(home / ".settings" / name) for name in folders}
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen(
            command, cwd=home, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        while server.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=5).close()
                break
        else:
            raise RuntimeError(f"JupyterLab did not start: {(home / 'server.log').read_text()}")
        yield address
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(60)  # it once waited for its kernel without end
        server.kill()


def new_page(browser):
    """A page with a touch screen that collects the errors of its scripts, but not JupyterLab's."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.errors = []
    # JupyterLab's own code is served from /static/; ours stands in the page.
    ours = lambda error: "/static/" not in (error.stack or "")  # noqa: E731
    page.on("pageerror", lambda error: ours(error) and page.errors.append(str(error)))
    return page


def open_lab(page, address, name):
    """Open a notebook in JupyterLab."""
    page.goto(f"{address}/lab/tree/{name}?token={TOKEN}&reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    kernel_is(page, "idle")


def command(page, name, arguments=None):
    """Execute a command of JupyterLab and wait for its end."""
    page.evaluate("([c, a]) => window.jupyterapp.commands.execute(c, a)", [name, arguments or {}])


def kernel_is(page, status):
    session = "window.jupyterapp.shell.currentWidget.sessionContext?.session"
    page.wait_for_function(f"() => {session}?.kernel?.status === '{status}'")


def begin_cell(page, cell):
    """Run a cell, the last one is -1; window.ran says when it is done."""
    page.evaluate(
        """cell => {
            const { shell, commands } = window.jupyterapp, { content } = shell.currentWidget;
            content.activeCellIndex = cell < 0 ? content.widgets.length + cell : cell;
            window.ran = false;
            commands.execute('notebook:run-cell').finally(() => { window.ran = true; });
        }""",
        cell,
    )


def outputs(page):
    """The outputs of the notebook's code cells, as it would be saved."""
    return page.evaluate(
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
            .filter(c => c.type === 'code').flatMap(c => c.outputs.toJSON())"""
    )


def figures(page):
    """The names of the live figures in an opened notebook, in order."""
    texts = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs(page)]
    return [text.split('"')[1] for text in texts if text.startswith("<div data-explorable=")]


def alive(page, name):
    """The live figure of this name, in view and come to life, and the number of its cell or -1."""
    cell = scroll_to(page, name)
    part = page.locator(f'[data-explorable="{name}"]').first
    part.scroll_into_view_if_needed()
    part.get_by_role("status").wait_for()
    return part, cell


def scroll_to(page, text):
    """Scroll to the cell with a text in its outputs: others may not even be on the page."""
    return page.evaluate(
        """async text => {
            const notebook = window.jupyterapp?.shell.currentWidget?.content;
            if (!notebook?.scrollToItem) return -1; // an exported page
            const of = cell => JSON.stringify(cell.model.outputs?.toJSON() ?? '');
            const found = notebook.widgets.findIndex(cell => of(cell).includes(text));
            notebook.activeCellIndex = found;
            await notebook.scrollToItem(found);
            return found;
        }""",
        text,
    )


SEEN = """host => host.shadowRoot && [...host.shadowRoot.querySelectorAll('canvas')]
    .map(canvas => canvas.toDataURL()).join()
    + host.shadowRoot.querySelector('[role=status]').textContent"""


def expect_change(part, act, *given, **more):
    """An act changes what a live figure shows: its pixels or its sentence."""
    before = part.evaluate(SEEN)
    act(*given, **more)
    changed = f"([host, before]) => ({SEEN})(host) !== before"
    part.page.wait_for_function(changed, arg=[part.element_handle(), before])


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    """The page of a notebook in which every live figure is alive."""
    path = tmp_path_factory.mktemp("lab") / "every_live_figure.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in (*CELLS, TRAINING)]
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)
    with serving(path.parent) as address:
        page = new_page(browser)
        open_lab(page, address, path.name)
        for cell in range(len(CELLS)):
            begin_cell(page, cell)
            page.wait_for_function("() => window.ran")
        command(page, "docmanager:save")
        page.path, page.address, page.figures = path, address, figures(page)
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


# Where a reader meets live figures: each gives the page that is driven there.


@contextlib.contextmanager
def while_a_cell_trains(notebook, browser):
    begin_cell(notebook, -1)
    last = "window.jupyterapp.shell.currentWidget.content.widgets.at(-1)"
    notebook.wait_for_function(f"() => {last}.model.outputs.length > 0")
    yield notebook
    kernel_is(notebook, "busy")  # all the while
    notebook.path.with_name("enough").touch()
    kernel_is(notebook, "idle")


@contextlib.contextmanager
def after_the_kernel_is_shut_down(notebook, browser):
    command(notebook, "kernelmenu:shutdown")
    yield notebook


@contextlib.contextmanager
def in_notebook_7(notebook, browser):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed")
    page = new_page(browser)
    page.goto(f"{notebook.address}/notebooks/{notebook.path.name}?token={TOKEN}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    yield page
    page.context.close()


@contextlib.contextmanager
def exported_with_the_network_cut(notebook, browser):
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--HTMLExporter.theme=dark"]
    subprocess.run([*convert, str(notebook.path)], check=True, capture_output=True)
    page, requests = new_page(browser), []
    page.context.set_offline(True)
    page.goto(notebook.path.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    page.on("request", lambda request: requests.append(request.url))
    yield page
    assert [url for url in requests if not url.startswith(("data:", "file:"))] == []
    page.context.close()


# In this order: each test leaves the notebook as the next one needs it.


def test_no_cell_fails_and_every_call_shows_a_living_figure(notebook):
    assert [each for each in outputs(notebook) if each["output_type"] == "error"] == []
    assert len(notebook.figures) == len(CELLS) - 1
    for name in notebook.figures:
        assert not alive(notebook, name)[0].locator("img").first.is_visible()


def test_axe_finds_nothing_in_light_and_dark(notebook):
    notebook.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        command(notebook, "apputils:change-theme", {"theme": theme})
        notebook.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
        for name in notebook.figures:
            alive(notebook, name)
            found = notebook.evaluate(
                """name => axe.run({ include: [[`[data-explorable="${name}"]`]] })
                    .then(result => result.violations.map(each =>
                        [each.id, each.nodes.map(node => node.html + node.failureSummary)]))""",
                name,
            )
            assert found == [], (theme, name)


def test_shift_and_enter_in_a_slider_run_the_cell(notebook):
    name = notebook.figures[0]
    part, _ = alive(notebook, name)
    part.evaluate("host => { host.old = true; }")
    part.get_by_role("slider").first.press("Shift+Enter")
    renewed = "name => { const host = document.querySelector(`[data-explorable='${name}']`);"
    notebook.wait_for_function(renewed + "return host && !host.old; }", arg=name)
    kernel_is(notebook, "idle")
    assert notebook.locator(f'[data-explorable="{name}"]').count() == 1


def test_a_cell_run_twenty_times_leaves_nothing_behind(notebook):
    tools, name = notebook.context.new_cdp_session(notebook), notebook.figures[0]
    counts = []
    for _ in range(2):
        for _ in range(10):
            alive(notebook, name)
            command(notebook, "notebook:run-cell")
            kernel_is(notebook, "idle")
            alive(notebook, name)
        tools.send("HeapProfiler.collectGarbage")
        listeners = tools.send("Memory.getDOMCounters")["jsEventListeners"]
        counts.append((listeners, len(notebook.evaluate("Object.keys(window)"))))
    (before, names), (after, names_after) = counts
    assert names_after == names
    assert after <= before + 20  # of the figure alone, ten runs would leave more


PLACES = [while_a_cell_trains, after_the_kernel_is_shut_down, in_notebook_7]


@pytest.mark.parametrize("place", [*PLACES, exported_with_the_network_cut])
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
    page = new_page(browser)
    open_lab(page, notebook.address, other.name)
    for name, data in zip(notebook.figures, outputs, strict=True):
        scroll_to(page, name)
        image = page.get_by_alt_text("".join(data["text/plain"])).first
        image.wait_for()
        assert image.evaluate("each => each.complete && each.naturalWidth > 1.9 * each.width")
    parts = "[...document.querySelectorAll('.jp-OutputArea-output *')]"
    assert page.evaluate(f"{parts}.every(each => !each.shadowRoot)"), "nothing has come to life"
    page.context.close()
