"""Places all rows of a Parquet file or folder on one machine, without any engine.

usage: local.py INPUT OUTPUT --bundle FILE
"""

import argparse
import sys
import time

import folder
import pipe
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

BATCH = 10_000


def place(
    source,
    target,
    bundle,
    *,
    program="neural-manifold",
    id="id",
    image="image",
    threads=1,
    bad_rows="keep",
    max_bad=0.001,
):
    """Writes `target`, Parquet with a manifest, which it returns; does nothing where it is there already."""
    told = folder.check(program, bundle)
    most_bad = 0 if bad_rows == "fail" else max_bad
    if there := folder.finished(target, told["bundle_sha256"], overwrite=False, max_bad=most_bad):
        return there
    started = time.monotonic()
    system, place_of = folder.open_folder(target)
    system.create_dir(place_of, recursive=True)
    rows = bad = isolated = 0
    writer = None
    batches = ds.dataset(source, format="parquet").to_batches(columns=[id, image], batch_size=BATCH)
    line = pipe.command(program, bundle, id=id, source=image, threads=threads)
    for batch in pipe.through(line, bad_rows=bad_rows)(batches):
        writer = writer or pq.ParquetWriter(f"{place_of}/part-00000.parquet", batch.schema, filesystem=system)
        writer.write_batch(batch)
        rows += batch.num_rows
        bad += batch.num_rows - batch["error"].null_count
        isolated += pc.sum(pc.greater(batch["isolation"], folder.ISOLATED)).as_py() or 0
    if writer is None:
        raise folder.FolderError(f"{source} has no row; name Parquet with rows")
    writer.close()
    system.open_output_stream(f"{place_of}/_SUCCESS").close()
    return folder.finish(target, told, rows, bad, isolated, time.monotonic() - started, max_bad)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--program", default="neural-manifold")
    parser.add_argument("--id", default="id")
    parser.add_argument("--image", default="image")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bad-rows", choices=pipe.BAD_ROWS, default="keep", help="told, or the end of the job")
    parser.add_argument("--max-bad", type=float, default=0.001)
    given = vars(parser.parse_args())
    try:
        print(place(given.pop("input"), given.pop("output"), given.pop("bundle"), **given))
    except (folder.FolderError, pipe.WorkerError, pipe.BadRowError, OSError) as error:
        sys.exit(f"local.py: {error}")


if __name__ == "__main__":
    main()
