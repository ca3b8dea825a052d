"""Controls that show what a trained model does while the reader changes its input.

Every control has two functions. `..._picture` is plain: it takes a state (models, arrays,
numbers) and returns `(picture, words)`, a uint8 array of shape (height, width, 3) and a sentence
that says the result; it raises `ValueError` with a friendly text where the state makes no sense.
The other one shows sliders and calls the first whenever one is moved.

A model is a Keras model or any function from an array of images to an array. It is called
directly, since `predict` takes tens of milliseconds to start, and a picture is put together from
pixels, since a Matplotlib figure takes a hundred: so the picture follows the hand.
"""

import base64
import functools
import html
import io
import time

import ipywidgets as widgets
import matplotlib
import numpy as np
from ipycanvas import MultiCanvas
from IPython.display import display
from PIL import Image, ImageDraw, ImageFont

from aeutils.figures import COLORS, _as_array, _as_images

SIDE = 280  # of the drawing area in pixels, ten for each of MNIST's 28
PEN = 22
# A handwritten 3: something to see before the first stroke.
EXAMPLE = [
    [(85, 75), (130, 45), (185, 65), (175, 115), (130, 135), (185, 160), (180, 220), (80, 225)]
]

_FONT = ImageFont.load_default(13)
_DIVERGING = matplotlib.colormaps["RdBu_r"].with_extremes(bad="#999999")
_ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
_shown = {}  # the live controls by name: when a cell runs again, its old control is closed


# --- Pixels ---------------------------------------------------------------------------------


def noisy(images, level):
    """Add Gaussian noise of standard deviation `level`, from 0 to 1, to images from 0 to 1.

    The same level always adds the same noise. Returns float32 of the same shape, clipped to 0...1.
    """
    _check("The noise", level, 0, 1)
    noise = np.random.default_rng(0).normal(size=images.shape)
    return np.clip(images + level * noise, 0, 1).astype("float32")


def rasterize(strokes):
    """Draw lists of points (x, y) from 0 to `SIDE` with a round pen: uint8 of (SIDE, SIDE)."""
    paper = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(paper)
    for stroke in strokes:
        pen.line(stroke, fill=255, width=PEN)
        for x, y in stroke:
            pen.circle((x, y), PEN / 2, fill=255)
    return np.asarray(paper)


def as_mnist(drawing):
    """Scale and centre a drawing as the digits of MNIST were.

    `drawing`: numbers of shape (height, width), 0 is background, larger is ink. What is inked is
    scaled into 20 x 20 pixels, with its proportions and gray edges, and laid into 28 x 28 with its
    centre of mass in the middle. Returns float32 of shape (28, 28) from 0 to 1. Raises `ValueError`
    for a drawing that is empty, not two-dimensional or not finite.
    """
    drawing = np.asarray(drawing, dtype="float32")
    if drawing.ndim != 2 or not np.isfinite(drawing).all():
        raise ValueError("A drawing is an array of height x width finite numbers.")
    rows, columns = (np.flatnonzero((drawing > 0).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        raise ValueError("The drawing is empty: draw a digit on the black square.")
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(1, round(20 * side / max(ink.shape))) for side in ink.shape)
    # The mean over the pixels that become one gives the gray edges.
    small = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX))
    corner = []
    for axis, side in enumerate(small.shape):
        mass = small.sum(axis=1 - axis)
        corner.append(int(np.clip(round(14 - mass @ np.arange(side) / mass.sum()), 0, 28 - side)))
    image = np.zeros((28, 28), "float32")
    image[corner[0] : corner[0] + height, corner[1] : corner[1] + width] = small / ink.max()
    return np.clip(image, 0, 1)


def _compose(*rows):
    """Set rows of panels (caption, image, height in pixels) below each other: the picture.

    An image is gray, floats from 0 to 1 of shape (h, w), or uint8 colours of shape (h, w, 3).
    """
    placed, top, right = [], 4, 0
    for row in rows:
        left, bottom = 4, top
        for caption, image, height in row:
            if image.ndim == 2:
                image = np.repeat(np.uint8(255 * np.clip(image, 0, 1))[..., None], 3, axis=2)
            factor = max(1, round(height / len(image)))  # a pixel becomes a square: no smoothing
            image = Image.fromarray(image.repeat(factor, axis=0).repeat(factor, axis=1))
            placed.append((left, top, caption, image))
            left += max(image.width, int(_FONT.getlength(caption))) + 12
            bottom = max(bottom, top + 20 + image.height)
        top, right = bottom + 8, max(right, left)
    picture = Image.new("RGB", (right, top), "white")
    pen = ImageDraw.Draw(picture)
    for left, top, caption, image in placed:
        pen.text((left, top), caption, fill="black", font=_FONT)
        picture.paste(image, (left, top + 20))
        box = (left - 1, top + 19, left + image.width, top + 20 + image.height)
        pen.rectangle(box, outline="#bbbbbb")
    return np.asarray(picture)


def _bars(values, names, high, chosen=None, marks=()):
    """Bars on a scale that holds 0 and `high`; `marks` are lines across them, to compare."""
    low, step = min(0, *values, *marks), 260 // len(values)
    picture = Image.new("RGB", (step * len(values), 196), "white")
    pen = ImageDraw.Draw(picture)

    def level(value):
        return 176 - 172 * (min(value, high) - low) / (high - low)

    for i, value in enumerate(values):
        left, right = i * step + 1, (i + 1) * step - 2
        top, bottom = sorted([level(value), level(0)])
        pen.rectangle((left, top, right, bottom), COLORS["conv" if i == chosen else "simple"])
        pen.text((left, 179), names[i], fill="black", font=_FONT)
        if len(marks):
            pen.line((left, level(marks[i]), right, level(marks[i])), fill="black", width=2)
    return np.asarray(picture)


def _code_bars(code, chosen=None, marks=()):
    names = [str(i) if i % 4 == 0 else "" for i in range(len(code))]
    return _bars(code, names, max(15, *code, *marks), chosen, marks)


def _grid(maps, columns, line):
    """Lay maps of shape (n, h, w) out in rows, with lines of one pixel between them."""
    maps = np.pad(maps, ((0, -len(maps) % columns), (0, 1), (0, 1)), constant_values=line)
    n, height, width = maps.shape
    rows = maps.reshape(n // columns, columns, height, width).swapaxes(1, 2)
    return rows.reshape(n // columns * height, columns * width)[:-1, :-1]


# --- Checks ---------------------------------------------------------------------------------


def _check(name, value, low, high, whole=False):
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if not isinstance(value, kinds) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{name} is {value!r}: choose {kind} from {low} to {high}.")


def _pick(x, digit, name="The digit"):
    _check(name, digit, 0, len(x) - 1, whole=True)
    return x[digit : digit + 1]


def _images(x, labels=None):
    """Images from 0 to 1, and their labels if there are any, as checked NumPy arrays."""
    x = _as_array(x, "images")
    _as_images(x, "images")
    if x.dtype.kind != "f" or x.min() < 0 or x.max() > 1:
        raise ValueError(
            f"Received {x.dtype} images from {x.min()} to {x.max()}, expected floats from 0 to 1."
        )
    if labels is None:
        return x, None
    labels = _as_array(labels, "labels")
    if labels.shape != (len(x),) or not np.isin(labels, range(10)).all():
        raise ValueError(
            f"Received labels of shape {labels.shape}, expected {len(x)} labels from 0 to 9."
        )
    return x, labels.astype(int)


def _call(model, x, kind):
    """What a model makes of x as a checked array (n, k); `kind`: see the keys below."""
    if not callable(model):
        raise TypeError(f"Received {type(model).__name__} as model, expected a Keras model.")
    takes = getattr(model, "input_shape", None)
    if takes is not None and takes != (None, *x.shape[1:]):
        raise ValueError(f"Received {x.shape} for a model that takes {takes}, expected one shape.")
    answer = model(x)
    if isinstance(answer, (list, tuple, dict)):
        raise ValueError("Received several answers from the model, expected one.")
    answer = np.asarray(answer)
    if answer.dtype.kind not in "fiu" or not np.isfinite(answer).all():
        raise ValueError(
            "The model answers NaN, infinity or no numbers at all, expected finite numbers: "
            "run its training cell again."
        )
    n = len(x)
    expected, fits = {
        "codes": (f"({n}, units), at most 260 units", answer.shape[1:] and answer[0].size <= 260),
        "images": (f"({n}, 784)", answer.size == 784 * n),
        "classes": (f"({n}, 10)", answer.shape == (n, 10)),
        "classes or images": (f"({n}, 10) or ({n}, 784)", answer.size in (10 * n, 784 * n)),
    }[kind]
    if answer.ndim < 1 or len(answer) != n or not answer.size or not fits:
        raise ValueError(f"Received {answer.shape} from the model, expected {kind} {expected}.")
    return answer.reshape(n, -1)


def _square(image):
    return np.reshape(image, (28, 28))


def _error(a, b):
    return float(np.mean((np.ravel(a) - np.ravel(b)) ** 2))


# --- State in, picture out ------------------------------------------------------------------


def explore_picture(encoder, decoder, x, digit, noise):
    """Picture a digit with noise of a level from 0 to 1, its code and its reconstruction."""
    clean = _pick(x, digit)
    given = noisy(clean, noise)
    code = _call(encoder, given, "codes")
    output = _call(decoder, code, "images")
    panels = [
        ("input", _square(given), 196),
        (f"code: {code.size} numbers, up to {code.max():.1f}", _code_bars(code[0]), 196),
        (f"reconstruction, error {_error(output, given):.4f}", _square(output), 196),
    ]
    to_input, to_clean = _error(output, given), _error(output, clean)
    words = f"Mean squared error to the input {to_input:.4f}, to the clean digit {to_clean:.4f}."
    return _compose(panels), words


def code_picture(decoder, code, own, unit):
    """Picture what a code decodes to, beside what a digit's own code decodes to.

    `code`, `own`: numbers of shape (units,). `unit`: the bar that stands out; the lines across the
    bars mark the own code.
    """
    _check("The unit", unit, 0, len(own) - 1, whole=True)
    if np.shape(code) != np.shape(own) or not np.isfinite(code).all():
        raise ValueError(f"The code must be {len(own)} finite numbers.")
    output = _call(decoder, np.stack([own, code]).astype("float32"), "images")
    panels = [
        ("its own code, decoded", _square(output[0]), 196),
        (f"code as set, unit {unit} in orange", _code_bars(code, unit, own), 196),
        ("code as set, decoded", _square(output[1]), 196),
    ]
    words = (
        f"Unit {unit} is {code[unit]:.1f}; in the digit's own code it is {own[unit]:.1f}. "
        f"The picture has changed by a mean square of {_error(*output):.4f}."
    )
    return _compose(panels), words


def morph_picture(encoder, decoder, x, first, second, mix):
    """Picture the way from one digit (mix 0) to another (mix 1), through codes and pixels."""
    _check("The mix", mix, 0, 1)
    ends = np.concatenate([_pick(x, first, "First digit"), _pick(x, second, "Second digit")])
    codes = _call(encoder, ends, "codes")
    decoded = _call(decoder, (1 - mix) * codes[:1] + mix * codes[1:], "images")
    pixels = (1 - mix) * ends[0] + mix * ends[1]
    panels = [
        ("first digit", _square(ends[0]), 140),
        ("codes mixed, decoded", _square(decoded), 196),
        ("images mixed", _square(pixels), 196),
        ("second digit", _square(ends[1]), 140),
    ]
    gray = [np.mean(4 * image * (1 - image)) for image in (decoded, pixels)]
    words = f"Share of gray: {gray[0]:.2f} codes mixed, {gray[1]:.2f} images mixed."
    return _compose(panels), words


def confusion_picture(x, labels, predicted, true, answer):
    """Picture the confusion matrix, and up to 24 digits of the class `true` predicted as `answer`.

    `labels`, `predicted`: whole numbers from 0 to 9, one for each image of `x`.
    """
    _check("The true class", true, 0, 9, whole=True)
    _check("The predicted class", answer, 0, 9, whole=True)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predicted), 1)
    matrix = Image.new("RGB", (330, 264), "white")
    pen = ImageDraw.Draw(matrix)
    for i in range(10):
        pen.text((8, 24 * i + 28), f"{i}", fill="black", font=_FONT)
        pen.text((30 * i + 40, 4), f"{i}", fill="black", font=_FONT)
        for j, count in enumerate(counts[i]):
            left, top = 30 * j + 30, 24 * i + 24
            # Errors are few beside the diagonal: the logarithm shows both.
            shade = int(255 - 150 * np.log1p(count) / np.log1p(counts.max()))
            edge = COLORS["conv"] if (i, j) == (true, answer) else None
            pen.rectangle((left, top, left + 28, top + 22), (shade, shade, 255), edge, width=3)
            pen.text((left + 3, top + 4), f"{count}", fill="black", font=_FONT)
    found = np.flatnonzero((labels == true) & (predicted == answer))
    images = np.zeros((24, 28, 28))
    images[: len(found)] = np.reshape(x[found[:24]], (-1, 28, 28))
    panels = [
        ("rows: true class, columns: predicted", np.asarray(matrix), 264),
        (f"true {true}, predicted {answer}: {len(found)}", _grid(images, 6, 0.3), 230),
    ]
    words = f"{len(found)} of the {counts[true].sum()} digits {true} are predicted as {answer}."
    return _compose(panels), words


def neighbour_picture(x, labels, codes, digit):
    """Picture the eight digits nearest to one digit by their pixels, and eight by their codes."""
    _pick(x, digit)
    rows, words = [], []
    for name, points in {"pixels": np.reshape(x, (len(x), -1)), "codes": codes}.items():
        # The squared distance, but for a part that is the same for all: no copy of all pixels.
        far = np.einsum("ij,ij->i", points, points) - 2 * (points @ points[digit])
        far[digit] = np.inf
        nearest = np.argsort(far)[:8]
        same = np.sum(labels[nearest] == labels[digit])
        own = [(f"by {name}: {labels[digit]}", _square(x[digit]), 84)]
        rows.append(own + [(f"{labels[i]}", _square(x[i]), 84) for i in nearest])
        words.append(f"{same} of {len(nearest)} by {name}")
    return _compose(*rows), f"Neighbours with the same label: {', '.join(words)}."


def _feature_maps(encoder):
    """Give a function from images to the feature maps of each `Conv2D` layer, and the layers."""
    import keras  # takes seconds: not before it is needed

    if not isinstance(encoder, keras.Model):
        raise TypeError(f"Received {type(encoder).__name__} as encoder, expected a Keras model.")
    layers = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Conv2D)]
    if not layers:
        raise ValueError("Received an encoder without layers of Conv2D, expected at least one.")
    model = keras.Model(encoder.inputs[0], [layer.output for layer in layers])
    # A model with one output may answer with the tensor alone, not with a list of one.
    return lambda x: [np.asarray(values) for values in keras.tree.flatten(model(x))], layers


def filter_views(encoder, x):
    """Find for every filter of an encoder the patch of the images `x` that excites it most.

    `encoder`: a Keras model whose layers form a chain. Returns `(maps, views)`: a function from
    images to the list of the `Conv2D` layers' feature maps, and for each of these layers a dict
    with its `kernel` of shape (h, w, channels, filters), and by filter the largest
    value, `top`, and the `patches`. Raises `ValueError` where there is no such layer.
    """
    maps, layers = _feature_maps(encoder)
    chain = [layer for layer in encoder.layers if hasattr(layer, "strides")]
    views = [{"kernel": np.asarray(layer.kernel)} for layer in layers]
    for start in range(0, len(x), 50):  # in parts: all maps at once would take 100 MB
        for view, layer, values in zip(views, layers, maps(x[start : start + 50]), strict=True):
            highest = values.max(axis=(0, 1, 2))
            top = view.setdefault("top", np.full(len(highest), -np.inf))
            patches = view.setdefault("patches", [None] * len(highest))
            for number in np.flatnonzero(highest > top):
                i, *place = np.unravel_index(values[..., number].argmax(), values.shape[:3])
                before = chain[: chain.index(layer) + 1]
                top[number] = highest[number]
                patches[number] = _patch(_square(x[start + i]), before, place)
    return maps, views


def _patch(image, chain, place):
    """Cut out what one unit behind a chain of layers sees; black beyond the image's edge."""
    spans = []
    for axis, unit in enumerate(place):
        first = last = int(unit)
        for layer in reversed(chain):
            size = getattr(layer, "kernel_size", None) or layer.pool_size
            size, step, side = size[axis], layer.strides[axis], layer.input.shape[1 + axis]
            padding = max((-(-side // step) - 1) * step + size - side, 0)
            shift = padding // 2 if layer.padding == "same" else 0
            first, last = first * step - shift, last * step - shift + size - 1
        spans.append(slice(first + 28, last + 29))
    return np.pad(image, 28)[tuple(spans)]


def filter_picture(maps, views, x, digit, layer, number):
    """Picture a digit's feature map beside the filter's kernel and the patch that excites it most.

    `maps`, `views`: from `filter_views`. `layer`, `number`: whole numbers from 0.
    """
    _check("The layer", layer, 0, len(views) - 1, whole=True)
    view = views[layer]
    _check("The filter", number, 0, len(view["patches"]) - 1, whole=True)
    given, top = _pick(x, digit), view["top"][number]
    output = maps(given)[layer][0, ..., number]
    kernel = np.moveaxis(view["kernel"][..., number], 2, 0)
    weights = _grid(kernel, min(8, len(kernel)), np.nan) / abs(kernel).max()
    patch = view["patches"][number]
    panels = [
        ("input", _square(given), 140),
        (f"feature map, up to {output.max():.2f}", output / max(top, 1e-6), 308),
        (f"kernel ({len(kernel)} in)", _DIVERGING((weights + 1) / 2, bytes=True)[..., :3], 120),
        ("strongest patch", patch, 120) if top > 0 else ("dead filter", 0 * patch, 120),
    ]
    words = (
        f"Filter {number} of layer {layer + 1} gives at most {output.max():.2f} on this digit; "
        f"{top:.2f} on the patch that excites it most."
    )
    return _compose(panels), words


def denoise_picture(denoiser, x, digit, noise):
    """Picture a digit with noise and what a denoiser makes of it, with the errors of both."""
    clean = _pick(x, digit)
    given = noisy(clean, noise)
    output = _call(denoiser, given, "images")
    before, after = _error(given, clean), _error(output, clean)
    panels = [
        (f"noisy, error {before:.4f}", _square(given), 196),
        (f"denoised, error {after:.4f}", _square(output), 196),
        ("clean", _square(clean), 196),
    ]
    words = f"Mean squared error to the clean digit: {before:.4f}, denoised {after:.4f}."
    return _compose(panels), words


def drawing_picture(model, strokes, maps=None):
    """Picture a drawing as MNIST would hold it, and the model's answer.

    `strokes`: see `rasterize`. `model`: takes (n, 784) or (n, 28, 28, 1) and answers with ten class
    probabilities or a reconstruction. `maps`: None, or a function from images to lists of feature
    maps, the first of which are shown. Raises `ValueError` for an empty drawing.
    """
    image = as_mnist(rasterize(strokes))
    given = image.reshape(1, *model.input_shape[1:])
    output = _call(model, given, "classes or images")
    panels = [("as MNIST would hold it", image, 196)]
    if output.size == 10:
        best = output.argmax()
        panels.append(("class probabilities", _bars(output[0], "0123456789", 1, best), 196))
        words = f"The model says {best}, with a probability of {output.max():.2f}."
    else:
        words = f"Mean squared error of the reconstruction {_error(output, given):.4f}."
        panels.append(("reconstruction", _square(output), 196))
    if maps:
        values = np.moveaxis(maps(given)[0][0], 2, 0)
        panels.append(("feature maps", _grid(values / max(values.max(), 1e-6), 8, 0.4), 230))
    return _compose(panels), words


# --- The controls ---------------------------------------------------------------------------


def _friendly(control):
    """Let a control print what is wrong with its arguments instead of a traceback."""

    @functools.wraps(control)
    def run(*args, **kwargs):
        try:
            control(*args, **kwargs)
        except (TypeError, ValueError) as problem:
            print(f"{control.__name__}: {problem}")

    return run


def _show(name, advice, inputs, scene, others=()):
    """Show widgets and the picture of their values; return the function that draws it anew.

    `inputs`: widgets by the argument of `scene` that they set. The output holds the starting
    picture as well, for GitHub and other places where no kernel moves the widgets.
    """

    def look():
        pixels, said = scene(**{key: widget.value for key, widget in inputs.items()})
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        return file.getvalue(), said

    def draw(_=None):
        try:
            picture.value, said = look()
        except ValueError as problem:
            said = str(problem)
        words.value = f'<span role="status">{html.escape(said)}</span>'

    start, said = look()
    picture, words = widgets.Image(value=start, format="png"), widgets.HTML()
    draw()
    for widget in inputs.values():
        widget.observe(draw, "value")
    wrap = widgets.Layout(flex_flow="row wrap", align_items="center")
    body = widgets.Box([widgets.VBox([*inputs.values(), *others]), picture], layout=wrap)
    if name in _shown:
        _close(_shown.pop(name))
    _shown[name] = widgets.VBox([widgets.HTML(f"<b>{name}.</b> {advice}"), body, words])
    alt = f"{name}, at the start. {said}"
    static = {"image/png": base64.b64encode(start).decode(), "text/plain": alt}
    live = _shown[name]._repr_mimebundle_()
    display(live | static, raw=True, metadata={"image/png": {"alt": alt}})
    return draw


def _close(widget):
    """Close a widget with all its parts, so that neither kernel nor page keeps them."""
    parts = [*getattr(widget, "children", ()), *getattr(widget, "_canvases", ())]
    parts += [getattr(widget, name) for name in ("layout", "style") if hasattr(widget, name)]
    for part in parts:
        _close(part)
    widget.close()


def _slider(label, high, value=0, step=None):
    """A slider from 0 to high: of whole numbers, or of fractions where a step is given."""
    style = {"style": {"description_width": "8em"}, "layout": {"width": "32em"}}
    if step:
        return widgets.FloatSlider(value, min=0, max=high, step=step, description=label, **style)
    return widgets.IntSlider(value, min=0, max=high, description=label, **style)


@_friendly
def explore_digit(encoder, decoder, x):
    """Choose a digit and a noise level; see the input, its code and the reconstruction.

    `x`: images from 0 to 1 in the encoder's shape, (n, 784) or (n, 28, 28, 1).

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> explore_digit(lambda x: x[:, :32], lambda code: np.tile(code, 25)[:, :784], digits)
    {...Explore a digit, at the start...}
    """
    x, _ = _images(x)
    _show(
        "Explore a digit",
        "Try: leave the digit and turn the noise up. Does the reconstruction keep the noise?",
        {"digit": _slider("digit", len(x) - 1), "noise": _slider("noise", 1, 0, 0.02)},
        functools.partial(explore_picture, encoder, decoder, x),
    )


@_friendly
def drag_code(encoder, decoder, x):
    """Change one number of a digit's code at a time; see what the code decodes to.

    `x`: images from 0 to 1 in the encoder's shape, (n, 784) or (n, 28, 28, 1).

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> drag_code(lambda x: x[:, :32], lambda code: np.tile(code, 25)[:, :784], digits)
    {...Drag the code, at the start...}
    """
    x, _ = _images(x)
    codes = _call(encoder, x, "codes")
    code = codes[0].copy()
    digit, unit = _slider("digit", len(x) - 1), _slider("unit", len(code) - 1, int(code.argmax()))
    number = _slider("its number", float(np.ceil(codes.max())), float(code.max()), 0.1)
    number.min = float(min(0, np.floor(codes.min())))
    reset = widgets.Button(description="Back to its own code", layout={"width": "14em"})

    def restore(_=None):
        code[:] = codes[digit.value]
        number.value = float(code[unit.value])

    def scene(digit, unit, number):
        code[unit] = number
        return code_picture(decoder, code, codes[digit], unit)

    # These come first, so that the slider holds the right number when the picture is drawn.
    digit.observe(restore, "value")
    unit.observe(lambda _: setattr(number, "value", float(code[unit.value])), "value")
    draw = _show(
        "Drag the code",
        "Try: choose a unit with a tall bar and pull its number down to 0. Which stroke changes?",
        {"digit": digit, "unit": unit, "number": number},
        scene,
        [reset],
    )
    reset.on_click(lambda _: (restore(), draw()))


@_friendly
def morph_digits(encoder, decoder, x):
    """Walk from one digit to another, through their codes and through their pixels.

    `x`: images from 0 to 1 in the encoder's shape, (n, 784) or (n, 28, 28, 1).

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> morph_digits(lambda x: x[:, :32], lambda code: np.tile(code, 25)[:, :784], digits)
    {...Morph one digit into another, at the start...}
    """
    x, _ = _images(x)
    last = len(x) - 1
    inputs = {
        "first": _slider("first digit", last, min(4, last)),
        "second": _slider("second digit", last, min(7, last)),
        "mix": _slider("mix", 1, 0.5, 0.01),
    }
    _show(
        "Morph one digit into another",
        "Try: stop half-way. Which of the two pictures in the middle looks more like one drawing?",
        inputs,
        functools.partial(morph_picture, encoder, decoder, x),
    )


@_friendly
def browse_confusions(classifier, x, labels):
    """Choose a true and a predicted class; see the digits in that cell of the confusion matrix.

    `x`: n images from 0 to 1 in the classifier's shape. `labels`: n whole numbers from 0 to 9.

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> labels = np.arange(20) % 10
    >>> browse_confusions(lambda x: x[:, :10], digits, labels)
    {...Browse the confusions, at the start...}
    """
    x, labels = _images(x, labels)
    predicted = _call(classifier, x, "classes").argmax(axis=1)
    errors = (10 * labels + predicted)[labels != predicted]
    true, answer = divmod(int(np.bincount(errors, minlength=1).argmax()), 10)  # the commonest
    _show(
        "Browse the confusions",
        "Try: swap the two classes. Are there as many confusions the other way round?",
        {"true": _slider("true class", 9, true), "answer": _slider("predicted class", 9, answer)},
        functools.partial(confusion_picture, x, labels, predicted),
    )


@_friendly
def find_neighbours(encoder, x, labels):
    """Choose a digit; see the digits that are nearest to it in pixels, and in codes.

    `x`: n images from 0 to 1 in the encoder's shape. `labels`: n whole numbers from 0 to 9.

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> labels = np.arange(20) % 10
    >>> find_neighbours(lambda x: x[:, :64], digits, labels)
    {...Find the nearest neighbours, at the start...}
    """
    x, labels = _images(x, labels)
    _show(
        "Find the nearest neighbours",
        "Try: look for a digit whose neighbours have another label. Do codes and pixels agree?",
        {"digit": _slider("digit", len(x) - 1, min(8, len(x) - 1))},
        functools.partial(neighbour_picture, x, labels, _call(encoder, x, "codes")),
    )


@_friendly
def explore_filters(encoder, x):
    """Choose a digit, a layer and a filter; see feature map, kernel and the strongest patch.

    `encoder`: a Keras model whose layers form a chain, some of them `Conv2D`. `x`: images from 0
    to 1 of shape (n, 28, 28, 1); the strongest patch is sought in the first 300.

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> import keras
    >>> encoder = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3)])
    >>> explore_filters(encoder, digits.reshape(-1, 28, 28, 1))
    {...Explore the filters, at the start...}
    """
    x, _ = _images(x)
    maps, views = filter_views(encoder, x[:300])
    names = [(f"{i + 1}: {len(view['top'])} filters", i) for i, view in enumerate(views)]
    layer = widgets.Dropdown(options=names, description="layer", style={"description_width": "8em"})
    number = _slider("filter", len(views[0]["top"]) - 1, int(views[0]["top"].argmax()))
    layer.observe(lambda _: setattr(number, "max", len(views[layer.value]["top"]) - 1), "value")
    _show(
        "Explore the filters",
        "Try: find a filter that sees only one side of each stroke. Does its kernel tell which?",
        {"digit": _slider("digit", len(x) - 1), "layer": layer, "number": number},
        functools.partial(filter_picture, maps, views, x),
    )


@_friendly
def remove_noise(denoiser, x):
    """Choose a digit and a noise level; see the noisy digit and what the denoiser makes of it.

    `x`: images from 0 to 1 in the denoiser's shape, (n, 784) or (n, 28, 28, 1).

    >>> digits = np.random.default_rng(0).random((20, 784))
    >>> remove_noise(lambda x: x / 2, digits)
    {...Remove the noise, at the start...}
    """
    x, _ = _images(x)
    _show(
        "Remove the noise",
        "Try: turn the noise up until you cannot read the digit. Can you read the answer?",
        {"digit": _slider("digit", len(x) - 1), "noise": _slider("noise", 1, 0.4, 0.02)},
        functools.partial(denoise_picture, denoiser, x),
    )


@_friendly
def draw_digit(model, encoder=None):
    """Draw a digit with mouse, finger or arrow keys; see what the model makes of it.

    `model`: an autoencoder or a classifier that takes (n, 784) or (n, 28, 28, 1). `encoder`: a
    Keras model whose first `Conv2D` layer's feature maps are to be shown as well.

    >>> import keras
    >>> draw_digit(keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, "softmax")]))
    {...Draw a digit, at the start...}
    """
    if np.prod(getattr(model, "input_shape", (None, 0))[1:]) != 784:
        raise ValueError(f"Received {type(model).__name__}, expected a Keras model of 784 pixels.")
    maps = None if encoder is None else _feature_maps(encoder)[0]
    strokes = [list(stroke) for stroke in EXAMPLE]
    draw = _show(
        "Draw a digit",
        "Try: replace the example by your own, then by something that is no digit. On the keyboard,"
        " arrows draw, Shift and arrows move the pen, Delete clears, Escape leaves the square.",
        {},
        lambda: drawing_picture(model, strokes, maps),
        _drawing_area(strokes, lambda: draw()),
    )


def _drawing_area(strokes, changed):
    """Make a canvas that adds to `strokes` and calls `changed`, and a button that clears both."""
    canvas = MultiCanvas(2, width=SIDE, height=SIDE, layout={"width": f"{SIDE}px"})
    ink, marker = canvas[0], canvas[1]
    ink.stroke_style, ink.line_width, ink.line_cap, ink.line_join = "white", PEN, "round", "round"
    marker.stroke_style, marker.line_width = COLORS["conv"], 3
    clear = widgets.Button(description="Clear")
    example, down, pen, drawn = True, False, (SIDE // 2, 42), 0.0

    def paint():
        ink.fill_rect(0, 0, SIDE, SIDE)
        for stroke in strokes:
            ink.stroke_lines(stroke)

    def wipe(_=None):
        nonlocal example, down
        example = down = False
        strokes.clear()
        marker.clear()
        paint()
        changed()

    def start(x, y):
        nonlocal down
        if example:
            wipe()
        down = True
        strokes.append([(x, y)])
        move(x, y)

    def move(x, y):
        nonlocal drawn
        if down:
            strokes[-1].append((x, y))
            ink.stroke_lines(strokes[-1][-2:])
            # A mouse reports faster than a slow kernel answers: skip some, so that none queue up.
            if time.monotonic() - drawn > 0.05:
                changed()
                drawn = time.monotonic()

    def end(*_):
        nonlocal down
        if down:
            down = False
            changed()

    def key(name, shift, *_):
        nonlocal pen
        if name in ("Escape", "Tab"):  # the canvas swallows every key: Tab alone would not leave it
            clear.focus()
        elif name in ("Delete", "Backspace"):
            wipe()
        elif name in _ARROWS:
            before = pen
            pen = tuple(min(max(pen[i] + 14 * _ARROWS[name][i], 14), SIDE - 14) for i in (0, 1))
            if not shift:
                start(*before)
                move(*pen)
                end()
            marker.clear()
            marker.stroke_circle(*pen, PEN / 2)

    canvas.on_mouse_down(start)
    canvas.on_mouse_move(move)
    canvas.on_mouse_up(end)
    canvas.on_mouse_out(end)
    canvas.on_touch_start(lambda touches: start(*touches[0]))
    canvas.on_touch_move(lambda touches: move(*touches[0]))
    canvas.on_touch_end(end)
    canvas.on_touch_cancel(end)
    canvas.on_key_down(key)
    canvas.on_client_ready(paint)
    clear.on_click(wipe)
    paint()
    return canvas, clear
