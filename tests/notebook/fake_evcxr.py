"""evcxr_jupyter as the proxy sees it, without Rust: a cell is a list of steps in JSON, taken one by one.

    ["out", TEXT]          a line on stdout           ["err", TEXT]            one on stderr
    ["result", DATA]       the cell's value           ["error", TEXT, LINES]   a compile error
    ["compile", SECONDS]   a process named cargo      ["run", SECONDS]         the child that an interrupt ends
    ["until_stop", SECONDS]  until the file `stop` is there, then tells it on stdout
    ["late", TEXT]         a line on stdout that comes behind the cell's idle
    ["big", TEXT, COUNT]   a line on stdout in which the @ of the text is so many letters
    ["die"]                the kernel itself ends

Lines behind the first stand for code that the proxy reads. As in evcxr: the shell is served one message after the other, cells
are counted from 2, and the reply says "ok" whatever went to stderr.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import zmq

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "notebooks" / "kernel"))
from wire import Wire, message, reply, status

WARM_UP = "();"
# While this file is there, the first step of the warm-up does not end.
HELD = "held"
SLEEP = shutil.which("sleep")


class Fake:
    def __init__(self, connection):
        self.wire = Wire(connection["key"])
        context = zmq.Context()
        kinds = {"shell": zmq.ROUTER, "control": zmq.ROUTER, "stdin": zmq.ROUTER, "iopub": zmq.PUB, "hb": zmq.REP}
        self.sockets = {name: context.socket(kind) for name, kind in kinds.items()}
        # evcxr waits for who listens and drops nothing.
        self.sockets["iopub"].sndhwm = 0
        for name, made in self.sockets.items():
            made.bind(f"tcp://{connection['ip']}:{connection[f'{name}_port']}")
        self.count = 1
        self.child = None
        self.lock = threading.Lock()

    def publish(self, said):
        with self.lock:
            self.sockets["iopub"].send_multipart(self.wire.frames(said))

    def serve(self):
        # As evcxr, whose sockets are there before it serves them.
        time.sleep(float(os.environ.get("FAKE_START_SECS", "0.2")))
        threading.Thread(target=self.control, daemon=True).start()
        while True:
            request = self.wire.read(self.sockets["shell"].recv_multipart())
            self.publish(status(request.header, "busy"))
            late = []
            with (Path(os.environ["NEURAL_MANIFOLD_LIVE"]) / "asked").open("a") as asked:
                print(request.kind, request.content.get("code", "").splitlines()[:1], file=asked)
            if request.kind == "execute_request":
                late = self.execute(request)
            elif request.kind == "complete_request":
                self.answer("shell", reply(request, {"status": "ok", "matches": ["completed"]}))
            elif request.kind == "kernel_info_request":
                self.answer("shell", reply(request, {"status": "ok"}))
            self.publish(status(request.header, "idle"))
            for text in late:
                # A thread of evcxr's is still busy with it.
                busy_until = time.monotonic() + 0.05
                while time.monotonic() < busy_until:
                    pass
                self.publish(message("stream", {"name": "stdout", "text": text + "\n"}, request.header))

    def answer(self, channel, said):
        self.sockets[channel].send_multipart(self.wire.frames(said))

    def control(self):
        while True:
            request = self.wire.read(self.sockets["control"].recv_multipart())
            if request.kind == "interrupt_request" and self.child is not None:
                self.child.kill()
            self.answer("control", reply(request, {"status": "ok"}))
            if request.kind == "shutdown_request":
                time.sleep(0.05)
                os._exit(0)

    def execute(self, request):
        if request.content["code"] == WARM_UP:
            folder = Path(os.environ["NEURAL_MANIFOLD_LIVE"])
            while (folder / HELD).exists():
                time.sleep(0.01)
            # For nobody: a test that sees it fails.
            self.publish(message("stream", {"name": "stdout", "text": "warm-up"}, request.header))
            self.answer("shell", reply(request, {"status": "ok", "execution_count": self.count}))
            return []
        self.count += 1
        say = lambda kind, content: self.publish(message(kind, content, request.header))  # noqa: E731
        say("execute_input", {"execution_count": self.count, "code": request.content["code"]})
        outcome, late = "ok", []
        for kind, *given in json.loads(request.content["code"].splitlines()[0]):
            if kind in ("out", "err"):
                say("stream", {"name": "std" + kind, "text": given[0] + "\n"})
            elif kind == "result":
                data = {"execution_count": self.count, "data": given[0], "metadata": {}}
                say("execute_result", data)
            elif kind == "error":
                say("error", {"ename": "Error", "evalue": given[0], "traceback": given[1]})
                outcome = "error"
            elif kind == "big":
                say("stream", {"name": "stdout", "text": given[0].replace("@", "x" * given[1]) + "\n"})
            elif kind == "late":
                late.append(given[0])
            elif kind == "die":
                os._exit(7)
            elif kind == "until_stop":
                end = time.monotonic() + given[0]
                stop = Path(os.environ["NEURAL_MANIFOLD_LIVE"]) / "stop"
                while not stop.exists() and time.monotonic() < end:
                    time.sleep(0.01)
                say("stream", {"name": "stdout", "text": f"stop: {stop.exists()}\n"})
            elif not self.ran(kind, given[0]):
                said = "no parsable errors" if kind == "compile" else "Subprocess terminated with status: signal: 9"
                say("error", {"ename": "Error", "evalue": said, "traceback": [said]})
                outcome = "error"
                break
        self.answer("shell", reply(request, {"status": outcome, "execution_count": self.count}))
        return late

    def ran(self, kind, seconds):
        """Whether a process, under the name that the step gives it, came to its end."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / ("cargo" if kind == "compile" else "child")
            program.symlink_to(SLEEP)
            self.child = subprocess.Popen([program, str(seconds)])
            return self.child.wait() == 0


Fake(json.loads(Path(sys.argv[-1]).read_text())).serve()
