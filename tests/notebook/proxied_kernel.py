"""A kernel of fake_evcxr.py behind the proxy, and a client of it."""

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpec
from running_kernel import REPOSITORY

KERNEL = REPOSITORY / "notebooks" / "kernel"
sys.path.insert(0, str(KERNEL))

import orders  # noqa: E402

FAKE = Path(__file__).with_name("fake_evcxr.py")
START = "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import proxy; " + (
    "sys.exit(proxy.serve(sys.argv[4], [sys.executable, sys.argv[2]], pathlib.Path(sys.argv[3])))"
)


class Kernel:
    """A kernel of the stand-in behind the proxy."""

    def __init__(self, folder: Path, listens: bool = True):
        self.folder = folder
        self.manager = KernelManager(kernel_name="fake")
        argv = [sys.executable, "-c", START, str(KERNEL), str(FAKE), str(folder), "{connection_file}"]
        self.manager._kernel_spec = KernelSpec(argv=argv, language="rust", interrupt_mode="message")
        self.manager.start_kernel(stderr=(folder / "log").open("w"))
        self.clients = [self.manager.client()]
        if listens:
            self.client.start_channels()
            self.client.wait_for_ready(timeout=60)

    def connect(self):
        """One more client, with a session of its own."""
        client = BlockingKernelClient(connection_file=self.manager.connection_file)
        client.load_connection_file()
        client.start_channels()
        # It knows the kernel to be alive by the heart's beats alone, of which the first must have come.
        while not client.hb_channel.is_beating():
            time.sleep(0.05)
        client.wait_for_ready(timeout=60)
        self.clients.append(client)
        return client

    @property
    def client(self):
        return self.clients[0]

    def send(self, *steps, code="", **options):
        """Sends a cell of steps, and of code that the stand-in does not read."""
        return self.client.execute(json.dumps(steps) + "\n" + code, **options)

    def messages(self, request, client=None, timeout=10):
        """What is told of a request up to its idle, without what says busy."""
        client, told = client or self.client, []
        while True:
            said = client.get_iopub_msg(timeout=timeout)
            if said["parent_header"].get("msg_id") != request:
                continue
            if said["content"].get("execution_state") == "idle":
                return [one for one in told if one["msg_type"] not in ("status", "execute_input")]
            told.append(said)

    def reply(self, request, client=None):
        client = client or self.client
        while True:
            said = client.get_shell_msg(timeout=10)
            if said["parent_header"]["msg_id"] == request:
                return said["content"]

    def run(self, *steps):
        """What a cell shows, as pairs of kind and content; and its reply."""
        return self.outcome(self.send(*steps))

    def outcome(self, request):
        """The same of a cell that was sent before."""
        shown = [(said["msg_type"], said["content"]) for said in self.messages(request)]
        return shown, self.reply(request)

    def order(self, **order):
        """An order of the library's."""
        content = {"v": 1, "key": self.folder.name, **order}
        return f"{orders.MARK}{json.dumps(content)}{orders.END}"

    def interrupt(self):
        self.manager.interrupt_kernel()

    def wait_for(self, condition, seconds=10):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def descendants(self):
        return psutil.Process(self.manager.provisioner.process.pid).children(recursive=True)


@contextmanager
def started(folder, listens=True):
    kernel = Kernel(folder, listens)
    try:
        yield kernel
    finally:
        for client in kernel.clients:
            client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)


def texts(shown):
    """What a cell printed, of what it showed."""
    return [content["text"] for kind, content in shown if kind == "stream"]
