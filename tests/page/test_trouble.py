"""A data.js that is missing, cut short, of another version or hostile: one sentence, and nothing else runs."""

import copy

import pytest
from conftest import copy_page
from explorer import hover
from make_fixture import make, pack, statement


@pytest.fixture(scope="module")
def small():
    return make(points=200)


def broken(change):
    def data_js(document):
        document = copy.deepcopy(document)
        change(document)
        return statement(document)

    return data_js


def set_in(path, value):
    def change(document):
        *way, last = path
        for key in way:
            document = document[key]
        document[last] = value

    return broken(change)


CASES = {
    "missing": (lambda document: None, "no data.js"),
    "empty": (lambda document: "", "damaged or was cut short"),
    "cut short": (lambda document: statement(document)[:-4000], "damaged or was cut short"),
    "another schema": (set_in(["schema"], "other"), "not written by neural-manifold"),
    "another version": (set_in(["version"], 1), "version 1 of the format, and this page reads version 2"),
    "no fields": (set_in(["fields"], None), "no fields"),
    "wrong type": (set_in(["fields", "labels", "type"], "f32"), "has the type “f32”"),
    "wrong shape": (set_in(["fields", "images", "shape"], [200, 28, 27]), "has the shape"),
    "wrong count": (set_in(["points"], 199), "in place of [199"),
    "wrong bytes": (set_in(["fields", "index", "bytes"], 12), "counts 12 bytes"),
    "fewer bytes": (broken(lambda d: d["fields"]["labels"].update(data=pack([1, 2], "u8")["data"])), "holds 2 bytes"),
    "not base64": (set_in(["fields", "labels", "data"], "!!!"), "damaged"),
    "not gzip": (set_in(["fields", "labels", "data"], "AAAA"), "damaged"),
    "no offset": (set_in(["fields", "latents", "offset"], None), "offset"),
    "label without a name": (set_in(["columns", 0, "levels"], ["only one"]), "and no name for it"),
    "labels without any name": (set_in(["columns", 0, "levels"], None), "no list of its levels"),
    "labels too narrow for the classes": (
        set_in(["columns", 0, "levels"], [str(c) for c in range(256)]),
        "in place of u16 or u32",
    ),
    "no maps": (set_in(["maps"], []), "no map"),
    "two maps of one name": (set_in(["maps", 1, "name"], "umap"), "Two maps in data.js have the name “umap”"),
    "vectors without a field": (broken(lambda d: d["fields"].pop("latents")), "lacks the field “latents”"),
    "no modes": (set_in(["modes"], None), "no list of color modes"),
    "mode of no map": (set_in(["modes", 1, "map"], "gone"), "of the map “gone”, which is not there"),
    "mode without a field": (set_in(["modes", 1, "field"], "gone"), "lacks the field “gone”"),
    "mode with another count": (
        broken(lambda d: d["fields"][d["modes"][1]["field"]].update(shape=[199])),
        "has the shape [199]",
    ),
    "mode without a scale": (
        broken(lambda d: d["fields"][d["modes"][1]["field"]].update(step=None)),
        "needs 1 number of step",
    ),
    "two modes of one key": (set_in(["modes", -1, "key"], "error"), "has a key that another has, “error”"),
    "mode with a key of the page's": (set_in(["modes", -1, "key"], "latent:3"), "keeps for itself"),
    "mode without ends": (set_in(["modes", -1, "ends"], ["one"]), "each of its two ends"),
    "mode of an unknown ramp": (set_in(["modes", -1, "ramp"], "rainbow"), "“rainbow”"),
    "decoder without latents": (set_in(["vectors", 0, "field"], None), "no vectors that it could decode"),
    "unknown layer": (set_in(["decoder", "layers", 3, "kind"], "attention"), "“attention”"),
    "layer that does not fit": (set_in(["decoder", "layers", 0, "in"], 31), "Layer 1"),
    "prototype names": (set_in(["maps", 0, "field"], "__proto__"), "lacks the field"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_gets_one_sentence(open_page, tmp_path, small, case):
    data_js, words = CASES[case]
    page = open_page(copy_page(tmp_path / "web-app", data_js(small.document)), ready=False)
    page.wait_for_selector("#trouble-text:not(:empty)")
    if case == "cut short":  # the browser itself reports what does not parse
        page.troubles.clear()
    sentence = page.locator("#trouble-text").text_content()
    assert words in sentence and ("make run" in sentence or "Open the page" in sentence)
    assert page.locator("#app").is_hidden() and page.locator("#plot *").count() == 0


def test_a_browser_that_cannot_inflate_says_so(open_page, tmp_path, small):
    page = open_page(
        copy_page(tmp_path / "web-app", statement(small.document)),
        ready=False,
        init="delete window.DecompressionStream",
    )
    page.wait_for_selector("#trouble-text:not(:empty)")
    assert "newer" in page.locator("#trouble-text").text_content()


def test_hostile_names_stay_text(open_page, tmp_path):
    names = [
        "</script><script>window.caught = 1</script>",
        "<img src=x onerror='window.caught = 1'>",
        "\"'`${1}",
        "a\u2028b\\",
    ]
    items = make(points=200, classes=4, class_names=names)
    items.document["title"] = items.document["maps"][0]["title"] = items.document["maps"][0]["note"] = names[1]
    page = open_page(copy_page(tmp_path / "web-app", statement(items.document)))
    for item in range(8):
        hover(page, item)
    assert page.evaluate("window.caught") is None
    assert page.locator("#legend-classes button").all_text_contents() == names
    assert page.locator("#title").text_content() == names[1]


def test_without_plotlys_script_the_map_still_works(open_page, tmp_path, small):
    folder = copy_page(tmp_path / "web-app", statement(small.document))
    (folder / "plotly.min.js").unlink()
    page = open_page(folder, ready=False)
    page.wait_for_selector("#map-note:visible")
    assert "plotly.min.js" in page.locator("#map-note").text_content()
    hover(page, 3)
    assert page.locator("#item-index").text_content().startswith("item ")
