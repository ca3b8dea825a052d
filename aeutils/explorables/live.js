/** The live figures: what each shows for the state of its inputs. */

import { forward, sizeOf, trace } from "./layers.js";
import { SIDE, asMnist, barAt, bars, channelsOf, curve, diverging, error, gaussian,
  lessNoise, matrix, mix, noisy, plane, pointAt, rowsOf, tile } from "./pixels.js";

const four = v => v.toFixed(4), two = v => v.toFixed(2);

/**
 * A function for each live figure makes its inputs and pictures through `ui` and returns a function
 * that draws them anew and returns the sentence for the status line. The second argument is what
 * Python sent: digits (Float32Arrays of 784), models, codes, the sliders' start and so on. */
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

  code(ui, { codes, range: [low, high], step, decoder }) {
    let code = codes[0].slice();
    const count = code.length;
    const follow = () => { number.value = code[unit.value]; };
    const restore = () => { code = codes[digit.value].slice(); follow(); };
    const digit = ui.slider("digit", codes.length - 1, { on: restore });
    const unit = ui.slider("unit", count - 1, { on: follow });
    const number = ui.slider("its number", high, {
      min: low, step, on: () => { code[unit.value] = number.value; },
    });
    follow();
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
      return `Unit ${chosen}: ${two(code[chosen])}, in the digit's own code `
        + `${two(marks[chosen])}. Mean squared change of the picture: ${four(error(before, after))}.`;
    };
  },

  map(ui, { codes, labels, range, decoder }) {
    let chosen = [...codes[0]];
    const sliders = ["first number", "second number"].map((name, i) => {
      const [min, max] = range.slice(2 * i, 2 * i + 2);
      const on = () => { chosen[i] = sliders[i].value; };
      return ui.slider(name, max, { min, step: (max - min) / 200, on });
    });
    sliders.forEach((slider, i) => { slider.value = chosen[i]; });
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
    const first = ui.slider("first digit", digits.length - 1);
    const second = ui.slider("second digit", digits.length - 1);
    const part = ui.slider("mix", 1, { step: 0.01 });
    const pictures = ["first digit", "codes mixed, decoded", "images mixed", "second digit"]
      .map((caption, i) => ui.picture(caption, i % 3 ? 196 : 140));
    return () => {
      const [from, to] = [first.value, second.value];
      const decoded = forward(decoder, mix(codes[from], codes[to], part.value));
      const blend = mix(digits[from], digits[to], part.value);
      [digits[from], decoded, blend, digits[to]].forEach((image, i) => pictures[i](image, 28));
      const [grayCodes, grayImages] = [decoded, blend].map(image =>
        two(image.reduce((sum, v) => sum + 4 * v * (1 - v), 0) / image.length));
      return `Fraction of gray: ${grayCodes} codes mixed, ${grayImages} images mixed.`;
    };
  },

  confusions(ui, { digits, labels, predicted, counts }) {
    const row = ui.slider("true class", 9), column = ui.slider("predicted class", 9);
    const cells = ui.plot("rows: true class, columns: predicted", 330, 264);
    const found = ui.picture("", 230), cell = (at, size) => Math.floor((11 * at) / size) - 1;
    cells.pointer((x, y) => { [row.value, column.value] = [cell(y, 264), cell(x, 330)]; });
    return () => {
      const chosen = [row.value, column.value], [is, said] = chosen, count = counts[is][said];
      const images = digits.filter((_, i) => labels[i] === is && predicted[i] === said);
      while (images.length < 24) images.push(new Float32Array(784));
      cells(matrix, counts, { chosen });
      found(...tile(images.slice(0, 24), 28, 6), `true ${is}, predicted ${said}: ${count}`);
      const all = counts[is].reduce((a, b) => a + b);
      return `${count} of the ${all} digits ${is} are predicted as ${said}.`;
    };
  },

  filters(ui, { digits, encoder, views }) {
    const limit = () => filter.limit(views[layer.value - 1].top.length - 1);
    const digit = ui.slider("digit", digits.length - 1);
    const layer = ui.slider("layer", views.length, { min: 1, on: limit });
    const filter = ui.slider("filter", views[0].top.length - 1);
    const input = ui.picture("input", 140), output = ui.picture("", 308);
    const weights = ui.picture("", 120), patch = ui.picture("", 120);
    return () => {
      const view = views[layer.value - 1], number = filter.value, most = view.top[number];
      const { shape, values } = trace(encoder, digits[digit.value])[view.index];
      const map = channelsOf(values, shape[2])[number], high = Math.max(...map);
      const { kernel, size } = encoder.layers[view.index];
      const own = channelsOf(kernel, view.top.length)[number], inputs = own.length / size[0] / size[1];
      const largest = own.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-6);
      const kernels = channelsOf(own.map(v => v / largest), inputs);
      input(digits[digit.value], 28);
      output(map.map(v => v / Math.max(most, 1e-6)), shape[1], `feature map, up to ${two(high)}`);
      weights(...tile(kernels, size[1], Math.min(8, inputs), NaN),
        `kernel (${inputs} in), blue negative`, diverging);
      const seen = Float32Array.from(view.patches[number], v => v / 255);
      patch(seen, view.side, most > 0 ? "strongest patch" : "dead");
      return `Filter ${number} of layer ${layer.value} gives at most ${two(high)} on this digit; `
        + `${two(most)} on the patch that excites it most.`;
    };
  },

  denoising(ui, { digits, noise, denoiser }) {
    const digit = ui.slider("digit", digits.length - 1);
    const level = ui.slider("noise", 1, { step: 0.02 });
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
    const ink = ui.square(digits[0]), input = ui.picture("as MNIST would hold it");
    const classes = ui.plot("class probabilities", 260), output = ui.picture("reconstruction");
    const maps = encoder && ui.picture("feature maps", 230);
    const empty = ({ shape }) => ({ shape, values: new Float32Array(sizeOf(shape)) });
    const asked = (network, image) => (image ? trace(network, image) : network.layers.map(empty));
    return () => {
      const image = asMnist(ink(), SIDE), { values } = asked(model, image).at(-1);
      input(image ?? new Float32Array(784), 28);
      if (maps) {
        const { shape, values } = asked(encoder, image).at(-1);
        const most = values.reduce((a, v) => Math.max(a, v), 1e-6);
        const grays = channelsOf(values.map(v => v / most), shape[2]);
        maps(...tile(grays, shape[1], Math.min(8, grays.length)));
      }
      const isClass = values.length === 10, chosen = values.indexOf(Math.max(...values));
      const options = { low: 0, high: 1, chosen: image ? chosen : -1, names: [..."0123456789"] };
      if (isClass) classes(bars, values, options);
      const far = image && four(error(values, image));
      if (!isClass) output(values, 28, image ? `reconstruction, error ${far}` : "reconstruction");
      if (!image) return "The drawing is empty: draw a digit on the black square.";
      return isClass ? `The model says ${chosen}, with a probability of ${two(values[chosen])}.`
        : `Mean squared error of the reconstruction ${far}.`;
    };
  },

  diffusion(ui, { starts, mean, spread, steps, denoiser, decoder }) {
    const way = []; // for every step the code, and the denoiser's guess of the clean code
    const follow = code => {
      for (let step = 0; step < steps; step++) {
        const level = 1 - step / steps, guess = forward(denoiser, [...code, level]);
        way[step] = { code, guess };
        code = lessNoise(code, guess, level, 1 / steps);
      }
      way[steps] = { code, guess: code };
    };
    const decode = code => forward(decoder, code.map((v, i) => v * spread[i] + mean[i]));
    ui.button("New noise", () => follow(starts.shift() ?? gaussian(mean.length)));
    const step = ui.slider("step", steps);
    const now = ui.picture("code, decoded", 160), guess = ui.picture("guess, decoded", 160);
    const code = ui.plot("", 300, 160);
    follow(starts.shift());
    return () => {
      const at = way[step.value], [image, guessed, last] =
        [at.code, at.guess, way[steps].code].map(decode);
      now(image, 28);
      guess(guessed, 28);
      code(bars, at.code, { low: -3, high: 3, marks: at.guess }, "code; lines: the denoiser's guess");
      return `Noise level ${two(1 - step.value / steps)}. Mean squared difference from the last `
        + `picture: ${four(error(image, last))}, of the guess ${four(error(guessed, last))}.`;
    };
  },

  replay(ui, { digits, steps, errors, points, labels, range }) {
    const shown = digits.length / (steps.length + 1);
    const moment = ui.slider("snapshot", steps.length - 1), pictures = ui.picture("", 130);
    const map = ui.plot("codes in the plane", 300, 300), fall = ui.plot("", 300);
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
