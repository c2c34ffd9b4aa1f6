"""Stands between front ends and an unmodified evcxr_jupyter, and adds what that lacks.

Displays that change in place (`orders`), interrupts that keep the variables, errors that read well (`readable`), a
queue that ends at the first failure, an answer to who asks for the kernel while a cell runs, and a start that is over
before the first cell comes (`warm_up`). All else passes through unread, by frames: a message's identities are kept, so
that no address is rewritten.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

import processes
import zmq
from answers import ANSWERS
from cells import GONE, Cell
from evcxr import CHANNELS, OURS, Evcxr
from front import front_sockets
from warm_up import WarmUp
from widgets import Widgets
from wire import Message, Wire, reply, status

# Two presses within this time are one.
PRESS_SECS = 0.7
# A cell's last words wait at most so long for output that is on its way.
MAX_QUIET_SECS = 0.5
# What was asked for before evcxr is heard, or while the compiler may still start, is tried again so often.
RETRY_SECS = 0.05
SHUTDOWN_SECS = 3.0
STOPPING = "Stopping at the next safe point; interrupt again to end it at once and lose the variables."
STOPPED = "Interrupted; the variables are kept."
NOT_STOPPABLE = "This code cannot be stopped without losing the variables; interrupt again for that."


class Proxy:
    """One kernel: the front end's side, evcxr, and what runs."""

    def __init__(self, connection: dict, command: list[str], folder: Path):
        """`command` starts evcxr when the name of a connection file is added; `folder` is this kernel's own."""
        self.wire = Wire(connection["key"])
        self.command = command
        self.folder = folder
        self.context = zmq.Context()
        self.front = front_sockets(self.context, connection)
        # Until somebody listens, what is told to all is kept.
        self.unheard: list[Message] | None = []
        # Requests that evcxr is to answer, of which it is handed one at a time.
        self.waiting: deque[Message] = deque()
        self.running: Message | None = None
        self.cell: Cell | None = None
        self.count = 0
        self.shutdown_by: float | None = None
        self.widgets = Widgets(folder)
        self.start_evcxr()

    def start_evcxr(self) -> None:
        self.evcxr = Evcxr(self.command, self.folder, self.wire, self.context)
        # What is done with the frames that each socket receives.
        self.routes: dict[zmq.Socket, Callable[[list[bytes]], None]] = {
            self.front["shell"]: partial(self.from_front, self.front_shell),
            self.front["control"]: partial(self.from_front, self.front_control),
            self.front["stdin"]: partial(self.from_front, lambda said: self.evcxr.send("stdin", said)),
            self.front["hb"]: self.front["hb"].send_multipart,
            self.front["iopub"]: self.subscription,
            self.evcxr.sockets["iopub"]: self.heard,
        }
        self.routes |= {self.evcxr.sockets[name]: partial(self.answered, name) for name in CHANNELS}
        self.poller = zmq.Poller()
        for found in [*self.routes, *([] if self.evcxr.end is None else [self.evcxr.end])]:
            self.poller.register(found, zmq.POLLIN)
        # Asked until a word on it shows that evcxr is heard.
        self.evcxr.ask("shell", "kernel_info_request")
        self.ready = False

    # The loop.

    def run(self) -> int:
        """Serves until evcxr has ended; returns the status with which it ended."""
        may_start_again = True
        while True:
            for found, _ in self.poller.poll(self.patience()):
                # The number of evcxr's process stands among the sockets.
                if found in self.routes:
                    self.drain(found)
            self.look_around()
            if self.evcxr.process.poll() is not None:
                if self.ready or self.shutdown_by or not may_start_again:
                    break
                # One of its ports may have been taken since it was chosen.
                may_start_again = False
                self.evcxr.close()
                self.start_evcxr()
        for last_words in self.evcxr.sockets.values():
            self.drain(last_words)
        self.context.destroy(linger=1000)
        return self.evcxr.process.returncode

    def patience(self) -> float:
        """Milliseconds that may pass without a look around."""
        secs = 0.1 if self.evcxr.end is None else 1.0
        if self.is_ending():
            secs = processes.QUIET_SECS
        elif not self.ready or self.shutdown_by or (self.cell and not self.cell.ended and self.cell.asked):
            secs = RETRY_SECS
        if self.cell and (due := self.cell.due()) is not None:
            secs = min(secs, max(due - time.monotonic(), 0.0))
        if self.ready and self.running is None and (due := self.warm_up.due()) is not None:
            secs = min(secs, max(due - time.monotonic(), 0.0))
        return 1000 * secs

    def drain(self, found: zmq.Socket) -> None:
        """Takes what a socket holds, but not so much that another one waits for long."""
        for _ in range(200):
            try:
                frames = found.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            try:
                self.routes[found](frames)
            except Exception:
                # What one message did is told in the server's log; the kernel goes on.
                traceback.print_exc(file=sys.stderr)

    def look_around(self) -> None:
        """What is due although nobody said anything."""
        now = time.monotonic()
        # Whoever started the kernel is gone, so that nobody is left to end it; Python's kernel goes by the same sign.
        is_orphan = "JPY_PARENT_PID" in os.environ and os.getppid() == 1
        if is_orphan or (self.shutdown_by and now > self.shutdown_by):
            processes.end_all(self.evcxr.pid)
        cell = self.cell
        if cell and not self.is_ending():
            self.publish(*cell.overdue())
        if cell and not cell.ended and cell.asked and not cell.interrupted:
            self.end_compiler(cell)
        if self.is_ending() and self.is_quiet(now):
            self.finish_cell()
        self.hand_on()

    # From the front ends.

    def subscription(self, frames: list[bytes]) -> None:
        if frames[0][:1] == b"\x01" and self.unheard is not None:
            kept, self.unheard = self.unheard, None
            self.publish(*kept)

    def from_front(self, take: Callable[[Message], None], frames: list[bytes]) -> None:
        request = self.wire.read(frames)
        if request is not None and isinstance(request.content, dict):
            take(request)

    def front_shell(self, request: Message) -> None:
        comms = self.widgets.comms() if request.kind == "comm_info_request" else None
        content = comms or ANSWERS.get(request.kind)
        if content or self.widgets.is_ours(request):
            self.answer("shell", request, content)
        else:
            self.waiting.append(request)

    def front_control(self, request: Message) -> None:
        if request.kind == "interrupt_request":
            self.interrupt(request)
        elif request.kind == "shutdown_request":
            # evcxr ends only when its cell has: its child is ended first, and the compiler.
            self.shutdown_by = time.monotonic() + SHUTDOWN_SECS
            self.waiting.clear()
            if self.running is not None:
                processes.end_compiler(self.evcxr.pid)
                self.evcxr.ask("control", "interrupt_request")
            self.evcxr.send("control", request)
        elif request.kind in ANSWERS:
            self.answer("control", request, ANSWERS[request.kind])
        else:
            self.evcxr.send("control", request)

    def answer(self, channel: str, request: Message, content: dict | None) -> None:
        """Answers a request in evcxr's place; what an explorer says has no content to answer with."""
        self.publish(status(request.header, "busy"))
        if content is None:
            self.publish(*self.widgets.take(request))
        else:
            self.front[channel].send_multipart(self.wire.frames(reply(request, content)))
        self.publish(status(request.header, "idle"))
        if self.cell and not self.cell.ended:
            # A front end shows the last word that it heard as the kernel's state.
            self.publish(status(self.cell.request.header, "busy"))

    # Towards evcxr.

    def hand_on(self) -> None:
        """Hands the next request to evcxr when it has none."""
        if not self.ready:
            return
        if self.running is not None:
            self.warm_up.wait()
            return
        if not self.waiting:
            if step := self.warm_up.step():
                self.running = self.evcxr.ask("shell", *step)
            return
        request = self.running = self.waiting.popleft()
        self.warm_up.make_way(request)
        if request.kind == "execute_request":
            (self.folder / "stop").unlink(missing_ok=True)
            if not request.content.get("silent") and request.content.get("store_history", True):
                self.count += 1
            self.cell = Cell(request, self.count, self.folder.name, self.widgets)
        self.evcxr.send("shell", request)

    def abort(self, session: str | None = None) -> None:
        """Answers the cells that wait as not run: those of one front end, or all.

        One that asked to be run whatever happens stays, as in Python's kernel.
        """
        kept = deque()
        for request in self.waiting:
            ours = session in (None, request.session) and request.content.get("stop_on_error", True)
            if request.kind == "execute_request" and ours:
                self.answer("shell", request, {"status": "aborted"})
            else:
                kept.append(request)
        self.waiting = kept

    # From evcxr.

    def heard(self, frames: list[bytes]) -> None:
        """Takes what evcxr tells all."""
        said = self.wire.read(frames)
        if said is None:
            return
        parent = said.parent.get("msg_id")
        is_end = self.running is not None and parent == self.running.id and is_idle(said)
        if said.parent.get("session") == OURS.decode():
            # What evcxr says of our own requests is for nobody else.
            if not self.ready:
                self.ready, self.warm_up = True, WarmUp()
            if is_end:
                self.running = None
        elif is_end and self.running.kind == "execute_request":
            self.cell.idle = said
        elif is_end:
            self.publish(said)
            self.running = None
        elif self.cell is not None and parent == self.cell.request.id:
            self.cell.heard_at = time.monotonic()
            self.publish(*self.cell.take(said))
        else:
            self.publish(said)

    def answered(self, channel: str, frames: list[bytes]) -> None:
        """Takes evcxr's answer to one request."""
        said = self.wire.read(frames)
        if said is None:
            return
        if said.identities == [OURS]:
            if not self.ready:
                self.evcxr.ask("shell", "kernel_info_request")
        elif self.cell is not None and not self.cell.ended and said.kind == "execute_reply":
            self.cell.reply = said
            self.cell.heard_at = self.cell.replied_at = time.monotonic()
        else:
            self.front[channel].send_multipart(self.wire.frames(said))

    def is_ending(self) -> bool:
        """Whether evcxr has said its last words on the cell, and these are not passed on yet."""
        cell = self.cell
        return cell is not None and not cell.ended and cell.reply is not None and cell.idle is not None

    def is_quiet(self, now: float) -> bool:
        """Whether no output of the cell is on its way any more."""
        waited = now - self.cell.replied_at > MAX_QUIET_SECS
        return waited or (now - self.cell.heard_at >= processes.QUIET_SECS and self.evcxr.is_silent())

    def finish_cell(self) -> None:
        cell, self.running = self.cell, None
        told, answer = cell.finish()
        self.publish(*told)
        if cell.noted:
            text = STOPPED if cell.interrupted is None else f"Interrupted: {cell.interrupted}."
            self.publish(cell.note("update_display_data", text))
        self.front["shell"].send_multipart(self.wire.frames(answer))
        self.publish(cell.idle)
        if answer.content["status"] == "error":
            self.abort(cell.request.session)

    def publish(self, *told: Message) -> None:
        """Tells all front ends, or keeps it until there is one."""
        for said in told:
            if self.unheard is not None:
                self.unheard.append(said)
            else:
                self.front["iopub"].send_multipart(self.wire.frames(said))

    # Interrupts.

    def interrupt(self, request: Message) -> None:
        """The first press asks the cell to stop, the second ends it; the compiler can be ended without a loss."""
        cell, now = self.cell, time.monotonic()
        if self.running is not None or not self.ready:
            self.abort()
        if cell is not None and not cell.ended:
            if cell.asked is None:
                cell.asked = now
                if not self.end_compiler(cell):
                    (self.folder / "stop").touch()
                    cell.noted = True
                    self.publish(cell.note("display_data", STOPPING if cell.stoppable else NOT_STOPPABLE))
            elif now - cell.asked > PRESS_SECS:
                cell.interrupted = f"ended at once; {GONE}"
                self.evcxr.send("control", request)
                return
        self.answer("control", request, {"status": "ok"})

    def end_compiler(self, cell: Cell) -> bool:
        if processes.end_compiler(self.evcxr.pid):
            cell.interrupted = "while compiling; the variables are kept"
        return cell.interrupted is not None


def is_idle(said: Message) -> bool:
    return said.kind == "status" and said.content.get("execution_state") == "idle"


def serve(connection_file: str, evcxr: list[str], folder: Path) -> int:
    """Runs a kernel for the front ends of a connection file; returns the status with which evcxr ended."""
    # Interrupts come as messages; the signal is for whoever runs in the same terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    proxy = Proxy(json.loads(Path(connection_file).read_text(encoding="utf-8")), evcxr, folder)

    def end(*_) -> None:
        processes.end_all(proxy.evcxr.pid)

    signal.signal(signal.SIGTERM, end)
    return proxy.run()
