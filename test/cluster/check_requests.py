#!/usr/bin/env python3
"""Holds three nodes to what one does, by a short conversation for every request of the protocol:

    check_requests.py BUILD SOURCES PROGRAMS

Who asks is on one node, and those on the other two hear what they should, in order and once. Then `who`, `rooms`, `history`
and `join` say the same on each. All have one member of etcd and three nodes together; and all are held with one server, too.
Exit code 77 where etcd is missing.
"""
import re
import shutil
import sys
import unittest

import yaml
from check_cluster import NODES, SKIPPED, Program, build, own_address, sources
from conversation import Conversation, spoken
from conversations_accounts import Accounts
from conversations_order import Order
from conversations_rooms import Rooms
from conversations_talk import Talk

# What is not as on one node yet: a conversation, and what it waits for.
MISSING = {}

CLUSTER = """
[cluster]
name = "chat"
node = "{node}"
engine = ["{engine}"]
"""
SETTINGS = """
[server]
motd = ""
[limits]
messages_per_second = 0
messages_per_second_per_address = 0
[accounts]
registration = "open"
hash_memory = "1MiB"
hash_passes = 1
[moderation]
raid_joins = 0
"""


def requests():
    """All that there are."""
    with open(sources / "protocol" / "asyncapi.yaml", encoding="utf-8") as file:
        messages = yaml.safe_load(file)["components"]["messages"]
    return {message["name"] for key, message in messages.items() if key.endswith("Request")}


def serve(case, name, config):
    """A daemon, which ends with the class; returns it and the file of its configuration."""
    file = case.folder / f"{name}.toml"
    file.write_text(config, encoding="utf-8")
    program = Program([build / "server" / "hubbubd", "--config", file, "--listen", f"tcp://{own_address(0)}:0",
                       "--state-dir", case.folder / name])
    case.addClassCleanup(program.end)
    return program, file


def place_of(program):
    host, port = re.search(r"listening on tcp://(.*):(\d+)", program.wait_for("listening on tcp:")).groups()
    return host, int(port)


class OnThreeNodes(Talk, Accounts, Rooms, Order, Conversation, unittest.TestCase):
    missing = MISSING

    @classmethod
    def start(cls):
        urls = [f"http://{own_address(place)}:2379" for place in range(2)]
        etcd = Program(["etcd", "--name=a", f"--data-dir={cls.folder / 'etcd'}", f"--listen-client-urls={urls[0]}",
                        f"--advertise-client-urls={urls[0]}", f"--listen-peer-urls={urls[1]}",
                        f"--initial-advertise-peer-urls={urls[1]}", f"--initial-cluster=a={urls[1]}", "--logger=zap",
                        "--log-level=warn"])
        cls.addClassCleanup(etcd.end)
        started = {node: serve(cls, node, CLUSTER.format(node=node, engine=urls[0]) + SETTINGS) for node in NODES}
        return ({node: place_of(program) for node, (program, _) in started.items()},
                {node: str(cls.folder / node / "ctl.sock") for node in NODES},
                {node: file for node, (_, file) in started.items()})

    def test_every_request_has_a_conversation(self):
        self.assertEqual(requests(), {each for types in spoken.values() for each in types})
        self.assertLessEqual(set(self.missing), set(spoken))


class OnOneServer(Talk, Accounts, Rooms, Order, Conversation, unittest.TestCase):
    """What the others are held to."""

    is_one = True

    @classmethod
    def start(cls):
        program, file = serve(cls, "one", SETTINGS)
        place = place_of(program)
        return tuple(dict.fromkeys(NODES, each) for each in (place, str(cls.folder / "one" / "ctl.sock"), file))


if __name__ == "__main__":
    if not shutil.which("etcd"):
        print("skipped: etcd is not here")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
