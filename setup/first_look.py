"""Something to look at while the library is built: the test images on planes of their principal components, in the page.

usage: first_look.py FOLDER

Writes data.js and plotly.min.js into the folder of the page, where notebook 01 writes its own over them. Takes seconds; of
images that are not on this machine yet there is nothing to see.
"""

import gzip
import os
import sys
from pathlib import Path

import numpy as np
from data_js import FASHION, pack, quantize, statement
from plotly.offline import get_plotlyjs
from sklearn.decomposition import PCA

# Where the library looks for them as well.
PLACES = (
    [os.environ["NEURAL_MANIFOLD_DATA"]]
    if "NEURAL_MANIFOLD_DATA" in os.environ
    else ["data", "/usr/share/datasets/fashion-mnist"]
)
COMPONENTS = 32
# The components that each map shows.
PLANES = {"PCA": [0, 1], "PCA, axes 3 and 4": [2, 3]}


def main():
    folder = Path(sys.argv[1])
    found = images_and_labels()
    if found is None:
        print("  the images come with the notebook, which downloads them")
        return
    (folder / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    # Renamed when it is whole: a page that is opened meanwhile finds all or nothing.
    aside = folder / "data.js.new"
    aside.write_text(statement(document(*found)), encoding="ascii")
    aside.rename(folder / "data.js")
    print(
        f"  look meanwhile: {(folder / 'index.html').resolve()} has the {len(found[0]):,} test images on a first map,"
    )
    print("  of their pixels alone; the map of a trained network takes its place at the end")


def images_and_labels():
    """The test images, `[n, side, side]`, and their labels; None where there are none."""
    for place in map(Path, PLACES):
        images, labels = read_idx(place, "t10k-images-idx3-ubyte", 3), read_idx(place, "t10k-labels-idx1-ubyte", 1)
        if images is not None and labels is not None:
            return images, labels
    return None


def read_idx(folder, name, axes):
    """The bytes of an IDX file of so many axes, gzipped or plain."""
    for path, reads in [(folder / name, open), (folder / f"{name}.gz", gzip.open)]:
        if path.exists():
            with reads(path, "rb") as file:
                content = file.read()
            shape = np.frombuffer(content, ">u4", axes, offset=4)
            return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
    return None


def document(images, labels):
    points, side, _ = images.shape
    pca = PCA(COMPONENTS, random_state=0)
    vectors = pca.fit_transform(images.reshape(points, -1) / np.float32(255))
    stored, scale, _ = quantize(vectors.astype(float), "u16")
    fields = {
        "index": pack(np.arange(points), "u32"),
        "images": pack(images, "u8"),
        "labels": pack(labels, "u8"),
        "vectors.0": pack(stored, "u16", **scale),
    }
    maps = []
    for number, (name, axes) in enumerate(PLANES.items()):
        stored, scale, _ = quantize(vectors[:, axes].astype(float), "u16")
        fields[f"map.{number}"] = pack(stored, "u16", **scale)
        share = pca.explained_variance_ratio_[axes].sum()
        note = f"two principal components of the {side * side} pixels, {100 * share:.0f} % of their variance"
        maps.append({"name": name, "title": name, "note": note, "field": f"map.{number}", "vectors": 0, "scores": None})
    return {
        "schema": "neural-manifold",
        "version": 2,
        "generator": "setup/first_look.py",
        "title": "Fashion-MNIST, a first look",
        "points": points,
        "side": side,
        "channels": 1,
        "pictures": {"encoding": "raw", "field": "images"},
        "ids": None,
        "columns": [{"name": "class", "kind": "category", "missing": 0, "levels": FASHION, "field": "labels"}],
        "label": 0,
        "text": None,
        "vectors": [
            {
                "name": "principal components",
                "origin": "given",
                "size": COMPONENTS,
                "field": "vectors.0",
                "neighbors": None,
            }
        ],
        "model": None,
        "maps": maps,
        "modes": [],
        "decoder": None,
        "fields": fields,
    }


if __name__ == "__main__":
    main()
