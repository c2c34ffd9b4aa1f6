"""The Python module on the program as it was built here; with NEURAL_MANIFOLD_INSTALLED, both as they were installed."""

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
if "NEURAL_MANIFOLD_INSTALLED" not in os.environ:
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    os.environ.setdefault("NEURAL_MANIFOLD_PROGRAM", str(target / "release" / "neural-manifold"))
    sys.path.insert(0, str(REPOSITORY / "python"))
