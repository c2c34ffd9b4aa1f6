"""Fashion-MNIST as Parquet with ids, and a bundle made of a sample of it: something to place.

usage: example.py FOLDER [--program PROGRAM] [--rows N] [--sample N] [--epochs N]
"""

import argparse
import gzip
import os
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Where the library looks for the four files, in its order.
PLACES = ("data", "/usr/share/datasets/fashion-mnist")
HEADER, SIDE = 16, 28


def published(name):
    """A file of Fashion-MNIST's publisher, from the folder that NEURAL_MANIFOLD_DATA names or where the library looks."""
    named = os.environ.get("NEURAL_MANIFOLD_DATA")
    places = [named] if named else PLACES
    for path in (Path(place) / name for place in places):
        if path.exists():
            return gzip.decompress(path.read_bytes())
    raise FileNotFoundError(f"{name} is not in {' or '.join(places)}; name its folder in NEURAL_MANIFOLD_DATA")


def images():
    """All images, `[70000, 784]`, those of the training split first."""
    parts = [published(f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k")]
    return np.concatenate([np.frombuffer(part, np.uint8, offset=HEADER).reshape(-1, SIDE * SIDE) for part in parts])


def write_parquet(path, rows, first_id=0, files=4):
    path.mkdir(parents=True)
    for number, part in enumerate(np.array_split(np.arange(len(rows)), files)):
        table = pa.table({"id": pa.array(part + first_id), "image": pa.array([row.tobytes() for row in rows[part]])})
        pq.write_table(table, path / f"part-{number:05}.parquet", row_group_size=10_000)


def write_idx(path, rows):
    header = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (len(rows), SIDE, SIDE))
    path.write_bytes(header + rows.tobytes())


def make(folder, program, rows=70_000, sample=10_000, epochs=3):
    """`images`, a folder of Parquet, and `map.nm`; the bundle is of every so many-th image."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = images()[:rows]
    write_parquet(folder / "images", everything)
    drawn = everything[:: len(everything) // sample][:sample]
    write_idx(folder / "sample-images-idx3-ubyte", drawn)
    data, model = str(folder / "sample-images-idx3-ubyte"), str(folder / "model.safetensors")
    for line in (
        ["train", data, "-o", model, "--epochs", str(epochs)],
        ["map", data, "--model", model, "-o", str(folder / "map.parquet"), "--bundle", str(folder / "map.nm")],
    ):
        done = subprocess.run([program, "--quiet", *line], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(line)}: {done.stderr.strip()}")
    return folder / "images", folder / "map.nm"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--program", default="target/release/neural-manifold")
    parser.add_argument("--rows", type=int, default=70_000)
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=3)
    given = vars(parser.parse_args())
    print(*make(given.pop("folder"), given.pop("program"), **given))


if __name__ == "__main__":
    main()
