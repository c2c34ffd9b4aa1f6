"""The picture of the explorer below a cell: notebook 05 in JupyterLab, some words drawn around, and the next cell's table.

`python tools/record_cell.py` writes assets/explorer_in_a_cell.png; after `make tokens`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "notebook")]

from chromium import chromium  # noqa: E402
from jupyterlab_page import cell_with, choose, jupyterlab, page_of  # noqa: E402

NOTEBOOK = "05_any_embeddings.ipynb"
# The way of the lasso around its middle, in pixels.
LASSO = [(-80, 0), (-40, -60), (40, -70), (80, 0), (40, 70), (-50, 60), (-80, 0)]


def main():
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "notebooks").mkdir()
        shutil.copy(ROOT / "notebooks" / NOTEBOOK, place / "notebooks")
        (place / "data").mkdir()
        shutil.copy(ROOT / "data" / "tokens.parquet", place / "data")
        with jupyterlab(place / "notebooks" / NOTEBOOK, place) as address:
            record(address)


def record(address):
    with chromium() as browser, page_of(browser, viewport={"width": 1280, "height": 1060}) as page:
        page.goto(address)
        page.get_by_text("Rust (neural-manifold) | Idle").first.wait_for()
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
        choose(page, "Run", "Run All Cells")
        frame = page.frame_locator("iframe[title='neural-manifold']")
        frame.locator("#mode-lasso").wait_for(timeout=240_000)
        page.wait_for_timeout(4000)
        shows = cell_with(page, ".show()?")
        shows.scroll_into_view_if_needed()
        page.keyboard.press("Control+b")
        page.wait_for_timeout(1500)
        stage = frame.locator("#stage").bounding_box()
        draw_around(page, frame, (0.35 * stage["width"] + 80, 0.5 * stage["height"]))
        page.wait_for_timeout(500)
        cell_with(page, "shown.frame()?").locator(".jp-InputArea-editor").click()
        choose(page, "Run", "Run Selected Cell")
        page.wait_for_timeout(3000)
        shows.evaluate("node => node.scrollIntoView()")
        page.wait_for_timeout(1000)
        page.screenshot(path=ROOT / "assets" / "explorer_in_a_cell.png")


def draw_around(page, frame, middle, shoot=lambda: None):
    """Draws a lasso around a place of the stage of the page in a frame, and shoots after each of its corners."""
    frame.locator("#mode-lasso").click()
    stage = frame.locator("#stage").bounding_box()
    x, y = stage["x"] + middle[0], stage["y"] + middle[1]
    page.mouse.move(x + LASSO[0][0], y + LASSO[0][1])
    page.mouse.down()
    for dx, dy in LASSO[1:]:
        page.mouse.move(x + dx, y + dy, steps=4)
        shoot()
    page.mouse.up()


if __name__ == "__main__":
    main()
