"""Writes a data.js of synthetic items, so that the page can be tested without Rust.

The same arguments give the same bytes. `python make_fixture.py web-app/data.js --points 10000`
"""

import argparse
import base64
import gzip
import io
import json
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "setup"))

from data_js import DTYPES, FASHION, pack, quantize, statement


@dataclass
class Fixture:
    """What a test needs to know about the page: the arrays that went in, before they were packed."""

    document: dict
    images: np.ndarray
    labels: np.ndarray
    index: np.ndarray
    latents: np.ndarray  # as the page sees them: dequantized, float64
    maps: dict = field(default_factory=dict)  # name -> [n, 2] float64, dequantized
    modes: dict = field(default_factory=dict)  # (key, map's name or None) -> [n] float64, dequantized


def add_mode(document, values, key, title, ends, ramp="sequential", of_map=None, encoding="gzip"):
    """A way to color the map; gives back the values as the page sees them."""
    stored, scale, seen = quantize(np.asarray(values, float)[:, None], "u16")
    field_name = f"mode.{len(document['modes'])}"
    document["fields"][field_name] = pack(stored[:, 0], "u16", encoding, **scale)
    document["modes"].append(
        {"key": key, "title": title, "ends": list(ends), "ramp": ramp, "map": of_map, "field": field_name}
    )
    return seen[:, 0]


def pack_texts(texts):
    """A field of texts, None where one is missing."""
    raw = json.dumps(texts).encode()
    data = base64.b64encode(gzip.compress(raw, 5, mtime=0)).decode("ascii")
    return {"type": "json", "shape": [len(texts)], "encoding": "gzip", "bytes": len(raw), "data": data}


def add_column(document, name, kind, values, dtype=None, encoding="gzip", **more):
    """A column of values of a kind: codes, numbers with NaN for missing, texts or lists of tags."""
    field_name = f"columns.{len(document['columns'])}"
    if kind == "text":
        missing = sum(text is None for text in values)
        document["fields"][field_name] = pack_texts(values)
    elif kind == "tags":
        missing = sum(tags is None for tags in values)
        levels = more["levels"] = sorted({tag for tags in values for tag in tags or ()})
        dtype = label_type(len(levels))
        codes = [[np.iinfo(DTYPES[dtype]).max] if t is None else [levels.index(tag) for tag in t] for t in values]
        offsets = np.concatenate([[0], np.cumsum([len(own) for own in codes])])
        more["offsets"] = f"{field_name}.offsets"
        document["fields"][more["offsets"]] = pack(offsets, "u32", encoding)
        document["fields"][field_name] = pack([code for own in codes for code in own], dtype, encoding)
    else:
        values = np.asarray(values)
        if kind in ("category", "bool"):
            dtype = dtype or label_type(len(more.get("levels", ["no", "yes"])))
            missing = int((values < 0).sum())
            values = np.where(values < 0, np.iinfo(DTYPES[dtype]).max, values)
        else:
            missing = int(np.isnan(values).sum())
        document["fields"][field_name] = pack(values, dtype or "f64", encoding)
    document["columns"].append({"name": name, "kind": kind, "missing": missing, **more, "field": field_name})


def add_jpegs(document, pictures, quality=85):
    """Pictures in place of the document's own: [n, side, side, 3], None where one is missing. They share one header."""
    header, bodies = b"", []
    for picture in pictures:
        if picture is None:
            bodies.append(b"")
            continue
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling=0)
        start = file.getvalue().index(b"\xff\xda")
        start += 2 + int.from_bytes(file.getvalue()[start + 2 : start + 4], "big")
        assert header in (b"", file.getvalue()[:start])
        header = file.getvalue()[:start]
        bodies.append(file.getvalue()[start:])
    fields = document["fields"]
    fields["images"] = pack(np.frombuffer(b"".join(bodies), np.uint8), "u8", "raw")
    fields["images.header"] = pack(np.frombuffer(header, np.uint8), "u8", "raw")
    fields["images.offsets"] = pack(np.cumsum([0, *map(len, bodies)]), "u32")
    side = next(picture.shape[0] for picture in pictures if picture is not None)
    document.update(side=side, channels=3, decoder=None)
    document["pictures"] = {
        "encoding": "jpeg",
        "field": "images",
        "header": "images.header",
        "offsets": "images.offsets",
    }


def add_neighbors(document, number, rows, metric="euclidean"):
    """The true neighbors of each item among a set of vectors: [n, k] of row numbers."""
    name = f"vectors.{number}.neighbors"
    document["fields"][name] = pack(rows, "u16" if len(rows) <= 65535 else "u32")
    entry = {"k": rows.shape[1], "metric": metric, "recall": None, "field": name}
    document["vectors"][number]["neighbors"] = entry


def add_vectors(document, name, vectors, kind="u8", origin="given"):
    """A further set of vectors; gives back the numbers as the page sees them."""
    stored, scale, seen = quantize(np.asarray(vectors, float), kind)
    field_name = f"vectors.{len(document['vectors'])}"
    document["fields"][field_name] = pack(stored, kind, **scale)
    size = vectors.shape[1]
    known = {"name": name, "origin": origin, "size": size, "field": field_name, "neighbors": None}
    document["vectors"].append(known)
    return seen


def add_frames(document, number, frames, names):
    """Where the points of a map were before, [frames, n, 2], and a name for each and for the map; gives back what the page sees."""
    frames = np.asarray(frames, float)
    stored, scale, seen = quantize(frames.reshape(-1, 2), "u16")
    field_name = f"map.{number}.frames"
    document["fields"][field_name] = pack(stored.reshape(frames.shape), "u16", **scale)
    document["maps"][number]["frames"] = {"names": list(names), "field": field_name}
    return seen.reshape(frames.shape)


def label_type(classes):
    """The narrowest type whose greatest number is free to stand for an item without a class."""
    return "u8" if classes <= 255 else "u16" if classes <= 65535 else "u32"


def decoder_layers(rng, fields, latent_size, side, encoding="gzip", activations=("relu", "relu", "sigmoid")):
    """A small decoder with random weights, of every layer kind that the page runs."""
    small = side // 4

    def weights(name, shape, scale, kind="f32"):
        fields[f"decoder.{name}"] = pack(rng.normal(0, scale, shape), kind, encoding)
        return f"decoder.{name}"

    return [
        {
            "kind": "linear",
            "in": latent_size,
            "out": 8 * small * small,
            "activation": activations[0],
            "weight": weights("0.weight", (8 * small * small, latent_size), 0.35, "f16"),
            "bias": weights("0.bias", (8 * small * small,), 0.1),
        },
        {"kind": "reshape", "shape": [8, small, small]},
        {
            "kind": "conv_transpose2d",
            "in": 8,
            "out": 6,
            "kernel": 2,
            "stride": 2,
            "padding": 0,
            "activation": activations[1],
            "weight": weights("2.weight", (8, 6, 2, 2), 0.3),
            "bias": weights("2.bias", (6,), 0.1),
        },
        {"kind": "upsample_nearest", "factor": 2},
        {
            "kind": "conv2d",
            "in": 6,
            "out": 1,
            "kernel": 3,
            "stride": 1,
            "padding": 1,
            "activation": activations[2],
            "weight": weights("4.weight", (1, 6, 3, 3), 0.25),
            "bias": weights("4.bias", (1,), 0.1),
        },
    ]


def add_encoder(document, fit="pad", ground=(255, 255, 255), seed=11):
    """A small encoder with random weights; gives them back as [(weight, bias)] in the order of its layers."""
    rng, fields = np.random.default_rng(seed), document["fields"]
    side, channels, size = document["side"], document["channels"], document["vectors"][0]["size"]
    shapes = [(5, channels, 3, 3), (6, 5, 3, 3), (size, 6 * (side // 4) ** 2)]
    layers, weights = [], []
    for at, shape in enumerate(shapes):
        weight = rng.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)
        bias = rng.normal(0, 0.1, shape[0]).astype(np.float32)
        weights.append((weight, bias))
        names = {"weight": f"encoder.{at}.weight", "bias": f"encoder.{at}.bias"}
        fields[names["weight"]], fields[names["bias"]] = pack(weight, "f32"), pack(bias, "f32")
        layer = {"in": shape[1], "out": shape[0], **names}
        if len(shape) == 4:
            layers.append({"kind": "conv2d", "kernel": 3, "stride": 1, "padding": 1, "activation": "relu", **layer})
            layers.append({"kind": "max_pool2d", "size": 2})
        else:
            layers.append({"kind": "linear", "activation": "none", **layer})
    document["encoder"] = {"layers": layers, "fit": fit, "ground": list(ground)}
    return weights


def synthetic(rng, points, side, classes, latent_size):
    """Latents in class clouds, some of which touch, and images drawn from the latents."""
    labels = rng.integers(0, classes, points)
    centers = rng.normal(0, 2.2, (classes, latent_size))
    centers[1::3] = centers[0::3][: len(centers[1::3])] + rng.normal(0, 0.7, centers[1::3].shape)
    latents = centers[labels] + rng.normal(0, 1.0, (points, latent_size))
    yy, xx = np.mgrid[0:side, 0:side] / (side - 1) * 2 - 1
    # Every class has a silhouette; the first latents stretch, shift and shade it.
    power = 1.2 + 4 * np.arange(classes) / classes
    width = 0.45 + 0.4 * ((np.arange(classes) * 7) % classes) / classes
    return labels, latents, (xx, yy, power, width)


def draw(labels, latents, shape):
    xx, yy, power, width = shape
    images = np.empty((len(labels), *xx.shape), np.uint8)
    for start in range(0, len(labels), 4096):
        part = slice(start, start + 4096)
        a, c = latents[part], labels[part]
        p = power[c][:, None, None]
        w = (width[c] + 0.03 * a[:, 0])[:, None, None]
        h = (0.75 + 0.04 * a[:, 1])[:, None, None]
        inside = 1 - (np.abs(xx / w) ** p + np.abs(yy / h) ** p)
        shade = 0.65 + 0.2 * np.sin(6 * yy * (1 + 0.2 * a[:, 2][:, None, None])) + 0.1 * xx
        images[part] = np.clip(np.clip(inside * 3, 0, 1) * shade * 255, 0, 255)
    return images


# Name of the map, title, as the user gave it; two are of one engine.
MAPS = [("umap", "UMAP"), ("UMAP, seed 7", "UMAP, seed 7"), ("pca", "PCA")]


def make(
    points=2000,
    side=28,
    classes=10,
    latent_size=32,
    seed=7,
    images=True,
    decoder=True,
    encoding="gzip",
    latent_type="u16",
    class_names=None,
    labels=True,
    latents=True,
    missing=0,
):
    """`missing`: so many of the first items have no class; `labels`, `latents`, `images`, `decoder`: parts that a file may lack."""
    rng = np.random.default_rng(seed)
    codes, vectors, shape = synthetic(rng, points, side, classes, latent_size)
    pictures = draw(codes, vectors, shape) if images else np.empty((0, side, side), np.uint8)
    index = rng.permutation(points) if points < 500_000 else np.arange(points)
    stored, scale, vectors = quantize(vectors, latent_type)
    fields = {"index": pack(index, "u32", encoding)}
    if latents:
        fields["latents"] = pack(stored, latent_type, encoding, **scale)
    if images:
        fields["images"] = pack(pictures, "u8", encoding)
    columns = []
    names = class_names or (FASHION[:classes] if classes <= 10 else [f"class {c}" for c in range(classes)])
    document = {
        "schema": "neural-manifold",
        "version": 2,
        "generator": "tests/page/make_fixture.py",
        "title": "Synthetic items",
        "points": points,
        "side": side,
        "channels": 1,
        "pictures": {"encoding": "raw", "field": "images"} if images else None,
        "ids": None,
        "columns": columns,
        "label": 0 if labels else None,
        "text": None,
        "vectors": [],
        "model": {"test_loss": 0.28, "unit": "nats per pixel", "parameters": 123456},
        "maps": [],
        "modes": [],
        "decoder": None,
        "fields": fields,
    }
    if labels:
        kind = label_type(classes)
        stored_codes = codes.copy()
        stored_codes[:missing] = np.iinfo(DTYPES[kind]).max
        fields["labels"] = pack(stored_codes, kind, encoding)
        columns.append({"name": "class", "kind": "category", "missing": missing, "levels": names, "field": "labels"})
    if latents:
        known = {"name": "latents", "origin": "latent", "size": latent_size, "field": "latents", "neighbors": None}
        document["vectors"].append(known)
    errors = (0.2 + 0.3 * rng.gamma(2, 0.2, points)).astype(np.float32)
    fields["errors"] = pack(errors, "f32", encoding)
    ranks = errors.argsort().argsort() / points
    ends = ("small error", "large error")
    modes = {("error", None): add_mode(document, ranks, "error", "Error", ends, encoding=encoding)}
    coordinates = {}
    means = np.array([vectors[codes == c].mean(axis=0) if (codes == c).any() else vectors[0] for c in range(classes)])
    for number, (name, title) in enumerate(MAPS):
        spread = rng.normal(0, 1, (latent_size, 2)) / np.sqrt(latent_size)
        pulled = vectors - (0.6 - 0.3 * number) * (vectors - means[codes])
        stored, scale, coordinates[name] = quantize(pulled @ spread * 3, "u16")
        fields[f"map.{number}"] = pack(stored, "u16", encoding, **scale)
        document["maps"].append(
            {
                "name": name,
                "title": title,
                "note": f"{title}, synthetic, seed {seed}",
                "field": f"map.{number}",
                "vectors": 0 if latents else None,
                "scores": {
                    "k": 15,
                    "n": points,
                    "trustworthiness": 0.987 - 0.02 * number,
                    "continuity": 0.985 - 0.01 * number,
                    "recall": 0.342 - 0.1 * number,
                    "knn_accuracy": 0.766 - 0.1 * number,
                },
            }
        )
        for key, title, ends in [
            ("trust", "False neighbors", ("few", "many")),
            ("continuity", "Torn neighbors", ("few", "many")),
        ]:
            if name == "pca" and key == "trust":
                continue  # a map may lack what the others have
            doubt = rng.beta(1, 6, points)
            modes[key, name] = add_mode(document, doubt, f"{key}:{name}", title, ends, of_map=name, encoding=encoding)
    modes["local density", None] = 3 + 6 * rng.random(points).astype(np.float32)
    add_column(document, "local density", "number", modes["local density", None], "f32", encoding=encoding)
    if decoder:
        document["decoder"] = {"layers": decoder_layers(rng, fields, latent_size, side, encoding)}
    return Fixture(document, pictures, codes, index, vectors, coordinates, modes)


def split(document):
    """The texts of data.js and of the file beside it, which the library makes of much data: the second has vectors,
    pictures and texts. And the second's name.
    """
    late = {part["field"] for part in document["vectors"] if part["field"]}
    late |= {part["neighbors"]["field"] for part in document["vectors"] if part["neighbors"]}
    late |= {column["field"] for column in document["columns"] if column["kind"] == "text"}
    late |= {document["pictures"]["field"]} if document["pictures"] else set()
    fields = {name: {**field, "data": None} if name in late else field for name, field in document["fields"].items()}
    digest = sha256(json.dumps(document).encode()).hexdigest()
    rest = {"digest": digest, "data": {name: document["fields"][name]["data"] for name in sorted(late)}}
    data_js = statement({**document, "rest": digest, "fields": fields})
    return data_js, statement(rest, "NEURAL_MANIFOLD_REST"), f"data-rest-{digest[:12]}.js"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=28)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--latent-size", type=int, default=32)
    parser.add_argument("--latent-type", choices=("u8", "u16"), default="u16")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--encoding", choices=("gzip", "raw"), default="gzip")
    parser.add_argument("--no-images", action="store_true")
    parser.add_argument("--no-decoder", action="store_true")
    given = parser.parse_args()
    fixture = make(
        given.points,
        given.side,
        given.classes,
        given.latent_size,
        given.seed,
        not given.no_images,
        not given.no_decoder,
        given.encoding,
        given.latent_type,
    )
    given.path.write_text(statement(fixture.document))


if __name__ == "__main__":
    main()
