"""Images as the peers take them."""

import gzip
import pathlib

import numpy as np


def images(folder: str, split: str) -> np.ndarray:
    """`[n, side, side, channels]` in 0–1, of `train` or `t10k`: from the IDX files of a folder, or of both from a .npy."""
    if folder.endswith(".npy"):
        return np.load(folder).astype(np.float32) / 255
    packed = pathlib.Path(folder, f"{split}-images-idx3-ubyte.gz").read_bytes()
    return np.frombuffer(gzip.decompress(packed)[16:], np.uint8).reshape(-1, 28, 28, 1).astype(np.float32) / 255
