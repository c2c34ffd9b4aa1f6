"""The folder of placed rows: whole and of one bundle, or refused.

`_SUCCESS` is written when all rows are there, `_neural_manifold.json` after it.
"""

import json
import subprocess
from pathlib import Path

from pyarrow import fs

MANIFEST = "_neural_manifold.json"
# Twice as isolated as its surroundings: the sample has missed what the row is like.
ISOLATED = 2.0


class FolderError(RuntimeError):
    """A folder that cannot be read or written as it is."""


def check(program, bundle):
    """What the program says of itself and of a bundle; refuses a bundle that is not whole."""
    done = subprocess.run([program, "apply", "--bundle", str(bundle), "--check"], capture_output=True, text=True)
    if done.returncode:
        raise FolderError(done.stderr.strip() or f"{program} ended with {done.returncode}")
    return json.loads(done.stdout)


def open_folder(path):
    """The file system that a path or address is on, and the path there."""
    path = str(path)
    return fs.FileSystem.from_uri(path if "://" in path else str(Path(path).resolve()))


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
        **{key: told[key] for key in ("bundle_sha256", "version", "arithmetic")},
        "rows": rows,
        "bad_rows": bad,
        "isolated_rows": isolated,
        "seconds": round(seconds, 1),
    }
    system, folder = open_folder(path)
    with system.open_output_stream(f"{folder}/{MANIFEST}") as file:
        file.write(json.dumps(written, indent=1).encode())
    return allowed(path, written, max_bad)
