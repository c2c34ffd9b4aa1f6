"""The tab of the columns: charts that filter one another."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PHONE, copy_page
from make_fixture import add_column, make, statement

FILTER = "NM.get('store').state.filter"
COUNTS = """(name) => { const column = NM.get('measures').find(name), bins = NM.get('bins');
    return Array.from(bins.count(column, NM.get('filter').without(column))); }"""


def chart(page, name):
    return page.locator(f"#charts section[aria-label='{name}']")


def drag(page, name, start, end):
    """A drag over a histogram, from a share of its width to another."""
    plot = chart(page, name).locator(".histogram")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + start * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], box["y"] + 30, steps=6)
    page.mouse.up()


def keep(page, name, level):
    chart(page, name).scroll_into_view_if_needed()
    chart(page, name).locator("button", has_text=level).click()


@pytest.fixture
def columns_page(shop_page):
    shop_page.locator("#tab-columns").click()
    shop_page.wait_for_selector("#charts section")
    return shop_page


def test_a_brush_keeps_what_lies_in_it_and_every_other_chart_counts_the_same(columns_page, shop):
    page, raw = columns_page, shop.raw
    drag(page, "sold", 0.25, 0.6)
    clause = page.evaluate(FILTER)[0]
    assert (clause["op"], clause["column"]) == ("from", "sold")
    sold = raw["sold"]
    low, high = sold.min() + 0.25 * np.ptp(sold), sold.min() + 0.6 * np.ptp(sold)
    assert abs(clause["low"] - low) < 0.02 * np.ptp(sold) and abs(clause["high"] - high) < 0.02 * np.ptp(sold)
    passing = (sold >= clause["low"]) & (sold <= clause["high"])
    keep(page, "stock", "yes")
    both = passing & (raw["stock"] == 1)
    assert page.locator("#filter-count").text_content() == f"{both.sum()} of 600"
    # A chart counts what the others let through; its own brush it leaves aside.
    expected = [(passing & (raw["stock"] == code)).sum() for code in (0, 1, -1)]
    assert page.evaluate(COUNTS, "stock") == expected
    assert page.evaluate(COUNTS, "kind")[:99] == np.bincount(raw["kind"][both], minlength=99).tolist()
    assert sum(page.evaluate(COUNTS, "sold")) == (raw["stock"] == 1).sum()
    assert page.evaluate(COUNTS, "price")[-1] == (both & np.isnan(raw["price"])).sum()
    tags = [
        sum(tag in (own or ()) for own, keep in zip(raw["tags"], both, strict=True) if keep)
        for tag in ("eco", "new", "sale")
    ]
    assert page.evaluate(COUNTS, "tags")[:3] == tags
    chart(page, "tags").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll(\"#charts section[aria-label='tags'] b\").length === 3")
    assert chart(page, "tags").locator("b").all_text_contents() == [str(n) for n in tags]
    # One step back is the level, another the whole brush.
    page.keyboard.press("Control+z")
    assert page.locator("#filter-count").text_content() == f"{passing.sum()} of 600"
    page.keyboard.press("Control+z")
    assert page.locator("#filter-bar").is_hidden()


def test_a_brush_is_moved_by_its_ends_and_as_a_whole_and_a_click_drops_it(columns_page):
    page = columns_page
    drag(page, "sold", 0.3, 0.5)
    before = page.evaluate(FILTER)[0]
    drag(page, "sold", 0.5, 0.8)
    after = page.evaluate(FILTER)[0]
    assert after["low"] == before["low"] and after["high"] > before["high"] + 10_000
    drag(page, "sold", 0.5, 0.6)
    moved = page.evaluate(FILTER)[0]
    assert moved["low"] > after["low"] + 3000
    assert moved["high"] - moved["low"] == pytest.approx(after["high"] - after["low"], abs=2)
    drag(page, "sold", 0.6, 0.6)
    assert page.evaluate(FILTER) == []


def test_a_brush_by_keyboard(columns_page, shop):
    page = columns_page
    chart(page, "listed").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll(\"[aria-label='listed'] [role=slider]\").length === 2")
    low, high = chart(page, "listed").locator("[role=slider]").all()
    low.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    high.focus()
    page.keyboard.press("ArrowLeft")
    clause = page.evaluate(FILTER)[0]
    days = shop.raw["listed"]
    step = round((np.nanmax(days) - np.nanmin(days)) / 48)  # whole days
    assert clause["low"] / 86400 == np.nanmin(days) + 10 * step
    assert clause["high"] / 86400 == np.nanmax(days) - step
    assert low.get_attribute("aria-valuetext") == str(np.datetime64(int(clause["low"] // 86400), "D"))
    page.keyboard.press("End")
    low.press("Home")
    assert page.evaluate(FILTER) == []


def test_missing_values_are_left_alone_or_left_out(columns_page, shop):
    page, missing = columns_page, int(np.isnan(shop.raw["price"]).sum())
    button = chart(page, "price").locator(".missing")
    assert button.text_content() == f"{missing} missing"
    button.click()
    assert page.locator("#filter-count").text_content() == f"{missing} of 600"
    button.click()
    assert page.locator("#filter-count").text_content() == f"{600 - missing} of 600"
    assert button.text_content() == f"{missing} missing, left out"
    button.click()
    assert page.locator("#filter-bar").is_hidden()


def test_levels_are_kept_one_by_one_and_found_by_name(columns_page, shop):
    page, kinds = columns_page, shop.raw["kind"]
    own = chart(page, "kind")
    own.scroll_into_view_if_needed()
    own.locator("input").fill("KIND 40")
    own.locator("button", has_text="kind 40").click()
    own.locator("input").fill("")
    assert page.locator("#filter-count").text_content() == f"{(kinds == 40).sum()} of 600"
    # What was picked stays in sight among the largest.
    rows = own.locator(".bars button").all_text_contents()
    assert len(rows) == 14 and rows[12].startswith("kind 40") and rows[13].startswith("other (86)")
    first = own.locator(".bars button").first
    first.click()
    largest = np.bincount(kinds).argmax()
    assert page.locator("#filter-count").text_content() == f"{np.isin(kinds, [40, largest]).sum()} of 600"
    first.click()
    own.locator("button", has_text="kind 40").click()
    assert page.locator("#filter-bar").is_hidden()


def test_words_in_a_text(columns_page, shop):
    page = columns_page
    chart(page, "words").scroll_into_view_if_needed()
    chart(page, "words").locator("input").fill("Item 12")
    expected = sum("item 12" in (text or "") for text in shop.raw["words"])
    page.wait_for_function(f"document.getElementById('filter-count').textContent === '{expected} of 600'")
    page.wait_for_function("!NM.get('store').state.brushing")
    chart(page, "words").locator(".clear").click()
    assert page.locator("#filter-bar").is_hidden()
    assert chart(page, "words").locator("input").input_value() == ""


def test_a_chart_colors_the_map(columns_page):
    page = columns_page
    by = chart(page, "sold").locator(".by")
    by.click()
    assert page.locator("#color").input_value() == "column:sold"
    assert by.get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_charts(open_page, shop_folder, scheme):
    page = open_page(shop_folder, color_scheme=scheme)
    page.locator("#tab-columns").click()
    drag(page, "sold", 0.2, 0.7)
    keep(page, "stock", "yes")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_charts_on_a_phone(open_page, shop_folder):
    page = open_page(shop_folder, viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("#sheet-toggle").tap()
    page.locator("#tab-columns").tap()
    keep(page, "stock", "yes")
    assert page.locator("#filter-bar").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.getElementById('panes').scrollWidth <= document.getElementById('panes').clientWidth")


def test_columns_of_one_value_and_of_none(open_page, tmp_path):
    items = make(points=40, images=False, decoder=False, latents=False)
    document = items.document
    add_column(document, "same", "number", np.full(40, 3.5))
    add_column(document, "nothing", "number", np.full(40, np.nan))
    add_column(document, "no level", "category", np.full(40, -1), levels=[])
    add_column(document, "untold", "text", [None] * 40)
    page = open_page(copy_page(tmp_path / "web-app", statement(document)))
    page.locator("#tab-columns").click()
    for name in ("same", "nothing", "no level"):
        chart(page, name).scroll_into_view_if_needed()
    drag(page, "same", 0.1, 0.9)
    drag(page, "nothing", 0.1, 0.9)
    chart(page, "nothing").locator(".missing").click()
    assert page.locator("#filter-count").text_content() == "40 of 40"


def test_each_chart_is_made_in_a_task_of_its_own(open_page, shop_folder):
    """Also when all are drawn anew, as with another color, before the first is made."""
    page = open_page(shop_folder)
    made = "document.querySelectorAll('.chart.made').length"
    page.evaluate("""() => {
        window.tasks = [];
        window.timeout = window.setTimeout;
        window.setTimeout = (run, ms) => (ms > 0 ? timeout(run, ms) : tasks.push(run));
        NM.get("store").set({ tab: "columns" });
    }""")
    page.wait_for_function("tasks.length > 3")
    page.evaluate("NM.get('store').set({ color: NM.get('color_modes').offered().at(-1).key })")
    assert page.evaluate(made) == 0
    more = page.evaluate(f"""() => {{
        window.setTimeout = timeout;
        return tasks.map((run) => {{ const before = {made}; run(); return {made} - before; }});
    }}""")
    assert sum(more) > 3 and max(more) == 1
