"""What there is to see while the library is built: the page that a script of the set-up writes, without the library."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import PAGE
from explorer import hover, picture, shown_index

SCRIPT = Path(__file__).resolve().parents[2] / "setup" / "first_look.py"


def write_idx(path, values):
    head = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        file.write(head + values.tobytes())


def run(images, folder):
    environment = os.environ | {"NEURAL_MANIFOLD_DATA": str(images)}
    return subprocess.run([sys.executable, SCRIPT, folder], env=environment, capture_output=True, text=True, check=True)


@pytest.fixture
def bare(tmp_path):
    """The page as a checkout has it, and an empty folder beside it."""
    folder = tmp_path / "web-app"
    shutil.copytree(PAGE, folder, ignore=shutil.ignore_patterns("data.js", "data-rest-*.js", "plotly.min.js"))
    (tmp_path / "images").mkdir()
    return folder, tmp_path / "images"


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_the_images_are_on_a_map_of_their_pixels(bare, items, open_page, ending):
    folder, images = bare
    write_idx(images / f"t10k-images-idx3-ubyte{ending}", items.images)
    write_idx(images / f"t10k-labels-idx1-ubyte{ending}", items.labels.astype(np.uint8))
    assert f"{folder / 'index.html'} has the 2,000 test images" in run(images, folder).stdout

    page = open_page(folder)
    pixels = items.images.reshape(len(items.images), -1) / 255
    pixels -= pixels.mean(axis=0)
    left, sizes, _ = np.linalg.svd(pixels, full_matrices=False)
    for number in range(2):
        x, y = (np.array(page.evaluate(f"Array.from(NM.get('data').maps[{number}].{axis})")) for axis in "xy")
        for found, component in [(x, 2 * number), (y, 2 * number + 1)]:
            expected = left[:, component] * sizes[component]
            expected *= np.sign(expected @ found)
            np.testing.assert_allclose(found, expected, atol=2e-3 * np.ptp(expected))
    seen = set()
    for item in np.random.default_rng(3).permutation(2000)[:20]:
        hover(page, int(item))
        index = shown_index(page)
        seen.add(index)
        assert (picture(page) == items.images[index]).all()
        assert page.evaluate("(i) => NM.get('classes').of(i)", index) == items.labels[index]
    assert len(seen) > 10


def test_without_images_there_is_nothing_to_see(bare):
    folder, images = bare
    assert "downloads them" in run(images, folder).stdout
    assert not list(folder.glob("data.js*")) and not (folder / "plotly.min.js").exists()
