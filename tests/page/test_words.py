"""One file holds every word of the page, and another of longer words in its place breaks no layout."""

import os
import re
from html.parser import HTMLParser

import pytest
from conftest import DESKTOP, PAGE, PHONE, copy_page
from make_fixture import add_column, add_encoder, make, pack_texts, statement
from tile_fixture import make_tiles

WORDS = PAGE / "js" / "core" / "words.js"
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<template>`)"""
    r"""|(?:(?<=[(,=:\[!&|?{};])\s*|\breturn\s+)/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*""",
    re.DOTALL,
)
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:.!?…’”]* [“(]?[A-Za-z]{2,}")
# Literals of several words that no one reads: keys of the store, selectors, classes, and errors of the page's makers.
UNREAD = re.compile(
    r"(\.on|querySelector|querySelectorAll|closest|matches|matchMedia|Error|split)(\?\.)?\($|\brel: $|\bclass(Name)?\b\W*$|\bFONTS\b.*$|\.font = $|font: $"
)
# What is no word: style, names of attributes, and the one of this project.
STYLE = re.compile(
    r"\b\d+px|^(aria-label|title|placeholder)$|^\0 · neural-manifold$|gradient\(|color-mix\(|rgba?\(|translate|\bserif\b|use strict"
)
SHOWN = re.compile(
    r"""(textContent|nodeValue|\.title|placeholder)\s*=\s*$|(\btext|\btitle|placeholder|"aria-label"|label):\s*$"""
    r"""|say\($|"(aria-label|title|placeholder)",\s*$"""
)


def literals(source, at=0, end=None):
    """(where, what stands before it, its text without what is put in) of each string and template of a script."""
    end = len(source) if end is None else end
    while at < end and (found := TOKEN.search(source, at, end)):
        before = source[max(0, found.start() - 60) : found.start()]
        if found["string"]:
            yield found.start(), before, found["string"][1:-1]
            at = found.end()
        elif found["template"]:
            text, inside, at = template(source, found.end())
            yield found.start(), before, text
            for start, stop in inside:
                yield from literals(source, start, stop)
        else:
            at = found.end()


def template(source, at):
    """The text of a template literal, the places of what is put in, and where it ends."""
    text, inside = "", []
    while source[at] != "`":
        if source.startswith("${", at):
            start, depth = at + 2, 1
            at = start
            while depth > 0:
                found = TOKEN.match(source, at)
                depth += 0 if found else {"{": 1, "}": -1}.get(source[at], 0)
                at = (
                    template(source, found.end())[2]
                    if found and found["template"]
                    else found.end()
                    if found
                    else at + 1
                )
            inside.append((start, at - 1))
            text += "\0"
        else:
            text += source[at]
            at += 1
    return text, inside, at + 1


def read_in(source):
    """The literals of a script that a person would read."""
    for at, before, text in literals(source):
        is_sentence = SENTENCE.search(text) and not UNREAD.search(before)
        is_shown = SHOWN.search(before) and re.search(r"[A-Za-z]{2,}", text)
        if (is_sentence or is_shown) and not STYLE.search(text):
            yield at, text


def test_no_other_script_holds_a_sentence():
    found = []
    for path in sorted((PAGE / "js").rglob("*.js")):
        source = path.read_text()
        lines = [(source.count("\n", 0, at) + 1, text) for at, text in read_in(source)]
        if path == WORDS:
            assert len(lines) > 200  # the rule sees sentences where they are
        else:
            found += [f"{path.relative_to(PAGE)}:{line}: {text}" for line, text in lines]
    assert not found, "say it in js/core/words.js\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        'byId("error").textContent = "Nothing";',
        "speech.say(`${n} items selected.`);",
        'const note = list.length > 0 ? "" : "There is nothing here.";',
        'element("button", { type: "button", title: "Close" });',
        "const said = `${passing ? `${count} of them` : count}`;",
    ],
)
def test_a_sentence_in_a_script_is_found(line):
    assert list(read_in(line))


class Html(HTMLParser):
    """What a person would read of a page's HTML."""

    def __init__(self):
        super().__init__()
        self.read, self.keys, self.inside = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        for name, value in attributes:
            if name in ("aria-label", "title", "placeholder", "alt"):
                self.read.append(value)
            elif name == "data-words":
                self.keys.append(value)

    def handle_data(self, data):
        # The words of one without scripts cannot come from a script.
        if self.inside not in ("title", "script", "style") and re.search(r"[A-Za-z]{2,}", data):
            self.read.append(data.strip())


@pytest.mark.parametrize("name", ["index.html", "tiles.html"])
def test_the_html_holds_no_sentence(name):
    html = Html()
    html.feed((PAGE / name).read_text())
    assert set(html.read) <= {"PNG", "SVG", "This page needs JavaScript."}
    assert len(html.keys) > 10


KEYS = """() => {
    const leaves = (part, way) => Object.entries(part).flatMap(([key, own]) =>
        own !== null && typeof own === "object" ? leaves(own, [...way, key]) : [[...way, key].join(".")]);
    return leaves(NM.get("words"), []);
}"""


def test_every_word_is_used(page):
    """What nothing shows need not be translated."""
    sources = "".join(path.read_text() for path in (PAGE / "js").rglob("*.js") if path != WORDS)
    sources += "".join((PAGE / name).read_text() for name in ("index.html", "tiles.html"))
    unused = []
    for key in page.evaluate(KEYS):
        ways = [key.rsplit(".", cut)[0] for cut in range(key.count(".") + 1)] if "." in key else [key]
        direct = any(re.search(rf'(?:words\.|\?\.|data-words="){re.escape(way)}(?![\w.])', sources) for way in ways)
        if not direct:
            unused.append(key)
    assert unused == []


# In place of the words, the same in brackets and longer by a third.
PSEUDO = """
const pseudo = (own) => {
    if (typeof own === "function") return (...given) => pseudo(own(...given));
    if (typeof own === "object") return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, pseudo(value)]));
    const more = Math.ceil(own.length / 3);
    return `⟦${own}${own.includes(" ") ? " eeeeee".repeat(Math.ceil(more / 7)).slice(0, Math.max(2, more)) : "e".repeat(more)}⟧`;
};
"""


def translate(folder):
    path = folder / "js" / "core" / "words.js"
    source = path.read_text()
    start = 'NM.define("words", ["text"], '
    assert source.count(start) == 1 and source.endswith("});\n")
    head, body = source.split(start)
    head = head.replace('tag: "en"', 'tag: "de"')
    path.write_text(f"{head}{PSEUDO}{start}(...needs) => pseudo(({body[: -len(');' + chr(10)) - 0]})(...needs)));\n")
    return folder


READ = r"""() => {
    const bare = (said) => {
        for (let before = ""; before !== said;) [before, said] = [said, said.replace(/⟦[^⟦⟧]*⟧/g, "")];
        return said;
    };
    const strange = (said) => (bare(said).match(/\p{L}{2,}[\p{L}\p{N}]*/gu) || []).filter((word) => !/^qq|^(PNG|SVG|kind)$/.test(word));
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        const isOption = element.closest("select") !== null;
        if (element.closest("noscript, script, style") || !(isOption ? element.closest("select") : element).checkVisibility()) continue;
        const texts = node.nodeType === Node.TEXT_NODE ? [node.data] : ["aria-label", "title", "placeholder", "label", "aria-valuetext"].map((name) => node.getAttribute(name) || "");
        for (const said of texts) if (strange(said).length > 0) found.push(`${element.tagName}#${element.closest("[id]")?.id}: ${said}`);
    }
    return found;
}"""

OVERFLOWING = r"""() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > window.innerWidth) found.push(`the page is ${root.scrollWidth} pixels wide`);
    const range = document.createRange();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const element = node.parentElement;
        if (node.data.trim() === "" || element.closest("noscript, script, style, select, datalist, .unseen, svg") || !element.checkVisibility()) continue;
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        if (text.width === 0) continue;
        for (let box = element; box !== null && box !== document.body; box = box.parentElement) {
            const style = getComputedStyle(box);
            if (style.textOverflow === "ellipsis" || ["auto", "scroll"].includes(style.overflowX)) break; // made for it
            const edge = box.getBoundingClientRect();
            if (style.display === "inline" || edge.width === 0) continue;
            if (text.right > edge.right + 1 || text.left < edge.left - 1) {
                found.push(`${box.tagName}.${box.className}#${box.closest("[id]")?.id} is left by: ${node.data.trim()} (${Math.round(text.right - edge.right)} px)`);
                break;
            }
            if (["absolute", "fixed"].includes(style.position)) { // it lies over others, in the window
                if (edge.right > window.innerWidth + 1 || edge.left < -1) found.push(`#${box.id} is partly out of the window`);
                break;
            }
        }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def rich():
    """A part of everything, whose own words all begin with qq."""
    items = make(points=800, side=12, latent_size=8, class_names=[f"qqclass{c}" for c in range(10)])
    document = items.document
    add_encoder(document)
    document["title"] = "qqtitle"
    document["columns"][0]["name"] = "qqkind"
    document["columns"][1]["name"] = "qqdensity"
    names = {entry["name"]: f"qqmap{number}" for number, entry in enumerate(document["maps"])}
    for entry in document["maps"]:
        entry.update(name=names[entry["name"]], title=names[entry["name"]], note="qqnote qqof 3")
    for number, mode in enumerate(document["modes"]):
        mode.update(title=f"qqmode{number}", ends=["qqlow", "qqhigh"], map=names.get(mode["map"]))
    n = len(items.index)
    add_column(document, "qqmany", "category", [i % 40 for i in range(n)], levels=[f"qqlevel{c}" for c in range(40)])
    add_column(document, "qqprice", "number", [float("nan") if i % 9 == 0 else i * 0.37 for i in range(n)])
    add_column(document, "qqbool", "bool", [i % 2 for i in range(n)])
    add_column(document, "qqtext", "text", [f"qqword{i} qqother" for i in range(n)])
    document["text"] = len(document["columns"]) - 1
    add_column(document, "qqtags", "tags", [["qqold", "qqnew"][: i % 3] for i in range(n)])
    add_column(document, "qqcluster", "category", [i % 4 for i in range(n)], levels=[f"qqpart{c}" for c in range(4)])
    document["clusters"] = len(document["columns"]) - 1
    document["model"]["unit"] = "qqunit"
    document["fields"]["ids"] = pack_texts([f"qqid{i:04}" for i in range(n)])
    document["ids"] = "ids"
    return items


@pytest.fixture(scope="module")
def translated(rich, tmp_path_factory):
    return translate(copy_page(tmp_path_factory.mktemp("words") / "web-app", statement(rich.document)))


SHOTS = os.environ.get("SHOTS")


def look(page, name):
    """What on the page is none of the words, or has no room."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")
    return [f"{name}: {found}" for found in [*page.evaluate(READ), *page.evaluate(OVERFLOWING)]]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_longer_words_are_all_there_and_have_room(open_page, translated, rich, size):
    phone = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
    page = open_page(translated, first=True, **(phone if size == "phone" else {"viewport": DESKTOP}))
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.locator("#about").text_content().startswith("⟦800 images")
    set_ = "NM.get('store').set"
    page.wait_for_function("NM.get('store').state.named")

    def state(**patch):
        page.evaluate("(patch) => NM.get('store').set(patch)", patch)
        page.wait_for_timeout(250)

    found = []

    def see(name):
        found.extend(look(page, f"{size}-{name}"))

    see("offer")
    page.locator("#tour-yes").click()
    for number in range(5):
        see(f"tour-{number}")
        page.locator("#tour-next").click()
    see("begin")
    state(focused=5, pinned=5, sheet=True)
    see("item")
    state(color="latent:0", edited=[0.5] * 8)
    see("edited")
    state(tab="columns")
    see("columns")
    state(
        filter=[
            {"op": "from", "column": "qqprice", "low": 20, "high": 250},
            {"op": "in", "column": "qqmany", "codes": [1, 2, 3, 4, 5]},
        ]
    )
    see("filter")
    state(tab="path")
    see("no-path")
    state(path=[3, 90])
    page.wait_for_function("NM.get('store').state.pathSteps !== null")
    see("path")
    state(path=[], tab="selection", filter=[], pinned=-1, focused=-1)
    see("no-selection")
    page.evaluate(f"{set_}({{ selection: Uint32Array.from({{ length: 60 }}, (_, i) => 3 * i) }})")
    page.locator("#tag-word").fill("qqmine")
    page.locator("#tag-form button").click()
    see("selection")
    state(tab="lists")
    for number in range(page.locator("#list-choice button").count()):
        page.locator("#list-choice button").nth(number).click()
        page.wait_for_timeout(250)
        see(f"list-{number}")
    state(tab="classes")
    page.wait_for_selector("#matrix:visible")
    see("no-transitions")
    page.locator("#matrix button:enabled").first.click()
    see("transitions")
    state(table=True, sheet=False)
    see("table")
    page.evaluate(f"{set_}({{ beside: 1, table: false, color: 'column:qqprice', distance: true }})")
    page.wait_for_timeout(250)
    see("two")
    state(beside=-1, distance=False, color="column:qqmany")
    page.locator("#legend-open").click()
    page.locator("#level-find").fill("nowhere")
    see("levels")
    page.keyboard.press("Escape")
    page.locator("#jump-index").fill("qqid00")
    page.wait_for_selector("#search-panel:visible")
    see("search")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.set_input_files("#drop-file", {"name": "qqpicture.svg", "mimeType": "image/svg+xml", "buffer": b"<svg"})
    page.wait_for_selector("#dropped:visible")
    see("dropped")
    page.locator("#dropped-remove").click()
    page.evaluate("document.getElementById('help').showModal()")  # on a phone no button leads there
    see("help")
    page.locator("#help-close").click()
    figure = page.evaluate("NM.get('figure').svg().text")
    told = re.sub(r"<[^>]*>", " ", figure)
    while "⟦" in told:
        told = re.sub(r"⟦[^⟦⟧]*⟧", "", told)
    found += [f"figure: {word}" for word in re.findall(r"[A-Za-z]{2,}\w*", told) if not word.startswith("qq")]
    assert not found, "\n".join(found)


def test_a_page_without_data_says_so_in_its_language(open_page, tmp_path):
    page = open_page(translate(copy_page(tmp_path / "web-app", None)), ready=False)
    page.wait_for_selector("#trouble:visible")
    assert page.locator("#trouble-text").text_content().startswith("⟦⟦There is no data.js beside this page yet.")
    assert page.evaluate(READ) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_longer_words_have_room_on_the_map_of_tiles(open_page, tmp_path, size):
    placed = make_tiles(tmp_path, 20_000, names=("qqboot", "qqcoat"), ids="qqid{}".format, title="qqrows")
    page = open_page(translate(placed.folder), ready=False, file="tiles.html", viewport=size)
    page.wait_for_function("performance.getEntriesByName('map-drawn').length > 0")
    page.wait_for_selector("#in-view:not(:empty)")
    page.locator("#stage").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#tip:visible")
    found = look(page, f"tiles-{size['width']}")
    page.locator("#color").select_option("isolation")
    found += look(page, f"tiles-isolation-{size['width']}")
    assert not found, "\n".join(found)
