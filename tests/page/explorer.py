"""What the tests do to the page and read from it: by pointer and by what is painted, not by the page's own functions."""

import io

import numpy as np
from PIL import Image


def place(page, item):
    """Where an item lies on the screen, in the window's pixels."""
    return page.evaluate(
        """(item) => {
            const store = NM.get('store'), data = NM.get('data'), view = NM.get('view');
            const map = data.maps[store.state.map];
            const [x, y] = view.toScreen(view.frame(), map.x[item], map.y[item]);
            const bounds = document.getElementById("stage").getBoundingClientRect();
            return [bounds.left + x, bounds.top + y];
        }""",
        item,
    )


def hover(page, item):
    page.mouse.move(*place(page, item))


def click(page, item, **options):
    x, y = place(page, item)
    page.mouse.move(x, y)
    page.mouse.click(x, y, **options)


def picture(page, name="image"):
    """The gray values that a canvas shows."""
    values = page.evaluate(
        """(name) => {
            const canvas = document.getElementById(name);
            return [canvas.width, ...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
        }""",
        name,
    )
    pixels = np.array(values[1:], dtype=np.uint8).reshape(values[0], values[0], 4)
    assert (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 0] == pixels[..., 2]).all()
    return pixels[..., 0]


def latent_numbers(page):
    """The focused item's vector, as its sliders say it."""
    return page.evaluate("Array.from(document.querySelectorAll('#heatmap .cell'), (cell) => Number(cell.ariaValueNow))")


def heat(page):
    """The picture of the vector, cut into its cells: [cells, height, width, 3] of one pixel of the page each."""
    box = page.locator("#heatmap").bounding_box()
    drawn = Image.open(io.BytesIO(page.locator("#heatmap").screenshot())).convert("RGB")
    drawn = np.asarray(drawn.resize((round(box["width"]), round(box["height"]))))
    cells = [cell.bounding_box() for cell in page.locator("#heatmap .cell").all()]
    corners = [(round(cell["x"] - box["x"]), round(cell["y"] - box["y"])) for cell in cells]
    width, height = int(cells[0]["width"]), int(cells[0]["height"])
    return np.stack([drawn[y : y + height, x : x + width] for x, y in corners])


def shown_index(page):
    said = page.locator("#item-class, #item-index").all_text_contents()  # without a class the number is the headline
    return next((int(text.split()[1]) for text in said if text.startswith("item ")), None)


def alone(items, name="umap", radius=3.0, scale=None, count=20, labels=None):
    """Items whose nearest neighbor on the map is far enough that a pointer on them can only mean them."""
    xy = items.maps[name]
    width = np.ptp(xy[:, 0])
    found = []
    for i in np.random.default_rng(1).permutation(len(xy)):
        if labels is not None and items.labels[i] not in labels:
            continue
        distance = np.hypot(*(xy - xy[i]).T)
        distance[i] = np.inf
        if distance.min() > radius / 700 * width:
            found.append(int(i))
            if len(found) == count:
                break
    assert found
    return found
