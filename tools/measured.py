"""Fills README's tables of figures from artifacts/bench.json, so that no figure there is older than the bench.

A table stands between `<!-- bench: NAME -->` and `<!-- /bench -->`. One whose figures are not there, because its part of
`make bench` was not run, stays as it is, which is said.
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENGINES = {
    "umap-learn": "umap-learn 0.5.12",
    "umap": "**UMAP**",
    "manifolds-umap": "manifolds-rs 0.8, UMAP",
    "manifolds-umap-sgd": "manifolds-rs 0.8, UMAP by `sgd`",
    "annembed": "annembed 0.1.6",
    "tsne": "**t-SNE**",
    "opentsne-authors": "openTSNE 1.0.4",
    "pacmap": "**PaCMAP**",
    "pacmap-authors": "pacmap 0.9.1",
    "localmap": "**LocalMAP**",
    "localmap-authors": "pacmap 0.9.1, `LocalMAP`",
    "trimap": "**TriMap**",
    "trimap-authors": "trimap 1.2.0",
    "densmap": "**densMAP**",
    "densmap-authors": "umap-learn 0.5.12, `densmap=True`",
    "pca": "PCA",
}
COLUMNS = {
    "seconds": ("seconds", "{:.2f}"),
    "ratio": ("times as fast as its reference", "{:.1f}"),
    "trust": ("trustworthiness@15", "{:.4f}"),
    "continuity": ("continuity@15", "{:.4f}"),
    "recall": ("recall@15", "{:.3f}"),
    "triplets": ("triplets", "{:.3f}"),
    "knn": ("2-D k-NN accuracy", "{:.3f}"),
    "radii": ("radii", "{:.3f}"),
    "peak_mib": ("peak MiB", "{:.0f}"),
}


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def maps(figures, rows, size):
    """Every engine that was run on so many rows."""
    lines = []
    for engine, name in ENGINES.items():
        keys = {column: f"map.{engine}.{size}.{column}" for column in COLUMNS}
        if keys["seconds"] not in figures:
            continue
        found = {column: figures.get(key) for column, key in keys.items()}
        shown = {
            name: "" if found[name] is None else layout.format(found[name]) for name, (_, layout) in COLUMNS.items()
        }
        if engine in ("umap-learn", "pca") or engine.endswith("-authors"):
            shown["ratio"] = ""
        lines.append([name, *shown.values()])
    return table([rows, *(title for title, _ in COLUMNS.values())], lines) if lines else None


def training(figures):
    lines = []
    for images, of in [("Fashion-MNIST, 28 x 28", ""), ("color, 32 x 32", "color_")]:
        rates = {stage: figures.get(f"{of}{stage}.flex.images_per_s") for stage in ["train", "encode"]}
        if None in rates.values():
            continue
        lines.append([images, "this library, device `flex`", *(f"{rate:,.0f}" for rate in rates.values()), ""])
        for peer, name in [("pytorch", "PyTorch 2.9.0"), ("keras", "Keras on TensorFlow 2.21")]:
            ratios = [figures.get(f"{of}{stage}.flex.ratio_{peer}") for stage in rates]
            if None in ratios:
                continue
            theirs = [f"{rate / ratio:,.0f}" for rate, ratio in zip(rates.values(), ratios, strict=True)]
            lines.append([images, name, *theirs, " and ".join(f"{ratio:.1f}" for ratio in ratios)])
    head = ["images", "program", "training, images/s", "encoding, images/s", "we are so many times as fast"]
    return table(head, lines) if lines else None


def data(figures):
    cases = {
        "emoji": "1,911 emoji in color, 64 x 64, to one file",
        "vectors": "10,000 x 256, Parquet, to one file",
        "vectors.peer": "the same by embedding-atlas 0.26.0",
        "pictures": "10,000 x 256 with pictures of 48 pixels",
        "million": "1,000,000 x 32",
    }
    lines = []
    for case, name in cases.items():
        part, _, peer = case.partition(".")
        keys = [f"data.{part}.{'peer_' if peer else ''}{unit}" for unit in ["seconds", "mib", "page_mb"]]
        if keys[0] in figures:
            seconds, mib, page = (figures[key] for key in keys)
            lines.append([name, f"{seconds:.1f}", f"{mib:,.0f}", f"{page:.1f}"])
    return table(["`explore`", "seconds", "peak MiB", "page, MB"], lines) if lines else None


def neighbors(figures):
    """Every program at each of its settings, on each set of rows that was run."""
    programs = {
        "ours-exact": ("**this library**", "exact"),
        "ours-approximate": ("**this library**", "approximate, {} asked for"),
        "pynndescent": ("pynndescent 0.7.0", "`max_candidates` {}"),
        "hnswlib": ("hnswlib 0.8.0", "`ef` {}"),
        "faiss-ivf": ("faiss 1.15.1, cells", "`nprobe` {}"),
        "faiss-flat": ("faiss 1.15.1", "exact"),
    }
    lines = []
    for rows, size in [("latents", "70,000 x 32"), ("pixels", "70,000 x 784"), ("million", "1,000,000 x 32")]:
        for program, (name, told) in programs.items():
            start = f"neighbors.{rows}.{program}."
            settings = {key.removeprefix(start).split(".")[0] for key in figures if key.startswith(start)}
            for setting in sorted(settings, key=int):
                found = [figures[f"{start}{setting}.{unit}"] for unit in ["seconds", "recall", "peak_mib"]]
                cells = [
                    layout.format(figure) for layout, figure in zip(["{:.2f}", "{:.4f}", "{:,.0f}"], found, strict=True)
                ]
                lines.append([size, name, told.format(setting), *cells])
    head = ["rows", "program", "setting", "seconds", "recall@15", "peak MiB"]
    return table(head, lines) if lines else None


TABLES = {
    "training": training,
    "maps 10k": lambda figures: maps(figures, "10,000 test latents", "10k"),
    "maps 70k": lambda figures: maps(figures, "all 70,000 latents", "70k"),
    "pixels 10k": lambda figures: maps(figures, "10,000 x 784 pixels", "10k_784"),
    "pixels 70k": lambda figures: maps(figures, "70,000 x 784 pixels", "70k_784"),
    "data": data,
    "neighbors": neighbors,
}


def main():
    path, readme = ROOT / "artifacts" / "bench.json", ROOT / "README.md"
    figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    text = readme.read_text(encoding="utf-8")

    def fill(found):
        name = found[1]
        made = TABLES[name](figures)
        print(f"  {name}: {'filled' if made else 'stays as it is, its part of the bench was not run'}")
        return f"<!-- bench: {name} -->\n{made}\n<!-- /bench -->" if made else found[0]

    filled = re.sub(r"<!-- bench: (.+?) -->\n.*?<!-- /bench -->", fill, text, flags=re.DOTALL)
    readme.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    main()
