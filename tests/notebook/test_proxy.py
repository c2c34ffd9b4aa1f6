"""What passes through the proxy, and what of that it changes, against a stand-in for evcxr."""

import time

import pytest
from proxied_kernel import orders, started, texts
from wire import Wire, message


def test_cells_are_counted_and_pass_through(kernel):
    before = kernel.run(["out", "a"])[1]["execution_count"]
    shown, reply = kernel.run(["out", "b"], ["result", {"text/plain": "7"}])
    assert shown[0] == ("stream", {"name": "stdout", "text": "b\n"})
    assert shown[1][1] == {"data": {"text/plain": "7"}, "metadata": {}, "execution_count": before + 1}
    assert reply == {"status": "ok", "execution_count": before + 1, "payload": [], "user_expressions": {}}
    assert kernel.reply(kernel.client.complete("ab", 2))["matches"] == ["completed"]


def test_the_first_cell_is_one_and_waits_for_evcxr(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_START_SECS", "1.5")
    before = time.monotonic()
    with started(tmp_path) as kernel:
        assert time.monotonic() - before < 1.4, "the proxy answers who asks for the kernel"
        shown, reply = kernel.run(["out", "first"])
        assert texts(shown) == ["first\n"] and reply["execution_count"] == 1


def test_the_kernel_answers_while_a_cell_runs(kernel):
    request = kernel.send(["run", 1.0])
    before = time.monotonic()
    assert kernel.reply(kernel.client.kernel_info())["implementation"] == "evcxr_jupyter"
    assert kernel.reply(kernel.client.comm_info())["comms"] == {}
    assert kernel.reply(kernel.client.is_complete("1"))["status"] == "complete"
    assert time.monotonic() - before < 0.5
    assert kernel.reply(request)["status"] == "ok"


def test_a_display_changes_in_place(kernel):
    first = kernel.order(op="display", id="d1", data={"text/plain": "0 %"})
    second = kernel.order(op="update", id="d1", data={"text/plain": "50 %"}, metadata={"a": 1})
    shown, _ = kernel.run(["out", "before " + first], ["out", "plain"], ["run", 0.2], ["out", second + " after"])
    content = {"data": {"text/plain": "0 %"}, "metadata": {}, "transient": {"display_id": "d1"}}
    changed = {**content, "data": {"text/plain": "50 %"}, "metadata": {"a": 1}}
    assert shown == [
        ("stream", {"name": "stdout", "text": "before "}),
        ("display_data", content),
        ("stream", {"name": "stdout", "text": "plain\n"}),
        ("update_display_data", changed),
        ("stream", {"name": "stdout", "text": " after\n"}),
    ]


@pytest.mark.parametrize("kind, shortened", [("application/vnd.plotly.v1+json", 1), ("text/html", 0)])
def test_a_figure_is_shown_once(kernel, kind, shortened):
    order = kernel.order(op="update", id="f", data={"text/html": "figure"}, brief={"text/plain": "done"})
    # evcxr keeps no order between the two.
    for steps in ([["out", order], ["result", {kind: {}}]], [["result", {kind: {}}], ["out", order]]):
        shown, _ = kernel.run(*steps)
        updates = [content["data"] for kind, content in shown if kind == "update_display_data"]
        assert updates == [{"text/html": "figure"}, {"text/plain": "done"}][: 1 + shortened]
    # A figure that waits because the display has just changed is passed over.
    early = kernel.order(op="display", id="f", data={"text/plain": "so far"})
    shown, _ = kernel.run(["out", early], ["out", order], ["result", {kind: {}}], ["run", 0.3])
    updates = [content["data"] for kind, content in shown if kind == "update_display_data"]
    assert updates == ([{"text/plain": "done"}] if shortened else [{"text/html": "figure"}])


def test_of_many_updates_few_are_passed_on_and_the_last(kernel):
    lines = [["out", kernel.order(op="update", id="busy", data={"text/plain": str(number)})] for number in range(500)]
    shown, _ = kernel.run(
        ["out", kernel.order(op="display", id="busy", data={"text/plain": "0"})], *lines, ["run", 0.3]
    )
    updates = [content["data"]["text/plain"] for kind, content in shown if kind == "update_display_data"]
    assert updates[-1] == "499" and len(updates) < 50


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        '{"v": 1}',
        '{"v": 1, "key": "another", "op": "display", "id": "x", "data": {}}',
        '{"v": NaN}',
        "[" * 100_000,
        "[1]",
        "1e999999999",
        "9" * 5000,
        "",
    ],
    ids=["cut", "no key", "another key", "NaN", "deep", "list", "infinite", "digits", "empty"],
)
def test_what_only_looks_like_an_order_is_text(kernel, broken):
    line = f"x{orders.MARK}{broken}{orders.END}y"
    shown, reply = kernel.run(["out", line], ["out", "alive"])
    assert "".join(texts(shown)) == line + "\nalive\n" and {kind for kind, _ in shown} == {"stream"}
    assert reply["status"] == "ok"


@pytest.mark.parametrize(
    "order",
    [
        {"op": "explode"},
        {"op": ["display"]},
        {"op": "display", "id": 7, "data": {}},
        {"op": "display", "id": "x", "data": "text"},
        {"op": "update", "id": "x", "data": {}, "metadata": []},
        {"op": "stoppable", "on": "perhaps"},
    ],
)
def test_a_badly_made_order_shows_nothing(kernel, order):
    shown, reply = kernel.run(["out", kernel.order(**order)], ["out", "alive"])
    assert shown == [("stream", {"name": "stdout", "text": "alive\n"})] and reply["status"] == "ok"


def test_an_order_that_does_not_end_is_text(kernel):
    shown, _ = kernel.run(["out", orders.MARK + '{"v": 1'], ["out", "alive"])
    assert texts(shown) == [orders.MARK + '{"v": 1\n', "alive\n"]


def test_a_display_of_fifty_megabytes_arrives(kernel):
    request = kernel.send(["big", kernel.order(op="display", id="big", data={"text/plain": "@"}), 50_000_000])
    assert len(kernel.messages(request, timeout=60)[0]["content"]["data"]["text/plain"]) == 50_000_000
    assert kernel.run(["out", "alive"])[1]["status"] == "ok"


def test_five_thousand_lines_arrive_in_order(kernel):
    shown, _ = kernel.run(*[["out", str(number)] for number in range(5000)])
    assert texts(shown) == [f"{number}\n" for number in range(5000)]


def test_a_line_behind_the_end_of_a_cell_is_shown_within_it(kernel):
    shown, _ = kernel.run(["out", "first"], ["late", "last"])
    assert texts(shown) == ["first\n", "last\n"]


def test_an_update_after_its_cell_ended_changes_the_display(kernel):
    kernel.run(["out", kernel.order(op="display", id="old", data={"text/plain": "1"})])
    shown, _ = kernel.run(["out", kernel.order(op="update", id="old", data={"text/plain": "2"})])
    assert [kind for kind, _ in shown] == ["update_display_data"]


def test_two_front_ends_see_both_and_end_only_their_own_queue(fresh):
    other = fresh.connect()
    first = fresh.send(["run", 0.5], ["error", "wrong", ["wrong"]])
    second = other.execute('[["out", "of the other"]]')
    third = fresh.send(["out", "never"])
    assert fresh.reply(first)["status"] == "error"
    assert fresh.reply(third) == {"status": "aborted"}
    assert fresh.reply(second, other)["status"] == "ok"
    assert fresh.messages(second)[0]["content"]["text"] == "of the other\n"


def test_messages_that_are_none_do_no_harm(fresh):
    socket, wire = fresh.client.shell_channel.socket, Wire(fresh.manager.session.key.decode())
    broken = message("execute_request", {}, {})
    for parts in (
        [b"[]"] * 4,
        [b"{"] * 4,
        [broken.parts[0], b"{}", b"{}", b"["],
        [broken.parts[0], b"{}", b"{}", b"3"],
    ):
        socket.send_multipart([b"<IDS|MSG>", wire.signature(parts), *parts])
    socket.send_multipart([b"<IDS|MSG>", b"forged", *broken.parts])
    socket.send_multipart([b"nothing"])
    assert fresh.run(["out", "alive"])[1]["status"] == "ok"


def test_what_is_told_before_somebody_listens_is_kept(tmp_path):
    with started(tmp_path, listens=False) as kernel:
        kernel.client.shell_channel.start()
        request = kernel.send(["out", "early"])
        assert kernel.reply(request)["status"] == "ok"
        kernel.client.iopub_channel.start()
        assert [said["content"]["text"] for said in kernel.messages(request)] == ["early\n"]
