"""A cell that runs: what evcxr says of it, and what of that a front end is told."""

import time

import orders
import readable
from widgets import Widgets
from wire import Message, message, with_content

# Lines on stderr are kept so long before they are shown, where they may turn out to be why the cell ended.
KEPT_SECS = 0.25
# evcxr keeps no order between lines of stdout and stderr that come together.
TOGETHER_SECS = 0.05
# A display changes at most this often; of the updates between, the newest counts.
UPDATE_SECS = 0.1
PLOTLY = "application/vnd.plotly.v1+json"
GONE = "the variables are gone"


class Cell:
    """An execute_request, from when it is handed to evcxr until its last output is out."""

    def __init__(self, request: Message, count: int, key: str, widgets: Widgets):
        self.request = request
        self.widgets = widgets
        self.count = count
        self.key = key
        # evcxr's last words on it: both are kept until no output can follow.
        self.reply: Message | None = None
        self.idle: Message | None = None
        self.replied_at = self.heard_at = 0.0
        self.ended = False
        # Lines on stderr that are not shown yet, and since when there are any.
        self.complaints: list[str] = []
        self.complained = 0.0
        # When each display last changed, and what it is to change to.
        self.changed: dict[str, float] = {}
        self.updates: dict[str, Message] = {}
        # What stands for a display where the cell's value shows as much.
        self.briefs: dict[str, dict] = {}
        self.asks = readable.asks(str(request.content.get("code", "")))
        self.has_result = self.shows_figure = False
        # The first error, as its reply tells it.
        self.failure: dict | None = None
        # Calls in it that end when they are asked to.
        self.stoppable = 0
        # When it was first asked to stop, and how it was ended in the end.
        self.asked: float | None = None
        self.interrupted: str | None = None
        self.noted = False

    def take(self, said: Message) -> list[Message]:
        """What a front end is told where evcxr says this of the cell."""
        if said.kind == "stream":
            return self.stdout(said) if said.content.get("name") == "stdout" else self.stderr(said)
        if said.kind == "error":
            return self.error(said)
        if said.kind == "execute_result":
            self.has_result = True
            self.shows_figure = PLOTLY in said.content["data"]
            told = self.shorten() if self.shows_figure else []
            return [*told, with_content(said, said.content | {"execution_count": self.count})]
        if said.kind == "execute_input":
            # evcxr counts from 2, and counts what the front end asked it not to.
            return [with_content(said, said.content | {"execution_count": self.count})]
        return [said]

    def stdout(self, said: Message) -> list[Message]:
        text = str(said.content.get("text", ""))
        told = self.late_complaints()
        if orders.MARK not in text:
            return [*told, said]
        for piece in orders.split(text, self.key):
            if isinstance(piece, str):
                told.append(self.say("stream", {"name": "stdout", "text": piece}))
            elif shown := orders.display(piece):
                told += self.show(*shown)
                if isinstance(brief := piece.get("brief"), dict):
                    self.briefs[piece["id"]] = brief
                    # evcxr keeps no order between a cell's value and what it prints.
                    told += self.shorten() if self.shows_figure else []
            elif piece.get("op") in ("widget", "model"):
                told += self.widgets.order(piece, self.request.header)
            elif piece.get("op") == "stoppable":
                self.stoppable = max(self.stoppable + (1 if piece.get("on") is True else -1), 0)
        return told

    def show(self, kind: str, content: dict) -> list[Message]:
        """Shows or changes a display; a change that follows another too soon waits."""
        name, now = content["transient"]["display_id"], time.monotonic()
        self.updates.pop(name, None)
        if kind == "update_display_data" and not self.ended and now < self.changed.get(name, 0.0) + UPDATE_SECS:
            self.updates[name] = self.say(kind, content)
            return []
        self.changed[name] = now
        return [self.say(kind, content)]

    def shorten(self) -> list[Message]:
        """Shortens displays that ended as a figure, because the cell's value is one too."""
        briefs, self.briefs = self.briefs, {}
        for name in briefs:
            # The figure itself may still wait.
            self.updates.pop(name, None)
        return [
            self.say("update_display_data", orders.display({"op": "update", "id": name, "data": brief})[1])
            for name, brief in briefs.items()
        ]

    def update(self, everything: bool) -> list[Message]:
        """The changes of displays that have waited long enough, or all that wait."""
        now = time.monotonic()
        names = [name for name in self.updates if everything or now >= self.changed[name] + UPDATE_SECS]
        self.changed |= dict.fromkeys(names, now)
        return [self.updates.pop(name) for name in names]

    def stderr(self, said: Message) -> list[Message]:
        lines = str(said.content.get("text", "")).splitlines()
        if self.ended or not (self.asks or self.complaints or any(map(may_be_panic, lines))):
            return [said]
        if not self.complaints:
            self.complained = time.monotonic()
        self.complaints += lines
        return []

    def error(self, said: Message) -> list[Message]:
        if self.interrupted is not None:
            # evcxr tells at length that the compiler was ended, or its child.
            first, content = self.failure is None, readable.error("Interrupted", self.interrupted)
        else:
            first, content = True, readable.compile_error(said.content, self.count)
            if "Subprocess terminated" in content["evalue"]:
                content = readable.error("Error", f"{content['evalue']}; {GONE}")
        self.failure = self.failure or content
        return [with_content(said, content)] if first else []

    def late_complaints(self) -> list[Message]:
        """The lines on stderr that came well before what comes now."""
        late = self.complaints and time.monotonic() - self.complained > TOGETHER_SECS
        return self.complain() if late and not readable.is_within_panic(self.complaints) else []

    def due(self) -> float | None:
        """The moment at which something that waits is to be shown, if anything does."""
        moments = [self.changed[name] + UPDATE_SECS for name in self.updates]
        if self.complaints and not readable.is_within_panic(self.complaints):
            moments.append(self.complained + KEPT_SECS)
        return min(moments, default=None)

    def overdue(self) -> list[Message]:
        """What has waited long enough."""
        told = self.update(everything=False)
        kept_long = self.complaints and time.monotonic() >= self.complained + KEPT_SECS
        return told + (self.complain() if kept_long and not readable.is_within_panic(self.complaints) else [])

    def complain(self) -> list[Message]:
        """Shows the lines on stderr that were kept, a panic among them as one error."""
        others, panics = readable.panics(self.complaints)
        self.complaints = []
        told = [self.say("stream", {"name": "stderr", "text": "".join(f"{line}\n" for line in others)})] * bool(others)
        for panic in panics:
            content = readable.error("panic", panic.sentence())
            self.failure = self.failure or content
            told.append(self.say("error", content))
        return told

    def finish(self) -> tuple[list[Message], Message]:
        """What is still to be told, and the reply, when nothing more can come.

        evcxr reports a cell as done although it panicked or its `?` met an error: only text on stderr tells. That a `?`
        failed is taken to be so where the cell has one, shows no value, and the last that it did is to complain.
        """
        others, panics = readable.panics(self.complaints)
        told = self.update(everything=True)
        if others and not panics and self.asks and not self.has_result and self.failure is None:
            self.complaints = []
            self.failure = readable.error("Error", "\n".join(others))
            told.append(self.say("error", self.failure))
        else:
            told += self.complain()
        self.ended = True
        content = self.reply.content | {"execution_count": self.count}
        if self.failure is not None and not (content.get("status") == "ok" and self.has_result):
            content |= self.failure | {"status": "error"}
        elif content.get("status") == "ok":
            content |= {"payload": [], "user_expressions": {}}
        return told, with_content(self.reply, content)

    def say(self, kind: str, content: dict) -> Message:
        """A message about this cell."""
        return message(kind, content, self.request.header)

    def note(self, kind: str, text: str) -> Message:
        """A line below this cell that can be changed: not on stderr, where it would be a complaint."""
        shown = {"data": {"text/plain": text}, "metadata": {}}
        return self.say(kind, shown | {"transient": {"display_id": f"interrupt-{self.request.id}"}})


def may_be_panic(line: str) -> bool:
    """Whether a panic may begin with a line: a blank one stands before it."""
    return not line or readable.PANIC.match(line) is not None
