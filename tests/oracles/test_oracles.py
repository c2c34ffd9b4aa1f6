"""Numbers of the program on real data, beside those that others give: scikit-learn, numpy, and the data themselves."""

import csv
import json
from collections import defaultdict

import data
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness


def matrix(table, column):
    return np.stack(table[column].to_numpy(zero_copy_only=False))


def test_an_audit_of_scanpys_own_map(pbmc68k, run):
    columns = ["--vector", "X_pca", "--x", "umap_x", "--y", "umap_y"]
    told = run("audit", pbmc68k, *columns, "--label", "bulk_labels", "--id", "cell")
    table = pq.read_table(pbmc68k)
    vectors, places = matrix(table, "X_pca"), np.stack([table["umap_x"], table["umap_y"]], axis=1)
    assert told["trustworthiness"] == pytest.approx(trustworthiness(vectors, places, n_neighbors=15), abs=1e-4)
    assert told["continuity"] == pytest.approx(trustworthiness(places, vectors, n_neighbors=15), abs=1e-4)
    assert (told["trustworthiness"], told["continuity"]) == pytest.approx((0.9269, 0.9624), abs=1e-4)
    assert (told["knn_accuracy_of_vectors"], told["knn_accuracy"]) == pytest.approx((0.804, 0.814), abs=0.002)
    cells = table["cell"].to_pylist()
    assert len(told["worst"]) == 20 and all(cells[cell["row"]] == cell["id"] for cell in told["worst"])
    assert run("audit", pbmc68k, *columns, "--min", "0.93", code=1)["passed"] is False


def test_our_map_stands_beside_scanpys(pbmc68k, run, tmp_path):
    page = tmp_path / "cells.html"
    told = run("explore", pbmc68k, "--x", "umap_x", "--y", "umap_y", "--label", "bulk_labels", "-o", page)
    ours, theirs = told["maps"]
    assert (ours["name"], theirs["name"], told["points"]) == ("UMAP", "umap_x, umap_y", 700)
    # scanpy spreads its points (min_dist .5), which few cells bear well; ours keeps more of the nearest.
    assert ours["trustworthiness"] > theirs["trustworthiness"] - 0.005 and ours["recall"] > theirs["recall"]


def test_the_neighbors_of_tokens_are_numpys(tokens, run, tmp_path):
    out = tmp_path / "map.parquet"
    told = run("map", tokens, "--sample", "6000", "--engine", "pca", "-o", out)
    assert told["rows"] == 6000
    table, drawn = pq.read_table(tokens), pq.read_table(out)
    rows = drawn["row"].to_numpy()
    assert drawn["token"].to_pylist() == table["token"].take(rows).to_pylist()
    vectors = matrix(table, "embedding")[rows].astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chosen = np.arange(0, 6000, 97)
    nearness = vectors[chosen] @ vectors.T
    nearness[np.arange(len(chosen)), chosen] = -np.inf
    for near, row in zip(nearness, chosen, strict=True):
        found = drawn["neighbors"][int(row)].as_py()["ids"]
        assert len(set(found) & set(rows[np.argsort(-near)[:15]])) >= 14  # a tie may fall either way


def test_monday_is_near_friday(tokens, run, tmp_path):
    out = tmp_path / "map.parquet"
    run("map", tokens, "--engine", "pca", "-o", out)
    drawn = pq.read_table(out)
    words = drawn["token"].to_pylist()

    def nearest(word, count):
        near = drawn["neighbors"][words.index(word)].as_py()
        return [words[row] for row in near["ids"][:count]], near["distances"][:count]

    days, distances = nearest("▁Monday", 3)
    assert days == ["▁Friday", "▁Saturday", "▁Sunday"]
    # On unit rows the squared distance is 2 - 2 cos.
    assert 1 - np.square(distances) / 2 == pytest.approx([0.74, 0.72, 0.70], abs=0.01)
    assert nearest("▁king", 1)[0] == ["▁King"]


def test_emoji_are_read_in_color_on_white(emoji, run):
    told = run("explore", emoji, "--engine", "pca", "--report")
    with (emoji / "metadata.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    info = run("info", emoji)
    missing = {column["name"]: column["missing"] for column in info["columns"]}
    assert (info["rows"], missing["au"]) == (len(listed), sum(row["au"] == "" for row in listed))
    # .608 in color on white, .586 in gray on white, .525 where what alpha hides is seen.
    assert told["maps"][0]["knn_accuracy_of_vectors"] == pytest.approx(0.608, abs=0.01)
    finer = run("explore", emoji, "--engine", "pca", "--report", "--label", "subcategory")
    assert finer["maps"][0]["knn_accuracy_of_vectors"] == pytest.approx(0.403, abs=0.01)


def on_white(path):
    """The pixels of a picture, by Pillow."""
    picture = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB").tobytes()


def test_equal_emoji_are_at_distance_zero(emoji, run, tmp_path):
    out = tmp_path / "map.parquet"
    run("map", emoji, "--engine", "pca", "-o", out)
    table = pq.read_table(out)
    assert "row" not in table.column_names  # the file's name is what names a row
    files, found = table["file_name"].to_pylist(), set()
    for row, near in enumerate(table["neighbors"].to_pylist()):
        equal = [other for other, distance in zip(near["ids"], near["distances"], strict=True) if distance == 0]
        if equal:
            found.add(frozenset(files[other] for other in [row, *equal]))
    groups = defaultdict(set)
    for file in files:
        groups[on_white(emoji / file)].add(file)
    # Flags of islands that fly another country's, and families drawn alike.
    assert found == {frozenset(group) for group in groups.values() if len(group) > 1} and len(found) == 11


def test_digits_of_numpy_agree_with_scikit_learn(digits, run, tmp_path):
    out = tmp_path / "map.parquet"
    told = run("map", *digits, "-o", out, "--metric", "euclidean")
    table, truth = pq.read_table(out), load_digits()
    assert [int(label) for label in table["labels"].to_pylist()] == truth.target.tolist()
    places = np.stack([table["x"], table["y"]], axis=1)
    score = told["maps"][0]["trustworthiness"]
    assert score == pytest.approx(trustworthiness(truth.data, places, n_neighbors=15), abs=1e-4) and score > 0.98


def test_classes_of_hugging_face_have_names(emoji, run, tmp_path):
    path = data.hugging_face(tmp_path, emoji)
    page = tmp_path / "page"
    run("explore", path, "-o", page, "--engine", "pca")
    features = json.loads(pq.read_schema(path).metadata[b"huggingface"])["info"]["features"]
    names = json.dumps(features["category"]["names"], ensure_ascii=False, separators=(",", ":"))
    assert len(features["category"]["names"]) == 10 and names in (page / "data.js").read_text()
