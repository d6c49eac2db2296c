"""What conversations with nodes, or with one server, are held with: who speaks, and what they hear."""
import functools
import json
import pathlib
import socket
import tempfile

from check_cluster import NODES, PATIENCE

PASSWORD = "correct horse battery"
HOUR = 3600 * 1000  # ms

spoken = {}  # requests that a conversation is about, by its name


def about(*types):
    """A conversation in which these requests have to be made."""
    def mark(conversation):
        spoken[conversation.__name__] = types

        @functools.wraps(conversation)
        def held(self):
            if conversation.__name__ in self.missing:
                self.skipTest(self.missing[conversation.__name__])
            conversation(self)
            self.assertLessEqual(set(types), self.asked)

        return held

    return mark


class Client:
    """One connection to a node. `heard`: what came that answers nothing which was asked."""

    def __init__(self, asked, place, family=socket.AF_INET):
        self.asked = asked
        self.socket = socket.socket(family)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(place)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.heard = []
        self.number = 0
        self.is_closed = False
        self.name = None

    def send(self, kind, **fields):
        self.number += 1
        self.asked.add(kind)
        line = {"type": kind, "ref": str(self.number), **{name.rstrip("_"): value for name, value in fields.items()}}
        self.socket.sendall(json.dumps(line).encode() + b"\n")
        return str(self.number)

    def next(self):
        """None at the end."""
        line = self.lines.readline()
        if not line:
            self.is_closed = True
            return None
        return json.loads(line)

    def answer(self, ref):
        """What answers that request, an error or not; None if the connection ends before."""
        while (event := self.next()) is not None:
            if event.get("ref") == ref:
                del event["ref"]
                return event
            self.heard.append(event)
        return None

    def reply(self, kind, **fields):
        return self.answer(self.send(kind, **fields))

    def ask(self, kind, **fields):
        event = self.reply(kind, **fields)
        if event is None or event["type"] == "error":
            raise AssertionError(f"{self.name} asked for {kind} {fields}: {event or self.heard}")
        return event

    def refused(self, code, kind, **fields):
        event = self.reply(kind, **fields)
        if event is None or (event["type"], event.get("code")) != ("error", code):
            raise AssertionError(f"{self.name} asked for {kind} {fields}, and is not told {code}: {event or self.heard}")
        return event

    def wait_for(self, kind, **fields):
        """What came before it is kept as heard."""
        while (event := self.next()) is not None:
            if event["type"] == kind and fields.items() <= event.items():
                return event
            if event["type"] == "error":
                break
            self.heard.append(event)
        raise AssertionError(f"{self.name} hears no {kind} {fields}, but {self.heard} and {event}")

    def take(self):
        heard, self.heard = self.heard, []
        return heard

    def close(self):
        self.lines.close()
        self.socket.close()


def catch_up(clients):
    """All hear what their nodes have told them, or the end."""
    asked = {}
    for client in clients:
        try:
            if not client.is_closed:
                asked[client] = client.send("ping")
        except OSError:
            asked[client] = "none"
    for client, ref in asked.items():
        try:
            client.answer(ref)
        except ConnectionError:
            client.is_closed = True


def put(kind, **fields):
    """An event that is expected, with these fields, and others."""
    return {"type": kind, **{name.rstrip("_"): value for name, value in fields.items()}}


def put_left(person, reason):
    return {"name": person.name, "reason": reason}


def fits(expected, value):
    """All that is expected is there; of lists just so many."""
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(name in value and fits(each, value[name]) for name, each in expected.items())
    if isinstance(expected, list):
        return isinstance(value, list) and len(value) == len(expected) and all(map(fits, expected, value))
    return expected == value


def difference(one, other, path=""):
    """The first place where they differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(filter(None, (difference(one[name], other[name], f"{path}/{name}") for name in one)), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next(filter(None, (difference(*pair, f"{path}/{i}") for i, pair in enumerate(zip(one, other)))), "")
    return "" if one == other else f"{path}: {one} and {other}"


class Conversation:
    """`asked`: what has been asked for in this one."""

    is_one = False
    missing = {}
    maxDiff = None
    count = 0
    settled = 0
    asked = set()

    @classmethod
    def setUpClass(cls):
        made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(made.cleanup)
        cls.folder = pathlib.Path(made.name)
        cls.places, cls.sockets, cls.files = cls.start()
        cls.operators = {node: cls.operator(node) for node in NODES}
        cls.watchers = []
        for node in NODES:
            cls.operators["a"].ask("account_add", name=f"watcher-{node}", password=PASSWORD, role="admin")
            watcher = Client(cls.asked, cls.places[node])
            cls.addClassCleanup(watcher.close)
            watcher.name = watcher.ask("hello", version=1, name=f"watcher-{node}", password=PASSWORD)["name"]
            watcher.ask("join", room="settled", replay=0)
            cls.watchers.append(watcher)

    def setUp(self):
        self.people = []
        self.accounts = set()
        Conversation.count += 1
        self.room = f"room-{self.count}"
        self.asked.clear()

    # --- who is there

    @classmethod
    def operator(cls, node):
        """One at the socket of `hubbubd ctl`, who need not say hello."""
        client = Client(cls.asked, cls.sockets[node], socket.AF_UNIX)
        cls.addClassCleanup(client.close)
        client.name = f"the operator of {node}"
        return client

    def connect(self, node):
        client = Client(self.asked, self.places[node])
        self.addCleanup(client.close)
        self.people.append(client)
        client.name = f"somebody at {node}"
        return client

    def come(self, node, **hello):
        client = self.connect(node)
        client.welcome = client.ask("hello", version=1, **hello)
        client.name = client.welcome["name"]
        return client

    def own(self, word):
        """A name for this conversation alone."""
        return f"{word}-{self.count}"

    def guests(self, room=True):
        """One on each node, all in one room, unless it is False."""
        people = [self.come(node, name=self.own(word)) for node, word in zip(NODES, ("anna", "bob", "cleo"))]
        if room:
            for person in people:
                person.ask("join", room=self.room)
        self.forget()
        return people

    def registered(self, node, word):
        person = self.come(node, name=self.own(word))
        person.token = person.ask("register", password=PASSWORD)["token"]
        self.accounts.add(person.name)
        return person

    def owned(self):
        """The same, and the first has an account and is the owner of the room."""
        anna = self.registered("a", "anna")
        anna.ask("join", room=self.room)
        others = [self.come(node, name=self.own(word)) for node, word in zip("bc", ("bob", "cleo"))]
        for person in others:
            person.ask("join", room=self.room)
        self.forget()
        return [anna, *others]

    # --- what they hear

    def settle(self):
        """All hear what has been asked for until now on any node, and what that node has made of it."""
        catch_up(self.people + self.watchers)
        Conversation.settled += 1
        text = f"settled {self.settled}"
        for watcher in self.watchers:
            watcher.send("say", room="settled", text=text)
        for watcher in self.watchers:
            for _ in self.watchers:
                watcher.wait_for("message", text=text)
            watcher.take()
        catch_up(self.people)

    def forget(self):
        self.settle()
        for person in self.people:
            person.take()

    def all_hear(self, people, *expected):
        """These events each, in this order, and no other."""
        self.settle()
        for person in people:
            heard = person.take()
            self.assertTrue(fits(list(expected), heard),
                            f"\n{person.name} hears\n  " + "\n  ".join(map(str, heard)) + "\nand not\n  " + "\n  ".join(map(str, expected)))

    def on_each(self, kind, **fields):
        """What the three operators are answered, which has to be the same."""
        self.settle()
        answers = [self.operators[node].ask(kind, **fields) for node in NODES]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
        return answers[0]

    def agree(self, room=None):
        """Returns what all nodes say of the room, and of who is there: those who watch are not in it."""
        room = room or self.room
        said = []
        self.settle()
        for watcher in self.watchers:
            joined = watcher.ask("join", room=room, since=1)
            mine = lambda names: sorted(set(names) - {watcher.name})
            joined["members"] = mine(joined["members"])
            joined.pop("role", None)
            of_room = watcher.ask("who", room=room)
            of_room["names"] = mine(of_room["names"])
            for each in (joined, of_room):
                # Those of guests are known on their own node alone.
                each["roles"] = sorted(json.dumps(role) for role in each.get("roles", ()) if role["name"] in self.accounts)
            history = watcher.ask("history", room=room, after=1, limit=500)
            watcher.ask("leave", room=room)
            self.settle()
            said.append({"joined": joined, "room": of_room, "history": history, "who": watcher.ask("who"),
                         "rooms": watcher.ask("rooms")})
            watcher.take()
        for node, other in zip(NODES[1:], said[1:]):
            self.assertEqual("", difference(said[0], other), f"on a and on {node}")
        self.forget()
        return said[0]
