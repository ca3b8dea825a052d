"""The course as a web site: complete, light, with every figure's text, and asking no other host."""

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
    for copy, site in {"Jane/Copy": "Copy/", "Jane/jane.github.io": ""}.items():
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


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_where_to_run_it_and_where_to_do_each_exercise(site, pages, name):
    page = pages[f"notebooks/{name}"]
    article, cells = page.find("article"), notebook(name).cells
    stubs = [cell for cell in cells if "exercise" in cell.metadata.get("tags", [])]
    [way] = (p for p in article.find_all("p") if p.get_text().startswith("Run this notebook"))
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
    assert "%load" not in article.get_text()
    downloaded = site / "_sources" / "notebooks" / f"{name}.ipynb"
    assert page.find("a", href=f"../_sources/notebooks/{name}.ipynb")
    assert downloaded.read_bytes() == (ROOT / "notebooks" / f"{name}.ipynb").read_bytes()
