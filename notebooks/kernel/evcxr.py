"""evcxr_jupyter as a process, and the sockets on which the proxy reaches it."""

import json
import os
import secrets
import socket
from contextlib import ExitStack
from pathlib import Path

import processes
import zmq
from wire import Message, Wire, message

CHANNELS = ["shell", "control", "stdin"]
# What marks requests that are the proxy's own.
OURS = b"neural-manifold"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for found in sockets:
            found.bind(("127.0.0.1", 0))
        return [found.getsockname()[1] for found in sockets]


class Evcxr:
    def __init__(self, command: list[str], folder: Path, wire: Wire, context: zmq.Context):
        """Starts the command with a connection file of its own, under the key of the front end's."""
        self.wire = wire
        names = [*CHANNELS, "iopub", "hb"]
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        connection = {f"{name}_port": port for name, port in ports.items()}
        connection |= {"transport": "tcp", "ip": "127.0.0.1", "key": wire.key.decode()}
        connection["signature_scheme"] = "hmac-sha256"
        file = folder / "connection.json"
        # Who reads the key can run cells.
        file.touch(mode=0o600)
        file.write_text(json.dumps(connection), encoding="utf-8")
        # Where lines are wanted, as in a notebook that runs without a browser, the library is told of no folder.
        lines = "NEURAL_MANIFOLD_LINES" in os.environ
        environment = os.environ | ({} if lines else {"NEURAL_MANIFOLD_LIVE": str(folder)})
        self.process = processes.start([*command, str(file)], environment)
        self.pid = self.process.pid
        # Becomes readable when the process ends.
        self.end = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None
        self.sockets = {name: context.socket(zmq.SUB if name == "iopub" else zmq.DEALER) for name in names[:-1]}
        self.sockets["iopub"].subscribe(b"")
        # evcxr asks for input on one channel by the address that it saw on the other.
        identity = b"\x01" + secrets.token_bytes(8)
        for name, made in self.sockets.items():
            if name in CHANNELS:
                made.routing_id = identity
            made.linger = 0
            made.reconnect_ivl = 20
            made.connect(f"tcp://127.0.0.1:{ports[name]}")

    def send(self, channel: str, request: Message) -> None:
        self.sockets[channel].send_multipart(self.wire.frames(request))

    def ask(self, channel: str, kind: str, content: dict | None = None) -> Message:
        """Sends a request of the proxy's own."""
        own = message(kind, content or {}, {"session": OURS.decode()}, [OURS])
        self.send(channel, own)
        return own

    def is_silent(self) -> bool:
        """Whether nothing that it has said or is about to say is still to be read."""
        return processes.settled(self.pid) and not self.sockets["iopub"].poll(1)

    def close(self) -> None:
        for made in self.sockets.values():
            made.close()
        if self.end is not None:
            os.close(self.end)
