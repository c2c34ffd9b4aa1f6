"""A kernel that runs, and what its cells show."""

import queue
import sys
from contextlib import contextmanager
from pathlib import Path

from jupyter_client import KernelManager

REPOSITORY = Path(__file__).resolve().parents[2]
SHOWN = {"stream", "error", "display_data", "execute_result"}


class Client:
    """A client of a kernel, with cells in and outputs out."""

    def __init__(self, client, manager: KernelManager):
        self.client = client
        self.manager = manager

    def outputs(self, code: str) -> list[dict]:
        """The content of each message that a cell shows, in order."""
        outputs = []

        def take(message):
            if message["msg_type"] in SHOWN:
                outputs.append(message["content"])

        self.client.execute_interactive(code, timeout=7200, output_hook=take)
        # Output comes by threads of its own: the last lines can arrive after the cell was reported as done.
        try:
            while True:
                take(self.client.get_iopub_msg(timeout=0.5))
        except queue.Empty:
            return outputs

    def shown(self, code: str) -> str:
        """All that a cell shows, in one string."""
        return "\n".join(str(output.get("text") or output.get("evalue") or output) for output in self.outputs(code))

    def ran(self, code: str) -> None:
        """Runs a cell that is to show nothing."""
        outputs = self.outputs(code)
        assert outputs == [], outputs

    def completions(self, code: str) -> list[str]:
        """What the kernel offers at the end of a piece of code."""
        return self.client.complete(code, len(code), reply=True, timeout=60)["content"]["matches"]


@contextmanager
def running(manager: KernelManager, cwd: Path):
    """A client of a kernel that is started, and ended."""
    manager.start_kernel(cwd=str(cwd))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield Client(client, manager)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def kernel(release: Path | None = None, cwd: Path = REPOSITORY / "notebooks"):
    """The installed kernel, or the same one pointed at another build folder."""
    manager = KernelManager(kernel_name="neural_manifold")
    if release is not None:
        manager.kernel_spec.env["NEURAL_MANIFOLD_RELEASE"] = str(release)
    return running(manager, cwd)


def stock_kernel(build: Path):
    """evcxr_jupyter as it installs itself, but that what it builds is kept in a folder."""
    manager = KernelManager(kernel_name="neural_manifold")
    evcxr = str(Path(sys.executable).with_name("evcxr_jupyter"))
    manager.kernel_spec.argv = [evcxr, "--control_file", "{connection_file}"]
    manager.kernel_spec.env = {"EVCXR_TMPDIR": str(build.resolve())}
    return running(manager, REPOSITORY / "notebooks")
