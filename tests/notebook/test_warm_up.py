"""What the proxy has evcxr do before the first cell comes, and that nobody is told of it, against a stand-in for evcxr."""

import json
import queue

import pytest
from proxied_kernel import started, texts
from warm_up import STEPS

EXECUTE, COMPLETE = (f"{kind} {[content['code']]}" for kind, content in STEPS)


def asked(kernel):
    """What evcxr was asked for, but for who it is."""
    path = kernel.folder / "asked"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if not line.startswith("kernel_info_request")]


def wait_behind_warm_up(kernel, *steps):
    """Sends a cell while evcxr is held in the first step, and returns when the proxy has the cell."""
    kernel.wait_for(lambda: asked(kernel) == [EXECUTE])
    request = kernel.send(*steps)
    # The proxy reads one message after the other, and answers this one itself.
    kernel.reply(kernel.client.kernel_info())
    return request


def test_it_is_done_while_nobody_asks_and_told_to_nobody(tmp_path):
    with started(tmp_path) as kernel:
        kernel.wait_for(lambda: asked(kernel) == [EXECUTE, COMPLETE])
        with pytest.raises(queue.Empty):
            while True:
                said = kernel.client.get_iopub_msg(timeout=1)
                assert said["parent_header"]["session"] == kernel.client.session.session, said
        shown, reply = kernel.run(["out", "first"])
        assert texts(shown) == ["first\n"] and reply["execution_count"] == 1
        kernel.run(["out", "second"])
        assert len(asked(kernel)) == 4


def test_a_cell_that_comes_at_once_does_its_part(tmp_path):
    with started(tmp_path) as kernel:
        for number in range(3):
            assert kernel.run(["run", 0.3], ["out", str(number)])[1]["execution_count"] == number + 1
        assert len(asked(kernel)) == 3
        kernel.wait_for(lambda: asked(kernel)[3:] == [COMPLETE])


def test_a_cell_waits_for_one_step_alone(tmp_path):
    (tmp_path / "held").touch()
    with started(tmp_path) as kernel:
        request = wait_behind_warm_up(kernel, ["out", "first"])
        assert asked(kernel) == [EXECUTE]
        (tmp_path / "held").unlink()
        shown, reply = kernel.outcome(request)
        assert texts(shown) == ["first\n"] and reply["execution_count"] == 1
        assert asked(kernel)[1:] == [f"execute_request {[json.dumps([['out', 'first']])]}"]


def test_an_interrupt_takes_back_what_waits_for_it(tmp_path):
    (tmp_path / "held").touch()
    with started(tmp_path) as kernel:
        request = wait_behind_warm_up(kernel, ["out", "never"])
        kernel.interrupt()
        assert kernel.reply(request)["status"] == "aborted"
        (tmp_path / "held").unlink()
        assert texts(kernel.run(["out", "next"])[0]) == ["next\n"]
