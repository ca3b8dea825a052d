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
STATUS = """[...document.querySelectorAll("[data-explorable]")].map(host =>
    host.shadowRoot.querySelector("[role=status]").textContent).join("|")"""


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
    command.append(f"--remote-debugging-port={port}")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as browser:
        line, numbers, begun = None, itertools.count(), time.monotonic()
        while line is None:
            with contextlib.suppress(OSError):
                line = websocket.create_connection(
                    f"ws://127.0.0.1:{port}/session", timeout=300, suppress_origin=True
                )
            assert time.monotonic() - begun < 300, "Firefox does not start"

        def call(method, **parameters):
            number = next(numbers)
            line.send(json.dumps({"id": number, "method": method, "params": parameters}))
            while (answer := json.loads(line.recv())).get("id") != number:
                pass  # an event
            return answer["result"]

        call("session.new", capabilities={})
        yield call
        browser.terminate()


@pytest.mark.parametrize("protected", [False, True])
def test_protected_readers_get_the_same_sentences(tmp_path, protected):
    parts = (f'<section id="{name}">{output(name)[0]["text/html"]}</section>' for name in CALLS)
    head = '<!doctype html><meta charset="utf-8"><title>Live</title>'
    (tmp_path / "page.html").write_text(head + "".join(parts), encoding="utf-8")
    with firefox(tmp_path / "profile", protected) as call:
        page = {"context": call("browsingContext.getTree")["contexts"][0]["context"]}
        address = (tmp_path / "page.html").as_uri()
        call("browsingContext.navigate", url=address, wait="complete", **page)

        def ask(code):
            told = call("script.evaluate", expression=code, target=page, awaitPromise=False)
            return told["result"].get("value")

        black, start = ask(CANVAS), ask(STATUS).split("|")
        x, y = (int(float(part)) for part in ask(SQUARE).split())
        moves = [{"type": "pointerMove", "x": x + 140, "y": y + 60 + 20 * i} for i in range(8)]
        moves.insert(1, {"type": "pointerDown", "button": 0})
        moves.append({"type": "pointerUp", "button": 0})
        mouse = {"type": "pointer", "id": "mouse", "actions": moves}
        call("input.performActions", actions=[mouse], **page)
        drawn = ask(STATUS).split("|")
        ask(f"{ROOT}.querySelector('button').click()")
        cleared = ask(STATUS).split("|")
    assert (black == "0,0,0") != protected, "whether this Firefox protects its canvas"
    at = list(CALLS).index("drawing")
    for said in (start[at], drawn[at]):
        assert said.startswith("Mean squared error of the reconstruction")
    assert drawn[at] != start[at]
    assert cleared[at].startswith("The drawing is empty")
    SAID.setdefault("sentences", [start, drawn, cleared])
    assert SAID["sentences"] == [start, drawn, cleared]


SAID = {}  # by the Firefox that comes first
