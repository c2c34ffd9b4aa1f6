"""Millions of points: a pixel is the stronger the more of them lie there, and has the mean of their colors."""

import numpy as np
import pytest
from conftest import copy_page
from make_fixture import make, statement

# 2,100,101 points in five spots of the map, 40 pixels apart: one alone; a thousand; a million, half of them red and half
# blue; a million that the filter leaves out; and a hundred in red on one spot with 99,000 that it leaves out.
DRAWN = """(ground) => {
    const canvas = document.createElement("canvas"), { CONTEXT } = NM.get("palette");
    const counts = [[1, 0], [1000, 0], [500000, 0], [500000, 1], [1000000, CONTEXT], [100, 0], [99000, CONTEXT]];
    const spots = [0, 1, 2, 2, 3, 4, 4];
    const points = counts.reduce((sum, [count]) => sum + count, 0);
    const [x, y, group] = [new Float64Array(points), new Float64Array(points).fill(1), new Uint8Array(points)];
    let at = 0;
    counts.forEach(([count, own], k) => {
        x.fill(spots[k] + 0.5, at, at + count);
        group.fill(own, at, at + count);
        at += count;
    });
    const frame = { x0: 0, x1: 5, y0: 0, y1: 2, width: 200, height: 80, left: 0, top: 0, ratio: 1, scaleX: 40, scaleY: 40 };
    NM.get("raster").draw(canvas, frame, { x, y }, { group, colors: ["#ff0000", "#0000ff"] }, SIZE, ground);
    return { points, drawn: canvas.dataset.drawn, pixels: [...canvas.getContext("2d").getImageData(0, 0, 200, 80).data] };
}"""


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    items = make(points=50, images=False, decoder=False, latents=False)
    return copy_page(tmp_path_factory.mktemp("shade") / "page", statement(items.document))


def drawn(page, size=2):
    found = page.evaluate(DRAWN.replace("SIZE", str(size)), "#ffffff")
    assert (found["points"], found["drawn"]) == (2_100_101, "all")
    return np.array(found["pixels"]).reshape(80, 200, 4)[..., :3].astype(float)


def test_crowded_pixels_are_stronger_and_mix_their_colors(open_page, few):
    pixels = drawn(open_page(few))
    alone, thousand, million, left_out, red_on_gray = (pixels[40, 20 + 40 * spot] for spot in range(5))
    assert (pixels[5, 5] == 255).all()  # the ground
    # Red takes away from green and blue alone: the more, the more points.
    assert alone[0] == thousand[0] == 255 and alone[1] == alone[2]
    assert 255 > alone[1] > thousand[1]
    # Half red, half blue: a purple of equal parts, nearly without the ground.
    assert million[0] == pytest.approx(million[2], abs=1) and million[1] < 20 and 120 < million[0] < 145
    # Gray, and red that a thousand times as many gray ones do not hide.
    assert left_out.max() - left_out.min() < 10 and left_out.max() < 240
    assert red_on_gray[0] > red_on_gray[1] + 40 and red_on_gray[0] > red_on_gray[2] + 40


def test_the_strength_grows_with_the_logarithm(open_page, few):
    """.85 of a color for a single point that no other is near, .95 at the most, evenly in between on a scale of logarithms."""
    pixels = drawn(open_page(few))
    most = 1_000_000
    floor = 0.85 / (1 + np.log10(most))
    for spot, count in [(0, 1), (1, 1000)]:
        strength = floor + (0.95 - floor) * np.log(count) / np.log(most)
        assert pixels[40, 20 + 40 * spot, 1] == pytest.approx(255 * (1 - strength), abs=1.5)


def test_larger_dots_cover_more(open_page, few):
    page = open_page(few)
    small, large = ((drawn(page, size)[:, :40].min(axis=2) < 255).sum() for size in (2, 8))
    assert 1 <= small <= 9 and 30 < large < 90
