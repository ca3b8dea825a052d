/** The controls: what each shows for the state of its inputs, and the page's part of it. */

import { forward, fromHalf, trace } from "./layers.js";
import { SIDE, asMnist, barAt, bars, curve, diverging, error, matrix, mix, noisy, paint, plane,
  pointAt, tile } from "./pixels.js";

const four = v => v.toFixed(4), two = v => v.toFixed(2);

/**
 * One function for each control. It makes its inputs and pictures through `ui` and returns a
 * function that draws them anew and returns the sentence for the status line. `data` is what
 * Python sent: digits (Float32Arrays of 784), models, codes and so on.
 */
export const KINDS = {
  digit(ui, { digits, noise, encoder, decoder }) {
    const digit = ui.slider("digit", digits.length - 1);
    const level = ui.slider("noise", 1, { step: 0.02 });
    const input = ui.picture("input"), code = ui.plot("code", 260), output = ui.picture();
    return () => {
      const clean = digits[digit.value], given = noisy(clean, noise, level.value);
      const numbers = forward(encoder, given), made = forward(decoder, numbers);
      const far = error(made, given);
      const low = Math.min(0, ...numbers), high = Math.max(low + 1, ...numbers);
      input(given, 28);
      code(bars, numbers, { low, high }, `code: ${numbers.length} numbers`);
      output(made, 28, `reconstruction, error ${four(far)}`);
      return `Mean squared error to the input ${four(far)}, to the clean digit `
        + `${four(error(made, clean))}.`;
    };
  },

  code(ui, { codes, range: [low, high], decoder }) {
    let code = codes[0].slice();
    const count = code.length, start = code.indexOf(Math.max(...code));
    const follow = () => { number.value = code[unit.value]; };
    const restore = () => { code = codes[digit.value].slice(); follow(); };
    const digit = ui.slider("digit", codes.length - 1, { on: restore });
    const unit = ui.slider("unit", count - 1, { value: start, on: follow });
    const number = ui.slider("its number", high, {
      value: code[start], min: low, step: (high - low) / 100,
      on: () => { code[unit.value] = number.value; },
    });
    ui.button("Back to its own code", restore);
    const own = ui.picture("its own code, decoded"), drag = ui.plot("", 300);
    const output = ui.picture("code as set, decoded");
    drag.pointer((x, y) => {
      const under = barAt(x, y, 300, 196, count, low, high);
      unit.value = under.unit;
      number.value = code[under.unit] = under.value;
    });
    return () => {
      const marks = codes[digit.value], before = forward(decoder, marks);
      const after = forward(decoder, code), chosen = unit.value;
      own(before, 28);
      drag(bars, code, { low, high, chosen, marks }, `code: unit ${chosen} in orange, drag a bar`);
      output(after, 28);
      return `Unit ${chosen} is ${two(code[chosen])}; in the digit's own code it is `
        + `${two(marks[chosen])}. The picture has changed by a mean square of `
        + `${four(error(before, after))}.`;
    };
  },

  map(ui, { codes, labels, range, decoder }) {
    let chosen = [...codes[0]];
    const sliders = ["first number", "second number"].map((name, i) => {
      const [min, max] = range.slice(2 * i, 2 * i + 2);
      const on = () => { chosen[i] = sliders[i].value; };
      return ui.slider(name, max, { min, step: (max - min) / 200, value: chosen[i], on });
    });
    const map = ui.plot("the plane of codes", 392, 392), output = ui.picture();
    map.pointer((x, y) => {
      chosen = pointAt(x, y, 392, 392, range);
      sliders.forEach((slider, i) => { slider.value = chosen[i]; });
    }, true);
    return () => {
      const far = codes.map(code => error(code, chosen)), near = far.indexOf(Math.min(...far));
      const at = chosen.map(two).join(", ");
      map(plane, codes, { labels, range, chosen });
      output(forward(decoder, chosen), 28, `decoded (${at})`);
      return `At ${at} the nearest code is that of a ${labels[near]}.`;
    };
  },

  interpolation(ui, { digits, codes, decoder }) {
    const last = digits.length - 1;
    const first = ui.slider("first digit", last, { value: Math.min(4, last) });
    const second = ui.slider("second digit", last, { value: Math.min(7, last) });
    const share = ui.slider("mix", 1, { value: 0.5, step: 0.01 });
    const pictures = ["first digit", "codes mixed, decoded", "images mixed", "second digit"]
      .map((caption, i) => ui.picture(caption, i % 3 ? 196 : 140));
    return () => {
      const [from, to] = [first.value, second.value];
      const decoded = forward(decoder, mix(codes[from], codes[to], share.value));
      const blend = mix(digits[from], digits[to], share.value);
      [digits[from], decoded, blend, digits[to]].forEach((image, i) => pictures[i](image, 28));
      const [grayCodes, grayImages] = [decoded, blend].map(image =>
        two(image.reduce((sum, v) => sum + 4 * v * (1 - v), 0) / image.length));
      return `Share of gray: ${grayCodes} codes mixed, ${grayImages} images mixed.`;
    };
  },

  confusions(ui, { digits, labels, predicted, counts, start }) {
    const row = ui.slider("true class", 9, { value: start[0] });
    const column = ui.slider("predicted class", 9, { value: start[1] });
    const cells = ui.plot("rows: true class, columns: predicted", 330, 264);
    const found = ui.picture("", 230);
    cells.pointer((x, y) => {
      row.value = Math.floor((11 * y) / 264) - 1;
      column.value = Math.floor((11 * x) / 330) - 1;
    });
    return () => {
      const chosen = [row.value, column.value], count = counts[chosen[0]][chosen[1]];
      const images = digits.filter((_, i) =>
        labels[i] === chosen[0] && predicted[i] === chosen[1]);
      while (images.length < 24) images.push(new Float32Array(784));
      cells(matrix, counts, { chosen });
      const caption = `true ${chosen[0]}, predicted ${chosen[1]}: ${count}`;
      found(...tile(images.slice(0, 24), 28, 6), caption);
      const all = counts[chosen[0]].reduce((a, b) => a + b);
      return `${count} of the ${all} digits ${chosen[0]} are predicted as ${chosen[1]}.`;
    };
  },

  neighbours(ui, { digits, labels, nearest }) {
    const digit = ui.slider("digit", digits.length - 1, { value: Math.min(8, digits.length - 1) });
    const rows = Object.keys(nearest).map(by => [by, ui.picture("", 84)]);
    return () => {
      const own = labels[digit.value];
      const same = rows.map(([by, show]) => {
        const found = nearest[by][digit.value], names = found.map(i => labels[i]);
        const images = [digit.value, ...found].map(i => digits[i]);
        const caption = `a ${own} and its nearest by ${by}: ${names.join(" ")}`;
        show(...tile(images, 28, images.length), caption);
        return `${names.filter(name => name === own).length} of ${names.length} by ${by}`;
      });
      return `Neighbours with the same label: ${same.join(", ")}.`;
    };
  },

  filters(ui, { digits, encoder, views }) {
    const limit = () => filter.limit(views[layer.value - 1].top.length - 1);
    const digit = ui.slider("digit", digits.length - 1);
    const layer = ui.slider("layer", views.length, { value: 1, min: 1, on: limit });
    const top = views[0].top;
    const filter = ui.slider("filter", top.length - 1, { value: top.indexOf(Math.max(...top)) });
    const input = ui.picture("input", 140), output = ui.picture("", 308);
    const weights = ui.picture("", 120), patch = ui.picture("", 120);
    return () => {
      const view = views[layer.value - 1], number = filter.value, most = view.top[number];
      const { shape, values } = trace(encoder, digits[digit.value])[view.index];
      const map = every(values, shape[2], number), high = Math.max(...map);
      const { kernel, size } = encoder.layers[view.index];
      const own = every(kernel, view.top.length, number), inputs = own.length / size[0] / size[1];
      const largest = own.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-6);
      const kernels = channelsOf(own.map(v => v / largest), inputs);
      const grid = tile(kernels, size[1], Math.min(8, inputs), NaN);
      input(digits[digit.value], 28);
      output(map.map(v => v / Math.max(most, 1e-6)), shape[1], `feature map, up to ${two(high)}`);
      weights(...grid, `kernel (${inputs} in), blue negative`, diverging);
      const seen = view.patches[number];
      patch(Float32Array.from(seen, v => v / 255), view.side, most > 0 ? "strongest patch" : "dead");
      return `Filter ${number} of layer ${layer.value} gives at most ${two(high)} on this digit; `
        + `${two(most)} on the patch that excites it most.`;
    };
  },

  denoising(ui, { digits, noise, denoiser }) {
    const digit = ui.slider("digit", digits.length - 1);
    const level = ui.slider("noise", 1, { value: 0.4, step: 0.02 });
    const input = ui.picture(), output = ui.picture(), target = ui.picture("clean");
    return () => {
      const clean = digits[digit.value], given = noisy(clean, noise, level.value);
      const made = forward(denoiser, given);
      const [before, after] = [given, made].map(image => four(error(image, clean)));
      input(given, 28, `noisy, error ${before}`);
      output(made, 28, `denoised, error ${after}`);
      target(clean, 28);
      return `Mean squared error to the clean digit: ${before}, denoised ${after}.`;
    };
  },

  drawing(ui, { digits, model, encoder }) {
    const square = ui.square(digits[0]), input = ui.picture("as MNIST would hold it");
    const classes = ui.plot("class probabilities", 260), output = ui.picture();
    const maps = encoder && ui.picture("feature maps", 230);
    return () => {
      const image = asMnist(square(), SIDE);
      if (!image) return "The drawing is empty: draw a digit on the black square.";
      const answer = forward(model, image), isClass = answer.length === 10;
      input(image, 28);
      if (maps) {
        const { shape, values } = trace(encoder, image).at(-1), most = Math.max(...values, 1e-6);
        const shares = channelsOf(values.map(v => v / most), shape[2]);
        maps(...tile(shares, shape[1], Math.min(8, shares.length)));
      }
      if (!isClass) {
        const far = four(error(answer, image));
        output(answer, 28, `reconstruction, error ${far}`);
        return `Mean squared error of the reconstruction ${far}.`;
      }
      const chosen = answer.indexOf(Math.max(...answer));
      classes(bars, answer, { low: 0, high: 1, chosen, names: [..."0123456789"] });
      return `The model says ${chosen}, with a probability of ${two(answer[chosen])}.`;
    };
  },

  replay(ui, { digits, steps, errors, points, labels, range }) {
    const shown = digits.length / (steps.length + 1);
    const moment = ui.slider("snapshot", steps.length - 1, { value: steps.length - 1 });
    const pictures = ui.picture("", 130), map = ui.plot("codes in the plane", 300, 300);
    const fall = ui.plot("", 300, 196);
    return () => {
      const now = moment.value, first = shown * (now + 1);
      const images = [...digits.slice(0, shown), ...digits.slice(first, first + shown)];
      pictures(...tile(images, 28, shown), "digits above, reconstructions below");
      map(plane, rowsOf(points[now], 2), { labels, range });
      fall(curve, errors, { chosen: now }, "mean squared error, snapshot by snapshot");
      return `After ${steps[now]} steps of training the mean squared error is ${four(errors[now])}.`;
    };
  },
};

const channelsOf = (values, n) => Array.from({ length: n }, (_, i) => every(values, n, i));

/** Every `step`th number from `first` on: one channel of a map, or the red of an image's bytes. */
function every(values, step, first) {
  const found = new values.constructor(values.length / step); // a loop: this runs while one draws
  for (let i = 0; i < found.length; i++) found[i] = values[first + i * step];
  return found;
}

// --- The page --------------------------------------------------------------------------------

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

const rowsOf = (values, size) =>
  Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));

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
