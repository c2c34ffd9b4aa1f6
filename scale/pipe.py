"""Rows through `neural-manifold apply`: what Spark, Ray and plain Python share. Needs pyarrow alone.

The program answers each record batch by one of as many rows before it reads the next, so that there is one of either in
memory and no thread that could wait for another.
"""

import collections
import contextlib
import subprocess
import threading
from pathlib import Path

import pyarrow as pa

LAST_LINES = 20
BAD_ROWS = ("keep", "fail")


class WorkerError(RuntimeError):
    """The program ended, or did not answer in time; its own last words are in the message."""


class BadRowError(RuntimeError):
    """A row that cannot be used, where such a row is to end the work."""


class Worker:
    """The program as a process that is given a record batch and gives one back.

    A process that was killed is started again and given the batch again, up to `restarts` times per batch; one that
    refuses its input or hangs is not: it would do so again.
    """

    def __init__(self, command, timeout=600.0, restarts=1):
        self.command, self.timeout, self.restarts = list(command), timeout, restarts
        self.process = None

    def __call__(self, batch):
        left = self.restarts
        while True:
            try:
                return self._ask(batch)
            except WorkerError as error:
                was_killed = self.process.returncode < 0 and not self.is_late
                self.close()
                if not was_killed or not left:
                    raise error
                left -= 1

    def _start(self, schema):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.said = collections.deque(maxlen=LAST_LINES)
        self.listener = threading.Thread(target=self._listen, args=[self.process.stderr], daemon=True)
        self.listener.start()
        self.writer, self.reader = pa.ipc.new_stream(self.process.stdin, schema), None

    def _listen(self, stderr):
        for line in stderr:
            self.said.append(line.decode(errors="replace").rstrip())

    def _ask(self, batch):
        self.is_late = False
        if self.process is None:
            self._start(batch.schema)
        clock = threading.Timer(self.timeout, self._kill)
        clock.start()
        try:
            self.writer.write_batch(batch)
            self.process.stdin.flush()
            self.reader = self.reader or pa.ipc.open_stream(self.process.stdout)
            answer = self.reader.read_next_batch()
        except (OSError, StopIteration, pa.ArrowException) as error:
            raise WorkerError(self._last_words(error)) from None
        finally:
            clock.cancel()
            clock.join()
        if answer.num_rows != batch.num_rows:
            self.process.kill()
            self.process.wait()
            raise WorkerError(f"the worker answered {batch.num_rows} rows by {answer.num_rows}; is it of this release?")
        return answer

    def _kill(self):
        self.is_late = True
        self.process.kill()

    def _last_words(self, error):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        code = self.process.wait()
        self.listener.join(5)
        if self.is_late:
            return f"the worker did not answer a batch within {self.timeout:g} s; raise the time-out or make batches smaller"
        said = "\n".join(self.said) or f"it said nothing ({error})"
        return f"the worker ended with {code}: {said}"

    def close(self):
        """Ends the process, whatever it does."""
        if self.process is None:
            return
        process, self.process = self.process, None
        with contextlib.suppress(OSError, pa.ArrowException):
            self.writer.close()
            process.stdin.close()
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # Its last words end with it, unless a process of its own holds the pipe.
        self.listener.join(1)
        for pipe in (process.stdin, process.stdout, *([] if self.listener.is_alive() else [process.stderr])):
            with contextlib.suppress(OSError):
                pipe.close()


def through(command, timeout=600.0, restarts=1, bad_rows="keep"):
    """What Spark's `mapInArrow` takes: record batches in, one out for each.

    A bad row is told in the column `error`; with `bad_rows="fail"` the first one is a `BadRowError`.
    """
    if bad_rows not in BAD_ROWS:
        raise ValueError(f"bad_rows is {bad_rows!r}; give one of {', '.join(BAD_ROWS)}")

    def answers(batches):
        worker = Worker(command, timeout, restarts)
        try:
            for batch in batches:
                answer = worker(batch)
                if bad_rows == "fail":
                    refuse_bad(answer)
                yield answer
        finally:
            worker.close()

    return answers


def refuse_bad(answer):
    """Names the first bad row by its id; the program's own flag can only count the rows of its stream."""
    errors = answer["error"]
    if errors.null_count < len(errors):
        at = errors.is_valid().index(True).as_py()
        raise BadRowError(
            f"row {answer.column(0)[at].as_py()!r}: {errors[at]}; mend it, or keep bad rows by --bad-rows keep"
        )


def command(program, bundle, *, id="id", source="image", vectors=False, keep=(), threads=1):
    """The command line of the program."""
    # A task's working folder is another one.
    program, bundle = (str(Path(path).resolve()) if Path(path).exists() else str(path) for path in (program, bundle))
    line = [program, "apply", "--bundle", bundle, "--id", id, "--latent" if vectors else "--image", source]
    return [*line, *(["--keep", ",".join(keep)] if keep else []), "--threads", str(threads)]
