"""The map while it moves: its numbers go along, many points are thinned and all come back, a slow card is left alone."""

import numpy as np
from conftest import copy_page
from make_fixture import make, statement
from test_everyone import CARD

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
LABELS = """() => [...document.querySelectorAll("#plot .xtick, #plot .ytick")]
    .filter((label) => getComputedStyle(label).visibility !== "hidden")
    .map((label) => { const b = label.getBoundingClientRect(); return [label.getAttribute("class") + label.textContent, b.x, b.y]; })"""
# A clock by which a point takes so long that they are not all drawn at once.
SLOW = """() => {
    const now = performance.now.bind(performance);
    let late = 0;
    performance.now = () => now() + (late += 10);
}"""
# The pixels of the map's canvas that differ from those of all points drawn at once.
LACKING = """() => {
    const canvas = document.getElementById("raster"), all = document.createElement("canvas");
    const ground = getComputedStyle(document.documentElement).getPropertyValue("--ground").trim();
    const view = NM.get("view"), data = NM.get("data");
    NM.get("raster").draw(all, view.frame(), data.maps[0], NM.get("drawing").painted(), view.dotSize(), ground);
    const [a, b] = [canvas, all].map((own) => own.getContext("2d").getImageData(0, 0, own.width, own.height).data);
    return a.reduce((sum, value, at) => sum + (value !== b[at]), 0);
}"""

# What the canvas says of what is drawn on it, whenever it says it.
LISTEN = """() => {
    window.said = [];
    const canvas = document.getElementById("raster");
    new MutationObserver(() => said.push(canvas.dataset.drawn)).observe(canvas, { attributeFilter: ["data-drawn"] });
}"""

# From the first draft on no task of the page begins, until all that wait are let go.
HOLD = """() => {
    const canvas = document.getElementById("raster"), wait = window.setTimeout, held = [];
    new MutationObserver((_, observer) => {
        if (canvas.dataset.drawn !== "draft") return;
        observer.disconnect();
        window.setTimeout = (run) => held.push(run);
    }).observe(canvas, { attributeFilter: ["data-drawn"] });
    window.letGo = () => { window.setTimeout = wait; for (const run of held) wait(run); };
    window.waiting = () => held.length;
}"""


def labels(page):
    found = page.evaluate(LABELS)
    return {text: np.array(at) for text, *at in found}, len(found)


def test_the_axes_numbers_go_along_and_stay_where_they_are_at_rest(page):
    page.wait_for_function("document.querySelector('#plot .xtick text')")
    before, _ = labels(page)
    page.evaluate("NM.get('view').panBy(-70, 30)")
    page.evaluate(FRAMES)
    moving, count = labels(page)
    assert count > 4
    for text in set(before) & set(moving):
        assert np.abs(moving[text] - before[text]).max() > 20
    page.wait_for_timeout(500)
    resting, _ = labels(page)
    assert set(moving) <= set(resting)
    for text, at in moving.items():
        np.testing.assert_allclose(at, resting[text], atol=0.6)


def test_an_axis_is_never_left_without_numbers(page):
    page.wait_for_function("document.querySelector('#plot .xtick text')")
    page.evaluate("NM.get('view').zoomIn(40)")
    page.evaluate(FRAMES)
    assert labels(page)[1] >= 4


def test_of_many_points_all_are_shown_at_rest(open_page, tmp_path):
    items = make(points=250_000, images=False, decoder=False, latents=False)
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    page.evaluate(SLOW)
    page.evaluate("NM.get('view').zoomIn(1.2)")
    page.wait_for_function("NM.get('raster').stepWithin(NM.get('drawing').painted().group, 20) > 1")
    page.evaluate("() => { for (let i = 0; i < 3; i++) NM.get('view').panBy(9, 3); }")
    page.evaluate(FRAMES)
    page.wait_for_timeout(300)
    page.wait_for_function(f"({LACKING})() === 0")


def test_the_canvas_says_when_all_points_are_drawn(open_page, tmp_path):
    items = make(points=250_000, images=False, decoder=False, latents=False)
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    page.wait_for_selector("#raster[data-drawn=all]")
    page.evaluate(LISTEN)
    page.evaluate(SLOW)
    page.evaluate("NM.get('view').zoomIn(1.2)")
    page.wait_for_function("NM.get('raster').stepWithin(NM.get('drawing').painted().group, 20) > 1")
    page.evaluate("NM.get('view').panBy(9, 3)")
    page.wait_for_function("said.includes('draft')")
    page.wait_for_function("said.at(-1) === 'all'")
    assert page.evaluate(LACKING) == 0


def test_what_is_drawn_for_another_size_is_given_up(open_page, tmp_path):
    items = make(points=250_000, images=False, decoder=False, latents=False)
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    page.wait_for_selector("#raster[data-drawn=all]")
    page.evaluate(LISTEN)
    page.evaluate(SLOW)
    page.evaluate(HOLD)
    page.evaluate("NM.get('store').set({ theme: 'dark' })")
    page.wait_for_function("said.at(-1) === 'draft' && waiting() === 1")
    page.set_viewport_size({"width": 1280, "height": 700})
    page.wait_for_function("waiting() > 1")
    page.evaluate("letGo()")
    page.wait_for_function("said.at(-1) === 'all'")
    page.wait_for_timeout(1000)
    assert page.evaluate("said").count("all") == 1
    assert page.evaluate(LACKING) == 0


def test_other_colors_ask_the_axes_nothing(page):
    page.wait_for_function("document.querySelector('#plot .xtick text')")
    page.wait_for_timeout(300)
    page.evaluate("""() => {
        window.asked = 0;
        const { react } = Plotly;
        Plotly.react = (...all) => { asked++; return react(...all); };
        window.restore = () => { Plotly.react = react; };
    }""")
    page.evaluate("NM.get('store').set({ color: 'error' })")
    assert page.evaluate("asked") == 0
    page.evaluate("NM.get('store').set({ theme: 'dark' })")
    assert page.evaluate("asked") == 1
    page.evaluate("NM.get('store').set({ theme: 'light' })")
    page.evaluate("restore()")


def test_the_pointers_grid_is_made_in_tasks(page):
    """By a clock that is late whenever it is asked, every part is a task of its own; the grid is the same."""
    tasks, same = page.evaluate("""async () => {
        const grid = NM.get("grid"), wait = window.setTimeout, points = 300000;
        let late = 0, tasks = 0;
        performance.now = () => (late += 10);
        window.setTimeout = (run, ms) => wait(() => { tasks++; run(); }, ms);
        const x = Float64Array.from({ length: points }, (_, i) => (i * 0.7548776662) % 1);
        const y = Float64Array.from(x, (_, i) => (i * 0.5698402910) % 1);
        const extent = { x0: 0, x1: 1, y0: 0, y1: 1 };
        const [sliced, whole] = [{ x, y, extent }, { x, y, extent }];
        grid.prepare(sliced);
        await new Promise((done) => wait(done, 500));
        delete performance.now;
        window.setTimeout = wait;
        const [a, b] = [sliced, whole].map(grid.gridOf);
        return [tasks, a.order.every((item, at) => item === b.order[at]) && a.start.every((from, at) => from === b.start[at])];
    }""")
    assert tasks >= 8 and same


def test_a_card_that_takes_too_long_is_left_alone(open_page, folder):
    page = open_page(folder, init=CARD)
    assert page.locator("#raster").is_hidden()
    page.evaluate("""async () => {
        const asked = Plotly.relayout;
        Plotly.relayout = (...all) => {
            const until = performance.now() + 100;
            while (performance.now() < until);
            return asked(...all);
        };
        for (let i = 0; i < 4; i++) {
            NM.get("view").panBy(3, 0);
            await new Promise(requestAnimationFrame);
        }
    }""")
    page.wait_for_selector("#raster:visible")
    assert page.locator("#map-note").is_hidden() and page.locator("#plot .gl-container canvas").count() == 0
