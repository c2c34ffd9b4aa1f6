"""What takes longer than a frame is done in slices: here each ends at its first look at the clock, as on a slow machine."""

import numpy as np
import pytest
from conftest import copy_page
from explorer import alone, hover, place
from make_fixture import make, statement

# Each look at the clock finds it 30 ms further on.
SLOW_CLOCK = (
    "const now = performance.now.bind(performance); let late = 0; performance.now = () => now() + (late += 30);"
)
POINTS = 70_000


@pytest.fixture(scope="module")
def many():
    return make(points=POINTS, latent_size=4, images=False, decoder=False)


@pytest.fixture
def slow_page(open_page, tmp_path, many):
    return open_page(copy_page(tmp_path / "web-app", statement(many.document)), init=SLOW_CLOCK)


def nearest(rows, item, k=10):
    distances = ((rows - rows[item]) ** 2).sum(axis=1)
    distances[item] = np.inf
    return set(np.argsort(distances, kind="stable")[:k].tolist())


def kept_and_torn(items, item):
    vectors, places = nearest(items.latents, item), nearest(items.maps["umap"], item)
    return {"kept": vectors & places, "torn": vectors - places, "false": places - vectors}


def found(page):
    page.wait_for_function("NM.get('store').state.compared !== null")
    compared = page.evaluate("NM.get('store').state.compared")
    keys = {"kept": "kept", "torn": "torn", "false": "falseNeighbors"}
    return compared["item"], {name: set(compared[key]) for name, key in keys.items()}


def test_neighbors_found_in_slices_are_the_true_ones(slow_page, many):
    for item in alone(many, count=3, radius=1.0):
        hover(slow_page, item)
        assert found(slow_page) == (item, kept_and_torn(many, item))


def test_no_item_is_left_out_between_two_slices(slow_page, many):
    for edge in range(16384, POINTS, 16384):
        (item,) = nearest(many.latents, edge - 1, 1)
        assert set(slow_page.evaluate(f"NM.get('neighbors').inLatents({item})")) == nearest(many.latents, item)


def test_the_item_that_is_left_gets_no_neighbors(slow_page, many):
    """The pointer goes on while those of the first are sought."""
    first, second = alone(many, count=2, radius=1.0)
    slow_page.evaluate(
        """() => {
            window.compared = [];
            NM.get('store').on('compared', ({ compared }) => { if (compared) window.compared.push(compared.item); });
            window.begun = 0;
            const slices = NM.get('slices'), run = slices.run;
            slices.run = (work, isWanted) => { window.begun++; return run(work, isWanted); };
        }"""
    )
    hover(slow_page, first)
    slow_page.wait_for_function("window.begun > 0")
    slow_page.mouse.move(*place(slow_page, second))
    slow_page.wait_for_function("window.compared.length > 0")
    assert slow_page.evaluate("window.compared") == [second]


def test_names_follow_the_filter(slow_page, many):
    names = "NM.get('class_names').shown().map(({ code }) => code)"
    slow_page.wait_for_function(f"{names}.length >= 5")
    slow_page.evaluate("NM.get('filter').set({ op: 'in', column: 'class', codes: [3] })")
    slow_page.evaluate("NM.get('filter').set({ op: 'in', column: 'class', codes: [4] })")
    slow_page.wait_for_function(f"{names}.length === 1")
    assert slow_page.evaluate(names) == [4]
    counted = slow_page.evaluate("NM.get('density').of(0).all.reduce((sum, own) => sum + own, 0)")
    assert counted == pytest.approx((many.labels == 4).sum(), rel=1e-3)
