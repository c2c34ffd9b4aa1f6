"""Spark on several processes, some of which are killed: all rows once, and every bit as of one process alone."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys

import folder
import local
import pyarrow.dataset as ds
import pytest
from placing import (
    ENVIRONMENT,
    PROGRAM,
    REPOSITORY,
    ROWS,
    ended,
    manifest,
    processes,
    read,
    repartitioned,
    start,
    wait_for,
    with_bad_rows,
)

pytest.importorskip("pyspark", reason="make test-scale runs them")


def place(master, source, target, bundle, *flags, conf=()):
    return start(master, "place", source, target, "--bundle", bundle, "--program", PROGRAM, *flags, conf=conf)


# So that a task takes several batches, between which something can be killed.
SMALL_BATCHES = ["spark.sql.execution.arrow.maxRecordsPerBatch=1000"]


@pytest.mark.parametrize("parts", [3, 12])
def test_the_bits_are_those_of_one_process(master, made, alone, tmp_path, parts):
    source = repartitioned(made[0], tmp_path / "in", parts)
    target = tmp_path / "out"
    conf = ["spark.sql.files.openCostInBytes=128m"]
    code, _, complaint = ended(place(master, source, target, made[1], conf=conf))
    assert code == 0, complaint[-2000:]
    assert read(target) == alone
    assert (target / "_SUCCESS").exists()
    assert len(list(target.glob("part-*.parquet"))) == parts
    assert (manifest(target)["rows"], manifest(target)["bad_rows"]) == (ROWS, 0)
    # Again: nothing is written. With another bundle: refused.
    before = {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
    if parts == 3:
        code, _, complaint = ended(place(master, source, target, made[1]))
        assert code == 0, complaint[-2000:]
        assert before == {path.name: path.stat().st_mtime_ns for path in target.iterdir()}


@pytest.mark.parametrize("victim", ["worker", "executor"])
def test_what_is_killed_is_made_good(master, made, alone, tmp_path, victim):
    source, target = repartitioned(made[0], tmp_path / "in", 6), tmp_path / "out"
    driver = place(master, source, target, made[1], conf=[*SMALL_BATCHES, "spark.sql.files.openCostInBytes=128m"])
    at_work = wait_for(lambda: processes("apply", str(made[1]), "--threads"))
    if victim == "worker":
        os.kill(at_work[0], signal.SIGKILL)
    else:
        os.kill(wait_for(lambda: processes("CoarseGrainedExecutorBackend"))[0], signal.SIGKILL)
    code, _, complaint = ended(driver)
    assert code == 0, complaint[-2000:]
    assert read(target) == alone
    assert not processes("apply", str(made[1]), "--threads"), "a worker is left behind"


def test_a_driver_that_is_killed_leaves_nothing_that_passes_for_whole(master, made, alone, tmp_path):
    source, target = repartitioned(made[0], tmp_path / "in", 6), tmp_path / "out"
    driver = place(master, source, target, made[1], conf=[*SMALL_BATCHES, "spark.sql.files.openCostInBytes=128m"])
    wait_for(lambda: processes("apply", str(made[1]), "--threads"))
    os.killpg(driver.pid, signal.SIGKILL)
    driver.communicate()
    assert not (target / "_SUCCESS").exists()
    with pytest.raises(folder.FolderError, match="has no _SUCCESS: the job that wrote it did not end; run it again"):
        folder.manifest(target)
    wait_for(lambda: not processes("apply", str(made[1]), "--threads"), seconds=30)
    code, _, complaint = ended(place(master, source, target, made[1]))
    assert code == 0, complaint[-2000:]
    assert read(target) == alone


def test_a_task_whose_worker_stands_still_is_run_elsewhere(master, made, alone, tmp_path):
    source, target = repartitioned(made[0], tmp_path / "in", 6), tmp_path / "out"
    quick = ["interval=100ms", "multiplier=1.5", "quantile=0.5", "minTaskRuntime=100ms"]
    conf = [*SMALL_BATCHES, "spark.sql.files.openCostInBytes=128m", *(f"spark.speculation.{word}" for word in quick)]
    driver = place(master, source, target, made[1], conf=conf)
    victim = wait_for(lambda: processes("apply", str(made[1]), "--threads"))[0]
    os.kill(victim, signal.SIGSTOP)
    try:
        # Without a second run of the task, the time-out of a batch would end it after 600 s.
        code, _, complaint = ended(driver, seconds=120)
        assert code == 0, complaint[-2000:]
        assert read(target) == alone
        wait_for(lambda: victim not in processes("apply", str(made[1])), seconds=30)
    finally:
        for end, number in [(os.killpg, driver.pid), (os.kill, victim)]:
            with contextlib.suppress(ProcessLookupError):
                end(number, signal.SIGKILL)


@pytest.mark.parametrize("driver", ["spark", "local"])
def test_the_first_bad_row_ends_the_job_where_that_is_asked_for(request, made, tmp_path, driver):
    source, target = with_bad_rows(made, tmp_path / "in.parquet"), tmp_path / "out"
    if driver == "spark":
        started = place(request.getfixturevalue("master"), source, target, made[1], "--bad-rows", "fail")
        code, _, complaint = ended(started)
    else:
        line = [sys.executable, REPOSITORY / "scale/local.py", source, target, "--program", PROGRAM]
        line += ["--bundle", made[1], "--bad-rows", "fail"]
        done = subprocess.run(line, env=ENVIRONMENT, capture_output=True, text=True)
        code, complaint = done.returncode, done.stderr
    assert code == 1
    assert "row 'item-7': image of 783 bytes, the model takes 784; mend it" in complaint
    assert "item-11" not in complaint
    assert not {"_SUCCESS", folder.MANIFEST} & folder.names(target)


def test_a_rerun_complains_of_what_the_job_complained_of(made, tmp_path):
    source, target = with_bad_rows(made, tmp_path / "in.parquet"), tmp_path / "out"

    def again(**allowed):
        return local.place(source, target, made[1], program=str(PROGRAM), **allowed)

    for _ in range(2):
        with pytest.raises(folder.FolderError, match="2 of 500 rows are bad"):
            again()
    with pytest.raises(folder.FolderError, match="2 of 500 rows are bad"):
        again(max_bad=0.01, bad_rows="fail")
    assert again(max_bad=0.01)["bad_rows"] == 2


def test_bad_rows_are_told_and_too_many_are_a_failure(master, made, tmp_path):
    source = with_bad_rows(made, tmp_path / "in.parquet")
    code, _, complaint = ended(place(master, source, tmp_path / "out", made[1]))
    assert code == 1
    assert "2 of 500 rows are bad, more than the share of 0.001 that --max-bad allows" in complaint
    code, _, complaint = ended(place(master, source, tmp_path / "some", made[1], "--max-bad", "0.01"))
    assert code == 0, complaint[-2000:]
    rows = {row["id"]: row for row in ds.dataset(sorted((tmp_path / "some").glob("*.parquet"))).to_table().to_pylist()}
    assert rows["item-7"]["error"] == "image of 783 bytes, the model takes 784"
    assert rows["item-11"]["error"] == "no image"
    assert [row["id"] for row in rows.values() if row["x"] is None] == ["item-7", "item-11"]


def test_a_sample_is_the_same_however_the_rows_are_parted(master, made, tmp_path):
    drawn = []
    for parts, fraction in [(3, 0.1), (12, 0.1), (3, 0.3)]:
        source, target = tmp_path / f"in-{parts}", tmp_path / f"out-{parts}-{fraction}"
        if not source.exists():
            repartitioned(made[0], source, parts)
        code, _, complaint = ended(start(master, "sample", source, target, "--fraction", fraction))
        assert code == 0, complaint[-2000:]
        drawn.append(set(ds.dataset(sorted(target.glob("*.parquet"))).to_table()["id"].to_pylist()))
    assert drawn[0] == drawn[1]
    assert drawn[0] < drawn[2]
    # Five standard deviations of a draw.
    assert abs(len(drawn[0]) - 0.1 * ROWS) < 5 * (0.09 * ROWS) ** 0.5


def test_a_folder_of_another_bundle_is_refused(made, tmp_path):
    target = tmp_path / "out"
    line = [sys.executable, REPOSITORY / "scale/local.py", made[0], target, "--program", PROGRAM, "--bundle"]
    target.mkdir()
    (target / "_SUCCESS").touch()
    (target / folder.MANIFEST).write_text('{"bundle_sha256": "1234567890abcdef"}')
    done = subprocess.run([*line, made[1]], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "holds rows of another bundle (1234567890ab..)" in done.stderr
    shutil.rmtree(target)
    target.mkdir()
    (target / "letters.txt").touch()
    done = subprocess.run([*line, made[1]], env=ENVIRONMENT, capture_output=True, text=True)
    assert "holds letters.txt, which no job wrote" in done.stderr
    cut = tmp_path / "cut.nm"
    cut.write_bytes(made[1].read_bytes()[:-1])
    done = subprocess.run([*line, cut], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "cut.nm" in done.stderr
