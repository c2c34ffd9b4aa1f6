"""What stands in the kernel's way is said in one sentence, in the cell, instead of a linker's errors."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from jupyter_client import KernelManager

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "notebooks" / "kernel"))
import launch  # noqa: E402

RUSTC = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def kernel(release=None):
    """The installed kernel, or the same one pointed at another build folder."""
    manager = KernelManager(kernel_name="neural_manifold")
    if release is not None:
        manager.kernel_spec.env["NEURAL_MANIFOLD_RELEASE"] = str(release)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def answer(client, code):
    """The reply's status, and all that the cell showed."""
    outputs = []
    reply = client.execute_interactive(code, timeout=120, output_hook=outputs.append)
    return reply["content"]["status"], " ".join(str(output["content"]) for output in outputs)


@pytest.fixture
def library(tmp_path):
    """A file that says which compiler made it, as a library's section .comment does."""

    def make(version):
        path = tmp_path / launch.LIBRARY
        path.write_bytes(b"\x7fELF rustc version 0.0.0 (an earlier one)\0 code \0" + version.encode() + b"\0tables")
        return path

    return make


def test_a_missing_library_is_named_in_the_cell(tmp_path):
    with kernel(tmp_path) as client:
        for _ in range(2):
            status, shown = answer(client, "use neural_manifold::prelude::*;")
            assert status == "error"
            assert "The library is not built: run `make setup`" in shown and str(tmp_path) in shown


def test_a_library_of_another_compiler_is_named(library):
    sentence = launch.obstacle(library("rustc version 1.0.0 (a59de37e9 2015-05-13)"), Path(sys.executable))
    assert "built by rustc 1.0.0 (a59de37e9 2015-05-13)" in sentence
    assert RUSTC.removeprefix("rustc ") in sentence and "make setup" in sentence


def test_a_library_of_this_compiler_passes(library):
    version = RUSTC.replace("rustc ", "rustc version ")
    assert launch.obstacle(library(version), Path(sys.executable)) is None
    assert launch.obstacle(library("no word of a compiler"), Path(sys.executable)) is not None


def test_a_missing_evcxr_is_named(library, tmp_path):
    assert "evcxr_jupyter is not installed" in launch.obstacle(library("rustc version 1.0.0"), tmp_path / "evcxr")


def test_a_folder_with_spaces_reaches_the_compiler():
    settings = launch.build_settings(Path("/my work/target/release") / launch.LIBRARY)
    flags = settings["CARGO_ENCODED_RUSTFLAGS"].split("\x1f")
    assert f"neural_manifold=/my work/target/release/{launch.LIBRARY}" in flags
    assert "-Ldependency=/my work/target/release/deps" in flags


def test_a_failed_cell_leaves_the_variables():
    with kernel() as client:
        answer(client, "let kept: usize = 7;")
        status, shown = answer(client, 'Err::<(), String>("no such file: there.idx".into())?;')
        assert "no such file: there.idx" in shown
        assert answer(client, 'println!("{kept}");')[1].count("7\\n") == 1
