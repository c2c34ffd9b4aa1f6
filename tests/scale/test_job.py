"""What an engine is told, before it begins."""

import pytest

# `placing` has said where they are.
import placing  # noqa: F401  # isort: skip
import folder  # isort: skip
import job  # isort: skip


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("data", "data"),
        ("data/", "./data"),
        ("data", "data/placed"),
        ("data/images", "data"),
        ("s3://b/a/", "s3://b/a"),
    ],
)
def test_an_output_that_lies_in_the_input_or_around_it_is_refused(source, target):
    with pytest.raises(folder.FolderError, match="lie one in the other; give another folder for the output"):
        job.Job("map.nm", overwrite=True).begin(source, target)


def test_folders_side_by_side_are_none_in_the_other(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        job.Job("map.nm", program="no-such-program").begin(tmp_path / "data", tmp_path / "data-placed")
