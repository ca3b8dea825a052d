"""What the tests share: Chromium, the front end in V8, and the cases that Hypothesis makes."""

import shutil

import pytest
from hypothesis import HealthCheck, Phase, settings

# The same cases every time, and no limit on a busy machine.
settings.register_profile(
    "course", max_examples=9, deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take minutes to find
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
settings.load_profile("course")


@pytest.fixture(scope="module")
def engine():
    from engine import Engine

    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; what needs it is skipped where that is not installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()
