"""A shorter pass in Firefox, through WebDriver BiDi: the map, hover, and what only another engine can break."""

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

websockets = pytest.importorskip("websockets.sync.client", reason="the Python package websockets is not installed")

from explorer import alone  # noqa: E402

FIREFOX = os.environ.get("FIREFOX", shutil.which("firefox-esr") or shutil.which("firefox"))
pytestmark = pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed")


class Firefox:
    """As much of the BiDi protocol as these tests need."""

    def __init__(self, profile):
        (profile / "user.js").write_text(
            'user_pref("network.proxy.type", 1); user_pref("network.proxy.http", "127.0.0.1");'
            'user_pref("network.proxy.http_port", 9); user_pref("network.proxy.ssl", "127.0.0.1");'
            'user_pref("network.proxy.ssl_port", 9);'
        )
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": str(profile), "MOZ_HEADLESS_WIDTH": "1280"},
        )
        for line in self.process.stderr:
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
            if found:
                break
        else:
            raise RuntimeError("Firefox ended before it listened")
        self.open_things = contextlib.ExitStack()
        self.socket = self.open_things.enter_context(
            websockets.connect(found.group(1) + "/session", max_size=None, open_timeout=60)
        )
        self.numbers = itertools.count(1)
        self.send("session.new", capabilities={})
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]
        self.send("browsingContext.setViewport", context=self.context, viewport={"width": 1280, "height": 800})

    def send(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv(timeout=120))
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def run(self, expression):
        found = self.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self.context},
            awaitPromise=True,
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def open(self, url):
        self.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def move(self, x, y):
        self.send(
            "input.performActions",
            context=self.context,
            actions=[
                {"type": "pointer", "id": "mouse", "actions": [{"type": "pointerMove", "x": round(x), "y": round(y)}]}
            ],
        )

    def close(self):
        self.open_things.close()
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory, folder):
    browser = Firefox(tmp_path_factory.mktemp("firefox"))
    browser.open((folder / "index.html").as_uri())
    browser.run("""new Promise((done) => { const look = () =>
        performance.getEntriesByName("plotly-drawn").length || document.getElementById("trouble-text").textContent ? done(1) : setTimeout(look, 50); look(); })""")
    yield browser
    browser.close()


def test_firefox_opens_the_page_from_a_file(firefox, items):
    assert firefox.run("document.getElementById('trouble-text').textContent") == ""
    assert firefox.run("NM.get('data').points") == len(items.labels)
    assert firefox.run("document.querySelectorAll('#plot .xtick text').length") > 2


def test_firefox_hover_shows_the_items_own_image(firefox, items):
    for item in alone(items, count=4):
        x, y = firefox.run(
            f"""(() => {{ const data = NM.get('data'), view = NM.get('view'), m = data.maps[0], b = document.getElementById("stage").getBoundingClientRect();
                const [x, y] = view.toScreen(view.frame(), m.x[{item}], m.y[{item}]); return [b.left + x, b.top + y]; }})()"""
        )
        firefox.move(x, y)
        assert firefox.run("document.getElementById('item-index').textContent") == f"item {items.index[item]}"
        pixels = firefox.run(
            "Array.from(document.getElementById('image').getContext('2d').getImageData(0, 0, 28, 28).data)"
        )
        assert (np.array(pixels).reshape(28, 28, 4)[..., 0] == items.images[item]).all()


def test_firefox_runs_the_worker_from_a_file(firefox):
    firefox.run("document.getElementById('tab-classes').click()")
    assert (
        firefox.run("""new Promise((done) => { const look = () =>
        document.querySelectorAll("#matrix td button").length ? done(document.querySelectorAll("#matrix td button").length) : setTimeout(look, 100); look(); })""")
        == 100
    )


def test_firefox_brings_a_view_back_from_the_address(firefox):
    firefox.run("NM.get('pick').pin(5)")
    firefox.run("new Promise((done) => setTimeout(done, 400))")
    assert "item=" in firefox.run("location.hash")
