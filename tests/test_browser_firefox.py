"""Live figures in Firefox, as it is and with privacy.resistFingerprinting, as Tor's browser has it.

Firefox itself speaks WebDriver BiDi, so that nothing else has to be installed.
"""

import contextlib
import itertools
import json
import shutil
import socket
import subprocess
import time

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
    address, numbers, begun = f"ws://127.0.0.1:{port}/session", itertools.count(), time.monotonic()
    try:
        while True:
            try:
                line = websocket.create_connection(address, timeout=300, suppress_origin=True)
                break
            except OSError:
                assert time.monotonic() - begun < 300, "Firefox does not start"
                time.sleep(0.5)

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


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the figures say: at the start, after a stroke, after Clear; and what a canvas holds."""
    folder, said = tmp_path_factory.mktemp("firefox"), {}
    parts = (f'<section id="{name}">{output(name)[0]["text/html"]}</section>' for name in CALLS)
    head = '<!doctype html><meta charset="utf-8"><title>Live</title>'
    (folder / "page.html").write_text(head + "".join(parts), encoding="utf-8")
    for protected in (False, True):
        with firefox(folder / str(protected), protected) as call:
            [tab] = call("browsingContext.getTree")["contexts"]
            page = {"context": tab["context"]}
            address = (folder / "page.html").as_uri()
            call("browsingContext.navigate", url=address, wait="complete", **page)

            def ask(code, call=call, page=page):
                told = call("script.evaluate", expression=code, target=page, awaitPromise=False)
                return told["result"].get("value")

            def status(ask=ask):
                return ask("""[...document.querySelectorAll("[data-explorable]")].map(host =>
                    host.shadowRoot.querySelector("[role=status]").textContent).join("|")""")

            found = [ask(CANVAS), status()]
            x, y = (int(float(part)) for part in ask(SQUARE).split())
            moves = [{"type": "pointerMove", "x": x + 140, "y": y + 60 + 20 * i} for i in range(8)]
            moves.insert(1, {"type": "pointerDown", "button": 0})
            moves.append({"type": "pointerUp", "button": 0})
            mouse = {"type": "pointer", "id": "mouse", "actions": moves}
            call("input.performActions", actions=[mouse], **page)
            found.append(status())
            ask(f"{ROOT}.querySelector('button').click()")
            said[protected] = [*found, status()]
    return said


def test_protected_readers_get_the_same_sentences(said):
    (black, *usual), (noise, *protected) = said.values()
    assert black == "0,0,0"
    assert noise != black, "this Firefox does not protect its canvas"
    assert usual == protected
    start, drawn, cleared = (each.split("|") for each in usual)
    assert len(start) == len(CALLS)
    at = list(CALLS).index("drawing")
    assert start[at].startswith("Mean squared error of the reconstruction")
    assert drawn[at].startswith("Mean squared error of the reconstruction")
    assert drawn[at] != start[at]
    assert cleared[at].startswith("The drawing is empty")
