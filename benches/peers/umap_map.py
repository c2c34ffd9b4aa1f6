"""umap-learn on raw f32 rows, one warm run a seed: `umap_map.py ROWS.f32 COLUMNS MAP.f32...`, a line of JSON each."""

import json
import sys
import time

import numpy as np
import umap

rows = np.fromfile(sys.argv[1], "<f4").reshape(-1, int(sys.argv[2]))
umap.UMAP(n_epochs=5).fit_transform(rows[:6000])  # compiles
for path in sys.argv[3:]:
    start = time.perf_counter()
    # Without random_state it uses all threads; with one it would be held to a single thread.
    layout = umap.UMAP(n_neighbors=15, min_dist=0.1).fit_transform(rows)
    print(json.dumps({"engine": "umap-learn", "n": len(rows), "seconds": time.perf_counter() - start}), flush=True)
    layout.astype("<f4").tofile(path)
