"""The tiles of `tiles.py` by Apache Spark: the same bytes as one process makes. Only what Spark Connect offers is used.

The rows are read five times, as few of their columns as it takes, and shuffled as counts of cells alone; the driver gets
whole tiles and writes them.
"""

import folder
import numpy as np
import tiles
from pyspark import cloudpickle
from pyspark.sql import functions as F

# Nothing but numpy and pyarrow need be installed where the rows are.
cloudpickle.register_pickle_by_value(tiles)

NO_LABEL = "no label"
WHOLE = {"tinyint", "smallint", "int", "bigint"}


def place(name, low, side):
    """Where on an axis, of 2^22 places, a column lies; as `tiles.places`."""
    at = F.floor((F.col(name).cast("double") - F.lit(low)) * F.lit(tiles.scale(side)))
    return F.greatest(F.lit(0), F.least(at, F.lit(2**tiles.PLACE_BITS - 1))).cast("bigint")


def tile_of(level):
    shift = tiles.PLACE_BITS - level
    return F.expr(f"(shiftright(y, {shift}) << {level}) | shiftright(x, {shift})")


def key(level):
    """As `tiles.key`."""
    shift = tiles.PLACE_BITS - 8 - level
    x, y = f"shiftright(x, {shift})", f"shiftright(y, {shift})"
    tile = f"((shiftright({y}, 8) << {level}) | shiftright({x}, 8))"
    return F.expr(f"((({tile} << 16) | (({y} & 255) << 8) | ({x} & 255)) << {tiles.CLASS_BITS}) | class")


def isolation_steps(column):
    is_low = column < F.lit(255 / tiles.ISOLATION_STEPS)  # not so what is not a number
    steps = F.greatest(F.lit(0), F.floor(column.cast("double") * F.lit(tiles.ISOLATION_STEPS)))
    return F.when(is_low, steps).otherwise(F.lit(255)).cast("bigint")


def class_codes(label, classes):
    if label is None:
        return F.lit(0).cast("bigint")
    name = F.col(label).cast("string")
    code = F.when(name.isNull(), F.lit(classes.missing))
    for known, number in classes.codes.items():
        code = code.when(name == F.lit(known), F.lit(number))
    return code.otherwise(F.lit(classes.other)).cast("bigint")


def survey(rows, label):
    """The map's square, and the rows of each class."""
    ends = rows.select(F.min("x"), F.max("x"), F.min("y"), F.max("y")).first()
    if ends[0] is None:
        raise folder.FolderError("no row has a place, so there is nothing to show")
    name = F.col(label).cast("string") if label else F.lit(NO_LABEL)
    counts = dict(rows.groupBy(name).count().collect())
    return tiles.square(*ends), counts if label else {}, sum(counts.values())


def id_and_hash(id, is_number):
    """Ids as they are kept, and the upper half of their hash; as `tiles.known_ids` and `tiles.hashes`."""
    ids, number = id_and_number(id, is_number)
    return ids.alias("id"), F.shiftrightunsigned(F.xxhash64(number), 32).alias("hash")


def id_and_number(id, is_number):
    """Ids as they are kept, and as numbers; as `tiles.known_ids` and `tiles.id_numbers`."""
    ids = F.coalesce(F.col(id).cast("bigint" if is_number else "string"), F.lit(0 if is_number else ""))
    return ids, ids if is_number else F.crc32(ids)


def at_each_level(column, name):
    """A row per level: the level and what the column is there."""
    levels = range(tiles.DEEPEST + 1)
    return F.explode(
        F.array(*[F.struct(F.lit(z).cast("bigint").alias("level"), column(z).alias(name)) for z in levels])
    )


def cells_of(placed, there):
    """Rows and isolation of the cells and classes of all tiles."""
    # Summed before they are spread to the levels: most rows share a cell with others.
    deepest = placed.groupBy(key(tiles.DEEPEST).alias("at"))
    deepest = deepest.agg(F.count(F.lit(1)).alias("rows"), F.sum("isolation").alias("sum"))
    spread = deepest.select(*unpacked(), "rows", "sum").select(at_each_level(key, "key").alias("of"), "rows", "sum")
    cells = spread.groupBy("of.level", "of.key").agg(F.sum("rows").alias("rows"), F.sum("sum").alias("sum"))
    cells = cells.withColumn("tile", F.shiftright("key", 16 + tiles.CLASS_BITS))
    return cells.join(there.drop("rows"), ["level", "tile"])


def points_of(placed, there, smallest):
    """The rows that each tile keeps."""
    kept = placed.withColumn("deepest", tile_of(tiles.DEEPEST)).join(smallest, "deepest")
    kept = kept.where(tiles.is_kept(F.col("hash"), F.col("smallest")))
    spread = kept.select(at_each_level(tile_of, "tile").alias("of"), *placed.columns).select("of.*", *placed.columns)
    points = spread.join(there, ["level", "tile"]).where(tiles.is_kept(F.col("hash"), F.col("rows")))
    return points.select("level", "tile", "hash", "id", "x", "y", "class", "isolation")


def unpacked():
    """Places, as far as a cell of the deepest level tells them, and the class, from the column `at`."""
    level, to_place = tiles.DEEPEST, tiles.PLACE_BITS - 8 - tiles.DEEPEST
    tile, cell = f"shiftright(at, {16 + tiles.CLASS_BITS})", f"shiftright(at, {tiles.CLASS_BITS})"
    x = f"((({tile} & {2**level - 1}) << 8) | ({cell} & 255)) << {to_place}"
    y = f"((shiftright({tile}, {level}) << 8) | (shiftright({cell}, 8) & 255)) << {to_place}"
    return [F.expr(x).alias("x"), F.expr(y).alias("y"), F.expr(f"at & {2**tiles.CLASS_BITS - 1}").alias("class")]


def make(spark, source, target, *, id="id", label=None, title="All rows"):
    """Writes `target/tiles` and the page beside it on the driver's machine; as `local_tiles.make`."""
    told = folder.manifest(source)
    rows = spark.read.parquet(source)
    tiles.compare(source, rows.count(), told)
    written = tiles.prepare(source, target, rows.columns, "x", "y", "isolation", id, label)
    kinds = dict(rows.dtypes)
    if label and kinds[label] in ("float", "double"):
        raise folder.FolderError(f"{label} holds fractions; name a column of texts or whole numbers")
    infinite = [F.lit(float("inf")), F.lit(float("-inf")), F.lit(float("nan"))]
    rows = rows.where(~F.col("x").isin(infinite) & ~F.col("y").isin(infinite))  # null is in no list, and no place
    rows = rows.withColumns({name: F.col(name).cast("double") for name in "xy"})
    extent, counts, n_rows = survey(rows, label)
    classes = tiles.Classes(counts, label is not None and kinds[label] in WHOLE)
    placed = rows.select(
        *id_and_hash(id, kinds[id] in WHOLE),
        place("x", extent[0], extent[2]).alias("x"),
        place("y", extent[1], extent[2]).alias("y"),
        class_codes(label, classes).alias("class"),
        isolation_steps(F.col("isolation")).alias("isolation"),
    )

    deepest = np.zeros(4**tiles.DEEPEST, np.int64)
    for tile, n in placed.groupBy(tile_of(tiles.DEEPEST)).count().collect():
        deepest[tile] = n
    tree = tiles.Tree(deepest)
    there = [
        (level, *pair) for level, listed in enumerate(tree.list()) for pair in zip(*[iter(listed)] * 2, strict=True)
    ]
    there = F.broadcast(spark.createDataFrame(there, "level bigint, tile bigint, rows bigint"))
    smallest = [(tile, int(n)) for tile, n in enumerate(tree.smallest)]
    smallest = F.broadcast(spark.createDataFrame(smallest, "deepest bigint, smallest bigint"))
    cells, points = cells_of(placed, there), points_of(placed, there, smallest)
    groups = cells.groupBy("level", "tile").cogroup(points.groupBy("level", "tile"))
    peaks = np.zeros(tiles.DEEPEST + 1, np.int64)
    made = groups.applyInArrow(tiles.encode_group, "level bigint, tile bigint, peaks array<bigint>, script string")
    for level, tile, most, script in made.toLocalIterator():
        (written / f"{tiles.tile_name(level, tile)}.js").write_text(script)
        peaks = np.maximum(peaks, most)
    return tiles.finish(written, title, label, extent, classes, tree, peaks, told["rows"] - n_rows)
