"""Scores of placed rows: those that the library gives, of chosen rows and of all, whoever finds them."""

import json
import subprocess

import folder
import local_quality
import numpy as np
import probes
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tiles
from placing import PROGRAM, ended, placed_folder, repartitioned, start, whole

N, K = 3000, 15


def some_rows(ids, rng=None, fine=True):
    """Rows in clumps of eight columns, and a map that keeps a part of their order; coarse ones have many ties."""
    rng = rng or np.random.default_rng(5)
    n = len(ids)
    latent = rng.normal(size=(n, 8)) + 3 * rng.integers(0, 3, (n, 1))
    place = latent[:, :2] + 0.5 * rng.normal(size=(n, 2))
    latent, place = (values if fine else np.round(values) for values in (latent, place))
    latent, place = latent.astype(np.float32), place.astype(np.float32)
    lists = pa.FixedSizeListArray.from_arrays(latent.ravel(), 8).cast(pa.list_(pa.float32()))
    return {"id": ids, "latent": lists, "x": place[:, 0], "y": place[:, 1], "isolation": np.ones(n, np.float32)}


def ranks(values, numbers, at):
    """Each row's rank by its distance from the one at a place, of equal ones in the order of their numbers."""
    squared = ((values.astype(np.float64) - values[at].astype(np.float64)) ** 2).sum(1)
    squared[at] = -1
    ranked = np.empty(len(values), int)
    ranked[np.lexsort([numbers, squared])] = np.arange(len(values))
    return ranked


def expected(columns, rows):
    """The scores of some rows by their definition."""
    n, numbers = len(columns["id"]), np.asarray(columns["id"])
    high = np.array(columns["latent"].to_pylist(), np.float32)
    low = np.stack([columns["x"], columns["y"]], 1)
    sums = np.zeros(3)
    for row in rows:
        true, on_map = ranks(high, numbers, row), ranks(low, numbers, row)
        near_map, near_true = (of[(on >= 1) & (on <= K)] for of, on in ((true, on_map), (on_map, true)))
        sums += [(near_map - K).clip(0).sum(), (near_true - K).clip(0).sum(), (near_map <= K).sum()]
    worst = K * (2 * n - 3 * K - 1) / 2
    return [*(1 - sums[:2] / (len(rows) * worst)), sums[2] / (len(rows) * K)]


def found(said):
    return [said[name] for name in ("trustworthiness", "continuity", "recall")]


def test_of_all_rows_they_are_those_of_the_library(tmp_path):
    source = placed_folder(tmp_path / "placed", some_rows(np.arange(N)))
    said = local_quality.assess(source, n_probes=N)
    assert (said["rows"], said["probes"]) == (N, N)
    line = ["audit", source / "part-0.parquet", "--vector", "latent", "--metric", "euclidean", "--x", "x", "--y", "y"]
    done = subprocess.run([PROGRAM, "--quiet", "--json", *map(str, line)], capture_output=True, text=True, check=True)
    # The library ranks by distances of single precision, in which some are equal that are not.
    assert found(said) == pytest.approx(found(json.loads(done.stdout)), abs=1e-7)
    assert json.loads((source / probes.QUALITY).read_text()) == said


@pytest.mark.parametrize("fine", [True, False])
def test_of_some_rows_they_are_as_defined(tmp_path, fine):
    columns = some_rows(np.arange(N) * 3 - 500, fine=fine)
    source = placed_folder(tmp_path / "placed", columns)
    said = local_quality.assess(source, n_probes=200)
    rows = np.flatnonzero(tiles.hashes(columns["id"]) < (200 << 32) // N)
    assert said["probes"] == len(rows)
    assert abs(len(rows) - 200) < 5 * 200**0.5
    assert found(said) == pytest.approx(expected(columns, rows), abs=1e-12)
    # In another order and other parts: the same to the last digit.
    other = whole(repartitioned(source / "part-0.parquet", tmp_path / "other", 7), N)
    assert local_quality.assess(other, n_probes=200) == said


def test_rows_without_a_place_are_left_out_and_isolated_ones_counted(tmp_path):
    columns = some_rows(np.arange(N))
    source = placed_folder(tmp_path / "placed", columns)
    said = local_quality.assess(source, n_probes=100)
    nothing = {**columns, "id": np.arange(N, N + 50), "latent": pa.nulls(50, pa.list_(pa.float32()))}
    for name in ("x", "y", "isolation"):
        nothing[name] = pa.nulls(50, pa.float32())
    pq.write_table(pa.table(nothing), source / "part-1.parquet")
    whole(source, N + 50, isolated_rows=30)
    again = local_quality.assess(source, n_probes=100)
    assert again == {**said, "isolated_share": 0.01}


def test_what_has_no_scores_is_refused(tmp_path):
    def refused(name, ids, reason, **options):
        source = placed_folder(tmp_path / name, some_rows(ids))
        with pytest.raises(folder.FolderError, match=reason):
            local_quality.assess(source, **options)

    refused("few", np.arange(30), "30 rows have a place; 15 neighbors need more than 30")
    refused("twice", np.zeros(100, int), "the column 'id' has the same value twice")
    refused("absent", np.arange(100), "has no column 'key'; its columns are id, latent", id="key")
    refused("none", np.arange(100), "no row was chosen", n_probes=0)
    part = placed_folder(tmp_path / "part", some_rows(np.arange(100)))
    (part / "_SUCCESS").unlink()
    with pytest.raises(folder.FolderError, match="has no _SUCCESS"):
        local_quality.assess(part)


@pytest.mark.parametrize("kind", ["numbers", "texts"])
def test_spark_finds_the_same(request, tmp_path, kind):
    pytest.importorskip("pyspark", reason="make test-scale runs them")
    ids = np.arange(N) if kind == "numbers" else [f"row {number}" for number in range(N)]
    source = placed_folder(tmp_path / "placed", some_rows(ids, fine=False))
    said = local_quality.assess(source, n_probes=300)
    other = whole(repartitioned(source / "part-0.parquet", tmp_path / "other", 5), N)
    conf = ["spark.sql.files.openCostInBytes=128m", "spark.sql.shuffle.partitions=2"]
    line = ["quality", other, "--probes", 300]
    code, told, complaint = ended(start(request.getfixturevalue("master"), *line, conf=conf))
    assert code == 0, complaint[-2000:]
    assert json.loads(told) == said == json.loads((other / probes.QUALITY).read_text())
