"""Path, selection, maps, jump, address, transitions, thumbnails."""

import csv
import io
import json

import numpy as np
import pytest
from conftest import copy_page
from explorer import alone, click, hover, picture, place, shown_index
from make_fixture import make, statement
from reference import decode
from test_everyone import CARD


def test_shift_click_makes_a_path_decoded_on_the_way(page, items):
    a, b = alone(items, count=2)
    click(page, a)
    x, y = place(page, b)
    page.keyboard.down("Shift")
    page.mouse.click(x, y)
    page.keyboard.up("Shift")
    frames = page.locator("#film canvas")
    assert frames.count() == 9
    middle = page.evaluate(
        "Array.from(document.querySelectorAll('#film canvas')[4].getContext('2d').getImageData(0, 0, 28, 28).data)"
    )
    expected = np.rint(255 * decode(items.document, (items.latents[a] + items.latents[b]) / 2))
    assert np.abs(np.array(middle).reshape(28, 28, 4)[..., 0] - expected).max() <= 1
    verdict = page.locator("#path-verdict").text_content()
    assert "leaves the data" in verdict or "stays within the data" in verdict
    ends = page.locator("#path-items button").all()
    assert int(ends[0].get_attribute("title").split()[-1]) == items.index[a]
    assert int(ends[-1].get_attribute("title").split()[-1]) == items.index[b]
    page.locator("#path-clear").click()
    assert page.locator("#path-some").is_hidden()


def inside(page, items, box):
    x0, y0, x1, y1 = box
    places = page.evaluate(
        """() => { const store = NM.get('store'), data = NM.get('data'), view = NM.get('view'), f = view.frame(), m = data.maps[store.state.map];
            const bounds = document.getElementById("stage").getBoundingClientRect();
            return Array.from(m.x, (_, i) => view.toScreen(f, m.x[i], m.y[i]).map((v, a) => v + (a ? bounds.top : bounds.left))); }"""
    )
    xy = np.array(places)
    return {
        int(items.index[i])
        for i in np.flatnonzero((xy[:, 0] > x0) & (xy[:, 0] < x1) & (xy[:, 1] > y0) & (xy[:, 1] < y1))
    }


def draw(page, corners):
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


@pytest.mark.parametrize("mode", ["box", "lasso"])
def test_what_is_drawn_around_is_what_is_saved(page, items, mode):
    page.locator(f"#mode-{mode}").click()
    stage = page.locator("#stage").bounding_box()
    x0, y0 = stage["x"] + 150.3, stage["y"] + 120.3
    x1, y1 = x0 + 380.2, y0 + 330.2
    corners = [(x0, y0), (x1, y1)] if mode == "box" else [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    draw(page, corners)
    expected = inside(page, items, (x0, y0, x1, y1))
    assert page.locator("#selection-count").text_content() == f"{len(expected):,} items"
    with page.expect_download() as download:
        page.locator("#save-csv").click()
    text = download.value.path().read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {int(row["index"]) for row in rows} == expected and len(rows) == len(expected)
    first = list(items.index).index(int(rows[0]["index"]))
    np.testing.assert_allclose([float(rows[0][f"latent_{j + 1}"]) for j in range(32)], items.latents[first], atol=1e-9)
    assert rows[0]["class"] == items.document["columns"][0]["levels"][items.labels[first]]
    with page.expect_download() as download:
        page.locator("#save-json").click()
    assert {row["index"] for row in json.loads(download.value.path().read_text())} == expected
    chosen = [list(items.index).index(index) for index in expected]
    assert np.abs(picture(page, "selection-image").astype(int) - items.images[chosen].mean(axis=0)).max() <= 0.51


def test_hidden_classes_are_not_selected(page, items):
    page.locator("#legend-classes button").nth(0).click()
    page.locator("#tab-selection").click()
    page.locator("#select-view").click()
    assert page.locator("#selection-count").text_content() == f"{(items.labels != 0).sum():,} items"


def test_each_map_shows_each_item_where_it_belongs(page, items):
    for number, name in enumerate(items.maps):
        page.locator("#maps button").nth(number).click()
        assert f"k 15, n {len(items.labels):,}" in page.locator("#scores").text_content()
        for item in alone(items, name=name, count=4):
            hover(page, item)
            assert shown_index(page) == items.index[item]
            assert (picture(page) == items.images[item]).all()


def test_the_glide_ends_on_the_new_map(open_page, folder, items):
    page = open_page(folder, init=CARD, reduced_motion="no-preference")
    # Whenever our own canvas comes and goes: it is there for less time than a busy machine may take to look.
    page.evaluate("""() => {
        window.shown = [];
        const canvas = document.getElementById("raster");
        new MutationObserver(() => shown.push(!canvas.hidden)).observe(canvas, { attributeFilter: ["hidden"] });
    }""")
    page.locator("#maps button").nth(2).click()
    page.wait_for_function("shown.includes(true) && !shown.at(-1)")
    item = alone(items, name="pca", count=1)[0]
    hover(page, item)
    assert shown_index(page) == items.index[item]


def test_jump_by_index_by_class_and_to_the_worst(page, items):
    page.locator("#jump-index").fill("123")
    page.keyboard.press("Enter")
    assert shown_index(page) == 123
    page.locator("#jump-index").fill("999999")
    page.keyboard.press("Enter")
    assert page.locator("#jump-index").get_attribute("aria-invalid") == "true"
    page.locator("#jump-to").select_option("class:6")
    assert page.locator("#item-class").text_content() == items.document["columns"][0]["levels"][6]
    page.locator("#jump-to").select_option("mode:error")
    assert "100th percentile" in page.locator("#live").text_content()
    first = shown_index(page)
    page.locator("#jump-to").select_option("mode:error")
    assert shown_index(page) != first
    page.locator("#jump-to").select_option("mode:continuity:umap")
    assert shown_index(page) == items.index[items.modes["continuity", "umap"].argmax()]
    page.locator("#jump-to").select_option("random")
    assert shown_index(page) is not None


# The address holds the view that is shown; a busy machine may be late with both.
SAVED = """() => { const { x0, x1, y0, y1 } = NM.get('store').state.view;
    const wanted = [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0], found = /view=([^&]*)/.exec(location.hash)[1].split(",").map(Number);
    return wanted.every((v, at) => Math.abs(v - found[at]) < 1e-4 * wanted[2]); }"""


def test_the_address_brings_the_view_back(open_page, folder, items):
    page = open_page(folder)
    item = alone(items, count=1)[0]
    click(page, item)
    page.locator("#maps button").nth(1).click()
    page.locator("#legend-classes button").nth((int(items.labels[item]) + 1) % 10).click()
    page.mouse.move(*place(page, item))
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        "location.hash.includes('map=UMAP%2C%20seed%207') && location.hash.includes('where=class:not:')"
    )
    page.wait_for_timeout(100)
    page.wait_for_function(SAVED)
    where = place(page, item)
    page.reload()
    page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    assert shown_index(page) == items.index[item]
    assert page.locator("#pin-state").is_visible()
    assert page.locator("#maps button").nth(1).get_attribute("aria-pressed") == "true"
    assert page.locator("#legend-classes button[aria-pressed=false]").count() == 1
    np.testing.assert_allclose(place(page, item), where, atol=1)
    page.locator("#color").select_option(label="False neighbors")
    page.wait_for_function("location.hash.includes('color=trust%3AUMAP')")
    page.go_back()
    page.wait_for_function("document.getElementById('color').value === 'class'")
    page.go_forward()
    page.wait_for_function("document.getElementById('color').value === 'trust:UMAP, seed 7'")


def test_any_address_opens(open_page, folder):
    page = open_page(
        folder,
        "#map=none&view=a,b&item=-1&color=latent:99&where=class:in:x;nothing:in:0;class:from:a:b;%E0%A4%A&path=1",
    )
    assert page.locator("#color").input_value() == "class"
    assert page.locator("#legend-classes button[aria-pressed=true]").count() == 10


def test_transitions_count_the_votes_of_the_latent_neighbors(page, items):
    page.locator("#tab-classes").click()
    page.wait_for_selector("#matrix:visible", timeout=60000)
    latents, labels = items.latents, items.labels
    squares = ((latents[:, None, :8] - latents[None, :, :8]) ** 2).sum(-1)
    for start in range(8, 32, 8):
        squares += ((latents[:, None, start : start + 8] - latents[None, :, start : start + 8]) ** 2).sum(-1)
    np.fill_diagonal(squares, np.inf)
    neighbors = np.argsort(squares, axis=1, kind="stable")[:, :10]
    expected = np.zeros((10, 10), int)
    for i, row in enumerate(neighbors):
        votes = np.bincount(labels[row], minlength=10)
        won = labels[i] if votes[labels[i]] == votes.max() else votes.argmax()
        expected[labels[i], won] += 1
    texts = page.locator("#matrix td button").all_text_contents()
    got = np.array([0 if t == "·" else int(t.replace(",", "")) for t in texts]).reshape(10, 10)
    assert (got == expected).all()
    off = expected * (1 - np.eye(10, dtype=int))
    label, vote = np.unravel_index(off.argmax(), off.shape)
    page.locator("#matrix td button").nth(int(label) * 10 + int(vote)).click()
    assert page.locator("#matrix-items button").count() == min(60, off.max())


def test_pictures_appear_when_few_items_are_in_view(page, items):
    item = alone(items, count=1)[0]
    drawn = """() => { const c = document.getElementById("overlay"); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
        let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 0) n++; return n; }"""
    page.locator("#layer-names").click()
    page.wait_for_timeout(60)
    assert page.evaluate(drawn) == 0
    page.mouse.move(*place(page, item))
    for _ in range(6):
        page.mouse.wheel(0, -400)
    page.wait_for_timeout(250)
    assert page.evaluate(drawn) > 1000
    page.locator("#layer-thumbnails").click()
    page.mouse.move(2, 2)
    page.wait_for_timeout(150)
    assert page.evaluate(drawn) == 0


def test_the_names_of_the_rows_stay_and_columns_out_of_sight_are_hinted_at(open_page, tmp_path):
    items = make(
        points=900, classes=26, images=False, class_names=[f"a long name {c}" for c in range(26)], decoder=False
    )
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.locator("#tab-classes").click()
    page.wait_for_selector("#matrix tr:nth-child(3)")
    box = page.locator(".matrix-box")
    faded = "(node) => getComputedStyle(node).maskImage.includes('gradient')"
    assert box.evaluate(faded)
    box.evaluate("(node) => { node.scrollLeft = 1e6; }")
    page.wait_for_function("!document.querySelector('.matrix-box').classList.contains('more')")
    assert not box.evaluate(faded)
    name = page.locator("#matrix th[scope=row]").nth(4)
    assert name.bounding_box()["x"] == pytest.approx(box.bounding_box()["x"], abs=2)
    over = """(name) => { const { x, y, width, height } = name.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) === name; }"""
    name.scroll_into_view_if_needed()
    assert name.evaluate(over)


def test_what_is_told_of_a_path_is_what_appears_there(page, shop_page):
    assert "images decoded" in page.locator("#path-note").text_content()
    said = shop_page.locator("#path-note").text_content()
    assert "decoded" not in said and "images" not in said and "real items nearest" in said


@pytest.mark.parametrize("size,shown", [(32, True), (80, False)])
def test_an_average_that_is_not_shown_has_no_heading(open_page, tmp_path, size, shown):
    items = make(points=300, latent_size=size, images=False, decoder=False)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.evaluate("NM.get('store').set({ selection: Uint32Array.from([1, 2, 3]) })")
    page.wait_for_selector("#selection-some:not([hidden])")
    assert page.locator("#selection-average").is_visible() == shown
