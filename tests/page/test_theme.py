"""The theme is part of the page's state: what it colored before a switch is right after it."""

import numpy as np
from conftest import copy_page, new_page, visit
from explorer import alone, click, latent_numbers, picture
from make_fixture import make, statement

COLORS = """() => {
    const parts = { strip: "#neighbors .thumb", matrix: "#matrix-items .thumb", path: "#path-items .thumb" };
    const own = (node) => getComputedStyle(node).getPropertyValue("--item").trim();
    return { theme: document.documentElement.dataset.theme,
        swatch: getComputedStyle(document.getElementById("item-swatch")).backgroundColor,
        bars: [...document.querySelectorAll("#selection-counts .bar")].map((n) => getComputedStyle(n).backgroundColor),
        cells: document.getElementById("heat").toDataURL(),
        ...Object.fromEntries(Object.entries(parts).map(([name, css]) => [name, [...document.querySelectorAll(css)].map(own)])) };
}"""
DIFFERENCE = """() => { const c = document.getElementById("difference");
    return Array.from(c.getContext("2d").getImageData(0, 0, c.width, c.height).data); }"""
SLIDER = "document.querySelectorAll('#heatmap .cell')[2].getAttribute('aria-valuenow')"

PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def switch(page):
    before = page.evaluate("document.documentElement.dataset.theme")
    page.locator("#theme").click()
    page.wait_for_function(f"document.documentElement.dataset.theme !== '{before}'")
    page.evaluate(PAINTED)


def edit(page, item):
    click(page, item)
    page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
    box = page.locator("#heatmap .cell").nth(2).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 15, steps=3)
    page.mouse.up()
    page.evaluate(PAINTED)


def test_a_switch_while_a_latent_is_edited_keeps_what_was_edited(open_page, folder, items):
    page = open_page(folder)
    item = alone(items, count=1)[0]
    edit(page, item)
    numbers, decoded, slider = latent_numbers(page), picture(page, "decoded"), page.evaluate(SLIDER)
    assert numbers[2] > items.latents[item][2] + 0.2
    light, difference = page.evaluate(COLORS), page.evaluate(DIFFERENCE)
    switch(page)
    dark = page.evaluate(COLORS)
    assert latent_numbers(page) == numbers and page.evaluate(SLIDER) == slider
    assert page.locator("#latent-reset").is_visible()
    assert page.locator("#decoded-caption").text_content() == "Decoded, edited"
    assert (picture(page, "decoded") == decoded).all()
    assert dark["strip"] and all(a != b for a, b in zip(light["strip"], dark["strip"], strict=True))
    assert light["swatch"] != dark["swatch"] and light["cells"] != dark["cells"]
    assert page.evaluate(DIFFERENCE) != difference
    switch(page)  # and back: the same picture in every pixel
    assert page.evaluate(COLORS) == light and page.evaluate(DIFFERENCE) == difference
    page.locator("#latent-reset").click()
    np.testing.assert_allclose(latent_numbers(page), items.latents[item], atol=0.0051)
    assert page.locator("#latent-reset").is_hidden()


def test_another_item_drops_the_edit(page, items):
    first, second = alone(items, count=2)
    edit(page, first)
    page.keyboard.press("Escape")
    click(page, second)
    np.testing.assert_allclose(latent_numbers(page), items.latents[second], atol=0.0051)
    assert page.locator("#latent-reset").is_hidden()


def test_every_part_of_the_panel_follows(open_page, folder, items):
    page = open_page(folder)
    a, b = alone(items, count=2)
    click(page, a)
    page.keyboard.down("Shift")
    click(page, b)
    page.keyboard.up("Shift")
    page.wait_for_selector("#path-some:visible")
    page.locator("#tab-selection").click()
    page.locator("#select-view").click()
    page.locator("#tab-classes").click()
    page.wait_for_selector("#matrix:visible", timeout=60000)
    page.locator("#matrix td button:enabled").first.click()
    light = page.evaluate(COLORS)
    switch(page)
    dark = page.evaluate(COLORS)
    for name in ("path", "bars", "matrix"):
        assert light[name] and len(light[name]) == len(dark[name]), name
        assert all(before != after for before, after in zip(light[name], dark[name], strict=True)), name


def test_the_choice_is_kept_and_the_system_is_followed_without_one(browser, tmp_path):
    folder = copy_page(tmp_path / "web-app", statement(make(points=200).document))
    context, page, troubles = new_page(browser, color_scheme="dark")
    visit(page, folder)
    theme = "[NM.get('store').state.theme, document.documentElement.dataset.theme]"
    assert page.evaluate(theme) == ["dark", "dark"]
    page.emulate_media(color_scheme="light")
    page.wait_for_function("NM.get('store').state.theme === 'light'")
    page.locator("#theme").click()
    assert page.evaluate(theme) == ["dark", "dark"]
    visit(page, folder)
    assert page.evaluate(theme) == ["dark", "dark"]
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    context.close()
    assert not troubles
