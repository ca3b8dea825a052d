// As much of a page as the controls use: elements that hold what was set, canvases of one channel.

class FakeContext {
  constructor(canvas) {
    Object.assign(this, { canvas, calls: [], path: [], fillStyle: "#000000", lineWidth: 1 });
  }

  /** The red channel; a new size empties a canvas. */
  get red() {
    const size = this.canvas.width * this.canvas.height;
    if (this.pixels?.length !== size) this.pixels = new Float32Array(size);
    return this.pixels;
  }

  put(left, top, width, height, value) {
    const most = this.canvas.width, red = this.red;
    for (let row = Math.max(top, 0); row < Math.min(top + height, this.canvas.height); row++) {
      for (let column = Math.max(left, 0); column < Math.min(left + width, most); column++) {
        red[row * most + column] = value(row - top, column - left, red[row * most + column]);
      }
    }
  }

  fillRect(left, top, width, height) {
    this.calls.push(["fillRect", left, top, width, height, this.fillStyle]);
    if (!this.scaled) this.put(left, top, width, height, () => parseInt(this.fillStyle.slice(1, 3), 16));
  }

  fillText(...given) { this.calls.push(["fillText", ...given, this.fillStyle]); }

  strokeRect(...given) { this.calls.push(["strokeRect", ...given, this.strokeStyle]); }

  arc(...given) { this.calls.push(["arc", ...given, this.strokeStyle]); }

  scale(...given) { this.scaled = given; }

  beginPath() { this.path = []; }

  moveTo(x, y) { this.path.push([x, y]); }

  lineTo(x, y) { this.path.push([x, y]); }

  /** Lines, with half circles at their ends where they are to be round. */
  stroke() {
    const half = this.lineWidth / 2;
    this.path.slice(1).forEach(([toX, toY], i) => {
      const [x, y] = this.path[i], [dx, dy] = [toX - x, toY - y], side = 2 * this.lineWidth;
      const [left, top] = [[x, toX], [y, toY]].map(ends => Math.round(Math.min(...ends)) - side);
      this.put(left, top, Math.abs(dx) + 2 * side, Math.abs(dy) + 2 * side, (row, column, old) => {
        const [right, down] = [left + column - x, top + row - y];
        const along = (right * dx + down * dy) / (dx * dx + dy * dy || 1);
        const share = Math.min(Math.max(along, 0), 1);
        if (share !== along && this.lineCap !== "round") return old;
        const far = Math.hypot(right - share * dx, down - share * dy);
        return far <= half ? parseInt(this.strokeStyle[1].repeat(2), 16) : old;
      });
    });
  }

  putImageData({ data, width }, left, top) {
    this.put(left, top, width, data.length / 4 / width, (row, column) =>
      data[4 * (row * width + column)]);
  }

  /** Enlarged pictures are smooth, here from left to right only, unless that is switched off. */
  drawImage(source, left, top, width = source.width, height = source.height) {
    const red = source.red ?? source.getContext("2d").red;
    const smooth = (this.imageSmoothingEnabled ?? true) && width > source.width;
    this.put(left, top, width, height, (row, column) => {
      const across = (column * source.width) / width, share = smooth ? across % 1 : 0;
      const at = Math.floor((row * source.height) / height) * source.width + Math.floor(across);
      return (1 - share) * red[at] + share * (red[at + 1] ?? 0);
    });
  }

  getImageData(left, top, width, height) {
    const data = new Uint8ClampedArray(4 * width * height);
    this.red.forEach((value, i) => { data[4 * i] = value; });
    return { data };
  }
}

class FakeElement {
  constructor(tag) {
    Object.assign(this, { tag, children: [], style: {}, listeners: {}, attributes: {} });
    this.classList = { add: name => { this.attributes.class = name; } };
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
    if (["width", "height"].includes(name)) this[name] = value;
    if (["min", "max", "step", "value"].includes(name)) this[name] = String(value);
    if (name === "hidden") this.hidden = true;
  }

  get max() { return this.most; }

  set max(most) { // a range stays in its limits
    this.most = String(most);
    if (Number(this.value) > Number(most)) this.value = String(most);
  }

  append(...children) { this.children.push(...children); }

  addEventListener(type, listener) { (this.listeners[type] ??= []).push(listener); }

  getContext() { return (this.context ??= new FakeContext(this)); }

  setPointerCapture(id) { this.captured = id; }

  hasPointerCapture(id) { return this.captured === id; }

  attachShadow() { return (this.shadowRoot = new FakeElement("root")); }

  querySelector(tag) { return this.all(tag)[0]; }

  all(tag) {
    const inside = this.children.flatMap(child => child.all?.(tag) ?? []);
    return this.tag === tag ? [this, ...inside] : inside;
  }

  get text() {
    return this.textContent ?? this.children.map(child => child.text ?? child).join("");
  }
}

class ImageData {
  constructor(data, width) { Object.assign(this, { data, width }); }
}

class Image {
  async decode() {
    this.red = globalThis.sheet;
    [this.width, this.height] = [28, this.red.length / 28];
  }
}

const document = {
  createElement: tag => new FakeElement(tag),
  querySelectorAll: () => globalThis.hosts,
};

/** Put outputs with this JSON text into the page, and bring them to life. */
function open(text, sheet, style) {
  globalThis.sheet = Float32Array.from(sheet ?? []);
  const host = new FakeElement("div"), script = new FakeElement("script");
  script.textContent = text;
  host.append(script);
  globalThis.hosts = [host];
  start("id", style);
}

/** Let something happen to the element: what its listeners and those around it do. */
function fire(tag, index, type, event = {}) {
  const element = hosts[0].shadowRoot.all(tag)[index], seen = { prevented: false, stopped: false };
  Object.assign(event, { type, preventDefault: () => { seen.prevented = true; },
    stopPropagation: () => { seen.stopped = true; } });
  if ("value" in event) element.value = String(event.value);
  element.clientWidth ??= event.clientWidth ?? element.width;
  for (const around of [element, hosts[0].shadowRoot]) {
    (around.listeners[type] ?? []).forEach(listener => listener(event));
  }
  if (["pointerup", "pointercancel"].includes(type)) element.captured = null; // as a browser does
  return seen;
}

/** What a reader sees and what a screen reader says. */
function see() {
  const root = hosts[0].shadowRoot;
  const [square] = root.all("canvas").filter(canvas => canvas.attributes.role === "application");
  return {
    host: hosts[0].attributes,
    parts: root.children.map(child => [child.tag, child.attributes.class ?? child.text]),
    body: root.children.find(child => child.attributes.class === "body").children
      .map(child => child.attributes.class),
    keys: root.all("p").find(p => p.attributes.id === "keys").text,
    status: root.all("p").find(p => p.attributes.role === "status").text,
    inputs: root.all("label").map(label => ({
      parts: label.children.map(child => child.tag),
      label: label.children[0].text,
      type: label.children[1].attributes.type,
      ...Object.fromEntries(["min", "max", "step", "value"].map(name =>
        [name, Number(label.children[1][name])])),
      shown: label.children[2].text,
    })),
    buttons: root.all("button").map(button => button.text),
    pictures: root.all("figure").filter(figure => !figure.hidden).map(figure => {
      const [caption, canvas] = figure.children, on = canvas.getContext("2d");
      return { caption: caption.text, attributes: canvas.attributes, calls: on.calls,
        size: [canvas.width, canvas.height], scale: on.scaled, style: canvas.style,
        red: on.scaled ? [] : Array.from(on.red) };
    }),
    square: square && { attributes: square.attributes, red: Array.from(square.context.red) },
    pen: root.all("div").find(div => div.attributes.class === "pen")?.style,
  };
}
