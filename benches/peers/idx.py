"""Images of an IDX file, as the peers take them."""

import gzip
import pathlib

import numpy as np


def images(folder: str, split: str) -> np.ndarray:
    """`[n, 28, 28]` in 0–1, of `train` or `t10k`."""
    packed = pathlib.Path(folder, f"{split}-images-idx3-ubyte.gz").read_bytes()
    return np.frombuffer(gzip.decompress(packed)[16:], np.uint8).reshape(-1, 28, 28).astype(np.float32) / 255
