"""The page in a real Chromium: opened from file://, the network off, driven by pointer and keyboard."""

import os
import shutil
from pathlib import Path

import pytest
from chromium import how_to_launch
from make_fixture import make, statement
from shop import make_shop

PAGE = Path(__file__).resolve().parents[2] / "web-app"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def plotly_script():
    """The exporter writes it beside the page; before the first export it is still in the crate."""
    beside = PAGE / "plotly.min.js"
    if beside.exists():
        return beside
    cargo = Path(os.environ.get("CARGO_HOME", "~/.cargo")).expanduser()
    found = sorted(cargo.glob("registry/src/*/plotly-*/**/plotly.min.js"))
    if not found:
        pytest.exit("plotly.min.js is neither in web-app/ nor in cargo's registry: build the library first", 1)
    return found[-1]


def copy_page(folder, data_js):
    """A copy of the page with the given text as its data.js; None leaves the file out."""
    shutil.copytree(PAGE, folder, ignore=shutil.ignore_patterns("data.js", "data-rest-*.js", "plotly.min.js"))
    (folder / "plotly.min.js").symlink_to(plotly_script())
    if data_js is not None:
        (folder / "data.js").write_text(data_js)
    return folder


@pytest.fixture(scope="session")
def items():
    """The synthetic items that most tests look at."""
    return make(points=2000)


@pytest.fixture(scope="session")
def folder(items, tmp_path_factory):
    return copy_page(tmp_path_factory.mktemp("page") / "web-app", statement(items.document))


RESET = """() => {
    NM.get('store').set({ map: 0, beside: -1, focused: -1, pinned: -1, color: "class", byRank: false, filter: [], brushing: false, found: null, table: false, tags: new Map(), picked: new Map(), path: [], selection: null, mode: "pan",
        distance: false, layers: { thumbnails: true, names: true, density: false }, tab: "item", sheet: false, vectors: null });
    NM.get('view').reset();
    document.activeElement.blur();
}"""


# Whoever comes back is not asked about the tour.
BEEN_HERE = "try { localStorage.setItem('neural-manifold-tour', 'offered'); } catch { /* a frame without storage */ }"


def new_page(browser, init=None, first=False, profile=None, **options):
    """A page with no network, and the list of what went wrong in it: its errors, and any request not for a file.

    `first`: it is opened for the first time. `profile`: a folder for what the browser keeps, as a person's own has one;
    without it the window is a private one, which on a busy machine can lose what it keeps when a page is loaded anew.
    """
    options = {"viewport": DESKTOP, "reduced_motion": "reduce", "offline": True, **options}
    if profile:
        context = browser.browser_type.launch_persistent_context(profile, **how_to_launch(), **options)
    else:
        context = browser.new_context(**options)
    context.set_default_timeout(60_000)  # a machine busy with a build is slow, not wrong
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
    page.on(
        "request",
        lambda request: (
            request.url.startswith(("file:", "data:", "blob:")) or troubles.append(f"request: {request.url}")
        ),
    )
    page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    if not first:
        page.add_init_script(BEEN_HERE)
    if init:
        page.add_init_script(init)
    return context, page, troubles


def visit(page, folder, fragment="", ready=True, file="index.html"):
    page.goto((folder / file).as_uri() + fragment)
    if ready:
        page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")


@pytest.fixture
def open_page(browser):
    """Opens a page's folder; fails the test on anything that went wrong."""
    opened_pages = []

    def opened(folder, fragment="", ready=True, file="index.html", **options):
        context, page, troubles = new_page(browser, **options)
        opened_pages.append((context, troubles))
        visit(page, folder, fragment, ready, file)
        page.troubles = troubles
        return page

    yield opened
    for context, _ in opened_pages:
        context.close()
    troubles = [trouble for _, found in opened_pages for trouble in found]
    assert not troubles, troubles


@pytest.fixture(scope="session")
def shop():
    """Items with a column of each kind, and none with a picture."""
    return make_shop()


@pytest.fixture(scope="session")
def shop_folder(shop, tmp_path_factory):
    return copy_page(tmp_path_factory.mktemp("shop") / "web-app", statement(shop.document))


@pytest.fixture
def shop_page(open_page, shop_folder):
    return open_page(shop_folder)


@pytest.fixture(scope="session")
def shared_page(browser, folder):
    context, page, troubles = new_page(browser)
    visit(page, folder)
    yield page, troubles
    context.close()


@pytest.fixture
def page(shared_page):
    """One page for all tests that leave no trace: opening it anew for each would take most of their time."""
    page, troubles = shared_page
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.mouse.move(2, 2)
    page.evaluate(RESET)
    yield page
    assert not troubles, troubles
