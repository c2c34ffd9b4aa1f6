"""Opens the site in a browser and every page that its first one leads to: each must be there, show itself, and be silent.

usage: walk_site.py FOLDER
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from chromium import chromium  # noqa: E402


def main(folder):
    faults = []
    with chromium() as browser:
        page = browser.new_page(offline=True)
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: faults.append(f"{page.url} asks in vain for {request.url}"))
        first = (folder / "index.html").resolve().as_uri()
        page.goto(first)
        links = page.eval_on_selector_all("a[href], img[src]", "all => all.map(one => one.href || one.src)")
        # A file's own anchors and addresses elsewhere are not the site's to keep.
        for link in sorted({link.split("#")[0] for link in links if link.startswith("file:")} - {first}):
            # A page that is left while it still loads has asked in vain for the rest.
            page.goto(link, wait_until="networkidle")
            if not (page.locator("img").count() or page.locator("body").inner_text().strip()):
                faults.append(f"{link} shows nothing")
        print(f"  {len(links)} links walked")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
