"""What items are called: by their ids, else by the short texts that they have, else by class and number."""

import numpy as np
import pytest
from conftest import copy_page
from make_fixture import add_column, add_neighbors, make, pack_texts, statement

N = 400
HEAD = "() => [document.getElementById('item-class').textContent, document.getElementById('item-index').textContent]"


def made(texts=None, ids=False, **options):
    items = make(points=N, images=False, decoder=False, **options)
    document = items.document
    if texts:
        add_column(document, "Title", "text", texts)
        document["text"] = len(document["columns"]) - 1
    if ids:
        document["fields"]["ids"] = pack_texts([f"tt{i:04}" for i in range(N)])
        document["ids"] = "ids"
    return items


def opened(open_page, tmp_path, items):
    return open_page(copy_page(tmp_path / "web-app", statement(items.document)))


def head_of(page, item):
    page.evaluate("(item) => NM.get('choose')(item)", item)
    return page.evaluate(HEAD)


def class_of(items, item):
    return items.document["columns"][0]["levels"][items.labels[item]]


def test_titles_stand_above_a_longer_text(open_page, tmp_path):
    items = made([f"Film {i}" for i in range(N)])
    document = items.document
    add_column(document, "plot", "text", ["A story of " + "everything " * 40 for _ in range(N)])
    columns = document["columns"]
    document["titles"], document["text"] = len(columns) - 2, len(columns) - 1
    page = opened(open_page, tmp_path, items)
    page.wait_for_function("NM.get('store').state.titled")
    assert head_of(page, 3)[0] == "Film 3"
    page.wait_for_function("document.getElementById('card').textContent.startsWith('A story of everything')")
    assert page.locator("#card").is_visible()
    assert page.locator("#values .title").text_content() == "Film 3"


def test_short_texts_are_titles(open_page, tmp_path):
    titles = [None if i == 7 else f"The <b>Film</b> {i}" for i in range(N)]
    titles[9] = "A film about " + "everything " * 40
    items = made(titles, missing=5)
    distances = ((items.latents[:, None] - items.latents[None]) ** 2).sum(-1)
    np.fill_diagonal(distances, np.inf)
    add_neighbors(items.document, 0, np.argsort(distances, axis=1)[:, :12])
    page = opened(open_page, tmp_path, items)
    page.wait_for_function("NM.get('store').state.titled")
    index = items.index
    # An item without a class, one without a title, and one with the title too long for a line.
    assert head_of(page, 3) == ["The <b>Film</b> 3", f"missing · item {index[3]}"]
    assert head_of(page, 7) == [class_of(items, 7), f"item {index[7]}"]
    assert head_of(page, 9)[0] == titles[9][:60] + "…"
    assert head_of(page, 20) == ["The <b>Film</b> 20", f"{class_of(items, 20)} · item {index[20]}"]
    # The title is not said twice in large letters, and is there in full.
    assert page.locator("#card").is_hidden()
    assert page.locator("#values .title").text_content() == "The <b>Film</b> 20"
    page.wait_for_selector("#neighbors button")
    for chip in page.locator("#neighbors button").all():
        assert chip.text_content() in titles or chip.text_content().isdigit()
        assert chip.get_attribute("title").startswith(chip.text_content()[:60])

    page.evaluate("NM.get('store').set({ path: [20, 3], tab: 'path' })")
    page.wait_for_function("NM.get('store').state.pathSteps !== null")
    assert page.locator("#path-title").text_content() == "The <b>Film</b> 20 → The <b>Film</b> 3"
    assert page.locator("#path-ends").text_content() == f"{class_of(items, 20)} {index[20]} → item {index[3]}"
    here = page.evaluate("NM.get('store').state.pathHere")
    assert page.locator("#way-caption").text_content() == f"Nearest real item: {titles[here]}"

    page.locator("#tab-lists").click()
    page.locator("#list-choice button", has_text="Most isolated").click()
    page.wait_for_selector("#list-items li")
    first = page.locator("#list-items li").first.locator("button > span").last
    page.locator("#list-items button").first.click()
    item = page.evaluate("NM.get('store').state.pinned")
    assert first.text_content() == f"{titles[item]} {class_of(items, item)} {index[item]}"


# Of what is read after the map was drawn, nothing comes before it is let.
HELD = """const arrive = Response.prototype.arrayBuffer;
const allowed = new Promise((done) => { window.letCome = done; });
Response.prototype.arrayBuffer = async function () {
    if (performance.getEntriesByName("map-drawn").length > 0) await allowed;
    return arrive.call(this);
};"""


def test_a_title_that_comes_late_takes_its_place(open_page, tmp_path):
    items = made([f"Film {i}" for i in range(N)], labels=False)
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)), init=HELD)
    assert head_of(page, 5) == [f"item {items.index[5]}", ""]
    page.evaluate("NM.get('store').set({ path: [5, 6] })")
    page.wait_for_function("NM.get('store').state.pathSteps !== null")
    before = page.locator(".item-head").bounding_box()
    page.evaluate("letCome()")
    page.wait_for_function("NM.get('store').state.titled")
    assert page.evaluate(HEAD) == ["Film 5", f"item {items.index[5]}"]
    assert page.locator(".item-head").bounding_box() == before
    assert page.locator("#path-title").text_content() == "Film 5 → Film 6"


@pytest.mark.parametrize("labels", [True, False])
def test_long_texts_are_no_titles(open_page, tmp_path, labels):
    texts = [f"Item {i}: " + "word " * (30 if i % 10 == 0 else 2) for i in range(N)]
    items = made(texts, labels=labels)
    page = opened(open_page, tmp_path, items)
    number = f"item {items.index[11]}"
    assert head_of(page, 11) == ([class_of(items, 11), number] if labels else [number, ""])
    page.wait_for_function("(text) => document.getElementById('card').textContent === text", arg=texts[11])
    assert not page.evaluate("NM.get('store').state.titled")
    page.evaluate("NM.get('store').set({ path: [11, 12], tab: 'path' })")
    page.wait_for_function("NM.get('store').state.pathSteps !== null")
    ends = [f"{class_of(items, i)} {items.index[i]}" if labels else f"item {items.index[i]}" for i in (11, 12)]
    assert page.locator("#path-title").text_content() == " → ".join(ends)
    assert page.locator("#path-ends").is_hidden()


def test_ids_name_items_though_there_are_titles(open_page, tmp_path):
    items = made([f"Film {i}" for i in range(N)], ids=True, missing=5)
    page = opened(open_page, tmp_path, items)
    assert head_of(page, 20) == [class_of(items, 20), f"tt0020 · row {items.index[20]}"]
    assert head_of(page, 3) == ["tt0003", f"missing · row {items.index[3]}"]
    page.wait_for_function("document.getElementById('card').textContent === 'Film 3'")
    assert not page.evaluate("NM.get('store').state.titled")
