"""Live figures of small networks, and the front end in V8, without a page."""

import functools
import json
import re

import keras
from keras import layers
from py_mini_racer import MiniRacer

import aeutils
from aeutils import to_images, to_vectors
from aeutils.explorables import page

IMAGES, LABELS = (array[:300] for array in aeutils.load_mnist()[1])
X, MAPS = to_vectors(IMAGES), to_images(IMAGES)
DIGITS = (IMAGES / 255).reshape(300, 784)


keras.utils.set_random_seed(1)  # a layer draws its seed when it is made


def network(inputs, *chain):
    return keras.Sequential([keras.Input(inputs), *chain])


def pair(size, activation="relu"):
    keras.utils.set_random_seed(1)
    encoder = network((784,), layers.Dense(size, activation))
    return encoder, network((size,), layers.Dense(784, "sigmoid"))


ENCODER, DECODER = pair(32)
FLAT_ENCODER, FLAT_DECODER = pair(2, "linear")
AUTOENCODER = keras.Sequential([ENCODER, DECODER])
CLASSIFIER = network((784,), layers.Dense(10, "softmax"))
CONV = network(
    (28, 28, 1),
    layers.Conv2D(6, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(4, 3, padding="same", activation="relu"),
)
DENOISER = network((33,), layers.Dense(64, "relu"), layers.Dense(32))
MEAN, SPREAD = X[:32, 400] + 0.5, X[:32, 300] + 0.5


@functools.cache
def snapshots():
    """Snapshots of a short training."""
    seen = aeutils.Snapshots(*pair(2, "linear"), X, LABELS)
    model = keras.Sequential([seen.encoder, seen.decoder])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(X, X, batch_size=50, epochs=2, verbose=0, callbacks=[seen])
    return seen


CALLS = {
    "digit": lambda: aeutils.explore_digit(ENCODER, DECODER, X),
    "code": lambda: aeutils.explore_code(ENCODER, DECODER, X),
    "map": lambda: aeutils.explore_code_map(FLAT_ENCODER, FLAT_DECODER, X, LABELS),
    "interpolation": lambda: aeutils.explore_interpolation(ENCODER, DECODER, X),
    "confusions": lambda: aeutils.explore_confusions(CLASSIFIER, X, LABELS),
    "filters": lambda: aeutils.explore_filters(CONV, MAPS),
    "denoising": lambda: aeutils.explore_denoising(AUTOENCODER, X),
    "diffusion": lambda: aeutils.explore_diffusion(DENOISER, DECODER, MEAN, SPREAD),
    "drawing": lambda: aeutils.draw_digit(AUTOENCODER),
    "classified": lambda: aeutils.draw_digit(CLASSIFIER, CONV),
    "replay": lambda: aeutils.replay(snapshots()),
}


@functools.cache
def output(call):
    """(data, metadata) of the one output that a call displays."""
    shown, display = [], page.display
    page.display = lambda data, raw, metadata: shown.append((data, metadata))
    try:
        CALLS[call]() if isinstance(call, str) else call()
    finally:
        page.display = display
    [found] = shown
    return found


def payload(text):
    """The JSON text inside a live figure's text/html."""
    return re.search(r'<script type="application/json">(.*?)</script>', text, re.S).group(1)


# What a page would give: base64, a context that notes what is drawn on it, and inputs and pictures
# that hold their last state instead of showing it.
PAGE = """
const atob = text =>
  Array.from(Uint8Array.fromBase64(text), byte => String.fromCharCode(byte)).join("");

function recorder() {
  const calls = [], on = { calls, fillStyle: "", strokeStyle: "" };
  for (const name of ["fillRect", "strokeRect", "fillText", "arc"]) {
    on[name] = (...given) =>
      calls.push([name, ...given, name[0] === "f" ? on.fillStyle : on.strokeStyle]);
  }
  for (const name of ["beginPath", "stroke"]) on[name] = () => {};
  return on;
}

/** Set up a live figure from its JSON text, and take steps [what, ...] such as ["noise", 0.5]. */
function play(text, steps, drawing) {
  const data = read(text), sliders = {}, buttons = {}, pictures = [], pointers = {};
  const ui = {
    slider(label, max, { min = 0, step = 1, on = () => {} } = {}) {
      const limit = most => { slider.max = most; slider.value = Math.min(slider.value, most); };
      const slider = { label, max, min, step, value: data.start[label] ?? min, limit, on };
      return (sliders[label] = slider);
    },
    button(label, action) { buttons[label] = action; },
    picture(caption, height) {
      const picture = { caption, height };
      pictures.push(picture);
      return (values, width, text, color) => {
        const pixels = Array.from(paint(values, color));
        Object.assign(picture, { values: Array.from(values), width, pixels });
        picture.caption = text ?? picture.caption;
      };
    },
    plot(caption, width, height = 196) {
      const picture = { caption, width, height }, at = pictures.push(picture) - 1;
      const show = (draw, values, options, text) => {
        const on = recorder();
        draw(on, width, height, values, options);
        picture.calls = on.calls;
        picture.caption = text ?? picture.caption;
      };
      show.pointer = handle => { pointers[at] = handle; };
      return show;
    },
    square(example) { return () => drawing ?? example.map(v => 0 * v); },
  };
  const update = KINDS[data.kind](ui, data);
  let said = update();
  for (const [what, ...values] of steps) {
    if (what in sliders) { sliders[what].value = values[0]; sliders[what].on(); }
    else if (what in buttons) buttons[what]();
    else pointers[what](...values);
    said = update();
  }
  return { said, pictures, sliders: Object.values(sliders) };
}
"""


class Engine:
    """V8 with the front end loaded."""

    def __init__(self):
        self.racer = MiniRacer()
        self.racer.eval(page.front_end()[0] + PAGE)

    def call(self, function, *arguments):
        """Call a function of the front end; typed arrays come back as lists, NaN as None."""
        given = ", ".join(map(json.dumps, arguments))
        plain = "(key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value"
        said = self.racer.eval(f"JSON.stringify({function}({given}), {plain})")
        return json.loads(said or "null")

    def play(self, call, *steps, drawing=None):
        """Show a live figure, take steps in the page's own code, return what is then seen."""
        return self.call("play", payload(output(call)[0]["text/html"]), steps, drawing)

    def close(self):
        self.racer.close()  # its thread would keep Python from ending
