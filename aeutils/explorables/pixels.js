/** Pictures from numbers, and drawings as MNIST would hold them. Only the context `on` is changed. */

const BLUE = "#56b4e9", ORANGE = "#e69f00", WHITE = "#ffffff", DIM = "#909090";
// One for each class, all bright enough for text on black.
const CLASSES = ["#ff8787", "#ffa94d", "#ffe066", "#c0eb75", "#51cf66", "#3bc9db", "#74a7ff",
  "#b197fc", "#f783ac", "#dee2e6"];
export const SIDE = 280; // of the drawing square in pixels, ten for each of MNIST's 28

/** An image with noise added, clipped to 0...1; the mean squared difference and a mix of two. */
export const noisy = (image, noise, level) =>
  image.map((v, i) => Math.min(Math.max(v + level * noise[i], 0), 1));
export const error = (a, b) => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0) / a.length;
export const mix = (a, b, part) => a.map((v, i) => (1 - part) * v + part * b[i]);

/** The color [red, green, blue] of a number: -1 blue, 0 white, 1 red; what is none is gray. */
export function diverging(v) {
  if (Number.isNaN(v)) return [144, 144, 144];
  const pale = 255 * (1 - Math.abs(v));
  return v < 0 ? [pale, pale, 255] : [255, pale, pale];
}

/** The bytes of an image, four for each number; 0 is black and 1 white unless `color` differs. */
export function paint(values, color = v => [255 * v, 255 * v, 255 * v]) {
  const bytes = new Uint8ClampedArray(4 * values.length).fill(255);
  for (let i = 0; i < values.length; i++) { // plain loops: this runs while one draws
    const rgb = color(values[i]);
    for (let k = 0; k < 3; k++) bytes[4 * i + k] = rgb[k];
  }
  return bytes;
}

/** Maps (each of height * width numbers) in rows of `columns`, lines between: [values, width]. */
export function tile(maps, width, columns, line = 0.4) {
  const height = maps[0].length / width, rows = Math.ceil(maps.length / columns);
  const total = columns * (width + 1) - 1;
  const values = new Float32Array(total * (rows * (height + 1) - 1)).fill(line);
  maps.forEach((map, n) => {
    const corner = Math.floor(n / columns) * (height + 1) * total + (n % columns) * (width + 1);
    rowsOf(map, width).forEach((row, i) => values.set(row, corner + i * total));
  });
  return [values, total];
}

function clear(on, width, height) {
  Object.assign(on, { fillStyle: "#000000", font: "12px sans-serif" });
  on.fillRect(0, 0, width, height);
}

function write(on, text, x, y, color = WHITE) {
  on.fillStyle = color;
  on.fillText(text, x, y);
}

/** Bars side by side on a scale from low to high that holds 0; marks are lines across them. */
export function bars(on, width, height, values, { low, high, chosen, marks = [], names = [] }) {
  clear(on, width, height);
  const foot = height - (names.length ? 16 : 0), step = width / values.length;
  const level = v => (foot * (high - Math.min(Math.max(v, low), high))) / (high - low);
  values.forEach((v, i) => {
    const gap = step > 3 ? 1 : 0;
    on.fillStyle = i === chosen ? ORANGE : BLUE;
    on.fillRect(i * step, Math.min(level(v), level(0)), step - gap, Math.abs(level(v) - level(0)));
    on.fillStyle = WHITE;
    if (marks.length) on.fillRect(i * step, level(marks[i]) - 1, step - gap, 2);
    if (names[i]) write(on, names[i], i * step + 1, height - 3);
  });
  on.fillStyle = DIM;
  on.fillRect(0, level(0), width, 1);
}

/** Which bar is under a point, and what its number would be there. */
export function barAt(x, y, width, height, count, low, high) {
  const unit = Math.min(Math.max(Math.floor((x / width) * count), 0), count - 1);
  return { unit, value: Math.min(Math.max(high - (y / height) * (high - low), low), high) };
}

/** Where a point of the plane lies on the picture, and which point lies under one of these. */
const place = ([x, y], width, height, [left, right, bottom, top]) =>
  [(width * (x - left)) / (right - left), (height * (top - y)) / (top - bottom)];
export const pointAt = (x, y, width, height, [left, right, bottom, top]) =>
  [left + (x / width) * (right - left), top - (y / height) * (top - bottom)];

/** Points as the numerals of their labels, up being up; a ring where `chosen` is. */
export function plane(on, width, height, points, { labels, range, chosen }) {
  clear(on, width, height);
  points.forEach((point, i) => {
    const [x, y] = place(point, width, height, range), label = labels?.[i];
    write(on, label === undefined ? "\u2022" : String(label), x - 4, y + 4, CLASSES[label] ?? BLUE);
  });
  if (!chosen) return;
  Object.assign(on, { strokeStyle: WHITE, lineWidth: 2 });
  on.beginPath();
  on.arc(...place(chosen, width, height, range), 8, 0, 7);
  on.stroke();
}

/** A curve above 0: what has come so far bright, the rest dim; its two ends are written. */
export function curve(on, width, height, values, { chosen }) {
  clear(on, width, height);
  const most = Math.max(...values), last = values.length - 1, [begin, end] = [values[0], values[last]];
  values.forEach((v, i) => {
    const x = 6 + ((width - 12) * i) / last, y = height - 6 - ((height - 30) * v) / most;
    on.fillStyle = i === chosen ? ORANGE : i < chosen ? BLUE : DIM;
    on.fillRect(x - 3, y - 3, 6, 6);
  });
  write(on, `from ${begin.toFixed(4)} to ${end.toFixed(4)}`, width - 130, 14);
}

/** A confusion matrix: rows are true classes, columns predicted ones; [row, column] is framed. */
export function matrix(on, width, height, counts, { chosen }) {
  clear(on, width, height);
  on.font = "11px sans-serif"; // a numeral is at most 7 pixels wide: four of them fit
  const wide = width / 11, high = height / 11, most = Math.log1p(Math.max(...counts.flat()));
  counts.forEach((row, i) => {
    write(on, i, 8, (i + 1.7) * high);
    write(on, i, (i + 1.5) * wide - 3.5, 16);
    row.forEach((count, j) => {
      const [x, y] = [(j + 1) * wide, (i + 1) * high];
      // Errors are few beside the diagonal: the logarithm shows both.
      on.fillStyle = `rgb(20 40 ${60 + Math.round((140 * Math.log1p(count)) / most)})`;
      on.fillRect(x, y, wide - 1, high - 1);
      write(on, count, x + wide / 2 - 3.5 * String(count).length, y + high - 7);
    });
  });
  Object.assign(on, { strokeStyle: ORANGE, lineWidth: 3 });
  on.strokeRect((chosen[1] + 1) * wide, (chosen[0] + 1) * high, wide - 1, high - 1);
}

/** Random numbers from a normal distribution (Box and Muller). */
export const gaussian = count => Array.from({ length: count }, () =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()));

/** A noisy code with `less` noise: `guess` is its clean part, the noise level goes from 1 to 0. */
export function lessNoise(code, guess, level, less) {
  const [now, after] = [level, level - less].map(v => (v * Math.PI) / 2);
  return Float32Array.from(code, (v, i) => Math.cos(after) * guess[i]
    + (Math.sin(after) * (v - Math.cos(now) * guess[i])) / Math.sin(now));
}

/** Draw a line, round and 22 pixels wide, into a square of ink (side * side bytes, 255 is white). */
export function line(ink, side, [x, y], [toX, toY]) {
  const reach = 12, [dx, dy] = [toX - x, toY - y], squared = dx * dx + dy * dy || 1;
  const [left, right, top, bottom] = [[x, toX], [y, toY]].flatMap(ends => [
    Math.max(Math.floor(Math.min(...ends) - reach), 0),
    Math.min(Math.ceil(Math.max(...ends) + reach), side - 1),
  ]);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [h, v] = [column + 0.5 - x, row + 0.5 - y]; // from a pixel's center
      const along = Math.min(Math.max((h * dx + v * dy) / squared, 0), 1);
      const far = Math.hypot(h - along * dx, v - along * dy), at = row * side + column;
      ink[at] = Math.max(ink[at], 255 * Math.min(Math.max(11.5 - far, 0), 1));
    }
  }
}

/** Make `to` numbers of each row's `width` by means, transposed: done twice, a smaller picture. */
function shrink(values, width, to) {
  const rows = values.length / width, scale = width / to, reach = Math.max(scale, 1);
  const made = new Float32Array(to * rows);
  for (let x = 0; x < to; x++) {
    const center = (x + 0.5) * scale, cells = [];
    const first = Math.max(Math.floor(center - reach / 2 + 0.5), 0);
    for (let i = first; i < Math.min(Math.floor(center + reach / 2 + 0.5), width); i++) {
      const far = (i - center + 0.5) * (1 / reach); // in Pillow's order, so that halves fall alike
      if (far > -0.5 && far <= 0.5) cells.push(i);
    }
    for (let row = 0; row < rows; row++) {
      const sum = cells.reduce((total, i) => total + values[row * width + i], 0);
      made[x * rows + row] = sum / cells.length;
    }
  }
  return made;
}

/**
 * A square drawing (side * side numbers, more is ink) scaled and centered as MNIST's digits were:
 * into 20 x 20 with its proportions, its center of mass in the middle of 28 x 28. Returns 784
 * numbers from 0 to 1, or null for an empty drawing. */
export function asMnist(drawing, side) {
  let [top, bottom, left, right] = [side, -1, side, -1];
  drawing.forEach((v, i) => {
    if (v <= 0) return;
    const row = Math.floor(i / side), column = i % side;
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  if (bottom < 0) return null;
  const width = right - left + 1, height = bottom - top + 1;
  const ink = rowsOf(drawing, side).slice(top, bottom + 1)
    .flatMap(row => [...row.slice(left, right + 1)]);
  const most = ink.reduce((a, b) => Math.max(a, b));
  const [w, h] = [width, height].map(s => Math.max(1, Math.round((20 * s) / Math.max(width, height))));
  const small = shrink(shrink(ink, width, w), height, h);
  let [sum, x, y] = [0, 0, 0];
  small.forEach((v, i) => { sum += v; x += v * (i % w); y += v * Math.floor(i / w); });
  const corner = (mass, s) => Math.min(Math.max(Math.round(14 - mass / sum), 0), 28 - s);
  const image = new Float32Array(784), [fromLeft, fromTop] = [corner(x, w), corner(y, h)];
  small.forEach((v, i) => {
    image[(fromTop + Math.floor(i / w)) * 28 + fromLeft + (i % w)] = Math.min(v / most, 1);
  });
  return image;
}

/** All n channels of maps (h, w, n), each as one array of h x w numbers. */
export function channelsOf(values, n) {
  const channels = Array.from({ length: n }, () => new Float32Array(values.length / n));
  values.forEach((v, i) => { channels[i % n][Math.floor(i / n)] = v; });
  return channels;
}

/** The rows of an array (n, size), one after the other. */
export const rowsOf = (values, size) =>
  Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
