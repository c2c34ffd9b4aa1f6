"""The program as it was built, on real data that is fetched when the tests run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import data
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "release/neural-manifold"


def fetched(make, *arguments):
    """What a function of `data` writes; a test that cannot have its data says so, and fails where nothing may be missing."""
    try:
        return make(*arguments)
    except data.NotFetched as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("oracles")


@pytest.fixture(scope="session")
def pbmc68k(place):
    return fetched(data.pbmc68k, place)


@pytest.fixture(scope="session")
def tokens(place):
    return fetched(data.tokens, place)


@pytest.fixture(scope="session")
def emoji(place):
    return fetched(data.emoji, place)


@pytest.fixture(scope="session")
def digits(place):
    return data.digits(place)


@pytest.fixture(scope="session")
def run():
    """Runs the program; the JSON that it prints. `code` is the exit code that is expected."""

    def run(*arguments, code=0):
        command = [PROGRAM, *map(str, arguments), "--json", "--quiet"]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == code, result.stderr
        sys.stderr.write(result.stderr)
        return json.loads(result.stdout)

    return run
