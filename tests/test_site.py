"""The course as a web site: complete, with every figure's text, and asking no other host."""

import importlib.util
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

bs4 = pytest.importorskip("bs4", reason="the extra 'site' is not installed")
pytest.importorskip("sphinx_book_theme", reason="the extra 'site' is not installed")

# The theme and MyST-NB use what Sphinx will drop one day; the bounds guard against that day.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

ROOT = Path(__file__).parent.parent
NAMES = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
PAGES = ["index", *(f"notebooks/{name}" for name in NAMES)]
ASSETS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


def parsed(text):
    return bs4.BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def build():
    """The script that builds the site."""
    spec = importlib.util.spec_from_file_location("build", ROOT / ".github" / "site" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(build, tmp_path_factory):
    """The site, built from the outputs that are saved in the notebooks."""
    folder = tmp_path_factory.mktemp("site")
    assert build.main([str(folder)]) == 0, "Sphinx warned; its words are above"
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Every page, from its path to what is in it."""
    found = {
        path.relative_to(site).with_suffix("").as_posix(): parsed(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }
    assert set(PAGES) <= set(found)
    return found


def notebook(name):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def outputs(name):
    return [output for cell in notebook(name).cells for output in cell.get("outputs", [])]


def test_no_page_asks_anything_of_another_host(site, pages):
    for name, page in pages.items():
        for tag, attribute in ASSETS.items():
            for asset in page.find_all(tag, **{attribute: True}):
                if asset.get("rel") not in (["canonical"], ["author"]):
                    address = urlsplit(asset[attribute])
                    assert address.scheme in ("", "data"), f"{name}: {asset}"
                    assert not address.netloc, f"{name}: {asset}"
    for style in site.rglob("*.css"):
        remote = re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)", style.read_text("utf-8"))
        assert remote == [], style


def test_internal_links_lead_somewhere(site, pages):
    count = 0
    places = {name: {each["id"] for each in page.find_all(id=True)} for name, page in pages.items()}
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            address = urlsplit(link["href"])
            if address.scheme or address.netloc or link["href"] == "#":
                continue
            target = (site / name).parent / unquote(address.path) if address.path else None
            path = target.resolve() if target else site / f"{name}.html"
            assert path.is_file(), f"{name}: {link['href']}"
            if address.fragment and path.suffix == ".html":
                other = path.resolve().relative_to(site.resolve()).with_suffix("").as_posix()
                assert unquote(address.fragment) in places[other], f"{name}: {link['href']}"
            count += 1
    assert count > 50


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_its_alternative_in_its_place(pages, name):
    texts = [output.metadata.get("image/png", {}).get("alt")
             for output in outputs(name) if "image/png" in output.get("data", {})]  # fmt: skip
    article = pages[f"notebooks/{name}"].find("article")
    pictures = [img.get("alt") for img in article.find_all("img")]
    assert len(texts) > 3
    assert all(texts)
    assert pictures == texts


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_drawn_without_a_script(pages, name):
    sources = [cell.source for cell in notebook(name).cells if cell.cell_type == "markdown"]
    text = re.sub(r"`[^`]*`", "", "\n\n".join(sources))
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL)
    page = pages[f"notebooks/{name}"]
    assert len(page.find("article").find_all("math")) == len(formulas)
    assert "$" not in "".join(p.get_text() for p in page.find("article").find_all("p"))
    assert not [script for script in page.find_all("script") if "mathjax" in str(script).lower()]


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_shows_statement_hints_and_where_to_do_it(pages, name):
    article = pages[f"notebooks/{name}"].find("article")
    cells = notebook(name).cells
    stubs = [cell for cell in cells if "exercise" in cell.metadata.get("tags", [])]
    ways = [p for p in article.find_all("p") if p.get_text().startswith("Do this exercise")]
    assert len(ways) == len(stubs) >= 5
    for stub, way in zip(stubs, ways, strict=True):
        number = re.search(r'check\("(\d\.\d)"', stub.source)[1]
        before = way.find_previous("h3") or way.find_previous("h2")
        assert f"Exercise {number}" in before.get_text()
        assert f'check("{number}"' in way.find_previous("pre").get_text().replace("'", '"')
        binder, colab, here = (link["href"] for link in way.find_all("a"))
        assert binder.startswith("https://mybinder.org/v2/gh/")
        assert binder.endswith(f"?urlpath=lab/tree/notebooks/{name}.ipynb")
        assert colab.startswith("https://colab.research.google.com/github/")
        assert colab.endswith(f"/blob/main/notebooks/{name}.ipynb")
        assert here == "../index.html#start"
    hints = "\n".join(c.source for c in cells if c.cell_type == "markdown").count("<details")
    assert len(article.find_all("details")) == hints >= len(stubs)
    assert "%load" not in article.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_be_run_downloaded_and_printed(site, pages, name):
    page = pages[f"notebooks/{name}"]
    links = {link["href"] for link in page.find_all("a", href=True)}
    assert sum("mybinder.org/v2/gh/" in link for link in links) == 1
    assert sum("colab.research.google.com/github/" in link for link in links) == 1
    assert page.find("button", onclick=re.compile("print")) or "window.print()" in str(page)
    downloaded = site / "_sources" / "notebooks" / f"{name}.ipynb"
    assert f"../_sources/notebooks/{name}.ipynb" in links
    assert downloaded.read_bytes() == (ROOT / "notebooks" / f"{name}.ipynb").read_bytes()


def test_the_front_page_is_made_of_the_readme(pages):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    article = pages["index"].find("article")
    headings = [h.get_text().rstrip("#") for h in article.find_all(["h1", "h2", "h3"])]
    assert headings == re.findall(r"^#+ (.*)$", readme, re.MULTILINE)
    assert readme.split("\n\n")[1] in article.get_text()
    assert article.find("img")["alt"] == re.search(r"!\[(.*?)\]", readme)[1]


def test_every_page_names_all_notebooks_and_can_be_searched(site, pages):
    for name in PAGES:
        sidebar = pages[name].find(class_="bd-links")
        for other in NAMES:
            title = notebook(other).cells[0].source.splitlines()[0].removeprefix("# ")
            assert title in sidebar.get_text()
        assert pages[name].find("form", action=re.compile("search.html"))
        assert pages[name].find(class_="theme-switch-button")
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert all(f'"notebooks/{name}"' in index for name in NAMES)


def test_what_is_executed_is_what_is_built(build, tmp_path, monkeypatch):
    executed = []

    class Client:
        def __init__(self, notebook, resources, **settings):
            self.notebook, self.folder = notebook, resources["metadata"]["path"]

        def execute(self):
            executed.append(self.folder)
            self.notebook.cells[0].source = "# Executed"

    monkeypatch.setattr(build, "NotebookClient", Client)
    build.write_sources(tmp_path / "with", True)
    assert executed == [ROOT / "notebooks"] * 3
    build.write_sources(tmp_path / "without", False)
    assert len(executed) == 3
    for name in NAMES:
        first, second = (
            nbformat.read(tmp_path / folder / "notebooks" / f"{name}.ipynb", as_version=4)
            for folder in ("with", "without")
        )
        assert first.cells[0].source == "# Executed"
        assert second.cells[0].source == notebook(name).cells[0].source


def test_a_site_that_sphinx_could_not_build_is_a_failure(build, tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(build, "write_sources", lambda *given: None)
    monkeypatch.setattr(build, "sphinx", lambda options: asked.append(options) or 2)
    assert build.main([str(tmp_path / "site")]) == 2
    assert build.main([]) == 2
    assert capsys.readouterr().out == ""
    assert [options[-1] for options in asked] == [
        str(tmp_path / "site"), str(ROOT / ".github" / "site" / "html")]  # fmt: skip
    for options in asked:
        assert {"-W", "--keep-going"} < set(options)  # every warning is an error, all are told


def test_pages_are_listed_in_the_order_of_the_course(build):
    lists = re.findall(r":caption: (\w+)\n\n(.*?)\n```", build.front_page(), re.DOTALL)
    assert [caption for caption, _ in lists] == ["Notebooks", "About"]
    assert lists[0][1].split() == [f"notebooks/{name}" for name in NAMES]


def test_a_page_says_first_what_it_is_then_where_to_run_it(pages):
    for name in NAMES:
        article = pages[f"notebooks/{name}"].find("article")
        [way] = (p for p in article.find_all("p") if p.get_text().startswith("Run this notebook"))
        assert way.find_previous("h1").get_text().rstrip("#") == (
            notebook(name).cells[0].source.splitlines()[0].removeprefix("# ")
        )
        assert way.find_previous("pre") is None  # before the first code
        binder, colab, here = way.find_all("a")
        assert ("mybinder.org" in binder["href"], binder.get_text()) == (True, "in Binder")
        assert ("colab." in colab["href"], colab.get_text()) == (True, "in Colab")
        assert here["href"] == "../index.html#start"


def test_a_figure_that_has_html_keeps_it(build):
    data = {"image/png": "aGk=", "text/html": "<p>alive</p>", "text/plain": "a figure"}
    output = nbformat.v4.new_output("display_data", data, metadata={"image/png": {"alt": "x"}})
    build.show_alternative(output)
    assert output.data["text/html"] == "<p>alive</p>"
    del output.data["text/html"]
    output.metadata["image/png"]["alt"] = 'a "b" < c'
    build.show_alternative(output)
    assert parsed(output.data["text/html"]).img["alt"] == 'a "b" < c'
    assert parsed(output.data["text/html"]).img["src"] == "data:image/png;base64,aGk="
    del output.data["text/html"], output.metadata["image/png"]
    build.show_alternative(output)
    assert parsed(output.data["text/html"]).img["alt"] == "a figure"
