/** The page's part: inputs, pictures and a status line, and the outputs that come to life. */

import { KINDS } from "./controls.js";
import { fromHalf } from "./layers.js";
import { SIDE, every, paint, rowsOf } from "./pixels.js";

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

/** A control as elements, not yet in the page; `style` is the text of style.css. */
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
    slider(label, max, { value = 0, min = 0, step = 1, on = () => {} } = {}) {
      const input = element("input", { type: "range", min, max, step, value });
      const shown = element("span", { "aria-hidden": "true" });
      const tell = () => { shown.textContent = String(+Number(input.value).toFixed(2)); };
      input.addEventListener("input", () => { on(); tell(); refresh(); });
      inputs.append(element("label", {}, element("span", {}, label), input, shown));
      tell();
      return {
        get value() { return Number(input.value); },
        set value(number) { input.value = number; tell(); },
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
      return (values, width, text, colour) => {
        [canvas.width, canvas.height] = [width, values.length / width];
        canvas.style.width = `${(height * width) / canvas.height}px`;
        canvas.getContext("2d").putImageData(new ImageData(paint(values, colour), width), 0, 0);
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

    /** A square to draw on that holds an example; returns a function that reads it. */
    square(example) {
      const canvas = element("canvas", { width: SIDE, height: SIDE, class: "square", tabindex: 0,
        role: "application", "aria-label": "drawing square", "aria-describedby": "keys" });
      const pen = element("div", { class: "pen" });
      const on = canvas.getContext("2d", { willReadFrequently: true });
      let [fresh, x, y] = [true, SIDE / 2, 42]; // the example is not yet replaced
      const clear = () => {
        on.fillRect(0, 0, SIDE, SIDE);
        [fresh, x, y] = [false, SIDE / 2, 42];
      };
      const line = (toX, toY) => {
        on.beginPath(); on.moveTo(x, y); on.lineTo(toX, toY); on.stroke();
        [x, y] = [toX, toY];
      };
      const stroke = event => {
        const shrunk = SIDE / canvas.clientWidth;
        const [toX, toY] = [event.offsetX * shrunk, event.offsetY * shrunk];
        if (event.type === "pointerdown") {
          canvas.setPointerCapture(event.pointerId);
          if (fresh) clear();
          [x, y] = [toX, toY];
        }
        if (canvas.hasPointerCapture(event.pointerId)) { line(toX, toY); refresh(); }
      };
      const key = event => {
        const steps = { ArrowLeft: [-14, 0], ArrowRight: [14, 0], ArrowUp: [0, -14], ArrowDown: [0, 14] };
        const step = steps[event.key], inside = v => Math.min(Math.max(v, 14), SIDE - 14);
        if (event.key === "Delete" || event.key === "Backspace") clear();
        else if (!step) return;
        else if (event.shiftKey) [x, y] = [inside(x + step[0]), inside(y + step[1])];
        else { if (fresh) clear(); line(inside(x + step[0]), inside(y + step[1])); }
        event.preventDefault(); // the page does not scroll
        [pen.style.left, pen.style.top] = [`${x}px`, `${y}px`];
        refresh();
      };
      const digit = element("canvas", { width: 28, height: 28 });
      digit.getContext("2d").putImageData(new ImageData(paint(example), 28), 0, 0);
      on.imageSmoothingEnabled = false;
      on.drawImage(digit, 0, 0, SIDE, SIDE);
      Object.assign(on, { strokeStyle: "#fff", lineWidth: 22, lineCap: "round" });
      ["pointerdown", "pointermove"].forEach(type => canvas.addEventListener(type, stroke));
      canvas.addEventListener("keydown", key);
      inputs.append(element("div", { class: "paper" }, canvas, pen));
      ui.button("Clear", clear);
      return () => reds(on, SIDE, SIDE);
    },
  };
  const words = element("p", { id: "keys" }, element("b", {}, `${data.title}. `), data.advice);
  const update = KINDS[data.kind](ui, data);
  refresh();
  const body = element("div", { class: "body" }, inputs, pictures);
  return [element("style", {}, style), words, body, status];
}

const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

/** What Python wrote as JSON, its float16 texts made numbers: codes and the like, weights. */
function read(text) {
  const data = JSON.parse(text);
  for (const [name, [half, size]] of Object.entries(data.halves)) {
    data[name] = rowsOf(fromHalf(bytesOf(half)), size);
  }
  for (const [name, model] of Object.entries(data.models)) {
    data[name] = model;
    for (const layer of model.layers) for (const part of ["kernel", "bias"]) {
      if (layer[part]) layer[part] = fromHalf(bytesOf(layer[part]));
    }
  }
  return data;
}

/** The digits of a PNG sheet in which they stand one below the other. */
async function readSheet(sheet) {
  const image = new Image();
  image.src = `data:image/png;base64,${sheet}`;
  await image.decode();
  const canvas = element("canvas", { width: image.width, height: image.height });
  const on = canvas.getContext("2d", { willReadFrequently: true });
  on.drawImage(image, 0, 0);
  return rowsOf(Float32Array.from(reds(on, image.width, image.height), v => v / 255), 784);
}

const reds = (on, width, height) => every(on.getImageData(0, 0, width, height).data, 4, 0);

/** Bring the outputs of this id to life: there may be several views of one notebook. */
export async function start(id, style) {
  for (const host of document.querySelectorAll(`[data-explorable="${id}"]`)) {
    if (host.shadowRoot) continue;
    const data = read(host.querySelector("script").textContent);
    if (data.sheet) data.digits = await readSheet(data.sheet);
    const parts = build(data, style); // before the static picture goes
    if (host.shadowRoot) continue; // another run of this module was faster
    const root = host.attachShadow({ mode: "open" }); // the page's styles stay outside, ours inside
    root.append(...parts);
    // Keys are for the control alone: JupyterLab and, before they arrive, Notebook 7 would take
    // arrows for shortcuts.
    root.addEventListener("keydown", event => event.stopPropagation());
    host.setAttribute("data-lm-suppress-shortcuts", "");
  }
}
