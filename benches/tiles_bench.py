"""Seconds, memory and disk that tiles of synthetic rows take, by one process and by Spark, and how the page draws them.

usage: tiles_bench.py [FOLDER] [--rows N ...]

Ends with a table, and artifacts/tiles_bench.json. The machine should have nothing else to do; `make scale` comes first.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "tests" / "page"), str(REPOSITORY / "tests")]

from chromium import chromium  # noqa: E402
from conftest import DESKTOP  # noqa: E402

CLUMPS, CLASSES, PART, FILE = 40, 10, 1_000_000, 10_000_000

# Tasks of 50 ms and longer, as the browser tells them, and the time between two frames.
WATCH = """window.tasks = [];
window.frames = [];
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) tasks.push(duration); }).observe({ type: "longtask" });
let before = 0;
requestAnimationFrame(function next(now) { frames.push(now - before); before = now; requestAnimationFrame(next); });"""


def make_rows(folder, rows):
    """Clumps of several shapes, one of them isolated, as `place` writes rows."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    centers, widths = rng.normal(size=(CLUMPS, 2)) * 6, rng.uniform(0.2, 1.2, CLUMPS)
    for first in range(0, rows, FILE):
        with pq.ParquetWriter(folder / f"part-{first // FILE:05}.parquet", schema()) as writer:
            for start in range(first, min(rows, first + FILE), PART):
                n = min(PART, rows - start)
                clump = rng.integers(0, CLUMPS, n)
                angle, far = rng.uniform(0, 2 * np.pi, n), widths[clump] * np.sqrt(rng.exponential(1, n))
                x = centers[clump, 0] + far * np.cos(angle) + 0.3 * np.sin(3 * angle)
                y = centers[clump, 1] + far * np.sin(angle) * 0.6
                label = (clump + (rng.random(n) < 0.05) * rng.integers(0, CLASSES, n)) % CLASSES
                isolation = np.exp(rng.normal(0, 0.3, n)) * np.where(clump == 7, 2.5, 1)
                columns = [np.arange(start, start + n), label, x, y, isolation]
                writer.write_table(pa.table([pa.array(c).cast(f.type, safe=False) for c, f in zip(columns, schema(), strict=True)], schema()))  # fmt: skip
    (folder / "_SUCCESS").touch()
    (folder / "_neural_manifold.json").write_text(json.dumps({"rows": rows}))


def schema():
    return pa.schema(
        [("id", pa.int64()), ("label", pa.int8()), *((name, pa.float32()) for name in ("x", "y", "isolation"))]
    )


def measured(*words):
    """Seconds and bytes at the peak of a program of `scale/`, run by its own Python."""
    line = [REPOSITORY / ".venv/scale/bin/python", *words, "--label", "label"]
    start = time.monotonic()
    process = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, words))} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, used.ru_maxrss * 1024


def drawn(page_folder):
    """Of the page: seconds to the first map, and longest task and 95 % of frames, in ms, on a way down and up again."""
    with chromium() as browser:
        page = browser.new_page(viewport=DESKTOP)
        page.add_init_script(WATCH)
        page.goto((page_folder / "tiles.html").as_uri())
        page.wait_for_function("performance.getEntriesByName('map-drawn').length > 0")
        first = page.evaluate("performance.getEntriesByName('map-drawn')[0].startTime") / 1000
        page.wait_for_timeout(1000)
        page.evaluate("tasks = []; frames = [];")
        for across, down in ((0.45, 0.5), (0.55, 0.55), (0.6, 0.75), (0.4, 0.75)):
            x, y = DESKTOP["width"] * across, 150 + (DESKTOP["height"] - 200) * down
            page.mouse.move(x, y)
            for direction in (-120, 120):
                for _ in range(25):
                    page.mouse.wheel(0, direction)
                    page.wait_for_timeout(30)
                page.mouse.down()
                page.mouse.move(x + 200, y - 100, steps=30)
                page.mouse.up()
                page.mouse.move(x, y)
            page.locator("#zoom-reset").click()
        longest, frames = page.evaluate("[Math.max(0, ...tasks), frames.slice(1)]")
    return first, longest, float(np.percentile(frames, 95))


def bench(folder, rows):
    placed = folder / f"placed-{rows}"
    if not (placed / "_SUCCESS").exists():
        make_rows(placed, rows)
    alone, spark = (folder / f"{kind}-{rows}" for kind in ("alone", "spark"))
    seconds, peak = measured("scale/local_tiles.py", placed, alone)
    settings = ["--master", "local[2]", "--conf", "spark.driver.memory=8g"]
    by_spark, _ = measured("scale/spark.py", *settings, "tiles", placed, spark)
    files = list((alone / "tiles").iterdir())
    assert all(path.read_bytes() == (spark / "tiles" / path.name).read_bytes() for path in files)
    first, longest, frame = drawn(alone)
    return {
        "rows": rows,
        "one process, s": round(seconds, 1),
        "its peak, GB": round(peak / 1e9, 1),
        "Spark, two cores, s": round(by_spark),
        "tiles": len(files) - 1,
        "on disk, MB": round(sum(path.stat().st_size for path in files) / 1e6),
        "first map, s": round(first, 2),
        "longest task, ms": f"{longest:.0f}" if longest else "below 50",
        "95 % of frames, ms": round(frame),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=REPOSITORY / "artifacts/tiles_bench")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000])
    given = parser.parse_args()
    os.chdir(REPOSITORY)
    found = [bench(given.folder.absolute(), rows) for rows in given.rows]
    for name in found[0]:
        print(f"| {name} | {' | '.join(f'{of[name]:,}' if name == 'rows' else str(of[name]) for of in found)} |")
    Path("artifacts").mkdir(exist_ok=True)
    Path("artifacts/tiles_bench.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
