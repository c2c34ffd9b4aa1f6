"""Pictures of the page and a short moving one, taken from the exported page in web-app/.

`python tools/record_page.py` writes assets/explorer_light.png, explorer_dark.png, explorer_phone.png,
explorer_path.png and demo_interaction.gif.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "page"), str(ROOT / "tests")]

from chromium import chromium  # noqa: E402
from conftest import DESKTOP, PHONE  # noqa: E402
from film import Film  # noqa: E402

ARROW = """() => {
    const arrow = document.createElement("div");
    arrow.style.cssText = "position:fixed;z-index:999;pointer-events:none;width:0;height:0;left:-20px;top:-20px;" +
        "border:7px solid transparent;border-left:11px solid #111;border-top:0;filter:drop-shadow(0 0 1px #fff);transform:rotate(-18deg)";
    document.body.append(arrow);
    window.addEventListener("pointermove", (e) => { arrow.style.left = e.clientX + "px"; arrow.style.top = e.clientY + "px"; }, true);
}"""


class Recorder:
    """A page, and the film taken of it."""

    def __init__(self, browser, folder, **options):
        self.context = browser.new_context(offline=True, **options)
        self.context.set_default_timeout(120_000)
        self.page = self.context.new_page()
        self.page.goto((folder / "index.html").as_uri())
        self.page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
        self.page.wait_for_timeout(400)
        self.film = Film()

    def place(self, item):
        return self.page.evaluate(
            """(item) => { const view = NM.get("view"), m = NM.get("data").maps[NM.get("store").state.map];
                const [x, y] = view.toScreen(view.frame(), m.x[item], m.y[item]);
                const bounds = document.getElementById("stage").getBoundingClientRect();
                return [bounds.left + x, bounds.top + y]; }""",
            item,
        )

    def choose(self, label, nth=0):
        """An item of a class near the middle of where that class is densest."""
        return self.page.evaluate(
            """([label, nth]) => { const { maps: [m], points } = NM.get("data"), classes = NM.get("classes");
                const own = [...Array(points).keys()].filter((i) => classes.of(i) === label);
                const median = (v) => { const s = own.map((i) => v[i]).sort((a, b) => a - b); return s[s.length >> 1]; };
                const [x, y] = [median(m.x), median(m.y)];
                own.sort((a, b) => Math.hypot(m.x[a] - x, m.y[a] - y) - Math.hypot(m.x[b] - x, m.y[b] - y));
                return own[nth]; }""",
            [label, nth],
        )

    def shot(self, path):
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=path)

    def frame(self, hold=90):
        self.film.frame(self.page, hold)

    def travel(self, place, steps=6):
        x, y = place
        x0, y0 = getattr(self, "at", (x, y))
        for step in range(1, steps + 1):
            self.page.mouse.move(x0 + (x - x0) * step / steps, y0 + (y - y0) * step / steps)
            self.page.wait_for_timeout(60)
            self.frame()
        self.at = (x, y)


def stills(browser, folder, assets):
    for scheme in ("light", "dark"):
        desk = Recorder(browser, folder, viewport=DESKTOP, color_scheme=scheme)
        desk.page.mouse.move(*desk.place(desk.choose(3, 40)))
        desk.shot(assets / f"explorer_{scheme}.png")
        if scheme == "light":
            desk.page.mouse.click(*desk.place(desk.choose(5, 3)))
            desk.page.keyboard.down("Shift")
            desk.page.mouse.click(*desk.place(desk.choose(8, 3)))
            desk.page.keyboard.up("Shift")
            desk.page.wait_for_selector("#path-some:visible")
            desk.shot(assets / "explorer_path.png")
        desk.context.close()
    phone = Recorder(browser, folder, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    phone.page.touchscreen.tap(*phone.place(phone.choose(8, 2)))
    phone.shot(assets / "explorer_phone.png")
    phone.context.close()


def moving(browser, folder, assets):
    demo = Recorder(browser, folder, viewport=DESKTOP, color_scheme="light")
    page = demo.page
    page.evaluate(ARROW)
    demo.at = (700, 740)
    for label in (8, 4, 3, 1):  # hover from class to class
        demo.travel(demo.place(demo.choose(label, 20)))
        page.wait_for_timeout(150)
        demo.frame(500)
    page.keyboard.down("d")  # true distance
    page.wait_for_timeout(300)
    demo.frame(1300)
    page.keyboard.up("d")
    page.wait_for_timeout(200)
    page.mouse.click(*demo.at)  # a path
    demo.travel(demo.place(demo.choose(3, 5)))
    page.keyboard.down("Shift")
    page.mouse.click(*demo.at)
    page.keyboard.up("Shift")
    page.wait_for_selector("#path-some:visible")
    for way in range(0, 101, 12):
        page.locator("#way").fill(str(way))
        demo.frame(140)
    demo.frame(900)
    page.locator("#path-clear").click()
    page.keyboard.press("Escape")
    page.locator("#tab-item").click()
    demo.travel(demo.place(demo.choose(7, 10)))
    for _ in range(7):  # closer, until the dots become pictures
        page.mouse.wheel(0, -260)
        page.wait_for_timeout(200)
        demo.frame(130)
    demo.frame(1600)
    demo.film.save(assets / "demo_interaction.gif")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, default=ROOT / "web-app")
    parser.add_argument("--assets", type=Path, default=ROOT / "assets")
    given = parser.parse_args()
    given.assets.mkdir(exist_ok=True)
    with chromium() as browser:
        stills(browser, given.page.resolve(), given.assets)
        moving(browser, given.page.resolve(), given.assets)


if __name__ == "__main__":
    main()
