"""Lines by which the library asks for displays that change in place.

An order is one line on the standard output, `ESC ] neural-manifold ; JSON ESC \\`, which a terminal does not show:

    {"v": 1, "key": .., "op": "display", "id": .., "data": {MIME type: content}, "metadata": {}}
    {"v": 1, "key": .., "op": "update", "id": .., "data": {..}, "metadata": {}, "brief": {MIME type: content}}
    {"v": 1, "key": .., "op": "stoppable", "on": true, "what": "training"}

A brief takes the place of a display when the value of its cell is a figure: two would show the same. The key is the
name of the folder in NEURAL_MANIFOLD_LIVE, which is drawn anew for each kernel: what a program prints of a file that
holds such lines is text and stays text.
"""

import json
from collections.abc import Iterator

MARK = "\x1b]neural-manifold;"
END = "\x1b\\"
SHOWS = {"display": "display_data", "update": "update_display_data"}


def refuse(name: str):
    raise ValueError(f"{name} is not JSON")


def parse(text: str, key: str) -> dict | None:
    """The order in a piece of JSON; None where it is none of this kernel's."""
    try:
        # Browsers do not read the NaN that Python's JSON allows.
        order = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    return order if isinstance(order, dict) and order.get("v") == 1 and order.get("key") == key else None


def split(text: str, key: str) -> Iterator[str | dict]:
    """The orders in a piece of standard output, and the text around them, in their order."""
    rest, had_order = text, False
    while (start := rest.find(MARK)) >= 0 and (end := rest.find(END, start)) >= 0:
        order = parse(rest[start + len(MARK) : end], key)
        if order is None:
            yield rest[: end + len(END)]
        else:
            had_order = True
            if start:
                yield rest[:start]
            yield order
        rest = rest[end + len(END) :]
    # The end of an order's line is the order's own.
    if rest and not (had_order and rest == "\n"):
        yield rest


def display(order: dict) -> tuple[str, dict] | None:
    """The kind and content of the message that an order asks for; None where it asks for none, or is badly made."""
    kind, name, data = SHOWS.get(str(order.get("op"))), order.get("id"), order.get("data")
    metadata = order.get("metadata", {})
    if kind is None or not isinstance(name, str) or not isinstance(data, dict) or not isinstance(metadata, dict):
        return None
    return kind, {"data": data, "metadata": metadata, "transient": {"display_id": name}}
