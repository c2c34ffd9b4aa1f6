"""Images as the peers take them."""

import gzip
import os
import pathlib

import numpy as np

DEBIAN = "/usr/share/datasets/fashion-mnist"


def folder() -> str:
    """Where the images lie, of the places in which the library looks for them too."""
    repository = pathlib.Path(__file__).resolve().parents[2]
    places = [os.environ.get("NEURAL_MANIFOLD_DATA", DEBIAN), str(repository / "data")]
    return next((place for place in places if pathlib.Path(place, "train-images-idx3-ubyte.gz").exists()), DEBIAN)


def images(place: str, split: str) -> np.ndarray:
    """`[n, side, side, channels]` in 0–1, of `train` or `t10k`: from the IDX files of a folder, or of both from a .npy."""
    if place.endswith(".npy"):
        return np.load(place).astype(np.float32) / 255
    packed = pathlib.Path(place, f"{split}-images-idx3-ubyte.gz").read_bytes()
    return np.frombuffer(gzip.decompress(packed)[16:], np.uint8).reshape(-1, 28, 28, 1).astype(np.float32) / 255
