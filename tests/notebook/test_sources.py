"""What a kernel knows of the library before a cell is compiled: types of variables, completions, documentation."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from running_kernel import REPOSITORY, kernel

sys.path.insert(0, str(REPOSITORY / "notebooks" / "kernel"))
import sources


@pytest.fixture(scope="module")
def client():
    with kernel() as running:
        running.ran("use neural_manifold::prelude::*;")
        yield running


CELLS = [
    'let latents = Latents::new("waves", Array2::from_shape_fn((300, 8), |(i, j)| ((i * j) as f32).sin()), None)?;',
    "let map = project(&latents, PcaConfig)?;",
    "let quality = map.quality(&QualityConfig::default())?;",
    "let trust = quality.trustworthiness;",
    "let coordinates = map.coordinates.clone();",
    "let (rows, columns) = coordinates.dim();",
    "let frame = latents.frame()?;",
    "let height = frame.head(Some(7)).height();",
    "let worst = quality.least_trusted(3);",
]


def test_a_let_needs_no_type(client):
    for cell in CELLS:
        client.ran(cell)
    said = client.shown('println!("{rows} {columns} {height} {} {}", worst.len(), trust > 0.5);')
    assert said == "300 2 7 3 true\n"


def test_a_type_that_is_wrong_is_told_as_of_the_library(client):
    [error] = client.outputs("let map: Latents = PcaConfig;")
    said = "\n".join(error["traceback"])
    assert "expected `Latents`, found `PcaConfig`" in said and "neural_manifold_built" not in said


def test_members_are_completed_and_documented(client):
    client.ran(CELLS[0])
    assert "vectors" in client.completions("latents.vec")
    assert any(name.startswith("project_with") for name in client.completions("project_"))
    found = client.client.inspect("project", 7, reply=True, timeout=60)["content"]["data"]
    assert "Projection" in found["text/plain"] and "to the plane" in found["text/plain"]


def test_settings_name_folders_as_they_are(tmp_path):
    made, own = tmp_path / 'it\'s "kept" hére', tmp_path / "a kernel's own"
    for crate in sources.STANDARD:
        (made / "standard" / crate).mkdir(parents=True)
        (made / "standard" / crate / "lib.rs").write_text(crate)
    settings = sources.settings(made, own)
    seen = Path(settings["RUST_SRC_PATH"])
    assert (seen / "core" / "src" / "lib.rs").read_text() == ""
    order, dependency = (Path(settings["EVCXR_CONFIG_DIR"]) / "init.evcxr").read_text().splitlines()
    subprocess.run(["sh", "-c", order.removeprefix("!")], check=True)
    assert (seen / "core" / "lib.rs").read_text() == "core"
    named = tomllib.loads(dependency.removeprefix(":dep "))["neural-manifold"]["path"]
    assert Path(named) == made / "neural_manifold"


def test_a_source_that_cargo_has_not_fetched_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    with pytest.raises(SystemExit, match=r"ndarray .* is not in .*: build the library first, with `make setup`"):
        sources.registry_source("ndarray", REPOSITORY / "Cargo.lock")


def test_an_installed_kernel_names_sources_that_are_there():
    from jupyter_client.kernelspec import get_kernel_spec

    found = Path(get_kernel_spec("neural_manifold").env["NEURAL_MANIFOLD_SOURCES"])
    assert (found / "neural_manifold" / "source").samefile(REPOSITORY / "src")
    assert (found / "ndarray" / "source" / "lib.rs").exists()
