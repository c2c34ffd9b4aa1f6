"""Every engine beside umap-learn on the same rows, in one run, with the same number of threads.

    python benches/map_bench.py [ROWS.f32 COLUMNS LABELS.u8] [--engines umap,pca] [--seeds 3] [--threads 2]

ROWS.f32 holds raw little-endian floats, LABELS.u8 a byte per row; without them, the latents that notebook 01 left in
artifacts/ are taken: the 10,000 of the test images, then those of all 70,000. Needs requirements-bench.txt, and the
bench program, which it builds. Prints a table and merges `map.<engine>.<10k|70k>.{seconds,trust,continuity,recall,knn,
triplets,ratio}` into artifacts/bench.json; `ratio` is umap-learn's seconds over the engine's. Scores are those of
scikit-learn on 5,000 fixed rows, the same for all.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ["cargo", "bench", "--quiet", "--bench", "map_bench", "--"]
NEGATIVES, MEMBERSHIP = 5, 0.33  # pushes a pull; mean strength of an edge, an assumption
PAIR_NS = 0.7  # of a floor: eight pairs take some 50 AVX2 operations, three a cycle at 3 GHz; counted, not measured


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?"), parser.add_argument("columns", type=int, nargs="?")
    parser.add_argument("labels", nargs="?")
    parser.add_argument("--engines", default="umap,pca")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


class Scores:
    """Trustworthiness, continuity, recall, 2-D k-NN accuracy and random triplets on a fixed sample."""

    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels
        self.sample = np.random.RandomState(0).permutation(len(rows))[:5000]
        self.truth = self.neighbors(rows)
        self.triplets = np.random.RandomState(1).randint(0, len(rows), (200_000, 3))
        self.order = self.nearer(rows)

    def neighbors(self, points):
        return NearestNeighbors(n_neighbors=16).fit(points).kneighbors(points[self.sample], return_distance=False)[:, 1:]

    def nearer(self, points):
        a, b, c = (points[self.triplets[:, i]] for i in range(3))
        return np.linalg.norm(a - b, axis=1) < np.linalg.norm(a - c, axis=1)

    def of(self, path):
        flat = np.fromfile(path, "<f4").reshape(-1, 2)
        near, sample = self.neighbors(flat), self.sample
        votes = [np.bincount(self.labels[row[:10]]).argmax() for row in near]
        return {
            "trust": trustworthiness(self.rows[sample], flat[sample], n_neighbors=15),
            "continuity": trustworthiness(flat[sample], self.rows[sample], n_neighbors=15),
            "recall": float(np.mean([len(np.intersect1d(a, b)) / 15 for a, b in zip(self.truth, near)])),
            "knn": float(np.mean(np.array(votes) == self.labels[sample])),
            "triplets": float((self.nearer(flat) == self.order).mean()),
        }


def lines(command, environment):
    output = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def floor(n, epochs, threads):
    """Seconds that the pair updates of the layout alone would take. The search for neighbors is left out: how many
    pairs it can skip depends on the rows."""
    edges = n * 15 * 1.45  # directed edges after the union of both directions
    return edges * MEMBERSHIP * epochs * (1 + NEGATIVES) * PAIR_NS * 1e-9 / threads


def main():
    options = arguments()
    if options.rows:
        bench(options, options.rows, options.columns, options.labels)
        return
    latents = [ROOT / "artifacts" / f"latents_{split}.parquet" for split in ["test", "train"]]
    for path in latents:
        assert path.exists(), f"there are no latents: make run makes them: {path}"
    with tempfile.TemporaryDirectory() as folder:
        for files in [latents[:1], latents]:
            rows, labels = f"{folder}/rows.f32", f"{folder}/labels.u8"
            raw = [*PROGRAM, "raw", rows, labels, *map(str, files)]
            bench(options, rows, lines(raw, os.environ)[0]["columns"], labels)


def bench(options, rows, columns, labels):
    path = str(pathlib.Path(rows).resolve())
    rows = np.fromfile(path, "<f4").reshape(-1, columns)
    scores = Scores(rows, np.fromfile(labels, np.uint8)[: len(rows)])
    threads = str(options.threads)
    environment = {**os.environ, "RAYON_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    size = f"{round(len(rows) / 1000)}k"
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        maps = [f"{folder}/umap-learn.{seed}.f32" for seed in range(options.seeds)]
        peer = [sys.executable, str(ROOT / "benches/peers/umap_map.py"), path, str(columns), *maps]
        results["umap-learn"] = [
            {"seconds": run["seconds"], **scores.of(file)} for run, file in zip(lines(peer, environment), maps)
        ]
        for engine in options.engines.split(","):
            results[engine] = []
            for seed in range(1 if engine == "pca" else options.seeds):
                file = f"{folder}/{engine}.{seed}.f32"
                run = lines([*PROGRAM, path, str(columns), engine, str(seed), file], environment)[0]
                seconds = run["layout_secs"] + (run["knn_secs"] if engine not in ("pca", "annembed") else 0)
                results[engine].append({**run, "seconds": seconds, **scores.of(file)})
                if engine == "umap":
                    epochs = run["n_epochs"]
    report(results, size)
    if "umap" in results:
        least = floor(len(rows), epochs, options.threads)
        knn = statistics.mean(run["knn_secs"] for run in results["umap"])
        layout = statistics.mean(run["layout_secs"] for run in results["umap"])
        print(f"umap: neighbors {knn:.2f} s, layout {layout:.2f} s, {layout / least:.1f} times its counted {least:.2f} s")


def report(results, size):
    names = ["seconds", "trust", "continuity", "recall", "knn", "triplets"]
    reference = statistics.mean(run["seconds"] for run in results["umap-learn"])
    target = ROOT / "artifacts/bench.json"
    target.parent.mkdir(exist_ok=True)
    merged = json.loads(target.read_text()) if target.exists() else {}
    print(f"{'engine':12}" + "".join(f"{name:>12}" for name in names) + f"{'ratio':>12}{'peak MiB':>12}")
    for engine, runs in results.items():
        mean = {name: statistics.mean(run[name] for run in runs) for name in names}
        mean["ratio"] = reference / mean["seconds"]
        merged.update({f"map.{engine}.{size}.{name}": round(value, 4) for name, value in mean.items()})
        numbers = f"{mean['seconds']:12.2f}" + "".join(f"{mean[name]:12.4f}" for name in names[1:])
        print(f"{engine:12}{numbers}{mean['ratio']:12.1f}{runs[0].get('peak_mib', 0):12}")
    target.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")


main()
