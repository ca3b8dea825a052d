"""Live figures in Firefox, as it is and with privacy.resistFingerprinting, as Tor's browser has it.

Firefox itself speaks WebDriver BiDi, so that nothing else has to be installed.
"""

import contextlib
import itertools
import json
import shutil
import socket
import subprocess

import pytest
from engine import CALLS, output

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
websocket = pytest.importorskip("websocket", reason="websocket-client is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed"),
]
CANVAS = """(() => {
    const on = document.createElement("canvas").getContext("2d");
    on.fillRect(0, 0, 99, 99);
    return on.getImageData(0, 0, 9, 9).data.slice(0, 3).join();
})()"""
SAID = """[...document.querySelectorAll("[data-explorable]")].map(host =>
    host.shadowRoot.querySelector("[role=status]").textContent).join("|")"""
ROOT = "document.querySelector('#drawing [data-explorable]').shadowRoot"
SQUARE = f"""(() => {{
    const square = {ROOT}.querySelector(".square");
    square.scrollIntoView();
    return (({{ x, y }}) => `${{x}} ${{y}}`)(square.getBoundingClientRect());
}})()"""


@contextlib.contextmanager
def firefox(folder, protected):
    """Start Firefox; gives a function that calls a command of WebDriver BiDi."""
    folder.mkdir()
    setting = f'user_pref("privacy.resistFingerprinting", {str(protected).lower()});'
    (folder / "user.js").write_text(setting, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(folder)]
    browser = subprocess.Popen(
        [*command, f"--remote-debugging-port={port}"], stderr=subprocess.DEVNULL
    )
    line, numbers = None, itertools.count()
    try:
        while line is None:
            assert browser.poll() is None, "Firefox does not start"
            with contextlib.suppress(OSError):
                address = f"ws://127.0.0.1:{port}/session"
                line = websocket.create_connection(address, timeout=300, suppress_origin=True)

        def call(method, **parameters):
            number = next(numbers)
            line.send(json.dumps({"id": number, "method": method, "params": parameters}))
            while (answer := json.loads(line.recv())).get("id") != number:
                pass  # an event
            return answer["result"]

        call("session.new", capabilities={})
        yield call
    finally:
        browser.terminate()
        browser.wait()


def sentences(page, folder, protected):
    """What a canvas holds; what the figures say at the start, after a stroke and after Clear."""
    with firefox(folder, protected) as call:
        [tab] = call("browsingContext.getTree")["contexts"]
        here = {"context": tab["context"]}
        call("browsingContext.navigate", url=page.as_uri(), wait="complete", **here)

        def ask(code):
            told = call("script.evaluate", expression=code, target=here, awaitPromise=False)
            return told["result"].get("value")

        found = [ask(CANVAS), ask(SAID)]
        x, y = (int(float(part)) for part in ask(SQUARE).split())
        moves = [{"type": "pointerMove", "x": x + 140, "y": y + 60 + 20 * i} for i in range(8)]
        moves.insert(1, {"type": "pointerDown", "button": 0})
        moves.append({"type": "pointerUp", "button": 0})
        mouse = {"type": "pointer", "id": "mouse", "actions": moves}
        call("input.performActions", actions=[mouse], **here)
        found.append(ask(SAID))
        ask(f"{ROOT}.querySelector('button').click()")
        return [*found, ask(SAID)]


def test_protected_readers_get_the_same_sentences(tmp_path):
    parts = (f'<section id="{name}">{output(name)[0]["text/html"]}</section>' for name in CALLS)
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><meta charset="utf-8">' + "".join(parts), encoding="utf-8")
    black, *usual = sentences(page, tmp_path / "usual", False)
    noise, *protected = sentences(page, tmp_path / "protected", True)
    assert (black, noise == black) == ("0,0,0", False), "this Firefox does not protect its canvas"
    assert usual == protected
    start, drawn, cleared = (each.split("|")[list(CALLS).index("drawing")] for each in usual)
    assert start.startswith("Mean squared error of the reconstruction")
    assert drawn.startswith("Mean squared error of the reconstruction")
    assert drawn != start
    assert cleared.startswith("The drawing is empty")
