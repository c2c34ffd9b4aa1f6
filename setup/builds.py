"""Builds the library and the notebook kernel's program side by side, each filling the gaps of the other.

usage: builds.py [cargo build's flags]

One moving line says how much of each is built; where there is no terminal, a line per minute. What cargo says of its
downloads is left out, what it complains of is shown in full, and what a newcomer can do about it comes last.
"""

import os
import re
import subprocess
import sys
import threading
import time

# Seconds of rustc on one core of those crates that take much longer than the usual second, so that the time left is not
# thought to be nothing while the last of them is built.
LONG = {
    "burn_flex": 40,
    "neural_manifold": 120,
    "holos_tda": 40,
    "hnsw_rs": 30,
    "ra_ap_hir_ty": 60,
    "ra_ap_ide_assists": 40,
}
PROGRESS = re.compile(r"Building \[[=> ]*\] (\d+)/(\d+)(?:: (.*))?")
FETCHING = re.compile(r"(?:Fetch|Downloading|Updating|Locking)\b")
NOISE = re.compile(
    r"\s*(?:Compiling|Downloaded|Downloading|Updating|Locking|Adding|Fetch|Installing|Installed|Replacing|Fresh|Finished|Building"
    r"|Blocking|Ignored)\b"
)
REMEDIES = [
    ("No space left on device", "the disk is full; free some 8 GB and run make again: it goes on where it was"),
    ("failed to download|Could not resolve|spurious network|timed out", "the network is gone; run make again: it goes on where it was"),
    ("requires rustc|is not supported by the following package", "Rust is too old: rustup update, then make again"),
]  # fmt: skip
EVERY = 60


class Build:
    """A command of cargo's that says on its standard error how far it is."""

    def __init__(self, name, command):
        self.name, self.done, self.total, self.said, self.waits = name, 0, 0, [], False
        self.fetches, self.seen, self.now = False, set(), []
        self.fresh = None  # what an earlier run had built
        environment = {
            **os.environ,
            "CARGO_TERM_PROGRESS_WHEN": "always",
            "CARGO_TERM_PROGRESS_WIDTH": "200",
            "CARGO_TERM_COLOR": "never",
        }
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=sys.stderr, bufsize=0)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        rest = b""
        while chunk := self.process.stderr.read(4096):
            *lines, rest = re.split(rb"[\r\n]", rest + chunk)
            for line in lines:
                self.take(line.decode(errors="replace"))
        self.take(rest.decode(errors="replace"))

    def take(self, line):
        line = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line).rstrip()
        if found := PROGRESS.search(line):
            self.fetches = self.waits = False
            self.done, self.total = int(found[1]), int(found[2])
            self.fresh = self.done if self.fresh is None else self.fresh
            names = (found[3] or "").replace("...", "")
            self.now = [name.partition("(")[0].strip() for name in names.split(",") if name.strip()]
            self.seen.update(name.replace("-", "_") for name in self.now)
        elif "Blocking waiting for file lock" in line:
            self.waits = True
        elif NOISE.match(line):
            self.fetches = bool(FETCHING.search(line)) or (self.fetches and not line.strip().startswith("Compiling"))
        elif line:
            self.said.append(line)

    def work(self):
        """Seconds of one core that this run has worked, and that are left: cargo counts every crate as one."""
        now = {name.replace("-", "_") for name in self.now}
        done = self.done - (self.fresh or 0)
        if self.process.poll() is not None:
            return done + sum(extra for name, extra in LONG.items() if name in self.seen), 0
        done += sum(extra for name, extra in LONG.items() if name in self.seen - now)
        left = sum(extra for name, extra in LONG.items() if self.has(name) and (name in now or name not in self.seen))
        return done, self.total - self.done + left

    def has(self, name):
        """Whether the crate is one that this run builds: the kernel's program has those of rust-analyzer."""
        if self.fresh and self.fresh > self.total / 2 and name not in self.seen:
            return name == "neural_manifold" and self.name == "library"
        return name.startswith("ra_ap_") == (self.name == "kernel")

    def text(self):
        if self.process.poll() is not None:
            return f"{self.name} built" if self.process.returncode == 0 else f"{self.name} failed"
        if self.waits:
            return f"{self.name} waits for another build"
        if not self.total:
            return f"{self.name} downloading" if self.fetches else f"{self.name} starting"
        return f"{self.name} {self.done} of {self.total}"


def left(builds, started):
    """The time that the rest takes at the rate so far; nothing before there is a rate."""
    done, rest = (sum(parts) for parts in zip(*(build.work() for build in builds), strict=True))
    elapsed = time.monotonic() - started
    if elapsed < 15 or done < max(1, 0.05 * (done + rest)):
        return ""
    seconds = elapsed * rest / done
    return f", about {seconds / 60:.0f} min left" if seconds > 90 else ", about a minute left"


def explain(build):
    """What cargo complained of, and what can be done about it."""
    sys.stderr.write("\n".join(build.said[-200:]) + "\n")
    text = "\n".join(build.said)
    for pattern, remedy in REMEDIES:
        if re.search(pattern, text):
            sys.stderr.write(f"{build.name}: {remedy}\n")
            return


def main():
    builds = [Build("library", ["cargo", "build", *sys.argv[1:]]), Build("kernel", ["setup/evcxr.sh"])]
    on_terminal, started, told = sys.stderr.isatty(), time.monotonic(), time.monotonic()
    while any(build.process.poll() is None for build in builds):
        time.sleep(0.2)
        line = "  " + " · ".join(build.text() for build in builds) + left(builds, started)
        names = [name for build in builds for name in build.now if build.process.poll() is None]
        if on_terminal:
            sys.stderr.write("\r\x1b[K" + f"{line}  {', '.join(names)}"[: os.get_terminal_size(2).columns - 1])
        elif time.monotonic() - told > EVERY:
            told = time.monotonic()
            sys.stderr.write(line + "\n")
        sys.stderr.flush()
    if on_terminal:
        sys.stderr.write("\r\x1b[K")
    failed = []
    for build in builds:
        build.reader.join()
        if build.process.returncode:
            failed.append(build)
            explain(build)
        elif any("warning" in line for line in build.said):
            sys.stderr.write("\n".join(build.said) + "\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\n  broken off; the next make goes on where this one was")
