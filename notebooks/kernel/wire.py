"""Messages of the Jupyter protocol: read from frames, checked, made, and signed."""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

DELIMITER = b"<IDS|MSG>"


@dataclass
class Message:
    """A message; its parts stay as they came until one is asked for."""

    identities: list[bytes]
    header: dict
    # Header, parent header, metadata and content, as JSON.
    parts: list[bytes]
    buffers: list[bytes] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.header["msg_type"]

    @property
    def id(self) -> str:
        return self.header["msg_id"]

    @property
    def session(self) -> str:
        return self.header.get("session", "")

    @cached_property
    def parent(self) -> dict:
        return json.loads(self.parts[1])

    @cached_property
    def content(self) -> dict:
        return json.loads(self.parts[3])


class Wire:
    """Reads and writes the messages of one key."""

    def __init__(self, key: str):
        self.key = key.encode()

    def signature(self, parts: list[bytes]) -> bytes:
        if not self.key:
            return b""
        digest = hmac.new(self.key, digestmod=hashlib.sha256)
        for part in parts:
            digest.update(part)
        return digest.hexdigest().encode()

    def read(self, frames: list[bytes]) -> Message | None:
        """The message in some frames; None where they are not one, or are signed by another key."""
        try:
            start = frames.index(DELIMITER)
            signature, *parts = frames[start + 1 : start + 6]
            if len(parts) != 4 or not hmac.compare_digest(signature, self.signature(parts)):
                return None
            header = json.loads(parts[0])
            if not isinstance(header["msg_type"], str) or not isinstance(header["msg_id"], str):
                return None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return Message(frames[:start], header, parts, frames[start + 6 :])

    def frames(self, message: Message) -> list[bytes]:
        signature = self.signature(message.parts)
        return [*message.identities, DELIMITER, signature, *message.parts, *message.buffers]


def message(
    kind: str,
    content: dict,
    parent: dict,
    identities: list[bytes] | None = None,
    metadata: dict | None = None,
    buffers: list[bytes] | None = None,
) -> Message:
    """A message of the kernel's that answers the request with the header `parent`.

    Its session is the request's, as evcxr has it: a front end may drop a message of a session that it has not seen.
    """
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "username": "kernel",
        "session": parent.get("session", ""),
        "date": datetime.now(UTC).isoformat(),
        "version": "5.3",
    }
    parts = [json.dumps(part).encode() for part in (header, parent, metadata or {}, content)]
    return Message(identities or [], header, parts, buffers or [])


def reply(request: Message, content: dict) -> Message:
    """The answer to a request, on its own channel."""
    kind = request.kind.removesuffix("_request") + "_reply"
    return message(kind, content, request.header, request.identities)


def status(request: dict, state: str) -> Message:
    """Word to all that the kernel is busy with a request, or done with it."""
    return message("status", {"execution_state": state}, request)


def with_content(original: Message, content: dict) -> Message:
    """The same message with another content."""
    parts = [*original.parts[:3], json.dumps(content).encode()]
    return Message(original.identities, original.header, parts, original.buffers)
