"""Draws a sample of images, places all of them on its map, makes tiles of their places and scores them, by Apache Spark.

usage: spark.py sample INPUT OUTPUT --fraction F
       spark.py place INPUT OUTPUT --bundle FILE
       spark.py sample PLACED OUTPUT --fraction F --missed
       spark.py tiles PLACED OUTPUT [--label COLUMN]
       spark.py quality PLACED

INPUT is Parquet with a column of ids and one of images or vectors, PLACED what `place` wrote. Only what Spark Connect
offers is used.
"""

import argparse
import json
import os
import sys
import time

import folder
import job
import pipe
import probes
import sampling
import spark_quality
import spark_tiles
from pyspark import cloudpickle
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

# Nothing need be installed where the rows are: the code that feeds the program travels with the job.
cloudpickle.register_pickle_by_value(pipe)


def sample(spark, source, target, fraction, *, missed=None, id="id", seed=42):
    """Writes the rows whose id has a small hash, as `local_sample.draw`: a part of those of any larger fraction."""
    lowest, of_missed = sampling.limits(fraction, missed)
    rows = spark.read.parquet(folder.address(source))
    sampling.check(source, rows.columns, missed, id)
    number = spark_tiles.id_and_number(id, dict(rows.dtypes)[id] in spark_tiles.WHOLE)[1]
    hashed = F.xxhash64(number, F.lit(seed))
    taken = hashed <= F.lit(lowest)
    if of_missed is not None:
        taken |= (F.col("isolation") > F.lit(folder.ISOLATED)) & (hashed <= F.lit(of_missed))
        taken &= F.col("latent").isNotNull()
    drawn = rows.where(taken).select(rows.columns if missed is None else sampling.kept(rows.columns))
    drawn.write.mode("errorifexists").parquet(folder.address(target))


def place(spark, source, target, bundle, **options):
    """Places every row of `source`, Parquet, and writes `target`, Parquet with a manifest, which it returns.

    `options` are those of `job.Job`. Where `target` holds all rows of this bundle already, nothing is done.
    """
    asked = job.Job(bundle, **options)
    told, there = asked.begin(source, target)
    if there:
        return there
    started = time.monotonic()
    rows = spark.read.parquet(folder.address(source))
    rows = rows.select(*asked.columns(source, rows.columns))
    schema = T.StructType(
        [
            *(rows.schema[name] for name in asked.passed()),
            T.StructField("latent", T.ArrayType(T.FloatType())),
            *(T.StructField(name, T.FloatType()) for name in ("x", "y", "isolation")),
            T.StructField("error", T.StringType()),
        ]
    )
    placed = rows.mapInArrow(asked.through(spark.conf.get("spark.task.cpus", "1")), schema)
    placed.write.mode("overwrite").parquet(folder.address(target))
    written = spark.read.parquet(folder.address(target))
    is_bad, is_isolated = F.col("error").isNotNull(), F.col("isolation") > folder.ISOLATED
    counts = [F.count(F.lit(1)), F.count_if(is_bad), F.count_if(is_isolated)]
    n_rows, bad, isolated = written.select(*counts).first()
    return folder.finish(target, told, n_rows, bad, isolated, time.monotonic() - started, asked.max_bad)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--master", help="where Spark runs [default: as spark-submit says, else here]")
    parser.add_argument("--remote", help="address of a Spark Connect server")
    parser.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE", help="a setting of Spark")
    commands = parser.add_subparsers(dest="command", required=True)
    of_sample = commands.add_parser("sample", help="the rows whose id has a small hash")
    of_place = commands.add_parser("place", help="latent vectors and places of all rows")
    of_tiles = commands.add_parser("tiles", help="a map of all placed rows, and the page that shows it")
    of_quality = commands.add_parser("quality", help="how good the places of all rows are")
    job.add_flags(of_place)
    probes.add_flags(of_quality)
    sampling.add_flags(of_sample)
    of_tiles.add_argument("input")
    of_tiles.add_argument("output")
    of_tiles.add_argument("--id", default="id", help="column that names the rows")
    of_tiles.add_argument("--label", help="column that says the class, kept by `place --keep`")
    of_tiles.add_argument("--title", default="All rows", help="the page's title")
    return parser.parse_args()


def main():
    given = arguments()
    # Executors take the Python of this name; the system's may be another.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("neural-manifold")
    if given.remote:
        builder = builder.remote(given.remote)
    elif given.master:
        builder = builder.master(given.master)
    for setting in given.conf:
        builder = builder.config(*setting.split("=", 1))
    spark = builder.getOrCreate()
    try:
        if given.command == "sample":
            sample(spark, given.input, given.output, **sampling.options(given))
            return
        if given.command == "tiles":
            options = {name: getattr(given, name) for name in ("id", "label", "title")}
            said = spark_tiles.make(spark, folder.address(given.input), given.output, **options)
            print(f"{said['rows']} rows in {sum(map(len, said['tiles'])) // 2} tiles")
            return
        if given.command == "quality":
            said = spark_quality.assess(spark, given.placed, **probes.options(given))
            print(json.dumps(said, indent=1))
            return
        folder.tell(given.output, place(spark, given.input, given.output, given.bundle, **job.options(given)))
    except (folder.FolderError, ValueError) as error:
        sys.exit(f"spark.py: {error}")
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
