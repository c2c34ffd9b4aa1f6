"""A second sample: what the first one has missed, drawn by a rule of each row, mapped from the first map, placed again."""

import subprocess

import folder
import local
import local_sample
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import sampling
import tiles
from placing import PROGRAM, ended, placed_folder, repartitioned, start

# As Spark's `xxhash64(id, 42)` gives them.
HASHES = {0: 3679457220061673043, 1: -6001584710029044734, -7: 3929299940706548465}
N, WIDTH, CLUMPS, FRACTION = 12_000, 8, 24, 0.1


def program(*words):
    done = subprocess.run([PROGRAM, "--quiet", *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def vectors(numbers):
    """Rows in clumps, which follow from their number; the last clump is of one row in fifteen."""
    rng = np.random.default_rng(3)
    centers, noise = 5 * rng.normal(size=(CLUMPS, WIDTH)), rng.normal(size=(N, WIDTH))
    clump = np.where(numbers % 15 == 0, CLUMPS - 1, numbers % (CLUMPS - 1))
    latent = (centers[clump] + noise[numbers]).astype(np.float32)
    lists = pa.FixedSizeListArray.from_arrays(latent.ravel(), WIDTH).cast(pa.list_(pa.float32()))
    return pa.table({"id": numbers, "embedding": lists, "clump": clump})


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """The folder in which two rounds were made; the first one's sample was drawn before the last clump was there."""
    root = tmp_path_factory.mktemp("rounds")
    numbers = np.arange(N)
    (root / "all").mkdir()
    pq.write_table(vectors(numbers), root / "all/part-0.parquet")
    pq.write_table(vectors(numbers[numbers % 15 != 0]), root / "early.parquet")
    local_sample.draw(root / "early.parquet", root / "first", FRACTION)
    metric = ["--metric", "euclidean"]
    part = "part-00000.parquet"
    program("map", root / "first" / part, "--vector", "embedding", *metric, "-o", root / "first.parquet",
            "--bundle", root / "first.nm")  # fmt: skip
    options = {"program": str(PROGRAM), "keep": ["clump"]}
    local.place(root / "all", root / "placed", root / "first.nm", latent="embedding", **options)
    local_sample.draw(root / "placed", root / "second", FRACTION, missed=sampling.WEIGHT)
    program("map", root / "second" / part, "--vector", "latent", *metric, "--start", root / "first.nm",
            "-o", root / "second.parquet", "--bundle", root / "second.nm")  # fmt: skip
    local.place(root / "placed", root / "again", root / "second.nm", latent="latent", **options)
    return root


def ids(path):
    return set(ds.dataset(path).to_table()["id"].to_pylist())


def places(path, wanted):
    table = pq.read_table(path)
    at = {id: row for row, id in enumerate(table["id"].to_pylist())}
    rows = [at[id] for id in wanted]
    return np.stack([table["x"].to_numpy()[rows], table["y"].to_numpy()[rows]], 1)


def test_what_was_missed_is_found_by_the_second(rounds, capsys):
    first, second = ids(rounds / "first"), ids(rounds / "second")
    assert first < second
    table = ds.dataset(rounds / "second").to_table()
    assert table.column_names == ["id", "clump", "latent"]
    # All but nothing of the clump has a small hash of ten times the fraction.
    of_clump = sum(clump == CLUMPS - 1 for clump in table["clump"].to_pylist())
    assert of_clump > 0.95 * N / 15
    before, after = (folder.manifest(rounds / name) for name in ("placed", "again"))
    assert before["isolated_rows"] > 0.06 * N
    assert after["isolated_rows"] < 0.01 * N
    assert (before["start"], after["start"]) == ("", before["bundle_sha256"])


def test_the_first_map_is_known_again_on_the_second(rounds):
    shared = sorted(ids(rounds / "first"))
    one, other = (places(rounds / f"{name}.parquet", shared) for name in ("first", "second"))
    # Neither turned nor mirrored. Clumps that nothing holds together drift apart, so that the map is larger.
    for axis in range(2):
        assert np.corrcoef(one[:, axis], other[:, axis])[0, 1] > 0.95


def test_one_round_is_offered_and_never_a_third_sample(rounds, tmp_path, capsys):
    for name, words in [("placed", "draw a second one by `sample "), ("again", None)]:
        folder.tell(rounds / name, folder.manifest(rounds / name))
        said = capsys.readouterr().err
        assert (words in said) if words else not said
    told = {**folder.manifest(rounds / "again"), "isolated_rows": N // 50}
    folder.tell("PLACED", told)
    assert "2.0% of the rows are isolated" in (said := capsys.readouterr().err)
    assert "there is no third; draw a larger first one" in said
    with pytest.raises(folder.FolderError, match="and there is no third: draw a larger first one"):
        local_sample.draw(rounds / "again", tmp_path / "third", FRACTION, missed=10)


def test_it_is_the_same_however_the_rows_are_parted(rounds, tmp_path):
    source = repartitioned(rounds / "placed", tmp_path / "placed", 7)
    for name in ("_SUCCESS", folder.MANIFEST):
        (source / name).write_bytes((rounds / "placed" / name).read_bytes())
    local_sample.draw(source, tmp_path / "second", FRACTION, missed=sampling.WEIGHT)
    assert ids(tmp_path / "second") == ids(rounds / "second")


def test_numbers_and_texts_are_hashed_as_spark_does():
    numbers = np.array(list(HASHES))
    assert tiles.xxhash64(numbers, 42).view(np.int64).tolist() == list(HASHES.values())
    lowest = sampling.limits(0.25)
    batch = pa.record_batch({"id": [f"item-{n}" for n in range(4000)]})
    assert abs(sampling.drawn(batch, "id", 42, lowest).sum() - 1000) < 5 * 750**0.5


def test_what_cannot_be_drawn_is_refused(rounds, tmp_path):
    def refused(source, reason, kind=folder.FolderError, fraction=FRACTION, target=tmp_path / "out", **options):
        with pytest.raises(kind, match=reason):
            local_sample.draw(source, target, fraction, **options)

    refused(rounds / "placed", "fraction is 0; give a number above 0, 1 at the most", ValueError, fraction=0)
    refused(rounds / "placed", "weight of missed rows is 1; give a number above 1", ValueError, missed=1)
    refused(rounds / "all", "has no column 'latent'", missed=10)
    refused(rounds / "all", "has no column 'sku'", id="sku")
    refused(rounds / "placed", "is there already; give another folder", target=rounds / "first")
    columns = {"id": [1], "latent": [[0.5]], "isolation": [1.0]}
    broken = placed_folder(tmp_path / "broken", columns)
    (broken / "_SUCCESS").unlink()
    refused(broken, "has no _SUCCESS: the job that wrote it did not end", missed=10)


def test_spark_draws_the_same(request, rounds, tmp_path):
    pytest.importorskip("pyspark", reason="make test-scale runs them")
    master = request.getfixturevalue("master")
    numbered = repartitioned(rounds / "placed", tmp_path / "placed", 5)
    for name in ("_SUCCESS", folder.MANIFEST):
        (numbered / name).write_bytes((rounds / "placed" / name).read_bytes())
    named = tmp_path / "named.parquet"
    pq.write_table(pa.table({"id": [f"item-{n}" for n in range(3000)]}), named)
    for source, flags, options in [(numbered, ["--missed"], {"missed": sampling.WEIGHT}), (named, [], {})]:
        target = tmp_path / f"by-spark-{source.stem}"
        line = ["sample", source, target, "--fraction", FRACTION, *flags]
        code, _, complaint = ended(start(master, *line))
        assert code == 0, complaint[-2000:]
        local_sample.draw(source, tmp_path / f"alone-{source.stem}", FRACTION, **options)
        found = [
            ds.dataset(sorted(folder.glob("part-*"))).to_table()
            for folder in (target, tmp_path / f"alone-{source.stem}")
        ]
        assert found[0].column_names == found[1].column_names
        assert found[0].sort_by("id").equals(found[1].sort_by("id").cast(found[0].schema))
