"""Training and encoding beside PyTorch and Keras: the same network, batch, images and threads, taking turns.

    python benches/train_bench.py [--channels 32,64] [--batch 128] [--rounds 3] [--threads 2] [--peers torch,keras]
        [--devices flex,libtorch] [--features tch] [--color]

Fashion-MNIST, or with --color 32 x 32 images of smooth noise in red, green and blue: speed asks no more of them. Needs
requirements-bench.txt. Prints a table of medians and merges into artifacts/bench.json, where the ratios are ours over the
peer's (color_train and color_encode with --color):

    train.<device>.{images_per_s,ratio_pytorch,ratio_keras}
    encode.<device>.{images_per_s,ratio_pytorch,ratio_keras}
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from peers import idx

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / "artifacts" / "bench.json"
RATE = "0.001"
NAMES = {"torch": "pytorch", "keras": "keras"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=idx.folder(), help="folder of the IDX files")
    parser.add_argument("--color", action="store_true", help="32 x 32 images in color in place of Fashion-MNIST")
    parser.add_argument("--channels", default="32,64")
    parser.add_argument("--batch", default="128")
    parser.add_argument("--images", default="12800")
    parser.add_argument("--epochs", default="3", help="the first of them warms up")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default=str(os.cpu_count()))
    parser.add_argument("--peers", default="torch,keras")
    parser.add_argument("--devices", default="flex", help="of this library; those beside flex must be built in")
    parser.add_argument("--features", default="", help="of the library's build")
    return parser.parse_args()


def rates(command: list[str], threads: str) -> tuple[float, float]:
    """Images per second of training, the median of all epochs but the first, and of encoding."""
    environment = {**os.environ, "RAYON_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    epochs = re.findall(r"^epoch \d+ .*?(\d+) images/s", done.stdout, re.MULTILINE)
    encode = re.search(r"^encode (\d+) images/s", done.stdout, re.MULTILINE)
    return statistics.median(float(rate) for rate in epochs[1:]), float(encode[1])


def write_color(path: Path, count: int) -> None:
    """Images `[count, 32, 32, 3]` of bytes: four by four random colors, blended into one another."""
    corners = np.random.default_rng(0).random((count, 5, 5, 3), np.float32)
    at, part = np.divmod(np.arange(32) * 4 / 32, 1)
    at, part = at.astype(int), part.astype(np.float32)
    rows = corners[:, at] * (1 - part)[:, None, None] + corners[:, at + 1] * part[:, None, None]
    images = rows[:, :, at] * (1 - part)[:, None] + rows[:, :, at + 1] * part[:, None]
    np.save(path, np.round(images * 255).astype(np.uint8))


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        if options.color:
            options.data = str(Path(folder, "color.npy"))
            # A fifth of them is held out.
            write_color(Path(options.data), int(options.images) * 5 // 4)
        run(options)


def run(options: argparse.Namespace) -> None:
    shape = [options.channels, options.batch, RATE, options.epochs, options.images]
    bench = ["cargo", "bench", "--features", options.features, "--bench", "training"]
    subprocess.run([*bench, "--no-run"], cwd=REPOSITORY, check=True)
    devices = options.devices.split(",")
    data = [options.data] if options.color else []
    commands = {device: [*bench, "--", *shape, device, *data] for device in devices}
    for peer in options.peers.split(","):
        program = str(REPOSITORY / "benches" / "peers" / f"autoencoder_{peer}.py")
        commands[NAMES[peer]] = [sys.executable, program, options.data, *shape, options.threads]

    found = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            found[name].append(rates(command, options.threads))
    results = {}
    print(
        f"channels {options.channels}  batch {options.batch}  {options.threads} threads, medians of {options.rounds} rounds"
    )
    of = "color_" if options.color else ""
    for place, stage in enumerate([f"{of}train", f"{of}encode"]):
        medians = {name: statistics.median(pair[place] for pair in pairs) for name, pairs in found.items()}
        for device in devices:
            results[f"{stage}.{device}.images_per_s"] = round(medians[device])
            for peer in medians.keys() - devices:
                results[f"{stage}.{device}.ratio_{peer}"] = round(medians[device] / medians[peer], 2)
        for name, median in medians.items():
            print(
                f"{stage:12} {name:9} {median:7.0f} images/s   {devices[0]} is {medians[devices[0]] / median:.2f} times as fast"
            )
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept | results, indent=2) + "\n")


if __name__ == "__main__":
    main()
