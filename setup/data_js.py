"""The fields and the text of a data.js as Python writes them, where the library is not: before it is built, and in tests.

The form is that of the library's export (format version 2): every field little-endian, in base64, gzip inside. The same
values give the same bytes.
"""

import base64
import gzip
import json

import numpy as np

DTYPES = {"u8": "<u1", "u16": "<u2", "u32": "<u4", "f16": "<f2", "f32": "<f4", "f64": "<f8"}
# The classes of Fashion-MNIST by their numbers.
FASHION = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def pack(values, kind, encoding="gzip", **more):
    """One field of the document."""
    values = np.ascontiguousarray(values, dtype=DTYPES[kind])
    raw = values.tobytes()
    stored = gzip.compress(raw, 5, mtime=0) if encoding == "gzip" else raw
    data = base64.b64encode(stored).decode("ascii")
    return {"type": kind, "shape": list(values.shape), "encoding": encoding, "bytes": len(raw), "data": data, **more}


def quantize(values, kind):
    """Integers with an offset and a step per column, and what they stand for."""
    top = 2 ** (8 * np.dtype(DTYPES[kind]).itemsize) - 1
    low = values.min(axis=0)
    step = np.maximum((values.max(axis=0) - low) / top, 1e-12)
    offset, step = low.astype(np.float32).astype(float), step.astype(np.float32).astype(float)
    stored = np.clip(np.rint((values - offset) / step), 0, top)
    return stored, {"offset": offset.tolist(), "step": step.tolist()}, offset + step * stored


def statement(document, name="NEURAL_MANIFOLD_DATA"):
    """The script's text; `<` is escaped, so that no class name can end the script element."""
    text = json.dumps(document, ensure_ascii=True).replace("<", "\\u003c")
    return f"window.{name} = {text};\n"
