"""Places all rows of a Parquet file or folder by Ray Data.

usage: ray_data.py INPUT OUTPUT --bundle FILE [--address ADDRESS]

Not named ray.py, which would stand in the way of the module that it imports.
"""

import argparse
import logging
import os
import sys
import time

import folder
import job
import pipe
import pyarrow as pa
import ray
import ray.data
from ray import cloudpickle
from ray.data.datasource import FilenameProvider

# Nothing need be installed where the rows are: the code travels with the job.
for module in (pipe, folder):
    cloudpickle.register_pickle_by_value(module)
BATCH = 10_000


class Placer:
    """An actor that holds the program; Ray starts it anew, and gives it its batch again, when it dies."""

    def __init__(self, command, timeout, bad_rows):
        self.worker, self.bad_rows = pipe.Worker(command, timeout), bad_rows

    def __call__(self, table):
        return pa.Table.from_batches(map(self._answer, table.combine_chunks().to_batches()))

    def _answer(self, batch):
        answer = self.worker(batch)
        if self.bad_rows == "fail":
            pipe.refuse_bad(answer)
        return answer


class Parts(FilenameProvider):
    """Names as Spark gives them; one task's are the same whenever it is run."""

    def get_filename_for_task(self, write_uuid, task_index):
        return f"part-{task_index:05}-{write_uuid}.parquet"


def place(source, target, bundle, *, actors=None, **options):
    """Writes `target`, Parquet with a manifest, which it returns; does nothing where it is there already.

    `options` are those of `job.Job`; `actors` is how many programs run at most, by default as many as cores allow.
    """
    asked = job.Job(bundle, **options)
    told, there = asked.begin(source, target)
    if there:
        return there
    started = time.monotonic()
    rows = ray.data.read_parquet(folder.address(source))
    rows = rows.select_columns(asked.columns(source, rows.columns()))
    placed = rows.map_batches(
        Placer,
        fn_constructor_args=[asked.command(), asked.timeout, asked.bad_rows],
        batch_size=BATCH,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=actors),
    )
    # A task that runs again writes its own files over; what an unfinished job has left is taken away first.
    placed.write_parquet(folder.address(target), filename_provider=Parts(), mode="overwrite")
    written = ray.data.read_parquet(folder.address(target)).select_columns(["error", "isolation"])
    counts = written.map_batches(folder.counts, batch_format="pyarrow").iter_batches(batch_format="pyarrow")
    rows, bad, isolated = folder.total(counts)
    system, there = folder.open_folder(target)
    system.open_output_stream(f"{there}/_SUCCESS").close()
    return folder.finish(target, told, rows, bad, isolated, time.monotonic() - started, asked.max_bad)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    job.add_flags(parser)
    parser.add_argument("--address", default="local", help="of a Ray cluster [default: one of this machine's cores]")
    parser.add_argument("--actors", type=int, help="programs at once, at most [default: as many as cores allow]")
    given = parser.parse_args()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    alone = {"include_dashboard": False} if given.address == "local" else {}
    if alone:
        # Otherwise 32 processes read the ends of the files.
        os.environ.setdefault("RAY_DATA_PARQUET_FOOTER_NUM_ACTORS", "1")
    ray.init(given.address, log_to_driver=False, **alone)
    try:
        written = place(given.input, given.output, given.bundle, actors=given.actors, **job.options(given))
        folder.tell(given.output, written)
    except (folder.FolderError, OSError, ray.exceptions.RayError) as error:
        sys.exit(f"ray_data.py: {error}")
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()
