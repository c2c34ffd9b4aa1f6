"""How fast the notebook kernel answers, and whether a cell trains as fast as a release binary.

Prints and writes into artifacts/bench.json, beside what other benches wrote there:

    kernel.ready_s           seconds from the start of the kernel to its first answer
    kernel.prelude_s         seconds from the start of the kernel to the prelude in scope
    kernel.first_let_s       seconds from the start of the kernel to the first `let` of a library type
    kernel.rested_prelude_s  seconds of the prelude's cell where nobody sent one while the kernel warmed up
    kernel.rested_let_s      seconds of the first `let` after it
    kernel.cell_s            median seconds of a trivial cell after that
    kernel.train_ratio       images/s in a cell, with bar and curve, over images/s of the same code in a release binary
    kernel.stop_s            seconds from an interrupt of a running map to the end of its cell
    kernel.message_ms        median milliseconds between the lines of a cell that prints many, as they arrive

and, when NEURAL_MANIFOLD_PLAIN names the folder in which tests/notebook/test_statics.py has built the library, the
first three of a stock kernel that finds this build: kernel.plain_prelude_s and so on.
"""

import itertools
import json
import os
import queue
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from jupyter_client import KernelManager

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / "artifacts" / "bench.json"
TRIVIAL_CELLS = 11
# A reader's first look at the notebook: the kernel is warm well before.
LOOK_SECS = 20.0
EPOCHS, IMAGES = 3, 6000
# Cell and binary take turns, so that both meet the machine's good and bad moments.
ROUNDS = 2
TRAINING_CELL = f"""
let data: Dataset = dataset::load()?.first({IMAGES}, usize::MAX);
let trained: Trained = train(&data, &TrainConfig {{ n_epochs: {EPOCHS}, ..TrainConfig::default() }})?;
"""
MAP_CELL = """
let rows: Array2<f32> = Array2::from_shape_fn((3000, 8), |(row, column)| ((row * (column + 2)) as f32 * 0.37).sin());
let waves: Latents = Latents::new("waves", rows, None)?;
let map: Projection = project(&waves, UmapConfig { n_epochs: Some(50_000_000), ..UmapConfig::default() })?;
"""
LINES = 2000
PRELUDE = "use neural_manifold::prelude::*;"
FIRST_LET = "let config: TrainConfig = TrainConfig::default();"
DEPENDENCY = ':dep neural-manifold = { path = ".." }\n'
# The channels, batch and rate of TrainConfig::default().
TRAINING_BINARY = ["cargo", "bench", "--bench", "training", "--", "16,32", "32", "0.004", str(EPOCHS), str(IMAGES)]


def rates(text: str) -> list[float]:
    """Images per second of each finished epoch."""
    found = [float(rate) for rate in re.findall(r"epoch \d+ .*validation.* (\d+) images/s", text)]
    assert len(found) == EPOCHS, text
    return found


class Kernel:
    """A running kernel and the moment at which it was started: the installed one, or a stock one with its build."""

    def __init__(self, build: str | None = None):
        self.started = time.monotonic()
        self.manager = KernelManager(kernel_name="neural_manifold")
        if build is not None:
            evcxr = str(Path(sys.executable).with_name("evcxr_jupyter"))
            self.manager.kernel_spec.argv = [evcxr, "--control_file", "{connection_file}"]
            self.manager.kernel_spec.env = {"EVCXR_TMPDIR": build}
        self.manager.start_kernel(cwd=str(REPOSITORY / "notebooks"))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)
        self.ready = self.age()

    def run(self, code: str, linger: float = 0.0) -> str:
        """What a cell printed; an error or a word on stderr ends the bench.

        The last lines can arrive after the cell was reported as done: where they count, `linger` is the seconds for
        which the next one is waited for.
        """
        texts = []

        def take(message):
            content = message["content"]
            assert message["msg_type"] != "error" and content.get("name") != "stderr", content
            texts.append(content.get("text") or content.get("data", {}).get("text/plain", "") + "\n")

        self.client.execute_interactive(code, timeout=600, output_hook=take)
        try:
            while linger:
                take(self.client.get_iopub_msg(timeout=linger))
        except queue.Empty:
            pass
        return "".join(texts)

    def stop_secs(self) -> float:
        """Seconds from an interrupt to the end of a cell that makes an endless map."""
        pressed = []

        def take(message):
            shown = message["content"].get("data", {}).get("text/html", "")
            if "<img" in shown and not pressed:
                pressed.append(time.monotonic())
                self.manager.interrupt_kernel()

        self.client.execute_interactive(MAP_CELL, timeout=600, output_hook=take)
        return time.monotonic() - pressed[0]

    def message_ms(self) -> float:
        """Median milliseconds from one line of a cell to the next."""
        times = []
        code = f'for line in 0..{LINES} {{ println!("{{line}}"); }}'
        self.client.execute_interactive(code, timeout=600, output_hook=lambda _: times.append(time.monotonic()))
        return 1000 * statistics.median(after - before for before, after in itertools.pairwise(times))

    def secs(self, code: str) -> float:
        """Seconds that a cell takes."""
        before = time.monotonic()
        self.run(code)
        return time.monotonic() - before

    def age(self) -> float:
        return time.monotonic() - self.started

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def answers(kernel: Kernel, prelude: str, name: str) -> dict[str, float]:
    """How fast a fresh kernel answers."""
    kernel.run(prelude)
    results = {f"kernel.{name}prelude_s": kernel.age()}
    kernel.run(FIRST_LET)
    results[f"kernel.{name}first_let_s"] = kernel.age()
    seconds = [kernel.secs(f'println!("{{}}", config.n_epochs + {number});') for number in range(TRIVIAL_CELLS)]
    return results | {f"kernel.{name}cell_s": statistics.median(seconds)}


def answers_rested() -> dict[str, float]:
    """How fast a kernel answers that nobody asked for anything while a person read."""
    kernel = Kernel()
    try:
        time.sleep(LOOK_SECS)
        return {"kernel.rested_prelude_s": kernel.secs(PRELUDE), "kernel.rested_let_s": kernel.secs(FIRST_LET)}
    finally:
        kernel.close()


def measure_stock(build: str) -> dict[str, float]:
    kernel = Kernel(build)
    try:
        return answers(kernel, DEPENDENCY + PRELUDE, "plain_")
    finally:
        kernel.close()


def measure() -> dict[str, float]:
    # Built first, so that cell and binary run the same code.
    subprocess.run([*TRAINING_BINARY[:4], "--no-run"], check=True)
    rested = answers_rested()
    kernel = Kernel()
    try:
        results = rested | answers(kernel, PRELUDE, "")
        cell, binary = [], []
        for _ in range(ROUNDS):
            cell += rates(kernel.run(TRAINING_CELL, linger=1.0))
            binary += rates(subprocess.run(TRAINING_BINARY, capture_output=True, text=True, check=True).stdout)
        results["kernel.ready_s"] = kernel.ready
        results["kernel.message_ms"] = kernel.message_ms()
        results["kernel.stop_s"] = kernel.stop_secs()
        results["kernel.train_ratio"] = statistics.median(cell) / statistics.median(binary)
        return results
    finally:
        kernel.close()


def main() -> None:
    results = measure()
    if build := os.environ.get("NEURAL_MANIFOLD_PLAIN"):
        results |= measure_stock(build)
    results = {key: round(value, 3) for key, value in results.items()}
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept | results, indent=2) + "\n")
    for key, value in results.items():
        print(f"{key:26} {value}")


if __name__ == "__main__":
    main()
