"""How fast the notebook kernel answers, and whether a cell trains as fast as a release binary.

Prints and writes into artifacts/bench.json, beside what other benches wrote there:

    kernel.prelude_s    seconds from the start of the kernel to the prelude in scope
    kernel.first_let_s  seconds from the start of the kernel to the first `let` of a library type
    kernel.cell_s       median seconds of a trivial cell after that
    kernel.train_ratio  images/s in a cell over images/s of the same code in a release binary
"""

import json
import re
import statistics
import subprocess
import time
from pathlib import Path

from jupyter_client import KernelManager

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / "artifacts" / "bench.json"
TRIVIAL_CELLS = 11
EPOCHS, IMAGES = 3, 6000
# Cell and binary take turns, so that both meet the machine's good and bad moments.
ROUNDS = 2
TRAINING_CELL = f"""
let data: Dataset = dataset::load()?.first({IMAGES}, usize::MAX);
let trained: Trained = train(&data, &TrainConfig {{ epochs: {EPOCHS}, ..TrainConfig::default() }})?;
"""
# The channels, batch and rate of TrainConfig::default().
TRAINING_BINARY = ["cargo", "bench", "--bench", "training", "--", "16,32", "64", "0.003", str(EPOCHS), str(IMAGES)]


def rates(text: str) -> list[float]:
    """Images a second of each finished epoch."""
    found = [float(rate) for rate in re.findall(r"epoch \d+ .*validation.* (\d+) images/s", text)]
    assert len(found) == EPOCHS, text
    return found


class Kernel:
    """A running kernel and the moment at which it was started."""

    def __init__(self):
        self.started = time.monotonic()
        self.manager = KernelManager(kernel_name="neural_manifold")
        self.manager.start_kernel(cwd=str(REPOSITORY / "notebooks"))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def run(self, code: str) -> str:
        """What a cell printed; an error or a word on stderr ends the bench."""
        texts = []

        def take(message):
            content = message["content"]
            assert message["msg_type"] != "error" and content.get("name") != "stderr", content
            texts.append(content.get("text", ""))

        self.client.execute_interactive(code, timeout=600, output_hook=take)
        return "".join(texts)

    def age(self) -> float:
        return time.monotonic() - self.started

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def measure() -> dict[str, float]:
    # Building later could replace the library under the running kernel.
    subprocess.run([*TRAINING_BINARY[:4], "--no-run"], check=True)
    kernel = Kernel()
    try:
        kernel.run("use neural_manifold::prelude::*;")
        results = {"kernel.prelude_s": kernel.age()}
        kernel.run("let config: TrainConfig = TrainConfig::default();")
        results["kernel.first_let_s"] = kernel.age()
        seconds = []
        for number in range(TRIVIAL_CELLS):
            before = time.monotonic()
            kernel.run(f'println!("{{}}", config.epochs + {number});')
            seconds.append(time.monotonic() - before)
        results["kernel.cell_s"] = statistics.median(seconds)

        cell, binary = [], []
        for _ in range(ROUNDS):
            cell += rates(kernel.run(TRAINING_CELL))
            binary += rates(subprocess.run(TRAINING_BINARY, capture_output=True, text=True, check=True).stdout)
        results["kernel.train_ratio"] = statistics.median(cell) / statistics.median(binary)
        return results
    finally:
        kernel.close()


def main() -> None:
    results = {key: round(value, 3) for key, value in measure().items()}
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept | results, indent=2) + "\n")
    for key, value in results.items():
        print(f"{key:20} {value}")


if __name__ == "__main__":
    main()
