"""The adapter: what is killed is started again, what hangs or refuses is told in its own words."""

import os
import signal
import threading
import time

import pipe
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from placing import PROGRAM, processes


def batches(made, rows, size):
    table = ds.dataset(made[0]).to_table().slice(0, rows)
    return table.combine_chunks().to_batches(max_chunksize=size)


def command(made):
    return pipe.command(str(PROGRAM), made[1])


def test_a_worker_that_was_killed_is_started_again(made):
    given = batches(made, 4000, 1000)
    expected = [answer.to_pydict() for answer in pipe.through(command(made))(given)]
    worker = pipe.Worker(command(made))
    found = []
    for batch in given:
        if worker.process is not None:
            os.kill(worker.process.pid, signal.SIGKILL)
        found.append(worker(batch).to_pydict())
    worker.close()
    assert found == expected


def test_a_worker_that_hangs_is_told_and_ended(made):
    batch = batches(made, 1000, 1000)[0]
    worker = pipe.Worker(command(made))
    worker(batch)
    worker.timeout = 1.0
    os.kill(worker.process.pid, signal.SIGSTOP)
    number = worker.process.pid
    began = time.monotonic()
    with pytest.raises(pipe.WorkerError, match="did not answer a batch within 1 s"):
        worker(batch)
    assert time.monotonic() - began < 10
    assert number not in processes("apply")


def test_its_own_words_are_in_the_error(made):
    batch = pa.record_batch({"id": [1], "picture": [b""]})
    with pytest.raises(pipe.WorkerError, match=r'ended with 2: .*has no column "image"; name it by --image'):
        list(pipe.through(command(made))([batch]))
    with pytest.raises(pipe.WorkerError, match=r"ended with 3: .*check the path"):
        list(pipe.through(pipe.command(str(PROGRAM), "/absent.nm"))([batch]))


def test_no_rows_and_no_batches(made):
    assert list(pipe.through(command(made))([])) == []
    empty = batches(made, 1, 1)[0].slice(0, 0)
    assert [answer.num_rows for answer in pipe.through(command(made))([empty])] == [0]
    threads = threading.active_count()
    worker = pipe.Worker(command(made))
    worker(empty)
    stderr = worker.process.stderr
    worker.close()
    assert threading.active_count() <= threads
    assert worker.process is None
    assert stderr.closed
