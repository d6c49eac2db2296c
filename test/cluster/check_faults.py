#!/usr/bin/env python3
"""Holds the README's table of what goes wrong in a cluster to what nodes log, and its remedies to what they do:

    check_faults.py BUILD SOURCES PROGRAMS

Each test has three members of etcd and three nodes. Exit code 77 (CTest: skipped) where etcd is missing.
"""
import base64
import json
import re
import shutil
import signal
import socket
import sys
import time
import unittest
import urllib.error
import urllib.request

from check_cluster import IN_SERVICE, NODES, PATIENCE, SKIPPED, Case, build, done, os, sources

README = (sources / "README.md").read_text(encoding="utf-8")


def sentences_of(fault):
    """What the table says that the log says, without what differs from case to case."""
    row, = [line for line in README.splitlines() if line.startswith(f"| {fault} |")]
    cells = row.split(" | ")
    quoted = re.findall(r"`([^`]+)`", cells[1] + cells[3])
    return [part.strip() for each in quoted for part in each.split("…") if " " in part.strip()]


def faults():
    table = README.split("### What goes wrong, and what to do")[1].split("####")[0]
    return [line.split(" | ")[0][2:] for line in table.splitlines() if line.startswith("| ")][1:]


def commands(before):
    """The next block of shell commands behind that line."""
    return re.search(re.escape(before) + r".*?```sh\n(.*?)```", README, re.S).group(1)


class Table(unittest.TestCase):
    # What etcd says, and what nodes quote of it.
    OF_ETCD = ("apply request took too long", "404 page not found", "enable-grpc-gateway: true")

    def test_nodes_have_these_sentences(self):
        words = "".join(file.read_text(encoding="utf-8") for file in sorted((sources / "server").rglob("*.cpp")))
        said = re.sub(r'"\s*\n\s*"', "", words)
        self.assertGreater(len(faults()), 10)
        for fault in faults():
            for sentence in sentences_of(fault):
                sentence = re.sub('^reason="|"$', "", sentence)
                if sentence.startswith(self.OF_ETCD):
                    continue
                # The id of a node is of that node.
                for part in sentence.split(" a; "):
                    self.assertTrue(part.strip(" ()") in said, f"{fault}: {part}")


class Faults(Case):
    quota = 24 << 20  # bytes

    def setUp(self):
        super().setUp()
        self.members = {name: self.member(name) for name in NODES}
        for name in NODES:
            self.wait_for_member(name)
        self.nodes = {name: self.node(name) for name in NODES}

    # --- members

    def peers(self):
        return ",".join(f"{name}=http://{host}:2380" for name, host in self.hosts.items())

    def member(self, name, *more):
        host = self.hosts[name]
        return self.start("etcd", f"--name={name}", f"--data-dir={self.folder / ('etcd-' + name)}",
                          f"--listen-client-urls=http://{host}:2379", f"--advertise-client-urls=http://{host}:2379",
                          f"--listen-peer-urls=http://{host}:2380", f"--initial-advertise-peer-urls=http://{host}:2380",
                          f"--initial-cluster={self.peers()}", f"--quota-backend-bytes={self.quota}", "--logger=zap",
                          "--log-level=warn", *more)

    def post(self, name, path, **body):
        request = urllib.request.Request(f"http://{self.hosts[name]}:2379{path}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def wait_for_member(self, name):
        """Until it works, with the others."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.post(name, "/v3/kv/range", key="YQ==")
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def kill_member(self, name):
        self.members[name].end()

    def as_written(self, text):
        """Commands of the README, for the members here."""
        for name, host in self.hosts.items():
            text = text.replace(f"{name}.example", host)
        return text.replace("https://", "http://")

    def ctl(self, script):
        given = {**os.environ, "ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": f"http://{self.hosts['a']}:2379"}
        return done("sh", "-e", "-c", script, env=given)

    def insist(self, line):
        """etcd takes nobody for five seconds after its members have found each other."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ctl(line)
            except AssertionError as refused:
                if "unhealthy cluster" not in str(refused) or time.monotonic() > end:
                    raise
                time.sleep(0.2)

    # --- nodes

    def engine(self, name):
        first = NODES.index(name)
        return ", ".join(f'"http://{self.hosts[each]}:2379"' for each in NODES[first:] + NODES[:first])

    def node(self, name):
        return self.serve_node(name, f'[cluster]\nname = "chat"\nnode = "{name}"\nengine = [{self.engine(name)}]\n'
                                     'lease = "2s"\npatience = "6s"\n')

    def heard(self, name, sentence):
        return self.nodes[name][0].wait_for(re.escape(sentence))

    def client_at(self, name, who):
        return self.client(self.nodes[name][1], who)

    def say(self, client, text):
        client.say(type="say", room="lobby", text=text)
        return client.expect("message")

    def history(self, name, who):
        return [(message["seq"], message["text"]) for message in self.client_at(name, who).joined["history"]]

    def refusal_of_hello(self, name, who):
        with socket.create_connection(self.nodes[name][1], PATIENCE) as link, link.makefile("r", encoding="utf-8") as lines:
            link.sendall(json.dumps({"type": "hello", "version": 1, "name": who}).encode() + b"\n")
            return json.loads(next(lines))

    def wait_for_readiness(self, name, status):
        host, port = self.nodes[name][1]
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://{host}:{port}/ready", timeout=PATIENCE) as answer:
                    got = answer.status
            except urllib.error.HTTPError as refused:
                got = refused.code
            if got == status:
                return
            self.assertLess(time.monotonic(), end, f"/ready answers {got}")
            time.sleep(0.1)

    # --- what goes wrong

    def test_a_member_is_lost_and_replaced(self):
        named, why, again = sentences_of("a member of etcd is lost")[0], "reason=", sentences_of("a member of etcd is lost")[1]
        anna = self.client_at("c", "anna")
        self.say(anna, "one")
        self.kill_member("c")
        shutil.rmtree(self.folder / "etcd-c")
        self.say(anna, "two")
        self.assertIn(why, self.heard("c", named))
        remedy = self.as_written(commands("A member whose disk is lost"))
        listing = self.ctl("etcdctl member list")
        gone = re.search(r"^(\w+), \w+, c,", listing, re.M).group(1)
        lines = [line.split("#")[0].strip().replace("ID_OF_C", gone) for line in remedy.splitlines()]
        did = [line for line in lines if line.startswith("etcdctl")]
        self.assertEqual(["list", "remove", "add"], [line.split()[2] for line in did])
        for line in did:
            self.insist(line)
        self.members["c"] = self.member("c", "--initial-cluster-state=existing")
        self.heard("c", again)
        self.wait_for_member("c")
        # Now another one may fail.
        self.kill_member("a")
        self.say(anna, "three")
        self.assertEqual(["one", "two", "three"], [text for _, text in self.history("b", "boris")])

    def test_a_majority_is_lost(self):
        sentences = sentences_of("a majority is lost, or this node is cut off")
        clients = {name: self.client_at(name, f"anna-{name}") for name in NODES}
        self.say(clients["a"], "one")
        for name in ("a", "b"):
            self.kill_member(name)
        clients["b"].say(type="say", room="lobby", text="two", id="two")
        for name in NODES:
            self.heard(name, sentences[0])
        # Reading goes on.
        clients["c"].say(type="history", room="lobby")
        self.assertEqual(["one"], [message["text"] for message in clients["c"].expect("history")["messages"]])
        for name in NODES:
            for sentence in sentences[1:3]:
                self.heard(name, sentence)
        self.assertEqual("bye", self.refusal_of_hello("a", "carla")["type"])
        for name in ("a", "b"):
            self.members[name] = self.member(name)
        for name in NODES:
            self.heard(name, sentences[3])
        self.wait_until_all_serve()
        # Whether it had been stored she cannot know, so she says it again.
        back = self.client_at("b", "anna-b")
        back.say(type="say", room="lobby", text="two", id="two")
        back.expect("message")
        self.assertEqual(["one", "two"], [text for _, text in self.history("c", "dora")])

    def wait_until_all_serve(self):
        """Each has said last that it is in service."""
        for name in NODES:
            program = self.nodes[name][0]
            with program.more:
                def serves():
                    told = [line for line in program.lines if line and (IN_SERVICE in line or "this node is not among" in line)]
                    return told and IN_SERVICE in told[-1]
                self.assertTrue(program.more.wait_for(serves, PATIENCE), name)

    def test_etcd_is_full(self):
        before, full = sentences_of("etcd is full")[0], sentences_of("etcd is full")[-1]
        self.assertIn("half of its quota", before)
        anna = self.client_at("a", "anna")
        self.say(anna, "one")
        value = base64.b64encode(bytes(1 << 20)).decode()
        with self.assertRaisesRegex(urllib.error.HTTPError, "Too Many Requests|429"):
            while True:
                self.post("a", "/v3/kv/put", key="anVuaw==", value=value)
        anna.say(type="say", room="lobby", text="two", ref="say")
        refused = json.loads(next(anna.lines))
        self.assertEqual(("error", "storage_failed", "say"), (refused["type"], refused["code"], refused["ref"]))
        self.heard("a", full)
        anna.say(type="history", room="lobby")
        self.assertEqual(["one"], [message["text"] for message in anna.expect("history")["messages"]])
        self.assertEqual("storage_failed", self.refusal_of_hello("b", "boris").get("code"))
        self.wait_for_readiness("a", 503)
        # As it is written, line by line.
        self.ctl(self.as_written(commands("#### An etcd that is full")))
        # Also while nobody says anything.
        self.heard("a", "etcd takes what is said again")
        self.wait_for_readiness("a", 200)
        self.say(anna, "three")
        self.assertEqual(["one", "three"], [text for _, text in self.history("b", "boris")])

    def test_etcd_is_restored_from_an_old_backup(self):
        sentence = sentences_of("etcd has lost something, or was restored")[0]
        anna = self.client_at("a", "anna")
        self.say(anna, "one")
        self.ctl(f"etcdctl snapshot save '{self.folder}/backup'")
        self.say(anna, "two")
        before = self.history("b", "boris")
        for name in NODES:
            self.kill_member(name)
        for name in NODES:
            shutil.rmtree(self.folder / f"etcd-{name}")
            self.ctl(f"etcdctl snapshot restore '{self.folder}/backup' --name={name} --data-dir='{self.folder}/etcd-{name}' "
                     f"--initial-cluster={self.peers()} --initial-advertise-peer-urls=http://{self.hosts[name]}:2380")
            self.members[name] = self.member(name)
        for name in NODES:
            self.assertIn(sentence, self.end_of(self.nodes[name][0]))
        first = max(NODES, key=self.position)
        beginner = self.start_again(first, first, "--cluster-begin")
        beginner.wait_for(IN_SERVICE)
        self.assertEqual(0, beginner.end(signal.SIGINT))
        self.nodes[first] = self.node(first)
        for name in NODES:
            if name == first:
                continue
            self.copy(first, name)
            self.nodes[name] = self.node(name)
        self.say(self.client_at("c", "carla"), "three")
        for name in NODES:
            history = self.history(name, f"dora-{name}")
            self.assertEqual(before, history[:2])
            self.assertEqual(["one", "two", "three"], [text for _, text in history])
            self.assertEqual(sorted(history), history)

    def test_a_node_is_killed_away_too_long_or_there_twice(self):
        gone, = sentences_of("a node was killed")
        anna = self.client_at("a", "anna")
        self.say(anna, "one")
        self.assertEqual(-signal.SIGKILL, self.nodes["c"][0].end())
        for name in ("a", "b"):
            self.heard(name, f"{gone} node=c")
        self.say(anna, "two")
        revision = self.post("a", "/v3/kv/range", key="YQ==")["header"]["revision"]
        self.ctl(f"etcdctl compact {revision}")
        away, = sentences_of("a node was away for longer than `cluster.window`")
        self.assertIn(away, self.end_of(self.start_again("c", "c")))
        self.copy("a", "c")
        self.nodes["c"] = self.node("c")
        self.assertEqual(["one", "two"], [text for _, text in self.history("c", "boris")])
        # Somebody has read that the log can be begun anew.
        there, in_use = sentences_of("`--cluster-begin` while nodes are in service")
        mistaken = self.start_again("b", "new", "--cluster-begin")
        self.assertIn("nodes=", mistaken.wait_for(there))
        self.assertIn(in_use, self.end_of(mistaken))
        self.say(anna, "three")
        # Somebody gives the id of a node to one more.
        twice = sentences_of("two nodes with one id")
        self.copy("a", "b2")
        second = self.start_again("b", "b2")
        second.wait_for(IN_SERVICE)
        self.assertIn(twice[-1].replace("node id a;", "node id b;"), self.end_of(self.nodes["b"][0]))
        self.assertEqual(["one", "two", "three"], [text for _, text in self.history("c", "carla")])

    def start_again(self, name, state, *more):
        return self.start(build / "server" / "hubbubd", "--config", self.folder / f"node-{name}.toml", "--listen",
                          f"tcp://{self.hosts[name]}:0", "--state-dir", self.folder / f"state-{state}", *more)

    def end_of(self, program):
        """Why it cannot go on."""
        why = program.wait_for("this node cannot go on")
        self.assertEqual(1, program.process.wait(PATIENCE))
        return why

    def copy(self, source, target):
        state = self.folder / f"state-{target}"
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        done(build / "server" / "hubbubd", "--state-dir", self.folder / f"state-{source}", "backup", state / "journal.sqlite3")

    def position(self, name):
        said = done(build / "server" / "hubbubd", "--state-dir", self.folder / f"state-{name}", "verify")
        return int(re.search(r"read up to position (\d+) of its cluster's log", said).group(1))


if __name__ == "__main__":
    if not shutil.which("etcd") or not shutil.which("etcdctl"):
        print("skipped: etcd and etcdctl are not here")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
