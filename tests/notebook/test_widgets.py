"""Explorers below cells: what front ends and the library are told, against a stand-in for evcxr."""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

VIEW = "application/vnd.jupyter.widget-view+json"


def show(kernel, name, page, digest="abc"):
    """What a cell shows that shows a page."""
    order = kernel.order(op="widget", id=name, page=str(page), digest=digest, data={"text/plain": "5 points"})
    return kernel.run(["out", order])[0]


def say(kernel, kind, name, **content):
    """What all are told of a message on a channel."""
    message = kernel.client.session.msg(kind, {"comm_id": name, **content})
    kernel.client.shell_channel.send(message)
    return kernel.messages(message["header"]["msg_id"])


def custom(kernel, name, content):
    return say(kernel, "comm_msg", name, data={"method": "custom", "content": content})


def update(kernel, name, **state):
    return say(kernel, "comm_msg", name, data={"method": "update", "state": state, "buffer_paths": []})


def test_a_page_is_shown_and_travels_when_it_is_asked_for(kernel, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>é" + "x" * 3_000_000, encoding="utf-8")
    shown = show(kernel, "explorer-1-0", page)
    assert [kind for kind, _ in shown] == ["display_data", "comm_open", "display_data"]
    assert shown[0][1]["data"] == {"text/plain": "5 points"}
    opened, view = shown[1][1], shown[2][1]["data"]
    assert opened["target_name"] == "jupyter.widget" and opened["comm_id"] == "explorer-1-0"
    assert view[VIEW] == {"version_major": 2, "version_minor": 0, "model_id": "explorer-1-0"}
    # Nothing of the page is kept in the notebook.
    assert len(json.dumps([content for _, content in shown])) < 10_000
    (told,) = custom(kernel, "explorer-1-0", {"kind": "page"})
    assert bytes(told["buffers"][0]) == page.read_bytes()
    page.unlink()
    (told,) = custom(kernel, "explorer-1-0", {"kind": "page"})
    assert "run the cell" in told["content"]["data"]["content"]["trouble"] and not told["buffers"]


def test_what_is_selected_lies_where_the_library_looks(kernel, tmp_path):
    show(kernel, "explorer-2-0", tmp_path / "none.html", "d1")
    path = kernel.folder / "explorer-2-0.json"
    assert not path.exists()
    # While a cell runs, too.
    running = kernel.send(["run", 1.0])
    assert update(kernel, "explorer-2-0", selection=[3, 8]) == []
    assert json.loads(path.read_text()) == {"v": 1, "digest": "d1", "selection": [3, 8]}
    kernel.messages(running)
    for hostile in ([-1], ["3"], {"a": 1}, [1.5], [True], None):
        update(kernel, "explorer-2-0", selection=hostile)
    update(kernel, "explorer-2-0")
    say(kernel, "comm_msg", "explorer-2-0", data={"method": "update", "state": 7})
    say(kernel, "comm_msg", "explorer-2-0", data=[])
    assert json.loads(path.read_text())["selection"] == [3, 8]


def test_a_selection_that_cannot_be_kept_is_told_and_not_mistaken_for_the_one_before(kernel, tmp_path):
    show(kernel, "explorer-5-0", tmp_path / "none.html")
    update(kernel, "explorer-5-0", selection=[1])
    # Where the file is written aside, nothing can be.
    aside = kernel.folder / "explorer-5-0.new"
    aside.mkdir()
    (told,) = update(kernel, "explorer-5-0", selection=[2])
    assert "cannot see what is selected here: Is a directory" in told["content"]["data"]["content"]["trouble"]
    assert (kernel.folder / "explorer-5-0.json").read_bytes() == b""
    aside.rmdir()
    assert update(kernel, "explorer-5-0", selection=[2]) == []
    assert json.loads((kernel.folder / "explorer-5-0.json").read_text())["selection"] == [2]


def test_a_channel_without_a_name_keeps_nobody_waiting(kernel):
    assert say(kernel, "comm_open", [1], target_name="jupyter.widget", data={}) == []


def test_rows_that_the_library_selects_are_selected_with_and_without_a_browser(kernel, tmp_path):
    show(kernel, "explorer-3-0", tmp_path / "none.html", "d3")
    state = {"highlight": {"serial": 1, "rows": [9, 7, 9]}}
    ((kind, content),) = kernel.run(["out", kernel.order(op="model", id="explorer-3-0", state=state)])[0]
    assert (kind, content["comm_id"]) == ("comm_msg", "explorer-3-0")
    # A page that is still being loaded takes the model's selection when it is ready.
    told = {"highlight": {"serial": 1, "rows": [7, 9]}, "selection": [7, 9]}
    assert content["data"] == {"method": "update", "state": told, "buffer_paths": []}
    written = json.loads((kernel.folder / "explorer-3-0.json").read_text())
    assert written == {"v": 1, "digest": "d3", "selection": [7, 9]}
    for hostile in ({"_esm": "evil"}, {"highlight": [1]}, {"highlight": {"serial": 2, "rows": [-1]}}, []):
        assert kernel.run(["out", kernel.order(op="model", id="explorer-3-0", state=hostile)])[0] == []
    (told,) = say(kernel, "comm_msg", "explorer-3-0", data={"method": "request_state"})
    assert told["content"]["data"]["state"]["_esm"] != "evil"


def test_a_page_that_was_loaded_anew_finds_its_explorers(kernel, tmp_path):
    show(kernel, "explorer-4-0", tmp_path / "none.html")
    update(kernel, "explorer-4-0", selection=[5])
    comms = kernel.reply(kernel.client.comm_info())["comms"]
    assert comms["explorer-4-0"] == {"target_name": "jupyter.widget"}
    assert say(kernel, "comm_open", "control-1", target_name="jupyter.widget.control", data={}) == []
    (told,) = say(kernel, "comm_msg", "control-1", data={"method": "request_states"})
    assert told["content"]["comm_id"] == "control-1"
    model = told["content"]["data"]["states"]["explorer-4-0"]
    assert model["model_module"] == "anywidget" and model["state"]["selection"] == [5]
    assert "export default" in model["state"]["_esm"]
    (told,) = say(kernel, "comm_msg", "explorer-4-0", data={"method": "request_state"})
    assert told["content"]["data"]["state"]["selection"] == [5]
    say(kernel, "comm_close", "control-1")
    # A model that this kernel never made is closed at once, as a kernel of Python's does.
    (told,) = say(kernel, "comm_open", "unknown", target_name="jupyter.widget", data={})
    assert told["msg_type"] == "comm_close"


def test_orders_that_are_none_show_nothing(kernel, tmp_path):
    for given in ({"id": "../up"}, {"id": 7}, {"id": []}, {"page": None}, {"digest": 5}):
        order = {"op": "widget", "id": "fine", "page": str(tmp_path), "digest": "d", **given}
        assert kernel.run(["out", kernel.order(**order)])[0] == []
    for nobody in ("nobody", []):
        shown = kernel.run(["out", "before " + kernel.order(op="model", id=nobody, state={})])[0]
        assert [content["text"] for _, content in shown] == ["before "]
    assert kernel.reply(kernel.client.comm_info())["status"] == "ok"


def test_the_script_lies_where_a_front_end_outside_of_jupyter_looks_for_it():
    """VS Code serves no JupyterLab extensions: it reads scripts of widgets from the environment that holds the kernelspec."""
    shared = Path(sys.prefix) / "share" / "jupyter"
    assert (shared / "nbextensions" / "anywidget" / "index.js").is_file()
    assert (shared / "kernels" / "neural_manifold" / "kernel.json").is_file()
    source = (Path(__file__).parents[2] / "notebooks" / "kernel" / "widgets.py").read_text(encoding="utf-8")
    asked = re.search(r'ANYWIDGET = "~(\d+\.\d+)\.', source)[1]
    assert version("anywidget").startswith(f"{asked}.")
