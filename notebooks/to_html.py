"""An executed notebook as one HTML page that needs no network, with its plotly figures live.

nbconvert alone leaves figures of plotly's MIME type out: they get an HTML form here, plotly.js once for all of them.

usage: to_html.py EXECUTED.ipynb
"""

import sys
from pathlib import Path

import nbformat
import plotly.io
from nbconvert import HTMLExporter

PLOTLY = "application/vnd.plotly.v1+json"


def main(path: Path) -> None:
    nb = nbformat.read(path, as_version=4)
    shown = [output.data for cell in nb.cells for output in cell.get("outputs", []) if PLOTLY in output.get("data", {})]
    for number, data in enumerate(shown):
        data["text/html"] = plotly.io.to_html(
            data.pop(PLOTLY), full_html=False, include_plotlyjs=number == 0, validate=False
        )
    # What a kernel would revive has none here, and the script for it would come from elsewhere.
    nb.metadata.pop("widgets", None)
    # Both scripts would come from elsewhere, and nothing here needs them.
    exporter = HTMLExporter(require_js_url="", mathjax_url="", mermaid_js_url="")
    html, _ = exporter.from_notebook_node(nb)
    path.with_suffix(".html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
