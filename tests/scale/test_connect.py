"""The driver apart from Spark: it knows but the address of a Spark Connect server. The bits and scores are the same."""

import json

import local_quality
import pytest
from placing import PROGRAM, ROWS, cluster, drive, ended, manifest, read, with_bad_rows

pytest.importorskip("pyspark", reason="make test-scale runs them")


@pytest.fixture(scope="module")
def remote(master, tmp_path_factory):
    with cluster.connect_server(master, tmp_path_factory.mktemp("connect")) as address:
        yield address


def test_the_driver_needs_but_the_address_of_a_server(remote, made, alone, tmp_path):
    target = tmp_path / "out"
    line = ["place", made[0], target, "--bundle", made[1], "--program", PROGRAM]
    code, _, complaint = ended(drive("spark.py", "--remote", remote, *line))
    assert code == 0, complaint[-2000:]
    assert read(target) == alone
    assert (manifest(target)["rows"], manifest(target)["bad_rows"]) == (ROWS, 0)
    # As Spark's own variable gives it.
    code, told, complaint = ended(drive("spark.py", "quality", target, "--probes", 50, SPARK_REMOTE=remote))
    assert code == 0, complaint[-2000:]
    assert json.loads(told) == local_quality.assess(target, n_probes=50)


def test_what_goes_wrong_on_a_worker_is_told_by_the_driver(remote, made, tmp_path):
    source = with_bad_rows(made, tmp_path / "in.parquet")
    line = ["place", source, tmp_path / "out", "--bundle", made[1], "--program", PROGRAM, "--bad-rows", "fail"]
    code, _, complaint = ended(drive("spark.py", "--remote", remote, *line))
    assert code == 1
    assert "row 'item-7': image of 783 bytes, the model takes 784; mend it" in complaint
