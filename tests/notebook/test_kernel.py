"""The kernel's start: what stands in its way is said in one sentence, and what it has begun with it keeps."""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from running_kernel import REPOSITORY, kernel

sys.path.insert(0, str(REPOSITORY / "notebooks" / "kernel"))
import launch

RUSTC = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def keeper(library):
    """A process that has kept a library as the launcher does, and goes on as another program; with the kept name."""
    code = "import launch, os, pathlib, sys; print(launch.keep(pathlib.Path(sys.argv[1])), flush=True); "
    command = [sys.executable, "-c", code + "os.execvp('sleep', ['sleep', '600'])", library]
    folder = Path(launch.__file__).parent
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        yield Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()


def replace(library, content):
    """Puts another file in a library's place, as cargo does."""
    library.unlink()
    library.write_bytes(content)


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
            shown = client.shown("use neural_manifold::prelude::*;")
            assert "The library is not built: run `make setup`" in shown and str(tmp_path) in shown


def test_a_library_of_another_compiler_is_named(library):
    sentence = launch.obstacle(library("rustc version 1.0.0 (a59de37e9 2015-05-13)"), Path(sys.executable), Path())
    assert "built by rustc 1.0.0 (a59de37e9 2015-05-13)" in sentence
    assert RUSTC.removeprefix("rustc ") in sentence and "make setup" in sentence


def test_a_library_of_this_compiler_passes(library):
    version = RUSTC.replace("rustc ", "rustc version ")
    assert launch.obstacle(library(version), Path(sys.executable), Path()) is None
    assert launch.obstacle(library("no word of a compiler"), Path(sys.executable), Path()) is not None


def test_a_missing_evcxr_is_named(library, tmp_path):
    assert "evcxr_jupyter is not installed" in launch.obstacle(
        library("rustc version 1.0.0"), tmp_path / "evcxr", tmp_path
    )


def test_a_folder_with_spaces_reaches_the_compiler():
    release = Path("/my work/target/release")
    settings = launch.build_settings(release / launch.LIBRARY, release / "deps")
    flags = settings["CARGO_ENCODED_RUSTFLAGS"].split("\x1f")
    assert f"neural_manifold_built=/my work/target/release/{launch.LIBRARY}" in flags
    assert "-Ldependency=/my work/target/release/deps" in flags


def test_a_kept_library_stays_while_its_kernel_runs(library):
    path = library("rustc version 1.0.0")
    first = path.read_bytes()
    with keeper(path) as one:
        replace(path, b"second")
        with keeper(path) as two:
            assert one.read_bytes() == first and two.read_bytes() == b"second"
        with keeper(path):
            assert one.exists() and not two.parent.exists()
    with keeper(path):
        assert not one.parent.exists()


def test_a_rebuilt_library_leaves_the_running_kernel_whole():
    built = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve() / "release"
    # Beside the real one: a second name does not reach across file systems.
    with tempfile.TemporaryDirectory(dir=built.parent) as release:
        release = Path(release)
        os.link(built / launch.LIBRARY, release / launch.LIBRARY)
        (release / "deps").symlink_to(built / "deps")
        with kernel(release) as client:
            client.ran("use neural_manifold::prelude::*;\nlet config: TrainConfig = TrainConfig::default();")
            replace(release / launch.LIBRARY, b"another build")
            assert client.shown('println!("{} {}", config.seed, QualityConfig::default().k);') == "42 15\n"


def test_types_of_the_standard_library_are_inferred_and_completed():
    with kernel() as client:
        cell = """
            let words = "one two".split(' ').map(String::from).collect::<Vec<_>>();
            let lengths = words.iter()
                .map(|word| (word.clone(), word.len())).collect::<std::collections::HashMap<_, _>>();
        """
        client.ran(cell)
        assert client.shown('println!("{}", lengths["two"]);') == "3\n"
        assert client.completions("lengths.contains_k") == ["contains_key(k)"]


def test_a_failed_cell_leaves_the_variables():
    with kernel() as client:
        client.ran("let kept: usize = 7;")
        assert client.shown('Err::<(), String>("no such file: there.idx".into())?;') == "no such file: there.idx"
        assert client.shown('println!("{kept}");') == "7\n"
