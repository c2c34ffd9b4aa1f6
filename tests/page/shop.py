"""Items without pictures, with a column of each kind."""

import numpy as np
from make_fixture import add_column, make, pack_texts

N = 600
TAGS = ["eco", "new", "sale"]


def make_shop():
    """`raw`: the values that went in."""
    rng = np.random.default_rng(5)
    items = make(points=N, images=False, decoder=False, class_names=[f"class {c}" for c in range(10)])
    document = items.document
    raw = {
        "kind": np.minimum(rng.geometric(0.03, N) - 1, 98),
        "price": np.where(rng.random(N) < 0.64, np.nan, np.round(np.exp(rng.normal(3, 1, N)), 2)),
        "sold": rng.integers(0, 50000, N).astype(float),
        "stock": rng.integers(-1, 2, N),
        "listed": np.where(np.arange(N) % 20 == 0, np.nan, 17000.0 + rng.integers(0, 2000, N)),
        "seen": 1.7e9 + rng.integers(0, 10**7, N),
        "words": [None if i % 30 == 1 else f"item {i} <b>of</b> https://example.com/a?b={i}. End" for i in range(N)],
        "tags": [None if i % 10 == 0 else [t for t in TAGS if rng.random() < 0.4] for i in range(N)],
    }
    add_column(document, "kind", "category", raw["kind"], levels=[f"kind {k}" for k in range(99)])
    add_column(document, "price", "number", raw["price"])
    add_column(document, "sold", "integer", raw["sold"], "f32")
    add_column(document, "stock", "bool", raw["stock"])
    add_column(document, "listed", "date", raw["listed"], "f32", unit="days")
    add_column(document, "seen", "date", raw["seen"], unit="seconds")
    add_column(document, "words", "text", raw["words"])
    add_column(document, "tags", "tags", raw["tags"])
    document["text"] = len(document["columns"]) - 2
    ids = [f"sku-{i:04}" for i in range(N)]
    document["fields"]["ids"] = pack_texts(ids)
    document["ids"] = "ids"
    items.raw = raw
    return items
