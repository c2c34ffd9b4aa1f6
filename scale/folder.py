"""The folder of placed rows: whole and of one bundle, or refused.

`_SUCCESS` is written when all rows are there, `_neural_manifold.json` after it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import fs

MANIFEST = "_neural_manifold.json"
# Twice as isolated as its surroundings: the sample has missed what the row is like.
ISOLATED = 2.0
# The share of isolated rows above which a second sample is due.
MOST_ISOLATED = 0.01


class FolderError(RuntimeError):
    """A folder that cannot be read or written as it is."""


def check(program, bundle):
    """What the program says of itself and of a bundle; refuses a bundle that is not whole."""
    done = subprocess.run([program, "apply", "--bundle", str(bundle), "--check"], capture_output=True, text=True)
    if done.returncode:
        raise FolderError(done.stderr.strip() or f"{program} ended with {done.returncode}")
    return json.loads(done.stdout)


def address(path):
    """A path as any process of a cluster reads it."""
    path = str(path)
    return path if "://" in path else Path(path).resolve().as_uri()


def open_folder(path):
    """The file system that a path or address is on, and the path there."""
    return fs.FileSystem.from_uri(address(path))


def counts(table):
    """Of placed rows, an Arrow table: how many they are, and how many of them are bad and isolated."""
    isolated = pc.sum(pc.greater(table["isolation"], ISOLATED)).as_py() or 0
    bad = table.num_rows - table["error"].null_count
    return pa.table({"rows": [table.num_rows], "bad": [bad], "isolated": [isolated]})


def total(parts):
    """The sums of the counts of parts."""
    return [pc.sum(column).as_py() for column in pa.concat_tables(parts).columns]


def need(what, columns, *needed):
    """Refuses rows that lack a column."""
    absent = [name for name in needed if name is not None and name not in columns]
    if absent:
        raise FolderError(f"{what} has no column {absent[0]!r}; its columns are {', '.join(columns)}")


def names(path):
    system, folder = open_folder(path)
    found = system.get_file_info(fs.FileSelector(folder, allow_not_found=True))
    return {entry.base_name for entry in found}


def manifest(path):
    """What a whole folder says of itself; refuses one that is not whole."""
    for needed in ("_SUCCESS", MANIFEST):
        if needed not in names(path):
            raise FolderError(f"{path} has no {needed}: the job that wrote it did not end; run it again")
    system, folder = open_folder(path)
    with system.open_input_file(f"{folder}/{MANIFEST}") as file:
        return json.loads(file.read())


def finished(path, bundle_sha256, overwrite, max_bad):
    """The manifest where all rows of this bundle are there already, else None.

    Complains of too many bad rows, as the job did that wrote them; refuses to write over what is not an unfinished job's.
    """
    found = names(path)
    if overwrite or not found:
        return None
    if {"_SUCCESS", MANIFEST} <= found:
        written = manifest(path)
        theirs = written["bundle_sha256"]
        if theirs == bundle_sha256:
            return allowed(path, written, max_bad)
        raise FolderError(f"{path} holds rows of another bundle ({theirs[:12]}..); give another folder, or --overwrite")
    others = [name for name in found if not name.lstrip(".").startswith(("part-", "_"))]
    if others:
        raise FolderError(f"{path} holds {sorted(others)[0]}, which no job wrote; give another folder, or --overwrite")
    return None


def allowed(path, written, max_bad):
    """The manifest, or a complaint where it tells of more bad rows than a share of all."""
    bad, rows = written["bad_rows"], written["rows"]
    if bad > max_bad * rows:
        raise FolderError(
            f"{bad} of {rows} rows are bad, more than the share of {max_bad:g} that --max-bad allows; "
            f"the column error of {path} says why"
        )
    return written


def finish(path, told, rows, bad, isolated, seconds, max_bad):
    """Writes the manifest, and complains of too many bad rows."""
    written = {
        **{key: told[key] for key in ("bundle_sha256", "start", "version", "arithmetic")},
        "rows": rows,
        "bad_rows": bad,
        "isolated_rows": isolated,
        "seconds": round(seconds, 1),
    }
    system, folder = open_folder(path)
    with system.open_output_stream(f"{folder}/{MANIFEST}") as file:
        file.write(json.dumps(written, indent=1).encode())
    return allowed(path, written, max_bad)


def tell(path, written):
    """Prints the manifest, and what to do where the sample has missed something."""
    print(written)
    isolated, placed = written["isolated_rows"], written["rows"] - written["bad_rows"]
    if isolated <= MOST_ISOLATED * placed:
        return
    remedy = f"draw a second one by `sample {path} OUTPUT --fraction F --missed`, see scale/README.md"
    if written.get("start"):
        remedy = "it is the second one already, and there is no third; draw a larger first one"
    print(
        f"{isolated / placed:.1%} of the rows are isolated, so the sample has missed something: {remedy}",
        file=sys.stderr,
    )
