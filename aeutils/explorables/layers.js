/**
 * Forward passes of a trained network. Nothing here knows of a page.
 *
 * A tensor is {shape, values}: one image or one code, without the axis of examples; values is a
 * Float32Array in row-major order, channels last, as in Keras. A layer is what models.py writes,
 * its weights as Float32Arrays. A model is {shape, layers}; shape is the shape of its input.
 */

/** Numbers from their float16 bytes, the lower byte first. Old browsers have no Float16Array. */
export function fromHalf(bytes) {
  const values = new Float32Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) {
    const half = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    const exponent = (half >> 10) & 31, fraction = half & 1023;
    const size = exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
    values[i] = half & 0x8000 ? -size : size;
  }
  return values;
}

/** The outputs of every layer, as tensors, for an input of as many numbers as the model takes. */
export function trace(model, values) {
  let x = { shape: model.shape, values: Float32Array.from(values) };
  return model.layers.map(layer => {
    x = STEPS[layer.kind](x, layer);
    return (x = { shape: x.shape, values: activate(x, layer) });
  });
}

/** What a model answers to an input: a Float32Array. */
export function forward(model, values) {
  return trace(model, values).at(-1)?.values ?? Float32Array.from(values);
}

function activate({ shape, values }, { activation = "linear", slope }) {
  if (activation === "linear") return values;
  if (activation === "softmax") return softmax(values, shape.at(-1));
  return values.map({
    relu: v => (v > 0 ? v : 0),
    leaky_relu: v => (v > 0 ? v : slope * v),
    sigmoid: v => 1 / (1 + Math.exp(-v)),
    tanh: Math.tanh,
  }[activation]);
}

function softmax(values, channels) {
  const shares = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += channels) {
    const row = values.subarray(start, start + channels), most = Math.max(...row);
    const powers = Array.from(row, v => Math.exp(v - most)); // less the largest: no overflow
    const sum = powers.reduce((a, b) => a + b);
    powers.forEach((power, i) => { shares[start + i] = power / sum; });
  }
  return shares;
}

/** For rows and for columns: what `places` says. */
const windows = (shape, { size, strides, padding }) =>
  [0, 1].map(axis => places(shape[axis], size[axis], strides[axis], padding));

/** Steps of a window along an axis, and how far before the axis its first place begins. */
function places(length, size, stride, padding) {
  if (padding === "valid") return [Math.floor((length - size) / stride) + 1, 0];
  const steps = Math.ceil(length / stride);
  return [steps, Math.max((steps - 1) * stride + size - length, 0) >> 1];
}

/** Call visit(window, cell, place) for every cell of every window that lies inside the map. */
function slide(shape, layer, visit) {
  const [height, width] = shape, { size, strides } = layer;
  const [[rows, top], [columns, left]] = windows(shape, layer);
  for (let window = 0; window < rows * columns; window++) {
    const first = Math.floor(window / columns) * strides[0] - top;
    const start = (window % columns) * strides[1] - left;
    for (let cell = 0; cell < size[0] * size[1]; cell++) {
      const row = first + Math.floor(cell / size[1]), column = start + (cell % size[1]);
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      visit(window, cell, row * width + column);
    }
  }
}

/** Add up kernel (cells, channels, units) times what a window sees, at `to`, from `from`. */
function multiply({ kernel }, values, from, cell, channels, sums, to, units) {
  let weight = cell * channels * units;
  for (let c = 0; c < channels; c++, weight += units) {
    const value = values[from * channels + c];
    if (value === 0) continue; // most of what a relu hands on
    for (let u = 0; u < units; u++) sums[to * units + u] += value * kernel[weight + u];
  }
}

function filled(n, bias) {
  const sums = new Float32Array(n * bias.length);
  for (let i = 0; i < n; i++) sums.set(bias, i * bias.length);
  return sums;
}

/** A convolution whose windows hold one place each, for maps of any number of axes. */
function dense({ shape, values }, layer) {
  const channels = shape.at(-1), line = { shape: [values.length / channels, 1, channels], values };
  const made = convolve(line, { ...layer, size: [1, 1], strides: [1, 1], padding: "valid" });
  return { shape: [...shape.slice(0, -1), layer.bias.length], values: made.values };
}

function convolve({ shape, values }, layer) {
  const channels = shape[2], units = layer.bias.length;
  const [[rows], [columns]] = windows(shape, layer);
  const sums = filled(rows * columns, layer.bias);
  slide(shape, layer, (window, cell, place) =>
    multiply(layer, values, place, cell, channels, sums, window, units));
  return { shape: [rows, columns, units], values: sums };
}

/** The other way round: every place of the input is a window on the larger output. */
function transpose({ shape, values }, layer) {
  const channels = shape[2], units = layer.bias.length;
  const more = layer.padding === "valid" ? (k, s) => Math.max(k - s, 0) : () => 0;
  const larger = [0, 1].map(axis => shape[axis] * layer.strides[axis]
    + more(layer.size[axis], layer.strides[axis]));
  const sums = filled(larger[0] * larger[1], layer.bias);
  slide(larger, layer, (window, cell, place) =>
    multiply(layer, values, window, cell, channels, sums, place, units));
  return { shape: [...larger, units], values: sums };
}

/** The largest or the mean number of each window; what lies beyond the edge does not count. */
function pool({ shape, values }, layer) {
  const channels = shape[2], most = layer.kind === "MaxPooling2D";
  const [[rows], [columns]] = windows(shape, layer), counts = new Float32Array(rows * columns);
  const found = new Float32Array(counts.length * channels).fill(most ? -Infinity : 0);
  slide(shape, layer, (window, cell, place) => {
    counts[window] += 1;
    for (let c = 0; c < channels; c++) {
      const value = values[place * channels + c], at = window * channels + c;
      found[at] = most ? Math.max(found[at], value) : found[at] + value;
    }
  });
  const pooled = most ? found : found.map((v, at) => v / counts[Math.floor(at / channels)]);
  return { shape: [rows, columns, channels], values: pooled };
}

function enlarge({ shape: [height, width, channels], values }, { size }) {
  const columns = width * size[1], larger = new Float32Array(height * size[0] * columns * channels);
  for (let place = 0; place < larger.length / channels; place++) {
    const row = Math.floor(place / columns / size[0]);
    const from = (row * width + Math.floor((place % columns) / size[1])) * channels;
    larger.set(values.subarray(from, from + channels), place * channels);
  }
  return { shape: [height * size[0], columns, channels], values: larger };
}

function reshape({ values }, { shape }) {
  const known = -shape.reduce((a, b) => a * b, 1); // -1 stands for what is left
  return { shape: shape.map(side => (side < 0 ? values.length / known : side)), values };
}

function rescale({ shape, values }, { scale, offset }) {
  const n = scale.length;
  return { shape, values: values.map((v, i) => v * scale[i % n] + offset[i % n]) };
}

const STEPS = {
  Dense: dense, Conv2D: convolve, Conv2DTranspose: transpose, MaxPooling2D: pool,
  AveragePooling2D: pool, UpSampling2D: enlarge, Reshape: reshape, Rescale: rescale,
  Activation: x => x,
};
