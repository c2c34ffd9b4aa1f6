"""Opens the site in a browser and every page that its first one leads to: each must be there, show itself, and be silent.

usage: walk_site.py FOLDER
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "page"))

from conftest import CHROMIUM  # noqa: E402


def main(folder):
    faults = []
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_context(offline=True).new_page()
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
        browser.close()
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
