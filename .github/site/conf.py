"""Sphinx's settings for the course's web site; build.py calls Sphinx with them."""

import sys
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx import addnodes

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from build import addresses  # noqa: E402

REPOSITORY, HOME = addresses()

project = "Autoencoders, in three notebooks"
author = "the authors of the course"
language = "en"
extensions = ["myst_nb", "sphinx_copybutton"]
templates_path = ["templates"]
nb_execution_mode = "off"  # build.py executes the notebooks, or takes what is saved in them
nb_mime_priority_overrides = [
    # A widget needs a kernel, and its script another host; the picture beside it needs neither.
    ("html", "application/vnd.jupyter.widget-view+json", None),
]
nb_ipywidgets_js = {}
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]
copybutton_selector = ":not(.output) > div.highlight pre"

highlight_language = "none"  # what stands in README.md is no Python; cells are, and say so
html_theme = "sphinx_book_theme"
html_title = project
html_baseurl = HOME
html_logo = html_favicon = "static/logo.svg"
html_static_path = ["static", "../digits.png"]
html_css_files = ["course.css"]
html_js_files = [("live.js", {"defer": "defer"})]
html_additional_pages = {"404": "404.html"}
html_context = {"home": HOME, "logo": (HERE / "static" / "logo.svg").read_text(encoding="utf-8")}
html_use_index = False
html_copy_source = True
html_sourcelink_suffix = ""
html_last_updated_fmt = None
html_math_renderer = "mathml"
html_theme_options = {
    "repository_url": f"https://github.com/{REPOSITORY}",
    "repository_branch": "main",
    "use_repository_button": True,
    "launch_buttons": {
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
        "notebook_interface": "jupyterlab",
    },
    "logo": {"text": project},
    "search_bar_text": "Search the course",
    "navbar_persistent": [],  # one search field is enough
    "show_toc_level": 2,
}


def inline(translator, node):
    """Write a formula as MathML, which every browser draws by itself."""
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def block(translator, node):
    """Write a formula on a line of its own."""
    translator.body.append(f'<div class="formula">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def describe(app, pagename, templatename, context, doctree):
    """Give the templates what a shared link shows, and the list of notebooks."""
    (listed,) = app.env.get_doctree("index").findall(addnodes.toctree)
    context["notebooks"] = listed["entries"]  # pairs (title, page)
    if doctree:
        context["description"] = next(doctree.findall(nodes.paragraph)).astext().replace("\n", " ")
        pictured = pagename in (page for _, page in listed["entries"])
        context["picture"] = f"{Path(pagename).name}.png" if pictured else "digits.png"


def setup(app):
    """Register the way formulas are drawn."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("html-page-context", describe)
