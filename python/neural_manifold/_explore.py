"""The page that shows data, in a notebook or in the browser."""

import html
import tempfile
import webbrowser
from pathlib import Path

import numpy as np

from ._program import NeuralManifoldError, flags, run


class Page:
    """A page that stands alone: one file that opens without a network."""

    def __init__(self, path):
        self.path = Path(path).resolve()

    def open(self):
        """Opens it in the browser."""
        webbrowser.open(self.path.as_uri())

    def __repr__(self):
        return f"Page({str(self.path)!r}), {self.path.stat().st_size / 1e6:.1f} MB"

    def _repr_html_(self):
        # As the frame's own document: a notebook's server does not serve files from elsewhere.
        document = html.escape(self.path.read_text(encoding="utf-8"), quote=True)
        style = "width: 100%; height: 800px; border: 0"
        return f'<iframe srcdoc="{document}" style="{style}" sandbox="allow-scripts allow-downloads"></iframe>'


def explore(
    data,
    *,
    vector=None,
    label=None,
    id=None,
    text=None,
    image=None,
    x=None,
    y=None,
    metric=None,
    engine=None,
    sample=None,
    frames=None,
    title=None,
    random_state=42,
    output=None,
):
    """Maps data and writes a page to look at it.

    Parameters
    ----------
    data : path, pandas or polars frame, array of shape (n, d), or dict of arrays
        A path is a file of any format that the program reads, or a folder of pictures. Frames and arrays are written
        aside for it. Of a dict, two-dimensional arrays are vectors and the others are columns.
    vector, label, id, text, image : str, optional
        Columns; what is not said is guessed. `vector` may be a list of several.
    x, y : str, optional
        Columns of a map that is there already: it is shown and scored too.
    metric : {"euclidean", "cosine", "correlation"}, optional
        Guessed from the vectors' lengths.
    engine : str or list of str, optional
        "umap", "tsne", "pacmap", "localmap", "trimap", "densmap" or "pca".
    sample : int, optional
        Rows to keep.
    frames : int, optional
        So many frames of how the first map came about, which the page plays.
    title : str, optional
        What stands above the map.
    random_state : int
        The same data and number give the same map.
    output : path, optional
        The file to write; a temporary one when not told.

    Returns
    -------
    Page
        Shows itself in a notebook; `.open()` shows it in the browser, `.path` is the file.
    """
    output = Path(output) if output else Path(tempfile.mkdtemp(prefix="neural-manifold-")) / "explorer.html"
    if output.suffix.lower() != ".html":
        raise NeuralManifoldError(f"the page is one file that ends in .html, not {output}")
    engine = ",".join(engine) if isinstance(engine, (list, tuple)) else engine
    settings = {"vector": vector, "label": label, "id": id, "text": text, "image": image, "x": x, "y": y}
    settings |= {
        "metric": metric,
        "engine": engine,
        "sample": sample,
        "frames": frames,
        "title": title,
        "seed": random_state,
    }
    with tempfile.TemporaryDirectory() as folder:
        run("explore", _file(data, Path(folder)), "-o", output, *flags(**settings))
    return Page(output)


def _file(data, folder):
    """A path to the data: as it was given, or of a file that is written here."""
    if isinstance(data, (str, Path)):
        return data
    if isinstance(data, dict):
        np.savez(folder / "data.npz", **{name: np.asarray(values) for name, values in data.items()})
        return folder / "data.npz"
    if hasattr(data, "write_parquet"):  # polars
        data.write_parquet(folder / "data.parquet")
        return folder / "data.parquet"
    if hasattr(data, "to_parquet"):  # pandas
        try:
            data.to_parquet(folder / "data.parquet", index=False)
        except ImportError as error:
            raise NeuralManifoldError("a pandas frame is handed over as Parquet; pip install pyarrow") from error
        return folder / "data.parquet"
    array = np.asarray(data)
    if array.ndim != 2 or array.dtype == object:
        raise NeuralManifoldError(
            f"data is {type(data).__name__}; give a path, a frame, rows of numbers of shape (n, d), or a dict of arrays"
        )
    np.save(folder / "data.npy", np.ascontiguousarray(array))
    return folder / "data.npy"
