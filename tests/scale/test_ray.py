"""Ray Data on several processes, some of which are killed: all rows once, and every bit as of one process alone."""

import os
import signal
from pathlib import Path

import folder
import pyarrow.dataset as ds
import pytest
from placing import (
    PROGRAM,
    ROWS,
    drive,
    ended,
    manifest,
    processes,
    read,
    repartitioned,
    wait_for,
    with_bad_rows,
)

pytest.importorskip("ray", reason="make test-scale runs them")


def place(source, target, bundle, *flags):
    line = [source, target, "--bundle", bundle, "--program", PROGRAM, *flags]
    # Of Ray's own niceness, whatever else the machine does comes first.
    return drive("ray_data.py", *line, RAY_worker_niceness="0")


def parent(number):
    """The process that started one."""
    return int((Path("/proc") / str(number) / "stat").read_text().rsplit(")", 1)[1].split()[1])


def test_the_bits_are_those_of_one_process_and_a_rerun_writes_nothing(made, alone, tmp_path):
    target = tmp_path / "out"
    # What a job has left that did not end.
    target.mkdir()
    (target / "part-00000-of-before.parquet").write_bytes(b"half a file")
    code, _, complaint = ended(place(made[0], target, made[1]))
    assert code == 0, complaint[-2000:]
    assert read(target) == alone
    assert (manifest(target)["rows"], manifest(target)["bad_rows"]) == (ROWS, 0)
    before = {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
    code, _, complaint = ended(place(made[0], target, made[1]))
    assert code == 0, complaint[-2000:]
    assert before == {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
    written = (target / folder.MANIFEST).read_text()
    (target / folder.MANIFEST).write_text(written.replace(manifest(target)["bundle_sha256"], "1234567890abcdef"))
    code, _, complaint = ended(place(made[0], target, made[1]))
    assert code == 1
    assert "holds rows of another bundle (1234567890ab..)" in complaint


@pytest.mark.parametrize("victim", ["worker", "actor"])
def test_what_is_killed_is_made_good(made, alone, tmp_path, victim):
    source, target = repartitioned(made[0], tmp_path / "in", 6), tmp_path / "out"
    driver = place(source, target, made[1])
    at_work = wait_for(lambda: processes("apply", str(made[1]), "--threads"))[0]
    actor = parent(at_work)
    os.kill(at_work if victim == "worker" else actor, signal.SIGKILL)
    anew = wait_for(lambda: set(processes("apply", str(made[1]), "--threads")) - {at_work}).pop()
    assert (parent(anew) == actor) == (victim == "worker")
    code, _, complaint = ended(driver)
    assert code == 0, complaint[-2000:]
    assert read(target) == alone
    wait_for(lambda: not processes("apply", str(made[1]), "--threads"), seconds=10)


def test_bad_rows_are_told_or_end_the_job(made, tmp_path):
    source = with_bad_rows(made, tmp_path / "in.parquet")
    code, _, complaint = ended(place(source, tmp_path / "all", made[1], "--bad-rows", "fail"))
    assert code == 1
    assert "row 'item-7': image of 783 bytes, the model takes 784; mend it" in complaint
    assert "item-11" not in complaint
    assert not {"_SUCCESS", folder.MANIFEST} & folder.names(tmp_path / "all")
    code, _, complaint = ended(place(source, tmp_path / "out", made[1]))
    assert code == 1
    assert "2 of 500 rows are bad, more than the share of 0.001 that --max-bad allows" in complaint
    rows = {row["id"]: row for row in ds.dataset(sorted((tmp_path / "out").glob("*.parquet"))).to_table().to_pylist()}
    assert len(rows) == 500
    assert rows["item-7"]["error"] == "image of 783 bytes, the model takes 784"
    assert [row["id"] for row in rows.values() if row["x"] is None] == ["item-7", "item-11"]
