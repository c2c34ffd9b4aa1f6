"""The authors' own programs on raw f32 rows, warm: one map and one line of JSON per seed.

    python authors_map.py NAME ROWS.f32 COLUMNS MAP.f32 [MAP.f32 ...]

NAME is opentsne, pacmap, localmap, trimap or densmap (umap-learn's), each with its defaults. The n-th map has the seed n where the
program takes one and stays on all threads with it.
"""

import argparse
import json
import os
import pathlib
import re
import sys
import time

import numpy as np

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("name"), parser.add_argument("rows"), parser.add_argument("columns", type=int)
parser.add_argument("maps", nargs="+")
options = parser.parse_args()
rows = np.fromfile(options.rows, "<f4").reshape(-1, options.columns)
few = rows[:6000]
threads = int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))

if options.name == "opentsne":
    import openTSNE

    def draw(data, seed, short=False):
        iterations = {"n_iter": 10, "early_exaggeration_iter": 10} if short else {}
        return np.asarray(openTSNE.TSNE(n_jobs=threads, random_state=seed, **iterations).fit(data))

elif options.name in ("pacmap", "localmap"):
    import pacmap

    engine = {"pacmap": pacmap.PaCMAP, "localmap": pacmap.LocalMAP}[options.name]

    def draw(data, seed, short=False):
        # With a seed it is held to a single thread.
        return engine(**({"num_iters": 10} if short else {})).fit_transform(data)

elif options.name == "trimap":
    import trimap

    def draw(data, seed, short=False):
        return trimap.TRIMAP(verbose=False, **({"n_iters": 10} if short else {})).fit_transform(data)

elif options.name == "densmap":
    # It would load TensorFlow for a network that is not asked for, and its memory would be counted.
    sys.modules["tensorflow"] = None
    import umap

    def draw(data, seed, short=False):
        return umap.UMAP(densmap=True, **({"n_epochs": 5} if short else {})).fit_transform(data)

else:
    parser.error(f"no program is known as {options.name}")

draw(few, 0, short=True)  # compiles
for seed, path in enumerate(options.maps):
    start = time.perf_counter()
    places = draw(rows, seed)
    line = {"seconds": time.perf_counter() - start, "n_epochs": 0}
    line["peak_mib"] = int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1]) // 1024
    places.astype("<f4").tofile(path)
    print(json.dumps(line), flush=True)
