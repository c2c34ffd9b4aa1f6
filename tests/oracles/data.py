"""Real data for the oracles: fetched as packages, or made by scikit-learn; written as people's files come.

Nothing of it is kept in the repository. `python tests/oracles/data.py FOLDER` writes all of it, to look at by hand.
"""

import csv
import io
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.datasets import load_digits

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from fetch_tokens import NotFetched, fetch, fetch_wheel, vectors, write_tokens

__all__ = ["NotFetched", "digits", "emoji", "hugging_face", "pbmc68k", "tokens"]

SCANPY = "scanpy==1.11.5"
EMOJI = "emoji-datasource-google@16.0.0"


def pbmc68k(folder: Path) -> Path:
    """700 blood cells: 50 principal components, scanpy's own UMAP, cell types (`bulk_labels`) and two numbers."""
    with tempfile.TemporaryDirectory() as scratch, fetch_wheel(SCANPY, Path(scratch)) as package:
        content = package.read("scanpy/datasets/10x_pbmc68k_reduced.h5ad")
    with h5py.File(io.BytesIO(content)) as file:
        spaces, cells, names = file["obsm"][:], file["obs"][:], file["uns/bulk_labels_categories"][:]
    names = [name.decode() if isinstance(name, bytes) else name for name in names]
    table = pa.table(
        {
            "cell": [name.decode() for name in cells["index"]],
            "bulk_labels": [names[code] for code in cells["bulk_labels"]],
            "n_genes": cells["n_genes"],
            "percent_mito": cells["percent_mito"],
            "X_pca": vectors(spaces["X_pca"]),
            "umap_x": spaces["X_umap"][:, 0],
            "umap_y": spaces["X_umap"][:, 1],
        }
    )
    path = folder / "pbmc68k.parquet"
    pq.write_table(table, path)
    return path


def tokens(folder: Path) -> Path:
    """wordllama's 32,000 tokens with their 256-dimensional vectors."""
    return write_tokens(folder / "tokens.parquet")


def emoji(folder: Path) -> Path:
    """1,911 emoji: a folder of PNG files of several modes, and `metadata.csv` with names, groups and years beside them."""
    target = folder / "emoji"
    target.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(fetch(["npm", "pack", "--silent", EMOJI], Path(scratch))) as archive:
            archive.extractall(scratch, filter="data")
        package = Path(scratch) / "package"
        listed = json.loads((package / "emoji.json").read_text())
        with (target / "metadata.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file_name", "name", "category", "subcategory", "added_in", "sort_order", "au"])
            for item in listed:
                shutil.copy(package / "img/google/64" / item["image"], target)
                row = ["image", "name", "category", "subcategory", "added_in", "sort_order", "au"]
                writer.writerow(["" if item[key] is None else item[key] for key in row])
    return target


def hugging_face(folder: Path, pictures: Path) -> Path:
    """Each tenth emoji as `datasets` writes them: pictures as structs, classes as numbers with names aside."""
    with (pictures / "metadata.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::10]
    names = sorted({row["category"] for row in rows})
    image = [{"bytes": (pictures / row["file_name"]).read_bytes(), "path": row["file_name"]} for row in rows]
    features = {"image": {"_type": "Image"}, "category": {"_type": "ClassLabel", "names": names}}
    table = pa.table(
        {
            "image": pa.array(image, pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
            "category": pa.array([names.index(row["category"]) for row in rows], pa.int64()),
        }
    ).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path = folder / "train-00000-of-00001.parquet"
    pq.write_table(table, path)
    return path


def digits(folder: Path) -> list[Path]:
    """scikit-learn's 1,797 digits, 8 x 8 numbers of 0-16, and their labels, as two files of numpy."""
    data = load_digits()
    paths = [folder / "digits.npy", folder / "labels.npy"]
    np.save(paths[0], data.data)
    np.save(paths[1], data.target)
    return paths


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    hugging_face(place, emoji(place))
    for make in (pbmc68k, tokens, digits):
        print(make(place))
