"""The one filter: what passes, where it is told, the address, undo."""

import numpy as np
from explorer import place

PASSING = "Array.from(NM.get('bits').items(NM.get('filter').bits()))"
SET = "(filter) => NM.get('store').set({ filter })"
GRAY = "Array.from(NM.get('color_modes').groups().group.entries()).filter(([, g]) => g === 255).map(([i]) => i)"


def masks(shop):
    """Each clause of the page's, and the same asked of the columns that went in."""
    raw = shop.raw
    x, y = shop.maps["umap"].T
    middle = (np.median(x), np.median(y))
    box = [[x.min() - 1, y.min() - 1], [middle[0], y.min() - 1], [middle[0], middle[1]], [x.min() - 1, middle[1]]]
    texts = np.array(["" if text is None else text.lower() for text in raw["words"]])
    return [
        ({"op": "in", "column": "kind", "codes": [0, 3, 5, 8]}, np.isin(raw["kind"], [0, 3, 5, 8])),
        ({"op": "not", "column": "kind", "codes": [0, 1]}, ~np.isin(raw["kind"], [0, 1])),
        ({"op": "in", "column": "stock", "codes": [-1, 1]}, raw["stock"] != 0),
        ({"op": "from", "column": "price", "low": 8, "high": 40}, (raw["price"] >= 8) & (raw["price"] <= 40)),
        ({"op": "from", "column": "sold", "low": 20000, "high": 50000}, raw["sold"] >= 20000),
        (
            {"op": "from", "column": "listed", "low": 86400 * 17500, "high": 86400 * 18200},
            (raw["listed"] >= 17500) & (raw["listed"] <= 18200),
        ),
        ({"op": "missing", "column": "price"}, np.isnan(raw["price"])),
        ({"op": "given", "column": "price"}, ~np.isnan(raw["price"])),
        ({"op": "has", "column": "words", "words": "ITEM 1"}, np.char.find(texts, "item 1") >= 0),
        ({"op": "missing", "column": "words"}, texts == ""),
        ({"op": "in", "column": "tags", "codes": [0, 2]}, [bool({"eco", "sale"} & set(t or ())) for t in raw["tags"]]),
        ({"op": "not", "column": "tags", "codes": [0]}, ["eco" not in (t or ()) for t in raw["tags"]]),
        ({"op": "missing", "column": "tags"}, [t is None for t in raw["tags"]]),
        ({"op": "within", "map": "umap", "corners": np.array(box).tolist()}, (x < middle[0]) & (y < middle[1])),
    ]


def ready(page):
    page.evaluate("NM.get('clauses').read(NM.get('data').text)")


def test_each_clause_lets_through_what_the_columns_say(shop_page, shop):
    ready(shop_page)
    for clause, mask in masks(shop):
        shop_page.evaluate(SET, [clause])
        assert shop_page.evaluate(PASSING) == np.flatnonzero(mask).tolist(), clause
        assert shop_page.evaluate(GRAY) == np.flatnonzero(~np.asarray(mask)).tolist(), clause
        assert shop_page.locator("#filter-count").text_content() == f"{np.sum(mask)} of 600"


def test_any_three_clauses_join(shop_page, shop):
    ready(shop_page)
    all_masks = masks(shop)
    rng = np.random.default_rng(3)
    for _ in range(12):
        three = []
        for at in rng.permutation(len(all_masks)):
            if all(all_masks[at][0].get("column") != all_masks[other][0].get("column") for other in three):
                three.append(at)
        three = three[:3]
        shop_page.evaluate(SET, [all_masks[at][0] for at in three])
        expected = np.logical_and.reduce([np.asarray(all_masks[at][1]) for at in three])
        assert shop_page.evaluate(PASSING) == np.flatnonzero(expected).tolist()


def test_the_filter_comes_back_from_the_address(shop_page, shop):
    ready(shop_page)
    kept = [0, 2, 3, 5, 8, 10, 13]
    clauses = [masks(shop)[at][0] for at in kept]
    shop_page.evaluate(SET, clauses)
    passing = shop_page.evaluate(PASSING)
    shop_page.wait_for_function("location.hash.includes('where=kind:in:0')")
    shop_page.reload()
    shop_page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    assert shop_page.evaluate("NM.get('store').state.filter") == clauses
    # The texts are read by then, for they were asked of.
    shop_page.wait_for_function(f"JSON.stringify({PASSING}) === '{str(passing).replace(' ', '')}'")


def test_a_filter_is_told_in_words_and_each_clause_can_be_dropped(shop_page, shop):
    shop_page.evaluate(SET, [masks(shop)[0][0], masks(shop)[3][0], {"op": "missing", "column": "tags"}])
    chips = shop_page.locator("#filter-clauses button")
    assert chips.all_text_contents() == ["kind kind 0, kind 3 and 2 more", "price 8.0 to 40.0", "tags missing"]
    chips.nth(1).press("Enter")
    assert shop_page.locator("#filter-clauses button").count() == 2
    expected = np.asarray(masks(shop)[0][1]) & np.asarray(masks(shop)[12][1])
    assert shop_page.evaluate(PASSING) == np.flatnonzero(expected).tolist()
    assert f"{expected.sum()} of 600 items pass" in shop_page.locator("#live").text_content()
    shop_page.locator("#filter-clear").click()
    assert shop_page.locator("#filter-bar").is_hidden()
    assert len(shop_page.evaluate(PASSING)) == 600


def test_undo_and_redo(page, items):
    undo, redo = page.locator("#undo"), page.locator("#redo")
    page.locator("#legend-classes button").nth(2).click()
    page.locator("#legend-classes button").nth(4).click()
    page.keyboard.press("Control+z")
    assert len(page.evaluate(PASSING)) == (items.labels != 2).sum()
    undo.click()
    assert len(page.evaluate(PASSING)) == len(items.labels)
    page.keyboard.press("Control+Shift+Z")
    redo.click()
    assert len(page.evaluate(PASSING)) == (~np.isin(items.labels, [2, 4])).sum()
    assert redo.is_disabled()
    # What is done after an undo takes the place of what was undone.
    undo.click()
    page.locator("#color").select_option("error")
    assert redo.is_disabled()
    undo.click()
    assert page.locator("#color").input_value() == "class"
    # In a field it is the field's own.
    before = len(page.evaluate(PASSING))
    page.locator("#jump-index").fill("12")
    page.locator("#jump-index").press("Control+z")
    assert len(page.evaluate(PASSING)) == before


def test_the_legend_counts_what_passes_and_the_pointer_passes_by_the_rest(page, items):
    page.evaluate(SET, [{"op": "from", "column": "local density", "low": 0, "high": 5}])
    passing = items.modes["local density", None] <= 5
    titles = [node.get_attribute("title") for node in page.locator("#legend-classes button").all()]
    for level, title in enumerate(titles):
        own = items.labels == level
        assert title.startswith(f"{(own & passing).sum()} of {own.sum()} items")
    for item in np.flatnonzero(~passing)[:40]:
        page.mouse.move(*place(page, int(item)))
        focused = page.evaluate("NM.get('store').state.focused")
        assert focused < 0 or passing[focused]


def test_a_line_drawn_on_the_map_becomes_a_filter(page, items):
    page.locator("#mode-box").click()
    stage = page.locator("#stage").bounding_box()
    page.mouse.move(stage["x"] + 200, stage["y"] + 150)
    page.mouse.down()
    page.mouse.move(stage["x"] + 520, stage["y"] + 420, steps=5)
    page.mouse.up()
    chosen = page.evaluate("Array.from(NM.get('store').state.selection)")
    assert 0 < len(chosen) < len(items.labels)
    page.locator("#selection-keep").click()
    assert page.evaluate(PASSING) == chosen
    assert page.locator("#filter-clauses button").text_content() == "umap inside the line"
    # It holds on another map, where no box would hold the same items, and comes from an address.
    page.locator("#maps button").nth(2).click()
    assert page.evaluate(PASSING) == chosen
    read = page.evaluate(
        "NM.get('clause_text').read('#where=' + NM.get('clause_text').write(NM.get('store').state.filter))"
    )
    assert read == page.evaluate("NM.get('store').state.filter")
    # A selection that was not drawn cannot be kept so.
    page.evaluate("NM.get('store').set({ selection: Uint32Array.from([1, 2]) })")
    assert page.locator("#selection-keep").is_hidden()


def test_the_transitions_count_what_passes(page, items):
    page.locator("#tab-classes").click()
    page.wait_for_selector("#matrix:visible")
    page.evaluate(SET, [{"op": "in", "column": "class", "codes": [3, 4]}])
    texts = page.locator("#matrix td button").all_text_contents()
    counts = np.array([0 if t == "·" else int(t.replace(",", "")) for t in texts]).reshape(10, 10)
    assert counts.sum(axis=1).tolist() == [(items.labels == code).sum() if code in (3, 4) else 0 for code in range(10)]
