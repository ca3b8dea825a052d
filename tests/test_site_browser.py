"""A reader walks through the site with the network cut, on a phone, a tablet and a laptop.

The site is built from notebooks executed for this test, or is the folder that AEUTILS_SITE names.
"""

import functools
import http.server
import importlib.util
import os
import shutil
import threading
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
pytest.importorskip("sphinx_book_theme", reason="the extra 'site' is not installed")

ROOT = Path(__file__).parent.parent
NOTEBOOKS = [f"notebooks/{path.stem}" for path in sorted(ROOT.glob("notebooks/*.ipynb"))]
PAGES = [
    "index",
    *NOTEBOOKS,
    "tests/benchmarks/README",
    "tests/README",
    "binder/README",
    "aeutils/mnist/README",
]
AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE, TABLET, LAPTOP = WIDTHS = [(375, 700), (820, 1100), (1366, 800)]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address at which the site is served to this machine alone."""
    folder = os.environ.get("AEUTILS_SITE")
    if not folder:
        folder = str(tmp_path_factory.mktemp("site"))
        spec = importlib.util.spec_from_file_location("build", ROOT / ".github/site/build.py")
        build = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(build)
        assert build.main(["--execute", folder]) == 0

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, address):
    """Open a page of the site; what it asks of another host, or complains of, fails the test."""
    contexts, wrong = [], []

    def open_page(name, size=LAPTOP, **options):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()

        def answer(route):
            if route.request.url.startswith(address):
                return route.continue_()
            wrong.append(f"asked for {route.request.url}")
            return route.abort()

        page.route(lambda url: not url.startswith(("data:", "blob:")), answer)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("response", lambda response: response.ok or wrong.append(response.url))
        page.goto(f"{address}/{name}.html")
        for control in page.locator("[data-explorable]").all():
            control.get_by_role("status").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def violations(page, place="article"):
    """What axe finds in the article: what the course has put on the page.

    Of the whole page it would name the sidebar (its rule "region"), which is the theme's.
    """
    page.evaluate(AXE)
    found = page.evaluate(
        "place => axe.run(place, {resultTypes: ['violations'], preload: false})", place
    )
    return [
        f"{violation['id']}: {node['target']} {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, name, scheme):
    page = visit(name, color_scheme=scheme, reduced_motion="reduce")
    assert page.locator("html").get_attribute("data-theme") == scheme
    assert violations(page) == []


@pytest.mark.parametrize("size", WIDTHS, ids=["phone", "tablet", "laptop"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_the_screen(visit, name, size):
    page = visit(name, size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    # No picture and no control is cut off, nor reaches over the column of text.
    outside = page.evaluate(
        """() => {
            const of = root => [...root.querySelectorAll('*')].flatMap(e =>
                e.shadowRoot ? [e, ...of(e.shadowRoot)] : [e]);
            const article = document.querySelector('article');
            const right = article.getBoundingClientRect().right + 1;
            return of(article).filter(e => e.matches('img, canvas, input, button, label, math'))
                .filter(e => e.getBoundingClientRect().right > right && e.checkVisibility())
                .map(e => e.outerHTML.slice(0, 150));
        }"""
    )
    assert outside == []
    article = page.locator("article").bounding_box()
    assert article["width"] > min(330, size[0] / 2)


SEEN = """host => {
    const root = host.shadowRoot;
    const pictures = [...root.querySelectorAll('canvas')].map(canvas => canvas.toDataURL());
    return JSON.stringify([pictures, root.querySelector('[role=status]').textContent]);
}"""


def expect_change(page, control, before):
    handle = control.element_handle()
    page.wait_for_function(f"([host, before]) => ({SEEN})(host) !== before", arg=[handle, before])
    return control.evaluate(SEEN)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_control_moves_without_a_kernel(visit, name):
    page = visit(name)
    controls = page.locator("[data-explorable]").all()
    assert len(controls) >= 3
    for control in controls:
        control.scroll_into_view_if_needed()
        before = control.evaluate(SEEN)
        sliders = control.locator("input[type=range]").all()
        for slider in sliders:
            low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))
            value = float(slider.input_value())
            if low < high:  # a network of one convolution leaves no choice of the layer
                slider.press("PageUp" if value < high else "PageDown")
                before = expect_change(page, control, before)
        for square in control.locator("canvas.square").all():
            box = square.bounding_box()
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 5
            page.mouse.move(x, y)
            page.mouse.down()
            for step in range(1, 7):  # a 1
                page.mouse.move(x, y + step * box["height"] / 10)
            page.mouse.up()
            before = expect_change(page, control, before)
            control.get_by_role("button", name="Clear").click()
            before = expect_change(page, control, before)
        for picture in control.locator("canvas.live").all():
            if picture.is_visible():
                box = picture.bounding_box()
                for part in (0.3, 0.6):  # one of the two is another place than the one shown
                    picture.click(position={"x": part * box["width"], "y": part * box["height"]})
                before = expect_change(page, control, before)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_pictures_keep_their_proportions_on_a_phone(visit, name):
    page = visit(name, PHONE)
    ratios = page.locator("[data-explorable] canvas:visible").evaluate_all(
        """all => all.map(each =>
            [each.clientWidth / each.clientHeight, each.width / each.height])"""
    )
    for shown, drawn in ratios:
        assert shown == pytest.approx(drawn, rel=0.02)  # whole pixels


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_controls_answer_to_a_finger_on_a_tablet(visit, name):
    page = visit(name, TABLET, has_touch=True)
    for control in page.locator("[data-explorable]").all():
        control.scroll_into_view_if_needed()
        before = control.evaluate(SEEN)
        slider = control.locator("input[type=range]").first
        target = slider if slider.count() else control.locator("canvas.square")
        box = target.bounding_box()
        target.tap(position={"x": 0.7 * box["width"], "y": box["height"] / 2})
        expect_change(page, control, before)


def test_formulas_have_a_size(visit):
    for name in NOTEBOOKS:
        for formula in visit(name).locator("article math").all():
            box = formula.bounding_box()
            assert box["width"] > 4, formula.inner_text()
            assert box["height"] > 4, formula.inner_text()


@pytest.mark.parametrize("word", ["bottleneck", "denoiser"])
def test_search_finds_a_notebook(visit, word):
    page = visit("index")
    page.goto(page.url.replace("index.html", f"search.html?q={word}"))
    page.locator("#search-results li a", has_text="").first.wait_for()
    found = page.locator("#search-results li a").evaluate_all("links => links.map(a => a.href)")
    assert any("/notebooks/" in link for link in found)


def test_light_and_dark_can_be_chosen(visit):
    page = visit("index", color_scheme="light")
    colours = []
    for mode in ("dark", "light"):
        page.locator(".theme-switch-button:visible").click()
        page.get_by_role("button", name=mode.capitalize(), exact=True).click()
        playwright.expect(page.locator("html")).to_have_attribute("data-theme", mode)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1] == "rgb(255, 255, 255)"


def test_a_phone_opens_the_list_of_pages(visit):
    page = visit("index", PHONE)
    link = page.locator(".bd-sidebar-primary a, dialog a", has_text="Squeeze a digit").first
    playwright.expect(link).not_to_be_in_viewport()
    page.locator(".primary-toggle:visible").click()
    playwright.expect(link).to_be_in_viewport()
    link.click()
    playwright.expect(page.locator("article h1")).to_contain_text("Squeeze a digit")


def test_print_leaves_the_text_and_the_pictures(visit):
    page = visit(NOTEBOOKS[0])
    page.emulate_media(media="print")
    assert page.locator("h1:visible").inner_text().startswith("Squeeze a digit")
    assert page.locator("article p").first.is_visible()
    assert page.locator("article img").first.is_visible()
    assert not page.locator(".bd-sidebar-primary").is_visible()
    assert not page.locator(".bd-sidebar-secondary").is_visible()
