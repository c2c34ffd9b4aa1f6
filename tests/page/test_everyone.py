"""No WebGL, touch, assistive technology, color-blind readers."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PAGE, PHONE
from explorer import alone, click, hover, picture, place, shown_index

NO_WEBGL = """
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return /webgl/.test(kind) ? null : original.call(this, kind, ...rest);
    };
"""

# Without a graphics card the page draws no points in WebGL: one that is told of and not there is as good for these tests.
CARD = """
    const asked = WebGLRenderingContext.prototype.getParameter;
    WebGLRenderingContext.prototype.getParameter = function (which) {
        return which === 0x9246 ? "A graphics card" : asked.call(this, which);
    };
"""

INK = """(item) => {
    const store = NM.get('store'), data = NM.get('data'), view = NM.get('view'), f = view.frame(), map = data.maps[store.state.map];
    const [x, y] = view.toScreen(f, map.x[item], map.y[item]);
    const canvas = document.getElementById("raster");
    return Array.from(canvas.getContext("2d").getImageData(Math.round((x - f.left) * f.ratio), Math.round((y - f.top) * f.ratio), 1, 1).data);
}"""


def works_on_a_plain_canvas(page, items):
    assert page.locator("#map-note").is_visible() and page.locator("#raster").is_visible()
    for item in alone(items, count=3):
        assert page.evaluate(INK, item)[:3] != [255, 255, 255]
        hover(page, item)
        assert shown_index(page) == items.index[item]
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(150)
    assert page.evaluate(INK, item)[:3] != [255, 255, 255]


def test_without_webgl(open_page, folder, items):
    works_on_a_plain_canvas(open_page(folder, init=NO_WEBGL), items)


def test_webgl_lost_in_the_middle_of_work(open_page, folder, items):
    page = open_page(folder, init=CARD)
    hover(page, 7)
    assert page.locator("#map-note").is_hidden() and page.locator("#raster").is_hidden()
    lost = page.evaluate(
        """() => [...document.querySelectorAll("#plot canvas")].filter((canvas) => {
            const gl = canvas.getContext("webgl");
            if (gl) gl.getExtension("WEBGL_lose_context").loseContext();
            return gl; }).length"""
    )
    assert lost > 0
    page.wait_for_selector("#map-note:visible")
    works_on_a_plain_canvas(page, items)


def test_a_tap_opens_the_sheet(open_page, folder, items):
    page = open_page(folder, viewport=PHONE, has_touch=True, is_mobile=True)
    item = alone(items, radius=12, count=1)[0]
    top = page.locator("#panel").bounding_box()["y"]
    page.touchscreen.tap(*place(page, item))
    assert shown_index(page) == items.index[item]
    page.wait_for_function(f"document.getElementById('panel').getBoundingClientRect().top < {top - 200}")
    assert (picture(page) == items.images[item]).all()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#sheet-toggle").tap()
    page.wait_for_function(f"document.getElementById('panel').getBoundingClientRect().top > {top - 5}")


def test_the_open_sheet_leaves_the_point_and_the_tools_in_view(open_page, folder, items):
    page = open_page(folder, viewport=PHONE, has_touch=True, is_mobile=True)
    lowest = sorted(alone(items, radius=12, count=12), key=lambda item: items.maps["umap"][item][1])[0]
    page.touchscreen.tap(*place(page, lowest))
    assert shown_index(page) == items.index[lowest]
    page.wait_for_function("document.body.classList.contains('sheet-open')")
    page.wait_for_timeout(600)
    top = page.locator("#panel").bounding_box()["y"]
    x, y = place(page, lowest)
    stage = page.locator("#stage").bounding_box()
    assert stage["y"] + stage["height"] <= top + 1
    assert stage["y"] + 20 < y < top - 20 and 20 < x < PHONE["width"] - 20
    tools = page.locator(".tools").bounding_box()
    assert tools["y"] + tools["height"] <= top
    page.locator("#sheet-toggle").tap()
    page.wait_for_function(f"document.getElementById('stage').clientHeight > {stage['height'] + 100}")


def test_the_click_of_a_tap_is_not_the_sheets(open_page, folder, items):
    """The sheet opens under the finger, and one of its tabs may come to lie there."""
    page = open_page(folder, viewport=PHONE, has_touch=True, is_mobile=True)
    page.evaluate("NM.get('store').set({ sheet: true })")
    tab = page.locator("#tab-selection").bounding_box()
    page.evaluate("NM.get('store').set({ sheet: false })")
    page.wait_for_function("document.getElementById('stage').clientHeight > 400")
    page.wait_for_timeout(300)
    item = alone(items, radius=12, count=1)[0]
    x, y = place(page, item)
    shift = [tab["x"] + tab["width"] / 2 - x, tab["y"] + tab["height"] / 2 - y]
    page.evaluate("([dx, dy]) => NM.get('view').panBy(dx, dy)", shift)
    page.touchscreen.tap(*place(page, item))
    page.wait_for_function("document.body.classList.contains('sheet-open')")
    page.wait_for_timeout(400)
    assert shown_index(page) == items.index[item]
    assert page.locator("#tab-item").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("font", ["Inter, sans-serif", "DejaVu Sans Mono, monospace"])
def test_no_line_is_wider_than_the_panel(page, items, font):
    click(page, alone(items, count=1)[0])
    page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
    page.evaluate("(font) => document.documentElement.style.setProperty('--font', font)", font)
    for part in ("panes", "pane-item"):
        assert page.evaluate(
            f"document.getElementById('{part}').scrollWidth <= document.getElementById('{part}').clientWidth"
        )
    page.evaluate("document.documentElement.style.removeProperty('--font')")


def test_two_fingers_zoom_between_them(open_page, folder, items):
    page = open_page(folder, viewport=PHONE, has_touch=True, is_mobile=True)
    session = page.context.new_cdp_session(page)
    stage = page.locator("#stage").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    width = page.evaluate("NM.get('store').state.view.x1 - NM.get('store').state.view.x0")

    def touch(kind, gap):
        points = [] if gap is None else [{"x": x - gap, "y": y, "id": 1}, {"x": x + gap, "y": y, "id": 2}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 40)
    for gap in (50, 60, 70, 80):
        touch("touchMove", gap)
    touch("touchEnd", None)
    after = page.evaluate("NM.get('store').state.view.x1 - NM.get('store').state.view.x0")
    assert after == pytest.approx(width / 2, rel=0.05)
    assert shown_index(page) is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, items, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
    a, b = alone(items, count=2)
    click(page, a)
    page.wait_for_function("document.getElementById('neighbors').childElementCount > 0")
    check(page, "item")
    page.keyboard.down("Shift")
    click(page, b)
    page.keyboard.up("Shift")
    check(page, "path")
    page.locator("#tab-selection").click()
    page.locator("#select-view").click()
    check(page, "selection")
    page.locator("#tab-classes").click()
    page.wait_for_selector("#matrix:visible", timeout=60000)
    check(page, "transitions")


def check(page, part):
    found = Axe().run(page)
    assert found.violations_count == 0, f"{part}: {found.generate_report()}"


def test_keyboard_alone_reaches_every_control(page):
    page.locator("body").focus()
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.id || document.activeElement.className || document.activeElement.textContent"
            )
        )
    wanted = {
        "stage",
        "theme",
        "color",
        "jump-to",
        "jump-index",
        "zoom-in",
        "zoom-reset",
        "mode-lasso",
        "layer-density",
        "distance",
        "tab-item",
        "cell",
    }
    assert wanted <= {name for key in reached for name in [key, *key.split()]}


def test_every_visible_control_is_named(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input")]
            .filter((n) => n.offsetParent && !(n.textContent.trim() || n.getAttribute("aria-label") || (n.labels && n.labels.length)))
            .map((n) => n.id)"""
    )
    assert unnamed == []


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def oklab(linear):
    lms = np.clip(linear, 0, 1) @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(lms) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_colors_of_twelve_classes_stay_apart(theme, blindness):
    """0.08 in OKLab is about four times the smallest difference that is seen side by side."""
    source = (PAGE / "js" / "map" / "palette.js").read_text()
    listed = re.search(rf"CLASSES = {{.*?{theme}: \[(.*?)\]", source, re.S).group(1)
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (0, 2, 4)] for c in re.findall(r"#(\w{6})", listed)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab = oklab(linear @ BLINDNESS[blindness].T)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2) + 9 * np.eye(len(lab))
    assert len(lab) == 12 and apart.min() > 0.08
    if theme == "dark":
        ground = np.array([0x16, 0x18, 0x1D]) / 255 / 12.92  # all below the bend of the curve, nearly
        light = linear @ [0.2126, 0.7152, 0.0722]
        assert ((light + 0.05) / (ground @ [0.2126, 0.7152, 0.0722] + 0.05)).min() > 3


def test_the_notebooks_figures_have_the_same_class_colors():
    script = (PAGE / "js" / "map" / "palette.js").read_text()
    page = re.search(r"CLASSES = {.*?light: \[(.*?)\]", script, re.S).group(1)
    library = (PAGE.parent / "src" / "math" / "palette.rs").read_text().split("];")[0]
    assert re.findall(r"#\w{6}", page) == re.findall(r"#\w{6}", library)
