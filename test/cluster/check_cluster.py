#!/usr/bin/env python3
"""Holds what is written for operators of several machines to what it does:

    check_cluster.py BUILD SOURCES PROGRAMS

config/cluster (certificates, users, the configurations of etcd and of a node, the compose file) and test/cluster/serve, which
`./dev cluster` runs, each with three members of etcd and three nodes, at loopback addresses of this process alone. PROGRAMS is
where etcd may have been unpacked. Exit code 77 (CTest: skipped) where it is missing.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

SKIPPED = 77
PATIENCE = 60  # seconds, for what takes two
NODES = ("a", "b", "c")
IN_SERVICE = "this node is in service"

build, sources, programs = (pathlib.Path(word) for word in sys.argv[1:4])
cluster = sources / "config" / "cluster"
os.environ["PATH"] += f":{programs}/usr/bin"
for name in [each for each in os.environ if each.startswith("ETCD") or each.lower().endswith("_proxy")]:
    del os.environ[name]


def own_address(place):
    """Of the loopback network, for this process alone; `place`: 0 to 2. Tests in C++ have 127.64 to 127.127."""
    pid = os.getpid()
    return f"127.{128 + 32 * place + (pid >> 16 & 31)}.{pid >> 8 & 255}.{pid & 255}"


class Program:
    """A process that ends with this one, and what it says on stderr."""

    def __init__(self, words):
        self.lines = []
        self.more = threading.Condition()
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *map(str, words)], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.more:
                self.lines.append(line)
                self.more.notify_all()
        with self.more:
            self.lines.append(None)  # the end
            self.more.notify_all()

    def wait_for(self, pattern):
        """The first line that has it."""
        found = []

        def look():
            found[:] = [line for line in self.lines if line and re.search(pattern, line)]
            return found or None in self.lines

        with self.more:
            self.more.wait_for(look, PATIENCE)
            if found:
                return found[0]
            raise AssertionError(f"{self.process.args} does not say {pattern!r}:\n" + "".join(filter(None, self.lines[-20:])))

    def end(self, sent=signal.SIGKILL):
        """Returns its exit code, also if it has ended already."""
        self.process.send_signal(sent)
        self.process.wait(PATIENCE)
        self.reader.join()
        self.process.stderr.close()
        return self.process.returncode


class Client:
    """One who speaks the protocol."""

    def __init__(self, host, port, name):
        self.socket = socket.create_connection((host, int(port)), PATIENCE)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.say(type="hello", version=1, name=name)
        self.expect("welcome")
        self.say(type="join", room="lobby")
        self.joined = self.expect("joined")

    def say(self, **request):
        self.socket.sendall(json.dumps(request).encode() + b"\n")

    def expect(self, kind):
        for line in self.lines:
            event = json.loads(line)
            if event["type"] == kind:
                return event
            if event["type"] in ("error", "bye"):
                break
        raise AssertionError(f"there is no {kind}, but {line}")

    def close(self):
        self.lines.close()
        self.socket.close()


def done(*words, **more):
    """What it prints; it has to succeed."""
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=PATIENCE, check=False, **more)
    if ran.returncode != 0:
        raise AssertionError(f"{words} ended with {ran.returncode}: {ran.stdout}{ran.stderr}")
    return ran.stdout + ran.stderr


def refusal(*words, **more):
    """What it complains of; it must not succeed."""
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=PATIENCE, check=False, **more)
    if ran.returncode == 0:
        raise AssertionError(f"{words} did it: {ran.stdout}")
    return ran.stdout + ran.stderr


class Case(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = pathlib.Path(made.name)
        self.hosts = dict(zip(NODES, map(own_address, range(3))))

    def start(self, *words):
        program = Program(words)
        self.addCleanup(program.end)
        return program

    def serve_node(self, node, config):
        """Its configuration as a file, but for its places; returns host and port when it is in service."""
        file = self.folder / f"node-{node}.toml"
        file.write_text(config, encoding="utf-8")
        program = self.start(build / "server" / "hubbubd", "--config", file, "--listen", f"tcp://{self.hosts[node]}:0",
                             "--state-dir", self.folder / f"state-{node}")
        return program, re.search(r"listening on tcp://(.*):(\d+)", program.wait_for("listening on tcp:")).groups()

    def client(self, at, name):
        client = Client(*at, name)
        self.addCleanup(client.close)
        return client

    def chat(self, places):
        """Everybody hears everybody, in one order."""
        clients = [self.client(at, f"anna-{i}") for i, at in enumerate(places)]
        for i, client in enumerate(clients):
            client.say(type="say", room="lobby", text=f"from {i}")
            seqs = set()
            for each in clients:
                message = each.expect("message")
                self.assertEqual(f"from {i}", message["text"])
                seqs.add(message["seq"])
            self.assertEqual(1, len(seqs))


class Installed(Case):
    """config/cluster, as the README has it: three machines, of which each is an address here."""

    def start_members(self):
        self.certificates = self.folder / "certificates"
        done(cluster / "make_certificates", self.certificates, *self.hosts.values())
        # What systemd would start.
        unit = (cluster / "etcd.service.d" / "hubbub.conf").read_text(encoding="utf-8")
        program, option = re.findall(r"^ExecStart=(.+)$", unit, re.M)[-1].split()
        self.assertEqual("/usr/bin/etcd", program)
        self.assertTrue(option.startswith("--config-file=/etc/etcd/hubbub/"))
        members = []
        for name, host in self.hosts.items():
            home = self.folder / f"member-{name}"
            home.mkdir()
            for of_member in ("crt", "key"):
                shutil.copy(self.certificates / f"{host}.{of_member}", home / f"member.{of_member}")
            shutil.copy(self.certificates / "ca.crt", home)
            (home / "etcd.yml").write_text(self.etcd_config(name, host, home), encoding="utf-8")
            members.append(self.start("etcd", option.replace("/etc/etcd/hubbub", str(home))))
        self.url = f"https://{self.hosts['a']}:2379"
        # Users are kept by a majority; and each has to be there before it is asked.
        done("etcdctl", "--cacert", self.certificates / "ca.crt", "--endpoints", self.endpoints(), "--command-timeout=60s",
             "--dial-timeout=60s", "endpoint", "health", env={**os.environ, "ETCDCTL_API": "3"})
        return members

    def endpoints(self):
        return ",".join(f"https://{host}:2379" for host in self.hosts.values())

    def etcd_config(self, name, host, home):
        text = (cluster / "etcd.yml").read_text(encoding="utf-8")
        text = text.replace("\nname: a\n", f"\nname: {name}\n")
        text = re.sub(r"^(.*advertise.*)a\.example", rf"\g<1>{host}", text, flags=re.M)
        for each, at in self.hosts.items():
            text = text.replace(f"{each}.example", at)
        return (text.replace("/etc/etcd/hubbub", str(home)).replace("/var/lib/etcd/hubbub", str(home / "data"))
                .replace("0.0.0.0", host))

    def node_config(self, name):
        text = (cluster / "hubbubd.toml").read_text(encoding="utf-8")
        own, *others = [name, *(each for each in NODES if each != name)]
        text = text.replace('node = "a"', f'node = "{name}"').replace("127.0.0.1", self.hosts[own])
        for each, other in zip(("b", "c"), others):
            text = text.replace(f"{each}.example", self.hosts[other])
        return (text.replace("/etc/hubbub/etcd/hubbub.password", str(self.folder / "users" / "hubbub.password"))
                .replace("/etc/hubbub/etcd/ca.crt", str(self.certificates / "ca.crt")))

    def ctl(self, *words, user=None):
        """etcdctl's words, with its environment as the README sets it."""
        given = {**os.environ, "ETCDCTL_API": "3", "ETCDCTL_CACERT": str(self.certificates / "ca.crt"), "ETCDCTL_ENDPOINTS": self.url}
        if user:
            password = (self.folder / "users" / f"{user}.password").read_text(encoding="utf-8").strip()
            given["ETCDCTL_USER"] = f"{user}:{password}"
        return ["etcdctl", *words], {"env": given}

    def test_a_cluster_with_certificates_and_users(self):
        self.start_members()
        done(cluster / "make_users", self.certificates / "ca.crt", self.url, self.folder / "users")
        nodes = [self.serve_node(name, self.node_config(name)) for name in NODES]
        self.chat([at for _, at in nodes])
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open("http://{}:{}/metrics".format(*nodes[0][1]), timeout=PATIENCE) as answer:
            numbers = answer.read().decode()
        self.assertIn("\nhubbub_cluster_nodes 3\n", numbers)
        for name in ("position", "lag", "append_seconds_count"):
            self.assertRegex(numbers, rf"(?m)^hubbub_cluster_{name} \d+$")

        # Who has no password reads nothing, and the nodes' user nothing but what is theirs.
        words, more = self.ctl("get", "hubbub/chat/log")
        self.assertIn("user name is empty", refusal(*words, **more))
        words, more = self.ctl("get", "hubbub/chat/log", "--keys-only", user="hubbub")
        self.assertEqual("hubbub/chat/log", done(*words, **more).strip())
        for beyond in (["put", "elsewhere", "x"], ["get", "--prefix", "hubbub"], ["user", "list"]):
            words, more = self.ctl(*beyond, user="hubbub")
            self.assertIn("permission denied", refusal(*words, **more))
        # They trim the log, and look how large etcd is.
        words, more = self.ctl("endpoint", "status", "-w", "json", user="hubbub")
        revision = json.loads(done(*words, **more))[0]["Status"]["header"]["revision"]
        words, more = self.ctl("compact", str(revision), user="hubbub")
        self.assertIn("compacted", done(*words, **more))
        # What an operator does with an etcd that is full.
        for remedy in (["defrag"], ["alarm", "disarm"], ["alarm", "list"]):
            words, more = self.ctl(*remedy, user="root")
            done(*words, **more)
        # All give back their places.
        self.assertEqual([0, 0, 0], [program.end(signal.SIGTERM) for program, _ in nodes])

    def test_certificates(self):
        self.start_members()
        host = self.hosts["a"]
        # Members take none who shows no certificate of theirs.
        with socket.create_connection((host, 2380), PATIENCE) as plain:
            context = ssl.create_default_context(cafile=self.certificates / "ca.crt")
            with self.assertRaises(ssl.SSLError), context.wrap_socket(plain, server_hostname=host) as secured:
                secured.sendall(b"GET /members HTTP/1.1\r\nHost: x\r\n\r\n")
                secured.recv(1)
        # One that is made anew is shown without a restart, and the authority stays.
        authority = (self.certificates / "ca.crt").read_bytes()
        before = ssl.get_server_certificate((host, 2379), ca_certs=self.certificates / "ca.crt")
        done(cluster / "make_certificates", self.certificates, host)
        for of_member in ("crt", "key"):
            shutil.copy(self.certificates / f"{host}.{of_member}", self.folder / "member-a" / f"member.{of_member}")
        self.assertNotEqual(before, ssl.get_server_certificate((host, 2379), ca_certs=self.certificates / "ca.crt"))
        self.assertEqual(authority, (self.certificates / "ca.crt").read_bytes())
        self.assertEqual({0o600}, {file.stat().st_mode & 0o777 for file in self.certificates.glob("*.key")})
        # A machine may have a name.
        done(cluster / "make_certificates", self.certificates, "a.example")
        self.assertIn("DNS:a.example", done("openssl", "x509", "-in", self.certificates / "a.example.crt", "-noout", "-ext", "subjectAltName"))


class Journals(Case):
    """How a node comes to its journal, as the README has it, with one member of etcd."""

    def setUp(self):
        super().setUp()
        self.people = 0
        host = self.hosts["a"]
        self.start("etcd", "--name=a", f"--data-dir={self.folder / 'etcd'}", f"--listen-client-urls=http://{host}:2379",
                   f"--advertise-client-urls=http://{host}:2379", f"--listen-peer-urls=http://{host}:2380",
                   f"--initial-advertise-peer-urls=http://{host}:2380", f"--initial-cluster=a=http://{host}:2380",
                   "--logger=zap", "--log-level=warn")

    def node_config(self, name):
        return f'[cluster]\nname = "chat"\nnode = "{name}"\nengine = ["http://{self.hosts["a"]}:2379"]\n'

    def node(self, name):
        return self.serve_node(name, self.node_config(name))

    def copy(self, source, target):
        """Of the journal of a node, which may run, for another one."""
        state = self.folder / f"state-{target}"
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        done(build / "server" / "hubbubd", "--state-dir", self.folder / f"state-{source}", "backup", state / "journal.sqlite3")

    def somebody(self, at):
        """One whose name is nobody's yet; who is let in has all that was said before."""
        self.people += 1
        return self.client(at, f"anna-{self.people}")

    def say(self, at, *texts):
        client = self.somebody(at)
        for text in texts:
            client.say(type="say", room="lobby", text=text)
            client.expect("message")

    def history(self, at):
        client = self.somebody(at)
        return client.joined["epoch"], [(message["seq"], message["text"]) for message in client.joined["history"]]

    def read_up_to(self, name):
        said = done(build / "server" / "hubbubd", "--state-dir", self.folder / f"state-{name}", "verify")
        return re.search(r"good, (read up to position \d+ of its cluster's log, begun .*)\n", said).group(1)

    def test_from_one_server_to_two_nodes(self):
        alone, at = self.serve_node("a", "")
        self.say(at, "before there was a cluster")
        epoch, before = self.history(at)
        self.assertEqual(0, alone.end(signal.SIGTERM))

        _, at_a = self.node("a")
        self.say(at_a, "on the first node")
        self.copy("a", "b")
        _, at_b = self.node("b")
        self.say(at_b, "on the second node")
        for at in (at_a, at_b):
            is_epoch, history = self.history(at)
            self.assertEqual(epoch, is_epoch)
            self.assertEqual(before, history[:1])
            self.assertEqual(["on the first node", "on the second node"], [text for _, text in history[1:]])

    def test_a_log_that_is_begun_anew(self):
        nodes = {name: self.node(name) for name in ("a", "b")}
        self.say(nodes["b"][1], "one", "two")
        epoch, before = self.history(nodes["a"][1])
        # Both have all of it when the first has given back its place.
        for program, _ in nodes.values():
            self.assertEqual(0, program.end(signal.SIGTERM))
        shutil.copytree(self.folder / "state-b", self.folder / "state-of-before")

        # The log is still there, and is thrown away all the same.
        config = self.folder / "node-a.toml"
        beginner = self.start(build / "server" / "hubbubd", "--config", config, "--listen", f"tcp://{self.hosts['a']}:0",
                              "--state-dir", self.folder / "state-a", "--cluster-begin")
        beginner.wait_for(IN_SERVICE)
        self.assertEqual(0, beginner.end(signal.SIGINT))
        _, at_a = self.node("a")
        # Whoever has read the former log cannot go on with this one.
        stale = self.start(build / "server" / "hubbubd", "--config", self.folder / "node-b.toml", "--listen",
                           f"tcp://{self.hosts['b']}:0", "--state-dir", self.folder / "state-b")
        stale.wait_for("this node cannot go on .*the log ends before what this node has read of it.*copy its journal to the others")
        self.assertEqual(1, stale.process.wait(PATIENCE))
        self.copy("a", "b")
        _, at_b = self.node("b")
        self.say(at_b, "three")
        self.assertEqual(self.history(at_a), self.history(at_b))
        is_epoch, history = self.history(at_b)
        self.assertEqual(epoch, is_epoch)
        self.assertEqual(before, history[:2])
        self.assertGreater(history[2][0], before[1][0])

    def test_verify_tells_who_has_read_furthest(self):
        nodes = {name: self.node(name) for name in ("a", "b")}
        self.assertEqual(0, nodes["b"][0].end(signal.SIGTERM))
        self.say(nodes["a"][1], "b does not hear this")
        self.assertEqual(0, nodes["a"][0].end(signal.SIGTERM))
        places = [re.fullmatch(r"read up to position (\d+) of its cluster's log, begun (.*)", self.read_up_to(name)).groups()
                  for name in ("a", "b")]
        self.assertGreater(int(places[0][0]), int(places[1][0]))
        self.assertEqual(places[0][1], places[1][1])


class Compose(Case):
    """compose.yaml: its containers are processes here, and their names addresses."""

    def test_members_and_nodes(self):
        import yaml

        read = yaml.safe_load((cluster / "compose.yaml").read_text(encoding="utf-8"))
        services = read["services"]
        self.assertEqual({f"{kind}-{name}" for kind in ("etcd", "node") for name in NODES}, set(services))
        volumes = set()
        for service in services.values():
            volumes |= {volume.split(":")[0] for volume in service["volumes"]}
            self.assertIn("etcd-server", service["build"]["dockerfile_inline"])
        self.assertEqual(volumes, set(read["volumes"]))
        for name in NODES:
            words = services[f"etcd-{name}"]["command"]
            self.start(*(self.placed(word, name).replace("/var/lib/etcd", str(self.folder / f"etcd-{name}")) for word in words))
        places = []
        for name in NODES:
            service = services[f"node-{name}"]
            given, = service["configs"]
            self.assertEqual(["hubbubd", "--config", given["target"]], service["command"])
            places.append(self.serve_node(name, self.placed(read["configs"][given["source"]]["content"], name))[1])
        self.assertEqual(["127.0.0.1:7717:7717", "127.0.0.1:7718:7717", "127.0.0.1:7719:7717"],
                         [port for name in NODES for port in services[f"node-{name}"]["ports"]])
        self.chat(places)

    def placed(self, text, name):
        text = text.replace("0.0.0.0", self.hosts[name])
        for each, host in self.hosts.items():
            text = text.replace(f"etcd-{each}", host)
        return text


class Dev(Case):
    """test/cluster/serve, which `./dev cluster` runs."""

    PORTS = (7717, 7718, 7719)

    def serve(self, *more):
        running = self.start(sources / "test" / "cluster" / "serve", "--host", self.hosts["a"], *more, build, self.folder / "cluster")
        running.wait_for("Ctrl-C stops all of them")
        return running, [int(file.read_text()) for file in (self.folder / "cluster").glob("*.pid")]

    def places(self):
        return [(self.hosts["a"], port) for port in self.PORTS]

    def wait_until_gone(self, pids):
        """They are no children of this process, so they are looked for; one whose end nobody asks for is gone, too."""
        def is_there(pid):
            try:
                return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
            except OSError:
                return False

        limit = time.monotonic() + PATIENCE
        while any(map(is_there, pids)):
            self.assertLess(time.monotonic(), limit, "not all have ended")
            time.sleep(0.05)

    def test_all_end_with_it_and_what_was_said_is_kept(self):
        running, pids = self.serve()
        self.assertEqual(6, len(pids))
        self.chat(self.places())
        self.assertEqual(143, running.end(signal.SIGTERM))
        self.wait_until_gone(pids)
        self.assertEqual([], list((self.folder / "cluster").glob("*.pid")))

        running, pids = self.serve()
        said = [message["text"] for message in self.client(self.places()[2], "reader").joined["history"]]
        self.assertEqual(["from 0", "from 1", "from 2"], said)
        # Whoever kills it has nothing to clean up.
        running.end(signal.SIGKILL)
        self.wait_until_gone(pids)

        running, pids = self.serve("--fresh")
        self.assertEqual([], self.client(self.places()[0], "reader").joined["history"])
        running.end(signal.SIGINT)
        self.wait_until_gone(pids)


if __name__ == "__main__":
    if not shutil.which("etcd") or not shutil.which("etcdctl"):
        print("skipped: etcd and etcdctl are not here")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
