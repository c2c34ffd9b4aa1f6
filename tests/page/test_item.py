"""The panel's later parts: the decoded image, the neighbors, and the heat map as an instrument."""

import numpy as np
import pytest
from explorer import alone, click, heat, hover, latent_numbers, picture
from make_fixture import pack
from reference import decode
from test_everyone import CARD


def nearest(points, item, k=10):
    distance = ((points - points[item]) ** 2).sum(axis=1)
    distance[item] = np.inf
    return list(np.lexsort((np.arange(len(distance)), distance))[:k])


def test_the_decoder_agrees_with_a_reference_in_numpy(page, items):
    for item in range(50):
        got = np.array(
            page.evaluate("(i) => Array.from(NM.get('decoder').probabilities(NM.get('latents').of(i)))", item)
        )
        expected = decode(items.document, items.latents[item])
        np.testing.assert_allclose(got.reshape(expected.shape), expected, atol=1e-4)


DECODE_WITH = """({ layers, weights, latent }) => {
    const data = NM.get('data');
    const own = { decoder: data.decoder, weights: data.weights };
    data.decoder = { layers };
    data.weights = Object.fromEntries(Object.entries(weights).map(([k, v]) => [k, Float32Array.from(v)]));
    const image = Array.from(NM.get('decoder').probabilities(latent));
    Object.assign(data, own);
    return image;
}"""


@pytest.mark.parametrize("kernel,stride,padding", [(3, 2, 1), (4, 2, 1), (2, 2, 0), (5, 1, 2)])
def test_every_convolution_agrees(page, kernel, stride, padding):
    """Sizes that the shared page's decoder does not have."""
    rng = np.random.default_rng(kernel)
    side = (5 - 1) * stride - 2 * padding + kernel
    shapes = {
        "w": (50, 6),
        "b": (50,),
        "tw": (2, 3, kernel, kernel),
        "tb": (3,),
        "cw": (1, 3, kernel, kernel),
        "cb": (1,),
    }
    weights = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}
    layers = [
        {"kind": "linear", "in": 6, "out": 50, "weight": "w", "bias": "b", "activation": "none"},
        {"kind": "reshape", "shape": [2, 5, 5]},
        {
            "kind": "conv_transpose2d",
            "in": 2,
            "out": 3,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "weight": "tw",
            "bias": "tb",
            "activation": "relu",
        },
        {
            "kind": "conv2d",
            "in": 3,
            "out": 1,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "weight": "cw",
            "bias": "cb",
            "activation": "sigmoid",
        },
    ]
    latent = rng.normal(0, 1, 6)
    got = page.evaluate(
        DECODE_WITH,
        {
            "layers": layers,
            "latent": latent.tolist(),
            "weights": {name: w.ravel().tolist() for name, w in weights.items()},
        },
    )
    fields = {name: pack(w, "f32") for name, w in weights.items()}
    out = (side + 2 * padding - kernel) // stride + 1
    expected = decode({"decoder": {"layers": layers}, "fields": fields, "side": out}, latent)
    np.testing.assert_allclose(np.reshape(got, expected.shape), expected, atol=1e-5)


def test_reconstruction_and_error_of_the_item_under_the_pointer(page, items):
    for item in alone(items, count=3):
        hover(page, item)
        page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
        expected = np.rint(255 * decode(items.document, items.latents[item]))
        assert np.abs(picture(page, "decoded").astype(int) - expected).max() <= 1
        assert "percentile" in page.locator("#error").text_content()


def test_neighbors_kept_torn_and_false(page, items):
    for item in alone(items, count=4):
        click(page, item)
        page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
        latent, shown = nearest(items.latents, item), nearest(items.maps["umap"], item)
        expected = (
            [("kept", i) for i in latent if i in shown]
            + [("torn", i) for i in latent if i not in shown]
            + [("false", i) for i in shown if i not in latent]
        )
        thumbs = page.locator("#neighbors button").all()
        assert [t.get_attribute("class").split()[1] for t in thumbs] == [kind for kind, _ in expected]
        assert [int(t.get_attribute("title").split()[-1]) for t in thumbs] == [items.index[i] for _, i in expected]
        kept = sum(kind == "kept" for kind, _ in expected)
        assert page.locator("#kept").text_content().startswith(f"{kept} of 10 kept")
        page.keyboard.press("Escape")


def test_each_cell_has_the_color_of_its_number_and_the_number_in_its_middle(page, items):
    empty = heat(page)
    assert (empty == empty[0, 15, 3]).mean() > 0.9  # nothing but edges
    for item in alone(items, count=3):
        click(page, item)
        cells, numbers = heat(page).astype(int), items.latents[item]
        grounds = cells[:, 15, 3]
        warmth = (grounds[:, 0] - grounds[:, 2])[np.argsort(numbers)]
        assert (np.diff(warmth) >= -3).all() or (np.diff(warmth) <= 3).all()
        assert np.ptp(warmth) > 60
        inked = (np.abs(cells - grounds[:, None, None]).sum(axis=-1) > 120)[:, 6:24, 3:-3]
        middle = inked.shape[2] / 2
        for cell, number in zip(inked, numbers, strict=True):
            columns = np.flatnonzero(cell.any(axis=0))
            assert len(columns) > 0 and abs(columns.mean() - middle) < 4, number
        page.keyboard.press("Escape")


def test_a_click_on_a_cell_colors_the_map_by_it(page, items):
    cell = page.locator("#heatmap .cell").nth(4)
    cell.click()
    assert page.locator("#color").input_value() == "latent:4"
    assert page.locator("#ramp").is_visible()
    cell.click()
    assert page.locator("#color").input_value() == "class"


def test_dragging_a_cell_changes_the_decoded_image_and_reset_undoes_it(page, items):
    item = alone(items, count=1)[0]
    click(page, item)
    page.wait_for_function("!document.getElementById('details').classList.contains('pending')")
    before = picture(page, "decoded")
    box = page.locator("#heatmap .cell").nth(2).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 15, steps=3)
    page.mouse.up()
    changed = latent_numbers(page)
    assert changed[2] > items.latents[item][2] + 0.2
    np.testing.assert_allclose(np.delete(changed, 2), np.delete(items.latents[item], 2), atol=0.0051)
    assert (picture(page, "decoded") != before).any()
    assert page.locator("#color").input_value() == "class"
    assert (picture(page) == items.images[item]).all()
    page.locator("#latent-reset").click()
    np.testing.assert_allclose(latent_numbers(page), items.latents[item], atol=0.0051)
    assert (picture(page, "decoded") == before).all()


def test_the_heat_map_by_keyboard(page, items):
    item = alone(items, count=1)[0]
    click(page, item)
    page.locator("#heatmap .cell").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert latent_numbers(page)[1] > items.latents[item][1] + 0.05
    page.keyboard.press("Enter")
    assert page.locator("#color").input_value() == "latent:1"


def test_true_distance_while_d_is_held(open_page, folder, items):
    page = open_page(folder, init=CARD)
    item = alone(items, count=1)[0]
    hover(page, item)
    assert page.locator("#raster").is_hidden()
    page.keyboard.down("d")
    page.wait_for_selector("#raster:visible")
    ink = page.evaluate(
        """(item) => {
            const data = NM.get('data'), view = NM.get('view'), f = view.frame(), canvas = document.getElementById("raster");
            const map = data.maps[0], context = canvas.getContext("2d");
            const at = (i) => { const [x, y] = view.toScreen(f, map.x[i], map.y[i]);
                return context.getImageData(Math.round((x - f.left) * f.ratio), Math.round((y - f.top) * f.ratio), 1, 1).data[0]; };
            const d = NM.get('neighbors').distancesFrom(NM.get('latents').of(item));
            let far = 0; for (let i = 0; i < d.length; i++) if (d[i] > d[far]) far = i;
            return [at(item), at(far)];
        }""",
        item,
    )
    assert ink[0] < ink[1]  # near is dark, far is pale
    page.keyboard.up("d")
    page.wait_for_selector("#raster", state="hidden")
