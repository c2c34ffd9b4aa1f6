"""What a reader gets wrong in a cell is answered by one line on stderr that names the thing and the remedy.

The kernel is started in a folder that has nothing to do with the repository, and keeps its variables.
"""

import shutil

import pytest
from PIL import Image
from running_kernel import REPOSITORY, kernel

SHAPES = REPOSITORY / "notebooks" / "shapes"
SAVE_WITHOUT_LATENTS = """
use neural_manifold::external::polars::prelude::ParquetWriter;
let mut frame: DataFrame = kept.frame()?;
ParquetWriter::new(std::fs::File::create("other.parquet")?).finish(&mut frame)?;
"""
SIDE_OF_30 = 'train(&dataset::load_folder("odd", 0.2, 42)?, &TrainConfig::default())?'


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder with folders of images in which one thing each is wrong."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ["damaged", "mixed", "oblong", "odd"]:
        shutil.copytree(SHAPES, folder / name)
    (folder / "damaged" / "circle" / "07.png").write_text("not a picture")
    Image.new("L", (20, 20)).save(folder / "mixed" / "square" / "03.png")
    for name, size in [("oblong", (30, 20)), ("odd", (30, 30))]:
        for path in (folder / name).glob("*/*.png"):
            Image.new("L", size).save(path)
    (folder / "flat").mkdir()
    return folder


@pytest.fixture(scope="module")
def client(elsewhere):
    with kernel(cwd=elsewhere) as client:
        client.ran("use neural_manifold::prelude::*;")
        client.ran(f'let kept: Dataset = dataset::load_folder("{SHAPES}", 0.2, 42)?;')
        client.ran(SAVE_WITHOUT_LATENTS)
        yield client


@pytest.mark.parametrize(
    "cell, said",
    [
        ('dataset::load_folder("no-such", 0.2, 42)?', "(os error 2); check the path: {}/no-such"),
        ('dataset::load_folder("flat", 0.2, 42)?', "has no subfolder; put the images of each class into one"),
        ('dataset::load_folder("damaged", 0.2, 42)?', "cannot be decoded, repair or remove it"),
        ('dataset::load_folder("mixed", 0.2, 42)?', "is 20 x 20, the images before it 16 x 16; bring all to one size"),
        ('dataset::load_folder("oblong", 0.2, 42)?', "images are 20 x 30; crop or pad them to squares: oblong/"),
        (SIDE_OF_30, "halve it 2 times: crop or pad the images"),
        ('dataset::load_idx("train", "none.gz", "none.gz")?', "; check the path: {}/none.gz"),
        ('Latents::from_parquet("none.parquet")?', "; check the path: {}/none.parquet"),
        ('Latents::from_parquet("flat")?', "not a readable Parquet file"),
        ('Latents::from_parquet("other.parquet")?', "has no column"),
        ("ImageGrid::new(&Array4::zeros((0, 28, 28, 1)))", "the grid is empty; show at least one image"),
        ('device::select("abacus")?', "abacus"),
    ],
    ids=lambda value: value.split("(")[0] if "::" in value else "",
)
def test_a_line_names_the_thing_and_the_remedy(client, elsewhere, cell, said):
    outputs = client.outputs(cell)
    assert [output["name"] for output in outputs] == ["stderr"], outputs
    assert outputs[0]["text"].count("\n") == 1 and said.format(elsewhere) in outputs[0]["text"], outputs
    assert client.outputs('println!("{}", kept.train.len());')[0]["text"] == "128\n"


def test_a_variable_without_its_type_is_asked_for_it(client):
    outputs = client.outputs("let config = TrainConfig::default();")
    assert "type of variable `config`" in outputs[0]["evalue"] and "explicit type" in outputs[0]["evalue"], outputs
