"""The map of tiles: what it counts and shows is what the rows are, wherever one goes, and whatever is wrong is told."""

import json
import re
import shutil

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PAGE, PHONE
from tile_fixture import HOSTILE, make_tiles

ROWS = 300_000
WHOLE = "NM.get('map').isWhole()"
VIEW = "NM.get('store').state.view"


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return make_tiles(tmp_path_factory.mktemp("tiles"), ROWS)


@pytest.fixture
def few(tmp_path):
    return make_tiles(tmp_path, 30_000)


@pytest.fixture
def open_tiles(open_page):
    def opened(placed, whole=True, **options):
        page = open_page(placed.folder, ready=False, file="tiles.html", **options)
        if whole:
            page.wait_for_function("performance.getEntriesByName('map-drawn').length > 0")
        return page

    return opened


def look_at(page, x, y, width):
    """Shows so wide a part of the map around a place, and waits until its tiles are drawn."""
    page.evaluate(
        """([x, y, width]) => {
            const { x0, x1, y0, y1 } = NM.get('store').state.view;
            const height = width * (y1 - y0) / (x1 - x0);
            NM.get('store').set({ view: { x0: x - width / 2, x1: x + width / 2, y0: y - height / 2, y1: y + height / 2 } });
        }""",
        [float(x), float(y), float(width)],
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(WHOLE)


def counted(page):
    """The rows that the page says are in view, once it has counted them anew."""
    page.wait_for_timeout(250)
    return int(re.search(r"([\d,]+) rows in view", page.locator("#in-view").text_content())[1].replace(",", ""))


def place(page, x, y):
    left, top = page.evaluate("([x, y]) => { const v = NM.get('view'); return v.toScreen(v.frame(), x, y); }", [x, y])
    bounds = page.locator("#stage").bounding_box()
    return bounds["x"] + left, bounds["y"] + top


def pixel(page, x, y):
    """The color and strength of the density at a place."""
    return page.evaluate(
        """([x, y]) => {
            const view = NM.get('view'), f = view.frame(), [px, py] = view.toScreen(f, x, y);
            const at = [(px - f.left) * f.ratio, (py - f.top) * f.ratio].map(Math.round);
            return [...document.getElementById("density").getContext("2d").getImageData(...at, 1, 1).data];
        }""",
        [float(x), float(y)],
    )


def test_the_whole_map_counts_all_rows_and_each_class_its_own(open_tiles, many):
    page = open_tiles(many)
    assert counted(page) == ROWS
    chips = page.locator("#legend-classes button")
    assert chips.all_text_contents() == many.names
    for code in range(3):
        chips.nth(code).click(modifiers=["Shift"])
        page.wait_for_function(WHOLE)
        assert counted(page) == (many.classes == code).sum()
    page.locator("#legend-all").click()
    assert counted(page) == ROWS


def test_pan_and_zoom_count_the_rows_that_numpy_counts(open_tiles, many):
    page = open_tiles(many)
    stage = page.locator("#stage").bounding_box()
    middle = [stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2]
    for step in range(6):
        page.mouse.move(*middle)
        for _ in range(3):
            page.mouse.wheel(0, -200)
        page.mouse.down()
        page.mouse.move(middle[0] + 40, middle[1] - 25, steps=4)
        page.mouse.up()
        # What a clump of rows is zoomed away from is no test.
        if step == 2:
            look_at(page, np.median(many.x[many.classes == 0][:50]), many.y[many.classes == 0][0], 6.0)
        page.wait_for_timeout(50)
        page.wait_for_function(WHOLE)
        seen, shown = page.evaluate(VIEW), counted(page)
        cell = page.evaluate(
            "NM.get('data').side / 256 / 2 ** Math.min(...NM.get('map').covering().map((tile) => tile.level))"
        )

        def rows_within(room, seen=seen):
            inside = (many.x > seen["x0"] - room) & (many.x < seen["x1"] + room)
            return int((inside & (many.y > seen["y0"] - room) & (many.y < seen["y1"] + room)).sum())

        # A cell on the rim is in view or not as a whole.
        assert rows_within(-cell) <= shown <= rows_within(cell)
    assert page.evaluate("NM.get('map').covering().some((tile) => tile.level >= 3)")


def test_a_row_that_is_pointed_at_is_named(open_tiles, many):
    page = open_tiles(many)
    ring, tip = page.locator("#ring"), page.locator("#tip")
    # At the rim of a clump, where a tile holds all its rows.
    far = np.hypot(many.x - np.median(many.x), many.y - np.median(many.y))
    for item in np.argsort(far)[-3:]:
        look_at(page, many.x[item], many.y[item], 1.0)
        x, y = place(page, many.x[item], many.y[item])
        page.mouse.move(x, y)
        assert ring.is_visible()
        box = ring.bounding_box()
        assert abs(box["x"] + box["width"] / 2 - x) < 1.5 and abs(box["y"] + box["height"] / 2 - y) < 1.5
        assert tip.locator("#tip-id").text_content() == f"item {item}"
        words = tip.locator("#tip-about").text_content()
        assert words == f"{many.names[many.classes[item]]} · isolation {many.isolation[item]:.1f}"
    page.mouse.move(5, 5)
    assert ring.is_hidden() and tip.is_hidden()


def test_the_colors_are_those_of_the_classes_and_of_isolation(open_tiles, many):
    page = open_tiles(many)
    look_at(page, 0, 0, np.ptp(many.x) * 1.4)
    hues = page.evaluate("[0, 1, 2].map((code) => NM.get('palette').parse(NM.get('palette').classColor(code)))")
    cells = {}
    for x, y, code in zip(np.round(many.x, 1), np.round(many.y, 1), many.classes, strict=True):
        cells.setdefault((x, y), []).append(code)
    pure = [(at, codes[0]) for at, codes in cells.items() if len(codes) > 20 and len(set(codes)) == 1]
    assert {code for _, code in pure} == {0, 1, 2}
    for at, code in pure[:40]:
        assert np.abs(np.subtract(pixel(page, *at)[:3], hues[code])).max() <= 3
    assert pixel(page, many.x.max() + 0.5, many.y.max())[3] == 0
    page.select_option("#color", "isolation")
    page.wait_for_timeout(100)
    page.wait_for_function(WHOLE)
    ramp = page.evaluate("NM.get('palette').ramp('sequential').slice(0, 16).map(NM.get('palette').parse)")
    for at, code in pure[:40]:
        isolated = ramp[round((2.5 - 1) / 2 * 15)] if code == 1 else ramp[0]
        assert np.abs(np.subtract(pixel(page, *at)[:3], isolated)).max() <= 3


def test_tiles_that_are_no_longer_needed_are_dropped(open_tiles, many):
    """How long its tasks are is the bench's to say: a test would fail on a busy machine."""
    page = open_tiles(many)
    tiles = len(list((many.folder / "tiles").glob("*.js"))) - 1
    asked = set()
    page.on("request", lambda request: asked.add(request.url))
    for item in range(0, 60_000, 400):
        page.evaluate(
            "([x, y]) => NM.get('store').set({ view: { x0: x - 1, x1: x + 1, y0: y - .6, y1: y + .6 } })",
            [many.x[item], many.y[item]],
        )
        page.wait_for_timeout(20)
    page.wait_for_function(WHOLE)
    assert tiles > 150 and len(asked) > 110
    assert page.evaluate("NM.get('files').ready().length") <= 96 + 20
    assert page.locator("head script").count() < 40  # those of the tiles are taken out again


@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_tile_that_is_missing_or_damaged_is_told_and_the_map_goes_on(open_tiles, few, how):
    names = sorted((few.folder / "tiles").glob("1-*.js"))
    tile = names[0]
    if how == "missing":
        tile.unlink()
    else:
        text = tile.read_text()
        tile.write_text(re.sub(r'"rows": \d+', '"rows": 5', text).replace('"data": "H4sI', '"data": "H4sJ'))
    page = open_tiles(few, whole=False)
    page.wait_for_selector("#map-note:visible")
    note = page.locator("#map-note").text_content()
    assert note == f"tiles/{tile.name} is {how}: that part of the map is drawn coarsely. Make the tiles again."
    page.wait_for_function(WHOLE)
    page.wait_for_timeout(250)
    assert page.locator("#in-view").text_content().startswith("at least ")
    # Its part is drawn from the tile above.
    x, y = (int(number) for number in tile.stem.split("-")[1:])
    extent = json.loads((few.folder / "tiles/data.js").read_text().split("=", 1)[1].rstrip(";\n"))["extent"]
    half = extent[2] / 2
    inside = (few.x - extent[0]) // half == x
    inside &= (few.y - extent[1]) // half == y
    drawn = [pixel(page, few.x[item], few.y[item])[3] for item in np.flatnonzero(inside)[:20]]
    assert sum(strength > 0 for strength in drawn) > 15


def changed(**parts):
    def change(text):
        said = json.loads(text.split("=", 1)[1].rstrip(";\n"))
        return f"window.NEURAL_MANIFOLD_DATA = {json.dumps({**said, **parts})};"

    return change


BAD = {
    "missing": (lambda text: None, "There is no tiles/data.js beside this page"),
    "cut short": (lambda text: text[:-40], "damaged or was cut short"),
    "an explorer's": (changed(schema="neural-manifold"), "was not written by a maker of tiles"),
    "another version": (changed(version=2), "version 2 of the format, and this page reads version 1"),
    "no extent": (changed(extent=[0, 0, 0]), "where the map lies"),
    "another count": (changed(rows=7), "hold 30000 rows in place of 7"),
    "a class without a name": (changed(classes=[{"rows": 30_000}]), "class 1 in tiles/data.js has no name"),
    "classes of fewer rows": (changed(classes=[{"name": "a", "rows": 3}]), "have 3 rows in place of 30000"),
    "a tile beside the map": (changed(tiles=[[0, 30_000], [4, 1], [], [], [], [], []]), "tiles of level 1"),
    "fewer levels": (changed(tiles=[[0, 30_000]]), "tiles of 7 levels"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_list_of_tiles_gets_one_sentence(open_tiles, tmp_path, few, case):
    change, words = BAD[case]
    path = few.folder / "tiles/data.js"
    text = change(path.read_text())
    path.unlink() if text is None else path.write_text(text)
    page = open_tiles(few, whole=False)
    page.wait_for_selector("#trouble-text:not(:empty)")
    if case == "cut short":  # the browser itself reports what does not parse
        page.troubles.clear()
    sentence = page.locator("#trouble-text").text_content()
    assert words in sentence and sentence.endswith("Make the tiles again.")
    assert page.locator("#app").is_hidden()


def test_hostile_names_stay_text(open_tiles, tmp_path):
    placed = make_tiles(tmp_path, 3000, names=HOSTILE, ids=(HOSTILE[0] + "{}").format, title=HOSTILE[1])
    page = open_tiles(placed)
    assert page.locator("#title").text_content() == HOSTILE[1]
    assert sorted(page.locator("#legend-classes button").all_text_contents()) == sorted(HOSTILE)
    page.mouse.move(*place(page, placed.x[5], placed.y[5]))
    assert page.locator("#tip-id").text_content().startswith(HOSTILE[0])
    assert page.evaluate("window.caught") is None


def test_the_keyboard_goes_where_the_pointer_goes(open_tiles, few):
    page = open_tiles(few)
    before = page.evaluate(VIEW)
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(VIEW)["x0"] > before["x0"]
    page.keyboard.press("+")
    assert page.evaluate(f"{VIEW}.x1 - {VIEW}.x0") < before["x1"] - before["x0"]
    page.keyboard.press("0")
    assert page.evaluate(VIEW) == pytest.approx(before)
    page.wait_for_function(WHOLE)
    page.keyboard.press("Enter")
    first = page.locator("#tip-id").text_content()
    assert first.startswith("item ") and first in page.locator("#live").text_content()
    page.keyboard.press("ArrowLeft")
    second = page.locator("#tip-id").text_content()
    assert few.x[int(second.split()[1])] < few.x[int(first.split()[1])]
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_tiles, few, scheme):
    page = open_tiles(few, color_scheme=scheme)
    page.mouse.move(*place(page, few.x[5], few.y[5]))
    found = Axe().run(page).response["violations"]
    assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def test_fingers_move_and_name(open_tiles, few):
    page = open_tiles(few, viewport=PHONE, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*place(page, few.x[5], few.y[5]))
    assert page.locator("#tip").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_page_names_all_its_files_and_they_travel_with_the_tiles(few):
    named = re.findall(r'src="(js/[\w/]+\.js)"', (PAGE / "tiles.html").read_text())
    own = {str(path.relative_to(PAGE)) for path in (PAGE / "js/tiles").glob("*.js")}
    assert own <= set(named)
    for path in [*named, "style.css", "tiles.css", "tiles.html"]:
        assert (few.folder / path).read_bytes() == (PAGE / path).read_bytes()
    shutil.rmtree(few.folder)
