"""A reader walks through the site with no other network, on a phone, a tablet and a laptop.

The site is built from notebooks executed for this test, or is the folder that AEUTILS_SITE names.
"""

import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from test_browser import expect_change

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytest.importorskip("sphinx_copybutton", reason="the extra 'site' is not installed")

ROOT = Path(__file__).parent.parent
NOTEBOOKS = [f"notebooks/{path.stem}" for path in sorted(ROOT.glob("notebooks/*.ipynb"))]
PAGES = ["index", *NOTEBOOKS]
AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PHONE, TABLET, LAPTOP = WIDTHS = [(375, 700), (820, 1100), (1366, 768)]
ALIVE = "host => host.shadowRoot?.querySelector('[role=status]').textContent"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The site's folder."""
    if "AEUTILS_SITE" in os.environ:
        return Path(os.environ["AEUTILS_SITE"]).resolve()
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, ROOT / ".github/site/build.py", "--execute", folder], check=True
    )
    return folder


@pytest.fixture(scope="module")
def address(folder):
    """The address at which the site is served to this machine alone."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def visit(browser, address):
    """Open a page; what it asks of another host, or complains of, fails the test."""
    contexts, wrong = [], []

    def open_page(name, size=LAPTOP, start=address, **options):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith((start, "data:", "blob:"))
                or wrong.append(request.url))  # fmt: skip
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: message.type in ("log", "info", "debug")
                or wrong.append(message.text))  # fmt: skip
        page.goto(f"{start}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def wait_until_alive(page):
    """Wait for all live figures, which come to life one after the other."""
    hosts = page.locator("[data-explorable]").all()
    for host in hosts:
        page.wait_for_function(ALIVE, arg=host.element_handle())
    return hosts


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "search", "404"])
def test_axe_finds_nothing_of_the_courses_own(visit, name, scheme):
    page = visit(f"{name}.html", color_scheme=scheme, reduced_motion="reduce")
    wait_until_alive(page)
    page.evaluate(AXE)
    place = "article" if name in PAGES else "main"  # the sidebar (rule "region") is the theme's
    found = page.evaluate("place => axe.run(place, {preload: false})", place)["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []


OUTSIDE = """() => { // what reaches over the column of text
    const of = root => [...root.querySelectorAll('*')].flatMap(e =>
        e.shadowRoot ? [e, ...of(e.shadowRoot)] : [e]);
    const article = document.querySelector('article');
    const right = article.getBoundingClientRect().right + 1;
    return of(article).filter(e => e.matches('img, canvas, input, button, label, math'))
        .filter(e => e.getBoundingClientRect().right > right && e.checkVisibility())
        .map(e => e.outerHTML.slice(0, 150));
}"""


@pytest.mark.parametrize("size", WIDTHS, ids=["phone", "tablet", "laptop"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_its_figures_move_after_the_network_is_cut(visit, name, size):
    page = visit(f"{name}.html", size, has_touch=size != LAPTOP)
    hosts = wait_until_alive(page)
    assert len(hosts) >= (1 if name == "index" else 2)
    page.wait_for_load_state("networkidle")  # pictures that are still on their way
    page.context.set_offline(True)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(OUTSIDE) == []
    assert page.locator("article").bounding_box()["width"] > min(330, size[0] / 2)
    for host in hosts:
        square, slider = host.locator("canvas.square"), host.locator("input[type=range]").first
        target = square if square.count() else slider
        target.scroll_into_view_if_needed()
        act, box = target.click if size == LAPTOP else target.tap, target.bounding_box()
        expect_change(host, act, position={"x": 0.7 * box["width"], "y": box["height"] / 2})


def test_text_waits_for_no_figure(visit):
    page = visit("404.html")
    held, slow = [], True  # a line so slow that no figure comes
    page.route("**/figures/*", lambda route: held.append(route) if slow else route.continue_())
    page.goto(page.url.replace("404", NOTEBOOKS[0]))
    assert page.locator("article h1").is_visible()
    pictures = [route for route in held if route.request.url.endswith(".png")]
    assert 1 <= len(pictures) < page.locator("article img").count() / 2
    slow = False
    for route in held:
        route.continue_()
    wait_until_alive(page)


def test_figures_are_alive_in_a_folder_without_a_server(visit, folder):
    page = visit("index.html", start=folder.as_uri())
    assert wait_until_alive(page)
    assert page.locator("article img").first.evaluate("image => image.naturalWidth") > 0


@pytest.mark.parametrize("word", ["validation", "convolution"])
def test_search_leads_to_the_section(visit, word):
    page = visit(f"search.html?q={word}")
    links = page.locator("#search-results li:has(p.context) > a[href*='notebooks/']")
    links.first.wait_for()
    links.first.click()
    section = page.locator(f"section[id='{page.url.split('#')[1]}']")
    assert word in section.inner_text().lower()
    playwright.expect(section.locator("h1, h2, h3").first).to_be_in_viewport()


def test_light_and_dark_can_be_chosen_and_live_figures_lie_on_the_pages_own_ground(visit):
    page = visit(f"{NOTEBOOKS[0]}.html", color_scheme="light")
    host = wait_until_alive(page)[0]
    colors = []
    for mode in ("dark", "light"):
        page.locator(".theme-switch-button:visible").click()
        page.get_by_role("button", name=mode.capitalize(), exact=True).click()
        playwright.expect(page.locator("html")).to_have_attribute("data-theme", mode)
        colors.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        ground = host.evaluate(
            """host => { for (let e = host; e; e = e.parentElement) {
                const color = getComputedStyle(e).backgroundColor;
                if (color !== 'rgba(0, 0, 0, 0)') return color;
            } }"""
        )
        assert ground == colors[-1]
    assert colors[0] != colors[1] == "rgb(255, 255, 255)"
