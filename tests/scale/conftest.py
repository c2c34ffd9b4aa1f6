"""A map of a part of Fashion-MNIST, images to place on it, and a cluster of several processes on loopback addresses."""

import pytest
from placing import PROGRAM, ROWS, SAMPLE, cluster, read

# `placing` has said where they are.
import example  # isort: skip
import local  # isort: skip


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Folders of images and the bundle."""
    return example.make(tmp_path_factory.mktemp("made"), str(PROGRAM), rows=ROWS, sample=SAMPLE, epochs=1)


@pytest.fixture(scope="session")
def alone(made, tmp_path_factory):
    """What one process makes of all images, without an engine."""
    target = tmp_path_factory.mktemp("alone") / "placed"
    local.place(made[0], target, made[1], program=str(PROGRAM))
    return read(target)


@pytest.fixture(scope="session")
def master(tmp_path_factory):
    with cluster.cluster(2, tmp_path_factory.mktemp("cluster")) as address:
        yield address
