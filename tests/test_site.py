"""The course as a web site: complete, light, with every figure's text, and asking no other host."""

import base64
import io
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from PIL import Image

bs4 = pytest.importorskip("bs4", reason="the extra 'tests' is not installed")
pytest.importorskip("sphinx_copybutton", reason="the extra 'site' is not installed")

# The theme and MyST-NB use what Sphinx will drop one day; the bounds guard against that day.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / ".github" / "site"))

import build  # noqa: E402

NAMES = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
PAGES = ["index", *(f"notebooks/{name}" for name in NAMES)]


def parsed(text):
    return bs4.BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built from the outputs that are saved in the notebooks, by a copy of the course."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_REPOSITORY", "Jane/copy")
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
    assert set(found) == {*PAGES, "404", "search"}
    return found


def notebook(name):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def test_no_page_asks_anything_of_another_host(site, pages):
    for name, page in pages.items():
        for asset in page.select(
            "script[src], img[src], iframe, source, link[rel=stylesheet], link[rel=icon]"
        ):
            address = urlsplit(asset.get("src") or asset["href"])
            if address.scheme != "data":
                assert not address.scheme + address.netloc, f"{name}: {asset}"
                assert (site / name).parent.joinpath(unquote(address.path)).is_file(), asset
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", style.read_text("utf-8")), style


def test_links_lead_somewhere_and_never_to_another_copy(site, pages):
    count = 0
    for name, page in pages.items():
        assert "owner/repository" not in str(page).lower(), name
        for link in page.find_all("a", href=True):
            address = urlsplit(link["href"])
            if address.netloc == "jane.github.io":  # this site itself
                assert name == "404", f"{name} sends its reader to itself: {link}"
                assert (site / (address.path.removeprefix("/copy/") or "index.html")).is_file()
            if not address.scheme + address.netloc and link["href"] != "#":
                path = (site / name).parent / unquote(address.path)
                path = path.resolve() if address.path else site / f"{name}.html"
                assert path.is_file(), f"{name}: {link}"
                if address.fragment:
                    place = unquote(address.fragment)
                    assert f'id="{place}"' in path.read_text("utf-8"), f"{name}: {link}"
                count += 1
    assert count > 50


def test_the_address_is_that_of_the_copy_or_else_of_the_project():
    for copy, site in {"Jane/Copy": "Copy/", "Jane/Jane.GitHub.io": ""}.items():
        assert build.addresses({"GITHUB_REPOSITORY": copy}) == (
            copy, f"https://jane.github.io/{site}")  # fmt: skip
    repository, site = build.addresses({})
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'Homepage = "{site}"\nRepository = "https://github.com/{repository}"\n' in project


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_a_file_with_its_alternative_and_its_size(site, pages, name):
    outputs = [output for cell in notebook(name).cells for output in cell.get("outputs", [])]
    texts = [output.metadata["image/png"]["alt"]
             for output in outputs if "image/png" in output.get("data", {})]  # fmt: skip
    article = pages[f"notebooks/{name}"].find("article")
    pictures = article.find_all("img")
    assert len(texts) > 3
    assert [img["alt"] for img in pictures] == texts
    for img in pictures:
        picture = Image.open(site / "notebooks" / img["src"])
        assert int(img["width"]) / int(img["height"]) == pytest.approx(
            picture.width / picture.height, rel=0.02
        )
        assert img["loading"] == "lazy"
    assert (site / "notebooks" / f"{name}.html").stat().st_size < 400_000  # text alone
    icons = site / "_static" / "scripts" / "fontawesome.js"
    assert icons.stat().st_size < 150_000  # with all 2,000 icons it is 1,560,000
    assert '"magnifying-glass":' in icons.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_drawn_without_a_script(pages, name):
    sources = [cell.source for cell in notebook(name).cells if cell.cell_type == "markdown"]
    text = re.sub(r"`[^`]*`", "", "\n\n".join(sources))
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL)
    article = pages[f"notebooks/{name}"].find("article")
    assert len(article.find_all("math")) == len(formulas)
    assert "$" not in "".join(p.get_text() for p in article.find_all("p"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_where_to_run_it_and_where_to_do_each_exercise(site, pages, name):
    page = pages[f"notebooks/{name}"]
    article, cells = page.find("article"), notebook(name).cells
    stubs = [cell for cell in cells if "exercise" in cell.metadata.get("tags", [])]
    [way] = (p for p in article.find_all("p") if p.get_text().startswith("Run this notebook"))
    assert way.find_previous("h1")
    assert way.find_previous("pre") is None  # before the first code
    ways = [p for p in article.find_all("p") if p.get_text().startswith("Do this exercise")]
    assert len(ways) == len(stubs) >= 5
    for stub, each in zip(stubs, ways, strict=True):
        number = re.search(r'check\("(\d\.\d)"', stub.source)[1]
        assert f'check("{number}"' in each.find_previous("pre").get_text().replace("'", '"')
    for each in [way, *ways]:
        assert [link["href"] for link in each.find_all("a")] == [
            f"https://mybinder.org/v2/gh/Jane/copy/main?urlpath=lab/tree/notebooks/{name}.ipynb",
            f"https://colab.research.google.com/github/Jane/copy/blob/main/notebooks/{name}.ipynb",
            "../index.html#start",
        ]
    hints = "\n".join(c.source for c in cells if c.cell_type == "markdown").count("<details")
    assert len(article.find_all("details")) == hints >= len(stubs)
    assert "%load" not in article.get_text()
    downloaded = site / "_sources" / "notebooks" / f"{name}.ipynb"
    assert page.find("a", href=f"../_sources/notebooks/{name}.ipynb")
    assert downloaded.read_bytes() == (ROOT / "notebooks" / f"{name}.ipynb").read_bytes()


def test_the_front_page_opens_with_a_sentence_a_figure_and_three_cards(pages):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    article = pages["index"].find("article")
    headings = [h.get_text().rstrip("#") for h in article.find_all(["h1", "h2", "h3"])]
    assert headings == re.findall(r"^#+ (.*)$", readme, re.MULTILINE)
    cards, figure = article.select(".cards a"), article.find(class_="first-figure").img
    order = [article.strong, figure, *cards, article.find(id="start")]
    at = [[*map(id, article.descendants)].index(id(part)) for part in order]
    assert at == sorted(at)
    assert order[0].get_text().split() == readme.split("**")[1].split()
    assert [card["href"] for card in cards] == [f"notebooks/{name}.html" for name in NAMES]
    for card in cards:
        assert card.span.get_text().endswith("?")
        assert card.span.get_text() in readme
        assert card.img["src"].endswith(f"{Path(card['href']).stem}.png")
    assert "on the web" not in article.get_text()
    advice = readme.split("## The notebooks\n\n")[1].split("\n\n")[0]
    assert " ".join(advice.split()) in " ".join(article.get_text().split())
    assert figure["alt"].startswith("From noise to a digit. ")
    assert "The figure above is from notebook 3." in article.get_text()


def test_every_page_has_short_numbered_navigation_search_and_what_a_shared_link_shows(pages, site):
    for name in PAGES:
        page = pages[name]
        links = page.find(class_="bd-links").find_all("a")
        assert [link.get_text().strip()[:2] for link in links] == ["1 ", "2 ", "3 "]
        assert all(len(link.get_text().strip()) < 20 for link in links)
        assert page.find("form", action=re.compile("search.html"))
        assert page.find(class_="theme-switch-button")
        assert page.find("link", rel="icon")["href"].endswith("logo.svg")
        said = {meta["property"]: meta["content"] for meta in page.find_all("meta", property=True)}
        assert said["og:title"] in page.h1.get_text() + page.title.get_text()
        assert len(said["og:description"]) > 50
        assert said["og:description"] == page.find("meta", {"name": "description"})["content"]
        home, picture = said["og:image"].split("_static/")
        assert home == "https://jane.github.io/copy/"
        assert (site / "_static" / picture).is_file()
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert all(f'"{name}"' in index for name in PAGES)


def test_what_a_live_figure_needs_is_fetched_apart_from_the_page(tmp_path):
    png = io.BytesIO()
    Image.new("L", (40, 20)).save(png, "PNG")
    text = (
        '<div data-explorable="abc1"><img alt="a" src="data:image/png;base64,'
        f'{base64.b64encode(png.getvalue()).decode()}"><script type="application/json">'
        '{"t": "\\u003c/script>"}</script></div><script type="module">const a = 1;\n'
        'function start(id, style) { }start("abc1", ":host { }");</script>'
    )
    output = nbformat.v4.new_output("display_data", {"text/html": text, "image/png": ""})
    build.lighten(output, tmp_path)
    host = parsed(output.data["text/html"]).div
    assert "<script" not in output.data["text/html"]
    assert (host.img["width"], host.img["height"], host["data-explorable"]) == ("40", "20", "abc1")
    code = (tmp_path / f"{host['data-code']}.js").read_text("utf-8")
    assert "const a = 1;" in code
    assert code.endswith('return id => start(id, ":host { }"); })();')
    assert r'textContent: "{\"t\": \"\\u003c/script>\"}"' in (tmp_path / "abc1.js").read_text(
        "utf-8"
    )


def test_a_site_that_sphinx_could_not_build_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "write_sources", lambda *given: None)
    monkeypatch.setattr(build, "sphinx", lambda options: 2 if "-W" in options else 0)
    assert build.main([str(tmp_path / "site")]) == 2  # every warning is an error
