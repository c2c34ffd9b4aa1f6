"""Installs the wheel of a folder in an environment of its own and runs the module's tests there.

Prints its size, how long it took to install and how long the first page took. usage: try_wheel.py FOLDER
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTED_WITH = ["scikit-learn", "pyarrow", "pytest", "playwright"]
FIRST_PAGE = """
import time; started = time.perf_counter()
import numpy as np, neural_manifold as nm
page = nm.explore(np.random.default_rng(0).normal(size=(2000, 32)).astype("float32"), output="page.html")
print(f"  first page of 2,000 x 32: {time.perf_counter() - started:.1f} s, {page.path.stat().st_size / 1e6:.1f} MB")
"""


def main(folder):
    wheels = sorted(folder.glob("*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        sys.exit(f"no wheel in {folder}; make wheel builds one")
    print(f"  {wheels[-1].name}: {wheels[-1].stat().st_size / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        subprocess.run([sys.executable, "-m", "venv", place / "alone"], check=True)
        python = next(
            path for path in (place / "alone/bin/python", place / "alone/Scripts/python.exe") if path.exists()
        )
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        started = time.perf_counter()
        subprocess.run([*pip, wheels[-1]], check=True)
        print(f"  installed with numpy: {time.perf_counter() - started:.1f} s")
        # No folder of this repository, and no compiler, is in sight.
        alone = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "LD_LIBRARY_PATH")}
        alone |= {"PATH": os.defpath, "NEURAL_MANIFOLD_INSTALLED": "1"}
        alone.pop("NEURAL_MANIFOLD_PROGRAM", None)
        subprocess.run([python, "-c", FIRST_PAGE], check=True, cwd=place, env=alone)
        subprocess.run([*pip, *TESTED_WITH], check=True)
        pytest = [python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", ROOT / "tests" / "from_python"]
        if shutil.which("chromium") is None:
            print("  without the test in a browser: there is no chromium here")
            pytest += ["-k", "not test_a_notebook_shows_the_whole_page_in_a_frame"]
        subprocess.run(pytest, check=True, cwd=place, env=alone)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
