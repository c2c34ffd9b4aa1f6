"""Draws a sample of images, places all of them on its map, makes tiles of their places and scores them, by Apache Spark.

usage: spark.py sample INPUT OUTPUT --fraction F
       spark.py place INPUT OUTPUT --bundle FILE
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
import spark_quality
import spark_tiles
from pyspark import cloudpickle
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

# Nothing need be installed where the rows are: the code that feeds the program travels with the job.
cloudpickle.register_pickle_by_value(pipe)


def sample(rows, fraction, id="id", seed=42):
    """The rows whose id has a small hash: the same however they are partitioned, and a part of any larger fraction."""
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction is {fraction}; give a number above 0, 1 at the most")
    highest = min(int(fraction * 2**64) - 2**63, 2**63 - 1)
    return rows.where(F.xxhash64(F.col(id), F.lit(seed)) <= F.lit(highest))


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
    for command in (of_sample, of_tiles):
        command.add_argument("input")
        command.add_argument("output")
        command.add_argument("--id", default="id", help="column that names the rows")
    of_sample.add_argument("--fraction", type=float, required=True)
    of_sample.add_argument("--seed", type=int, default=42)
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
            drawn = sample(spark.read.parquet(folder.address(given.input)), given.fraction, given.id, given.seed)
            drawn.write.mode("errorifexists").parquet(folder.address(given.output))
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
        print(place(spark, given.input, given.output, given.bundle, **job.options(given)))
    except (folder.FolderError, ValueError) as error:
        sys.exit(f"spark.py: {error}")
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
