"""The front end's own files in V8, without a page: for tests of what it computes and draws."""

import json
import re
from pathlib import Path

from py_mini_racer import MiniRacer

from aeutils.explorables.page import front_end

# What a page would give: base64, an image of bytes, a context that notes what is drawn on it,
# and inputs and pictures that hold their last state instead of showing it.
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

/** Run a control: data as JSON text, digits, and steps [what, ...] such as ["noise", 0.5]. */
function play(text, digits, steps, drawing) {
  const data = read(text), sliders = {}, buttons = {}, pictures = [], pointers = {};
  if (digits) data.digits = digits.map(digit => Float32Array.from(digit));
  const ui = {
    slider(label, max, { value = 0, min = 0, step = 1, on = () => {} } = {}) {
      const limit = most => { slider.max = most; slider.value = Math.min(slider.value, most); };
      const slider = { label, max, min, step, value, limit, on };
      return (sliders[label] = slider);
    },
    button(label, action) { buttons[label] = action; },
    picture(caption, height) {
      const picture = { caption, height };
      pictures.push(picture);
      return (values, width, text, colour) => {
        Object.assign(picture, { values: Array.from(values), width });
        picture.caption = text ?? picture.caption;
        picture.pixels = Array.from(paint(values, colour));
      };
    },
    plot(caption, width, height = 196) {
      const picture = { caption, width, height }, at = pictures.push(picture) - 1;
      const show = (draw, values, options, text) => {
        const on = recorder();
        draw(on, width, height, values, options);
        Object.assign(picture, { calls: on.calls, draw: draw.name });
        picture.caption = text ?? picture.caption;
      };
      show.pointer = (handle, hover) => { pointers[at] = handle; picture.hover = !!hover; };
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
  return { said, pictures, sliders: Object.values(sliders), buttons: Object.keys(buttons) };
}
"""


class Engine:
    """V8 with the front end loaded."""

    def __init__(self):
        self.racer = MiniRacer()
        page = Path(__file__).with_name("dom.js").read_text(encoding="utf-8")
        self.racer.eval(front_end()[0] + PAGE + page)

    def call(self, function, *arguments):
        """Call a function of the front end; typed arrays come back as lists, NaN as None."""
        given = ", ".join(map(json.dumps, arguments))
        plain = "(key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value"
        return json.loads(
            self.racer.eval(f"JSON.stringify({function}({given}), {plain})") or "null"
        )

    def close(self):
        self.racer.close()  # its thread would keep Python from ending


def payload(text):
    """The JSON text inside a control's text/html."""
    return re.search(r'<script type="application/json">(.*?)</script>', text, re.S).group(1)
