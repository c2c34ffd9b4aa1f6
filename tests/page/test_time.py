"""Frames of a map: a slider and a button below it, points that glide, and all that follows them."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PHONE, copy_page
from make_fixture import add_frames, make, statement

HOSTILE = "<img src=x onerror='window.ran = 1'>\u2028&amp;</script>"
NAMES = ["start", "epoch 10", HOSTILE, "epoch 30", "epoch 40"]
SHOWN = "(({ x, y }) => [Array.from(x), Array.from(y)])(NM.get('places').shown())"
# Where an item lies in the window, by the frame that the test gives.
AT = """([x, y]) => { const view = NM.get('view'), bounds = document.getElementById("stage").getBoundingClientRect();
    const [px, py] = view.toScreen(view.frame(), x, y);
    return [bounds.left + px, bounds.top + py]; }"""
RING = """() => { const node = document.getElementById("ring"), box = node.getBoundingClientRect();
    return node.hidden ? null : [box.left + box.width / 2, box.top + box.height / 2]; }"""
STATE = "(({ frame, playing, focused, map }) => ({ frame, playing, focused, map }))(NM.get('store').state)"


def with_frames(points=600, **more):
    """Items whose first map has been another, mirrored and smaller, four times."""
    items = make(points=points, **more)
    final = items.maps["umap"]
    before = [final * [-1, 1] * (0.3 + 0.15 * at) + [at, -at] for at in range(4)]
    seen = add_frames(items.document, 0, before, NAMES)
    return items, [*seen, final]


@pytest.fixture(scope="module")
def timed():
    return with_frames()


@pytest.fixture(scope="module")
def timed_folder(timed, tmp_path_factory):
    return copy_page(tmp_path_factory.mktemp("time") / "web-app", statement(timed[0].document))


def shown(page):
    return np.array(page.evaluate(SHOWN)).T


def slide(page, frame):
    page.locator("#time-slider").evaluate(
        "(node, at) => { node.value = at; node.dispatchEvent(new Event('input')); }", frame
    )


def rest(page):
    page.wait_for_function("!NM.get('store').state.playing && !NM.get('places').isMoving()")


def ink(page):
    """Where the canvas that draws earlier frames has any color, as shares of its size."""
    places = page.evaluate(
        """() => { const canvas = document.getElementById("raster"), { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const found = [];
            for (let i = 0; i < data.length; i += 4) if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) found.push([(i / 4) % width / width, Math.floor(i / 4 / width) / height]);
            return canvas.hidden ? [] : found; }"""
    )
    return np.array(places)


def test_each_frame_is_where_the_data_say(open_page, timed, timed_folder):
    _, frames = timed
    page = open_page(timed_folder)
    assert np.array_equal(shown(page), frames[-1])
    for frame in (0, 3, 1, 4, 2):
        slide(page, frame)
        rest(page)
        assert np.allclose(shown(page), frames[frame], rtol=0, atol=1e-9)
        assert page.locator("#time-name").text_content() == NAMES[frame]
        assert page.locator("#time-slider").get_attribute("aria-valuetext") == NAMES[frame]
    # And that is what is drawn: the middle of the ink is that of the points.
    slide(page, 0)
    x, y = page.evaluate("(({ x0, x1, y0, y1 }) => [[x0, x1], [y0, y1]])(NM.get('store').state.view)")
    middle = frames[0].mean(axis=0)
    wanted = [(middle[0] - x[0]) / (x[1] - x[0]), (y[1] - middle[1]) / (y[1] - y[0])]
    drawn = ink(page)
    assert len(drawn) > 600 and drawn.mean(axis=0) == pytest.approx(wanted, abs=0.02)
    assert page.evaluate("window.ran") is None


def test_play_glides_to_the_end_and_stops(open_page, timed, timed_folder):
    _, frames = timed
    page = open_page(timed_folder, reduced_motion="no-preference")
    page.evaluate(
        """() => { window.seen = []; const places = NM.get('places'), keep = places.fly;
            const look = () => { seen.push([places.at(), places.shown().x[7], NM.get('store').state.frame]); if (NM.get('store').state.playing) requestAnimationFrame(look); };
            document.getElementById("time-play").addEventListener("click", () => requestAnimationFrame(look)); }"""
    )
    page.locator("#time-play").click()
    assert page.locator("#time-play").get_attribute("aria-label") == "Pause"
    assert page.locator("#scores").evaluate("(node) => getComputedStyle(node).visibility") == "hidden"
    rest(page)
    assert page.evaluate(STATE)["frame"] == -1 and np.array_equal(shown(page), frames[-1])
    assert page.locator("#time-play").get_attribute("aria-label") == "Play"
    assert page.locator("#scores").evaluate("(node) => getComputedStyle(node).visibility") == "visible"
    seen = np.array(page.evaluate("seen"))
    between = seen[(seen[:, 0] % 1 > 0.05) & (seen[:, 0] % 1 < 0.95)]
    assert len(between) > 8 and (np.diff(seen[:, 0]) >= 0).all()
    # In a straight line from one frame to the next.
    own = np.array([frame[7, 0] for frame in frames])
    assert between[:, 1] == pytest.approx(np.interp(between[:, 0], np.arange(5), own), abs=1e-6)
    # A press on the map stops it at a whole frame.
    page.locator("#time-play").click()
    page.wait_for_function("NM.get('places').at() > 1.2")
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.up()
    at = page.evaluate("NM.get('places').at()")
    assert not page.evaluate(STATE)["playing"] and at == round(at) and 1 <= at < 4


def test_with_less_motion_frames_follow_without_gliding(open_page, timed_folder):
    page = open_page(timed_folder)
    page.locator("#time-play").click()
    page.wait_for_function("NM.get('places').at() === 2")
    assert not page.evaluate("NM.get('places').isMoving()")
    rest(page)
    assert page.evaluate(STATE)["frame"] == -1


def test_picking_and_selecting_follow_the_frame(open_page, timed, timed_folder):
    _, frames = timed
    page = open_page(timed_folder)
    slide(page, 1)
    xy = frames[1]
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    for item in np.argsort(distance.min(axis=1))[-6:]:
        where = page.evaluate(AT, xy[item].tolist())
        page.mouse.move(*where)
        assert page.evaluate(STATE)["focused"] == item
        assert page.evaluate(RING) == pytest.approx(where, abs=1)
    page.evaluate("NM.get('view').zoomIn(2)")
    page.locator("#tab-selection").click()
    page.locator("#select-view").click()
    box = page.evaluate("NM.get('store').state.view")
    inside = (xy[:, 0] > box["x0"]) & (xy[:, 0] < box["x1"]) & (xy[:, 1] > box["y0"]) & (xy[:, 1] < box["y1"])
    assert page.evaluate("Array.from(NM.get('store').state.selection)") == np.flatnonzero(inside).tolist()
    assert page.locator("#selection-keep").is_hidden()  # a filter would ask the map itself
    # What is pinned is found again in the next frame, and lines that tell of the map are not drawn over an earlier one.
    page.evaluate("(item) => NM.get('pick').pin(item)", int(item))
    slide(page, 3)
    page.evaluate("NM.get('view').reset()")
    assert page.evaluate(RING) == pytest.approx(page.evaluate(AT, frames[3][item].tolist()), abs=1)


def test_the_frame_is_in_the_address_and_goes_with_its_map(open_page, timed, timed_folder):
    page = open_page(timed_folder)
    slide(page, 2)
    page.wait_for_function("location.hash.includes('t=2')")
    fragment = page.evaluate("location.hash")
    page.locator("#maps button").nth(2).click()
    assert page.evaluate(STATE)["frame"] == -1
    assert page.locator("#time").evaluate("(node) => getComputedStyle(node).visibility") == "hidden"
    page.wait_for_function("!location.hash.includes('t=')")
    again = open_page(timed_folder, fragment)
    assert again.evaluate(STATE)["frame"] == 2 and again.locator("#time-slider").input_value() == "2"
    assert np.allclose(shown(again), timed[1][2], rtol=0, atol=1e-9)
    for wrong in ("#map=umap&t=4", "#map=umap&t=-1", "#map=umap&t=1.5", "#map=umap&t=x", "#map=pca&t=1"):
        assert open_page(timed_folder, wrong).evaluate(STATE)["frame"] == -1


def test_by_keyboard_and_for_a_screen_reader(open_page, timed_folder):
    page = open_page(timed_folder)
    page.locator("#time-slider").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(STATE)["frame"] == 3 and page.evaluate(STATE)["focused"] == -1
    page.keyboard.press("Home")
    assert page.locator("#time-slider").get_attribute("aria-valuetext") == "start"
    page.keyboard.press("Space")
    assert page.evaluate(STATE)["playing"]
    page.keyboard.press("Space")
    assert not page.evaluate(STATE)["playing"]
    slide(page, 1)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_figure_is_of_the_frame_and_says_so(open_page, timed, timed_folder):
    page = open_page(timed_folder)

    def saved():
        with page.expect_download() as download:
            page.locator("#save-svg").click()
        figure = ElementTree.fromstring(download.value.path().read_bytes())
        texts = [text.text for text in figure.iter("{http://www.w3.org/2000/svg}text")]
        return download.value.suggested_filename, " ".join(texts), download.value.path().read_text()

    name, caption, last = saved()
    assert "Trustworthiness" in caption and "frame" not in caption
    slide(page, 1)
    name, caption, drawn = saved()
    assert "epoch-10" in name and "epoch 10: frame 2 of 5" in caption and "Trustworthiness" not in caption
    assert drawn.count("h0") == timed[0].document["points"] and drawn != last


def test_color_filter_theme_and_the_second_map_go_on(open_page, timed_folder):
    page = open_page(timed_folder)
    slide(page, 0)
    before = ink(page)
    page.locator("#legend-classes button").first.click()
    assert len(ink(page)) < len(before)
    page.locator("#second-open").click()
    page.locator("#second-choice").select_option(label="UMAP")
    page.locator("#theme").click()
    assert page.evaluate(STATE)["frame"] == 0 and len(ink(page)) > 0
    page.locator("#time-play").click()
    rest(page)


@pytest.mark.parametrize("points", [1, 2])
def test_few_points_move_too(open_page, tmp_path, points):
    items, frames = with_frames(points=points, classes=1, images=False, decoder=False)
    page = open_page(copy_page(tmp_path / "page", statement(items.document)), "#t=1")
    assert np.allclose(shown(page), frames[1], rtol=0, atol=1e-9)
    page.locator("#time-play").click()
    rest(page)
    assert np.array_equal(shown(page), frames[-1])


def test_a_page_without_frames_has_no_row_for_them(page):
    assert page.locator("#time").is_hidden()


def test_on_a_phone_the_row_is_above_the_sheet(open_page, timed_folder):
    page = open_page(timed_folder, viewport=PHONE, has_touch=True)
    row, panel = page.locator("#time").bounding_box(), page.locator("#panel").bounding_box()
    assert row["x"] >= 0 and row["x"] + row["width"] <= 390 and row["y"] + row["height"] <= panel["y"] + 1
    assert page.locator("#time-slider").bounding_box()["width"] > 120
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def damaged(change):
    items, _ = with_frames(points=20, images=False, decoder=False)
    change(items.document, items.document["maps"][0]["frames"])
    return items.document


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _, frames: frames.update(names=["one"]), "have no names"),
        (lambda _, frames: frames.update(names=[1, 2, 3, 4, 5]), "have no names"),
        (lambda _, frames: frames.update(names=NAMES[:4]), "has the shape [4,20,2] in place of [3,20,2]"),
        (lambda _, frames: frames.update(field="none"), "lacks the field “none”"),
        (lambda document, frames: document["fields"][frames["field"]].update(step=[1]), "needs 2 numbers of step"),
        (
            lambda document, frames: document["fields"][frames["field"]].update(bytes=4),
            "counts 4 bytes in place of 320",
        ),
    ],
)
def test_frames_that_do_not_fit_stop_the_page_with_a_sentence(open_page, tmp_path, change, sentence):
    page = open_page(copy_page(tmp_path / "page", statement(damaged(change))), ready=False)
    page.wait_for_function("!document.getElementById('trouble').hidden")
    assert sentence in page.locator("#trouble-text").text_content()
