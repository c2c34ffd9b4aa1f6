"""Rows with places as `place` writes them, and the page with their tiles."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scale"))
import local_tiles

HOSTILE = [
    "<img src=x onerror='window.caught = 1'>",
    "</script><script>window.caught = 1</script>",
    '"];window.caught=1;//',
]


class Placed(NamedTuple):
    x: np.ndarray
    y: np.ndarray
    classes: np.ndarray
    isolation: np.ndarray
    names: list
    folder: Path


def make_tiles(folder, rows, names=("boot", "coat", "dress"), ids="item {}".format, title="Many rows"):
    """A class is two clumps; those of the second are far from what the map was made of."""
    rng = np.random.default_rng(11)
    clump = rng.integers(0, 2 * len(names), rows)
    classes = clump % len(names)
    x, y = ((rng.uniform(-9, 9, 2 * len(names))[clump] + rng.normal(0, 1.1, rows)).astype(np.float32) for _ in "xy")
    isolation = np.where(classes == 1, 2.5, 1.0).astype(np.float32)
    placed = folder / "placed"
    placed.mkdir(parents=True)
    columns = {"id": [ids(number) for number in range(rows)], "kind": np.array(names, object)[classes]}
    pq.write_table(pa.table({**columns, "x": x, "y": y, "isolation": isolation}), placed / "part-0.parquet")
    (placed / "_SUCCESS").touch()
    (placed / "_neural_manifold.json").write_text(json.dumps({"rows": rows}))
    local_tiles.make(placed, folder / "page", label="kind", title=title)
    return Placed(x.astype(float), y.astype(float), classes, isolation, list(names), folder / "page")
