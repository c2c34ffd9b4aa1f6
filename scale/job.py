"""What every engine's `place` is told, from a call or a command line, and the promises that it keeps to the folder."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import folder
import pipe


@dataclasses.dataclass(frozen=True)
class Job:
    """How rows are placed. Program and bundle are paths that lead to them on every machine."""

    bundle: str | Path
    program: str = "neural-manifold"
    id: str = "id"
    image: str = "image"
    latent: str | None = None
    keep: Sequence[str] = ()
    timeout: float = 600.0
    bad_rows: str = "keep"
    max_bad: float = 0.001
    overwrite: bool = False

    def begin(self, source, target):
        """What the program says of the bundle, and the manifest where `target` holds all rows of it already, else None."""
        # Of an output that is written over, nothing is left; and a rerun would read what the first run has written.
        read, written = (f"{folder.address(path).rstrip('/')}/" for path in (source, target))
        if read.startswith(written) or written.startswith(read):
            raise folder.FolderError(f"{source} and {target} lie one in the other; give another folder for the output")
        told = folder.check(self.program, self.bundle)
        most_bad = 0 if self.bad_rows == "fail" else self.max_bad
        return told, folder.finished(target, told["bundle_sha256"], self.overwrite, most_bad)

    def columns(self, source, there):
        """The columns to read; refuses a table that lacks one."""
        taken = list(dict.fromkeys([self.id, self.latent or self.image, *self.keep]))
        folder.need(source, there, *taken)
        return taken

    def passed(self):
        """The columns that go through untouched."""
        return list(dict.fromkeys([self.id, *self.keep]))

    def command(self, threads=1):
        """The command line of the program."""
        column = self.latent or self.image
        kept = self.passed()[1:]
        return pipe.command(
            self.program, self.bundle, id=self.id, source=column, vectors=bool(self.latent), keep=kept, threads=threads
        )

    def through(self, threads=1):
        """Record batches in, one out for each."""
        return pipe.through(self.command(threads), self.timeout, bad_rows=self.bad_rows)


def add_flags(parser):
    """The flags of a job, and the two folders."""
    parser.add_argument("input", help="Parquet with a column of ids and one of images or vectors")
    parser.add_argument("output", help="folder of Parquet with a manifest")
    parser.add_argument("--bundle", required=True, help="as `neural-manifold map --bundle` writes it")
    parser.add_argument("--program", default="neural-manifold", help="its path on every machine")
    parser.add_argument("--id", default="id", help="column that names the rows")
    parser.add_argument("--image", default="image", help="column with pixels, PNG or JPEG")
    parser.add_argument("--latent", help="column with vectors, in place of images")
    parser.add_argument("--keep", default=[], type=names, help="further columns to keep, separated by commas")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds that a batch may take")
    parser.add_argument("--bad-rows", choices=pipe.BAD_ROWS, default="keep", help="told, or the end of the job")
    parser.add_argument("--max-bad", type=float, default=0.001, help="share of bad rows that is no failure")
    parser.add_argument("--overwrite", action="store_true", help="write over whatever the folder holds")


def names(text):
    return [name for name in text.split(",") if name]


def options(given):
    """What a command line says of a job, as keywords of `place`."""
    return {field.name: getattr(given, field.name) for field in dataclasses.fields(Job) if field.name != "bundle"}
