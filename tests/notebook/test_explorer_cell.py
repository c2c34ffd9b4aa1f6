"""The explorer below a cell of JupyterLab: drawn around with the mouse, read by the next cell, selected by a third."""

import nbformat
import pytest
from jupyterlab_page import cell_with, choose, jupyterlab, page_of
from playwright.sync_api import expect

CELLS = [
    """use neural_manifold::prelude::*;
let rows: Array2<f32> = Array2::from_shape_fn((200, 4), |(row, column)| ((row * (column + 2)) as f32 * 0.37).sin());
let labels: Labels = Labels::new((0..200).map(|row| row % 2).collect(), vec!["even".into(), "odd".into()])?;
let latents: Latents = Latents::new("waves", rows, Some(labels))?;
let map: Projection = project(&latents, PcaConfig)?;""",
    "let shown: Shown = Explorer::of(&latents)?.with_unscored_map(&map)?.show()?;",
    "shown.highlight(&[3, 5, 8])?;",
    """println!("chosen: {:?}", shown.selection()?);""",
    "TableView::from_frame(&shown.frame()?)?",
]


@pytest.fixture
def lab(workspace):
    path = workspace / "notebooks" / "cells.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {
        "name": "neural_manifold",
        "display_name": "Rust (neural-manifold)",
        "language": "rust",
    }
    nbformat.write(notebook, path)
    with jupyterlab(path, workspace) as address:
        yield address


def run(page, text):
    """Runs a cell alone, by the menu: the keys may belong to the frame. Returns what it shows."""
    cell = cell_with(page, text)
    cell.locator(".jp-InputArea-editor").click()
    choose(page, "Run", "Run Selected Cell")
    return cell.locator(".jp-OutputArea")


def test_a_selection_goes_both_ways_and_survives_a_reload(browser, lab, workspace):
    with page_of(browser, viewport={"width": 1400, "height": 1100}) as page:
        troubles = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.goto(lab)
        page.get_by_text("Rust (neural-manifold) | Idle").first.wait_for(timeout=60_000)
        choose(page, "Run", "Run All Cells")
        frame = page.frame_locator("iframe[title='neural-manifold']")
        # Selected by the third cell.
        expect(frame.locator("#selection-count")).to_have_text("3 items", timeout=120_000)
        expect(run(page, "shown.selection()?")).to_contain_text("chosen: [3, 5, 8]", timeout=60_000)

        # All of the map, drawn around with the mouse.
        cell_with(page, ".show()?").evaluate("cell => cell.scrollIntoView()")
        frame.locator("#mode-box").click()
        page.wait_for_timeout(500)
        place = frame.locator("#stage").bounding_box()
        page.mouse.move(place["x"] + 3, place["y"] + 3)
        page.mouse.down()
        page.mouse.move(place["x"] + place["width"] - 4, place["y"] + place["height"] - 4, steps=8)
        page.mouse.up()
        expect(frame.locator("#selection-count")).to_have_text("200 items", timeout=30_000)
        expect(run(page, "shown.selection()?")).to_contain_text("198, 199]", timeout=60_000)
        table = run(page, "shown.frame()?").locator("table")
        expect(table.locator("th").first).to_contain_text("row", timeout=60_000)

        # The picture that stands for it is out of sight as long as it lives, and nothing of the page is saved.
        still = cell_with(page, ".show()?").locator(".jp-RenderedImage")
        expect(still).to_be_hidden()
        choose(page, "File", "Save Notebook")
        page.wait_for_timeout(1000)
        assert (workspace / "notebooks" / "cells.ipynb").stat().st_size < 200_000

        page.reload()
        frame = page.frame_locator("iframe[title='neural-manifold']")
        expect(frame.locator("#selection-count")).to_have_text("200 items", timeout=60_000)
        assert troubles == []
