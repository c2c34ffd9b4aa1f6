"""Columns of the user's: shown beside an item, and by them the map is colored."""

import csv
import json

import numpy as np
import pytest
from conftest import copy_page
from explorer import alone, click, hover
from make_fixture import add_column, make, pack, pack_texts, statement
from shop import TAGS, N
from test_trouble import broken, set_in

GROUPS = "Array.from(NM.get('color_modes').groups().group)"
MISSING, OTHER = 50, 51


def column(document, name):
    return next(column for column in document["columns"] if column["name"] == name)


def values(page):
    names = page.locator("#values dt").all_text_contents()
    return dict(zip(names, page.locator("#values dd").all_text_contents(), strict=True))


def test_the_panel_shows_each_value_and_says_what_is_missing(shop_page, shop):
    raw = shop.raw
    for item in alone(shop, count=6):
        hover(shop_page, item)
        shop_page.wait_for_function(
            "(id) => document.getElementById('item-index').textContent.startsWith(id)", arg=f"sku-{item:04}"
        )
        said = values(shop_page)
        assert list(said) == ["local density", "kind", "price", "sold", "stock", "listed", "seen", "tags"]
        assert said["kind"] == f"kind {raw['kind'][item]}"
        price = raw["price"][item]
        assert said["price"] == ("missing" if np.isnan(price) else f"{price:,.6g}")
        assert said["sold"] == f"{int(raw['sold'][item]):,}"
        assert said["stock"] == ["missing", "no", "yes"][raw["stock"][item] + 1]
        day = raw["listed"][item]
        assert said["listed"] == ("missing" if np.isnan(day) else str(np.datetime64(int(day), "D")))
        assert said["seen"] == str(np.datetime64(int(raw["seen"][item]), "s")).replace("T", " ")
        tags = raw["tags"][item]
        assert said["tags"] == (" · ".join(tags) if tags else "missing")
        shop_page.wait_for_function("document.getElementById('card').textContent !== ''")
        words = raw["words"][item]
        assert shop_page.locator("#card").text_content() == (words if words else "missing")
        links = shop_page.locator("#card a")
        if words:
            assert links.get_attribute("href") == f"https://example.com/a?b={item}"
            assert (links.get_attribute("rel"), links.get_attribute("target")) == ("noopener noreferrer", "_blank")


def test_texts_are_read_when_one_is_asked_for(shop_page, shop):
    shop_page.evaluate("""() => {
        window.reads = 0;
        const text = NM.get('data').text, read = text.texts;
        text.texts = () => { window.reads++; return read(); };
    }""")
    assert shop_page.evaluate("window.reads") == 0
    for item in alone(shop, count=3):
        hover(shop_page, item)
    assert shop_page.evaluate("window.reads") > 0


def test_numbers_and_dates_have_their_true_ends_and_missing_ones_are_gray_and_counted(shop_page, shop):
    for name, low, high in [
        ("price", *(f"{end(shop.raw['price']):.0f}" for end in (np.nanmin, np.nanmax))),
        ("listed", *(str(np.datetime64(int(end(shop.raw["listed"])), "D")) for end in (np.nanmin, np.nanmax))),
        ("sold", *(f"{int(end(shop.raw['sold'])):,}" for end in (np.min, np.max))),
    ]:
        shop_page.locator("#color").select_option(label=name)
        own = shop.raw[name]
        expected = np.where(
            np.isnan(own), MISSING, np.rint(15 * (own - np.nanmin(own)) / (np.nanmax(own) - np.nanmin(own)))
        )
        found = np.array(shop_page.evaluate(GROUPS))
        assert (np.isnan(own) == (found == MISSING)).all() and np.abs(found - expected).max() <= 1
        assert [shop_page.locator(f"#ramp-{end}").text_content() for end in ("low", "high")] == [low, high]
        missing = int(np.isnan(own).sum())
        assert shop_page.locator("#ramp-missing").is_visible() == (missing > 0)
        if missing:
            assert shop_page.locator("#ramp-missing").text_content() == f"{missing} missing"
            assert f"{missing} missing" in shop_page.locator("#ramp").get_attribute("aria-label")


def test_by_rank_each_shade_has_as_many_items(shop_page, shop):
    shop_page.locator("#color").select_option(label="price")
    own = shop.raw["price"]
    given = own[~np.isnan(own)]
    by_value = shop_page.evaluate(GROUPS)
    shop_page.locator("#ramp-rank").click()
    found = np.array(shop_page.evaluate(GROUPS))
    assert (np.isnan(own) == (found == MISSING)).all()
    counts = np.bincount(found[~np.isnan(own)], minlength=16)
    assert counts.max() - counts.min() <= 4, counts
    order = np.argsort(own, kind="stable")[: len(given)]
    assert (np.diff(found[order]) >= 0).all()  # a larger value never has a paler shade
    equal = own[order][1:] == own[order][:-1]
    assert (np.diff(found[order])[equal] == 0).all()
    half = np.sort(given)[len(given) // 2]
    said = shop_page.locator("#ramp-median").text_content()
    assert float(said.removeprefix("median ")) == pytest.approx(half, rel=0.06)
    shop_page.wait_for_function("location.hash.includes('shades=rank')")
    assert said in shop_page.evaluate("NM.get('figure').svg().text")

    shop_page.locator("#tab-columns").click()
    shop_page.locator("#charts section[aria-label=price]").scroll_into_view_if_needed()
    shop_page.wait_for_selector("#charts section[aria-label=price] canvas")
    shop_page.wait_for_timeout(200)  # what is out of sight is drawn when it is seen
    colors = """() => { const c = document.querySelector('#charts section[aria-label=price] canvas').getContext('2d');
        return c.getImageData(Math.round((3.4 * c.canvas.width) / 48), c.canvas.height - 1, 1, 1).data.join(); }"""
    ranked = shop_page.evaluate(colors)
    shop_page.keyboard.press("Control+z")  # a choice as others are
    assert shop_page.evaluate(GROUPS) == by_value
    assert shop_page.locator("#ramp-rank").get_attribute("aria-pressed") == "false"
    assert shop_page.locator("#ramp-median").is_hidden() and shop_page.evaluate(colors) != ranked
    shop_page.keyboard.press("Control+Shift+z")
    assert (np.array(shop_page.evaluate(GROUPS)) == found).all()
    # Levels have no ranks.
    shop_page.locator("#color").select_option(label="stock")
    assert shop_page.locator("#ramp-rank").is_hidden()


def test_the_ranks_of_numbers_that_recur_or_are_mostly_missing(open_page, tmp_path):
    n = 60_000
    items = make(points=n, images=False, decoder=False, latents=False)
    rng = np.random.default_rng(2)
    columns = {
        "zeros": np.where(np.arange(n) % 10 < 7, 0.0, rng.exponential(5, n)),  # seven of ten
        "constant": np.full(n, 3.0),
        "rare": np.where(np.arange(n) % 3000 == 7, rng.normal(size=n), np.nan),
        "none": np.full(n, np.nan),
        "every second": np.where(np.arange(n) % 2 == 0, 0.0, 1 + rng.random(n)),
    }
    for name, values in columns.items():
        add_column(items.document, name, "number", values, "f32")
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.evaluate("NM.get('store').set({ byRank: true })")
    shades = {}
    for name in columns:
        page.locator("#color").select_option(label=name)
        shades[name] = np.array(page.evaluate(GROUPS))
        assert page.locator("#ramp-rank").is_hidden() == (name == "none")
        assert "NaN" not in page.locator("#ramp").text_content()
    zeros = columns["zeros"] == 0
    assert (shades["zeros"][zeros] == 0).all() and np.median(shades["zeros"][~zeros]) >= 12
    assert (shades["constant"] == 0).all() and (shades["none"] == MISSING).all()
    assert len(set(shades["rare"])) >= 15 and (shades["rare"] != MISSING).sum() == 20
    assert np.bincount(shades["every second"], minlength=16)[0] == n // 2


def test_of_many_levels_the_largest_are_colored_and_so_is_one_that_is_picked(shop_page, shop):
    shop_page.locator("#color").select_option(label="kind")
    counts = np.bincount(shop.raw["kind"], minlength=99)
    order = sorted(range(99), key=lambda code: (-counts[code], code))
    rank = {code: at for at, code in enumerate(order[:12])}
    expected = [rank.get(int(code), OTHER) for code in shop.raw["kind"]]
    assert shop_page.evaluate(GROUPS) == expected
    chips = shop_page.locator("#legend-classes button")
    assert chips.all_text_contents() == [*(f"kind {code}" for code in order[:12]), "other (87)"]
    shop_page.locator("#legend-open").click()
    rows = shop_page.locator("#level-rows button")
    assert rows.count() == 99
    assert rows.first.text_content() == f"kind {order[0]}{counts[order[0]]}"
    shop_page.locator("#level-find").fill(f"KIND {order[40]}")
    rows.first.click()
    assert rows.first.get_attribute("aria-pressed") == "true"
    expected = [12 if code == order[40] else rank.get(int(code), OTHER) for code in shop.raw["kind"]]
    assert shop_page.evaluate(GROUPS) == expected
    assert chips.all_text_contents()[12:] == [f"kind {order[40]}", "other (86)"]
    # A click on the chip hides the level, and no item of it is picked then.
    shop_page.keyboard.press("Escape")
    assert shop_page.locator("#level-list").is_hidden()
    chips.nth(0).click()
    assert shop_page.evaluate(GROUPS).count(255) == counts[order[0]]
    shop_page.wait_for_function("location.hash.includes('pick=')")
    shop_page.reload()
    shop_page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    assert shop_page.locator("#color option:checked").text_content() == "kind"
    assert shop_page.evaluate(GROUPS).count(255) == counts[order[0]]
    assert shop_page.evaluate(GROUPS).count(12) == counts[order[40]]
    # What is filtered stays so, whatever colors the map.
    shop_page.locator("#color").select_option("class")
    assert shop_page.evaluate(GROUPS).count(255) == counts[order[0]]
    shop_page.locator("#filter-clear").click()
    assert 255 not in shop_page.evaluate(GROUPS)


def test_of_ten_thousand_levels_a_hundred_are_listed(open_page, tmp_path):
    items = make(points=20_000, images=False, decoder=False)
    codes = np.random.default_rng(2).integers(0, 10_000, 20_000)
    add_column(items.document, "user", "category", codes, levels=[f"user {c}" for c in range(10_000)])
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.evaluate("""() => {
        NM.get('store').set({ color: "column:user" });
        document.getElementById("legend-open").click();
        const find = document.getElementById("level-find");
        find.value = "99";
        find.dispatchEvent(new Event("input"));
    }""")
    assert page.locator("#level-rows button").count() == 100
    assert "Type to find others" in page.locator("#level-note").text_content()
    assert page.locator("#jump-to option").count() < 30


def test_one_tag_at_a_time(shop_page, shop):
    shop_page.locator("#color").select_option(label="tags")
    counts = {tag: sum(tag in (tags or ()) for tags in shop.raw["tags"]) for tag in TAGS}
    most = max(TAGS, key=lambda tag: counts[tag])
    for tag in (most, "sale", "eco"):
        if tag != most:
            shop_page.locator("#legend-classes button", has_text=tag).click()
        expected = [MISSING if tags is None else 0 if tag in tags else OTHER for tags in shop.raw["tags"]]
        assert shop_page.evaluate(GROUPS) == expected
        pressed = shop_page.locator("#legend-classes button[aria-pressed=true]")
        assert pressed.all_text_contents() == [tag]
        assert pressed.get_attribute("title") == f"{counts[tag]} items"
    item = next(i for i in alone(shop, count=60) if shop.raw["tags"][i] is not None)
    hover(shop_page, item)
    has = "eco" in shop.raw["tags"][item]
    assert shop_page.locator("#item-value").text_content() == f"tags: {'eco' if has else 'not eco'}"


def test_an_item_is_found_by_its_id_or_its_row(shop_page, shop):
    for given, item in [("sku-0042", 42), (str(shop.index[77]), 77)]:
        shop_page.locator("#jump-index").fill(given)
        shop_page.locator("#jump-index").press("Enter")
        said = f"sku-{item:04} · row {shop.index[item]}"
        assert shop_page.locator("#item-index").text_content() == said
        assert f"sku-{item:04}" in shop_page.locator("#live").text_content()
    shop_page.locator("#jump-index").fill("sku-9999")
    shop_page.locator("#jump-index").press("Enter")
    assert shop_page.locator("#jump-index").get_attribute("aria-invalid") == "true"


def test_ids_and_columns_go_out_with_a_selection(shop_page, shop):
    shop_page.locator("#tab-selection").click()
    shop_page.locator("#select-view").click()
    with shop_page.expect_download() as download:
        shop_page.locator("#save-csv").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [row["id"] for row in rows] == [f"sku-{i:04}" for i in range(N)]
    with shop_page.expect_download() as download:
        shop_page.locator("#save-json").click()
    objects = json.loads(download.value.path().read_text())
    for item in (0, 1, 7, 500):
        row, entry, raw = rows[item], objects[item], shop.raw
        assert row["kind"] == entry["kind"] == f"kind {raw['kind'][item]}"
        price = raw["price"][item]
        assert (row["price"], entry["price"]) == (("", None) if np.isnan(price) else (f"{price:g}", price))
        assert entry["tags"] == raw["tags"][item] and row["tags"] == ";".join(raw["tags"][item] or ())
        assert entry["words"] == raw["words"][item]
    # True and false in whatever language the page speaks.
    stock = [[None, False, True][code + 1] for code in shop.raw["stock"]]
    assert [entry["stock"] for entry in objects] == stock
    assert [row["stock"] for row in rows] == [{None: "", False: "false", True: "true"}[value] for value in stock]


@pytest.mark.parametrize("origin,vector", [("given", "vector"), ("latent", "latent")])
def test_the_label_and_the_vector_go_out_under_their_own_names(open_page, tmp_path, origin, vector):
    items = make(points=60, images=False, decoder=False, missing=5)
    document = items.document
    document["columns"][0]["name"] = "Major Genre"
    document["vectors"][0]["origin"] = origin
    add_column(document, f"{vector}_3", "number", np.arange(60.0))
    add_column(document, "label", "category", np.arange(60) % 2, levels=["good", "bad"])
    page = open_page(copy_page(tmp_path / "web-app", statement(document)))
    page.evaluate("NM.get('store').set({ tab: 'selection', selection: Uint32Array.from([2, 9]) })")
    with page.expect_download() as download:
        page.locator("#save-csv").click()
    rows = list(csv.reader(download.value.path().read_text().splitlines()))
    columns = ["Major Genre", "local density", f"column {vector}_3", "label"]
    assert rows[0] == ["index", "x", "y", "error", *columns, *(f"{vector}_{j + 1}" for j in range(32))]
    genre = document["columns"][0]["levels"][items.labels[9]]
    assert [row[4] for row in rows[1:]] == ["", genre] and [row[7] for row in rows[1:]] == ["good", "bad"]
    with page.expect_download() as download:
        page.locator("#save-json").click()
    _, entry = json.loads(download.value.path().read_text())
    assert entry["Major Genre"] == genre and entry["label"] == "bad" and "class" not in entry
    np.testing.assert_allclose(entry[vector], items.latents[9], atol=1e-9)


def test_a_text_that_lies_is_told_when_it_is_read(open_page, tmp_path, shop):
    place = shop.document["columns"].index(column(shop.document, "words"))
    page = open_page(copy_page(tmp_path / "web-app", set_in(["columns", place, "missing"], 3)(shop.document)))
    click(page, alone(shop, count=1)[0])
    page.wait_for_function("document.getElementById('card').textContent.includes('3 of its values are missing')")


WRONG = {
    "no columns": (set_in(["columns"], None), "no list of columns"),
    "no name": (set_in(["columns", 2, "name"], None), "Column 3 in data.js has no name"),
    "two of one name": (set_in(["columns", 2, "name"], "price"), "Two columns in data.js have the name “price”"),
    "unknown kind": (set_in(["columns", 2, "kind"], "color"), "“color”"),
    "wrong missing": (set_in(["columns", 3, "missing"], 2), "says that 2 of its values are missing"),
    "no missing": (set_in(["columns", 3, "missing"], None), "how many of its values are missing"),
    "unknown unit": (set_in(["columns", 6, "unit"], "weeks"), "“weeks”"),
    "label of numbers": (set_in(["label"], 1), "no column of categories"),
    "text of numbers": (set_in(["text"], 1), "no column of text"),
    "label beyond": (set_in(["label"], 99), "no column of categories"),
    "tags without owners": (
        broken(lambda d: d["fields"]["columns.9.offsets"].update(pack(range(N + 1), "u32"))),
        "whose its tags are",
    ),
    "ids of another count": (
        broken(lambda d: d["fields"].update(ids=pack_texts(["a"]))),
        "has the shape [1] in place of [600]",
    ),
    "an infinite number": (
        broken(lambda d: d["fields"]["columns.3"].update(pack(np.full(N, np.inf), "f64"))),
        "infinite",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_column_that_lies_gets_one_sentence(open_page, tmp_path, shop, case):
    data_js, words = WRONG[case]
    page = open_page(copy_page(tmp_path / "web-app", data_js(shop.document)), ready=False)
    page.wait_for_selector("#trouble-text:not(:empty)")
    assert words in page.locator("#trouble-text").text_content()
    assert page.locator("#app").is_hidden()


@pytest.mark.parametrize("width", [900, 1000, 1280])
def test_of_many_levels_the_legend_shows_whole_rows(open_page, shop_folder, width):
    page = open_page(shop_folder, viewport={"width": width, "height": 800})
    page.select_option("#color", "column:kind")
    cut = """() => {
        const box = document.getElementById("legend-classes").getBoundingClientRect();
        return [...document.querySelectorAll("#legend-classes button")].map((chip) => chip.getBoundingClientRect())
            .filter(({ top, bottom }) => top < box.bottom - 0.5 && bottom > box.bottom + 0.5 || top < box.top - 0.5 && bottom > box.top + 0.5).length; }"""
    assert page.evaluate(cut) == 0
    page.locator("#legend-classes").evaluate("(node) => { node.scrollTop = 13; }")
    page.wait_for_timeout(300)
    assert page.evaluate(cut) == 0
    assert page.locator("#legend-open").is_visible()


def test_of_few_levels_with_long_names_all_are_seen(open_page, tmp_path):
    items = make(
        points=300,
        images=False,
        decoder=False,
        latents=False,
        class_names=[f"{c}, a name of a longer level" for c in range(10)],
    )
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    legend = page.locator("#legend-classes").bounding_box()
    assert legend["height"] > 60
    last = page.locator("#legend-classes button").last.bounding_box()
    assert last["y"] + last["height"] <= legend["y"] + legend["height"] + 0.5
