"""Places all rows of a Parquet file or folder on one machine, without any engine.

usage: local.py INPUT OUTPUT --bundle FILE
"""

import argparse
import sys
import time

import folder
import job
import pipe
import pyarrow.dataset as ds
import pyarrow.parquet as pq

BATCH = 10_000


def place(source, target, bundle, *, threads=1, **options):
    """Writes `target`, Parquet with a manifest, which it returns; does nothing where it is there already.

    `options` are those of `job.Job`.
    """
    asked = job.Job(bundle, **options)
    told, there = asked.begin(source, target)
    if there:
        return there
    started = time.monotonic()
    data = ds.dataset(source, format="parquet")
    columns = asked.columns(source, data.schema.names)
    system, place_of = folder.open_folder(target)
    system.create_dir(place_of, recursive=True)
    system.delete_dir_contents(place_of)
    counts, writer = [], None
    batches = data.to_batches(columns=columns, batch_size=BATCH)
    for batch in asked.through(threads)(batches):
        writer = writer or pq.ParquetWriter(f"{place_of}/part-00000.parquet", batch.schema, filesystem=system)
        writer.write_batch(batch)
        counts.append(folder.counts(batch))
    if writer is None:
        raise folder.FolderError(f"{source} has no row; name Parquet with rows")
    writer.close()
    system.open_output_stream(f"{place_of}/_SUCCESS").close()
    rows, bad, isolated = folder.total(counts)
    return folder.finish(target, told, rows, bad, isolated, time.monotonic() - started, asked.max_bad)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    job.add_flags(parser)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    try:
        written = place(given.input, given.output, given.bundle, threads=given.threads, **job.options(given))
        folder.tell(given.output, written)
    except (folder.FolderError, pipe.WorkerError, pipe.BadRowError, OSError) as error:
        sys.exit(f"local.py: {error}")


if __name__ == "__main__":
    main()
