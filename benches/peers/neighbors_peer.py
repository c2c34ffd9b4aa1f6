"""Neighbors of all rows by one of the libraries that people use for it: one line of JSON per setting.

    python neighbors_peer.py NAME ROWS.f32 COLUMNS K NEIGHBORS SETTING [SETTING ...]

NAME is pynndescent, hnswlib, faiss-flat or faiss-ivf. The settings are numbers: pynndescent's `max_candidates`, hnswlib's
`ef`, and `nprobe` of faiss; one setting, 0, for the exact search. An index that several settings share is built once, and
its seconds count for each. NEIGHBORS.SETTING.u32 holds K row numbers per row, its own among them where it was found.
"""

import json
import math
import os
import pathlib
import re
import sys
import time

import numpy as np

name, path, columns, k, to, *settings = sys.argv[1:]
rows = np.fromfile(path, "<f4").reshape(-1, int(columns))
few, k, threads = rows[:2000], int(k) + 1, int(os.environ["OMP_NUM_THREADS"])


def by_pynndescent(data, setting):
    import pynndescent

    index = pynndescent.NNDescent(data, n_neighbors=k, max_candidates=setting, n_jobs=threads, random_state=0)
    return index.neighbor_graph[0]


def built_by_hnswlib(data):
    import hnswlib

    index = hnswlib.Index("l2", data.shape[1])
    # The settings of its own first example.
    index.init_index(len(data), M=16, ef_construction=200, random_seed=0)
    index.add_items(data, num_threads=threads)

    def search(setting):
        index.set_ef(setting)
        return index.knn_query(data, k, num_threads=threads)[0]

    return search


def built_by_faiss(data, exact):
    import faiss

    faiss.omp_set_num_threads(threads)
    index = faiss.IndexFlatL2(data.shape[1])
    if not exact:
        # As many cells as its guidelines have for so many rows.
        index = faiss.IndexIVFFlat(index, data.shape[1], round(4 * math.sqrt(len(data))))
        index.train(data)
    index.add(data)

    def search(setting):
        if not exact:
            index.nprobe = setting
        return index.search(data, k)[1]

    return search


def built(data):
    """What finds the neighbors for a setting."""
    if name == "pynndescent":
        return lambda setting: by_pynndescent(data, setting)
    if name == "hnswlib":
        return built_by_hnswlib(data)
    return built_by_faiss(data, name == "faiss-flat")


built(few)(int(settings[0]))  # compiles, and starts the threads
start = time.perf_counter()
search = built(rows)
build_secs = time.perf_counter() - start
for setting in settings:
    start = time.perf_counter()
    found = search(int(setting))
    line = {"setting": int(setting), "seconds": build_secs + time.perf_counter() - start}
    line["peak_mib"] = int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1]) // 1024
    found.astype("<u4").tofile(f"{to}.{setting}.u32")
    print(json.dumps(line), flush=True)
