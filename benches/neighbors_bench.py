"""The 15 nearest rows of every row, by this library and by those that people use for it: seconds against recall.

    python benches/neighbors_bench.py [--sets latents,pixels,million] [--threads 2]

The rows are the latents of all 70,000 images that notebook 01 left in artifacts/, the images themselves as 784 pixels, and
1,000,000 x 32 in 200 Gaussian clouds. Needs requirements-bench.txt, and the program of the map bench, which it builds.

Each program runs in a process of its own, one after the other, with the same number of threads; the recall is that of
1,000 rows whose true neighbors are found here, one by one. A search that is set to be faster or better runs once per
setting, so that its line is a curve. Prints a table and merges `neighbors.<rows>.<program>.<setting>.{seconds,recall,
peak_mib}` into artifacts/bench.json.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from peers import idx

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ["cargo", "bench", "--quiet", "--bench", "map_bench", "--"]
PEER = [sys.executable, ROOT / "benches/peers/neighbors_peer.py"]
K, SAMPLE = 15, 1_000
# Ours sets itself; where more neighbors are asked for, those that are wanted are found better.
OURS = {"exact": [K], "approximate": [K, 2 * K]}
# Exact and by graph where that ends within a minute or so.
PEERS = {
    "latents": {
        "pynndescent": [10, 20, 60],
        "hnswlib": [30, 60, 120],
        "faiss-ivf": [4, 16, 64],
        "faiss-flat": [0],
    },
    "pixels": {"pynndescent": [10, 20, 60], "hnswlib": [30, 60], "faiss-ivf": [4, 16], "faiss-flat": [0]},
    "million": {"pynndescent": [10], "faiss-ivf": [4, 16]},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(PEERS))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    names = ["RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
    environment = {**os.environ, **dict.fromkeys(names, str(options.threads))}
    for name in options.sets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            Bench(name, pathlib.Path(folder), environment).measure()


class Bench:
    """One set of rows: their file and those of all neighbors lie in `folder`."""

    def __init__(self, name, folder, environment):
        self.name, self.folder, self.environment = name, folder, environment
        rows = {"latents": self.latents, "pixels": pixels, "million": clouds}[name]()
        self.columns, self.path = rows.shape[1], folder / "rows.f32"
        rows.tofile(self.path)
        self.sample = np.random.RandomState(0).permutation(len(rows))[:SAMPLE]
        self.truth = nearest(rows, self.sample)
        print(f"\n{len(rows):,} x {self.columns}: seconds, recall@{K}, peak MiB", flush=True)

    def run(self, program, *words):
        """The lines of JSON that a program prints."""
        pipe = {"check": True, "stdout": subprocess.PIPE, "text": True}
        command = [*program, *map(str, words)]
        output = subprocess.run(command, cwd=ROOT, env=self.environment, **pipe).stdout
        return [json.loads(line) for line in output.splitlines() if line.startswith("{")]

    def latents(self):
        """All latents, the test images' first."""
        files = [ROOT / "artifacts" / f"latents_{split}.parquet" for split in ["test", "train"]]
        for file in files:
            assert file.exists(), f"there are no latents: make run makes them: {file}"
        rows = self.folder / "latents.f32"
        columns = self.run(PROGRAM, "raw", rows, self.folder / "labels.u8", *files)[0]["columns"]
        return np.fromfile(rows, "<f4").reshape(-1, columns)

    def measure(self):
        for program, setting, line in self.lines():
            figures = [f"{line['seconds']:9.2f}", f"{line['recall']:9.4f}", f"{line['peak_mib']:9.0f}"]
            print(f"{program:18}{setting:>5}" + "".join(figures), flush=True)
            key = f"neighbors.{self.name}.{program}.{setting}"
            save({f"{key}.{unit}": line[unit] for unit in ["seconds", "recall", "peak_mib"]})

    def lines(self):
        """Every program at each of its settings."""
        for search, counts in OURS.items():
            if search == "exact" and self.name == "million":
                continue
            for count in counts:
                files = [self.folder / name for name in ["ours.u32", "ours.f32"]]
                line = self.run(PROGRAM, "neighbors", self.path, self.columns, count, search, *files)[0]
                found = np.fromfile(files[0], "<u4").reshape(-1, count)
                yield f"ours-{search}", count, line | {"seconds": line["knn_secs"], "recall": self.recall(found)}
        for program, settings in PEERS[self.name].items():
            found = self.folder / program
            for line in self.run(PEER, program, self.path, self.columns, K, found, *settings):
                file = self.folder / f"{program}.{line['setting']}.u32"
                near = np.fromfile(file, "<u4").reshape(-1, K + 1)
                file.unlink()
                yield program, line["setting"], line | {"recall": self.recall(near)}

    def recall(self, found):
        """Share of the true neighbors that are among the first ones found but the row itself."""
        hits = 0
        for row, true, near in zip(self.sample, self.truth, found[self.sample], strict=True):
            hits += len(np.intersect1d(true, near[near != row][:K]))
        return hits / self.truth.size


def nearest(rows, sample):
    """The true neighbors of a sample, in double precision."""
    rows, found = rows.astype(np.float64), []
    norms = np.einsum("ij,ij->i", rows, rows)
    for start in range(0, len(sample), 50):
        chosen = sample[start : start + 50]
        squared = norms - 2 * (rows[chosen] @ rows.T)
        squared[np.arange(len(chosen)), chosen] = np.inf
        found.append(np.argpartition(squared, K, axis=1)[:, :K])
    return np.concatenate(found)


def pixels():
    """All images as rows of 784 numbers from 0 to 1, those of the test first."""
    folder = idx.folder()
    return np.concatenate([idx.images(folder, name) for name in ["t10k", "train"]]).reshape(-1, 784)


def clouds():
    """200 Gaussian clouds around centers that are drawn too."""
    random = np.random.default_rng(0)
    centers = random.normal(size=(200, 32), scale=3).astype(np.float32)
    return centers[random.integers(0, 200, 1_000_000)] + random.normal(size=(1_000_000, 32)).astype(np.float32)


def save(figures):
    """Called after each line: a run that is broken off keeps those it has."""
    target = ROOT / "artifacts/bench.json"
    target.parent.mkdir(exist_ok=True)
    merged = json.loads(target.read_text()) if target.exists() else {}
    merged |= {name: round(figure, 4) for name, figure in figures.items()}
    target.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")


main()
