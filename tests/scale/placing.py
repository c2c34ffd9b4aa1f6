"""Placed rows as they are read, drivers as they are started, and the processes that they start."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scale"))
import cluster

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).absolute() / "release/neural-manifold"
ROWS, SAMPLE = 40_000, 2_000
ENVIRONMENT = {**os.environ, "PYSPARK_PYTHON": sys.executable}


def read(folder):
    """All placed rows by their ids, as a table whose equality is that of every bit."""
    files = sorted(str(path) for path in Path(folder).glob("part-*.parquet"))
    table = ds.dataset(files, format="parquet").to_table().sort_by("id")
    floats = {
        name: table[name].combine_chunks().cast(pa.float32()).view(pa.int32()) for name in ("x", "y", "isolation")
    }
    latent = table["latent"].combine_chunks()
    return {"id": table["id"].to_pylist(), "error": table["error"].to_pylist(), **{
        name: column.to_pylist() for name, column in floats.items()
    }, "latent": latent.flatten().view(pa.int32()).to_pylist()}  # fmt: skip


def start(master, *words, conf=()):
    """Starts the driver; its words follow the cluster's address."""
    line = ["--master", master, *cluster.settings()]
    line += [word for setting in conf for word in ("--conf", setting)]
    return drive("spark.py", *line, *words)


def drive(script, *words, **variables):
    """Starts one of the drivers, with further variables of its environment."""
    return subprocess.Popen(
        [sys.executable, str(REPOSITORY / "scale" / script), *map(str, words)],
        env={**ENVIRONMENT, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(driver, seconds=240):
    said, complaint = driver.communicate(timeout=seconds)
    return driver.returncode, said, complaint


def repartitioned(source, target, parts):
    """The same rows in another order, in so many files, each of which is a partition."""
    table = ds.dataset(source).to_table()
    table = table.take([(at * 7919) % table.num_rows for at in range(table.num_rows)])
    target.mkdir()
    for number in range(parts):
        bounds = [table.num_rows * at // parts for at in (number, number + 1)]
        pq.write_table(table.slice(bounds[0], bounds[1] - bounds[0]), target / f"part-{number}.parquet")
    return target


def placed_folder(path, columns):
    """A folder of these rows, as a job would have left it."""
    path.mkdir()
    pq.write_table(pa.table(columns), path / "part-0.parquet")
    return whole(path, len(columns["id"]))


def whole(path, rows, isolated_rows=0):
    """Says of a folder that its job has ended."""
    (path / "_SUCCESS").touch()
    said = {"rows": rows, "bad_rows": 0, "isolated_rows": isolated_rows, "bundle_sha256": "0"}
    (path / "_neural_manifold.json").write_text(json.dumps(said))
    return path


def with_bad_rows(made, source):
    """500 rows, of which the 8th has an image of another size and the 12th has none."""
    table = ds.dataset(made[0]).to_table().slice(0, 500)
    images = table["image"].to_pylist()
    images[7], images[11] = images[7][:-1], None
    ids = [f"item-{n}" for n in table["id"].to_pylist()]
    pq.write_table(pa.table({"id": ids, "image": pa.array(images, pa.binary())}), source)
    return source


def processes(*words):
    """Numbers of the processes whose command line holds all these words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if all(word in line for word in words):
            found.append(int(folder.name))
    return found


def wait_for(what, seconds=90):
    """What a call gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def manifest(folder):
    return json.loads((folder / "_neural_manifold.json").read_text())
