"""The first minute: a tour that is offered once and is in no one's way, and an example in each tab that is empty yet."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DESKTOP, PHONE, copy_page, visit
from make_fixture import add_column, make, statement

STATE = "NM.get('store').state"
REFUSED = """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("refused", "SecurityError"); } });"""


@pytest.fixture
def new_here(open_page, folder):
    return lambda **options: open_page(folder, **{"first": True, **options})


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Dots and nothing else: no pictures, labels, vectors or decoder."""
    items = make(points=300, images=False, decoder=False, labels=False, latents=False)
    document = items.document
    document.update(columns=[], modes=[], model=None)
    return copy_page(tmp_path_factory.mktemp("bare") / "web-app", statement(document))


def shown(page, name):
    return page.locator(f"#{name}").is_visible()


def walk(page):
    """What each step is beside, and what it says, to the end."""
    steps = []
    while shown(page, "tour"):
        beside = page.evaluate("[...document.querySelectorAll('.toured')].map((node) => node.id)")
        assert len(beside) == 1 and shown(page, beside[0])
        steps.append(
            (beside[0], page.locator("#tour-title").text_content(), page.locator("#tour-count").text_content())
        )
        page.locator("#tour-next").click()
    return steps


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_offer_covers_nothing_and_is_made_once(new_here, size, folder):
    page = new_here(viewport=size)
    assert shown(page, "tour-offer") and not shown(page, "tour")
    offer, stage = (page.locator(name).bounding_box() for name in ("#tour-offer", "#stage"))
    assert offer["y"] + offer["height"] <= stage["y"]
    page.locator("#tour-no").click()
    assert not shown(page, "tour-offer")
    assert page.evaluate("document.activeElement.id") == "stage"
    for _ in range(2):
        visit(page, folder)
        assert not shown(page, "tour-offer") and not shown(page, "tour")


def test_it_is_not_made_again_to_one_who_did_not_answer(new_here, folder):
    page = new_here()
    visit(page, folder)
    assert not shown(page, "tour-offer")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_five_steps_each_beside_what_it_is_about(new_here, size, folder):
    page = new_here(viewport=size)
    page.locator("#tour-yes").click()
    steps = walk(page)
    assert [beside for beside, _, _ in steps] == ["stage", "color", "mode-lasso", "tab-columns", "tab-lists"]
    assert [count for _, _, count in steps] == [f"{number} of 5" for number in range(1, 6)]
    assert page.locator(".toured").count() == 0 and page.evaluate(f"{STATE}.tab") == "item"
    visit(page, folder)
    assert not shown(page, "tour-offer")


@pytest.mark.parametrize("size", [DESKTOP, {"width": 1920, "height": 1080}, PHONE])
def test_the_card_is_in_the_window_and_off_what_it_is_about(new_here, size):
    page = new_here(viewport=size)
    page.locator("#tour-yes").click()
    while shown(page, "tour"):
        card = page.locator("#tour").bounding_box()
        target = page.locator(".toured").bounding_box()
        assert card["x"] >= 0 and card["x"] + card["width"] <= size["width"]
        assert card["y"] >= 0 and card["y"] + card["height"] <= size["height"]
        across = min(card["x"] + card["width"], target["x"] + target["width"]) - max(card["x"], target["x"])
        down = min(card["y"] + card["height"], target["y"] + target["height"]) - max(card["y"], target["y"])
        is_map = (
            page.evaluate("document.querySelector('.toured').id") == "stage"
        )  # of which a phone shows nothing beside it
        assert across <= 0 or down <= 0 or (is_map and size == PHONE)
        page.locator("#tour-next").click()


def test_escape_ends_the_tour_and_undoes_nothing(new_here):
    page = new_here()
    page.locator("#tour-yes").click()
    page.evaluate("NM.get('store').set({ pinned: 3, focused: 3 })")
    page.locator("#stage").focus()
    page.keyboard.press("Escape")
    assert not shown(page, "tour") and page.locator(".toured").count() == 0
    assert page.evaluate(f"{STATE}.pinned") == 3
    page.keyboard.press("Escape")
    assert page.evaluate(f"{STATE}.pinned") == -1


def test_it_is_skipped_by_a_button(new_here):
    page = new_here()
    page.locator("#tour-yes").click()
    page.locator("#tour-next").click()
    page.locator("#tour-skip").click()
    assert not shown(page, "tour")


def test_the_page_goes_on_beside_it(new_here):
    page = new_here()
    page.locator("#tour-yes").click()
    page.locator("#tour-next").click()
    page.locator("#color").select_option("error")
    assert page.evaluate(f"{STATE}.color") == "error" and shown(page, "tour")


def test_keyboard_alone_leads_through_it(new_here):
    page = new_here()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "tour-yes":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "tour-next"
    spoken = page.locator("#tour [aria-live=polite]")
    first = spoken.text_content()
    page.keyboard.press("Enter")
    assert page.locator("#tour-count").text_content() == "2 of 5" and spoken.text_content() != first
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator("#tour-count").text_content() == "1 of 5"
    for _ in range(5):
        assert page.evaluate("document.activeElement.id") == "tour-next"
        page.keyboard.press("Enter")
    assert not shown(page, "tour") and page.evaluate("document.activeElement.id") == "stage"


def test_the_help_starts_it_anew_and_has_the_focus_back(page):
    page.locator("#help-open").click()
    page.locator("#tour-start").click()
    assert not shown(page, "help") and shown(page, "tour")
    page.locator("#tour-next").click()
    page.keyboard.press("?")
    page.locator("#tour-start").click()
    assert page.locator(".toured").count() == 1 and page.locator("#tour-count").text_content() == "1 of 5"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "help-open"


def test_what_a_page_lacks_has_no_step(open_page, bare):
    page = open_page(bare, first=True)
    assert page.locator("#tour-yes").text_content() == "Show me around (3 steps)"
    page.locator("#tour-yes").click()
    steps = walk(page)
    assert [beside for beside, _, _ in steps] == ["stage", "color", "mode-lasso"]
    assert [count for _, _, count in steps] == ["1 of 3", "2 of 3", "3 of 3"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_offer_and_tour(new_here, scheme):
    page = new_here(color_scheme=scheme)

    def check():
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    check()
    page.locator("#tour-yes").click()
    while shown(page, "tour"):
        check()
        page.locator("#tour-next").click()


def test_a_browser_without_storage_is_offered_it_by_the_line_alone(new_here, folder):
    page = new_here(init=REFUSED)
    assert shown(page, "tour-offer")
    page.locator("#tour-no").click()
    visit(page, folder)
    assert shown(page, "tour-offer") and not shown(page, "tour")


def test_a_cell_of_a_notebook_and_paper_have_none(new_here, folder, tmp_path):
    (tmp_path / "cell.html").write_text(
        f"<iframe src='{(folder / 'index.html').as_uri()}' width=1200 height=700></iframe>"
    )
    page = new_here()
    page.emulate_media(media="print")
    assert not shown(page, "tour-offer")
    page.evaluate("localStorage.clear()")
    page.emulate_media(media="screen")
    page.goto((tmp_path / "cell.html").as_uri())
    cell = page.frame_locator("iframe")
    cell.locator("#title:not(:empty)").wait_for()
    assert not cell.locator("#tour-offer").is_visible()
    cell.locator("#help-open").click()
    assert not cell.locator("#tour-start").is_visible()


def example(page, tab):
    page.locator(f"#tab-{tab}").click()
    button = page.locator(f"#{tab}-example")
    button.wait_for()
    return button


def test_each_empty_tab_has_an_example_that_does_what_it_says(page, items):
    names = items.document["columns"][0]["levels"]
    button = example(page, "item")
    said = button.text_content()
    button.click()
    item = page.evaluate(f"{STATE}.pinned")
    assert said == f"or see {names[items.labels[item]]}, item {items.index[item]}"
    assert not button.is_visible()

    button = example(page, "columns")
    column, level = button.text_content().removeprefix("For example, ").split(": ")
    button.click()
    (clause,) = page.evaluate(f"{STATE}.filter")
    assert clause == {"op": "in", "column": column, "codes": [names.index(level)]}
    assert not button.is_visible()
    page.evaluate("NM.get('store').set({ filter: [], pinned: -1, focused: -1 })")

    button = example(page, "path")
    said = button.text_content()
    button.click()
    page.wait_for_function(f"{STATE}.pathSteps !== null")
    assert said == "From {} to {}".format(*(names[items.labels[end]] for end in page.evaluate(f"{STATE}.path")))
    assert shown(page, "path-some")
    page.evaluate("NM.get('store').set({ path: [], pinned: -1, focused: -1 })")

    button = example(page, "selection")
    said = button.text_content()
    button.click()
    chosen = page.evaluate(f"Array.from({STATE}.selection)")
    assert {names[label] for label in items.labels[chosen]} == {said.removeprefix("Select ")}
    assert len(chosen) == (items.labels == items.labels[chosen[0]]).sum()
    page.evaluate("NM.get('store').set({ selection: null })")

    page.locator("#tab-classes").click()
    page.locator("#matrix-example").wait_for()
    said = page.locator("#matrix-example").text_content()
    page.locator("#matrix-example").click()
    assert page.locator("#matrix-title").text_content() == said and page.locator("#matrix-items button").count() > 0
    assert not page.locator("#matrix-example").is_visible()


def test_the_field_of_the_search_names_a_word_that_there_is(page):
    hint = page.locator("#jump-index").get_attribute("placeholder")
    page.locator("#jump-index").fill(hint.removeprefix("Search, e.g. "))
    page.wait_for_selector("#search-results li:visible")
    page.keyboard.press("Escape")
    page.locator("#jump-index").fill("")


def test_a_word_of_a_letter_or_two_is_no_example_of_the_search(open_page, tmp_path):
    document = make(points=300, images=False, decoder=False, class_names=["G", "PG", *"abcdefgh"]).document
    add_column(document, "new", "bool", np.arange(300) % 2)
    page = open_page(copy_page(tmp_path / "short", statement(document)))
    assert page.locator("#jump-index").get_attribute("placeholder") == "Search"
    add_column(document, "rating", "category", np.arange(300) % 3, levels=["R", "NC-17", "Not Rated"])
    page = open_page(copy_page(tmp_path / "longer", statement(document)))
    assert page.locator("#jump-index").get_attribute("placeholder") == "Search, e.g. Not Rated"


def test_numbers_alone_have_their_upper_half_for_an_example(open_page, tmp_path):
    document = make(points=300, images=False, decoder=False, labels=False, latents=False).document
    page = open_page(copy_page(tmp_path / "web-app", statement(document)))
    example(page, "columns").click()
    (clause,) = page.evaluate(f"{STATE}.filter")
    assert clause["column"] == "local density" and 5.5 < clause["low"] < 6.5 and 8.5 < clause["high"] < 9.5
    assert 0 < page.evaluate("NM.get('filter').count()") < 300


def test_data_without_anything_have_an_example_of_an_item_alone(open_page, bare):
    page = open_page(bare)
    button = example(page, "item")
    button.click()
    assert page.evaluate(f"{STATE}.pinned") >= 0
    page.evaluate("NM.get('store').set({ tab: 'selection' })")
    assert not page.locator("#selection-example").is_visible() and page.locator("#selection-none").is_visible()
