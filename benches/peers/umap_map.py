"""umap-learn on raw f32 rows, warm, one line of JSON per run.

    python umap_map.py ROWS.f32 COLUMNS MAP.f32 [MAP.f32 ...]      as many maps
    python umap_map.py ROWS.f32 COLUMNS MAP.f32 --place NEW.f32 PLACED.f32

The second places new rows on the map of the others. `turns` is the number of edges that come up in an epoch: the sum of
the weights of its graph over the largest.
"""

import argparse
import json
import pathlib
import re
import sys
import time

import numpy as np

# It would load TensorFlow for a network that is not asked for, and its memory would be counted.
sys.modules["tensorflow"] = None
import umap  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("rows"), parser.add_argument("columns", type=int), parser.add_argument("maps", nargs="+")
parser.add_argument("--place", nargs=2)
options = parser.parse_args()


def read(path):
    return np.fromfile(path, "<f4").reshape(-1, options.columns)


rows = read(options.rows)
small = umap.UMAP(n_epochs=5).fit(rows[:6000])  # compiles
if options.place:
    small.transform(rows[6000:6100])
for path in options.maps:
    start = time.perf_counter()
    # Without random_state it uses all threads; with one it would be held to a single thread.
    fitted = umap.UMAP(n_neighbors=15, min_dist=0.1).fit(rows)
    line = {"seconds": time.perf_counter() - start}
    line["n_epochs"] = 500 if len(rows) <= 10_000 else 200  # its default
    line["turns"] = float(fitted.graph_.data.sum() / fitted.graph_.data.max())
    line["peak_mib"] = int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1]) // 1024
    fitted.embedding_.astype("<f4").tofile(path)
    if options.place:
        start = time.perf_counter()
        placed = fitted.transform(read(options.place[0]))
        line["seconds"] = time.perf_counter() - start
        placed.astype("<f4").tofile(options.place[1])
    print(json.dumps(line), flush=True)
