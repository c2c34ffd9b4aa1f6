"""The table of the items at hand."""

import csv

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import copy_page
from explorer import click
from make_fixture import add_column, make, statement

ROWS = "[...document.querySelectorAll('#table-body .row:not([hidden])')]"


def shown(page, kind="name"):
    """The cells of one kind, from the top row down."""
    cells = page.evaluate(
        f"""(kind) => {ROWS}.sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
            .map((row) => row.querySelector("." + kind).textContent)""",
        kind,
    )
    return cells


@pytest.fixture
def table_page(shop_page):
    shop_page.locator("#table-open").click()
    shop_page.wait_for_function(f"{ROWS}.length > 5")
    return shop_page


def sort(page, name):
    page.locator("#table-head button", has_text=name).first.click()
    page.wait_for_timeout(100)


def test_rows_are_sorted_by_a_column_with_the_missing_last(table_page, shop):
    page, price = table_page, shop.raw["price"]
    assert page.locator("#table-title").text_content() == "600 items"
    assert shown(page)[:3] == ["sku-0000", "sku-0001", "sku-0002"]
    order = np.argsort(price, kind="stable")
    sort(page, "price")
    assert shown(page)[:5] == [f"sku-{i:04}" for i in order[:5]]
    sort(page, "price")
    given = order[: int((~np.isnan(price)).sum())]
    assert shown(page)[:5] == [f"sku-{i:04}" for i in given[::-1][:5]]
    page.locator("#table-scroll").focus()
    page.keyboard.press("End")
    page.wait_for_function(f"{ROWS}.some((row) => row.ariaRowIndex === '601')")
    assert shown(page, "number")[-1] != ""  # the first of these columns is measured of all
    last = page.evaluate(f"{ROWS}.find((row) => row.ariaRowIndex === '601').children[0].textContent")
    assert np.isnan(price[int(last[-4:])])
    sort(page, "price")
    assert shown(page)[:2] == ["sku-0000", "sku-0001"]
    for name in ("words", "kind", "seen", "tags", "Item"):
        sort(page, name)
        assert len(shown(page)) > 5


def test_the_table_follows_filter_and_selection_and_goes_out_as_csv(table_page, shop):
    page = table_page
    page.evaluate("NM.get('store').set({ filter: [{ op: 'in', column: 'stock', codes: [1] }] })")
    stocked = np.flatnonzero(shop.raw["stock"] == 1)
    page.wait_for_function(
        f"document.getElementById('table-title').textContent === '{len(stocked)} items of 600 in the filter'"
    )
    sort(page, "sold")
    expected = sorted(stocked, key=lambda i: (shop.raw["sold"][i], i))
    with page.expect_download() as download:
        page.locator("#table-csv").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [row["id"] for row in rows] == [f"sku-{i:04}" for i in expected]
    page.evaluate("NM.get('store').set({ selection: Uint32Array.from([1, 2, 3, 4, 5, 6, 7, 8]) })")
    some = [i for i in range(1, 9) if shop.raw["stock"][i] == 1]
    page.wait_for_function(f"document.getElementById('table-title').textContent.startsWith('{len(some)} item')")
    assert len(shown(page)) == len(some)


def test_a_row_and_its_point_show_each_other(table_page, shop):
    page = table_page
    page.locator("#table-body .row").nth(3).hover()
    assert page.evaluate("NM.get('store').state.focused") == 3
    page.locator("#table-body .row").nth(3).click()
    assert page.evaluate("NM.get('store').state.pinned") == 3
    page.keyboard.press("Escape")
    page.evaluate("NM.get('store').set({ focused: 400, pinned: 400 })")
    page.wait_for_selector("#table-body .row[aria-selected=true]")
    assert page.locator("#table-body .row[aria-selected=true]").text_content().startswith("sku-0400")
    page.keyboard.press("Escape")
    page.locator("#table-scroll").focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("NM.get('store').state.pinned") == 2
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_no_number_is_cut_and_a_long_name_ends_in_an_ellipsis(open_page, tmp_path):
    items = make(points=400, images=False, decoder=False, latents=False)
    few = np.arange(400) % 7
    add_column(
        items.document,
        "worldwide gross in dollars, all years",
        "integer",
        np.where(few == 3, 2_767_891_499, few),
        "f64",
    )
    add_column(items.document, "loss", "integer", np.where(few == 3, -1_234_567_890, few), "f64")
    add_column(items.document, "rate", "number", np.where(few == 3, -0.000123456, few), "f64")
    add_column(items.document, "large", "number", np.where(few == 3, -1.23456e17, few), "f64")
    add_column(items.document, "seen", "date", 1.7e9 + few, "f64", unit="seconds")
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.locator("#table-open").click()
    page.wait_for_function(f"{ROWS}.length > 5")
    cut = "(kinds) => [...document.querySelectorAll(kinds)].filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)"
    assert "2,767,891,499" in page.locator("#table-body").text_content()
    assert "2023-11-14 22:13:23" in page.locator("#table-body").text_content()
    assert page.evaluate(cut, "#table-body .number, #table-body .integer, #table-body .date") == []
    sort(page, "worldwide")
    assert page.evaluate(cut, "#table-head > div") == []
    name = page.locator("#table-head button", has_text="worldwide")
    assert name.evaluate(
        "(node) => node.scrollWidth > node.clientWidth && getComputedStyle(node).textOverflow === 'ellipsis'"
    )
    assert "worldwide gross in dollars, all years" in name.get_attribute("title")


def test_a_hundred_thousand_rows_are_a_few_nodes(open_page, tmp_path):
    items = make(points=100_000, images=False, decoder=False, latents=False)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.locator("#table-open").click()
    page.wait_for_function(f"{ROWS}.length > 5")
    assert page.locator("#table-body .row").count() < 40
    sort(page, "local density")
    page.wait_for_function("document.querySelector('#table-head [aria-sort=ascending]')")
    density = items.modes["local density", None]
    least = density.argmin()
    page.wait_for_function(f"{ROWS}.some((row) => row.textContent.startsWith('{items.index[least]}'))")
    page.evaluate("document.getElementById('table-scroll').scrollTop = 1e9")
    most = items.index[density.argmax()]
    page.wait_for_function(f"{ROWS}.some((row) => row.textContent.startsWith('{most}'))")


def test_the_table_leaves_the_map_its_work(page, items):
    page.locator("#table-open").click()
    page.wait_for_function(f"{ROWS}.length > 5")
    click(page, 5)
    page.wait_for_selector("#table-body .row[aria-selected=true]")
    page.locator("#table-close").click()
    assert page.locator("#table-dock").is_hidden()
