"""Two maps side by side, linked."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import copy_page
from explorer import alone, hover, place
from make_fixture import make, statement

PLACE = """(item) => { const { frame } = NM.get('second_map'), view = NM.get('view'), map = NM.get('data').maps[NM.get('store').state.beside];
    const bounds = document.getElementById("second-stage").getBoundingClientRect();
    const [x, y] = view.toScreen(frame(), map.x[item], map.y[item]);
    return [bounds.left + x, bounds.top + y]; }"""
RING = """(id) => { const node = document.getElementById(id), box = node.getBoundingClientRect();
    return node.hidden ? null : [box.left + box.width / 2, box.top + box.height / 2]; }"""
INK = """([x, y]) => { const canvas = document.getElementById("second-canvas"), box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    return Array.from(canvas.getContext("2d").getImageData(Math.round((x - box.left) * ratio), Math.round((y - box.top) * ratio), 1, 1).data); }"""


@pytest.fixture
def two(page):
    page.locator("#second-open").click()
    page.locator("#second-choice").select_option(label="PCA")
    return page


def test_what_is_pointed_at_in_one_shows_in_the_other(two, items):
    page = two
    for item in alone(items, count=4):
        hover(page, item)
        assert page.evaluate("NM.get('store').state.focused") == item
        assert page.evaluate(RING, "second-ring") == pytest.approx(page.evaluate(PLACE, item), abs=1)
    for item in alone(items, name="pca", radius=6, count=4):
        page.mouse.move(*page.evaluate(PLACE, item))
        assert page.evaluate("NM.get('store').state.focused") == item
        assert page.evaluate(RING, "ring") == pytest.approx(place(page, item), abs=1)
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("NM.get('store').state.pinned") == item


def test_a_box_in_the_second_selects_and_a_filter_grays_both(two, items):
    page = two
    page.locator("#mode-box").click()
    stage = page.locator("#second-stage").bounding_box()
    x0, y0, x1, y1 = stage["x"] + 40, stage["y"] + 60, stage["x"] + 300, stage["y"] + 330
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=5)
    page.mouse.up()
    places = np.array([page.evaluate(PLACE, item) for item in range(0, 2000, 10)])
    inside = (places[:, 0] > x0) & (places[:, 0] < x1) & (places[:, 1] > y0) & (places[:, 1] < y1)
    chosen = set(page.evaluate("Array.from(NM.get('store').state.selection)"))
    assert [item in chosen for item in range(0, 2000, 10)] == inside.tolist()
    page.locator("#mode-pan").click()
    page.evaluate("NM.get('store').set({ selection: null })")
    item = next(i for i in alone(items, name="pca", radius=8, count=20) if items.labels[i] != 0)
    where = page.evaluate(PLACE, item)
    before = page.evaluate(INK, where)
    page.evaluate("NM.get('store').set({ filter: [{ op: 'in', column: 'class', codes: [0] }] })")
    after = page.evaluate(INK, where)
    assert before != after and max(after[:3]) - min(after[:3]) < 12


def test_the_second_zooms_by_itself_and_comes_back_from_the_address(two, items):
    page = two
    # The first map, which is narrower now, has found its new view.
    page.wait_for_timeout(500)
    first = page.evaluate("JSON.stringify(NM.get('store').state.view)")
    item = alone(items, name="pca", count=1)[0]
    x, y = page.evaluate(PLACE, item)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(100)
    assert page.evaluate(PLACE, item) == pytest.approx([x, y], abs=1)
    assert page.evaluate("JSON.stringify(NM.get('store').state.view)") == first
    page.wait_for_function("location.hash.includes('beside=pca')")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("#second-open").click()
    assert page.locator("#second").is_hidden()


def test_of_many_selected_the_colors_stay_and_the_others_recede_on_both_maps(two, items):
    page = two
    of_first = """([x, y]) => { const canvas = document.getElementById("raster"), box = canvas.getBoundingClientRect();
        const ratio = canvas.width / box.width;
        return Array.from(canvas.getContext("2d").getImageData(Math.round((x - box.left) * ratio), Math.round((y - box.top) * ratio), 1, 1).data); }"""
    over = """() => { const canvas = document.getElementById("overlay");
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0); }"""
    both = set(alone(items, radius=6, count=900)) & set(alone(items, name="pca", radius=6, count=900))
    chosen, other = sorted(both)[:2]
    page.evaluate("NM.get('store').set({ layers: { thumbnails: false, names: false, density: false } })")
    page.mouse.move(2, 2)

    def inks():
        page.wait_for_timeout(150)
        ways = [(of_first, lambda item: place(page, item)), (INK, lambda item: page.evaluate(PLACE, item))]
        return [[np.array(page.evaluate(read, where(item))[:3]) for item in (chosen, other)] for read, where in ways]

    def select(count):
        rest = [item for item in range(2000) if item != other and item != chosen]
        page.evaluate(
            "(items) => NM.get('store').set({ selection: Uint32Array.from(items) })", [chosen, *rest[: count - 1]]
        )
        return inks()

    for theme, ground in (("light", 255), ("dark", 24)):
        page.evaluate("(theme) => NM.get('store').set({ theme, selection: null })", theme)
        plain = inks()
        for before, after in zip(plain, select(400), strict=True):
            assert (after[0] == before[0]).all()
            paler = np.abs(after[1].astype(int) - ground).sum() / np.abs(before[1].astype(int) - ground).sum()
            assert 0.05 < paler < 0.5
        assert not page.evaluate(over)
        # A few have outlines, which leave the dots' colors to be seen where they lie close, and nothing recedes.
        few = select(5)
        assert all((after[1] == before[1]).all() for before, after in zip(plain, few, strict=True))
        assert page.evaluate(over)
    xy = items.maps["umap"]
    crowd = min((np.hypot(*(xy - own).T).argsort()[:15] for own in xy[:300]), key=lambda near: np.ptp(xy[near]))
    page.evaluate("(items) => NM.get('store').set({ selection: Uint32Array.from(items) })", crowd.tolist())
    page.wait_for_timeout(150)
    for item in crowd.tolist():
        assert page.evaluate(of_first.replace('"raster"', '"overlay"'), place(page, item))[3] == 0
    page.evaluate("NM.get('store').set({ theme: 'light' })")


def test_a_chip_of_the_filter_has_its_cross_beside_the_second_map(two):
    page = two
    page.evaluate("NM.get('store').set({ filter: [{ op: 'in', column: 'class', codes: [1, 3, 7] }] })")
    chip, row = (page.locator(f"#filter-clauses{part}").bounding_box() for part in (" button", ""))
    assert chip["x"] + chip["width"] <= row["x"] + row["width"] + 0.5


INKS = """() => { const canvas = document.getElementById("second-canvas"), found = new Set();
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    for (const pixel of pixels) found.add(pixel);
    return [...found].sort((a, b) => a - b).join(); }"""


def test_of_many_points_both_maps_have_the_colors_that_were_chosen(open_page, tmp_path):
    items = make(points=210_000, images=False, decoder=False, latents=False)
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    page.locator("#second-open").click()
    page.locator("#second-choice").select_option(label="PCA")
    inks = set()
    for color in ("class", "column:local density", "error", "class"):
        if color in page.evaluate("NM.get('color_modes').offered().map((mode) => mode.key)"):
            page.locator("#color").select_option(color)
        page.wait_for_selector("#raster[data-drawn=all]")
        page.wait_for_timeout(500)
        now = page.evaluate(INKS)
        inks.add(now)
        # The same as if the second map were drawn only now.
        page.evaluate("NM.get('store').set({ beside: -1 })")
        page.locator("#second-open").click()
        page.locator("#second-choice").select_option(label="PCA")
        page.wait_for_timeout(500)
        assert page.evaluate(INKS) == now
    assert len(inks) >= 2
