"""Hover, pin, legend, zoom, keyboard: what every visitor meets."""

import numpy as np
import pytest
from conftest import copy_page
from explorer import alone, click, hover, latent_numbers, picture, place, shown_index
from make_fixture import make, statement


def check_item(page, items, item):
    assert shown_index(page) == items.index[item]
    assert page.locator("#item-class").text_content() == items.document["columns"][0]["levels"][items.labels[item]]
    assert (picture(page) == items.images[item]).all()
    np.testing.assert_allclose(latent_numbers(page), items.latents[item], atol=0.0051)


def test_hover_shows_the_items_own_image_and_numbers(page, items):
    for item in alone(items):
        hover(page, item)
        check_item(page, items, item)
        ring = page.locator("#ring").bounding_box()
        x, y = place(page, item)
        assert abs(ring["x"] + ring["width"] / 2 - x) < 1.5 and abs(ring["y"] + ring["height"] / 2 - y) < 1.5


def test_nothing_is_picked_far_from_every_point(page, items):
    page.mouse.move(*place(page, 0))
    stage = page.locator("#stage").bounding_box()
    page.mouse.move(stage["x"] + 40, stage["y"] + 14)
    assert shown_index(page) is None
    assert page.locator("#ring").is_hidden()


def test_the_pointer_takes_the_nearest_within_14_pixels(page, items):
    item = alone(items, radius=32, count=1)[0]
    x, y = place(page, item)
    page.mouse.move(x + 9, y + 9)
    assert shown_index(page) == items.index[item]
    page.mouse.move(x + 11, y + 11)
    assert shown_index(page) is None


def test_click_pins_and_escape_frees(page, items):
    first, second = alone(items, count=2)
    click(page, first)
    hover(page, second)
    assert shown_index(page) == items.index[first]
    assert page.locator("#pin-state").is_visible()
    page.keyboard.press("Escape")
    hover(page, first)
    hover(page, second)
    assert shown_index(page) == items.index[second]
    assert page.locator("#pin-state").is_hidden()


def test_a_drag_pans_and_picks_nothing(page, items):
    item = alone(items, count=1)[0]
    before = np.array(place(page, item))
    stage = page.locator("#stage").bounding_box()
    x, y = stage["x"] + 60, stage["y"] + 40
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + 20 * step, y + 10 * step)
        assert shown_index(page) is None
    page.mouse.up()
    np.testing.assert_allclose(place(page, item), before + [160, 80], atol=1)


def test_the_wheel_zooms_at_the_pointer_and_reset_shows_all(page, items):
    item, other = alone(items, count=2)
    page.wait_for_function("document.querySelector('#plot .xtick text')")
    whole = np.array(place(page, other))
    at = np.array(place(page, item))
    page.mouse.move(*at)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(100)
    np.testing.assert_allclose(place(page, item), at, atol=1)
    assert np.hypot(*(np.array(place(page, other)) - at)) > 1.5 * np.hypot(*(whole - at))
    page.locator("#zoom-reset").click()
    np.testing.assert_allclose(place(page, other), whole, atol=1)


def test_a_page_that_can_scroll_is_scrolled_by_the_wheel(page, items):
    page.set_viewport_size({"width": 1280, "height": 420})
    page.mouse.move(*place(page, alone(items, count=1)[0]))
    page.mouse.move(500, 300)
    span = "NM.get('store').state.view.x1 - NM.get('store').state.view.x0"
    before = page.evaluate(span)
    page.mouse.wheel(0, 100)
    page.wait_for_function("scrollY > 0")
    assert page.evaluate(span) == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(f"{span} < {before}")
    page.evaluate("scrollTo(0, 0)")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function("document.getElementById('plot').clientHeight > 500")


def test_hidden_classes_are_never_picked(page, items):
    item = alone(items, radius=8, count=1)[0]
    label = int(items.labels[item])
    hover(page, item)
    assert shown_index(page) == items.index[item]
    button = page.locator("#legend-classes button").nth(label)
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    hover(page, item)
    found = shown_index(page)
    assert found is None or items.labels[list(items.index).index(found)] != label
    button.click()
    hover(page, item)
    check_item(page, items, item)


def test_solo_leaves_one_class(page, items):
    page.locator("#legend-classes button").nth(3).dblclick()
    pressed = [b.get_attribute("aria-pressed") for b in page.locator("#legend-classes button").all()]
    assert pressed == ["true" if label == 3 else "false" for label in range(10)]
    for item in alone(items, count=8):
        hover(page, item)
        found = shown_index(page)
        assert found is None or items.labels[list(items.index).index(found)] == 3
    page.locator("#legend-all").click()
    assert page.locator("#legend-classes button[aria-pressed=false]").count() == 0


def test_arrows_walk_the_map_and_are_heard(page, items):
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    first = shown_index(page)
    start = list(items.index).index(first)
    assert f"item {first}" in page.locator("#live").text_content()
    page.keyboard.press("ArrowRight")
    second = list(items.index).index(shown_index(page))
    assert items.maps["umap"][second][0] > items.maps["umap"][start][0]
    check_item(page, items, second)
    heard = page.locator("#live").text_content()
    assert heard.startswith(items.document["columns"][0]["levels"][items.labels[second]])
    assert "reconstruction error" in heard and "of 10 neighbors kept" in heard


def test_tab_goes_through_the_neighbors_and_then_leaves(page, items):
    page.locator("#stage").focus()
    page.keyboard.press("Enter")
    start = list(items.index).index(shown_index(page))
    distance = ((items.latents - items.latents[start]) ** 2).sum(axis=1)
    distance[start] = np.inf
    nearest = np.lexsort((np.arange(len(distance)), distance))[:10]
    for expected in nearest:
        page.keyboard.press("Tab")
        assert shown_index(page) == items.index[expected]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "stage"


SPAN = "NM.get('store').state.view.x1 - NM.get('store').state.view.x0"


def test_keys_work_where_the_pointer_is_though_nothing_was_clicked(open_page, folder, items):
    page = open_page(folder)
    item = alone(items, count=1)[0]
    hover(page, item)
    whole = page.evaluate(SPAN)
    page.keyboard.press("+")
    assert page.evaluate(SPAN) < whole / 1.3
    page.keyboard.press("0")
    assert page.evaluate(SPAN) == whole
    hover(page, item)
    page.keyboard.down("d")
    page.wait_for_selector("#raster:visible")
    page.keyboard.up("d")
    page.keyboard.press("ArrowRight")
    second = list(items.index).index(shown_index(page))
    assert items.maps["umap"][second][0] > items.maps["umap"][item][0]


def test_keys_work_after_a_list_was_used_and_stay_with_what_needs_them(page, items):
    page.locator("#color").select_option("class")
    page.locator("#color").focus()
    page.mouse.move(2, 2)
    hover(page, alone(items, count=1)[0])
    page.keyboard.down("d")
    page.wait_for_function("NM.get('store').state.distance")
    page.keyboard.up("d")
    whole = page.evaluate(SPAN)
    page.locator("#jump-index").focus()
    page.keyboard.type("10")
    assert page.locator("#jump-index").input_value() == "10" and page.evaluate(SPAN) == whole
    page.locator("#jump-index").fill("")
    page.locator("#tab-item").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tab-columns").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("side,classes,latent_size", [(20, 4, 16), (32, 23, 8)])
def test_other_sides_classes_and_latent_sizes(open_page, tmp_path, side, classes, latent_size):
    items = make(points=600, side=side, classes=classes, latent_size=latent_size)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    for item in alone(items, count=4):
        hover(page, item)
        check_item(page, items, item)
    assert page.locator("#legend-classes button").count() == min(classes, 13)  # twelve, and the others as one


def test_raw_encoding_needs_no_inflation(open_page, tmp_path):
    items = make(points=300, encoding="raw")
    page = open_page(
        copy_page(tmp_path / "web-app", statement(items.document)), init="delete window.DecompressionStream"
    )
    hover(page, 5)
    assert shown_index(page) is not None
