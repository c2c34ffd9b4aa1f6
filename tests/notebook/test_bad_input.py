"""What a reader gets wrong in a cell is answered by one line that names the thing and the remedy.

The kernel is started in a folder that has nothing to do with the repository, and keeps its variables.
"""

import shutil

import pytest
from running_kernel import REPOSITORY, kernel

SHAPES = REPOSITORY / "notebooks" / "shapes"
SAVE_WITHOUT_LATENTS = """
use neural_manifold::external::polars::prelude::ParquetWriter;
let mut frame: DataFrame = kept.frame()?;
ParquetWriter::new(std::fs::File::create("other.parquet")?).finish(&mut frame)?;
"""
FROM_TABLE = f'Dataset::from_table(&Table::open("{SHAPES}")?, &PictureConfig {{ CHANGE, ..PictureConfig::default() }})?'
SIDE_OF_30 = f"train(&{FROM_TABLE.replace('CHANGE', 'side: Some(30)')}, &TrainConfig::default())?"
GRAY_FOR_COLOR = 'AutoencoderConfig::default().init(1, &device::select("flex")?)?.encode_images(&kept.test.images)?'


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder with folders of images in which one thing each is wrong."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(SHAPES, folder / "damaged")
    (folder / "damaged" / "circle" / "07.png").write_text("not a picture")
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
        ('dataset::load_folder("flat", 0.2, 42)?', "holds no picture (PNG, JPEG, WebP, GIF, BMP, TIFF)"),
        ('dataset::load_folder("damaged", 0.2, 42)?', "repair or remove it"),
        (FROM_TABLE.replace("CHANGE", "channels: Some(2)"), "channels is 2; give 1 (gray) or 3 (red, green, blue)"),
        (
            'Split::new("mine", Array4::<u8>::zeros((2, 8, 8, 2)), ndarray::arr1(&[0u8, 0]))?',
            "channels of the images is 2",
        ),
        (GRAY_FOR_COLOR, "the model takes gray"),
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
    # A failed `?` ends the cell; a value that cannot be shown is a line, and the cell goes on.
    assert [output.get("ename") for output in outputs] == ["Error" if "?" in cell else None], outputs
    line = outputs[0].get("evalue") or outputs[0]["text"].strip()
    assert "\n" not in line and said.format(elsewhere) in line, outputs
    assert client.outputs('println!("{}", kept.train.len());')[0]["text"] == "128\n"


def test_a_variable_of_another_crate_without_its_type_is_asked_for_it(client):
    outputs = client.outputs("let column = neural_manifold::external::polars::prelude::Column::default();")
    assert "type of variable `column`" in outputs[0]["evalue"] and "explicit type" in outputs[0]["evalue"], outputs
