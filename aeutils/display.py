"""How every figure is shown: with its text alternative, whole, and once.

Each model has its own colour in all notebooks. A function `show_...` shows a figure with its text
alternative; its `..._figure` returns both.
"""

import base64
import functools
import html
import io
import warnings

from IPython.display import display
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

# Okabe and Ito's palette, which stays distinct for colour-blind readers: one colour for each model.
COLORS = {
    "simple": "#0072B2",  # 784-32-784 with a relu code
    "shallow": "#882255",  # 784-32-784 with a linear code
    "pca": "#E69F00",
    "linear": "#56B4E9",
    "deep": "#009E73",
    "conv": "#D55E00",
    "random start": "#000000",
    "pretrained": "#CC79A7",
    "floor": "#767676",
}


class _Shown:
    """A picture that a front end finds in the form it can show; elsewhere its alternative."""

    def __init__(self, png, alt):
        self.png, self.alt = png, alt

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        png = base64.b64encode(self.png).decode()
        # Front ends drop the alternative of image/png; the one of an <img> reaches the reader.
        picture = f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{png}">'
        data = {"text/html": picture, "image/png": png, "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def show_figure(figure, alt):
    """Display a Matplotlib figure with its text alternative, and close it.

    `alt` says in a sentence what the figure shows, for a reader who cannot see it.
    Raises `TypeError` for what is no figure, `ValueError` for an empty alternative and for text
    in the figure that Matplotlib cannot draw.

    >>> show_figure(plt.figure(), "An empty figure.")
    An empty figure.
    """
    if not isinstance(figure, Figure):
        raise TypeError(
            f"Received {type(figure).__name__} as figure, expected a Matplotlib figure."
        )
    plt.close(figure)  # one that is refused, too; it can be drawn all the same
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"Received {alt!r:.40} as alt, expected a sentence on what is seen.")
    png = io.BytesIO()
    try:
        with warnings.catch_warnings():
            # A box stands for a letter that the font lacks; the alternative holds the letter.
            warnings.filterwarnings("ignore", "Glyph .* missing")
            figure.savefig(png, format="png", bbox_inches="tight")
    except ValueError as error:
        raise ValueError(
            "Received a figure that Matplotlib cannot draw, expected another text or size: a $ "
            f"begins a formula, and \\$ is the sign itself. ({str(error).strip()[:200]})"
        ) from None
    display(_Shown(png.getvalue(), alt.encode("utf-8", "replace").decode()))


def shown(make):
    """Let a function that makes `(figure, alternative)` show them; its `.figure` only makes them.

    >>> @shown
    ... def show_nothing():
    ...     return plt.figure(), "An empty figure."
    >>> show_nothing()
    An empty figure.
    """

    @functools.wraps(make)
    def show(*args, **kwargs):
        show_figure(*make(*args, **kwargs))

    show.figure = make
    return show


def drawable(text, most=80):
    """Return a text that Matplotlib can draw: boxes for letters that its font lacks, shortened.

    >>> drawable("π = 3\\t🙂")
    'π = 3 □'
    """
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    text = "".join(
        c if c == "\n" else " " if c.isspace() else c if font.get_char_index(ord(c)) else "□"
        for c in str(text)[: most + 1]
    )
    return text if len(text) <= most else text[: most - 1] + "…"
