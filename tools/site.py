"""The documentation as a site: README, the executed notebooks, the explorer with Fashion-MNIST, and rustdoc's pages.

    python tools/site.py FOLDER DOCS

DOCS is rustdoc's folder. Reads artifacts/*.html, which `make run` and `make notebooks` leave, and web-app with its data.
Links of README.md to files that are not in the site become text.
"""

import re
import shutil
import sys
from pathlib import Path

import mistune
import nbformat

ROOT = Path(__file__).resolve().parents[1]
STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e6e8eb); --paper: light-dark(#fff, #16181a);
  --line: light-dark(#dfe3e8, #33383d); --accent: light-dark(#0b62c4, #7db5ff); }
body { margin: 0 auto; max-width: 52rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
img { max-width: 100%; border: 1px solid var(--line); border-radius: 6px; }
pre { overflow-x: auto; padding: .8rem; border: 1px solid var(--line); border-radius: 6px; font-size: 14px; }
table { display: block; overflow-x: auto; border-collapse: collapse; }
td, th { padding: .3rem .6rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
"""


def notebooks():
    """Path and title of each notebook, which its first line holds."""
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        first = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
        yield path, first.lstrip("# ").strip()


def main(folder, docs):
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "notebooks").mkdir(parents=True)
    links = [("explorer/index.html", "The explorer, with Fashion-MNIST")]
    for path, title in notebooks():
        executed = ROOT / "artifacts" / f"{path.stem}.html"
        if not executed.exists():
            sys.exit(f"{executed} is not there: make site executes the notebooks first")
        shutil.copy(executed, folder / "notebooks")
        links.append((f"notebooks/{executed.name}", title))
    links.append(("api/neural_manifold/index.html", "The library's documentation"))
    if not (ROOT / "web-app" / "data.js").exists():
        sys.exit("web-app/data.js is not there: make run makes it")
    shutil.copytree(ROOT / "web-app", folder / "explorer")
    shutil.copytree(docs, folder / "api")
    shutil.copytree(ROOT / "assets", folder / "assets")
    markdown = mistune.create_markdown(plugins=["table"])
    body = markdown((ROOT / "README.md").read_text(encoding="utf-8"))
    # A file that is named and not in the site is text here.
    body = re.sub(r'<a href="(?!https?:|#|assets/)[^"]*">(.*?)</a>', r"\1", body)
    bar = "".join(f'<a href="{target}">{title}</a>' for target, title in links)
    page = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>neural-manifold</title>\n'
        f"<style>{STYLE}</style>\n<nav>{bar}</nav>\n<main>\n{body}</main>\n</html>\n"
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
