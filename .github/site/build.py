"""Build the course's web site from README.md and the notebooks, without a network.

Usage:  python .github/site/build.py [--execute] [FOLDER]

With --execute every notebook is executed first, which takes minutes: then the controls are alive on
the site. Without it, the saved outputs are taken, in which each control is a picture. FOLDER is
where the pages go (default: .github/site/html).
"""

import argparse
import html
import re
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMES = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
# What README.md links to, at the same place in the site's source.
PAGES = [
    "aeutils/mnist/README.md",
    "tests/benchmarks/README.md",
    "binder/README.md",
    "tests/README.md",
]
FILES = ["LICENSE", ".github/reconstructions.png", ".github/CITATION.cff"]


def main(arguments):
    """Build the site as the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "html")
    parser.add_argument("--execute", action="store_true", help="execute the notebooks first")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as source:
        write_sources(Path(source), options.execute)
        settings = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE)]
        failed = sphinx([*settings, source, str(options.folder)])
    if failed:
        return failed
    for name in NAMES:  # what is downloaded is the notebook itself, not what the site adds to it
        path = f"notebooks/{name}.ipynb"
        shutil.copy(ROOT / path, options.folder / "_sources" / path)
    print(f"The site is in {options.folder}: open {options.folder / 'index.html'}")
    return 0


def write_sources(source, execute):
    """Put everything that Sphinx reads into the folder `source`."""
    for path in FILES + PAGES:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    (source / "index.md").write_text(front_page(), encoding="utf-8")
    (source / "notebooks").mkdir()
    for name in NAMES:
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        if execute:
            print(f"Executing {name} ...", flush=True)
            place = {"metadata": {"path": ROOT / "notebooks"}}
            NotebookClient(notebook, timeout=600, resources=place).execute()
        nbformat.write(for_the_site(notebook, name), source / "notebooks" / f"{name}.ipynb")


def front_page():
    """README.md, followed by the list of all pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lists = {"Notebooks": [f"notebooks/{name}" for name in NAMES], "About": PAGES}
    for caption, pages in lists.items():
        entries = "\n".join(page.removesuffix(".md") for page in pages)
        readme += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```\n"
    return readme


def places(name):
    """Where a notebook can be run, as a line of Markdown."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    repository = urls["Repository"].removeprefix("https://github.com/")
    path = f"notebooks/{name}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/{path}"
    colab = f"https://colab.research.google.com/github/{repository}/blob/main/{path}"
    return (
        f"[in Binder]({binder}), [in Colab]({colab}) or "
        "[in JupyterLab on your own computer](../index.md#start)"
    )


def for_the_site(notebook, name):
    """A copy of the notebook as a page: alternatives of figures in HTML, and where to run it."""
    cells = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "solution" in tags:
            continue  # it loads the solution, which needs a kernel
        for output in cell.get("outputs", []):
            show_alternative(output)
        cells.append(cell)
        if len(cells) == 1:
            cells.append(nbformat.v4.new_markdown_cell(f"**Run this notebook** {places(name)}."))
        if "exercise" in tags:
            cells.append(nbformat.v4.new_markdown_cell(f"Do this exercise {places(name)}."))
    notebook.cells = cells
    return notebook


def show_alternative(output):
    """Give a picture without HTML an <img> with its alternative, which a page needs."""
    data = output.get("data", {})
    if "image/png" in data and "text/html" not in data:
        alternative = output.metadata.get("image/png", {}).get("alt", data.get("text/plain", ""))
        picture = re.sub(r"\s", "", data["image/png"])
        data["text/html"] = (
            f'<img alt="{html.escape(alternative)}" src="data:image/png;base64,{picture}">'
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
