"""Build the course's web site from README.md and the notebooks, without a network.

Usage:  python .github/site/build.py [--execute] [FOLDER]

With --execute every notebook is executed first, which takes minutes: then the figures are live on
the site. Without it, the saved outputs are taken, in which each live figure is a picture. FOLDER is
where the pages go (default: .github/site/html).
"""

import argparse
import base64
import hashlib
import html
import json
import os
import re
import shutil
import struct
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
# The front page opens with the first of these that a notebook calls.
FIRST_FIGURES = ["explore_diffusion(", "draw_digit("]


def main(arguments):
    """Build the site as the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "html")
    parser.add_argument("--execute", action="store_true", help="execute the notebooks first")
    options = parser.parse_args(arguments)
    shutil.rmtree(options.folder / "figures", ignore_errors=True)
    with tempfile.TemporaryDirectory() as source:
        write_sources(Path(source), options.folder, options.execute)
        settings = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE)]
        failed = sphinx([*settings, source, str(options.folder)])
    if failed:
        return failed
    for name in NAMES:  # what is downloaded is the notebook itself, not what the site adds to it
        path = f"notebooks/{name}.ipynb"
        shutil.copy(ROOT / path, options.folder / "_sources" / path)
    drop_unused_icons(options.folder)
    print(f"The site is in {options.folder}: open {options.folder / 'index.html'}")
    return 0


def addresses(environment=os.environ):
    """The repository as OWNER/NAME, and the site's address: of this copy where a workflow runs."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    repository = environment.get("GITHUB_REPOSITORY")
    if not repository:
        return urls["Repository"].removeprefix("https://github.com/"), urls["Homepage"]
    owner, name = repository.split("/")
    host = f"{owner.lower()}.github.io"
    return repository, f"https://{host}/" + ("" if name.lower() == host else f"{name}/")


def of_this_copy(text):
    """A text whose links lead to the repository and the site of this copy of the course."""
    for old, new in zip(addresses({}), addresses(), strict=True):
        text = text.replace(old, new)
    return text


def write_sources(source, folder, execute):
    """Put what Sphinx reads into `source`, and pictures and live figures into the site's folder."""
    (folder / "figures").mkdir(parents=True)
    (source / "notebooks").mkdir(parents=True)
    notebooks = {}
    for name in NAMES:
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        if execute:
            print(f"Executing {name} ...", flush=True)
            place = {"metadata": {"path": ROOT / "notebooks"}}
            NotebookClient(notebook, timeout=1800, resources=place).execute()
        notebooks[name] = for_the_site(notebook, name, folder)
        text = of_this_copy(nbformat.writes(notebook))
        (source / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (source / "index.md").write_text(of_this_copy(front_page(notebooks)), encoding="utf-8")


def front_page(notebooks):
    """README.md with a live figure for its picture and cards for its table of notebooks."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opening, rest = readme.split("\n## The notebooks\n\n")
    title, sentence, *_ = opening.split("\n\n")
    advice, table, rest = rest.split("\n\n", 2)
    rows = re.findall(r"^\| \[(.*?)\]\((.*?)\.ipynb\) \| (.*?) \|", table, re.MULTILINE)
    cards = "".join(
        f'<a href="{page}.html"><img src="_static/{Path(page).name}.png" alt="" width="640" '
        f'height="360"><strong>{name}</strong> <span>{question}</span></a>'
        for name, page, question in rows
    )
    name, figure = first_figure(notebooks)
    pages = "\n".join(f"{title} <{page}>" for title, page, _ in rows)
    rest = re.sub(r"\]\((?!https?:|#)", f"]({repository_page()}", rest)
    return f"""---
html_theme.sidebar_secondary.remove: true
---
{title}

{sentence}

<div class="first-figure">{figure}</div>

## The notebooks

{advice} The figure above is from [notebook {int(name[:2])}](notebooks/{name}.ipynb).

<div class="cards">{cards}</div>

{rest}
```{{toctree}}
:hidden:

{pages}
```
"""


def first_figure(notebooks):
    """The notebook of the figure that opens the front page, and that figure in HTML."""
    for call in FIRST_FIGURES:
        for name, notebook in notebooks.items():
            for cell in reversed(notebook.cells):
                for output in cell.get("outputs", []):
                    figure = output.get("data", {}).get("text/html", "")
                    if call in cell.source and "<img" in figure:
                        return name, figure.replace("../figures/", "figures/").replace("\n", " ")
    raise ValueError(f"No notebook shows one of {FIRST_FIGURES}.")


def repository_page():
    """Where a file of the repository is shown."""
    return f"https://github.com/{addresses()[0]}/blob/main/"


def places(name):
    """Where a notebook can be run, as a line of Markdown."""
    repository, path = addresses()[0], f"notebooks/{name}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/{path}"
    colab = f"https://colab.research.google.com/github/{repository}/blob/main/{path}"
    return (
        f"[on Binder]({binder}), [in Colab]({colab}) or "
        "[in JupyterLab on your own computer](../index.md#start)"
    )


def for_the_site(notebook, name, folder):
    """The notebook as a page: figures as files beside it, and where to run it."""
    cells = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "solution" in tags:
            continue  # it loads the solution, which needs a kernel
        for output in cell.get("outputs", []):
            lighten(output, folder / "figures")
        cells.append(cell)
        if len(cells) == 1:
            cells.append(nbformat.v4.new_markdown_cell(f"**Run this notebook** {places(name)}."))
        if "exercise" in tags:
            cells.append(nbformat.v4.new_markdown_cell(f"Do this exercise {places(name)}."))
    notebook.cells = cells
    return notebook


def lighten(output, folder):
    """Move an output's pictures, and a live figure's data and code, into files of `folder`."""
    data = output.get("data", {})
    if "image/png" in data and "text/html" not in data:
        about = output.metadata.get("image/png", {})
        size = "".join(f' {key}="{about[key]}"' for key in ("width", "height") if key in about)
        picture = re.sub(r"\s", "", data["image/png"])
        alternative = html.escape(about.get("alt", data.get("text/plain", "")))
        data["text/html"] = f'<img alt="{alternative}"{size} src="data:image/png;base64,{picture}">'
    if "text/html" in data:
        text = live_figure_to_files(data["text/html"], folder)
        data["text/html"] = re.sub(
            r'(<img\b[^>]*?)src="data:image/png;base64,([^"]*)"([^>]*)>',
            lambda found: picture_to_file(*found.groups(), folder),
            text,
        )
        data.pop("image/png", None)


def picture_to_file(before, picture, after, folder):
    """The <img> of a picture that is written as a file, with its size, so that no text jumps."""
    png = base64.b64decode(picture)
    width, height = struct.unpack(">2I", png[16:24])  # where PNG has them
    name = digest(png) + ".png"
    (folder / name).write_bytes(png)
    said = re.search(r'\bwidth="(\d+)', before + after)
    size = "" if said else f' width="{width}"'
    if not re.search(r"\bheight=", before + after):
        size += f' height="{height * int(said[1]) // width if said else height}"'
    return f'{before}src="../figures/{name}"{size} loading="lazy"{after}>'


def live_figure_to_files(text, folder):
    """A live figure whose data and code are files, which static/live.js fetches."""
    found = re.search(
        r'<script type="application/json">(?P<data>.*?)</script>(?P<between>.*?)'
        r'<script type="module">(?P<code>.*)start\("(?P<id>\w+)", (?P<style>".*")\);\s*</script>',
        text,
        re.DOTALL,
    )
    if not found:
        return text
    script = (
        f"globalThis.startFigure = (() => {{{found['code']}\n"
        f"return id => start(id, {found['style']}); }})();"
    )
    code = "code-" + digest(script.encode())
    (folder / f"{code}.js").write_text(script, encoding="utf-8")
    (folder / f"{found['id']}.js").write_text(
        f"for (const host of document.querySelectorAll('[data-explorable=\"{found['id']}\"]'))\n"
        'host.append(Object.assign(document.createElement("script"), { type: "application/json", '
        f"textContent: {json.dumps(found['data'])} }}));",
        encoding="utf-8",
    )
    text = text[: found.start()] + found["between"] + text[found.end() :]
    return text.replace("data-explorable=", f'data-code="{code}" data-explorable=', 1)


def digest(content):
    """A name for a file that is the same for the same content."""
    return hashlib.sha256(content).hexdigest()[:16]


def drop_unused_icons(folder):
    """Leave only the icons of these pages in the theme's file, which would be half of all bytes."""
    pages = " ".join(path.read_text("utf-8") for path in folder.rglob("*.html"))
    used = {*re.findall(r"\bfa-([\w-]+)", pages), "xmark"}
    path = folder / "_static" / "scripts" / "fontawesome.js"
    path.write_text(
        re.sub(
            r'"?([\w-]+)"?:\[\d+,\d+,\[[^\]]*\],"\w*",(?:"[^"]*"|\[[^\]]*\])\],?',
            lambda found: found[0] if found[1] in used else "",
            path.read_text("utf-8"),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
