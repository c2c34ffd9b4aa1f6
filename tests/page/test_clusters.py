"""Clusters: named by what sets them apart, drawn on the map, selected by a click on the name."""

import numpy as np
import pytest
from conftest import copy_page
from make_fixture import add_column, make, statement

LEVELS = (
    "() => [...document.querySelectorAll('#legend-classes button span:last-child')].map((node) => node.textContent)"
)
ROWS = "() => [...document.querySelectorAll('#cluster-rows button')].map((row) => [row.children[1].textContent, row.children[2].textContent])"


@pytest.fixture(scope="module")
def clustered(tmp_path_factory):
    """Clusters 0 and 1 are of one class each, 2 of two, 3 is told by a word, and the others are in none."""
    items = make(points=900, classes=6, images=False, decoder=False)
    codes = np.full(900, -1)
    codes[items.labels == 0], codes[items.labels == 1] = 0, 1
    codes[(items.labels == 2) | (items.labels == 3)] = 2
    codes[(items.labels == 4) & (np.arange(900) % 2 == 0)] = 3
    texts = [f"red <b>kettle</b> {i}" if code == 3 else f"plain {i}" for i, code in enumerate(codes)]
    add_column(items.document, "said", "text", texts)
    add_column(items.document, "cluster", "category", codes, levels=[f"cluster {n}" for n in range(1, 5)])
    items.document["clusters"] = len(items.document["columns"]) - 1
    items.codes = codes
    return items, copy_page(tmp_path_factory.mktemp("clusters") / "web-app", statement(items.document))


@pytest.fixture
def page(open_page, clustered):
    page = open_page(clustered[1])
    page.wait_for_function("NM.get('store').state.named")
    return page


def test_each_is_called_by_what_sets_it_apart(page):
    page.select_option("#color", "column:cluster")
    shirts, trousers, both, kettles, none = page.evaluate(LEVELS)
    assert (shirts, trousers, none) == ("T-shirt/top", "Trouser", "in no cluster")
    assert sorted(both.split(", ")) == ["Dress", "Pullover"]
    # Of the words all its texts have the class is rarer, and so it tells more; both are the cluster's alone.
    assert "kettle" in kettles or kettles == "Coat"


def test_a_click_on_the_name_selects_the_cluster(page, clustered):
    codes = clustered[0].codes
    page.select_option("#color", "column:cluster")
    place = page.wait_for_function(
        """() => {
            const bounds = document.getElementById("stage").getBoundingClientRect();
            for (let y = 0; y < bounds.height; y += 4) for (let x = 0; x < bounds.width; x += 4)
                if (NM.get("class_names").at(x, y) === 1) return [bounds.left + x + 6, bounds.top + y + 6];
        }"""
    ).json_value()
    page.mouse.move(*place)
    page.wait_for_function("document.getElementById('stage').classList.contains('over-name')")
    page.mouse.click(*place)
    assert page.evaluate("Array.from(NM.get('store').state.selection)") == np.flatnonzero(codes == 1).tolist()
    # By another color the names are those of other levels, and a click means the dots.
    page.evaluate("NM.get('store').set({ color: 'class', selection: null })")
    page.wait_for_timeout(200)
    page.mouse.click(*place)
    assert page.evaluate("NM.get('store').state.selection") is None


def test_the_list_is_the_way_for_the_keyboard(page, clustered):
    codes = clustered[0].codes
    page.locator("#tab-selection").click()
    rows = page.evaluate(ROWS)
    assert [int(count) for _, count in rows] == sorted(np.bincount(codes[codes >= 0]).tolist(), reverse=True)
    page.locator("#cluster-rows button", has_text="T-shirt/top").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("NM.get('store').state.selection.length") == (codes == 0).sum()
    assert page.locator("#cluster-color").is_visible()
    page.locator("#cluster-color").click()
    assert page.evaluate("NM.get('store').state.color") == "column:cluster"
    assert not page.locator("#cluster-color").is_visible()


def test_the_panel_calls_clusters_as_the_legend_does(page, clustered):
    codes = clustered[0].codes
    page.select_option("#color", "column:cluster")
    names = page.evaluate(LEVELS)
    for code in (0, 1, -1):
        page.evaluate("(item) => NM.get('choose')(item)", int(np.flatnonzero(codes == code)[0]))
        rows = page.evaluate("[...document.querySelectorAll('#values > *')].map((node) => node.textContent)")
        assert rows[rows.index("cluster") + 1] == names[code]
    page.locator("#legend-classes button", has_text="in no cluster").click(modifiers=["Shift"])
    assert "in no cluster" in page.locator("#filter-bar").text_content()


@pytest.fixture
def films(open_page, tmp_path):
    """Clusters of films: of one house, of another, of that house by another person, and told by the words of their texts."""
    n = 600
    items = make(points=n, images=False, decoder=False, labels=False, latents=False)
    codes = np.arange(n) // 30
    codes[codes > 3] = -1
    houses = ["Miramax", "Sony Pictures", "Other"]
    house = np.select([codes == 0, (codes == 1) | (codes == 2)], [0, 1], 2)
    person = np.where(codes == 2, 0, 1 + np.arange(n) % 40)
    said = [
        f"the tale of the boat {i}" if c == 3 else f"{houses[h].lower()} {i}"
        for i, (c, h) in enumerate(zip(codes, house, strict=True))
    ]
    document = items.document
    add_column(document, "said", "text", said)
    add_column(document, "house", "category", house, levels=houses)
    add_column(document, "person", "category", person, levels=[f"person {p}" for p in range(41)])
    add_column(document, "cluster", "category", codes, levels=[f"cluster {c}" for c in range(1, 5)])
    document["clusters"] = len(document["columns"]) - 1
    page = open_page(copy_page(tmp_path / "web-app", statement(document)))
    page.wait_for_function("NM.get('store').state.named")
    return page


NAMES = "NM.get('data').clusters.levels"


def test_names_have_no_function_words_and_say_nothing_twice(films):
    first, second, third, told = films.evaluate(NAMES)
    # The word “miramax” of the texts is the level's own, and so are “sony” and “pictures”.
    assert first == "Miramax"
    # Two that have the same level are told apart by what else they have.
    assert second == "Sony Pictures"
    assert "person 0" in third
    assert set(told.split(", ")) == {"tale", "boat"}
    films.evaluate("NM.get('clusters').select(3)")
    films.wait_for_function("document.getElementById('apart-rows').childElementCount > 0")
    assert "“the”" not in films.locator("#apart-rows").text_content()


def test_clusters_of_one_name_are_told_apart_by_another_level(open_page, tmp_path):
    """Three of one kind, of which two have a color of their own: the third is as it is called."""
    n = 600
    items = make(points=n, images=False, decoder=False, labels=False, latents=False)
    codes = np.arange(n) // 30
    codes[codes > 2] = -1
    kind = np.where(codes >= 0, 0, 1 + np.arange(n) % 3)
    # Half of the second and of the third cluster have it, and none of the others.
    color = np.where((codes > 0) & (np.arange(n) % 2 == 0), codes - 1, 2 + np.arange(n) % 9)
    add_column(items.document, "kind", "category", kind, levels=["boat", "car", "cart", "sled"])
    add_column(items.document, "color", "category", color, levels=["red", "blue", *(f"color {c}" for c in range(9))])
    add_column(items.document, "cluster", "category", codes, levels=["cluster 1", "cluster 2", "cluster 3"])
    items.document["clusters"] = len(items.document["columns"]) - 1
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    page.wait_for_function("NM.get('store').state.named")
    assert page.evaluate(NAMES) == ["boat", "boat, red", "boat, blue"]


def test_tags_name_no_cluster(open_page, page, clustered):
    names = page.evaluate(NAMES)
    page.evaluate("NM.get('clusters').select(2)")  # of which no class tells as much
    page.locator("#tag-word").fill("odd")
    page.locator("#tag-word").press("Enter")
    kept = page.evaluate("JSON.stringify(Object.entries(localStorage).find(([key]) => key.includes('tags')))")
    again = open_page(clustered[1], init=f"localStorage.setItem(...{kept})")
    again.wait_for_function("NM.get('store').state.named")
    assert again.evaluate("NM.get('store').state.tags.has('odd')")
    assert again.evaluate(NAMES) == names


def test_without_labels_the_map_is_colored_by_clusters(open_page, tmp_path):
    items = make(points=300, images=False, decoder=False, labels=False)
    add_column(items.document, "cluster", "category", items.labels % 3, levels=["cluster 1", "cluster 2", "cluster 3"])
    items.document["clusters"] = 1
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    page.wait_for_function("NM.get('store').state.named")
    assert page.input_value("#color") == "column:cluster"


AT_FIRST = """
    const mark = performance.mark.bind(performance);
    performance.mark = (name) => {
        if (name === "map-drawn") window.first = window.seen();
        return mark(name);
    };
    window.seen = () => ({
        names: [...document.querySelectorAll('#legend-classes button span:last-child')].map((node) => node.textContent),
        top: document.querySelector(".map-area").getBoundingClientRect().top,
        groups: new Set(NM.get("drawing").painted().group).size,
    });
"""


def test_the_first_map_has_the_clusters_colors_and_stays_where_it_is_when_they_get_their_names(open_page, tmp_path):
    items = make(points=600, classes=6, images=False, decoder=False, labels=False)
    words = (
        "kettle lantern",
        "spoon umbrella",
        "staircase telephone",
        "wheel bottle",
        "candle basket",
        "mirror ladder",
    )
    add_column(items.document, "said", "text", [words[label] for label in items.labels])
    names = [f"cluster {n}" for n in range(1, 7)]
    add_column(items.document, "cluster", "category", items.labels, levels=names)
    items.document["clusters"] = 2
    page = open_page(
        copy_page(tmp_path / "page", statement(items.document)), init=AT_FIRST, viewport={"width": 900, "height": 800}
    )
    page.wait_for_function("NM.get('store').state.named")
    first, then = page.evaluate("[window.first, window.seen()]")
    assert first["names"] == names and first["groups"] == 6
    assert not set(names) & set(then["names"]) and then["groups"] == 6
    assert page.locator("#legend-classes").bounding_box()["height"] > 40  # the names need a second row
    assert first["top"] == then["top"]


def test_what_is_no_column_of_clusters_is_said(open_page, tmp_path):
    items = make(points=300, images=False, decoder=False)
    items.document["clusters"] = 1  # numbers
    page = open_page(copy_page(tmp_path / "page", statement(items.document)), ready=False)
    assert "no column of categories" in page.locator("#trouble-text").text_content()
