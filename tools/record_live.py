"""A film of notebook 01 in JupyterLab: the loss falls, the map forms, and the page below a cell hands over what was drawn around.

`python tools/record_live.py` writes assets/notebook_live.gif.
"""

import argparse
import base64
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "notebook")]

from chromium import chromium  # noqa: E402
from film import Film  # noqa: E402
from jupyterlab_page import cell_with, choose, jupyterlab, page_of  # noqa: E402
from record_cell import draw_around  # noqa: E402

NOTEBOOK = "01_autoencoder_training.ipynb"
SIZE = {"width": 1100, "height": 780}

# The middle of a class on the map, in the pixels of the page's stage.
MIDDLE_OF = """(stage, name) => {
    const { NM } = stage.ownerDocument.defaultView;
    const [classes, view, { x, y }] = [NM.get("classes"), NM.get("view"), NM.get("data").maps[0]];
    const own = Array.from(x.keys()).filter((item) => classes.nameOf(item) === name);
    const middle = (values) => own.map((item) => values[item]).sort((a, b) => a - b)[own.length >> 1];
    return view.toScreen(view.frame(), middle(x), middle(y));
}"""


def at_top(cell):
    """Scrolls a cell to the upper edge, but for the line of prose above it."""
    cell.evaluate("node => (node.previousElementSibling ?? node).scrollIntoView()")


def running(cell):
    return cell.locator(".jp-InputPrompt").inner_text().strip() == "[*]:"


def watch(film, page, cell, every, hold):
    """Films a cell until it has ended; what takes a minute is gone through in seconds."""
    while running(cell):
        at_top(cell)  # outputs of cells above it come and push it down
        film.frame(page, hold)
        page.wait_for_timeout(every)
    page.wait_for_timeout(1000)
    at_top(cell)
    film.frame(page, 1500)


def watch_closely(film, page, cell, hold):
    """Films a cell that takes less than a second: screenshots would be too slow, so that the browser sends what it paints."""
    session = page.context.new_cdp_session(page)
    painted = []

    def keep(sent):
        painted.append(base64.b64decode(sent["data"]))
        session.send("Page.screencastFrameAck", {"sessionId": sent["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "png"})
    while running(cell):
        at_top(cell)
        page.wait_for_timeout(30)
    session.send("Page.stopScreencast")
    for content in painted:
        film.picture(content, hold)
    page.wait_for_timeout(1000)
    at_top(cell)
    film.frame(page, 1500)


def record(address, film):
    with chromium() as browser, page_of(browser, viewport=SIZE) as page:
        page.goto(address)
        page.get_by_text("Rust (neural-manifold) | Idle").first.wait_for()
        page.keyboard.press("Control+b")
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
        choose(page, "Run", "Run All Cells")
        trains = cell_with(page, "train(&fashion")
        at_top(trains)
        trains.locator(".jp-OutputArea-output").first.wait_for(timeout=240_000)
        watch(film, page, trains, every=2000, hold=120)
        maps = cell_with(page, "UmapConfig::default()")
        at_top(maps)
        maps.locator(".jp-OutputArea-output").first.wait_for(timeout=240_000)
        watch_closely(film, page, maps, hold=150)
        shows = cell_with(page, ".show()?")
        at_top(shows)
        frame = page.frame_locator("iframe[title='neural-manifold']")
        frame.locator("#mode-lasso").wait_for(timeout=240_000)
        page.wait_for_timeout(4000)
        film.frame(page, 1500)
        middle = frame.locator("#stage").evaluate(MIDDLE_OF, "Sneaker")
        draw_around(page, frame, middle, lambda: film.frame(page, 80))
        film.frame(page, 1500)
        asks = cell_with(page, "shown.frame()?")
        asks.locator(".jp-InputArea-editor").click()
        choose(page, "Run", "Run Selected Cell")
        page.wait_for_timeout(3000)
        asks.evaluate("node => node.scrollIntoView({ block: 'end' })")
        page.wait_for_timeout(500)
        film.frame(page, 4000)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=Path, default=ROOT / "assets")
    given = parser.parse_args()
    film = Film()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "notebooks").mkdir()
        (place / "web-app").mkdir()
        shutil.copy(ROOT / "notebooks" / NOTEBOOK, place / "notebooks")
        with jupyterlab(place / "notebooks" / NOTEBOOK, place) as address:
            record(address, film)
    film.save(given.assets / "notebook_live.gif")


if __name__ == "__main__":
    main()
