#!/usr/bin/env python3
"""Holds the recorded lines of the tests to the document of the protocol:

    check_log.py DOCUMENT DIRECTORY

DIRECTORY has the files of test/support/wire_log; they are removed when nothing is wrong with them. Exit code 77 (CTest:
skipped) when nothing is recorded.

- Every line that the server sent is one of the document's events, and what protocol/README.md says of lines (Framing).
- Every line that a client sent and the server did not refuse is one of the document's requests. Refused is what an `error` of
  the same `ref` (or, like the line, without one) or a `bye` answers. Replies come in the order of the requests: what
  neither has come for when the reply to a later request comes, was accepted; and what no reply came after is not judged.
- What is refused as no request at all, with `bad_request` or `unknown_type`, is none of the document's requests.
- Every message of the document is among the lines.

A connection on which the server sent no JSON is one of plain text, and does not count.
"""
import collections
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
from asyncapi import Document, Unsound, message_of, read  # noqa: E402

SKIPPED = 77
SHOWN_FAULTS = 20
LINE_BYTES = 60 * 1024  # of a line from the server (protocol/README.md, Framing)
CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")
BLANK = re.compile(r'[][{},:"] | [][{},:"]')  # outside of a string, or in it
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
UNESCAPED = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029]")


def object_of(text):
    """One JSON object as the protocol has it, or ValueError: no key twice, no NaN."""

    def unique(pairs):
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except RecursionError:
        raise ValueError("it is too deep") from None
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    return value


def ref_of(value):
    """The `ref` that a reply has: none, where the request's is not one."""
    ref = value.get("ref")
    return ref if isinstance(ref, str) and 0 < len(ref.encode()) <= 64 and not CONTROL.search(ref) else None


class Requests:
    """What a client has sent on a connection, and the faulty lines of it that the server has not refused so far."""

    def __init__(self):
        self.sent = 0
        self.waiting = {}  # by `ref`: (position, request or None for a faulty line) of each that waits for its reply
        self.faulty = {}  # by position: (line, what is wrong, ref)

    def add(self, request, ref):
        self.sent += 1
        if ref is not None:
            self.waiting.setdefault(ref, collections.deque()).append((self.sent, request))

    def add_faulty(self, line, why, ref):
        self.add(None, ref)
        self.faulty[self.sent] = (line, why, ref)

    def refuse(self, ref):
        """An `error` came. Returns the number of faulty lines that it answers."""
        for position, (_, _, asked) in self.faulty.items():
            if asked == ref:
                del self.faulty[position]
                return 1
        return 0

    def answer(self, ref):
        """A reply or an error came. Returns the request, if it is known and was not faulty, and the faulty lines before
        it: they were accepted."""
        position, request = self.waiting[ref].popleft() if self.waiting.get(ref) else (0, None)
        return request, [self.faulty.pop(other) for other in list(self.faulty) if other < position]


class Check:
    def __init__(self, document):
        self.document = document
        self.seen = set()
        self.lines = 0
        self.connections = 0
        self.refused = 0
        self.faults = []

    def unseen(self):
        return sorted(set(self.document.messages) - self.seen)

    def complain(self, what, line, why):
        self.faults.append(f"{what} {line[:1000].decode(errors='replace')}\n    {why}")

    def connection(self, records):
        records = [(direction, line) for direction, line in records if line.startswith(b"{")]
        if not any(direction == b"<" for direction, _ in records):
            return
        self.connections += 1
        self.lines += len(records)
        requests = Requests()
        for direction, line in records:
            self.sent(line, requests) if direction == b">" else self.received(line, requests)

    def sent(self, line, requests):
        ref = None
        try:
            value = object_of(line.decode())
            ref = ref_of(value)
            # null is the same as leaving the field out.
            value = {name: field for name, field in value.items() if field is not None}
            message, why = message_of(self.document.requests, value)
        except ValueError as fault:
            message, why = None, str(fault)
        if message:
            self.seen.add(message.key)
            requests.add(value, ref)
        else:
            requests.add_faulty(line, why, ref)

    def received(self, line, requests):
        try:
            text = line.decode()
            value = object_of(text)
        except ValueError as fault:
            return self.complain("the server sent", line, str(fault))
        message, why = message_of(self.document.events, value)
        if message:
            self.seen.add(message.key)
        else:
            self.complain("the server sent", line, why)
        if not line.startswith(b'{"type":"'):
            self.complain("the server sent", line, "it does not begin with its type")
        if BLANK.search(text) and " " in STRING.sub("", text):
            self.complain("the server sent", line, "a blank between its parts")
        if len(line) >= LINE_BYTES:
            self.complain("the server sent", line, f"{len(line)} bytes in one line")
        if UNESCAPED.search(text):
            self.complain("the server sent", line, "a character that has to be escaped")
        self.reply(value, requests)

    def reply(self, event, requests):
        code = event.get("code")
        if event.get("type") == "bye":
            self.refused += len(requests.faulty)
            requests.faulty.clear()
        elif event.get("type") == "error":
            self.refused += requests.refuse(event.get("ref"))
        request, accepted = requests.answer(event.get("ref"))
        for line, why, _ in accepted:
            self.complain("a test sent, and the server did not refuse,", line, why)
        if request and code in ("bad_request", "unknown_type") and not is_refused_for_its_meaning(request):
            self.complain("the document allows what the server refused:", json.dumps(request).encode(), event["text"])


def is_refused_for_its_meaning(request):
    """Whether `bad_request` can be for what no schema tells: no word in a search, or another text with the same id."""
    return "search" in request or (request["type"] == "tell" and "id" in request)


def records_of(file):
    """The records of each connection of a file, by its number."""
    connections = {}
    for record in file.read_bytes().split(b"\n"):
        if record:
            connection, direction, line = record.split(b" ", 2)
            connections.setdefault(connection, []).append((direction, line.removesuffix(b"\r").lstrip()))
    return connections


def main(document, directory):
    check = Check(Document(read(document)))
    files = sorted(pathlib.Path(directory).glob("*")) if pathlib.Path(directory).is_dir() else []
    for file in files:
        for records in records_of(file).values():
            check.connection(records)
    if not check.lines:
        print(f"skipped: nothing is recorded in {directory}; the integration tests do it")
        return SKIPPED
    if check.unseen():
        check.faults.append("never sent, and maybe not in the protocol any more: " + ", ".join(check.unseen()))
    print(f"{check.lines} lines of {check.connections} connections of {len(files)} tests, of which {check.refused} were faulty, and refused")
    for fault in check.faults[:SHOWN_FAULTS]:
        print(fault)
    if len(check.faults) > SHOWN_FAULTS:
        print(f"and {len(check.faults) - SHOWN_FAULTS} more")
    if check.faults:
        return 1
    for file in files:
        file.unlink()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Unsound as fault:
        print(f"{sys.argv[1]}: {fault}")
        sys.exit(1)
