"""JupyterLab as a process of its own, and the browser that looks at it."""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    # Cells out of sight are not drawn by default; here every output is to be looked at.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    # No question about news in front of the notebook.
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}


@contextmanager
def jupyterlab(notebook: Path, scratch: Path):
    """The address at which JupyterLab shows a notebook, on a free port; settings and log go into a scratch folder."""
    for name, content in SETTINGS.items():
        path = scratch / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    # Nor is the person's own arrangement of panels used or changed.
    folders = {f"JUPYTERLAB_{name.upper()}_DIR": str(scratch / name) for name in ["settings", "workspaces"]}
    environment = {**os.environ, **folders}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--IdentityProvider.token="]
    command += [f"--ServerApp.root_dir={notebook.parent}"] + ["--allow-root"] * (os.geteuid() == 0)
    log = scratch / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=scratch, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"http://localhost:\d+/lab", log.read_text())):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield f"{found[0]}/tree/{notebook.name}"
    finally:
        # The first signal makes it end its kernels; where that takes too long, it is ended itself.
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


@contextmanager
def page_of(browser, **options):
    """A page that waits as long as a busy machine needs."""
    page = browser.new_page(**options)
    page.set_default_timeout(60_000)
    yield page
    page.close()


def cell_with(page, text):
    """The code cell whose source holds a text."""
    return page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea", has_text=text)).first


def choose(page, menu, item):
    """Clicks an entry of JupyterLab's menu bar."""
    page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{menu}$")).click()
    page.locator(".lm-Menu-item", has=page.get_by_text(item, exact=True)).click()
