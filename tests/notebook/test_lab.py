"""Notebook 01 in the real thing: JupyterLab, driven by Chromium, from the first cell to the last figure."""

import re

import pytest
from jupyterlab_page import cell_with, choose, jupyterlab, page_of
from playwright.sync_api import expect

NOTEBOOK = "01_autoencoder_training.ipynb"


@pytest.fixture
def lab(workspace, monkeypatch):
    """JupyterLab's address for the notebook in the workspace."""
    # Enough images that an epoch takes seconds: time to interrupt a training.
    monkeypatch.setenv("NEURAL_MANIFOLD_IMAGES", "20000")
    with jupyterlab(workspace / "notebooks" / NOTEBOOK, workspace) as address:
        yield address


@pytest.fixture
def page(browser):
    with page_of(browser, viewport={"width": 1280, "height": 1000}) as page:
        yield page


def colors(page, element):
    """How many colors a screenshot of an element holds: one when nothing is drawn."""
    picture = element.screenshot()
    return page.evaluate(
        """async (bytes) => {
            const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
            const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
            context.drawImage(bitmap, 0, 0);
            return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
        }""",
        list(picture),
    )


def test_notebook_runs_is_interrupted_resumes_and_draws(lab, page, workspace):
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(lab)
    training = cell_with(page, "train(&")
    training.wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    # The indicator is idle before there is a kernel too; without one, Run All asks for a kernel and runs nothing.
    page.get_by_text("Rust (neural-manifold) | Idle").first.wait_for(timeout=60_000)
    # The menus act on the notebook only once it has the focus.
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()

    # A bar that moves, in one place; an interrupt after the first epoch returns the network as it is by then, and what
    # stood behind it in the queue is not run.
    choose(page, "Run", "Run All Cells")
    output = training.locator(".jp-OutputArea")
    bar = training.locator("[role=progressbar]")
    bar.wait_for(timeout=120_000)
    place = output.locator(".jp-OutputArea-child").first
    place.evaluate("node => node.isTheFirst = true")
    expect(output).to_contain_text(re.compile(r"epoch 1\s+loss [\d.]+\s+validation"), timeout=120_000)
    assert bar.count() == 1 and training.locator("svg[aria-label='loss by epoch']").count() == 1
    assert place.evaluate("node => node.isTheFirst"), "the display changes in its place"
    choose(page, "Kernel", "Interrupt Kernel")
    expect(output).to_contain_text("Interrupted; the variables are kept.", timeout=10_000)
    plot = training.locator(".js-plotly-plot")
    expect(plot).to_have_count(1)
    assert 0 < plot.locator(".scatterlayer .point").count() < 16
    assert cell_with(page, "trained.history").locator(".jp-OutputArea-output").count() == 0

    # The same cell again, alone: it goes on where the checkpoint stands.
    training.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    expect(plot.locator(".scatterlayer .point")).to_have_count(16, timeout=120_000)

    choose(page, "Run", "Run All Cells")
    last = page.locator(".jp-CodeCell").last
    expect(last.locator(".jp-OutputArea")).to_contain_text("all is well", timeout=240_000)
    failures = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
    assert failures.all_inner_texts() == []

    # Two curves of eight epochs, as points in the document.
    assert plot.locator(".scatterlayer .point").count() == 16
    # The map is drawn by WebGL: the classes' colors are on the screen.
    map_figure = cell_with(page, "umap.figure()").locator(".js-plotly-plot")
    map_figure.scroll_into_view_if_needed()
    map_figure.locator("canvas").first.wait_for()
    assert colors(page, map_figure) > 100
    # A data frame is an HTML table with a row for those left out.
    table = cell_with(page, "TableView::from_frame").locator("table")
    assert table.locator("tbody tr").count() == 10 and table.locator("th").count() == 5
    # Pictures are shown at twice their size.
    picture = cell_with(page, "fashion.test.first(20)").locator("img").first
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [56, 56]

    assert troubles == []
    assert (workspace / "web-app" / "data.js").stat().st_size > 1_000_000
