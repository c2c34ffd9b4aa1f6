"""What the page does for each move of the pointer, and what it leaves: how long that takes is measured by the bench alone."""

import pytest
from conftest import copy_page
from explorer import place
from make_fixture import make, statement

WATCH = """() => {
    window.answers = 0;
    window.changes = 0;
    new MutationObserver((found) => { answers++; changes += found.length; })
        .observe(document.querySelector("#pane-item"), { childList: true, characterData: true, attributes: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def ten_thousand():
    return make(points=10_000)


def test_ten_thousand_points(open_page, tmp_path, ten_thousand):
    folder = copy_page(tmp_path / "web-app", statement(ten_thousand.document))
    assert (folder / "data.js").stat().st_size < 7.5e6
    page = open_page(folder)
    places = [place(page, item) for item in range(150)]
    page.evaluate(WATCH)
    for x, y in places:
        page.mouse.move(x, y)
    assert page.evaluate("answers") >= 140  # a move that asks for another panel gets it


def test_nothing_is_painted_while_the_pick_stays(page, items):
    x, y = place(page, 11)
    page.mouse.move(x, y)
    page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
    page.wait_for_timeout(100)
    page.evaluate(WATCH)
    for step in range(6):
        page.mouse.move(x + 0.1 * step, y)
    page.wait_for_timeout(100)
    assert page.evaluate("changes") == 0
