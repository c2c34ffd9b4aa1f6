"""Live output, interrupts and errors in the real kernel."""

import threading
import time

import pytest
from running_kernel import kernel

PRELUDE = "use neural_manifold::prelude::*;"
LATENTS = """
let rows: Array2<f32> = Array2::from_shape_fn((3000, 8), |(row, column)| ((row * (column + 2)) as f32 * 0.37).sin());
let latents: Latents = Latents::new("waves", rows, None)?;
"""
ENDLESS = "let map: Projection = project(&latents, UmapConfig { n_epochs: Some(50_000_000), progress: true, ..UmapConfig::default() })?;"
LOOP = """
let mut shown: Live = live::display("0 of 3");
for step in 1..=3 { shown.update(format!("{step} of 3")); }
"""


@pytest.fixture(scope="module")
def client():
    with kernel() as client:
        client.ran(PRELUDE)
        client.ran(LATENTS)
        yield client


def interrupted(client, cell, after=1.5):
    """What a cell shows that is interrupted some time after its display is there, and the seconds from then to its end."""
    pressed = []

    def press():
        time.sleep(after)
        pressed.append(time.monotonic())
        client.manager.interrupt_kernel()

    outputs, thread = [], threading.Thread(target=press)

    def take(message):
        outputs.append((message["msg_type"], message["content"]))
        if message["msg_type"] == "display_data" and not thread.is_alive() and not pressed:
            thread.start()

    client.client.execute_interactive(cell, timeout=120, output_hook=take)
    thread.join()
    return outputs, time.monotonic() - pressed[0]


def test_a_display_of_a_loop_of_ones_own_changes_in_place(client):
    client.client.execute_interactive(LOOP, timeout=120, output_hook=(messages := []).append)
    shown = [message for message in messages if "transient" in message["content"]]
    assert shown[0]["msg_type"] == "display_data" and shown[-1]["msg_type"] == "update_display_data"
    assert len({message["content"]["transient"]["display_id"] for message in shown}) == 1
    assert shown[-1]["content"]["data"] == {"text/plain": "3 of 3"}
    assert not any(message["msg_type"] == "stream" for message in messages)


def test_a_map_that_is_interrupted_forms_stops_and_is_kept(client):
    outputs, seconds = interrupted(client, ENDLESS)
    assert seconds < 1.0
    frames = [content["data"].get("text/html", "") for kind, content in outputs if kind == "update_display_data"]
    assert sum("data:image/png" in frame for frame in frames) > 2
    texts = [content["data"]["text/plain"] for kind, content in outputs if "data" in content]
    assert any(text.startswith("Stopping at") for text in texts)
    assert texts[-1] == "Interrupted; the variables are kept."
    assert client.shown('println!("{} {}", map.stopped, latents.len());') == "true 3000\n"


def test_no_line_comes_behind_the_end_of_its_cell(client):
    for number in range(20):
        lines = []

        def take(message, lines=lines):
            lines.append(message["content"].get("text"))

        client.client.execute_interactive(f'println!("{number}"); println!("last");', timeout=60, output_hook=take)
        assert "last\n" in lines


def test_a_panic_and_a_failed_question_mark_are_errors_of_one_block(client):
    panic = client.outputs('panic!("the roof is on fire");')
    assert [(output["ename"], output["evalue"]) for output in panic] == [("panic", "the roof is on fire")]
    failed = client.outputs('Err::<(), String>("no such road".into())?;')
    assert [(output["ename"], output["evalue"]) for output in failed] == [("Error", "no such road")]
