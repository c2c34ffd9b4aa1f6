"""Words that a person gives to items."""

import csv
import json

import numpy as np
from conftest import copy_page
from make_fixture import make, statement

SELECT = "(items) => NM.get('store').set({ selection: Uint32Array.from(items) })"
TAGGED = """() => { const column = NM.get('data').columns.find(({ isOwn }) => isOwn), levels = NM.get('levels');
    return column ? column.levels.map((word, code) => [word, Array.from(Array(NM.get('data').points).keys()).filter((i) => levels.hasTag(column, i, code))]) : []; }"""


def tag(page, items, word):
    page.evaluate(SELECT, list(items))
    page.locator("#tag-word").fill(word)
    page.locator("#tag-word").press("Enter")


def test_tags_are_given_undone_filtered_colored_and_survive_a_reload(open_page, shop_folder, shop, tmp_path):
    page = open_page(shop_folder, profile=tmp_path / "profile")
    tag(page, range(10), "odd ones")
    tag(page, range(5, 20), "<b>bold</b>")
    expected = [["odd ones", list(range(10))], ["<b>bold</b>", list(range(5, 20))]]
    assert page.evaluate(TAGGED) == expected
    # They are a column: a color, a chart, a filter.
    page.locator("#color").select_option(label="My tags")
    page.locator("#legend-classes button", has_text="bold").click()
    groups = page.evaluate("Array.from(NM.get('color_modes').groups().group)")
    assert [i for i, group in enumerate(groups) if group == 0] == list(range(5, 20))
    page.locator("#selection-clear").click()
    page.evaluate("NM.get('store').set({ filter: [{ op: 'in', column: 'My tags', codes: [0] }] })")
    assert page.locator("#filter-count").text_content() == "10 of 600"
    # What passes a filter can be tagged as well, and a filter on tags follows.
    page.locator("#tab-selection").click()
    assert page.locator("#selection-count").text_content() == "10 items"
    assert page.locator("#tag-form").is_visible()
    page.locator("#filter-clear").click()
    tag(page, [30, 31], "odd ones")
    page.locator("#tag-rows button", has_text="odd ones").first.click()
    page.locator("#tag-word").fill("third")
    page.locator("#tag-word").press("Enter")
    assert dict(page.evaluate(TAGGED))["third"] == dict(page.evaluate(TAGGED))["odd ones"]
    page.locator("#undo").click()
    assert "third" not in dict(page.evaluate(TAGGED))
    page.locator("#redo").click()
    kept = page.evaluate(TAGGED)
    assert [word for word, _ in kept] == ["odd ones", "<b>bold</b>", "third"]
    page.reload()
    page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    assert page.evaluate(TAGGED) == kept
    page.locator("#tab-selection").click()
    page.locator("[aria-label='Delete the tag third']").click()
    page.keyboard.press("Control+z")
    assert page.evaluate(TAGGED) == kept
    with page.expect_download() as download:
        page.locator("#tags-json").click()
    out = json.loads(download.value.path().read_text())
    assert out["<b>bold</b>"] == [f"sku-{i:04}" for i in range(5, 20)]
    with page.expect_download() as download:
        page.locator("#tags-csv").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [row["item"] for row in rows if row["tag"] == "<b>bold</b>"] == out["<b>bold</b>"]
    tag(page, range(4, 7), "third")
    with page.expect_download() as download:
        page.locator("#save-csv").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert rows[-1]["My tags"] == "odd ones;<b>bold</b>;third"


def test_the_emptied_field_leaves_undo_to_the_page(shop_page):
    page = shop_page
    tag(page, range(10), "odd")
    field = page.locator("#tag-word")
    assert page.evaluate("document.activeElement.id") == "tag-word" and field.input_value() == ""
    page.keyboard.press("Control+z")
    assert page.evaluate(TAGGED) == []
    for key in ("Control+Shift+z", "Control+z", "Control+y"):
        page.keyboard.press(key)
    assert page.evaluate(TAGGED) == [["odd", list(range(10))]]
    # A text that stands there has the browser's own undo.
    page.keyboard.type("more")
    page.keyboard.press("Control+z")
    assert field.input_value() == ""
    assert page.evaluate(TAGGED) == [["odd", list(range(10))]]


def test_tags_come_back_by_the_items_rows_in_another_order(open_page, tmp_path):
    items = make(points=80, images=False, decoder=False)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    tag(page, [3, 4, 9], "seen")
    stored = page.evaluate("Object.entries(localStorage).find(([key]) => key.includes('tags'))")
    assert sorted(json.loads(stored[1])["seen"]) == sorted(str(items.index[i]) for i in (3, 4, 9))
    page.evaluate("NM.get('tags').remove('seen', [4])")
    assert page.evaluate(TAGGED) == [["seen", [3, 9]]]
    page.evaluate("NM.get('tags').remove('seen', [3, 9])")
    assert page.evaluate(TAGGED) == []
    assert np.all([not key.startswith("neural-manifold-tags") for key in page.evaluate("Object.keys(localStorage)")])


def test_a_browser_that_keeps_nothing_is_told_of(open_page, shop_folder):
    page = open_page(
        shop_folder, init="Storage.prototype.setItem = () => { throw new DOMException('no', 'SecurityError'); };"
    )
    tag(page, [1, 2], "lost")
    assert "keeps nothing" in page.locator("#tag-note").text_content()
