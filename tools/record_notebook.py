"""A picture of notebook 01 in JupyterLab, taken of what `make run` has executed.

`python tools/record_notebook.py` writes assets/notebook.png.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "notebook")]

from chromium import chromium  # noqa: E402
from jupyterlab_page import cell_with, jupyterlab, page_of  # noqa: E402

NAME = "01_autoencoder_training.ipynb"


def shoot(executed: Path, picture: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        (scratch / "notebooks").mkdir()
        notebook = scratch / "notebooks" / NAME
        shutil.copy(executed, notebook)
        # Without a word of trust, JupyterLab takes the style out of HTML outputs.
        subprocess.run([sys.executable, "-m", "jupyter", "trust", notebook], check=True, capture_output=True)
        size = {"width": 1180, "height": 1385}
        with jupyterlab(notebook, scratch) as address, chromium() as browser, page_of(browser, viewport=size) as page:
            page.goto(address)
            page.get_by_text("Rust (neural-manifold) | Idle").wait_for()
            page.locator(".jp-SideBar .lm-TabBar-tab.lm-mod-current").first.click()
            # From the reconstructions, over a grid of images, to a table.
            first = cell_with(page, "figures::reconstructions")
            first.locator(".js-plotly-plot .main-svg").first.wait_for()
            first.evaluate("cell => cell.scrollIntoView()")
            page.keyboard.press("Control+s")
            page.wait_for_timeout(2000)
            page.screenshot(path=picture)
    # Few colors are in it; a palette keeps the file small.
    Image.open(picture).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executed", type=Path, default=ROOT / "artifacts" / NAME)
    parser.add_argument("--assets", type=Path, default=ROOT / "assets")
    given = parser.parse_args()
    given.assets.mkdir(exist_ok=True)
    shoot(given.executed, given.assets / "notebook.png")


if __name__ == "__main__":
    main()
