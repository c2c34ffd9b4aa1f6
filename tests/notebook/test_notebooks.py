"""The notebooks as files, and from top to bottom on few images: every cell twice, as a reader does who changes something."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
ITEM = re.compile(r"^\s*(pub )?(fn|struct|enum|trait|impl|mod|macro_rules!)\b", re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stripped_and_plain(path):
    nb = nbformat.read(path, as_version=4)
    nbformat.validate(nb)
    assert nb.metadata.kernelspec.name == "neural_manifold"
    for cell in nb.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None, f"run `make clean-notebooks`:\n{cell.source}"
            # Items of a cell are compiled again with every later cell: they belong into the library.
            assert not ITEM.search(cell.source), cell.source


def show_in_browser(page):
    """The page's own tests, on the data.js that the notebook has just made."""
    shutil.copytree(REPOSITORY / "web-app", page, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data.js"))
    places = [os.environ.get("NEURAL_MANIFOLD_DATA"), REPOSITORY / "data", "/usr/share/datasets/fashion-mnist"]
    idx = next(Path(place) for place in places if place and (Path(place) / "t10k-images-idx3-ubyte.gz").exists())
    environment = {**os.environ, "NEURAL_MANIFOLD_PAGE": str(page), "NEURAL_MANIFOLD_IDX": str(idx)}
    command = [sys.executable, "-m", "pytest", "-q", REPOSITORY / "tests" / "page" / "test_export.py"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0 and "2 passed" in result.stdout, result.stdout + result.stderr


def kinds_shown(executed):
    """The MIME types of each value that a notebook shows."""
    shown = [set(output.data) for cell in executed.cells for output in cell.get("outputs", []) if "data" in output]
    # Text alone would be a value's Debug form: something in the cell kept it from being shown as meant.
    assert all("text/plain" in kinds and len(kinds) > 1 for kinds in shown)
    return shown


def test_notebooks_01_to_03_run_headless(run_notebook, workspace):
    result, executed = run_notebook("01_autoencoder_training.ipynb", twice=True)
    assert result.returncode == 0, result.stdout + result.stderr
    shown = kinds_shown(executed)
    assert sum("application/vnd.plotly.v1+json" in kinds for kinds in shown) == 2 * 6
    assert {"text/html", "image/png"} < set().union(*shown)
    assert (workspace / "artifacts" / "latents_test.parquet").stat().st_size > 1000 * 32 * 4
    assert '"points":1000' in (workspace / "web-app" / "data.js").read_text(encoding="utf-8")[:1000]

    show_in_browser(workspace / "web-app")
    # What notebook 01 saved is what the next two begin with.
    for name in ["02_map_quality.ipynb", "03_topology.ipynb"]:
        result, executed = run_notebook(name, twice=True)
        assert result.returncode == 0, result.stdout + result.stderr
        assert {"text/html", "application/vnd.plotly.v1+json"} < set().union(*kinds_shown(executed))


def test_notebook_04_runs_on_a_folder_of_images(run_notebook, workspace):
    result, _ = run_notebook("04_your_own_images.ipynb", twice=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (workspace / "artifacts" / "my_images" / "data.js").exists()


def test_notebook_05_goes_from_a_parquet_file_to_one_page(run_notebook, workspace, words):
    lay_down(words, workspace)
    result, executed = run_notebook("05_any_embeddings.ipynb", twice=True)
    assert result.returncode == 0, result.stdout + result.stderr
    shown = kinds_shown(executed)
    assert {"text/html", "application/vnd.plotly.v1+json"} < set().union(*shown)
    page = (workspace / "artifacts" / "words.html").read_text(encoding="utf-8")
    assert '"points":2000' in page and '"name":"token"' in page


def lay_down_placed(folder):
    """A folder as a job writes it that has placed 200 rows."""
    folder.mkdir(parents=True)
    rows = np.random.default_rng(1).normal(size=(200, 4)).astype(np.float32)
    columns = {"id": np.arange(200), "latent": list(rows), "x": rows[:, 0], "y": rows[:, 1]}
    columns |= {"isolation": np.ones(200, np.float32), "error": pa.nulls(200, pa.string())}
    pq.write_table(pa.table(columns), folder / "part-00000.parquet")
    told = {"bundle_sha256": "0123456789ab", "start": "", "rows": 200, "bad_rows": 0, "isolated_rows": 0}
    (folder / "_neural_manifold.json").write_text(json.dumps(told))
    (folder / "_SUCCESS").touch()


def test_notebook_06_finds_what_a_sample_has_missed(run_notebook, workspace):
    lay_down_placed(workspace / "artifacts" / "scale" / "placed")
    result, executed = run_notebook("06_beyond_one_machine.ipynb", twice=True)
    assert result.returncode == 0, result.stdout + result.stderr
    shown = kinds_shown(executed)
    assert sum("application/vnd.plotly.v1+json" in kinds for kinds in shown) == 2 * 5
    assert "200 rows, 0 bad, 0 isolated, on the map of 0123456789ab" in result.stdout
    assert {"text/html", "image/png"} < set().union(*shown)
    assert (workspace / "artifacts" / "beyond_one_machine" / "map.nm").stat().st_size > 0


def lay_down(words, workspace):
    """The word vectors where notebook 05 looks for them."""
    (workspace / "data").mkdir()
    shutil.copy(words, workspace / "data")


def test_the_html_of_a_notebook_has_live_figures_and_no_network(tmp_path):
    figure = {"data": [{"type": "scatter", "x": [1, 2], "y": [3, 4]}], "layout": {}}
    data = {"text/plain": "Figure", "application/vnd.plotly.v1+json": figure}
    cells = [nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data)]) for _ in range(2)]
    path = tmp_path / "executed.ipynb"
    # As JupyterLab saves them where it is told to keep the state of explorers below cells.
    models = {"explorer-1-0": {"model_name": "AnyModel", "model_module": "anywidget", "state": {}}}
    state = {"version_major": 2, "version_minor": 0, "state": models}
    widgets = {"application/vnd.jupyter.widget-state+json": state}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"widgets": widgets}), path)
    subprocess.run([sys.executable, NOTEBOOKS[0].parent / "to_html.py", path], check=True)
    html = path.with_suffix(".html").read_text(encoding="utf-8")
    assert html.count("Plotly.newPlot(") >= 2
    assert not re.search(r"<(script|link)[^>]+(src|href)=.http", html)
    # A script that is added by another one.
    assert "html-manager" not in html
