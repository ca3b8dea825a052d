"""One output that lives in the page: a static picture, what the front end needs, and its code."""

import base64
import functools
import hashlib
import html
import json
import re
from pathlib import Path

import matplotlib.style
import numpy as np
from IPython.display import display

from aeutils.arrays import expect
from aeutils.explorables.models import to_half
from aeutils.figures import as_png

LIMIT = 450_000  # bytes of an output, so that a notebook of five still opens at once
HINT = "This figure is live: run this cell, or open the course's site, to interact with it."


class LiveFigureError(ValueError):
    """What is wrong with a live figure's arguments: a notebook shows its sentence, no traceback."""

    def _render_traceback_(self):  # IPython asks an exception for this
        return [f"{self}"]


def live_figure(kind, title):
    """Let a function show what it returns, the other arguments of `show`; errors are a sentence."""

    def decorate(make):
        @functools.wraps(make)
        def run(*args, **kwargs):
            try:
                with matplotlib.style.context("aeutils.course", after_reset=True):
                    show(kind, title, **make(*args, **kwargs))
            except (TypeError, ValueError) as problem:
                said = " ".join(str(problem).split())
                raise LiveFigureError(f"{make.__name__}: {said}") from None

        return run

    return decorate


@functools.cache
def front_end():
    """Give the front end as one module, its four files without what joins them, and its style."""
    names = ("layers.js", "pixels.js", "live.js", "page.js", "style.css")
    *files, style = [(Path(__file__).parent / name).read_text("utf-8") for name in names]
    code = re.sub(r"^export |^import [^;]*;\n", "", "".join(files), flags=re.M)
    code = re.sub(r"/\*\*.*?\*/\n|^ +", "", code, flags=re.M | re.S)  # a fifth is words and space
    return code, style


def show(kind, title, advice, still, models, rows, few=12, **more):
    """Display a live figure where scripts run, a picture with its text alternative elsewhere.

    `kind`: its name in live.js. `still`: the picture at the start and what it shows, as
    `digit_figure` returns them. `models`: dict from name to what `carry` returns. `rows`: dict
    from name to an array with a row for each digit, images as uint8; so many rows are sent as fit
    into the page, from `few` to all. `more`: JSON values, of which `start` gives values at the
    start to sliders by their labels. Raises `ValueError` where too few rows fit.
    """
    figure, said = still
    figure.text(0, -0.15 / figure.get_figheight(), HINT, va="top", fontsize=9, color="#505050")
    png, (width, _) = as_png(figure, pixels=72, colors=8)
    alt = f"{title}. {said} {HINT}"
    data = {"kind": kind, "title": title, "advice": advice, "models": models, "start": {}} | more
    count = max(map(len, rows.values()))
    while (size := len(png) + len(text := _html(data, rows, count, png, width, alt))) > LIMIT:
        count //= 2
        wanted = f"at most {LIMIT // 1000} kB in a page: use a smaller network or fewer digits"
        expect(count >= few, f"models, digits and picture of {size // 1000} kB", wanted)
    data = {"text/html": text, "image/png": png, "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt, "width": width}})


def pack(digits):
    """Write uint8 digits in base64, a run of zeros as 0 and its length: 0 0 0 7 as 0 3 7."""
    runs = re.sub(rb"\0{1,255}", lambda run: bytes([0, len(run[0])]), digits.tobytes())
    return base64.b64encode(runs).decode()


def _sent(rows, count):
    """The first rows as the front end reads them: packed digits, lists of labels, float16."""
    sent = {"halves": {}}
    for name, values in rows.items():
        if values.dtype == np.uint8:
            sent["digits"] = pack(values[:count])
        elif values.dtype.kind == "i":
            sent[name] = values[:count].tolist()
        else:
            sent["halves"][name] = [to_half(values[:count], name), values[0].size]
    return sent


def _html(data, rows, count, png, width, alt):
    code, style = front_end()
    payload = json.dumps(data | _sent(rows, count)).replace("<", "\\u003c")
    name = hashlib.sha256(payload.encode()).hexdigest()[:16]  # the same cell, the same output
    return (
        f'<div data-explorable="{name}"><img alt="{html.escape(alt)}" width="{width}" '
        f'src="data:image/png;base64,{png}"><script type="application/json">{payload}</script>'
        f'</div><script type="module">{code}start("{name}", {json.dumps(style)});</script>'
    )
