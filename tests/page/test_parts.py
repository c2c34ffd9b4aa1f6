"""How the scripts find each other: in any order of their tags, through one global, with faults named in a sentence."""

import random
import re

import pytest
from conftest import PAGE, copy_page
from explorer import hover, shown_index
from make_fixture import make, statement


@pytest.fixture(scope="module")
def small():
    return make(points=200)


def rewrite(folder, change):
    path = folder / "index.html"
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_script_tags_does_not_matter(open_page, tmp_path, small, seed):
    def shuffled(html):
        tags = re.findall(r" *<script src=[^\n]*\n", html)
        first, *others = tags
        assert "core/parts.js" in first and len(others) > 40
        random.Random(seed).shuffle(others)
        return html.replace("".join(tags), first + "".join(others))

    folder = copy_page(tmp_path / "web-app", statement(small.document))
    rewrite(folder, shuffled)
    page = open_page(folder)
    hover(page, 3)
    assert shown_index(page) is not None


def test_a_missing_need_is_named_in_one_sentence(open_page, tmp_path, small):
    folder = copy_page(tmp_path / "web-app", statement(small.document))
    rewrite(folder, lambda html: re.sub(r".*js/data/grid\.js.*\n", "", html))
    said = trouble(open_page, folder)
    assert re.fullmatch(r"The part “\w+” of this page needs “grid”, and no script defines it\.", said)


def test_needs_in_a_circle_are_named_in_one_sentence(open_page, tmp_path, small):
    folder = copy_page(tmp_path / "web-app", statement(small.document))
    path = folder / "js" / "core" / "speech.js"
    path.write_text(path.read_text().replace('["dom"]', '["dom", "describe"]'))
    said = trouble(open_page, folder)
    assert re.fullmatch(
        r"Parts of this page need each other in a circle: (speech → describe → speech|describe → speech → describe)\.",
        said,
    )


def test_the_parts_are_checked_before_the_data(open_page, tmp_path):
    folder = copy_page(tmp_path / "web-app", None)
    (folder / "js" / "main.js").unlink()
    assert trouble(open_page, folder) == "No script of this page defines the part “main”."


def trouble(open_page, folder):
    """What the page says when it does not open; the console says the same."""
    page = open_page(folder, ready=False, init="window.heard = []; console.error = (text) => heard.push(text);")
    page.wait_for_selector("#trouble-text:not(:empty)")
    sentence = page.locator("#trouble-text").text_content()
    assert page.evaluate("heard") == [sentence]
    assert page.locator("#app").is_hidden()
    return sentence


def test_there_is_one_global(open_page, tmp_path, small):
    folder = copy_page(tmp_path / "web-app", statement(small.document))
    (folder / "plotly.min.js").unlink()  # it has globals of its own
    page = open_page(
        folder, ready=False, init="window.before = new Set(Object.getOwnPropertyNames(window)).add('before');"
    )
    page.wait_for_selector("#map-note:visible")
    added = page.evaluate("Object.getOwnPropertyNames(window).filter((name) => !before.has(name))")
    # An element with an id is a name of the window as well, and no script's doing.
    assert [name for name in added if not page.locator(f"[id='{name}']").count()] == ["NM"]
    assert page.evaluate("Object.keys(NM)") == ["define", "get"]


def scripts_of(page):
    return re.findall(r'<script src="js/([^"]*)"', (PAGE / page).read_text())


def test_every_script_is_in_a_page_and_defines_its_own_name():
    files = {path.relative_to(PAGE / "js").as_posix() for path in (PAGE / "js").rglob("*.js")}
    of_tiles = {name for name in files if name.startswith("tiles/")}
    assert sorted(scripts_of("index.html")) == sorted(files - of_tiles)
    assert {name for name in scripts_of("tiles.html") if name.startswith("tiles/")} == of_tiles
    for name in files - {"core/parts.js"}:
        defined = re.findall(r'^ *NM\.define\("(\w+)"', (PAGE / "js" / name).read_text(), re.MULTILINE)
        assert name.rsplit("/", 1)[-1].removesuffix(".js") in defined, name


def test_the_store_knows_its_keys(page):
    said = page.evaluate(
        "(() => { try { NM.get('store').on('focussed', () => 0); } catch (error) { return error.message; } })()"
    )
    assert said == "the store has no key “focussed”"
