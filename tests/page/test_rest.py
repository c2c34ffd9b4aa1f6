"""Of much data the first map is there before vectors, pictures and texts, which come from a file of their own."""

import pytest
from conftest import copy_page
from explorer import hover, latent_numbers, picture
from make_fixture import add_frames, make, split

READY = "performance.getEntriesByName('page-ready').length > 0"
# The script of the rest waits until it is let go.
HOLD = """(() => {
    const append = HTMLHeadElement.prototype.append;
    window.held = [];
    HTMLHeadElement.prototype.append = function (...nodes) {
        if (/data-rest/.test(nodes[0].src || "")) held.push(() => append.apply(this, nodes));
        else append.apply(this, nodes);
    };
})()"""


@pytest.fixture(scope="module")
def items():
    """With all that takes room beside the map: rows for frames and for more maps than stand in one line."""
    items = make(points=2000)
    maps = items.document["maps"]
    maps += [
        {**maps[1], "name": f"a map with a long title {n}", "title": f"a map with a long title {n}"} for n in range(4)
    ]
    add_frames(items.document, 0, [items.maps["umap"] / 2, items.maps["umap"]], ["before", "between", "now"])
    return items


def in_two(folder, items, rest=lambda text: text):
    data_js, text, name = split(items.document)
    page = copy_page(folder / "page", data_js)
    if rest(text) is not None:
        (page / name).write_text(rest(text))
    return page


def test_the_map_is_there_before_the_rest_and_all_else_after_it(open_page, tmp_path, items):
    page = open_page(in_two(tmp_path, items), init=HOLD, ready=False)
    page.wait_for_function("performance.getEntriesByName('map-drawn').length > 0 && held.length === 1")
    colors = "new Set(NM.get('drawing').painted().group).size"
    assert page.evaluate(colors) == 10
    assert page.locator("#legend-classes button").count() == 10
    assert page.locator("#reading").is_visible()
    assert not page.evaluate(READY)
    for hidden in ("#jump-form", "#zoom-in", "#panes", "#color"):
        assert not page.locator(hidden).is_visible(), hidden
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body")  # nothing answers yet
    place = page.locator("#stage").bounding_box()
    page.evaluate("held[0]()")
    page.wait_for_function(READY)
    assert not page.locator("#reading").is_visible()
    assert page.locator("#jump-form").is_visible()
    assert page.locator("#stage").bounding_box() == place
    hover(page, 7)
    assert (picture(page) == items.images[7]).all()
    assert abs(latent_numbers(page)[0] - page.evaluate("NM.get('latents').of(7)[0]")) < 0.06


def test_what_an_address_asks_for_is_there_at_once(open_page, tmp_path, items):
    page = open_page(in_two(tmp_path, items), "#color=latent%3A3", init=HOLD, ready=False)
    page.wait_for_function("window.held?.length === 1")
    assert not page.locator("#app").is_visible()
    page.evaluate("held[0]()")
    page.wait_for_function(READY)
    assert page.evaluate("NM.get('store').state.color") == "latent:3"


CASES = {
    "missing": (lambda text: None, "is not beside this page"),
    "cut short": (lambda text: text[:-4000], "is damaged or was cut short"),
    "of another export": (lambda text: text.replace('"digest": "', '"digest": "0'), "of another export than data.js"),
    "without a field": (lambda text: text.replace('"images"', '"pictures"'), "images"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rest_that_does_not_fit_is_told(open_page, tmp_path, items, name):
    rest, said = CASES[name]
    page = open_page(in_two(tmp_path, items, rest), ready=False)
    page.wait_for_selector("#trouble:not([hidden])")
    assert said in page.locator("#trouble-text").inner_text()
    assert not page.evaluate(READY)
    assert not page.locator("#app").is_visible()
    page.troubles[:] = [
        trouble for trouble in page.troubles if "SyntaxError" not in trouble and "Invalid" not in trouble
    ]
