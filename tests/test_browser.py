"""Whoever opens a notebook drives its controls: by mouse, keys and touch, with a kernel or without.

All controls of the notebooks in `notebooks/`, which are executed for this test, or stand executed
and with their HTML outputs in the folder that AEUTILS_NOTEBOOKS names; and of a notebook with every
control, which runs in the browser. AEUTILS_SHOTS names a folder for screenshots to look at.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import answers
import lab
import numpy as np
import pytest
from lab import CHROMIUM, QUIET, TOKEN, command, control, seen
from mnist import load_mnist

FOLDER = Path(__file__).parent.parent / "notebooks"
EXECUTED = os.environ.get("AEUTILS_NOTEBOOKS")
NAMES = ["every_control", *sorted(path.stem for path in FOLDER.glob("*.ipynb"))]
SHOTS = os.environ.get("AEUTILS_SHOTS")
CALL = r"^(explore_\w+|draw_digit|replay)\("

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]

# Every control, two of some kinds: comparing two models side by side is what they are for.
EVERY = [
    """
import keras
from keras import layers
from aeutils import *
(images, labels), (test_images, test_labels) = load_mnist()
x, test_images, test_labels = to_vectors(images[:2000]), test_images[:500], test_labels[:500]
x_test, maps = to_vectors(test_images), to_images(test_images)
keras.utils.set_random_seed(1)

def pair(size):
    encoder = keras.Sequential([keras.Input((784,)), layers.Dense(size)])
    return encoder, keras.Sequential([keras.Input((size,)), layers.Dense(784, "sigmoid")])

encoder, decoder = pair(16)
flat_encoder, flat_decoder = pair(2)
autoencoder = keras.Sequential([encoder, decoder])
autoencoder.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
snapshots = Snapshots(encoder, decoder, x_test, test_labels)
autoencoder.fit(x, x, batch_size=100, epochs=2, verbose=0, callbacks=[snapshots])
classifier = keras.Sequential([keras.Input((784,)), layers.Dense(10, "softmax")])
classifier.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
classifier.fit(x, labels[:2000], epochs=1, verbose=0)
conv = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(4, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(2), layers.Conv2D(3, 3, activation="relu"),
])
""",
    "explore_digit(encoder, decoder, x_test)",
    "explore_digit(flat_encoder, flat_decoder, x_test)",
    "explore_code(encoder, decoder, x_test)",
    "explore_code_map(flat_encoder, flat_decoder, x_test, test_labels)",
    "explore_interpolation(encoder, decoder, x_test)",
    "explore_confusions(classifier, x_test, test_labels)",
    "explore_neighbours(encoder, x_test, test_labels)",
    "explore_filters(conv, maps)",
    "explore_denoising(autoencoder, x_test)",
    "draw_digit(autoencoder)",
    "draw_digit(classifier, conv)",
    "replay(snapshots)",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("lab")
    lab.write_notebook(home / "every_control.ipynb", *EVERY)
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
    """The page of a notebook in which every control is alive."""
    name = request.param
    if name != "every_control":  # executed without a browser: that takes minutes
        path = Path(EXECUTED, f"{name}.ipynb") if EXECUTED else None
        lab.put_executed(path or FOLDER / f"{name}.ipynb", home, execute=not EXECUTED)
    page = lab.new_page(browser)
    lab.open_lab(page, address, f"{name}.ipynb")
    lab.kernel_is(page, "idle")
    if name == "every_control":
        lab.run_all(page)
    page.name, page.home, page.address = name, home, address
    page.controls = lab.names_of_controls(page)
    yield page
    page.context.close()


def alive(part):
    """Wait until a control has come to life."""
    part.get_by_role("status").wait_for()
    return part


def expect_change(part, act):
    before = seen(part)
    act()
    page = part.page
    page.wait_for_function(
        f"([host, before]) => ({lab.SEEN})(host) !== before", arg=[part.element_handle(), before]
    )


def drive(page, names):
    """Move every slider, press every button, drag every picture, draw on every square."""
    for name in names:
        part, cell = control(page, name)
        alive(part)
        # The mix comes before its two ends, which must stay different.
        for i, slider in reversed(list(enumerate(part.get_by_role("slider").all()))):
            drive_slider(page, part, slider, 0.25 - 0.06 * i)
        for picture in part.locator("canvas.live").all():
            drive_picture(page, part, picture)
        for square in part.locator("canvas.square").all():
            drive_square(page, part, square)
        if cell >= 0:  # no key was taken for a shortcut
            where = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
            assert page.evaluate(where) == cell
    assert page.errors == []


def drive_slider(page, part, slider, far):
    slider.scroll_into_view_if_needed()
    least, most = (float(slider.get_attribute(name)) for name in ("min", "max"))
    if least == most:
        return
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    at = (float(slider.input_value()) - least) / (most - least)
    place = box["x"] + 8 + (box["width"] - 16) * at

    def drag():
        page.mouse.move(place, y)
        page.mouse.down()
        to = box["x"] + box["width"] * (0.9 if at < 0.5 else 0.1)
        for step in range(1, 5):
            page.mouse.move(place + (to - place) * step / 4, y)
        page.mouse.up()

    expect_change(part, drag)
    value = float(slider.input_value())
    keys = ["ArrowLeft", "ArrowDown"] if value > least else ["ArrowRight", "ArrowUp"]
    for key in keys:
        if float(slider.input_value()) not in (least, most):
            expect_change(part, lambda key=key: slider.press(key))
    far = far if float(slider.input_value()) > (least + most) / 2 else 1 - far
    expect_change(part, lambda: page.touchscreen.tap(box["x"] + box["width"] * far, y))


def drive_picture(page, part, picture):
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    spots = [(box["x"] + box["width"] * a, box["y"] + box["height"] * b)
             for a, b in ((0.31, 0.35), (0.55, 0.75), (0.8, 0.5))]  # fmt: skip

    def drag():
        page.mouse.move(*spots[0])
        page.mouse.down()
        page.mouse.move(*spots[1], steps=3)
        page.mouse.up()

    expect_change(part, drag)
    expect_change(part, lambda: page.touchscreen.tap(*spots[2]))


def drive_square(page, part, square):
    clear = part.get_by_role("button", name="Clear")
    status = part.get_by_role("status")
    clear.click()
    playwright.expect(status).to_contain_text("The drawing is empty")
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    x, top = box["x"] + box["width"] / 2, box["y"] + 40

    def stroke():  # a 1
        page.mouse.move(x, top)
        page.mouse.down()
        page.mouse.move(x, top + 200, steps=8)
        page.mouse.up()

    expect_change(part, stroke)
    playwright.expect(status).to_contain_text(re.compile("The model says|Mean squared error"))
    clear.click()
    square.focus()
    for _ in range(6):
        expect_change(part, lambda: page.keyboard.press("ArrowDown"))
    page.keyboard.press("Delete")
    playwright.expect(status).to_contain_text("The drawing is empty")
    page.keyboard.press("Tab")  # no trap
    playwright.expect(clear).to_be_focused()
    before = where(page)
    expect_change(part, lambda: finger(page, x, top, 0, 160))
    assert where(page) == before, "the page moved under a finger that draws"


def finger(page, x, y, right, down):
    """A finger goes down, moves and is lifted."""
    touch = page.context.new_cdp_session(page)
    for step in range(9):
        at = {"x": x + right * step / 8, "y": y + down * step / 8}
        kind = "touchMove" if step else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def where(page):
    """How far the page and the notebook in it are scrolled."""
    return page.evaluate(
        """() => [document.scrollingElement, ...document.querySelectorAll(
            '.jp-WindowedPanel-outer, .jp-Notebook')].map(each => each.scrollTop)"""
    )


def shots(page, names, place):
    """Screenshots of every control, to be looked at."""
    if SHOTS:
        for number, name in enumerate(names):
            part, _ = control(page, name)
            alive(part).screenshot(path=f"{SHOTS}/{page.name}_{number:02}_{place}.png")


# In this order: each test leaves the notebook as the next one needs it.


def test_no_cell_fails_and_every_call_shows_a_living_control(notebook):
    failed = [each for each in lab.outputs(notebook) if each["output_type"] == "error"]
    assert failed == []
    sources = notebook.evaluate(
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
            .filter(c => c.type === 'code').map(c => c.sharedModel.source)"""
    )
    calls = [line for source in sources for line in re.findall(CALL, source, re.M)]
    assert len(notebook.controls) == len(calls) >= 3
    for name in notebook.controls:
        part, _ = control(notebook, name)
        assert not alive(part).locator("img").first.is_visible(), "the control, not its picture"


def test_controls_follow_mouse_keys_and_touch_while_a_cell_trains(notebook):
    lab.begin_training(notebook)
    drive(notebook, notebook.controls)
    lab.kernel_is(notebook, "busy")  # all the while
    lab.end_training(notebook)


# The code that stands in the control's own output, once more; its start() finds it alive.
FRONT_END = """host => {
    const code = host.parentNode.querySelector('script[type=module]').textContent;
    return new Function(`${code}; return { read, trace, asMnist, reds, SIDE };`)();
}"""
COMPUTED = """(host, [{ read, trace }, name, rows]) => {
    const model = read(host.querySelector('script').textContent)[name];
    const found = rows.map(row => trace(model, row));
    return found[0].map(({ shape }, layer) =>
        ({ shape, rows: found.map(each => Array.from(each[layer].values)) }));
}"""
SHOWN = """(host, { asMnist, reds, SIDE }) => {
    const [canvases, inputs, squares] = ['canvas', 'input', '.square'].map(each =>
        [...host.shadowRoot.querySelectorAll(each)]);
    const red = each => [...reds(each.getContext('2d'), each.width, each.height)];
    return {
        said: host.shadowRoot.querySelector('[role=status]').textContent,
        set: inputs.map(each => Number(each.value)),
        red: canvases.map(red),
        drawn: squares.map(each => [...asMnist(red(each), SIDE)])[0],
    };
}"""


def test_the_page_computes_and_shows_what_keras_answers(notebook):
    digits, compared = load_mnist()[1][0][:3].reshape(3, 784) / 255, []
    others = np.random.default_rng(0).normal(0, 2, (3, 784))
    for name in notebook.controls:
        part = alive(control(notebook, name)[0])
        front_end = part.evaluate_handle(FRONT_END)
        data = json.loads(part.evaluate("host => host.querySelector('script').textContent"))
        for each, model in data["models"].items():
            size = np.prod(model["shape"])
            x = digits if size == 784 else others[:, :size]
            computed = part.evaluate(COMPUTED, [front_end, each, x.tolist()])
            for layer, expected in zip(computed, answers.trace(model, x), strict=True):
                assert layer["shape"] == list(expected.shape[1:])
                far = np.abs(layer["rows"] - expected.reshape(3, -1)).max()
                assert far < 1e-3, (data["kind"], each)
        if data["models"]:
            expect_shown(part, data, front_end)
            compared.append(data["kind"])
    assert compared, "no control of this notebook carries a model"


def expect_shown(part, data, front_end):
    """The picture or the class that a control shows is the one that Keras answers."""
    for slider in part.get_by_role("slider").all():
        slider.dispatch_event("input")  # what was dragged in a picture comes to the slider's step
    seen = part.evaluate(SHOWN, front_end)
    canvas, answer = answers.shown(data, seen)
    if answer.size == 10:
        said, probability = re.search(r"says (\d), .* (\d\.\d\d)\.", seen["said"]).groups()
        assert int(said) == answer.argmax()
        assert abs(float(probability) - answer.max()) < 0.006
    else:
        far = np.subtract(seen["red"][canvas], 255 * np.clip(answer, 0, 1))
        assert np.abs(far).max() <= 1, data["kind"]


def expect_accessible(page, names, place=""):
    """Axe finds nothing in the light and in the dark theme."""
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    for theme in ("Light", "Dark"):
        command(page, "apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        body = page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")
        body.wait_for(state="attached")
        for name in names:
            alive(control(page, name)[0])
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
    expect_accessible(notebook, notebook.controls)


def test_the_wheel_over_the_square_scrolls_the_page(notebook):
    for name in notebook.controls:
        part, _ = control(notebook, name)
        for square in alive(part).locator("canvas.square").all():
            square.scroll_into_view_if_needed()
            box, before = square.bounding_box(), where(notebook)
            notebook.mouse.move(box["x"] + 100, box["y"] + 100)
            notebook.mouse.wheel(0, -300)
            notebook.wait_for_function(
                "y => document.querySelector('.jp-WindowedPanel-outer').scrollTop !== y",
                arg=before[1],
            )


# The other notebooks' kernels have trained nothing here.
@pytest.mark.parametrize("notebook", ["every_control"], indirect=True)
def test_a_cell_run_twenty_times_leaves_nothing_behind(notebook):
    tools = notebook.context.new_cdp_session(notebook)

    def left():
        tools.send("HeapProfiler.collectGarbage")
        counts = tools.send("Memory.getDOMCounters")
        return counts["jsEventListeners"], len(notebook.evaluate("Object.keys(window)"))

    name = notebook.controls[0]
    for round_ in range(2):
        for _ in range(10):
            control(notebook, name)
            command(notebook, "notebook:run-cell")
            lab.kernel_is(notebook, "idle")
            alive(control(notebook, name)[0])
            assert notebook.locator(f'[data-explorable="{name}"]').count() == 1
        if not round_:
            before = left()
    listeners, names = left()
    assert names == before[1]
    assert listeners <= before[0] + 20  # of the control alone, ten runs would leave more


def test_controls_live_on_when_the_kernel_is_shut_down(notebook):
    command(notebook, "docmanager:save")
    command(notebook, "kernelmenu:shutdown")
    drive(notebook, notebook.controls)


def test_controls_live_in_a_notebook_that_is_closed_and_opened_again(notebook, browser):
    page = lab.new_page(browser)
    page.name = notebook.name
    # As a reader finds it the next day: JupyterLab starts no kernel.
    page.goto(f"{notebook.address}/lab?token={TOKEN}&reset")
    page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('docmanager:open')")
    path = f"{notebook.name}.ipynb"
    kernel = {"path": path, "kernelPreference": {"shouldStart": False, "canStart": False}}
    command(page, "docmanager:open", kernel)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    drive(page, notebook.controls)
    session = "window.jupyterapp.shell.currentWidget.sessionContext.session"
    assert page.evaluate(f"() => {session}?.kernel ?? null") is None
    page.context.close()


def test_controls_live_in_notebook_7(notebook, browser):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed")
    page = lab.new_page(browser)
    page.name = notebook.name
    page.goto(f"{notebook.address}/notebooks/{notebook.name}.ipynb?token={TOKEN}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    drive(page, notebook.controls)
    expect_accessible(page, notebook.controls, "notebook7_")
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_live_in_an_exported_page_with_the_network_cut(notebook, browser, theme):
    path = notebook.home / f"{notebook.name}.ipynb"
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", f"--HTMLExporter.theme={theme}"]
    subprocess.run([*convert, str(path)], check=True, capture_output=True)
    page = lab.new_page(browser)
    page.name = notebook.name
    page.context.set_offline(True)
    page.goto(path.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    names = notebook.controls if theme == "light" else notebook.controls[:1]
    drive(page, names)
    shots(page, notebook.controls, f"exported_{theme}")
    assert [url for url in requests if not url.startswith(("data:", "file:"))] == []
    page.context.close()


def test_without_trust_the_picture_and_its_alternative_stay(notebook, browser):
    path = notebook.home / f"{notebook.name}.ipynb"
    changed = json.loads(path.read_text(encoding="utf-8"))
    changed["metadata"]["from"] = "somebody else"  # what Jupyter has not signed it does not trust
    other = notebook.home / f"{notebook.name}_untrusted.ipynb"
    other.write_text(json.dumps(changed), encoding="utf-8")
    page = lab.new_page(browser)
    lab.open_lab(page, notebook.address, other.name)
    for name, alternative in zip(notebook.controls, alternatives(changed), strict=True):
        lab.scroll_to(page, name)
        image = page.locator(".jp-OutputArea-output img").and_(page.get_by_alt_text(alternative))
        image.first.wait_for()
        assert image.first.evaluate("each => each.complete && each.naturalWidth > 100")
    parts = "[...document.querySelectorAll('.jp-OutputArea-output *')]"
    assert page.evaluate(f"{parts}.every(each => !each.shadowRoot)"), "nothing has come to life"
    page.context.close()
    other.unlink()


def alternatives(notebook):
    """The alternatives of the controls in a saved notebook."""
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "data-explorable" in "".join(data.get("text/html", "")):
                found.append("".join(data["text/plain"]))
    return found
