"""A picture that is dropped on the page: how it is prepared by Pillow's measure, encoded by numpy's, placed by its neighbors."""

import base64
import io

import numpy as np
import pytest
from conftest import copy_page
from make_fixture import add_encoder, make, statement
from PIL import Image

DROP = """([name, type, text]) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.getElementById("stage").dispatchEvent(event);
    return event.defaultPrevented;
}"""
DROPPED = "() => { const { dropped } = NM.get('store').state; return [Array.from(dropped.planes), Array.from(dropped.vector)]; }"


def file_of(picture, kind="PNG"):
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def drop(page, data, name="mine.png", kind="image/png"):
    assert page.evaluate(DROP, [name, kind, base64.b64encode(data).decode()])
    page.wait_for_function("!document.getElementById('dropped').hidden")


def encoded(weights, planes):
    """The encoder in double precision; planes: [channels, side, side] of 0 to 255."""
    x = planes.astype(float) / 255
    for weight, bias in weights[:-1]:
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        x = np.maximum(np.einsum("iyxab,oiab->oyx", windows, weight.astype(float)) + bias[:, None, None], 0)
        c, h, w = x.shape
        x = x.reshape(c, h // 2, 2, w // 2, 2).max(axis=(2, 4))
    weight, bias = weights[-1]
    return weight.astype(float) @ x.ravel() + bias


@pytest.fixture(scope="module")
def networked(tmp_path_factory):
    items = make(points=600)
    items.weights = add_encoder(items.document)
    return items, copy_page(tmp_path_factory.mktemp("dropped") / "web-app", statement(items.document))


@pytest.fixture
def page(open_page, networked):
    return open_page(networked[1])


def test_a_picture_of_the_data_is_encoded_as_it_is(page, networked):
    items, _ = networked
    drop(page, file_of(Image.fromarray(items.images[7])))
    planes, vector = page.evaluate(DROPPED)
    assert planes == items.images[7].ravel().tolist()
    np.testing.assert_allclose(vector, encoded(items.weights, items.images[7][None]), atol=1e-4)


@pytest.mark.parametrize("size", [(90, 60), (41, 128), (20, 20)])
def test_other_sizes_are_made_small_in_gray_on_the_ground(page, networked, size):
    items, _ = networked
    noise = np.random.default_rng(3).integers(0, 256, (size[1] // 4 + 1, size[0] // 4 + 1, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    drop(page, file_of(picture))
    scale = 28 / max(size)
    small = picture.resize([int(length * scale + 0.5) for length in size], Image.Resampling.BILINEAR).convert("L")
    square = Image.new("L", (28, 28), 255)
    square.paste(small, ((28 - small.width) // 2, (28 - small.height) // 2))
    planes, vector = page.evaluate(DROPPED)
    assert np.abs(np.array(planes) - np.asarray(square, float).ravel()).max() <= 2  # Pillow rounds in between
    np.testing.assert_allclose(vector, encoded(items.weights, np.array(planes).reshape(1, 28, 28)), atol=1e-4)


def test_what_is_transparent_shows_the_ground(page):
    drop(page, file_of(Image.new("RGBA", (28, 28), (0, 0, 0, 0))))
    assert set(page.evaluate(DROPPED)[0]) == {255}


def test_it_lies_among_its_neighbors_and_is_removed(page, networked):
    items, _ = networked
    # A vector of the data: it lies at the weighted mean of the places of its nearest, itself the strongest.
    found = page.evaluate(
        """(vector) => {
            const place = NM.get("place"), around = place.around(vector);
            return { items: around.items, outside: around.outside, at: place.on(0, around) };
        }""",
        items.latents[11].tolist(),
    )
    nearest = np.argsort(((items.latents - items.latents[11]) ** 2).sum(axis=1), kind="stable")[:15]
    assert found["items"] == nearest.tolist() and 0.5 < found["outside"] < 1.3
    near = items.maps["umap"][nearest]
    assert (near.min(axis=0) <= found["at"]).all() and (found["at"] <= near.max(axis=0)).all()
    far = page.evaluate("(vector) => NM.get('place').around(vector).outside", (items.latents[11] + 40).tolist())
    assert far > 5
    drop(page, file_of(Image.fromarray(items.images[7])))
    assert page.locator("#dropped-neighbors button").count() == 10
    assert "the data:" in page.locator("#dropped-note").text_content()
    page.locator("#dropped-remove").click()
    assert page.locator("#dropped").is_hidden() and page.evaluate("NM.get('store').state.dropped") is None


def test_what_is_no_picture_is_said_in_one_sentence(page):
    drop(page, b"a,b\n1,2\n", "<b>table.csv", "text/csv")
    said = page.locator("#dropped-note").text_content()
    assert said == "<b>table.csv is no picture that this browser can read: drop a PNG, JPEG, WebP or GIF."
    assert page.locator("#dropped-some").is_hidden() and page.evaluate("NM.get('store').state.dropped") is None


def test_without_an_encoder_nothing_is_offered(open_page, folder):
    assert open_page(folder).locator("#drop-choose").is_hidden()


def test_the_button_is_the_way_for_the_keyboard(page, networked, tmp_path):
    path = tmp_path / "mine.png"
    path.write_bytes(file_of(Image.fromarray(networked[0].images[3])))
    # The system's own dialog is no part of the page: that it is asked for is enough.
    page.evaluate("document.getElementById('drop-file').click = () => { window.asked = true; }")
    page.locator("#drop-choose").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.asked")
    page.locator("#drop-file").set_input_files(path)
    page.wait_for_function("NM.get('store').state.dropped !== null")
    assert page.locator("#dropped-name").text_content() == "mine.png"


def test_an_encoder_that_does_not_fit_is_said(open_page, tmp_path):
    items = make(points=100)
    add_encoder(items.document)
    del items.document["encoder"]["layers"][1]  # no pooling: the sizes no longer fit
    page = open_page(copy_page(tmp_path / "page", statement(items.document)), ready=False)
    assert "of the encoder in data.js does not fit" in page.locator("#trouble-text").text_content()
