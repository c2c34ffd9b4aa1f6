"""What the map can be colored by: one table, read by select, legend, address, view and screen reader."""

import numpy as np
import pytest
from conftest import copy_page
from explorer import alone, click, hover
from make_fixture import add_mode, make, statement

GROUPS = "Array.from(NM.get('color_modes').groups().group)"


def offered(page):
    return page.locator("#color option").all_text_contents()


def test_only_modes_of_the_map_that_is_shown_are_offered(page):
    assert offered(page) == ["Class", "Error", "False neighbors", "Torn neighbors", "local density"]
    page.locator("#maps button").nth(2).click()
    assert offered(page) == ["Class", "Error", "Torn neighbors", "local density"]


def test_maps_of_one_engine_stand_side_by_side(page):
    assert page.locator("#maps button").all_text_contents() == ["UMAP", "UMAP, seed 7", "PCA"]


@pytest.mark.parametrize("number,name", [(0, "umap"), (1, "UMAP, seed 7")])
@pytest.mark.parametrize("title,key", [("False neighbors", "trust"), ("Torn neighbors", "continuity")])
def test_scores_of_a_map_color_it(page, items, number, name, title, key):
    page.locator("#maps button").nth(number).click()
    page.locator("#color").select_option(label=title)
    doubt = items.modes[key, name]
    expected = 15 * (doubt - doubt.min()) / np.ptp(doubt)
    assert np.abs(np.array(page.evaluate(GROUPS)) - expected).max() < 0.51
    ends = [page.locator(f"#ramp-{end}").text_content() for end in ("low", "high")]
    assert ends == ["few", "many"]


def test_a_mode_goes_on_on_the_next_map_that_has_it(page, items):
    page.locator("#color").select_option(label="False neighbors")
    page.locator("#maps button").nth(1).click()
    assert page.locator("#color option:checked").text_content() == "False neighbors"
    doubt = items.modes["trust", "UMAP, seed 7"]
    assert np.abs(np.array(page.evaluate(GROUPS)) - 15 * (doubt - doubt.min()) / np.ptp(doubt)).max() < 0.51
    page.locator("#maps button").nth(2).click()
    assert page.locator("#color").input_value() == "class"
    page.locator("#color").select_option(label="local density")
    page.locator("#maps button").nth(0).click()
    assert page.locator("#color option:checked").text_content() == "local density"


def test_values_have_their_true_ends_and_are_read_out(page, items):
    density = items.modes["local density", None]
    page.locator("#color").select_option(label="local density")
    low, high = f"{density.min():.2f}", f"{density.max():.2f}"
    assert page.locator("#ramp-low").text_content() == low and page.locator("#ramp-high").text_content() == high
    assert page.locator("#ramp").get_attribute("aria-label") == f"local density, from {low} to {high}"
    assert page.locator("#live").text_content() == f"Colored by local density, from {low} to {high}."
    item = alone(items, count=1)[0]
    click(page, item)
    assert page.locator("#item-value").text_content() == f"local density: {density[item]:.2f}"
    assert f"local density: {density[item]:.2f}" in page.locator("#live").text_content()
    page.locator("#color").select_option("class")
    assert page.locator("#item-value").text_content() == "" and page.locator("#ramp").is_hidden()


def test_words_stand_for_the_numbers(page, items):
    doubt = items.modes["trust", "umap"]
    share = (doubt - doubt.min()) / np.ptp(doubt)
    page.locator("#color").select_option(label="False neighbors")
    for item in alone(items, count=6):
        hover(page, item)
        said = page.locator("#item-value").text_content()
        word = "few" if share[item] < 1 / 3 else "many" if share[item] > 2 / 3 else "in between"
        assert said.startswith(f"False neighbors: {word}")


def test_a_jump_goes_to_the_greatest_value(page, items):
    density = items.modes["local density", None]
    page.locator("#jump-to").select_option(label="local density: highest")
    assert page.locator("#item-index").text_content() == f"item {items.index[density.argmax()]}"


def test_mode_and_map_come_back_from_the_address(open_page, folder, items):
    page = open_page(folder)
    page.locator("#maps button").nth(1).click()
    page.locator("#color").select_option(label="False neighbors")
    page.wait_for_function("location.hash.includes('color=trust')")
    page.reload()
    page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    assert page.locator("#color option:checked").text_content() == "False neighbors"
    assert page.locator("#maps button").nth(1).get_attribute("aria-pressed") == "true"
    page.locator("#color").select_option(label="local density")
    page.wait_for_function("location.hash.includes('local%20density')")
    page.go_back()
    page.wait_for_function("document.getElementById('color').selectedOptions[0].text === 'False neighbors'")
    assert page.locator("#maps button").nth(1).get_attribute("aria-pressed") == "true"


def test_a_mode_of_another_map_in_the_address_is_passed_over(open_page, folder):
    page = open_page(folder, "#map=pca&color=trust%3Aumap")
    assert page.locator("#color").input_value() == "class"


def test_awkward_names_and_ranges(open_page, tmp_path):
    items = make(points=300)
    names = ["a+b & c=d", "50% #1", "ü/“”"]
    for at, name in enumerate(names):
        items.document["maps"][at]["name"] = items.document["maps"][at]["title"] = name
    items.document["modes"] = [mode for mode in items.document["modes"] if mode["map"] is None]
    rng = np.random.default_rng(1)
    add_mode(items.document, rng.normal(0, 2, 300), "values:change, in %", "change", ("", ""), "diverging")
    add_mode(items.document, np.full(300, 7.0), "values:constant", "constant", ("", ""))
    add_mode(items.document, 1e6 + 1e4 * rng.random(300), "values:large", "large", ("", ""))
    add_mode(items.document, 1e-9 * rng.random(300), "values:small", "small", ("", ""))
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    for at in range(3):
        page.locator("#maps button").nth(at).click()
        page.locator("#color").select_option(label="change")
        page.wait_for_function("location.hash.includes('change')")  # the address follows a moment later
        page.reload()
        page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
        assert page.locator("#maps button").nth(at).get_attribute("aria-pressed") == "true"
        assert page.locator("#color option:checked").text_content() == "change"
    ends = {}
    for title in ("change", "constant", "large", "small"):
        page.locator("#color").select_option(label=title)
        ends[title] = [page.locator(f"#ramp-{end}").text_content() for end in ("low", "high")]
    low, high = ends["change"]
    assert low == f"−{high}"  # the middle of a diverging ramp is zero
    assert ends["constant"] == ["7.00", "7.00"] and "," in ends["large"][0] and "e" in ends["small"][1]
