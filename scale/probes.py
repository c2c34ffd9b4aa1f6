"""How good the places of all rows are, exactly, from the surroundings of some of them: the probes.

Of each probe, all rows are looked at twice: first for its nearest ones, among the latent vectors and on the map; then for
how many rows are nearer than these in the other space, which are their ranks there. From the ranks follow the scores as
`neural_manifold::quality::assess` defines them.

Values are rounded to whole steps, so fine that every squared distance is a whole number below 2^53. Such sums are exact in
double precision whatever their order: a matrix product may be used, and rows may be parted in any way. Rows of the same
distance are ranked by their numbers.
"""

import json
import math

import folder
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tiles

QUALITY = "_quality.json"
PROBES, NEIGHBORS = 5000, 15
# Distances are held of so many probes at a time.
CHUNK = 128


class Grid:
    """Rounds the values of a space, given its lowest and its highest of each column."""

    def __init__(self, low, high):
        low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
        self.middle = (low + high) / 2
        # A squared distance is a sum of three parts of at most 4 * width * 4^bits.
        bits = (51 - math.ceil(math.log2(len(low)))) // 2
        _, exponent = np.frexp((high - low).max() / 2)
        self.steps = 2.0 ** (bits - int(exponent))

    def __call__(self, values):
        return np.rint((values.astype(np.float64) - self.middle) * self.steps)


def squared_distances(some, rows):
    """Of each of some points to each of the rows, whole numbers."""
    lengths = [np.einsum("ij,ij->i", points, points) for points in (some, rows)]
    return lengths[0][:, None] + lengths[1] - 2 * (some @ rows.T)


class Rows:
    """Of a batch, the rows that have a place."""

    def __init__(self, batch, id):
        at = pc.and_(pc.is_finite(batch["x"]), pc.is_finite(batch["y"])).fill_null(False)
        batch = batch.filter(at)
        self.ids = tiles.known_ids(batch[id])
        self.numbers = tiles.id_numbers(self.ids)
        latent = batch["latent"].flatten().to_numpy(zero_copy_only=False)
        self.latent = latent.reshape(batch.num_rows, -1) if batch.num_rows else np.zeros((0, 0), np.float32)
        self.place = np.stack([batch[name].to_numpy(zero_copy_only=False) for name in "xy"], 1)

    def spaces(self):
        return self.latent, self.place


def rows_of(batches, id):
    """The rows of each batch that has any."""
    return (rows for rows in (Rows(batch, id) for batch in batches) if len(rows.numbers))


def chosen(batches, id, limit):
    """The rows with a small hash, by which tiles choose the rows that they keep, too."""
    for batch in batches:
        hashes = tiles.hashes(tiles.id_numbers(tiles.known_ids(batch[id])))
        yield batch.filter(pa.array(hashes < limit))


def survey(batches, id):
    """How many rows have a place, and the ends of every column of the two spaces, one batch of a row."""
    n_rows, ends = 0, None
    for rows in rows_of(batches, id):
        n_rows += len(rows.numbers)
        found = [(values.min(0), values.max(0)) for values in rows.spaces()]
        ends = merged_ends(ends, found) if ends else found
    both = [np.concatenate(pair).astype(float).tolist() for pair in ends or []]
    yield pa.record_batch({"rows": [n_rows], "ends": pa.array([both], pa.list_(pa.list_(pa.float64())))})


def merged_ends(one, other):
    return [(np.minimum(a[0], b[0]), np.maximum(a[1], b[1])) for a, b in zip(one, other, strict=True)]


class Probes:
    """The rows whose surroundings are looked at, and how all rows are rounded."""

    def __init__(self, surveys, k):
        """From what the parts' surveys found."""
        surveys = [part for part in surveys.to_pylist() if part["rows"]]
        self.n_rows = sum(part["rows"] for part in surveys)
        if 2 * k >= self.n_rows:
            raise folder.FolderError(f"{self.n_rows} rows have a place; {k} neighbors need more than {2 * k}")
        ends = None
        for part in surveys:
            found = [np.split(np.array(both), 2) for both in part["ends"]]
            ends = merged_ends(ends, found) if ends else found
        self.grids, self.k = [Grid(*pair) for pair in ends], k

    def limit(self, probes):
        """The highest hash of about so many rows."""
        return (probes << 32) // max(self.n_rows, probes)

    def choose(self, table, id):
        """Takes the rows of a table as the probes."""
        if table.num_rows == 0:
            raise folder.FolderError("no row was chosen to be looked at; give more by --probes")
        rows = Rows(table.combine_chunks().to_batches()[0], id)
        if len(pc.unique(rows.ids)) < len(rows.ids):
            raise folder.FolderError(f"the column {id!r} has the same value twice; name another by --id")
        self.ids, self.spaces = rows.ids, self.rounded(rows)

    def rounded(self, rows):
        return [grid(values) for grid, values in zip(self.grids, rows.spaces(), strict=True)]

    def distances(self, rows):
        """Chunks of probes, and their squared distances to the rows in both spaces; infinite to itself."""
        own = pc.index_in(rows.ids, value_set=self.ids).fill_null(-1).to_numpy()
        points = self.rounded(rows)
        for first in range(0, len(self.ids), CHUNK):
            chunk = slice(first, min(first + CHUNK, len(self.ids)))
            both = [squared_distances(some[chunk], of) for some, of in zip(self.spaces, points, strict=True)]
            at = np.flatnonzero((own >= chunk.start) & (own < chunk.stop))
            for squared in both:
                squared[own[at] - first, at] = np.inf
            yield chunk, both

    def nearest(self, batches, id):
        """The k nearest rows of each probe in each space, one batch: distances there and in the other space, numbers."""
        shape = (2, len(self.ids), self.k)
        own, other, numbers = np.full(shape, np.inf), np.full(shape, np.inf), np.zeros(shape, np.int64)
        for rows in rows_of(batches, id):
            for chunk, both in self.distances(rows):
                for space in (0, 1):
                    kept = own[space, chunk], numbers[space, chunk], other[space, chunk]
                    keep_nearest(kept, both[space], both[1 - space], rows.numbers)
        space, probe, at = np.nonzero(np.isfinite(own))
        found = {"own": own, "number": numbers, "other": other}
        columns = {name: values[space, probe, at] for name, values in found.items()}
        yield pa.record_batch({"space": space, "probe": probe, **columns})

    def seek(self, nearest):
        """Takes the nearest rows, of which ranks in the other space are sought."""
        nearest = nearest.sort_by([(name, "ascending") for name in ("space", "probe", "own", "number", "other")])
        shape = (2, len(self.ids), self.k)
        self.sought = [nearest[name].to_numpy().reshape(shape) for name in ("other", "number")]

    def nearer(self, batches, id):
        """How many rows are nearer in the other space than each of the nearest ones, one batch of lists."""
        counts = np.zeros((2, len(self.ids), self.k), np.int64)
        for rows in rows_of(batches, id):
            for chunk, both in self.distances(rows):
                for space in (0, 1):
                    sought = [values[space, chunk] for values in self.sought]
                    counts[space, chunk] += n_nearer(*sought, both[1 - space], rows.numbers)
        yield pa.record_batch({"at": np.arange(counts.size), "nearer": counts.ravel()})

    def scores(self, counted):
        """The scores, from the counts of all rows."""
        ranks = counted.sort_by("at")["nearer"].to_numpy().reshape(2, len(self.ids), self.k) + 1
        n, k = self.n_rows, self.k
        # The largest sum of excess ranks: every neighbor is replaced by the farthest row.
        worst = len(self.ids) * k * (2 * n - 3 * k - 1) // 2
        continuity, trustworthiness = (1 - int((of - k).clip(0).sum()) / worst for of in ranks)
        return {
            "rows": n,
            "probes": len(self.ids),
            "neighbors": k,
            "trustworthiness": trustworthiness,
            "continuity": continuity,
            "recall": int((ranks[0] <= k).sum()) / ranks[0].size,
        }


def keep_nearest(kept, squared, others, numbers):
    """Puts rows in the place of those kept that are farther: distances, numbers and distances in the other space."""
    k = kept[0].shape[1]
    bound = kept[0][:, -1:]
    if squared.shape[1] > k and np.isinf(bound).any():
        bound = np.minimum(bound, np.partition(squared, k - 1, axis=1)[:, k - 1 : k])
    probe, row = np.nonzero((squared <= bound) & (squared < np.inf))
    there, place = np.nonzero(kept[0] < np.inf)
    probes = np.concatenate([there, probe])
    found = [squared[probe, row], numbers[row], others[probe, row]]
    found = [np.concatenate([was[there, place], new]) for was, new in zip(kept, found, strict=True)]
    order = np.lexsort([*found[::-1], probes])
    probes = probes[order]
    rank = np.arange(len(probes)) - np.searchsorted(probes, probes)
    order, probes, rank = order[rank < k], probes[rank < k], rank[rank < k]
    for was, new in zip(kept, found, strict=True):
        was[probes, rank] = new[order]


def n_nearer(sought, sought_numbers, squared, numbers):
    """How many rows come before each row sought."""
    counts = np.zeros(sought.shape, np.int64)
    probe, row = np.nonzero(squared <= sought.max(1, keepdims=True))
    found, number = squared[probe, row], numbers[row]
    for at in range(sought.shape[1]):
        than = sought[probe, at]
        before = (found < than) | ((found == than) & (number < sought_numbers[probe, at]))
        counts[:, at] = np.bincount(probe[before], minlength=len(sought))
    return counts


def write(source, told, scores):
    """Writes the scores beside the rows, with the share of isolated ones among all, and gives them back."""
    said = {"bundle_sha256": told["bundle_sha256"], **scores, "isolated_share": told["isolated_rows"] / scores["rows"]}
    system, at = folder.open_folder(source)
    with system.open_output_stream(f"{at}/{QUALITY}") as file:
        file.write(json.dumps(said, indent=1).encode())
    return said


def add_flags(parser):
    parser.add_argument("placed", help="folder of placed rows")
    parser.add_argument("--id", default="id", help="column that names the rows")
    parser.add_argument("--probes", type=int, default=PROBES, help="rows whose surroundings are looked at, about")
    parser.add_argument("--neighbors", type=int, default=NEIGHBORS, help="rows that are a row's surroundings")


def options(given):
    """What a command line says, as keywords of `assess`."""
    return {"id": given.id, "n_probes": given.probes, "k": given.neighbors}
