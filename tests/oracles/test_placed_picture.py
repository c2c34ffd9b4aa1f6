"""A picture that is dropped on a page: its latent vector and its place are those that the program gives it."""

import base64
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

MAPPED, DROPPED = 400, 12
# What the page finds for a file: a latent vector, the nearest items, a place on the map.
FIND = """async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const planes = await NM.get("encoder").pictureOf(new File([bytes], "one.png", { type: "image/png" }));
    const vector = NM.get("encoder").encode(planes);
    const around = NM.get("place").around(vector);
    return { vector: Array.from(vector), items: around.items, outside: around.outside, at: NM.get("place").on(0, around) };
}"""


def latents(path):
    return np.array(pq.read_table(path)["latent"].to_pylist(), dtype=float)


@pytest.fixture(scope="module")
def told(browser, emoji, run, place):
    """The files that are dropped, and all that the program and the page say of them."""
    folder = place / "dropped"
    names = sorted(path.name for path in emoji.glob("*.png"))
    chosen = np.random.default_rng(1).permutation(len(names))[: MAPPED + DROPPED]
    for part, numbers in (("mapped", chosen[:MAPPED]), ("new", chosen[MAPPED:])):
        (folder / part).mkdir(parents=True)
        for number in numbers:
            shutil.copy(emoji / names[number], folder / part)
    model, page = folder / "model.safetensors", folder / "page.html"
    run("train", folder / "mapped", "-o", model, "--epochs", "3")
    run("explore", folder / "mapped", "--model", model, "-o", page)
    run("map", folder / "mapped", "--model", model, "--with-vectors", "-o", folder / "map.parquet")
    for part in ("mapped", "new"):
        run("encode", model, folder / part, "-o", folder / f"{part}.parquet")
    run(
        "place",
        folder / "new.parquet",
        "--vector",
        "latent",
        "--onto",
        folder / "map.parquet",
        "-o",
        folder / "p.parquet",
    )
    files = sorted((folder / "new").glob("*.png"))
    shown = browser.new_page(offline=True)
    shown.goto(page.as_uri())
    shown.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    found = [shown.evaluate(FIND, base64.b64encode(file.read_bytes()).decode()) for file in files]
    shown.close()
    return folder, found


def test_its_latent_vector_is_the_encoders(told):
    folder, found = told
    # An emoji is of the network's own size: nothing is made smaller on the way.
    scale = latents(folder / "new.parquet").std()
    apart = np.array([one["vector"] for one in found]) - latents(folder / "new.parquet")
    assert np.abs(apart).max() < 1e-4 * max(scale, 1), (np.abs(apart).max(), scale)


def test_it_lies_where_the_program_places_it(told):
    folder, found = told
    mapped, new = latents(folder / "mapped.parquet"), latents(folder / "new.parquet")
    places, placed = (
        np.column_stack([table["x"], table["y"]])
        for table in (pq.read_table(folder / "map.parquet"), pq.read_table(folder / "p.parquet"))
    )
    for one, vector, wanted in zip(found, new, placed, strict=True):
        distances = np.linalg.norm(mapped - vector, axis=1)
        nearest = np.argsort(distances)[: len(one["items"])]
        assert len(set(one["items"]) & set(nearest.tolist())) >= len(nearest) - 1
        # Within the 30 places nearest to where the program puts it: the program moves on from where the page puts it.
        reach = np.sort(np.linalg.norm(places - wanted, axis=1))[30]
        assert np.linalg.norm(np.array(one["at"]) - wanted) <= reach
