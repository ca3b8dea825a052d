"""A JupyterLab of its own and a browser in it: for the tests of test_browser*.py."""

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import engine
import nbformat

WAIT = 1000 * int(os.environ.get("AEUTILS_WAIT", "300"))  # milliseconds: what a slow machine needs
TOKEN = "secret"

# A cell that says when it begins to train, and trains until there is a file "enough". (An interrupt
# was not always obeyed here, on a busy machine.)
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


def run_cells(page, cells):
    """Run cells one after the other, each until it is done or has failed."""
    for cell in cells:
        begin_cell(page, cell)
        page.wait_for_function("() => window.ran")


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


def write_notebook(path, *sources):
    """Write a notebook without outputs."""
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
