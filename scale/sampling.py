"""Which rows a sample is made of: a rule of a row's id, and of its isolation where a first sample has missed something.

The rule looks at one row alone, so the sample is the same however the rows are parted. A row that the first sample has
taken is taken again: the second only adds to it.
"""

import folder
import numpy as np
import pyarrow.compute as pc
import tiles

WEIGHT = 10.0
# What `place` has made of a row and no map is made of: `map` would take a place for one that came with the data.
PLACED = ("x", "y", "isolation", "error")


def add_flags(parser):
    parser.add_argument("input", help="Parquet with a column of ids; with --missed, what `place` wrote")
    parser.add_argument("output", help="folder of Parquet")
    parser.add_argument(
        "--fraction", type=float, required=True, help="share of all rows; of a second sample, the first's"
    )
    parser.add_argument(
        "--missed",
        type=float,
        nargs="?",
        const=WEIGHT,
        metavar="WEIGHT",
        help=f"draw a second sample: isolated rows count so many times as much as others [default: {WEIGHT:g}]",
    )
    parser.add_argument("--id", default="id", help="column that names the rows")
    parser.add_argument(
        "--seed", type=int, default=42, help="another one draws other rows; a second sample needs the first's"
    )


def options(given):
    """What a command line says of a sample, as keywords of `draw`."""
    return {name: getattr(given, name) for name in ("fraction", "missed", "id", "seed")}


def highest(fraction):
    """Up to which hash, as signed 64 bits, a share of all rows lies."""
    return min(int(fraction * 2**64) - 2**63, 2**63 - 1)


def limits(fraction, missed=None):
    """The highest hash of any row's, and of an isolated row's where these count more."""
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction is {fraction}; give a number above 0, 1 at the most")
    if missed is None:
        return highest(fraction), None
    if not missed > 1:
        raise ValueError(f"the weight of missed rows is {missed:g}; give a number above 1")
    return highest(fraction), highest(min(1.0, missed * fraction))


def check(source, columns, missed, id):
    """Refuses rows of which no such sample can be drawn."""
    folder.need(source, columns, id)
    if missed is None:
        return
    folder.need(source, columns, "latent", "isolation")
    if folder.manifest(source).get("start"):
        raise folder.FolderError(
            f"{source} was placed on the map of a second sample, and there is no third: draw a larger first one"
        )


def kept(columns):
    """The columns of a second sample: the vectors with what was kept beside them."""
    return [name for name in columns if name not in PLACED]


def drawn(batch, id, seed, bounds):
    """Which rows of a batch are taken."""
    hashes = tiles.xxhash64(tiles.id_numbers(tiles.known_ids(batch[id])), seed).view(np.int64)
    lowest, of_missed = bounds
    taken = hashes <= lowest
    if of_missed is not None:
        isolated = pc.greater(batch["isolation"], folder.ISOLATED).fill_null(False)
        taken |= isolated.to_numpy(zero_copy_only=False) & (hashes <= of_missed)
        # A row without a vector says nothing of what was missed.
        taken &= batch["latent"].is_valid().to_numpy(zero_copy_only=False)
    return taken
