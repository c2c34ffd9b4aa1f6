"""Notebooks are executed in a copy of their folder: the data, models and page of the person who tests stay as they are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from proxied_kernel import started

REPOSITORY = Path(__file__).resolve().parents[2]
NOTEBOOKS = REPOSITORY / "notebooks"


@pytest.fixture(scope="session")
def words(tmp_path_factory):
    """The word vectors of notebook 05, fetched as `make tokens` does; skipped without a network, but not in CI."""
    path = tmp_path_factory.mktemp("words") / "tokens.parquet"
    command = [sys.executable, REPOSITORY / "tools" / "fetch_tokens.py", path, "2000"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0 and "CI" not in os.environ:
        pytest.skip(result.stderr.strip())
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A folder with notebooks/ in it, where `../artifacts` and `../web-app` come to lie; few images, for speed."""
    (tmp_path / "notebooks").mkdir()
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(notebook, tmp_path / "notebooks")
    shutil.copytree(NOTEBOOKS / "shapes", tmp_path / "notebooks" / "shapes")
    monkeypatch.setenv("NEURAL_MANIFOLD_IMAGES", "1000")
    if any((REPOSITORY / "data").glob("*-ubyte*")) and "NEURAL_MANIFOLD_DATA" not in os.environ:
        monkeypatch.setenv("NEURAL_MANIFOLD_DATA", str(REPOSITORY / "data"))
    return tmp_path


@pytest.fixture
def run_notebook(workspace):
    """Runs notebooks/run.py, as `make run` does, on a notebook of the workspace or on cells given as strings.

    Told so, it runs every cell twice in a row.
    """

    def run(notebook=None, cells=(), twice=False):
        path = workspace / "notebooks" / (notebook or "cells.ipynb")
        if notebook is None:
            nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
        if twice:
            nb = nbformat.read(path, as_version=4)
            again = [nbformat.from_dict({**cell, "id": f"{cell.id}-2"}) for cell in nb.cells]
            nb.cells = [cell for pair in zip(nb.cells, again, strict=True) for cell in pair]
            nbformat.write(nb, path)
        executed = workspace / "artifacts" / path.name
        command = [sys.executable, NOTEBOOKS / "run.py", path, "--output", executed, "--timeout", "600"]
        result = subprocess.run(command, capture_output=True, text=True)
        return result, nbformat.read(executed, as_version=4)

    return run


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A stand-in for the kernel behind the proxy, for the tests of one file."""
    with started(tmp_path_factory.mktemp("live")) as kernel:
        yield kernel


@pytest.fixture
def fresh(tmp_path):
    """The same for one test."""
    with started(tmp_path) as kernel:
        yield kernel
