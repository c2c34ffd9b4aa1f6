"""Executes a notebook without a browser, and fails when anything in it went wrong.

A kernel without its proxy reports a cell as done although it panicked or its `?` met an error: only text on stderr
tells. So besides errors, any stderr output and a kernel process that died end the run with status 1. What was executed
is written to the output all the same, so that it can be looked at.

usage: run.py NOTEBOOK [--output EXECUTED] [--timeout SECONDS]
"""

import argparse
import os
import queue
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

KERNEL = "neural_manifold"


class NotebookFailed(Exception):
    """A cell went wrong; the message holds what it said."""


class Runner(NotebookClient):
    """A client that prints lines as they come and collects what a cell complained about."""

    def __init__(self, nb, **options):
        super().__init__(nb, on_cell_executed=self.finish_cell, **options)
        self.complaints = ""

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "stream":
            print("    " + content["text"].rstrip("\n").replace("\n", "\n    "), flush=True)
            if content["name"] == "stderr":
                self.complaints += content["text"]
        elif msg["msg_type"] == "error":
            self.complaints += content["evalue"] + "\n"
        return super().process_message(msg, cell, cell_index)

    async def finish_cell(self, cell, cell_index, execute_reply):
        # Output comes by threads of its own: the last lines can arrive after the cell was reported as done.
        try:
            while True:
                msg = await self.kc.get_iopub_msg(timeout=0.1)
                if msg["msg_type"] == "stream":
                    self.process_message(msg, cell, cell_index)
        except queue.Empty:
            pass
        if self.complaints:
            raise NotebookFailed(self.complaints.strip())


def run(notebook: Path, output: Path | None = None, timeout: int = 3600) -> None:
    """Executes a notebook in its own folder; raises NotebookFailed at the first cell that went wrong."""
    nb = nbformat.read(notebook, as_version=4)
    # Progress as lines, which a terminal and a log can show.
    os.environ["NEURAL_MANIFOLD_LINES"] = "1"
    folder = {"metadata": {"path": str(notebook.resolve().parent)}}
    client = Runner(nb, kernel_name=KERNEL, resources=folder, timeout=timeout)
    code_cells = [index for index, cell in enumerate(nb.cells) if cell.cell_type == "code" and cell.source.strip()]
    try:
        with client.setup_kernel():
            for count, index in enumerate(code_cells, start=1):
                cell = nb.cells[index]
                title = next(line for line in cell.source.splitlines() if line.strip() and not line.startswith("//"))
                print(f"  [{count}/{len(code_cells)}] {title}", flush=True)
                started = time.monotonic()
                try:
                    client.execute_cell(cell, index)
                except (NotebookFailed, CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                    raise NotebookFailed(f"cell {count} of {notebook} failed: {error}") from error
                print(f"    {time.monotonic() - started:.1f} s", flush=True)
    finally:
        if output is not None:
            output.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(nb, output)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--output", type=Path, help="where to write the executed notebook")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds that a cell may take (default 3600)")
    options = parser.parse_args()
    try:
        run(options.notebook, options.output, options.timeout)
    except NotebookFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
