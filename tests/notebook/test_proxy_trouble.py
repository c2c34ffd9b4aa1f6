"""What the proxy makes of errors, interrupts and ends, against a stand-in for evcxr."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from proxied_kernel import texts


def test_behind_an_error_the_queue_is_not_run(kernel):
    requests = [kernel.send(step) for step in (["error", "wrong", ["wrong"]], ["out", "a"], ["out", "b"])]
    last = kernel.send(["out", "runs"], stop_on_error=False)
    assert [kernel.reply(request)["status"] for request in requests] == ["error", "aborted", "aborted"]
    assert kernel.reply(last)["status"] == "ok"
    assert kernel.messages(last)[0]["content"]["text"] == "runs\n"


def test_compile_errors_are_readable(kernel):
    letters = "".join(f"\x1b[38;5;249m{letter}\x1b[0m" for letter in "let ") + "\x1b[31mx\x1b[0m\x1b[31my\x1b[0m"
    shown, reply = kernel.run(
        ["error", "no such thing", [letters, "\x1b[38;5;246m[ command_41:1:5 ]\x1b[0m\n\x1b[38;5;54mmore\x1b[0m"]]
    )
    count = reply["execution_count"]
    assert shown[0][1]["traceback"] == ["let \x1b[31mxy\x1b[0m", f"[ cell [{count}]:1:5 ]", "\x1b[35mmore\x1b[0m"]
    assert reply["evalue"] == "no such thing" and reply["status"] == "error"


PANIC = """
thread '{}' (4242) panicked at {}:
the roof is on fire
stack backtrace:
   0: __rustc::rust_begin_unwind
   1: core::panicking::panic_fmt
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace."""


@pytest.mark.parametrize(
    "thread, place, said",
    [
        ("main", "src/lib.rs:41:5", "the roof is on fire"),
        ("<unnamed>", "src/quality/assess.rs:9:1", "the roof is on fire\nat src/quality/assess.rs:9:1"),
    ],
)
def test_a_panic_is_one_block(kernel, thread, place, said):
    lines = PANIC.format(thread, place).splitlines()
    request = kernel.send(["out", "before"], *[["err", line] for line in lines])
    behind = kernel.send(["out", "never"])
    shown = kernel.messages(request)
    assert [one["msg_type"] for one in shown] == ["stream", "error"]
    assert shown[1]["content"]["ename"] == "panic" and shown[1]["content"]["evalue"] == said
    assert "panicking" not in str(shown)
    assert kernel.reply(request)["status"] == "error" and kernel.reply(behind)["status"] == "aborted"


def test_a_failed_question_mark_is_one_block(kernel):
    request = kernel.client.execute('[["out", "a"], ["err", "no such file: there.idx"], ["out", "b"]]\nload()?')
    behind = kernel.send(["out", "never"])
    shown = kernel.messages(request)
    assert [one["msg_type"] for one in shown] == ["stream", "stream", "error"]
    assert shown[2]["content"]["traceback"] == ["\x1b[31mError: no such file: there.idx\x1b[0m"]
    assert kernel.reply(request)["evalue"] == "no such file: there.idx"
    assert kernel.reply(behind)["status"] == "aborted"


@pytest.mark.parametrize("end", ['["result", {}]', '["out", "."], ["run", 0.4]'], ids=["value", "time"])
def test_a_complaint_of_a_cell_that_went_on_is_no_error(kernel, end):
    request = kernel.client.execute(f'[["err", "careful"], {end}]\nload()?')
    assert "careful\n" in [one["content"].get("text") for one in kernel.messages(request)]
    assert kernel.reply(request)["status"] == "ok"


def test_a_cell_without_a_question_mark_may_complain(kernel):
    shown, reply = kernel.run(["err", "what? 'a' \"?\""])
    assert shown == [("stream", {"name": "stderr", "text": "what? 'a' \"?\"\n"})] and reply["status"] == "ok"


def test_the_first_interrupt_asks_and_ends_the_queue(kernel):
    on = kernel.order(op="stoppable", on=True, what="training")
    request = kernel.send(["out", on], ["until_stop", 5])
    behind = kernel.send(["out", "never"])
    time.sleep(0.3)
    before = time.monotonic()
    kernel.interrupt()
    assert kernel.reply(behind)["status"] == "aborted" and kernel.reply(request)["status"] == "ok"
    assert time.monotonic() - before < 0.5
    shown = [(one["msg_type"], one["content"]) for one in kernel.messages(request)]
    notes = [content["data"]["text/plain"] for kind, content in shown if kind != "stream"]
    assert notes[0].startswith("Stopping at") and notes[1] == "Interrupted; the variables are kept."
    assert texts(shown) == ["stop: True\n"]
    assert texts(kernel.run(["until_stop", 0])[0]) == ["stop: False\n"], "the next cell is not asked to stop"


def test_the_second_interrupt_ends_the_cell(kernel):
    request = kernel.send(["run", 30])
    time.sleep(0.3)
    kernel.interrupt()
    kernel.interrupt()
    time.sleep(0.8)
    assert any(process.name() == "child" for process in kernel.descendants())
    kernel.interrupt()
    assert kernel.reply(request)["evalue"] == "ended at once; the variables are gone"
    shown = [one["content"] for one in kernel.messages(request)]
    assert "cannot be stopped" in str(shown[0])
    assert kernel.run(["out", "alive"])[1]["status"] == "ok"


def test_an_interrupt_while_compiling_ends_the_compiler_alone(kernel):
    request = kernel.send(["compile", 30])
    time.sleep(0.3)
    before = time.monotonic()
    kernel.interrupt()
    assert kernel.reply(request)["evalue"] == "while compiling; the variables are kept"
    assert time.monotonic() - before < 0.5
    shown = kernel.messages(request)
    assert len(shown) == 1 and "parsable" not in str(shown)


def test_an_interrupt_before_the_compiler_ends_it_when_it_starts(kernel):
    request = kernel.send(["until_stop", 0.2], ["compile", 30])
    time.sleep(0.05)
    kernel.interrupt()
    assert kernel.reply(request)["evalue"] == "while compiling; the variables are kept"


def test_an_interrupt_of_nothing_does_nothing(kernel):
    kernel.interrupt()
    assert kernel.run(["out", "alive"])[1]["status"] == "ok"


def test_shutdown_ends_a_running_cell_and_leaves_nothing(fresh):
    fresh.send(["run", 60])
    fresh.wait_for(lambda: any(process.name() == "child" for process in fresh.descendants()))
    left, before = fresh.descendants(), time.monotonic()
    fresh.manager.shutdown_kernel()
    assert time.monotonic() - before < 3
    _, alive = psutil.wait_procs(left, timeout=2)
    assert not alive


def test_a_kernel_that_dies_takes_the_proxy_with_it(fresh):
    fresh.send(["out", fresh.order(op="display", id="d", data={"text/plain": "1"})], ["die"])
    fresh.wait_for(lambda: not fresh.manager.is_alive())
    assert fresh.manager.provisioner.process.returncode == 7


def test_a_proxy_that_is_killed_takes_the_kernel_with_it(fresh):
    left = fresh.descendants()
    assert left
    os.kill(fresh.manager.provisioner.process.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(left, timeout=5)
    assert not alive


def test_a_kernel_ends_with_the_server_that_started_it(tmp_path):
    server = (
        "import sys, os, pathlib; sys.path.insert(0, sys.argv[1]); from proxied_kernel import Kernel; "
        "kernel = Kernel(pathlib.Path(sys.argv[2])); print(kernel.manager.provisioner.pid, flush=True); os._exit(0)"
    )
    command = [sys.executable, "-c", server, Path(__file__).parent, tmp_path]
    started = subprocess.run(command, capture_output=True, text=True, check=True)
    kernel = int(started.stdout)
    wait_until(lambda: not psutil.pid_exists(kernel))


def wait_until(holds, secs=20):
    by = time.monotonic() + secs
    while not holds():
        assert time.monotonic() < by
        time.sleep(0.1)
