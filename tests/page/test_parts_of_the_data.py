"""Data that lack a part: the page is whole without it, with no empty boxes."""

import pytest
from conftest import copy_page
from explorer import alone, click, hover, shown_index
from make_fixture import make, statement

LACKING = {
    "labels": {"labels": False},
    "images": {"images": False},
    "decoder": {"decoder": False},
    "pictures": {"images": False, "decoder": False},
    "latents": {"latents": False, "decoder": False},
    "all but points and maps": {"labels": False, "latents": False, "images": False, "decoder": False},
}


@pytest.mark.parametrize("lacking", LACKING)
def test_the_page_works_without(open_page, tmp_path, lacking):
    options = LACKING[lacking]
    items = make(points=400, **options)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    has = {name: options.get(name, True) for name in ("labels", "latents", "images", "decoder")}
    first, second = alone(items, count=2)
    hover(page, second)
    click(page, first)
    assert shown_index(page) == items.index[first]
    page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
    assert page.locator("#neighbors button").count() >= 10
    assert page.locator("#pictures").is_visible() == (has["images"] or has["decoder"])
    assert page.locator("#heatmap").is_visible() == has["latents"]
    assert page.locator("#legend").is_visible() == has["labels"]
    assert page.locator("#tab-path").is_visible() == has["latents"]
    assert page.locator("#tab-classes").is_visible() == (has["latents"] and has["labels"])
    for key in ("d", "Escape", "ArrowRight", "Tab"):
        page.keyboard.press(key)
    page.keyboard.down("Shift")
    click(page, second)
    page.keyboard.up("Shift")
    page.locator("#layer-density").click()
    page.locator("#tab-selection").click()
    page.locator("#select-view").click()
    assert page.locator("#selection-count").text_content() == "400 items"
    with page.expect_download() as download:
        page.locator("#save-csv").click()
    head = download.value.path().read_text().splitlines()[0].split(",")
    assert ("class" in head) == has["labels"] and ("latent_1" in head) == has["latents"]
    page.locator("#theme").click()
    for title in page.locator("#color option").all_text_contents():
        page.locator("#color").select_option(label=title)
    page.locator("#jump-to").select_option("random")
    assert shown_index(page) is not None


def test_items_without_a_class_are_named_so(open_page, tmp_path):
    items = make(points=400, missing=30)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    buttons = page.locator("#legend-classes button")
    assert buttons.all_text_contents() == [*items.document["columns"][0]["levels"], "missing"]
    assert buttons.last.get_attribute("title").startswith("30 items")
    page.locator("#jump-to").select_option("class:-1")
    assert page.locator("#item-index").text_content() == "missing"
    assert shown_index(page) in items.index[:30]
    buttons.last.click()
    page.locator("#tab-selection").click()
    page.locator("#select-view").click()
    assert page.locator("#selection-count").text_content() == "370 items"


@pytest.mark.parametrize("classes,kind", [(255, "u8"), (256, "u16"), (1000, "u16")])
def test_any_number_of_classes(open_page, tmp_path, classes, kind):
    items = make(points=3000, classes=classes, missing=10)
    assert items.document["fields"]["labels"]["type"] == kind
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    for item in [item for item in alone(items, count=8) if item >= 10][:4]:
        hover(page, item)
        assert page.locator("#item-class").text_content() == f"class {items.labels[item]}"
    # The twelve largest, the others as one, and those without a class.
    chips = page.locator("#legend-classes button").all_text_contents()
    assert chips[12:] == [f"other ({classes - 12:,})", "missing"]
    assert page.evaluate("NM.get('color_modes').groups().group.every((group) => group <= 51)")
    page.locator("#tab-classes").click()
    assert f"{classes:,} classes" in page.locator("#matrix-status").text_content()
