"""As much of the WebDriver protocol as the tests in WebKit need, over plain HTTP."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

WINDOW = {"x": 0, "y": 0, "width": 1280, "height": 800}


class Browser:
    """A browser behind its driver, both on a screen of their own."""

    def __init__(self, driver, browser, home):
        """`driver`, `browser`: their programs; `home`: an empty folder for what the browser keeps."""
        self.processes = []
        screen = self.start("Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24", stdout=subprocess.PIPE)
        environment = {**os.environ, "DISPLAY": f":{screen.stdout.readline().strip()}", "HOME": str(home)}
        # A proxy that is not there: nothing reaches a network.
        environment |= {**dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9"), "no_proxy": "127.0.0.1"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.start(driver, f"--port={port}", env=environment, stdout=subprocess.DEVNULL)
        self.address = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        for _ in range(100):
            with contextlib.suppress(ConnectionRefusedError):
                self.address += "/" + self.ask("POST", "", wanted)["sessionId"]
                break
            time.sleep(0.1)
        self.ask("POST", "/window/rect", WINDOW)
        self.ask("POST", "/timeouts", {"script": 120_000})

    def start(self, *command, **options):
        process = subprocess.Popen(command, text=True, stderr=subprocess.DEVNULL, **options)
        self.processes.insert(0, process)
        return process

    def ask(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.address + path, data, method=method)
        # The driver is on this machine: no proxy of the environment stands between.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]) from error
        except urllib.error.URLError as error:
            raise error.reason from error

    def run(self, expression, *arguments):
        """The value of an expression, or what a function gives for the arguments; a promise is waited for."""
        script = """const done = arguments[arguments.length - 1];
            Promise.resolve((%s)).then((found) => typeof found === "function" ? found(...arguments) : found)
                .then((found) => done({ found }), (error) => done({ error: String(error) }));"""
        answer = self.ask("POST", "/execute/async", {"script": script % expression, "args": list(arguments)})
        assert "error" not in answer, answer
        return answer.get("found")

    def wait(self, expression, seconds=60):
        until = time.monotonic() + seconds
        while not self.run(expression):
            assert time.monotonic() < until, f"in vain: {expression}"
            time.sleep(0.05)

    def open(self, path, fragment=""):
        self.ask("POST", "/url", {"url": path.as_uri() + fragment})

    def act(self, kind, *actions, **parameters):
        source = {"type": kind, "id": kind, "actions": list(actions)}
        if parameters:
            source["parameters"] = parameters
        self.ask("POST", "/actions", {"actions": [source]})

    def move(self, x, y):
        self.act("pointer", to(x, y))

    def click(self, name):
        x, y, width, height = self.box(name)
        self.drag([(x + width / 2, y + height / 2)])

    def drag(self, way):
        """Down at the first place, up at the last; a way of one place is a click."""
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self.act("pointer", to(*way[0]), down, *[to(x, y) for x, y in way[1:]], up)

    def wheel(self, x, y, by):
        self.act("wheel", {"type": "scroll", "x": round(x), "y": round(y), "deltaX": 0, "deltaY": by})

    def press(self, *keys):
        self.act("key", *[{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")])

    def box(self, name):
        """Where the element of that id lies: x, y, width, height."""
        return self.run(
            "(name) => { const b = document.getElementById(name).getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }",
            name,
        )

    def text(self, name):
        return self.run("(name) => document.getElementById(name).textContent", name)

    def element(self, name):
        found = self.ask("POST", "/element", {"using": "css selector", "value": f"#{name}"})
        return next(iter(found.values()))

    def choose(self, name, path):
        """Gives a file to the field of that id."""
        self.ask("POST", f"/element/{self.element(name)}/value", {"text": str(path)})

    def picture(self):
        return base64.b64decode(self.ask("GET", "/screenshot"))

    def close(self):
        with contextlib.suppress(Exception):
            self.ask("DELETE", "")
        for process in self.processes:
            process.terminate()
            process.wait(30)


def to(x, y):
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}
