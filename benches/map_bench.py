"""Every engine beside umap-learn on the same rows, in one run, with the same number of threads.

    python benches/map_bench.py [ROWS.f32 COLUMNS LABELS.u8] [--engines umap,pca] [--seeds 3] [--threads 2]

ROWS.f32 holds raw little-endian floats, LABELS.u8 a byte per row; without them, the latents that notebook 01 left in
artifacts/ are taken: the 10,000 of the test images, then those of all 70,000, then the test rows are placed on a map
of the 60,000 others; with --pixels the images themselves, 784 columns. Needs requirements-bench.txt, and the bench program, which it builds. Some 8 minutes on 2 cores.

Prints tables of means over the seeds, standard deviations below, and merges `map.<engine>.<10k|70k>.{seconds,peak_mib,
trust,continuity,recall,knn,triplets,ratio,floors}`, the deviations as `.._sd`, and `map.transform.*` into
artifacts/bench.json. `ratio` is the seconds of the authors' program over the engine's, of umap-learn where there is none, and
`radii` the correlation of local radii, which densMAP keeps. `floors` is the engine's seconds over those that
its arithmetic alone would take, at rates measured in the same run: in the search for neighbors a multiply-add for each
number of each pair of rows (a search that leaves pairs out can pass below), in the layout six pairs of points, a pull
and five pushes, for each edge that comes up.
"""

import argparse
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from map_scores import Scores, accuracy_of_new, floats, shuffled, told_apart
from peers import idx

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ["cargo", "bench", "--quiet", "--bench", "map_bench", "--"]
# A package of its own, so that building the library does not build its dependencies.
MANIFEST = ROOT / "benches/peers/manifolds/Cargo.toml"
TARGET = ROOT / "target/peers"
MANIFOLDS = ["cargo", "run", "--quiet", "--release", "--manifest-path", MANIFEST, "--target-dir", TARGET, "--"]
# The optimizers that its documentation offers for maps: parallel Adam, its default and its fastest, and gradient
# descent, as in umap-learn and the closest to it.
OPTIMIZERS = {"manifolds-umap": "adam_parallel", "manifolds-umap-sgd": "sgd"}
N_NEIGHBORS = 15
PEER = [sys.executable, ROOT / "benches/peers/umap_map.py"]
# The authors' programs of the engines' names; all else is compared with umap-learn.
AUTHORS = [sys.executable, ROOT / "benches/peers/authors_map.py"]
REFERENCES = {"tsne": "opentsne", "pacmap": "pacmap", "localmap": "localmap", "trimap": "trimap", "densmap": "densmap"}
# The engines left out of the second take minutes for a map.
FEW, MANY = (
    "umap,manifolds-umap,manifolds-umap-sgd,annembed,tsne,pacmap,localmap,trimap,densmap,pca",
    "umap,manifolds-umap,pca",
)
PAIRS = 6
DIGITS = {"seconds": 2, "peak_mib": 0, "trust": 4, "continuity": 4, "recall": 4, "knn": 4, "triplets": 4}
DIGITS |= {"radii": 3, "ratio": 1}
DIGITS["floors"] = 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?"), parser.add_argument("columns", type=int, nargs="?")
    parser.add_argument("labels", nargs="?")
    parser.add_argument("--engines", help=f"by default {FEW}; beyond 10,000 rows {MANY}")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pixels", action="store_true", help="the images themselves in place of their latents")
    return parser.parse_args()


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, pathlib.Path(folder))
        if options.rows:
            rows = floats(options.rows, options.columns)
            bench.maps(rows, np.fromfile(options.labels, np.uint8)[: len(rows)])
        else:
            rows_of = pixels if options.pixels else bench.latents
            (test, test_labels), (train, train_labels) = rows_of("test"), rows_of("train")
            bench.maps(test, test_labels)
            bench.maps(np.concatenate([test, train]), np.concatenate([test_labels, train_labels]))
            if "umap" in (options.engines or MANY).split(",") and not options.pixels:
                bench.transform(test, test_labels, train, train_labels)


class Bench:
    """The runs of one invocation: their files lie in `folder`, their numbers in `figures`."""

    def __init__(self, options, folder):
        names = ["RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
        self.environment = {**os.environ, **dict.fromkeys(names, str(options.threads))}
        self.options, self.folder, self.figures = options, folder, {}
        rates = self.run(PROGRAM, "rates")[0]
        self.pair_secs = rates["pair_ns"] * 1e-9 / options.threads
        self.multiply_add_secs = 1 / rates["multiply_adds"] / options.threads
        print(f"per thread: {rates['pair_ns']:.2f} ns per pair, {rates['multiply_adds'] / 1e9:.0f} G multiply-adds/s")

    def run(self, program, *words):
        """The lines of JSON that a program prints."""
        command = [*program, *map(str, words)]
        pipe = {"check": True, "stdout": subprocess.PIPE, "text": True}
        output = subprocess.run(command, cwd=ROOT, env=self.environment, **pipe).stdout
        return [json.loads(line) for line in output.splitlines() if line.startswith("{")]

    def latents(self, split):
        path = ROOT / "artifacts" / f"latents_{split}.parquet"
        assert path.exists(), f"there are no latents: make run makes them: {path}"
        rows, labels = self.folder / "rows.f32", self.folder / "labels.u8"
        columns = self.run(PROGRAM, "raw", rows, labels, path)[0]["columns"]
        return floats(rows, columns), np.fromfile(labels, np.uint8)

    def map_file(self, engine, n, seed):
        return self.folder / f"{engine}.{n}.{seed}.f32"

    def maps(self, rows, labels):
        """A table: every engine on these rows."""
        n, columns = rows.shape
        path, scores, seeds = self.folder / "rows.f32", Scores(rows, labels), range(self.options.seeds)
        rows.tofile(path)
        peer = self.run(PEER, path, columns, *(self.map_file("umap-learn", n, seed) for seed in seeds))
        runs = {"umap-learn": peer}
        for engine in (self.options.engines or (FEW if n <= 10_000 else MANY)).split(","):
            # PCA has nothing to draw.
            runs[engine] = [
                self.map(path, columns, engine, n, seed) for seed in (seeds[:1] if engine == "pca" else seeds)
            ]
            if engine in REFERENCES:
                name = REFERENCES[engine]
                files = [self.map_file(f"{name}-authors", n, seed) for seed in seeds]
                runs[f"{name}-authors"] = self.run(AUTHORS, name, path, columns, *files)
        search_floor = n * n * columns * self.multiply_add_secs
        epoch_floor = peer[0]["turns"] * PAIRS * self.pair_secs
        for engine, engine_runs in runs.items():
            for seed, run in enumerate(engine_runs):
                run |= scores.of(floats(self.map_file(engine, n, seed)))
                reference = f"{REFERENCES[engine]}-authors" if engine in REFERENCES else "umap-learn"
                run["ratio"] = mean(runs[reference], "seconds") / run["seconds"]
                if run["n_epochs"]:
                    run["floors"] = run["seconds"] / (search_floor + run["n_epochs"] * epoch_floor)
        self.table(n, columns, runs)
        if "umap" in runs:
            knn, layout, epochs = (mean(runs["umap"], name) for name in ["knn_secs", "layout_secs", "n_epochs"])
            parts = {"neighbors": (knn, search_floor), "layout": (layout, epochs * epoch_floor)}
            parts["both"] = tuple(map(sum, zip(*parts.values(), strict=True)))
            for part, (seconds, floor) in parts.items():
                print(f"umap, {part}: {seconds:.2f} s, {seconds / floor:.1f} times its floor of {floor:.3f} s")
                self.figures[f"map.umap.{size(n, columns)}.{part}_floors"] = seconds / floor
        self.save()

    def map(self, path, columns, engine, n, seed):
        """One engine's map of the rows in a file, and what it took."""
        to = self.map_file(engine, n, seed)
        if engine not in OPTIMIZERS:
            return self.run(PROGRAM, "map", path, columns, engine, seed, to)[0]
        graph = [self.folder / name for name in ["indices.u32", "distances.f32"]]
        searched = self.run(PROGRAM, "neighbors", path, columns, N_NEIGHBORS, "auto", *graph)[0]
        run = self.run(MANIFOLDS, path, columns, *graph, N_NEIGHBORS, OPTIMIZERS[engine], seed, to)[0]
        return run | {"seconds": searched["knn_secs"] + run["seconds"], "knn_secs": searched["knn_secs"]}

    def table(self, n, columns, runs):
        print(f"\n{f'{n:,} x {columns}':20}" + "".join(f"{name:>11}" for name in DIGITS))
        for engine, engine_runs in runs.items():
            names = [name for name in DIGITS if name in engine_runs[0]]
            lines = {"": {name: mean(engine_runs, name) for name in names}}
            if len(engine_runs) > 1:
                lines["_sd"] = {name: statistics.stdev(run[name] for run in engine_runs) for name in names}
            for suffix, line in lines.items():
                cells = [
                    f"{line[name]:11.{digits}f}" if name in line else f"{'-':>11}" for name, digits in DIGITS.items()
                ]
                print(f"{'  ±' if suffix else engine:20}" + "".join(cells))
                self.figures |= {f"map.{engine}.{size(n, columns)}.{name}{suffix}": line[name] for name in names}

    def transform(self, test, test_labels, train, train_labels):
        """Rows that a map has not seen, beside the same rows on a map that has: `maps` has left it, test rows first."""
        files = {"train": train, "test": test, "shuffled": shuffled(test)}
        paths = {name: self.folder / f"{name}.f32" for name in [*files, "map", "placed", "outlier_score"]}
        for name, rows in files.items():
            rows.tofile(paths[name])
        columns, n_test = train.shape[1], len(test)
        programs = {
            "umap": [PROGRAM, "transform", paths["train"], columns, 0, paths["test"], paths["shuffled"], self.folder],
            "umap-learn": [PEER, paths["train"], columns, paths["map"], "--place", paths["test"], paths["placed"]],
        }
        print(f"\n{n_test:,} rows placed on a map of {len(train):,}")
        for engine, program in programs.items():
            seconds = self.run(*program)[0]["seconds"] * 10_000 / n_test
            placed = accuracy_of_new(floats(paths["map"]), train_labels, floats(paths["placed"]), test_labels)
            whole = floats(self.map_file(engine, n_test + len(train), 0))
            together = accuracy_of_new(whole[n_test:], train_labels, whole[:n_test], test_labels)
            print(
                f"{engine:15}{seconds:.2f} s for 10,000, k-NN accuracy {placed:.4f}, mapped with the rest {together:.4f}"
            )
            figures = {"seconds": seconds, "knn": placed, "knn_together": together}
            self.figures |= {f"map.transform.{engine}.{name}": figure for name, figure in figures.items()}
        outlier_score = floats(paths["outlier_score"], 1).ravel()
        figures = {"test": np.median(outlier_score[:n_test]), "shuffled": np.median(outlier_score[n_test:])}
        figures["auc"] = told_apart(outlier_score[:n_test], outlier_score[n_test:])
        print(
            "outlier score, median of test rows {test:.2f}, of shuffled columns {shuffled:.2f}, AUC {auc:.4f}".format(
                **figures
            )
        )
        self.figures |= {f"map.transform.outlier_score.{name}": float(figure) for name, figure in figures.items()}
        self.save()

    def save(self):
        """Called after each table: a run that is broken off keeps those it has."""
        target = ROOT / "artifacts/bench.json"
        target.parent.mkdir(exist_ok=True)
        merged = json.loads(target.read_text()) if target.exists() else {}
        merged |= {name: round(figure, 4) for name, figure in self.figures.items()}
        target.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")


def pixels(split):
    """The images as rows of 784 numbers, and their classes."""
    folder, name = idx.folder(), {"test": "t10k"}.get(split, split)
    labels = gzip.decompress(pathlib.Path(folder, f"{name}-labels-idx1-ubyte.gz").read_bytes())[8:]
    return idx.images(folder, name).reshape(-1, 784), np.frombuffer(labels, np.uint8)


def mean(runs, name):
    return statistics.mean(run[name] for run in runs)


def size(n, columns):
    """What figures of so many rows are called: those of latents by their number alone."""
    return f"{round(n / 1000)}k" + (f"_{columns}" if columns > 32 else "")


main()
