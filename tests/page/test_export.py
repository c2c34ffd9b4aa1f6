"""The page on what the library itself exported, named by NEURAL_MANIFOLD_PAGE, beside the IDX files it was made from,
in the folder NEURAL_MANIFOLD_IDX. The tests of the notebooks call this with the export that notebook 01 has just made."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from explorer import hover, latent_numbers, picture, shown_index

pytestmark = pytest.mark.skipif("NEURAL_MANIFOLD_PAGE" not in os.environ, reason="no export of the library named")


@pytest.fixture
def exported(open_page):
    return open_page(Path(os.environ["NEURAL_MANIFOLD_PAGE"]).resolve())


def idx_images():
    raw = gzip.decompress((Path(os.environ["NEURAL_MANIFOLD_IDX"]) / "t10k-images-idx3-ubyte.gz").read_bytes())
    side = int.from_bytes(raw[8:12], "big")
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, side, side)


def test_each_point_shows_the_data_sets_own_bytes_and_its_latent(exported):
    images = idx_images()
    seen = set()
    for item in np.random.default_rng(2).permutation(exported.evaluate("NM.get('data').points"))[:40]:
        hover(exported, int(item))
        index = shown_index(exported)
        assert index is not None  # the item itself, or one that lies nearer to the whole pixel under the pointer
        seen.add(index)
        assert (picture(exported) == images[index]).all()
        latent = exported.evaluate("(i) => Array.from(NM.get('latents').of(i))", index)
        np.testing.assert_allclose(latent_numbers(exported), latent, atol=0.06)
    assert len(seen) > 20


def test_the_decoder_in_the_page_makes_the_error_that_the_model_made(exported):
    images = idx_images().astype(float) / 255
    for item in range(50):
        decoded = exported.evaluate("(i) => Array.from(NM.get('decoder').probabilities(NM.get('latents').of(i)))", item)
        p, t = np.clip(decoded, 1e-7, 1 - 1e-7), images[item].ravel()
        error = -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
        assert abs(error - exported.evaluate("(i) => NM.get('data').errors[i]", item)) < 5e-4
