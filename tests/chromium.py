"""The system's Chromium, headless: for the tests, the benches, and who takes pictures of the page."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")


def how_to_launch(*flags):
    """What Playwright is to launch, with these flags."""
    return {"executable_path": CHROMIUM, "args": [*(["--no-sandbox"] if os.geteuid() == 0 else []), *flags]}


@contextmanager
def chromium(*flags):
    """The browser, started with these flags."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**how_to_launch(*flags))
        yield browser
        browser.close()
