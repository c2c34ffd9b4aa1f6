"""The page of real pictures, as one file that stands alone, in a real browser without a network."""

import csv

import numpy as np
import pytest
from PIL import Image

NO_WEBGL = """() => {
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind.includes("webgl") ? null : original.call(this, kind, ...rest);
    };
}"""
# What the page shows of a point: the pixels of its picture, four bytes each, and what it calls the point.
SHOWN = """async (points) => {
    const pictures = NM.get("pictures");
    const sprite = (point) => new Promise((show) => {
        const ready = pictures.sprite(point, () => show(pictures.sprite(point)));
        if (ready) show(ready);
    });
    return Promise.all(points.map(async (point) => {
        const canvas = new OffscreenCanvas(pictures.side, pictures.side).getContext("2d");
        canvas.drawImage(await sprite(point), 0, 0);
        const { data } = canvas.getImageData(0, 0, pictures.side, pictures.side);
        return { name: NM.get("names").called(point), pixels: Array.from(data) };
    }));
}"""


@pytest.fixture(scope="session")
def page_file(emoji, run, place):
    path = place / "alone" / "emoji.html"
    path.parent.mkdir()
    assert run("explore", emoji, "-o", path, "--thumb", "64")["points"] == 1911
    return path


def test_the_page_of_emoji_is_small(emoji, run, tmp_path):
    path = tmp_path / "emoji.html"
    run("explore", emoji, "-o", path)
    assert path.stat().st_size <= 6e6


@pytest.mark.parametrize("webgl", [True, False])
def test_each_emoji_is_shown_with_its_own_picture(browser, emoji, page_file, webgl):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: request.url.startswith("http") and troubles.append(request.url))
    if not webgl:
        page.add_init_script(f"({NO_WEBGL})()")
    page.goto(page_file.as_uri())
    page.wait_for_function("performance.getEntriesByName('plotly-drawn').length > 0")
    assert page.locator("#map-note").is_visible() is not webgl
    points = sorted(np.random.default_rng(3).choice(1911, 200, replace=False).tolist())
    shown = page.evaluate(SHOWN, points)
    context.close()
    assert not troubles
    with (emoji / "metadata.csv").open(newline="") as file:
        names = [row["file_name"] for row in csv.DictReader(file)]
    truths, found = [], []
    for point, seen in zip(points, shown, strict=True):
        assert names[point] in seen["name"]
        picture = Image.open(emoji / names[point]).convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        truths.append(np.asarray(ground, dtype=np.float32)[..., :3].ravel())
        found.append(np.array(seen["pixels"], dtype=np.float32).reshape(64, 64, 4)[..., :3].ravel())
    # JPEG blurs edges of color, and nothing more; no picture is nearer to another's truth than to its own.
    levels = np.array([[np.abs(one - truth).mean() for truth in truths] for one in found])
    own = levels.diagonal()
    assert own.mean() < 4 and own.max() < 7, (own.mean(), names[points[own.argmax()]], own.max())
    assert (own <= levels.min(1)).all()
