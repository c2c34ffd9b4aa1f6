"""A shorter pass in WebKit, the engine of Safari, through WebDriver: what a reader does, and what only an engine can break."""

import base64
import io
import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from conftest import copy_page
from explorer import alone
from make_fixture import add_encoder, make, statement
from PIL import Image
from test_everyone import INK, NO_WEBGL
from webdriver import Browser

DRIVER = shutil.which("WebKitWebDriver")
MINI = next(iter(sorted(Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"))), None) if DRIVER else None
pytestmark = pytest.mark.skipif(
    not (MINI and shutil.which("Xvfb")), reason="Debian's webkit2gtk-driver and xvfb are not installed"
)

PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[2] / "target")) / "release/neural-manifold"
DRAWN = "performance.getEntriesByName('plotly-drawn').length > 0 || document.getElementById('trouble-text').textContent"
# What goes wrong, from before the page's first script on, and what the page saves.
LISTEN = """
    window.heard = [];
    addEventListener("error", (event) => heard.push(String(event.message || event.target.src)), true);
    addEventListener("unhandledrejection", (event) => heard.push(String(event.reason)));
    console.error = (...words) => heard.push(words.join(" "));
    const keep = URL.createObjectURL;
    URL.createObjectURL = (blob) => { window.saved = blob; return keep.call(URL, blob); };
    HTMLAnchorElement.prototype.click = () => 0; // the browser's list of downloads would take a part of the window
"""
PLACES = """(items) => {
    const map = NM.get('data').maps[NM.get('store').state.map], view = NM.get('view');
    const bounds = document.getElementById("stage").getBoundingClientRect();
    return items.map((item) => {
        const [x, y] = view.toScreen(view.frame(), map.x[item], map.y[item]);
        return [bounds.left + x, bounds.top + y];
    });
}"""
SAVED = """() => new Promise((done) => {
    const reader = Object.assign(new FileReader(), { onload: () => done(reader.result.split(",")[1]) });
    reader.readAsDataURL(window.saved);
})"""
PIXELS = """(name) => { const canvas = document.getElementById(name);
    return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data); }"""
SPAN = "NM.get('store').state.view.x1 - NM.get('store').state.view.x0"


def listening(page, script=LISTEN):
    """The page's file with a script before all others."""
    page.write_text(page.read_text().replace("<head>", f"<head><script>{script}</script>", 1))
    return page


def opened(browser, page):
    browser.open(page)
    browser.wait(DRAWN)
    assert browser.text("trouble-text") == "" and browser.run("heard") == []
    return browser


@pytest.fixture(scope="module")
def webkit(tmp_path_factory):
    browser = Browser(DRIVER, MINI, tmp_path_factory.mktemp("webkit"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def items():
    items = make(points=2000)
    add_encoder(items.document)
    return items


@pytest.fixture(scope="module")
def index(items, tmp_path_factory):
    folder = copy_page(tmp_path_factory.mktemp("webkit-page") / "web-app", statement(items.document))
    return listening(folder / "index.html")


@pytest.fixture
def page(webkit, index):
    webkit.open(index)
    webkit.run("localStorage.clear()")
    yield opened(webkit, index)
    assert webkit.run("heard") == []


def place(page, item):
    return page.run(PLACES, [item])[0]


def test_webkit_opens_a_folder_from_a_file(page, items):
    assert page.run("NM.get('data').points") == len(items.labels)
    assert page.run("document.querySelectorAll('#plot .xtick text').length") > 2
    assert page.run("document.getElementById('map-note').hidden")


def test_webkit_opens_the_one_file_alone_in_a_folder(webkit, items, tmp_path):
    if not PROGRAM.exists():
        pytest.skip("the program is not built: cargo build --release")
    for number, picture in enumerate(items.images[:120]):
        path = tmp_path / "pictures" / f"class {items.labels[number]}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    alone_in = tmp_path / "empty" / "page.html"
    alone_in.parent.mkdir()
    command = [PROGRAM, "explore", tmp_path / "pictures", "-o", alone_in, "--thumb", "28", "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    page = opened(webkit, listening(alone_in))
    page.move(*place(page, 5))
    assert page.run("NM.get('store').state.focused") >= 0
    page.wait("document.getElementById('image').width > 0")


def test_webkit_hover_shows_the_items_own_image_and_a_click_pins_it(page, items):
    first, *others = alone(items, count=4)
    for item in [*others, first]:
        page.move(*place(page, item))
        assert page.text("item-index") == f"item {items.index[item]}"
        assert (np.array(page.run(PIXELS, "image")).reshape(28, 28, 4)[..., 0] == items.images[item]).all()
    page.drag([place(page, first)])
    page.move(*place(page, others[0]))
    assert page.text("item-index") == f"item {items.index[first]}"
    page.press("\ue00c")
    page.move(*place(page, others[1]))
    assert page.text("item-index") == f"item {items.index[others[1]]}"


def test_webkit_zooms_by_the_wheel_and_pans_by_a_drag(page, items):
    item = alone(items, count=1)[0]
    at, whole = place(page, item), page.run(SPAN)
    page.wheel(*at, -400)
    page.wait(f"{SPAN} < {whole / 1.5}")
    np.testing.assert_allclose(place(page, item), at, atol=1)
    x, y, *_ = page.box("stage")
    page.drag([(x + 60 + 20 * step, y + 40 + 10 * step) for step in range(6)])
    np.testing.assert_allclose(place(page, item), np.add(at, (100, 50)), atol=1)


def test_webkit_selects_what_a_lasso_surrounds(page, items):
    page.click("mode-lasso")
    x, y, width, height = page.box("stage")
    left, right, top, bottom = x + 60, x + width / 2, y + 20, y + height - 60
    page.drag([(left, top), (right, top), (right, bottom), (left, bottom)])
    page.wait("NM.get('store').state.selection?.length > 0")
    x, y = np.array(page.run(PLACES, list(range(len(items.labels))))).T
    inside = np.flatnonzero((left < x) & (x < right) & (top < y) & (y < bottom))
    assert page.run("Array.from(NM.get('store').state.selection)") == inside.tolist()


def test_webkit_filters_by_a_drag_over_a_histogram(page, items):
    page.click("tab-columns")
    page.wait("document.querySelector('.histogram')?.clientWidth > 100")
    x, y, width, height = page.run(
        "(() => { const b = document.querySelector('.histogram').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
    )
    page.drag([(x + width * share, y + height / 2) for share in (0.3, 0.4, 0.5, 0.7)])
    [clause] = page.run("NM.get('store').state.filter")
    values = items.modes["local density", None]
    expected = int(((values >= clause["low"]) & (values <= clause["high"])).sum())
    assert 500 < expected < 1100
    assert page.text("filter-count") == f"{expected:,} of 2,000"


def test_webkit_searches_and_shows_a_table(page, items):
    page.run("document.getElementById('jump-index').focus()")
    page.press(*str(items.index[17]))
    page.wait("document.querySelectorAll('#search-results li').length > 0")
    page.press("\ue007")
    assert page.text("item-index") == f"item {items.index[17]}"
    page.click("table-open")
    page.wait("document.querySelectorAll('#table-body [role=row]').length > 4")


def test_webkit_keeps_tags_or_says_that_it_does_not(webkit, index, page):
    page.run("NM.get('store').set({ selection: Uint32Array.of(1, 2, 3), tab: 'selection' })")
    page.run("document.getElementById('tag-word').focus()")
    page.press(*"odd", "\ue007")
    page.wait("NM.get('store').state.tags.size === 1")
    if page.run("NM.get('tag_store').isRefused()"):
        return
    opened(webkit, index)
    assert page.run("[...NM.get('store').state.tags.keys()]") == ["odd"]


def test_webkit_is_dark_when_asked(page):
    page.click("theme")
    page.wait("document.documentElement.dataset.theme === 'dark'")
    shown = np.asarray(Image.open(io.BytesIO(page.picture())).convert("L"))
    assert np.median(shown) < 60


def test_webkit_without_webgl(webkit, items, tmp_path):
    folder = copy_page(tmp_path / "web-app", statement(items.document))
    page = opened(webkit, listening(folder / "index.html", LISTEN + NO_WEBGL))
    item = alone(items, count=1)[0]
    assert page.run("!document.getElementById('map-note').hidden")
    assert page.run(INK, item)[:3] != [255, 255, 255]
    page.move(*place(page, item))
    assert page.text("item-index") == f"item {items.index[item]}"


def test_webkit_takes_a_picture_that_is_chosen(page, items, tmp_path):
    path = tmp_path / "mine.png"
    Image.fromarray(items.images[7]).save(path)
    page.run("document.getElementById('drop-file').hidden = false")
    page.choose("drop-file", path)
    page.wait("NM.get('store').state.dropped !== null")
    assert page.run("Array.from(NM.get('store').state.dropped.planes)") == items.images[7].ravel().tolist()
    assert page.run("document.querySelectorAll('#dropped-neighbors button').length") == 10


def test_webkit_saves_the_map_as_svg_and_png(page, items):
    page.click("save-svg")
    figure = ElementTree.fromstring(base64.b64decode(page.run(SAVED)))
    dots = sum(path.get("d").count("h0") for path in figure.iter("{http://www.w3.org/2000/svg}path"))
    assert dots == len(items.labels)
    page.run("window.saved = null")
    page.click("save-png")
    page.wait("window.saved?.type === 'image/png'")
    picture = Image.open(io.BytesIO(base64.b64decode(page.run(SAVED)))).convert("RGB")
    assert picture.size == (2 * int(figure.get("width")), 2 * int(figure.get("height")))
    assert len(picture.getcolors(1 << 24)) > 100
