"""Rows per second of `neural-manifold apply` alone, through a pipe and through Spark, and how good places are.

usage: scale_bench.py [FOLDER] [--rows N]

Ends with a table, and artifacts/scale_bench.json. One thread each; the machine should have nothing else to do.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scale"))
import cluster
import example
import local
import pipe
import spark

REPOSITORY = Path(__file__).resolve().parents[1]
PROGRAM = str(Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).absolute() / "release/neural-manifold")
BATCH = 10_000
BILLION = 1e9


def stream(images, path):
    """All rows as one file of the stream's format."""
    table = ds.dataset(images).to_table()
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=BATCH)
    return table.num_rows


def alone(path, bundle):
    """Seconds of processor time of the program on a file, and its peak of memory in bytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with path.open("rb") as rows:
        subprocess.run(pipe.command(PROGRAM, bundle), stdin=rows, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss * 1024


def piped(images, bundle):
    """Seconds of processor time of this process, which feeds the program, and all rows' answers thrown away."""
    batches = ds.dataset(images).to_table().combine_chunks().to_batches(max_chunksize=BATCH)
    start = time.process_time()
    for _ in pipe.through(pipe.command(PROGRAM, bundle))(batches):
        pass
    return time.process_time() - start


def by_spark(images, target, bundle, workers, folder):
    """Seconds of the job, without the start of the cluster and the session; the first job warms up."""
    from pyspark.sql import SparkSession

    with cluster.cluster(workers, folder) as master:
        builder = SparkSession.builder.master(master)
        for key, value in cluster.DRIVER.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        seconds = []
        for _ in range(2):
            shutil.rmtree(target, ignore_errors=True)
            seconds.append(spark.place(session, images, target, bundle, program=PROGRAM)["seconds"])
        session.stop()
    return seconds[-1]


def scores(line):
    done = subprocess.run([PROGRAM, "--quiet", "--json", *map(str, line)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout)
    found = found.get("maps", [found])[0]
    return {name: found[name] for name in ("trustworthiness", "continuity", "recall")}


def quality(placed, folder):
    """Of all rows placed on the map of a sample, and of all mapped together."""
    files = sorted(placed.glob("part-*.parquet"))
    vectors = ["--vector", "latent", "--metric", "euclidean"]
    return {
        "placed": scores(["audit", *files, *vectors, "--x", "x", "--y", "y"]),
        "together": scores(["map", *files, *vectors, "-o", folder / "together.parquet"]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=REPOSITORY / "artifacts/scale_bench")
    parser.add_argument("--rows", type=int, default=70_000)
    given = parser.parse_args()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    shutil.rmtree(given.folder, ignore_errors=True)
    images, bundle = example.make(given.folder, PROGRAM, rows=given.rows)
    n_rows = stream(images, given.folder / "images.arrows")
    work, peak = alone(given.folder / "images.arrows", bundle)
    transport = piped(images, bundle)
    local.place(images, given.folder / "placed", bundle, program=PROGRAM)
    found = {
        "rows": n_rows,
        "rows_per_second_and_core": n_rows / work,
        "share_of_transport": transport / (transport + work),
        "peak_bytes": peak,
        "bundle_bytes": bundle.stat().st_size,
        # Of the program alone: rows / (rows per second) / 3600, for each core.
        "core_hours_per_billion": BILLION / (n_rows / work) / 3600,
        "quality": quality(given.folder / "placed", given.folder),
    }
    for workers in (1, 2):
        seconds = by_spark(images, given.folder / f"spark-{workers}", bundle, workers, given.folder)
        found[f"rows_per_second_by_spark_{workers}"] = n_rows / seconds
    (REPOSITORY / "artifacts").mkdir(exist_ok=True)
    (REPOSITORY / "artifacts/scale_bench.json").write_text(json.dumps(found, indent=1))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
