"""A reader opens each notebook in JupyterLab, runs it, drags a slider and draws a digit.

The folder of notebooks is `notebooks/`, or the one that AEUTILS_NOTEBOOKS names.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("AEUTILS_NOTEBOOKS") or Path(__file__).parent.parent / "notebooks")
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
CALLS = "explore_digit drag_code morph_digits browse_confusions find_neighbours explore_filters"
CALL = rf"\b({'|'.join([*CALLS.split(), 'remove_noise', 'draw_digit'])})\("
VIEW = "application/vnd.jupyter.widget-view+json"
WAIT = 1000 * int(os.environ.get("AEUTILS_WAIT", "300"))  # milliseconds: what a slow machine needs
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of its own, with a copy of the notebooks without outputs."""
    home = tmp_path_factory.mktemp("lab")
    for path in FOLDER.glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        (home / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token=secret"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--expose-app-in-browser"]  # the tests ask the notebook itself which cells have run
    # Settings of whoever runs the tests must not matter, nor be changed.
    folders = ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    folders += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    settings = {name: str(home / ".settings" / name) for name in folders}
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen(
            command, cwd=home, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status?token=secret", server, home / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(url, server, log):
    """Return when the server answers; fail when it ends first."""
    while server.poll() is None:
        try:
            return urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            pass
    pytest.fail(f"JupyterLab did not start: {log.read_text()}")


@pytest.fixture(scope="module", params=NAMES)
def notebook(request, lab):
    """The page of a notebook all of whose cells have run in this browser."""
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(WAIT)
        playwright.expect.set_options(timeout=WAIT)
        page.goto(f"{lab}/lab/tree/{request.param}.ipynb?token=secret&reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        run_all(page)
        yield page
        browser.close()


def run_all(page):
    """Run > Run All Cells, and wait until the last one is done or one has failed."""
    kernel_is_idle(page)
    page.evaluate(
        """() => {
            window.ran = false;
            const all = window.jupyterapp.commands.execute('notebook:run-all-cells');
            all.finally(() => { window.ran = true; });
        }"""
    )
    page.wait_for_function("() => window.ran", timeout=2 * WAIT)
    kernel_is_idle(page)


def kernel_is_idle(page):
    session = "window.jupyterapp.shell.currentWidget.sessionContext?.session"
    page.wait_for_function(f"() => {session}?.kernel?.status === 'idle'")


def outputs(page):
    return page.evaluate(
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
            .filter(c => c.type === 'code').flatMap(c => c.outputs.toJSON())"""
    )


def sources(page):
    return page.evaluate(
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
            .filter(c => c.type === 'code').map(c => c.sharedModel.source).join('\\n')"""
    )


def control(page, name):
    """The live control of this name, scrolled into view: others are not even on the page."""
    page.evaluate(
        """name => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const of = cell => JSON.stringify(cell.model.outputs?.toJSON() ?? '');
            const found = notebook.widgets.findIndex(cell => of(cell).includes(name + ', at the'));
            if (found < 0) throw new Error('no output holds the control ' + name);
            notebook.activeCellIndex = found;
            return notebook.scrollToItem(found);
        }""",
        name,
    )
    part = page.locator(".jp-OutputArea-output", has=page.get_by_text(f"{name}.", exact=True))
    part.locator("img").wait_for()
    return part


def names_of_controls(page):
    texts = [output.get("data", {}).get("text/plain", "") for output in outputs(page)]
    return [text.split(", at the start")[0] for text in texts if ", at the start" in text]


PIXELS = """img => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
    canvas.getContext('2d').drawImage(img, 0, 0);
    return canvas.toDataURL();
}"""


def picture(part):
    return part.locator("img").evaluate(PIXELS)


def expect_another_picture(page, part, before):
    image = part.locator("img").element_handle()
    page.wait_for_function(f"([img, before]) => ({PIXELS})(img) !== before", arg=[image, before])


def test_no_cell_fails(notebook):
    assert [output for output in outputs(notebook) if output["output_type"] == "error"] == []


def test_every_control_is_live_and_has_a_picture_with_a_text_for_when_it_is_not(notebook):
    names = names_of_controls(notebook)
    # A control that has nothing to show prints why: then there are fewer pictures than calls.
    assert len(names) == len(re.findall(CALL, sources(notebook))) >= 3
    for name in names:
        part = control(notebook, name)
        assert part.locator("img").count() == 1, "the widget shows, and not the static picture"
        assert "Try: " in part.inner_text()
    with_view = [o for o in outputs(notebook) if VIEW in o.get("data", {})]
    assert len(with_view) == len(names)
    assert all(len(o["metadata"]["image/png"]["alt"].split()) > 5 for o in with_view)


def test_a_drag_and_a_key_on_every_first_slider_change_the_picture(notebook):
    for name in names_of_controls(notebook):
        part = control(notebook, name)
        handle = part.locator(".noUi-handle").first
        if handle.count() == 0:
            continue  # the drawing has no slider
        before = picture(part)
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        notebook.mouse.move(x, y)
        notebook.mouse.down()
        for step in range(1, 6):
            notebook.mouse.move(x + 12 * step, y)
        notebook.mouse.up()
        expect_another_picture(notebook, part, before)
        before = picture(part)
        handle.press("ArrowLeft")
        expect_another_picture(notebook, part, before)


def test_a_drawn_digit_is_answered_and_cleared(notebook):
    part = control(notebook, "Draw a digit")
    status = part.get_by_role("status")
    part.get_by_role("button", name="Clear").click()
    playwright.expect(status).to_contain_text("The drawing is empty")
    before = picture(part)
    box = part.locator("canvas").bounding_box()
    notebook.mouse.move(box["x"] + 140, box["y"] + 50)
    notebook.mouse.down()
    for step in range(1, 11):  # a 1
        notebook.mouse.move(box["x"] + 140, box["y"] + 50 + 18 * step)
    notebook.mouse.up()
    expect_another_picture(notebook, part, before)
    playwright.expect(status).to_contain_text(re.compile("The model says|Mean squared error"))


def test_arrow_keys_draw_too_and_escape_leaves_the_square(notebook):
    part = control(notebook, "Draw a digit")
    part.get_by_role("button", name="Clear").click()
    playwright.expect(part.get_by_role("status")).to_contain_text("The drawing is empty")
    canvas = part.locator("canvas")
    canvas.focus()
    for _ in range(8):
        notebook.keyboard.press("ArrowDown")
    playwright.expect(part.get_by_role("status")).not_to_contain_text("empty")
    notebook.keyboard.press("Escape")
    playwright.expect(part.get_by_role("button", name="Clear")).to_be_focused()


def test_running_a_cell_again_leaves_one_control(notebook):
    for name in names_of_controls(notebook):
        part = control(notebook, name)
        notebook.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
        kernel_is_idle(notebook)
        playwright.expect(part).to_have_count(1)
        playwright.expect(part.locator("img")).to_have_count(1)
