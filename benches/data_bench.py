"""From a file of vectors or a folder of pictures to a written page, beside embedding-atlas where that is installed.

    python benches/data_bench.py [--rows 1000000] [--peer .venv/atlas/bin/embedding-atlas]

Needs the program as `make setup` builds it. The peer maps and exports the same vectors. Prints a table and merges `data.{vectors,pictures,emoji,million}.{seconds,mib,page_mb}` and
`data.vectors.peer_*` into artifacts/bench.json. `mib` is the peak of memory, `page_mb` the size of what is written.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "oracles")]

from data import emoji  # noqa: E402
from fetch_tokens import vectors, write_tokens  # noqa: E402

PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/neural-manifold"


# A process begins with the peak of the one that starts it, which here holds tables: a lean one stands between.
LEAN = """import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)"""


def timed(command, folder):
    """Seconds, peak of memory in MiB, and MB of all that a command wrote into a folder."""
    folder.mkdir()
    with tempfile.TemporaryFile() as log, tempfile.NamedTemporaryFile("r") as peak:
        started = time.perf_counter()
        lean = [sys.executable, "-c", LEAN, peak.name]
        status = subprocess.run([*lean, *map(str, command)], cwd=folder, stdout=log, stderr=log).returncode
        seconds = time.perf_counter() - started
        if status:
            log.seek(0)
            sys.exit(f"{command[0]} failed: {log.read().decode()[-1000:]}")
        kib = int(peak.read())
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"seconds": seconds, "mib": kib / 1024, "page_mb": written / 1e6}


def with_pictures(tokens, pictures, path):
    """The tokens, each with one of the pictures."""
    files = sorted(pictures.glob("*.png"))
    table = pq.read_table(tokens)
    column = [{"bytes": files[row % len(files)].read_bytes(), "path": None} for row in range(len(table))]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pq.write_table(table.append_column("image", pa.array(column, kind)), path)


def clustered(rows, path):
    """Rows of 32 numbers in 50 clusters of different spread: the sizes, not the scores, are looked at."""
    random = np.random.default_rng(0)
    centers = random.normal(0, 4, (50, 32))
    cluster = random.integers(0, 50, rows)
    points = centers[cluster] + random.normal(0, 1, (rows, 32)) * random.uniform(0.3, 1.5, 50)[cluster, None]
    pq.write_table(pa.table({"cluster": cluster, "embedding": vectors(points.astype(np.float32))}), path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large table")
    parser.add_argument("--peer", type=Path, help="the program embedding-atlas, to run beside")
    options = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        tokens = write_tokens(place / "tokens.parquet", 10_000)
        pictures = emoji(place)
        with_pictures(tokens, pictures, place / "pictures.parquet")
        clustered(options.rows, place / "million.parquet")

        def run(key, command):
            written = place / f"written-{key}"
            figures[key] = timed(command, written)
            shutil.rmtree(written)
            print(f"{key:16}" + "".join(f"  {unit} {value:.2f}" for unit, value in figures[key].items()))

        explore = [PROGRAM, "explore", "--quiet", "-o", "page.html"]
        run("emoji", [*explore, pictures])
        run("vectors", [*explore, tokens])
        run("pictures", [*explore, place / "pictures.parquet"])
        if options.peer:
            peer = [
                options.peer.absolute(),
                tokens,
                "--vector",
                "embedding",
                "--umap-random-state",
                42,
                "--export-application",
                "page",
            ]
            run("vectors.peer", peer)
            print(
                f"the peer takes {figures['vectors.peer']['seconds'] / figures['vectors']['seconds']:.1f} times as long"
            )
        run("million", [*explore, place / "million.parquet"])
        print(f"peak memory is {figures['million']['mib'] * 2**20 / (options.rows * 128):.2f} times the vectors")
    path = ROOT / "artifacts" / "bench.json"
    merged = json.loads(path.read_text()) if path.exists() else {}
    for key, values in figures.items():
        part, peer = key.removesuffix(".peer"), "peer_" if key.endswith(".peer") else ""
        merged |= {f"data.{part}.{peer}{unit}": value for unit, value in values.items()}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
