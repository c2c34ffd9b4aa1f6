"""How good the places of all rows of a folder are, by one process, without any engine.

usage: local_quality.py PLACED
"""

import argparse
import json
import sys

import folder
import probes
import pyarrow as pa
import pyarrow.dataset as ds
import tiles

BATCH = 10_000


def assess(source, *, id="id", n_probes=probes.PROBES, k=probes.NEIGHBORS):
    """Writes `_quality.json` into the folder of placed rows, and gives back what it says."""
    told = folder.manifest(source)
    data = ds.dataset(source, format="parquet")
    tiles.compare(source, data.count_rows(), told)
    folder.need(source, data.schema.names, id, "latent", "x", "y")

    def batches():
        return data.to_batches(columns=[id, "latent", "x", "y"], batch_size=BATCH)

    def table(found):
        return pa.Table.from_batches(found)

    looked = probes.Probes(table(probes.survey(batches(), id)), k)
    limit = looked.limit(n_probes)
    looked.choose(table(probes.chosen(batches(), id, limit)), id)
    looked.seek(table(looked.nearest(batches(), id)))
    return probes.write(source, told, looked.scores(table(looked.nearer(batches(), id))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    probes.add_flags(parser)
    given = parser.parse_args()
    try:
        print(json.dumps(assess(given.placed, **probes.options(given)), indent=1))
    except (folder.FolderError, OSError, pa.ArrowException) as error:
        sys.exit(f"local_quality.py: {error}")


if __name__ == "__main__":
    main()
