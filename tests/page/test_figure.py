"""The map as a figure that is saved: what is drawn, what the caption says, and that hostile names stay text."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from conftest import copy_page
from make_fixture import make, statement
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


def saved(page, ending):
    with page.expect_download() as download:
        page.locator(f"#save-{ending}").click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def read(page):
    figure = ElementTree.fromstring(saved(page, "svg")[1])
    dots = {path.get("stroke"): path.get("d").count("h0") for path in figure.iter(f"{SVG}path")}
    return figure, dots, [text.text for text in figure.iter(f"{SVG}text")]


def test_the_svg_holds_each_point_the_legend_and_the_caption(page, items):
    _, dots, texts = read(page)
    assert sum(dots.values()) == items.document["points"]
    colors = page.evaluate("NM.get('palette').slotColors()")
    counts = np.bincount(items.labels)
    assert {colors[code]: count for code, count in enumerate(counts)} == dots
    names = page.evaluate("NM.get('color_modes').levels().names")
    assert set(names) <= set(texts)
    caption = " ".join(texts)
    shown = page.evaluate("(({ title, note, scores }) => ({ title, note, ...scores }))(NM.get('data').maps[0])")
    assert f"{shown['title']} of {items.document['points']:,} images" in caption and shown["note"] in caption
    for score in ("trustworthiness", "continuity", "recall"):
        assert f"{shown[score]:.3f}" in caption
    assert f"at {shown['k']} neighbors, of {shown['n']:,} images." in caption
    assert "A part of the map" not in caption


def test_a_part_of_the_map_and_a_filter_are_told(page, items):
    page.evaluate("NM.get('view').zoomIn(2)")
    page.locator("#legend-classes button").first.click()
    _, dots, texts = read(page)
    assert 0 < sum(dots.values()) < items.document["points"]
    assert page.evaluate("NM.get('palette').gray()") in dots
    caption = " ".join(texts)
    left = page.evaluate("NM.get('filter').count()")
    assert "A part of the map." in caption and f"The filter leaves {left:,};" in caption


def test_a_ramp_has_its_ends(page):
    mode = page.evaluate("NM.get('color_modes').offered().find((mode) => mode.value && !mode.words).key")
    page.select_option("#color", mode)
    figure, dots, texts = read(page)
    assert len(figure.findall(f".//{SVG}linearGradient")) == 1 and len(dots) > 3
    ends = page.evaluate("NM.get('color_modes').ends(NM.get('color_modes').current())")
    assert set(ends) <= set(texts)


def test_the_png_is_a_picture_of_it(page):
    name, content = saved(page, "png")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    figure, dots, _ = read(page)
    assert picture.size == (2 * int(figure.get("width")), 2 * int(figure.get("height")))
    assert name.endswith(".png") and re.fullmatch(r"[\w.-]+", name)
    # Dots are .85 opaque over the ground: their mixture is in the picture.
    pixels = {tuple(pixel) for pixel in np.asarray(picture).reshape(-1, 3)[::3].tolist()}
    ground = picture.getpixel((4, 4))
    for color in dots:
        mixed = [0.85 * int(color[at : at + 2], 16) + 0.15 * under for at, under in zip((1, 3, 5), ground, strict=True)]
        assert any(np.abs(np.array(pixel) - mixed).max() <= 2 for pixel in pixels), color


def test_of_millions_of_points_it_holds_a_picture(page, items):
    """As many as are here are many from now on."""
    page.evaluate("NM.get('shade').MANY = 100")
    figure, none, texts = read(page)
    (image,) = figure.iter(f"{SVG}image")
    assert not none and "T-shirt/top" in texts
    picture = Image.open(io.BytesIO(base64.b64decode(image.get("href").partition(",")[2]))).convert("RGB")
    assert picture.size == tuple(round(2 * float(image.get(side))) for side in ("width", "height"))
    pixels = np.asarray(picture).reshape(-1, 3)
    inked = (np.abs(pixels - pixels[0].astype(int)).max(axis=1) > 8).mean()
    assert 0.005 < inked < 0.5
    picture = Image.open(io.BytesIO(saved(page, "png")[1])).convert("RGB")
    left, top, width, height = (int(2 * float(image.get(part))) for part in ("x", "y", "width", "height"))
    box = np.asarray(picture.crop((left + 4, top + 4, left + width - 4, top + height - 4))).reshape(-1, 3)
    assert (np.abs(box - box[0].astype(int)).max(axis=1) > 8).mean() == pytest.approx(inked, rel=0.1)


def test_hostile_names_stay_text(open_page, tmp_path):
    items = make(points=60, classes=2, images=False, decoder=False)
    hostile = "</text><script>window.ran = 1</script>&amp;"
    items.document["title"] = hostile
    items.document["columns"][items.document["label"]]["levels"][0] = hostile
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    figure, _, texts = read(page)
    assert texts.count(hostile) >= 2 and not figure.findall(f".//{SVG}script")


@pytest.mark.parametrize("points", [1, 2])
def test_few_points_are_a_figure_too(open_page, tmp_path, points):
    items = make(points=points, classes=1, images=False, decoder=False)
    page = open_page(copy_page(tmp_path / "page", statement(items.document)))
    assert sum(read(page)[1].values()) == points
