"""One output that lives in the page: a static picture, what the front end needs, and its code."""

import base64
import functools
import hashlib
import html
import io
import json
import re
from pathlib import Path

import numpy as np
from IPython.display import display
from PIL import Image

from aeutils.explorables.models import to_half

LIMIT = 450_000  # bytes of an output, so that a notebook of five still opens at once


class ControlError(ValueError):
    """What is wrong with a control's arguments: a notebook shows its sentence, no traceback."""

    def _render_traceback_(self):  # IPython asks an exception for this
        return [f"{self}"]


def in_one_sentence(control):
    """Let a control raise `ControlError` for wrong arguments, so that the cell fails in words."""

    @functools.wraps(control)
    def run(*args, **kwargs):
        try:
            return control(*args, **kwargs)
        except (TypeError, ValueError) as problem:
            raise ControlError(f"{control.__name__}: {' '.join(str(problem).split())}") from None

    return run


@functools.cache
def front_end():
    """Give the front end as one module, its four files without what joins them, and its style."""
    folder, names = Path(__file__).parent, ("layers", "pixels", "controls", "page")
    files = [(folder / f"{name}.js").read_text("utf-8") for name in names]
    code = re.sub(r"^export |^import [^;]*;\n", "", "".join(files), flags=re.M)
    code = re.sub(r"/\*\*.*?\*/\n|^ +", "", code, flags=re.M | re.S)  # a fifth is words and space
    return code, (folder / "style.css").read_text("utf-8")


def show(kind, title, advice, still, models, rows, few=12, **more):
    """Display a control: alive where scripts run, a picture with its alternative elsewhere.

    `kind`: its name in controls.js. `still`: the picture at the start and what it shows, as
    `digit_figure` returns them. `models`: dict from name to what `carry` returns. `rows`: dict
    from name to an array with a row for each digit, images as uint8; so many rows are sent as fit
    into the page, from `few` to all. `more`: JSON values. Raises `ValueError` where too few fit.
    """
    figure, said = still
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight", dpi=64)
    png, alt = _png(Image.open(file).convert("RGB").quantize(16)), f"{title}. {said}"
    data = {"kind": kind, "title": title, "advice": advice, "models": models} | more
    count = max(map(len, rows.values()))
    while len(text := _html(data | _sent(rows, count), png, alt)) + len(png) > LIMIT:
        count //= 2
        if count < few:
            raise ValueError(
                f"Received models and digits of {len(text) // 1000} kB, expected at most "
                f"{LIMIT // 1000} kB in a page: use a smaller network or fewer digits."
            )
    data = {"text/html": text, "image/png": png, "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})


def _png(image):
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _sent(rows, count):
    """The first rows as the front end reads them: a sheet, lists of labels, float16 numbers."""
    sent = {"halves": {}}
    for name, values in rows.items():
        if values.dtype == np.uint8:
            sent["sheet"] = _png(Image.fromarray(values[:count].reshape(-1, 28)))
        elif values.dtype.kind == "i":
            sent[name] = values[:count].tolist()
        else:
            sent["halves"][name] = [to_half(values[:count], name), values[0].size]
    return sent


def _html(data, png, alt):
    code, style = front_end()
    payload = json.dumps(data).replace("<", "\\u003c")
    name = hashlib.sha256(payload.encode()).hexdigest()[:16]  # the same cell, the same output
    return (
        f'<div data-explorable="{name}"><img alt="{html.escape(alt)}" '
        f'src="data:image/png;base64,{png}"><script type="application/json">{payload}</script>'
        f'</div><script type="module">{code}start("{name}", {json.dumps(style)});</script>'
    )
