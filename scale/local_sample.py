"""Draws a sample of a Parquet file or folder by one process, without any engine: the rows that `spark.py sample` draws.

usage: local_sample.py INPUT OUTPUT --fraction F
       local_sample.py PLACED OUTPUT --fraction F --missed
"""

import argparse
import sys

import folder
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import sampling

BATCH = 10_000


def draw(source, target, fraction, *, missed=None, id="id", seed=42):
    """Writes the sample as one file, and gives back how many rows it has."""
    bounds = sampling.limits(fraction, missed)
    data = ds.dataset(source, format="parquet")
    sampling.check(source, data.schema.names, missed, id)
    if folder.names(target):
        raise folder.FolderError(f"{target} is there already; give another folder")
    columns = data.schema.names if missed is None else sampling.kept(data.schema.names)
    system, there = folder.open_folder(target)
    system.create_dir(there, recursive=True)
    schema = pa.schema([data.schema.field(name) for name in columns])
    rows = 0
    with pq.ParquetWriter(f"{there}/part-00000.parquet", schema, filesystem=system) as writer:
        for batch in data.to_batches(batch_size=BATCH):
            taken = batch.filter(pa.array(sampling.drawn(batch, id, seed, bounds)))
            writer.write_batch(taken.select(columns))
            rows += taken.num_rows
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sampling.add_flags(parser)
    given = parser.parse_args()
    try:
        print(f"{draw(given.input, given.output, **sampling.options(given))} rows")
    except (folder.FolderError, ValueError, OSError) as error:
        sys.exit(f"local_sample.py: {error}")


if __name__ == "__main__":
    main()
