"""Fetches the word vectors of notebook 05: the Python package wordllama (MIT), of which nothing is run or installed.

usage: fetch_tokens.py FILE.parquet [ROWS]    a seeded draw of the 32,000 tokens; 10,000 when not told otherwise
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PACKAGE = "wordllama==0.4.0.post1"


class NotFetched(Exception):
    """A package could not be had: no network, or no program that fetches it."""


def fetch(command: list[str], folder: Path) -> Path:
    """The one package that a package manager puts into a folder."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NotFetched(f"{command[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise NotFetched(f"{' '.join(command)}: {error.stderr.strip()[-300:]}") from error
    return next(path for path in folder.iterdir() if path.suffix in (".whl", ".tgz"))


def fetch_wheel(package: str, folder: Path) -> zipfile.ZipFile:
    """A Python package as an archive."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", package]
    return zipfile.ZipFile(fetch(command, folder))


def vectors(rows: np.ndarray) -> pa.Array:
    """Rows of numbers as a column of fixed-size lists."""
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(rows).ravel()), rows.shape[1])


def write_tokens(path: Path, count: int | None = None) -> Path:
    """Columns `token` and `embedding` (256 numbers) of all tokens, or of `count` of them."""
    with tempfile.TemporaryDirectory() as scratch, fetch_wheel(PACKAGE, Path(scratch)) as package:
        weights = package.read("wordllama/weights/l2_supercat_256.safetensors")
        tokenizer = json.loads(package.read("wordllama/tokenizers/l2_supercat_tokenizer_config.json"))
    header = 8 + int.from_bytes(weights[:8], "little")
    tensor = json.loads(weights[8:header])["embedding.weight"]
    start, end = (header + offset for offset in tensor["data_offsets"])
    embedding = np.frombuffer(weights[start:end], np.float16).reshape(tensor["shape"]).astype(np.float32)
    words = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    rows = np.sort(np.random.default_rng(0).permutation(len(words))[:count])
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"token": [words[row] for row in rows], "embedding": vectors(embedding[rows])}), path)
    return path


if __name__ == "__main__":
    try:
        write_tokens(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
    except NotFetched as error:
        sys.exit(f"the word vectors could not be fetched, look at the network and try again ({error})")
