"""Density tiles of a folder of placed rows by one process, without any engine.

usage: local_tiles.py PLACED OUTPUT [--label COLUMN]    OUTPUT/tiles.html then shows them
"""

import argparse
import collections
import sys
from pathlib import Path

import folder
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import tiles

BATCH = 2_000_000


class CellSums:
    """Rows and isolation of each key, added up batch by batch; a part is merged with one that is not much larger."""

    def __init__(self):
        self.parts = []

    def add(self, keys, isolation):
        packed = np.sort((keys << 8) | isolation)
        self.parts.append(summed(packed >> 8, np.ones(len(packed), np.int64), packed & 255))
        while len(self.parts) > 1 and len(self.parts[-2][0]) <= 2 * len(self.parts[-1][0]):
            self._merge()

    def _merge(self):
        self.parts[-2:] = [together(*(np.concatenate(pair) for pair in zip(*self.parts[-2:], strict=True)))]

    def whole(self):
        while len(self.parts) > 1:
            self._merge()
        return self.parts[0]


def summed(keys, *values):
    """Sums of the values of equal keys, which stand together."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], *(np.add.reduceat(of, starts) for of in values)


def together(keys, *values):
    order = np.argsort(keys, kind="stable")
    return summed(keys[order], *(of[order] for of in values))


class Rows:
    """The placed rows of a folder, in batches."""

    def __init__(self, source, id, label):
        self.data, self.id, self.label = ds.dataset(source, format="parquet"), id, label

    def batches(self, *names):
        """The columns of rows that have a place, which comes first."""
        columns = dict.fromkeys(["x", "y", *names])
        reader = self.data.scanner(columns=list(columns), batch_size=BATCH, batch_readahead=2, fragment_readahead=1)
        for batch in reader.to_batches():
            x, y = (batch[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in "xy")
            placed = np.isfinite(x) & np.isfinite(y)
            rest = [batch[name].filter(pa.array(placed)) for name in names]
            yield x[placed], y[placed], *rest

    def survey(self):
        """The map's square, the rows of each class, and how many have a place."""
        low, high, rows = np.full(2, np.inf), np.full(2, -np.inf), 0
        counts = collections.Counter()
        for x, y, *label in self.batches(*([self.label] if self.label else [])):
            if len(x) == 0:
                continue
            low, high = np.minimum(low, [x.min(), y.min()]), np.maximum(high, [x.max(), y.max()])
            rows += len(x)
            for found in label:
                for value in pc.value_counts(pc.cast(found, pa.string())).to_pylist():
                    counts[value["values"]] += value["counts"]
        if rows == 0:
            raise folder.FolderError("no row has a place, so there is nothing to show")
        return tiles.square(*map(float, (low[0], high[0], low[1], high[1]))), counts, rows


def codes_of(label, classes):
    """Codes of a column's values."""
    found = pc.cast(label, pa.string()).dictionary_encode()
    table = [classes.codes.get(name, classes.other) for name in found.dictionary.to_pylist()]
    return np.array([*table, classes.missing], np.int64)[found.indices.fill_null(len(table)).to_numpy()]


def make(source, target, *, id="id", label=None, title="All rows"):
    """Writes `target/tiles` and the page beside it, and gives back what `tiles/data.js` says."""
    told = folder.manifest(source)
    rows = Rows(source, id, label)
    tiles.compare(source, rows.data.count_rows(), told)
    written = tiles.prepare(source, target, rows.data.schema.names, "x", "y", "isolation", id, label)
    kind_of_label = rows.data.schema.field(label).type if label else None
    if label and pa.types.is_floating(kind_of_label):
        raise folder.FolderError(f"{label} holds fractions; name a column of texts or whole numbers")
    extent, counts, n_rows = rows.survey()
    are_numbers = label is not None and pa.types.is_integer(kind_of_label)
    classes = tiles.Classes(counts, are_numbers)
    named = [label] if label else []

    def placed(*names):
        for x, y, isolation, *others in rows.batches("isolation", *named, *names):
            klass = codes_of(others[0], classes) if named else np.zeros(len(x), np.int64)
            steps = tiles.isolation_steps(isolation.to_numpy(zero_copy_only=False))
            x, y = tiles.places(x, extent[0], extent[2]), tiles.places(y, extent[1], extent[2])
            yield x, y, klass, steps, *others[len(named) :]

    sums = CellSums()
    for x, y, klass, steps in placed():
        sums.add(tiles.key(x, y, klass, tiles.DEEPEST), steps)
    cells = sums.whole()
    numbers = (cells[0] >> (16 + tiles.CLASS_BITS)).astype(np.int64)
    tree = tiles.Tree(np.bincount(numbers, cells[1], 4**tiles.DEEPEST))

    kept = []
    for x, y, klass, steps, ids in placed(id):
        ids = tiles.known_ids(ids)
        hashed = tiles.hashes(tiles.id_numbers(ids))
        at = tiles.is_kept(hashed, tree.smallest[tiles.tile_of(x, y, tiles.DEEPEST)])
        columns = {"hash": hashed[at], "x": x[at], "y": y[at], "class": klass[at], "isolation": steps[at]}
        kept.append(pa.table({"id": ids.filter(pa.array(at)), **columns}))
    peaks = write(written, cells, tree, pa.concat_tables(kept).combine_chunks())
    return tiles.finish(written, title, label, extent, classes, tree, peaks, told["rows"] - n_rows)


def write(target, cells, tree, kept):
    """Writes the tiles, from the deepest level up; gives back the most rows that a cell of each level has."""
    x, y, hashed = (kept[name].to_numpy() for name in ("x", "y", "hash"))
    peaks = np.zeros(tiles.DEEPEST + 1, np.int64)
    for level in range(tiles.DEEPEST, -1, -1):
        keys, counts, sums = cells
        own = tiles.tile_of(x, y, level)
        at = np.flatnonzero(tree.there[level][own] & tiles.is_kept(hashed, tree.rows[level][own]))
        at = at[np.argsort(own[at], kind="stable")]
        points, own = kept.take(at), own[at]
        numbers = np.flatnonzero(tree.there[level])
        bounds = [np.searchsorted(keys, numbers + end << (16 + tiles.CLASS_BITS)) for end in (0, 1)]
        ends = [np.searchsorted(own, numbers, side) for side in ("left", "right")]
        for tile, low, high, first, last in zip(numbers.tolist(), *bounds, *ends, strict=True):
            part = points.slice(first, last - first)
            script, most = tiles.encode(level, tile, keys[low:high], counts[low:high], sums[low:high], part)
            (target / f"{tiles.tile_name(level, tile)}.js").write_text(script)
            peaks = np.maximum(peaks, most)
        if level > 0:
            cells = together(tiles.parent_key(keys, level), counts, sums)
    return peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("placed", help="folder of rows with id, x, y and isolation")
    parser.add_argument("output", type=Path)
    parser.add_argument("--id", default="id")
    parser.add_argument("--label", help="column that says the class, kept by `place --keep`")
    parser.add_argument("--title", default="All rows")
    given = vars(parser.parse_args())
    try:
        said = make(given.pop("placed"), given.pop("output"), **given)
        print(f"{said['rows']} rows in {sum(map(len, said['tiles'])) // 2} tiles")
    except (folder.FolderError, OSError, pa.ArrowException) as error:
        sys.exit(f"local_tiles.py: {error}")


if __name__ == "__main__":
    main()
