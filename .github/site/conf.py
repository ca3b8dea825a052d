"""Sphinx's settings for the course's web site; build.py calls Sphinx with them."""

import tomllib
from pathlib import Path

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

HERE = Path(__file__).parent
PROJECT = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Autoencoders, in three notebooks"
author = "the authors of the course"
language = "en"
extensions = ["myst_nb"]
nb_execution_mode = "off"  # build.py executes the notebooks, or takes what is saved in them
nb_mime_priority_overrides = [
    # A widget needs a kernel, and its script another host; the picture beside it needs neither.
    ("html", "application/vnd.jupyter.widget-view+json", None),
]
nb_ipywidgets_js = {}
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]

highlight_language = "none"  # what stands in README.md is no Python; cells are, and say so
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["course.css"]
html_copy_source = True
html_sourcelink_suffix = ""
html_last_updated_fmt = None
html_math_renderer = "mathml"
html_theme_options = {
    "repository_url": PROJECT["urls"]["Repository"],
    "repository_branch": "main",
    "use_repository_button": True,
    "launch_buttons": {
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
        "notebook_interface": "jupyterlab",
    },
    "home_page_in_toc": True,
    "navbar_persistent": [],  # one search field is enough
    "show_toc_level": 2,
}


def inline(translator, node):
    """Write a formula as MathML, which every browser draws by itself."""
    translator.body.append(convert(node.astext()))
    raise SkipNode


def block(translator, node):
    """Write a formula on a line of its own."""
    translator.body.append(f'<div class="formula">{convert(node.astext(), display="block")}</div>')
    raise SkipNode


def setup(app):
    """Register the way formulas are drawn."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
