"""A page of whatever is at hand: arrays, a dict, a frame, a file."""

import neural_manifold as nm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
KIND = np.array(["left", "right"])[(ROWS[:, 0] > 0).astype(int)]


class Frame:
    """As much of a polars frame as is asked of one."""

    def write_parquet(self, path):
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(ROWS.ravel()), 5)
        pq.write_table(pa.table({"kind": KIND.tolist(), "embedding": vectors}), path)


def test_arrays_dicts_frames_and_files_become_pages(tmp_path):
    Frame().write_parquet(tmp_path / "rows.parquet")
    for number, data in enumerate([ROWS, {"rows": ROWS, "kind": KIND}, Frame(), tmp_path / "rows.parquet"]):
        page = nm.explore(data, title="Mine", output=tmp_path / f"{number}.html")
        text = page.path.read_text(encoding="utf-8")
        assert '"title":"Mine","points":60' in text
        assert number == 0 or '"levels":["left","right"]' in text
        assert repr(page).endswith("MB")


def test_a_notebook_shows_the_whole_page_in_a_frame(browser):
    page = nm.explore({"rows": ROWS, "kind": KIND}, label="kind")
    notebook = f"<!doctype html><meta charset=utf-8>{page._repr_html_()}"
    shown = browser.new_page(offline=True)
    shown.set_default_timeout(60_000)
    errors = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.route("http://notebook.test/**", lambda route: route.fulfill(body=notebook, content_type="text/html"))
    shown.goto("http://notebook.test/lab")
    frame = shown.frame_locator("iframe")
    frame.locator("#legend-classes button").first.wait_for()
    assert frame.locator("#legend-classes button").all_text_contents() == ["left", "right"]
    # What is chosen would stand in the page's address, which here is the notebook's.
    frame.locator("#legend-classes button").first.click()
    frame.locator("#tab-selection").click()
    shown.wait_for_timeout(500)
    assert shown.frames[1].url == "about:srcdoc" and frame.locator("#legend-classes button").count() == 2
    shown.close()
    assert not errors


@pytest.mark.parametrize(
    ("data", "settings", "sentence"),
    [
        ([1, 2, 3], {}, "give a path, a frame, rows of numbers"),
        (ROWS, {"output": "page.txt"}, "ends in .html"),
        ({"rows": ROWS, "kind": KIND}, {"label": "kinds"}, 'did you mean "kind"'),
        ("nowhere.parquet", {}, "check the path"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(data, settings, sentence):
    with pytest.raises(nm.NeuralManifoldError, match=sentence):
        nm.explore(data, **settings)
