"""Tiles: they count every row with a place, keep the rows that they say, and are the same bytes whoever makes them."""

import base64
import gzip
import json
import math
import subprocess
import sys

import local_tiles
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import tiles
from placing import ENVIRONMENT, REPOSITORY, ended, placed_folder, repartitioned, start, whole

N = 60_000
NAMES = ["coat", "bag", "boot", None, *(f"rare {number}" for number in range(14))]


def some_rows(ids):
    """Rows in clumps, one of them so dense that tiles of the deepest level are full; some have no place."""
    rng = np.random.default_rng(3)
    clump = rng.integers(0, 12, N)
    width = np.where(clump == 0, 0.02, 1.5)
    x, y = (rng.normal(0, 6, 12)[clump] + width * rng.normal(size=N) for _ in "xy")
    isolation = rng.exponential(1.0, N)
    isolation[:3] = [np.nan, np.inf, 0.0]
    bad = rng.random(N) < 0.001
    return {
        "id": pa.array(ids),
        "label": pa.array([NAMES[at] for at in np.where(rng.random(N) < 0.1, rng.integers(0, 18, N), clump % 4)]),
        **{
            name: pa.array(values.astype(np.float32), mask=bad)
            for name, values in (("x", x), ("y", y), ("isolation", isolation))
        },
    }


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    return placed_folder(tmp_path_factory.mktemp("source") / "placed", some_rows(np.arange(N) * 7 - 50_000))


@pytest.fixture(scope="session")
def by_texts(tmp_path_factory):
    ids = [f"Größe {number}" for number in range(N)]
    return placed_folder(tmp_path_factory.mktemp("source") / "placed", some_rows(ids))


@pytest.fixture(scope="session")
def made(source, tmp_path_factory):
    target = tmp_path_factory.mktemp("tiles")
    local_tiles.make(source, target, label="label")
    return target


def statement(path):
    return json.loads(path.read_text().split("=", 1)[1].rstrip(";\n"))


def read(target, level, number):
    """What a tile's script holds, as a reader of its own takes it apart."""
    x, y = number % 2**level, number // 2**level
    said = statement(target / "tiles" / f"{level}-{x}-{y}.js")
    data = gzip.decompress(base64.b64decode(said["data"]))
    found, at = {"rows": said["rows"]}, 0
    for name, kind, n in (
        ("counts", "<u4", "cells"), ("cell", "<u2", "cells"), ("x", "<u2", "points"), ("y", "<u2", "points"),
        ("class", "u1", "cells"), ("isolation", "u1", "cells"), ("of", "u1", "points"), ("alone", "u1", "points"),
    ):  # fmt: skip
        found[name] = np.frombuffer(data, kind, said[n], at)
        at += found[name].nbytes
    found["ids"] = json.loads(data[at:])
    return found


def listed(said):
    """(level, tile, rows) of all tiles that data.js names."""
    return [
        (level, *pair) for level, flat in enumerate(said["tiles"]) for pair in zip(flat[::2], flat[1::2], strict=True)
    ]


def placed(source):
    """The rows that have a place: x, y, isolation (NaN where it is missing) and id as numbers, label as a list."""
    table = ds.dataset(source, format="parquet").to_table()
    table = table.filter(pc.is_valid(table["x"]))
    numbers = {name: table[name].to_numpy().astype(float) for name in ("x", "y", "isolation", "id")}
    return {**numbers, "label": table["label"].to_pylist()}


def test_the_root_counts_every_row_with_a_place_in_its_cell_and_class(source, made):
    rows = placed(source)
    said, root = statement(made / "tiles/data.js"), read(made, 0, 0)
    assert said["rows"] == root["rows"] == root["counts"].sum() == len(rows["x"])
    assert said["unplaced"] == N - len(rows["x"]) > 0
    names = [entry.get("name") for entry in said["classes"]]
    assert len(names) == 14 and names[:12] == sorted(names[:12]) and said["classes"][12]["other"] == 17 - 12
    code = np.array([13 if name is None else names.index(name) if name in names else 12 for name in rows["label"]])
    assert [entry["rows"] for entry in said["classes"]] == np.bincount(code).tolist()
    left, low, side = said["extent"]
    edges = [np.linspace(start, start + side, 257) for start in (low, left)]
    for klass in range(14):
        of = code == klass
        expected, _, _ = np.histogram2d(rows["y"][of], rows["x"][of], edges)
        found = np.zeros(256 * 256)
        at = root["class"] == klass
        found[root["cell"][at]] = root["counts"][at]
        # An edge of numpy's is rounded otherwise: a row on it may be next door.
        assert np.abs(found - expected.ravel()).sum() <= 4


def test_a_cell_has_the_mean_isolation_of_its_rows(source, made):
    rows = placed(source)
    said, root = statement(made / "tiles/data.js"), read(made, 0, 0)
    left, low, side = said["extent"]
    across, up = (np.minimum((rows[name] - start) // (side / 256), 255) for name, start in (("x", left), ("y", low)))
    cells, of, rows_of = np.unique((up * 256 + across).astype(int), return_inverse=True, return_counts=True)
    isolation = np.minimum(np.nan_to_num(rows["isolation"], nan=255 / 32), 255 / 32)
    expected = np.bincount(of, isolation) / rows_of
    weighed = np.bincount(root["cell"], root["counts"] * root["isolation"].astype(float), 256 * 256)
    counts = np.bincount(root["cell"], root["counts"], 256 * 256)
    found = weighed[cells] / counts[cells] / said["isolation_steps"]
    # A row loses half a step when it is cut to whole steps, a mean at most another half.
    assert len(expected) > 1000
    assert abs(np.median(found - expected) + 0.5 / 32) < 0.3 / 32


def test_the_square_and_the_steps_of_isolation():
    assert tiles.square(0.0, 4.0, 1.0, 2.0) == (0.0, -0.5, 4.0)
    assert tiles.square(1.0, 2.0, 0.0, 4.0) == (-0.5, 0.0, 4.0)
    assert tiles.square(1.0, 1.0, 2.0, 2.0) == (0.5, 1.5, 1.0)
    given = np.array([0.0, 1.0, 1.99, 7.95, 7.97, 300.0, np.inf, np.nan, -1.0])
    assert tiles.isolation_steps(given).tolist() == [0, 32, 63, 254, 255, 255, 255, 255, 0]


def test_a_tile_is_the_sum_of_those_below_and_the_smallest_hold_all_rows(made):
    said = statement(made / "tiles/data.js")
    tree = {(level, tile): rows for level, tile, rows in listed(said)}
    assert len(tree) == len(list((made / "tiles").glob("*.js"))) - 1
    total = 0
    for (level, tile), rows in tree.items():
        found = read(made, level, tile)
        assert rows == found["rows"] == found["counts"].sum()
        size = 2**level
        below = [
            (level + 1, (2 * (tile // size) + up) * 2 * size + 2 * (tile % size) + right)
            for up in (0, 1) for right in (0, 1)
        ]  # fmt: skip
        below = [name for name in below if name in tree]
        assert bool(below) == (rows > tiles.KEPT and level < tiles.DEEPEST)
        if below:
            assert sum(tree[name] for name in below) == rows
            under = [read(made, *name) for name in below]
            assert set(found["ids"]) <= set().union(*(part["ids"] for part in under))
        elif level < tiles.DEEPEST:
            assert len(found["ids"]) == rows
            total += rows
        if rows > tiles.KEPT:
            assert abs(len(found["ids"]) - tiles.KEPT) < 5 * math.sqrt(tiles.KEPT)
    assert total < said["rows"]  # the densest clump goes on to the deepest level


def test_the_highest_count_of_each_level_is_of_all_rows(source, made):
    rows = placed(source)
    left, low, side = statement(made / "tiles/data.js")["extent"]
    for level, peak in enumerate(statement(made / "tiles/data.js")["peaks"]):
        unit = side / 2 ** (8 + level)
        cells = np.stack([(rows["y"] - low) // unit, (rows["x"] - left) // unit])
        assert peak == np.unique(cells, axis=1, return_counts=True)[1].max()


def test_a_point_lies_where_its_row_does(source, made):
    rows = placed(source)
    row_of = {int(id): row for row, id in enumerate(rows["id"])}
    said = statement(made / "tiles/data.js")
    left, low, side = said["extent"]
    for level, tile, _ in listed(said)[::9]:
        found, unit = read(made, level, tile), side / 2**level
        of = [row_of[int(name)] for name in found["ids"]]
        x = left + (tile % 2**level + found["x"] / 2**16) * unit
        y = low + (tile // 2**level + found["y"] / 2**16) * unit
        assert np.abs(x - rows["x"][of]).max() <= unit / 2**15 and np.abs(y - rows["y"][of]).max() <= unit / 2**15
        known = np.floor(rows["isolation"][of] * said["isolation_steps"])
        assert (found["alone"] == np.where(known < 255, known, 255)).all()


def texts_of(target):
    return {path.name: path.read_bytes() for path in (target / "tiles").iterdir()}


@pytest.mark.parametrize(("kind", "parts"), [("source", 3), ("source", 12), ("by_texts", 5)])
def test_spark_makes_the_same_bytes(request, kind, parts, tmp_path):
    pytest.importorskip("pyspark", reason="make test-scale runs it")
    source, master = request.getfixturevalue(kind), request.getfixturevalue("master")
    alone = tmp_path / "alone"
    local_tiles.make(source, alone, label="label")
    parted = whole(repartitioned(source, tmp_path / "in", parts), N)
    code, said, complaint = ended(start(master, "tiles", parted, tmp_path / "out", "--label", "label"))
    assert code == 0, complaint[-2000:]
    assert f"in {len(texts_of(alone)) - 1} tiles" in said
    assert texts_of(tmp_path / "out") == texts_of(alone)


def by_command(*words):
    line = [sys.executable, REPOSITORY / "scale/local_tiles.py", *map(str, words)]
    return subprocess.run(line, env=ENVIRONMENT, capture_output=True, text=True)


def test_what_cannot_become_tiles_is_told_in_one_sentence(source, tmp_path):
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    table = ds.dataset(source, format="parquet").to_table()
    pq.write_table(table, unfinished / "part-0.parquet")
    done = by_command(unfinished, tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "has no _SUCCESS: the job that wrote it did not end; run it again" in done.stderr
    assert not (tmp_path / "out").exists()
    done = by_command(source, tmp_path / "out", "--label", "kind")
    assert "has no column 'kind'; its columns are id, label, x, y, isolation" in done.stderr
    assert "holds fractions" in by_command(source, tmp_path / "out", "--label", "isolation").stderr
    whole(unfinished, N + 1)
    assert f"{N} rows, and its manifest says {N + 1}" in by_command(unfinished, tmp_path / "out").stderr
    (tmp_path / "out/tiles/letter.txt").touch()
    assert "holds letter.txt, which no maker of tiles wrote" in by_command(source, tmp_path / "out").stderr
    nowhere = table.set_column(2, "x", pa.nulls(N, pa.float32()))
    empty = placed_folder(tmp_path / "empty", {name: nowhere[name] for name in nowhere.column_names})
    assert "no row has a place" in by_command(empty, tmp_path / "other").stderr
    assert not (tmp_path / "other/tiles/data.js").exists()


def test_rows_without_a_label_are_of_one_class_and_one_place_is_a_map(tmp_path):
    columns = {
        "id": ["only"],
        "x": pa.array([2.5], pa.float32()),
        "y": pa.array([-1], pa.float32()),
        "isolation": [1.0],
    }
    said = local_tiles.make(placed_folder(tmp_path / "in", columns), tmp_path / "out")
    assert (said["rows"], said["classes"], said["tiles"]) == (1, [], [[0, 1], *[[] for _ in range(6)]])
    assert said["peaks"] == [1] * 7
    assert read(tmp_path / "out", 0, 0)["ids"] == ["only"]
