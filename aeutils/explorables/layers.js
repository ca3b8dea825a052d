/**
 * Forward passes of a trained network. A tensor is {shape, values}: one image or one code, without
 * the axis of examples; values is a Float32Array in row-major order, channels last, as in Keras. A
 * layer is what models.py writes: its kind, the shape of its output (which says how it is padded),
 * its weights as Float32Arrays. */

/** Numbers from their float16 bytes, the lower byte first. Old browsers have no Float16Array. */
export const fromHalf = bytes => Float32Array.from({ length: bytes.length / 2 }, (_, i) => {
  const half = bytes[2 * i] | (bytes[2 * i + 1] << 8), sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31, fraction = half & 1023;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
});

export const sizeOf = shape => shape.reduce((a, b) => a * b, 1);

/** The outputs of every layer, as tensors, for an input of as many numbers as the model takes. */
export function trace(model, values) {
  let x = { shape: model.shape, values: Float32Array.from(values) };
  return model.layers.map(layer =>
    (x = { shape: layer.shape, values: activate(STEPS[layer.kind](x, layer), layer) }));
}

/** What a model answers to an input: a Float32Array. */
export const forward = (model, values) =>
  trace(model, values).at(-1)?.values ?? Float32Array.from(values);

const RULES = { relu: v => (v > 0 ? v : 0), sigmoid: v => 1 / (1 + Math.exp(-v)), tanh: Math.tanh };

function activate(values, { activation, shape }) {
  if (activation === "softmax") {
    for (let start = 0; start < values.length; start += shape.at(-1)) {
      const row = values.subarray(start, start + shape.at(-1)), most = Math.max(...row);
      row.forEach((v, i) => { row[i] = Math.exp(v - most); }); // less the largest: no overflow
      const sum = row.reduce((a, b) => a + b);
      row.forEach((v, i) => { row[i] = v / sum; });
    }
  }
  return RULES[activation] ? values.map(RULES[activation]) : values;
}

/** Call visit(window, cell, place) for every cell of every window that lies inside a map. */
function slide([height, width], [rows, columns], size, step, visit) {
  const before = (n, side, axis) => Math.max((n - 1) * step[axis] + size[axis] - side, 0) >> 1;
  const top = before(rows, height, 0), left = before(columns, width, 1);
  for (let window = 0; window < rows * columns; window++) {
    for (let cell = 0; cell < size[0] * size[1]; cell++) {
      const row = Math.floor(window / columns) * step[0] - top + Math.floor(cell / size[1]);
      const column = (window % columns) * step[1] - left + (cell % size[1]);
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      visit(window, cell, row * width + column);
    }
  }
}

/** Sums of kernel (cells, channels, units) times values, for the pairs that `pairs` visits. */
function weigh(x, { shape, kernel, bias }, pairs) {
  const channels = x.shape.at(-1), units = bias.length, sums = new Float32Array(sizeOf(shape));
  for (let i = 0; i < sums.length; i += units) sums.set(bias, i);
  pairs((from, cell, to) => {
    let weight = cell * channels * units;
    const first = to * units;
    for (let c = 0; c < channels; c++, weight += units) {
      const value = x.values[from * channels + c];
      if (value === 0) continue; // most of what a relu passes on
      for (let u = 0; u < units; u++) sums[first + u] += value * kernel[weight + u];
    }
  });
  return sums;
}

const STEPS = {
  Dense: (x, layer) => weigh(x, layer, visit => {
    for (let i = 0; i < x.values.length / x.shape.at(-1); i++) visit(i, 0, i);
  }),
  Conv2D: (x, layer) => weigh(x, layer, visit =>
    slide(x.shape, layer.shape, layer.size, layer.step,
      (window, cell, place) => visit(place, cell, window))),
  // The other way round: every place of the input is a window on the larger output.
  Conv2DTranspose: (x, layer) => weigh(x, layer, visit =>
    slide(layer.shape, x.shape, layer.size, layer.step, visit)),
  MaxPooling2D({ shape, values }, layer) {
    const n = shape[2], found = new Float32Array(sizeOf(layer.shape)).fill(-Infinity);
    slide(shape, layer.shape, layer.size, layer.step, (window, cell, place) => {
      const at = window * n;
      for (let c = 0; c < n; c++) found[at + c] = Math.max(found[at + c], values[place * n + c]);
    });
    return found;
  },
  UpSampling2D({ shape, values }, layer) {
    const n = shape[2], larger = new Float32Array(sizeOf(layer.shape));
    slide(layer.shape, shape, layer.step, layer.step, (window, cell, place) =>
      larger.set(values.subarray(window * n, (window + 1) * n), place * n));
    return larger;
  },
  BatchNormalization: ({ values }, { scale, offset }) =>
    values.map((v, i) => v * scale[i % scale.length] + offset[i % scale.length]),
  Flatten: x => x.values,
  Reshape: x => x.values,
};
