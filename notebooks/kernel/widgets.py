"""Explorers below cells: the kernel's end of anywidget's models, which evcxr knows nothing of.

    {"v": 1, "key": .., "op": "widget", "id": .., "digest": .., "page": PATH, "data": {MIME type: content}}
    {"v": 1, "key": .., "op": "model", "id": .., "state": {"highlight": {"serial": 1, "rows": [7, 8]}}}

The first shows the page of that path below the cell, and before it `data`, which stands for it where no kernel runs. The
page travels when a browser asks for it, so that none of it is saved in the notebook. What is selected there lies in the
kernel's folder, as `ID.json`, where the library looks: {"v": 1, "digest": .., "selection": [row, ..]}.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wire import Message, message

# The version of anywidget's script that requirements-dev.txt brings.
ANYWIDGET = "~0.11.0"
TARGET, CONTROL = "jupyter.widget", "jupyter.widget.control"
VIEW = "application/vnd.jupyter.widget-view+json"
VERSION = {"version": "2.1.0"}
SCRIPT = Path(__file__).with_name("widget.js")


@dataclass
class Widget:
    """One explorer that was shown."""

    page: Path
    digest: str
    state: dict


class Widgets:
    """All explorers of one kernel, by their names."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.shown: dict[str, Widget] = {}
        # Channels by which front ends ask for all of them.
        self.controls: set[str] = set()

    def order(self, order: dict, parent: dict) -> list[Message]:
        """What front ends are told where the library asks for this; nothing where it is badly made."""
        name = order.get("id")
        if not isinstance(name, str):
            return []
        if order.get("op") == "model":
            return self.highlight(name, order.get("state"), parent) if name in self.shown else []
        given = (order.get("page"), order.get("digest"))
        if order.get("op") != "widget" or not all(isinstance(text, str) for text in given) or not is_name(name):
            return []
        module = {"module": "anywidget", "module_version": ANYWIDGET}
        state = {f"_model_{key}": value for key, value in module.items()} | {"_model_name": "AnyModel"}
        state |= {f"_view_{key}": value for key, value in module.items()} | {"_view_name": "AnyView"}
        state |= {"_view_count": None, "_esm": SCRIPT.read_text(encoding="utf-8")}
        state |= {"_anywidget_id": "neural_manifold.Explorer", "selection": [], "highlight": {"serial": 0, "rows": []}}
        self.shown[name] = Widget(Path(order["page"]), order["digest"], state)
        data = order.get("data") if isinstance(order.get("data"), dict) else {}
        view = {
            VIEW: {"version_major": 2, "version_minor": 0, "model_id": name},
            "text/plain": data.get("text/plain", ""),
        }
        opened = {"comm_id": name, "target_name": TARGET, "data": {"state": state, "buffer_paths": []}}
        return [
            *([message("display_data", {"data": data, "metadata": {}}, parent)] if data else []),
            message("comm_open", opened, parent, metadata=VERSION),
            message("display_data", {"data": view, "metadata": {}}, parent),
        ]

    def highlight(self, name: str, state: object, parent: dict) -> list[Message]:
        """What front ends are told where the library selects rows.

        They are the selection from now on, and not only when a page says so: it may still be loading, or no browser is
        open. A page that becomes ready takes the model's selection.
        """
        asked = state.get("highlight") if isinstance(state, dict) else None
        if not isinstance(asked, dict) or not are_rows(asked.get("rows")):
            return []
        rows = sorted(set(asked["rows"]))
        changed = {"highlight": {"serial": asked.get("serial"), "rows": rows}, "selection": rows}
        self.shown[name].state |= changed
        told = self.write(name, parent)
        return [comm(name, {"method": "update", "state": changed, "buffer_paths": []}, parent), *told]

    def comms(self) -> dict:
        """The answer to who asks for channels."""
        return {"status": "ok", "comms": {name: {"target_name": TARGET} for name in self.shown}}

    def is_ours(self, request: Message) -> bool:
        """Whether a message of a channel is for us; evcxr has a channel of its own."""
        name = request.content.get("comm_id")
        if request.kind == "comm_open":
            return request.content.get("target_name") in (TARGET, CONTROL)
        is_known = isinstance(name, str) and (name in self.shown or name in self.controls)
        return request.kind in ("comm_msg", "comm_close") and is_known

    def take(self, request: Message) -> list[Message]:
        """What front ends are told where one of them says this."""
        name, data = request.content.get("comm_id"), request.content.get("data")
        if not isinstance(name, str):
            return []
        if request.kind == "comm_open" and request.content["target_name"] == CONTROL:
            self.controls.add(name)
        elif request.kind == "comm_open" and name not in self.shown:
            return [message("comm_close", {"comm_id": name, "data": {}}, request.header)]
        elif request.kind == "comm_close":
            self.controls.discard(name)
        elif not isinstance(data, dict):
            return []
        elif name in self.controls and data.get("method") == "request_states":
            keys = ("model_name", "model_module", "model_module_version")
            states = {
                shown: {"state": widget.state} | {key: widget.state[f"_{key}"] for key in keys}
                for shown, widget in self.shown.items()
            }
            told = {"method": "update_states", "states": states, "buffer_paths": []}
            return [comm(name, told, request.header)]
        elif name in self.shown:
            return self.said(name, data, request.header)
        return []

    def said(self, name: str, data: dict, parent: dict) -> list[Message]:
        """What a front end is told where an explorer says this."""
        widget, method = self.shown[name], data.get("method")
        state, content = ({} if not isinstance(data.get(key), dict) else data[key] for key in ("state", "content"))
        if method == "update":
            rows = state.get("selection")
            if are_rows(rows):
                widget.state["selection"] = rows
                return self.write(name, parent)
        elif method == "request_state":
            return [comm(name, {"method": "update", "state": widget.state, "buffer_paths": []}, parent)]
        elif method == "custom" and content.get("kind") == "page":
            answer = {"kind": "page"}
            try:
                buffers = [widget.page.read_bytes()]
            except OSError:
                answer["trouble"], buffers = "The page is not there any more: run the cell that shows it again.", []
            return [comm(name, {"method": "custom", "content": answer}, parent, buffers)]
        return []

    def write(self, name: str, parent: dict) -> list[Message]:
        """Lays down what is selected, aside and renamed: a reader sees all of it.

        Where that fails, as on a full disk, the page says so, and the library is left an empty file, which it refuses:
        what was selected before is not what is selected now.
        """
        path, widget = self.folder / f"{name}.json", self.shown[name]
        aside = path.with_suffix(".new")
        said = {"v": 1, "digest": widget.digest, "selection": widget.state["selection"]}
        try:
            aside.write_text(json.dumps(said), encoding="utf-8")
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                path.write_bytes(b"")
            trouble = f"The notebook's cells cannot see what is selected here: {error.strerror}. Make room, then select again."
            return [comm(name, {"method": "custom", "content": {"kind": "trouble", "trouble": trouble}}, parent)]
        return []


def are_rows(rows: object) -> bool:
    """Whether these are row numbers."""
    return isinstance(rows, list) and all(type(row) is int and row >= 0 for row in rows)


def is_name(name: str) -> bool:
    """Whether a name can be that of a file here and nowhere else."""
    return name.replace("-", "").isalnum()


def comm(name: str, data: dict, parent: dict, buffers: list[bytes] | None = None) -> Message:
    """A message on the channel of a model."""
    return message("comm_msg", {"comm_id": name, "data": data}, parent, buffers=buffers)
