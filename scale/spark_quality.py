"""The scores of `probes.py` by Apache Spark: the same numbers as one process finds. Only what Spark Connect offers is used.

The rows are read four times. Each part tells the nearest rows that it has, and then how many it has that are nearer; Spark
merges these, and the driver gets a few numbers of each probe.
"""

import functools

import folder
import probes
import spark_tiles
import tiles
from pyspark import cloudpickle
from pyspark.sql import Window
from pyspark.sql import functions as F

# Nothing but numpy and pyarrow need be installed where the rows are.
for module in (probes, tiles, folder):
    cloudpickle.register_pickle_by_value(module)


def assess(spark, source, *, id="id", n_probes=probes.PROBES, k=probes.NEIGHBORS):
    """Writes `_quality.json` into the folder of placed rows, and gives back what it says; as `local_quality.assess`."""
    told = folder.manifest(source)
    rows = spark.read.parquet(folder.address(source))
    tiles.compare(source, rows.count(), told)
    folder.need(source, rows.columns, id, "latent", "x", "y")
    is_number = dict(rows.dtypes)[id] in spark_tiles.WHOLE
    rows = rows.select(id, "latent", "x", "y")

    def by_part(work, schema):
        return rows.mapInArrow(functools.partial(work, id=id), schema)

    looked = probes.Probes(by_part(probes.survey, "rows bigint, ends array<array<double>>").toArrow(), k)
    hashed = spark_tiles.id_and_hash(id, is_number)[1]
    chosen = rows.select("*", hashed).where(F.col("hash") < looked.limit(n_probes)).drop("hash")
    looked.choose(chosen.toArrow(), id)
    nearest = by_part(looked.nearest, "space bigint, probe bigint, own double, number bigint, other double")
    nearer_first = Window.partitionBy("space", "probe").orderBy("own", "number", "other")
    nearest = nearest.withColumn("rank", F.row_number().over(nearer_first)).where(F.col("rank") <= k).drop("rank")
    looked.seek(nearest.toArrow())
    counted = by_part(looked.nearer, "at bigint, nearer bigint").groupBy("at").agg(F.sum("nearer").alias("nearer"))
    return probes.write(source, told, looked.scores(counted.toArrow()))
