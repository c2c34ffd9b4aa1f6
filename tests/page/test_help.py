"""Gestures, keys and scores, by "?"."""


def test_a_question_mark_opens_and_escape_closes_and_undoes_nothing(page):
    page.evaluate("NM.get('store').set({ selection: [1, 2, 3] })")
    help = page.locator("#help")
    page.keyboard.press("?")
    assert help.is_visible() and page.locator("#help-title").is_visible()
    before = page.evaluate("JSON.stringify(NM.get('store').state.view)")
    page.keyboard.press("0")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    assert not help.is_visible()
    assert page.evaluate("NM.get('store').state.selection") == [1, 2, 3]
    assert page.evaluate("JSON.stringify(NM.get('store').state.view)") == before
    assert page.evaluate("NM.get('store').state.focused") == -1


def test_the_button_opens_it_and_a_click_beside_it_closes(page):
    page.locator("#help-open").click()
    assert page.locator("#help").is_visible()
    page.mouse.click(5, 5)
    assert not page.locator("#help").is_visible()


def test_a_question_that_is_typed_is_a_letter(page):
    page.locator("#jump-index").focus()
    page.keyboard.press("?")
    assert page.input_value("#jump-index") == "?" and not page.locator("#help").is_visible()
