"""Density tiles: the format that `local_tiles.py` and `spark_tiles.py` fill, and that `web-app/tiles.html` draws.

The map's square is cut into 2^z x 2^z tiles at level z, and a tile into 256 x 256 cells, which count the rows of each
class. A tile of at most KEPT rows holds them all and is cut no further; a larger one holds about as many, those whose id
has a small hash: the same however the rows are parted, and all of them in the tile below as well.

All arithmetic that two makers must agree on is of whole numbers, but for `scale`, whose two operations each round once.
"""

import base64
import gzip
import json
import re
import shutil
import zlib
from pathlib import Path

import folder
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

VERSION = 1
DEEPEST = 6  # level whose tiles' cells are those of 2^14 x 2^14
PLACE_BITS = DEEPEST + 16  # of a row's place on either axis: a tile of the deepest level has 2^16 x 2^16
PAGE = Path(__file__).resolve().parents[1] / "web-app"
KEPT = 2000
NAMED = 12  # classes with a color of their own; others are counted together
CLASS_BITS = 4
ISOLATION_STEPS = 32  # per unit; the highest is 255/32, about 8 times as isolated as the surroundings


def square(x_low, x_high, y_low, y_high):
    """The map's square: its left end, its lower end and its side, in the map's units."""
    side = max(x_high - x_low, y_high - y_low) or 1.0
    return ((x_low + x_high) / 2 - side / 2, (y_low + y_high) / 2 - side / 2, side)


def scale(side):
    """Places per unit of the map."""
    return 2.0**PLACE_BITS / side


def places(values, low, side):
    """Where on an axis, of 2^22 places, float64 values lie."""
    return np.clip(np.floor((values - low) * scale(side)), 0, 2**PLACE_BITS - 1).astype(np.int64)


def key(x, y, klass, level):
    """A tile of a level, a cell of it and a class as one number, from places."""
    shift = PLACE_BITS - 8 - level
    x, y = x >> shift, y >> shift
    tile = ((y >> 8) << level) | (x >> 8)
    return (((tile << 16) | ((y & 255) << 8) | (x & 255)) << CLASS_BITS) | klass


def parent_key(keys, level):
    """The key one level up."""
    klass, cell, tile = keys & (2**CLASS_BITS - 1), (keys >> CLASS_BITS) & 0xFFFF, keys >> (16 + CLASS_BITS)
    x = ((tile & (2**level - 1)) << 8) | (cell & 255)
    y = ((tile >> level) << 8) | (cell >> 8)
    shift = PLACE_BITS - 8 - level
    return key(x << shift, y << shift, klass, level - 1)


def tile_of(x, y, level):
    """The tile's number within its level, from places."""
    shift = PLACE_BITS - level
    return ((y >> shift) << level) | (x >> shift)


def isolation_steps(values):
    """Isolation in steps of 1/32; what is not known counts as the highest."""
    low = values < 255 / ISOLATION_STEPS
    return np.where(low, np.floor(np.where(low, values, 0) * ISOLATION_STEPS), 255).clip(0).astype(np.int64)


def id_numbers(ids):
    """Ids as int64: whole numbers as they are, texts by their CRC-32, which Spark has as well."""
    if pa.types.is_integer(ids.type):
        return ids.to_numpy(zero_copy_only=False)
    return np.fromiter((zlib.crc32(text.encode()) for text in ids.to_pylist()), np.int64, len(ids))


def id_type(given):
    """The type that ids of a type are kept as."""
    return pa.int64() if pa.types.is_integer(given) else pa.string()


def known_ids(column):
    """Ids as they are kept; those that are missing are all the same."""
    kind = id_type(column.type)
    return pc.fill_null(pc.cast(column, kind), 0 if kind == pa.int64() else "")


def hashes(numbers):
    """The upper 32 bits of Spark's xxhash64 of int64 numbers."""
    return (xxhash64(numbers) >> np.uint64(32)).astype(np.int64)


def xxhash64(numbers, seed=None):
    """Spark's xxhash64 of int64 numbers, and of an int beside them where one is given, as uint64."""
    p1, p2, p3, p4, p5 = (
        np.uint64(prime)
        for prime in (
            0x9E3779B185EBCA87,
            0xC2B2AE3D27D4EB4F,
            0x165667B19E3779F9,
            0x85EBCA77C2B2AE63,
            0x27D4EB2F165667C5,
        )
    )

    def rotated(values, by):
        return (values << np.uint64(by)) | (values >> np.uint64(64 - by))

    def finished(mixed):
        mixed = (mixed ^ (mixed >> np.uint64(33))) * p2
        mixed = (mixed ^ (mixed >> np.uint64(29))) * p3
        return mixed ^ (mixed >> np.uint64(32))

    with np.errstate(over="ignore"):
        mixed = np.uint64(42 + 8) + p5
        mixed = mixed ^ (rotated(numbers.astype(np.uint64) * p2, 31) * p1)
        mixed = finished(rotated(mixed, 27) * p1 + p4)
        if seed is None:
            return mixed
        mixed = (mixed + p5 + np.uint64(4)) ^ (np.uint64(seed & 0xFFFFFFFF) * p1)
        return finished(rotated(mixed, 23) * p2 + p3)


class Tree:
    """Which tiles there are: `rows[level]` and `there[level]`, by the tile's number."""

    def __init__(self, deepest):
        """From the rows of each tile of the deepest level."""
        rows = [np.asarray(deepest, np.int64)]
        for level in range(DEEPEST - 1, -1, -1):
            n = 2**level
            rows.insert(0, rows[0].reshape(n, 2, n, 2).sum((1, 3)).ravel())
        self.rows, self.there = rows, [rows[0] > 0]
        # Of each tile of the deepest level: the rows of the smallest tile that holds it.
        self.smallest = np.full(4**DEEPEST, rows[0][0])
        deepest = np.arange(4**DEEPEST)
        x, y = (part << (PLACE_BITS - DEEPEST) for part in (deepest & (2**DEEPEST - 1), deepest >> DEEPEST))
        for level in range(1, DEEPEST + 1):
            tiles = np.arange(4**level)
            shift = PLACE_BITS - level
            above = tile_of((tiles & (2**level - 1)) << shift, (tiles >> level) << shift, level - 1)
            self.there.append((rows[level] > 0) & self.there[-1][above] & (rows[level - 1][above] > KEPT))
            own = tile_of(x, y, level)
            self.smallest = np.where(self.there[level][own], rows[level][own], self.smallest)

    def list(self):
        """Per level the numbers of its tiles, each followed by its rows."""
        found = []
        for rows, there in zip(self.rows, self.there, strict=True):
            tiles = np.flatnonzero(there)
            found.append(np.stack([tiles, rows[tiles]], 1).ravel().tolist())
        return found


def is_kept(hashed, rows):
    """Whether a tile of so many rows keeps those with these hashes."""
    return hashed * rows < (KEPT << 32)


def tile_name(level, tile):
    return f"{level}-{tile & (2**level - 1)}-{tile >> level}"


def encode(level, tile, keys, counts, sums, points):
    """A tile's script, and the most rows that a cell has, of its level and, where it is cut no further, of those below.

    `keys`, ascending, `counts` and `sums` of isolation are of its cells and classes; `points` is a table of the rows that
    it keeps: hash, id, x, y (places), class, isolation.
    """
    cells = (keys >> CLASS_BITS) & 0xFFFF
    points = points.sort_by([(name, "ascending") for name in ("hash", "id", "x", "y", "class", "isolation")])
    x, y, klass, isolation = (points[name].to_numpy() for name in ("x", "y", "class", "isolation"))
    shift = DEEPEST - level
    ids = json.dumps(pc.cast(points["id"], pa.string()).to_pylist(), separators=(",", ":"))
    arrays = [
        (counts, "<u4"),
        (cells, "<u2"),
        ((x >> shift) & 0xFFFF, "<u2"),
        ((y >> shift) & 0xFFFF, "<u2"),
        (keys & (2**CLASS_BITS - 1), "u1"),
        ((sums + counts // 2) // counts, "u1"),
        (klass, "u1"),
        (isolation, "u1"),
    ]
    data = b"".join(values.astype(kind).tobytes() for values, kind in arrays) + ids.encode()
    said = {
        "rows": int(counts.sum()),
        "cells": len(keys),
        "points": points.num_rows,
        "data": base64.b64encode(gzip.compress(data, 6, mtime=0)).decode(),
    }
    script = f"NEURAL_MANIFOLD_TILES[{json.dumps(tile_name(level, tile))}]={json.dumps(said)};\n"
    peaks = np.zeros(DEEPEST + 1, np.int64)
    peaks[level] = np.bincount(cells, counts).max()
    if counts.sum() <= KEPT:
        for below in range(level + 1, DEEPEST + 1):
            peaks[below] = np.unique(key(x, y, 0, below), return_counts=True)[1].max()
    return script, peaks


def encode_group(key_of_group, cells, points):
    """The same of a group of Spark's rows: Arrow tables in and out."""
    level, tile = (part.as_py() for part in key_of_group)
    cells = cells.sort_by("key")
    script, peaks = encode(level, tile, *(cells[name].to_numpy() for name in ("key", "rows", "sum")), points)
    return pa.table({"level": [level], "tile": [tile], "peaks": [peaks.tolist()], "script": [script]})


class Classes:
    """Codes of the values of a label column: the NAMED most frequent ones, in order, then all others, then none."""

    def __init__(self, counts, are_numbers):
        """From the rows of each value, a text, or None where it is missing."""
        missing = counts.pop(None, 0)
        largest = sorted(counts, key=lambda name: (-counts[name], name))
        named = sorted(largest[:NAMED], key=int if are_numbers else str)
        others = largest[NAMED:]
        self.codes = {name: code for code, name in enumerate(named)}
        self.said = [{"name": name, "rows": counts[name]} for name in named]
        self.other = self.missing = 0
        if others:
            self.other = len(self.said)
            self.said.append({"other": len(others), "rows": sum(counts[name] for name in others)})
        if missing:
            self.missing = len(self.said)
            self.said.append({"missing": True, "rows": missing})


def compare(source, rows, told):
    """Refuses a folder from which rows have gone, or into which others have come, since it was written."""
    if rows != told["rows"]:
        raise folder.FolderError(f"{source} has {rows} rows, and its manifest says {told['rows']}; place them again")


def prepare(source, target, columns, *needed):
    """Takes away tiles of before; refuses a folder that holds anything else, and rows that lack a column."""
    folder.need(source, columns, *needed)
    tiles = Path(target) / "tiles"
    if tiles.exists():
        foreign = [path.name for path in tiles.iterdir() if not re.fullmatch(r"(data|\d-\d+-\d+)\.js", path.name)]
        if foreign:
            raise folder.FolderError(
                f"{tiles} holds {min(foreign)}, which no maker of tiles wrote; give another folder"
            )
        shutil.rmtree(tiles)
    tiles.mkdir(parents=True)
    return tiles


def finish(tiles, title, label, extent, classes, tree, peaks, unplaced):
    """Writes `data.js`, which says that all tiles are there, and the page beside the tiles."""
    said = {
        "schema": "neural-manifold-tiles",
        "version": VERSION,
        "title": title,
        "rows": int(tree.rows[0][0]),
        "unplaced": unplaced,
        "extent": list(extent),
        "label": label,
        "classes": classes.said,
        "kept": KEPT,
        "isolation_steps": ISOLATION_STEPS,
        "peaks": peaks.tolist(),
        "tiles": tree.list(),
    }
    (tiles / "data.js").write_text(f"window.NEURAL_MANIFOLD_DATA = {json.dumps(said)};\n")
    if tiles.parent.resolve() != PAGE:
        for path in page_files():
            (tiles.parent / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PAGE / path, tiles.parent / path)
    return said


def page_files():
    """The page and what it names, but the tiles."""
    named = re.findall(r'(?:src|href)="([\w/]+\.(?:js|css))"', (PAGE / "tiles.html").read_text())
    return ["tiles.html", *(path for path in named if not path.startswith("tiles/"))]
