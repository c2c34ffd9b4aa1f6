"""Search in ids, texts and levels."""

import numpy as np
from conftest import copy_page
from make_fixture import add_column, make, statement

FOUND = "Array.from(NM.get('store').state.found ?? [])"


def type_in(page, words):
    page.locator("#jump-index").fill(words)
    page.wait_for_function("(words) => words === '' || !document.getElementById('search-panel').hidden", arg=words)


def test_what_is_typed_is_found_in_texts_and_ids_and_levels(shop_page, shop):
    page = shop_page
    page.keyboard.press("/")
    page.keyboard.type("Item 12")
    wanted = {i for i, text in enumerate(shop.raw["words"]) if "item 12" in (text or "").lower()}
    page.wait_for_function(f"{FOUND}.length === {len(wanted)}")
    assert set(page.evaluate(FOUND)) == wanted
    assert page.locator("#search-note").text_content() == f"{len(wanted)} items"
    first = page.locator("#search-results li").first
    assert first.locator("mark").text_content() == "item 12"
    type_in(page, "SKU-000")
    assert page.evaluate(FOUND) == list(range(10))
    type_in(page, "kind 4")
    levels = page.locator("#search-results li").all_text_contents()
    assert levels[0].startswith("kind 4kind, ") and len(levels) == 6
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#filter-count").text_content() == f"{(shop.raw['kind'] == 4).sum()} of 600"
    assert page.locator("#search-panel").is_hidden()


def test_enter_flies_to_what_is_found_and_arrows_choose(shop_page, shop):
    page = shop_page
    width = "NM.get('store').state.view.x1 - NM.get('store').state.view.x0"
    before = page.evaluate(width)
    type_in(page, "sku-00")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    active = page.locator("#jump-index").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").text_content().startswith("sku-0002")
    page.keyboard.press("Enter")
    assert page.evaluate("NM.get('store').state.pinned") == 2
    view = page.evaluate("NM.get('store').state.view")
    x, y = shop.maps["umap"][2]
    assert abs((view["x0"] + view["x1"]) / 2 - x) < 1e-6 and abs((view["y0"] + view["y1"]) / 2 - y) < 1e-6
    assert page.evaluate(width) < before / 4


def test_the_filter_holds_and_says_what_it_leaves_out(shop_page, shop):
    page = shop_page
    page.evaluate("NM.get('store').set({ filter: [{ op: 'in', column: 'stock', codes: [1] }] })")
    type_in(page, "sku-00")
    stocked = (shop.raw["stock"][:100] == 1).sum()
    assert (
        page.locator("#search-note").text_content()
        == f"{stocked} items, and {100 - stocked} that the filter leaves out"
    )
    page.locator("#search-select").click()
    assert page.evaluate("NM.get('store').state.selection.length") == stocked
    # An item that is asked for by its name is shown, whatever the filter.
    gone = int(np.flatnonzero(shop.raw["stock"] != 1)[0])
    page.locator("#jump-index").fill(f"sku-{gone:04}")
    page.locator("#jump-index").press("Enter")
    assert page.evaluate("NM.get('store').state.pinned") == gone
    assert page.locator("#filter-bar").is_hidden()


def test_escape_closes_the_list_and_hostile_text_stays_text(open_page, tmp_path):
    items = make(points=60, images=False, decoder=False)
    evil = "<img src=x onerror=window.hurt=1>"
    add_column(items.document, evil, "text", [f"{evil} {i}" for i in range(60)])
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    type_in(page, "onerror")
    assert page.locator("#search-note").text_content() == "60 items"
    assert page.evaluate("window.hurt") is None and page.locator("#search-results img").count() == 0
    page.keyboard.press("Escape")
    assert page.locator("#search-panel").is_hidden() and page.evaluate(FOUND) == []
