"""Lists of what to look at first, against the same asked of the arrays that went in."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import copy_page
from make_fixture import add_neighbors, make, pack, quantize, statement

N, K = 800, 12


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """Items with a graph of exact neighbors, some of them twins."""
    items = make(points=N, images=False, decoder=False)
    vectors = items.latents.copy()
    vectors[700:710] = vectors[100:110]
    stored, scale, vectors = quantize(vectors, "u16")
    items.document["fields"]["latents"] = pack(stored, "u16", **scale)
    distances = np.sqrt(((vectors[:, None] - vectors[None]) ** 2).sum(-1))
    np.fill_diagonal(distances, np.inf)
    rows = np.argsort(distances, axis=1, kind="stable")[:, :K]
    add_neighbors(items.document, 0, rows)
    folder = copy_page(tmp_path_factory.mktemp("lists") / "web-app", statement(items.document))
    return items, rows, distances, folder


def listed(page):
    return page.evaluate("NM.get('store').state.selection && Array.from(NM.get('store').state.selection)")


def open_list(page, title):
    page.locator("#tab-lists").click()
    page.locator("#list-choice button", has_text=title).click()
    page.wait_for_function("!document.getElementById('list-note').textContent.includes('Looking')")


def select_all(page):
    page.locator("#list-select").click()
    return listed(page)


def test_the_lists_are_those_of_the_arrays(open_page, audited):
    items, rows, distances, folder = audited
    page = open_page(folder)
    near, labels = rows[:, :10], items.labels
    votes = np.array([np.bincount(labels[own], minlength=10) for own in near])
    doubted = np.flatnonzero((votes.argmax(1) != labels) & (2 * votes.max(1) > 10))
    open_list(page, "Labels in doubt")
    assert page.locator("#list-count").text_content() == f"{len(doubted)} items"
    first = page.locator("#list-items li").first
    most = min(doubted, key=lambda i: (-votes[i].max(), i))
    assert str(items.index[most]) in first.text_content()
    assert f"{votes[most].max()} of 10" in first.text_content()
    note = page.locator("#list-note").text_content()
    assert note == "Most of their nearest neighbors in the latent space have another label."
    first.locator("button").click()
    assert page.evaluate("NM.get('store').state.pinned") == most
    assert page.locator("#pane-lists").is_visible()
    assert select_all(page) == doubted.tolist()

    open_list(page, "Duplicates")
    assert select_all(page) == [*range(100, 110), *range(700, 710)]

    open_list(page, "Most isolated")
    mean = np.take_along_axis(distances, near, 1).mean(1)
    assert str(items.index[mean.argmax()]) in page.locator("#list-items li").first.text_content()
    assert select_all(page) == sorted(np.argsort(-mean, kind="stable")[:500].tolist())

    # Of the map that is shown, and of what passes the filter.
    open_list(page, "False neighbors: many")
    doubt = items.modes["trust", "umap"]
    assert str(items.index[doubt.argmax()]) in page.locator("#list-items li").first.text_content()
    page.evaluate("NM.get('store').set({ filter: [{ op: 'in', column: 'class', codes: [3] }] })")
    page.wait_for_function("document.getElementById('list-items').childElementCount < 100")
    own = np.flatnonzero(labels == 3)
    best = own[doubt[own].argmax()]
    assert str(items.index[best]) in page.locator("#list-items li").first.text_content()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_a_graph_the_measures_are_left(page):
    page.locator("#tab-lists").click()
    titles = page.locator("#list-choice button").all_text_contents()
    assert titles == ["Error: large error", "False neighbors: many", "Torn neighbors: many"]
