/** The page's part: inputs, pictures and a status line, and the outputs that come to life. */

import { KINDS } from "./live.js";
import { fromHalf } from "./layers.js";
import { SIDE, line, paint, rowsOf } from "./pixels.js";

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

/** A live figure as elements, not yet in the page; `style` is the text of style.css. */
function build(data, style) {
  const inputs = element("div", { class: "inputs" }), pictures = element("div", { class: "pictures" });
  const status = element("p", { role: "status" });
  const refresh = () => { status.textContent = update(); };
  const picture = caption => {
    const canvas = element("canvas", { role: "img" }), words = element("figcaption");
    const figure = element("figure", { hidden: "" }, words, canvas);
    const say = (text = caption) => {
      words.textContent = text;
      canvas.setAttribute("aria-label", text);
      figure.hidden = false;
    };
    pictures.append(figure);
    return { canvas, say };
  };
  const ui = {
    /** A slider that begins where Python says; `on` is called before all is drawn anew. */
    slider(label, max, { min = 0, step = 1, on = () => {} } = {}) {
      const input = element("input", { type: "range", min, max, step });
      const shown = element("span", { "aria-hidden": "true" });
      const tell = (number = Number(input.value)) => {
        shown.textContent = step % 1 ? number.toFixed(2) : number; // as in the sentences
        input.setAttribute("aria-valuetext", shown.textContent);
      };
      input.value = data.start[label] ?? min;
      input.addEventListener("input", () => { tell(); on(); refresh(); });
      inputs.append(element("label", {}, element("span", {}, label), shown, input));
      tell();
      return {
        get value() { return Number(input.value); },
        set value(number) { input.value = number; tell(number); },
        limit(most) { input.max = most; tell(); },
      };
    },

    button(label, action) {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => { action(); refresh(); });
      inputs.append(button);
    },

    picture(caption, height = 196) {
      const { canvas, say } = picture(caption);
      return (values, width, text, color) => {
        [canvas.width, canvas.height] = [width, values.length / width];
        canvas.style.width = `${(height * width) / canvas.height}px`;
        canvas.getContext("2d").putImageData(new ImageData(paint(values, color), width), 0, 0);
        say(text);
      };
    },

    plot(caption, width, height = 196) {
      const { canvas, say } = picture(caption), on = canvas.getContext("2d");
      [canvas.width, canvas.height] = [2 * width, 2 * height]; // fine on sharp screens
      canvas.style.width = `${width}px`;
      on.scale(2, 2);
      const show = (draw, values, options, text) => { draw(on, width, height, values, options); say(text); };
      /** Call handle(x, y) where a mouse is pressed, or only moved (hover), or a finger taps. */
      show.pointer = (handle, hover) => {
        const at = event => {
          if (event.pointerType === "touch" && event.type !== "click") return; // it may scroll
          if (event.type === "pointermove" && !event.buttons && !hover) return;
          const shrunk = width / canvas.clientWidth;
          handle(event.offsetX * shrunk, event.offsetY * shrunk);
          refresh();
        };
        ["pointerdown", "pointermove", "click"].forEach(type => canvas.addEventListener(type, at));
        canvas.classList.add("live");
      };
      return show;
    },

    /** A square to draw on that holds an example; returns a function that gives its ink. */
    square(example) {
      const canvas = element("canvas", { width: SIDE, height: SIDE, class: "square", tabindex: 0,
        role: "application", "aria-label": "drawing square", "aria-describedby": "keys" });
      const pen = element("div", { class: "pen" }), on = canvas.getContext("2d"), size = SIDE / 28;
      // The drawing is kept here and only shown on the canvas: some browsers, to protect their
      // readers, add noise to what is read from a canvas.
      const ink = Uint8ClampedArray.from({ length: SIDE * SIDE }, (_, i) =>
        255 * example[Math.floor(i / SIDE / size) * 28 + Math.floor((i % SIDE) / size)]);
      let fresh = true, held = null, at; // the example is still there; which pointer draws; the pen
      const move = place => {
        at = place;
        [pen.style.left, pen.style.top] = at.map(v => `${(100 * v) / SIDE}%`);
      };
      const clear = () => { ink.fill(0); [fresh, held] = [false, null]; move([SIDE / 2, 42]); };
      const draw = to => {
        if (fresh) ink.fill(0);
        fresh = false;
        line(ink, SIDE, at, to);
        move(to);
      };
      const place = event => [event.offsetX, event.offsetY].map(v => (v * SIDE) / canvas.clientWidth);
      canvas.addEventListener("pointerdown", event => {
        if (event.button || !event.isPrimary) return; // only the left button, the first finger
        held = event.pointerId;
        canvas.setPointerCapture(held);
        move(place(event));
        draw(at); // a dot
        refresh();
      });
      canvas.addEventListener("pointermove", event => {
        if (event.pointerId === held) { draw(place(event)); refresh(); }
      });
      canvas.addEventListener("lostpointercapture", () => { held = null; });
      canvas.addEventListener("keydown", event => {
        const steps = { ArrowLeft: [-14, 0], ArrowRight: [14, 0], ArrowUp: [0, -14], ArrowDown: [0, 14] };
        const to = steps[event.key]?.map((v, i) => Math.min(Math.max(at[i] + v, 14), SIDE - 14));
        if (event.key === "Delete" || event.key === "Backspace") clear();
        else if (!to) return;
        else if (event.shiftKey) move(to);
        else draw(to);
        event.preventDefault(); // the page does not scroll
        refresh();
      });
      move([SIDE / 2, 42]);
      inputs.append(element("div", { class: "paper" }, canvas, pen));
      ui.button("Clear", clear);
      return () => {
        on.putImageData(new ImageData(paint(ink, v => [v, v, v]), SIDE), 0, 0);
        return ink;
      };
    },
  };
  const words = element("p", { id: "keys" }, element("b", {}, `${data.title}. `), data.advice);
  const update = KINDS[data.kind](ui, data);
  refresh();
  const body = element("div", { class: "body" }, inputs, pictures);
  return [element("style", {}, style), words, body, status];
}

const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

/** Pixels 0...1 from bytes in which a 0 stands before the number of zeros that it means. */
function unpack(bytes) {
  const pixels = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]) pixels.push(bytes[i] / 255);
    else for (let n = bytes[++i]; n > 0; n--) pixels.push(0);
  }
  return Float32Array.from(pixels);
}

/** What Python wrote as JSON, with numbers for its base64 texts: digits, codes, weights. */
function read(text) {
  const data = JSON.parse(text);
  if (data.digits) data.digits = rowsOf(unpack(bytesOf(data.digits)), 784);
  for (const [name, [half, size]] of Object.entries(data.halves)) {
    data[name] = rowsOf(fromHalf(bytesOf(half)), size);
  }
  for (const layer of Object.values(data.models).flatMap(model => model.layers)) {
    if (!layer.kernel) continue;
    for (const part of ["kernel", "bias"]) layer[part] = fromHalf(bytesOf(layer[part]));
  }
  return Object.assign(data, data.models);
}

/** Bring the outputs of this id to life: there may be several views of one notebook. */
export function start(id, style) {
  for (const host of document.querySelectorAll(`[data-explorable="${id}"]`)) {
    if (host.shadowRoot) continue;
    const parts = build(read(host.querySelector("script").textContent), style);
    const root = host.attachShadow({ mode: "open" }); // the page's styles stay outside, ours inside
    root.append(...parts);
    // JupyterLab and, before they arrive, Notebook 7 would take keys for shortcuts: they stay here.
    root.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key === "Enter" && event.shiftKey) {
        host.parentNode.dispatchEvent(new KeyboardEvent("keydown", event));
      }
    });
    host.setAttribute("data-lm-suppress-shortcuts", "");
  }
}
