"""What evcxr does once after its start, done while nobody waits for it.

The first cell has cargo look at the library, and the first `let` has rust-analyzer read the standard library and ours.
Requests of the proxy's own have both done before: they leave no variable, and nobody hears of them.
"""

import time
from collections import deque

from wire import Message

# A person who runs all cells, or a program that runs a notebook, sends the next one sooner.
GRACE_SECS = 0.5
CODE = "let number = 1; number."
STEPS = [
    ("execute_request", {"code": "();", "silent": True, "store_history": False}),
    ("complete_request", {"code": CODE, "cursor_pos": len(CODE)}),
]


class WarmUp:
    def __init__(self):
        self.steps = deque(STEPS)
        self.quiet_since = time.monotonic()

    def due(self) -> float | None:
        """The moment at which the next step may begin, where one is left."""
        return self.quiet_since + GRACE_SECS if self.steps else None

    def step(self) -> tuple[str, dict] | None:
        """The next step, if it may begin."""
        return self.steps.popleft() if self.steps and time.monotonic() >= self.due() else None

    def wait(self) -> None:
        """Begins to count the quiet time anew."""
        self.quiet_since = time.monotonic()

    def make_way(self, request: Message) -> None:
        """Leaves out what a person's request does as well."""
        self.steps = deque(step for step in self.steps if step[0] != request.kind)
