"""All cells share one copy of burn's statics: its autodiff graph, its seeds, its devices.

So it is in the installed kernel, and in a stock one in which a notebook's `:dep` line is uncommented. The latter
compiles the library from its source, for half an hour or more the first time: it is tested when NEURAL_MANIFOLD_PLAIN
names the folder that is to keep its build.
"""

import os
from pathlib import Path

import nbformat
import pytest
from running_kernel import REPOSITORY, kernel, stock_kernel

FOLDER = os.environ.get("NEURAL_MANIFOLD_PLAIN")
NO_FOLDER = pytest.mark.skipif(not FOLDER, reason="NEURAL_MANIFOLD_PLAIN names no folder")


@pytest.fixture(scope="module", params=["installed", pytest.param("stock", marks=NO_FOLDER)])
def client(request):
    """A kernel after the first cell of notebook 01, with its line for a stock kernel uncommented in one."""
    nb = nbformat.read(REPOSITORY / "notebooks" / "01_autoencoder_training.ipynb", as_version=4)
    first = next(cell.source for cell in nb.cells if cell.cell_type == "code")
    stock = request.param == "stock"
    with stock_kernel(Path(FOLDER)) if stock else kernel() as client:
        shown = client.shown(first.replace("// :dep", ":dep") if stock else first)
        # Cargo tells on stderr what it compiles.
        assert all(line.strip().startswith("Compiling") for line in shown.splitlines()), shown
        client.ran("use neural_manifold::external::burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};")
        client.ran("use neural_manifold::external::burn::tensor::{Device, Distribution, Tensor};")
        client.ran('let device: Device = device::select("flex")?;')
        yield client


def test_a_model_of_one_cell_is_trained_in_others(client):
    client.ran("let model: Autoencoder = AutoencoderConfig::default().init(42, &device.clone().autodiff())?;")
    client.ran("let images: Tensor<4> = Tensor::ones([2, 1, 28, 28], &device.clone().autodiff());")
    client.ran("let before: Tensor<1> = model.encode(images.clone()).powi_scalar(2).mean();")
    client.ran("let gradients: GradientsParams = GradientsParams::from_grads(before.backward(), &model);")
    client.ran("let mut optimizer: ModuleOptimizer = AdamConfig::new().init();")
    client.ran("let model: Autoencoder = optimizer.step(0.001, model, gradients);")
    client.ran("let after: Tensor<1> = model.encode(images.clone()).powi_scalar(2).mean();")
    losses = client.shown('println!("{} {}", before.into_scalar::<f32>(), after.into_scalar::<f32>());')
    before, after = map(float, losses.split())
    assert 0 < after < 0.9 * before


def test_a_seed_set_in_one_cell_holds_in_the_next(client):
    draw = 'println!("{:?}", Tensor::<1>::random([4], Distribution::Default, &device).into_data().to_vec::<f32>());'
    together = client.shown(f"device.seed(7); {draw}")
    unseeded = client.shown(draw)
    client.ran("device.seed(7);")
    assert client.shown(draw) == together != unseeded
