"""How rooms are, who runs them, and who is asked in."""
import json
import urllib.error
import urllib.request

from conversation import HOUR, NODES, PASSWORD, PATIENCE, about, put


class Rooms:
    @about("room")
    def test_room(self):
        anna, bob, cleo = self.owned()
        anna.ask("room", room=self.room, set={"moderated": True, "slow_mode": 30000, "topic_for": "moderators"})
        self.all_hear((bob, cleo), put("room", room=self.room, by=anna.name, moderated=True, slow_mode=30000))
        for person in (bob, cleo):
            person.refused("moderated", "say", room=self.room, text="no")
            person.refused("moderated", "topic", room=self.room, text="no")
            person.refused("denied", "room", room=self.room, set={"moderated": False})
        self.assertEqual(anna.name, self.on_each("room", room=self.room)["owner"])
        anna.ask("room", room=self.room, set={"moderated": False, "slow_mode": 0, "key": "open", "secret": True})
        self.forget()
        bob.ask("say", room=self.room, text="yes")
        dora = self.come("c", name=self.own("dora"))
        dora.refused("key_wrong", "join", room=self.room)
        self.assertNotIn(self.room, [each["room"] for each in dora.ask("rooms")["rooms"]])
        dora.ask("join", room=self.room, key="open")
        self.agree()

    @about("room", "say")
    def test_slow_mode_counts_on_all_nodes(self):
        anna, bob, _ = self.owned()
        dora = self.registered("b", "dora")
        also_dora = self.come("c", token=dora.token)
        for person in (dora, also_dora):
            person.ask("join", room=self.room)
        anna.ask("room", room=self.room, set={"slow_mode": HOUR})
        self.settle()
        dora.ask("say", room=self.room, text="once")
        self.settle()
        dora.refused("slow_mode", "say", room=self.room, text="twice")
        also_dora.refused("slow_mode", "say", room=self.room, text="twice")

    @about("role")
    def test_role(self):
        anna, bob, cleo = self.owned()
        dora = self.registered("c", "dora")
        dora.ask("join", room=self.room)
        self.forget()
        anna.ask("role", room=self.room, name=dora.name, role="moderator")
        self.all_hear((bob, cleo, dora), put("role", room=self.room, name=dora.name, account=dora.name, role="moderator",
                                             by=anna.name))
        anna.ask("room", room=self.room, set={"moderated": True})
        self.forget()
        dora.ask("say", room=self.room, text="as a moderator")
        dora.ask("role", room=self.room, name=cleo.name, role="voice")
        self.settle()
        cleo.ask("say", room=self.room, text="with a voice")
        anna.ask("role", room=self.room, name=dora.name, role="none")
        self.settle()
        dora.refused("moderated", "say", room=self.room, text="no more")

    @about("join")
    def test_who_enters_an_empty_room(self):
        people = anna, bob, cleo = [self.come(node, name=self.own(word)) for node, word in zip(NODES, ("anna", "bob", "cleo"))]
        self.assertEqual(["moderator", None, None], [person.ask("join", room=self.room).get("role") for person in people])
        anna.ask("leave", room=self.room)
        self.settle()
        self.assertEqual(None, anna.ask("join", room=self.room).get("role"))
        for person in people:
            person.ask("leave", room=self.room)
        self.settle()
        self.assertEqual("moderator", cleo.ask("join", room=self.room).get("role"))

    @about("role")
    def test_role_of_a_guest_on_another_node(self):
        anna, bob, cleo = self.owned()
        anna.ask("room", room=self.room, set={"moderated": True})
        self.forget()
        anna.ask("role", room=self.room, name=bob.name, role="voice")
        self.all_hear((bob, cleo), put("role", room=self.room, name=bob.name, role="voice", by=anna.name))
        bob.ask("say", room=self.room, text="with a voice")

    @about("role")
    def test_claim(self):
        operator = self.registered("a", "olga")
        self.operators["a"].ask("account_set", name=operator.name, role="admin")
        guest = self.come("b", name=self.own("bob"))
        guest.ask("join", room=self.room)
        dora = self.registered("c", "dora")
        dora.ask("join", room=self.room)
        self.forget()
        operator.ask("join", room=self.room)
        self.forget()
        operator.ask("role", room=self.room, role="owner")
        self.all_hear((guest, dora), put("role", room=self.room, name=operator.name, role="owner"))
        self.assertEqual(operator.name, self.on_each("room", room=self.room)["owner"])

    @about("room", "join")
    def test_rules_hold_on_all_nodes(self):
        anna, bob, cleo = self.owned()
        anna.ask("say", room=self.room, text="before")
        anna.ask("room", room=self.room, set={"limit": 4, "history_for": "since_join"})
        self.settle()
        dora, eva = self.come("b", name=self.own("dora")), self.come("c", name=self.own("eva"))
        self.assertEqual([], dora.ask("join", room=self.room, replay=10)["history"])
        self.assertEqual([], dora.ask("history", room=self.room)["messages"])
        eva.refused("room_full", "join", room=self.room)
        bob.ask("leave", room=self.room)
        self.settle()
        eva.ask("join", room=self.room)
        anna.ask("room", room=self.room, set={"limit": 0, "accounts_only": "speak"})
        self.settle()
        cleo.refused("login_required", "say", room=self.room, text="no")
        anna.ask("room", room=self.room, set={"accounts_only": "enter"})
        self.settle()
        bob.refused("login_required", "join", room=self.room)
        cleo.refused("denied", "room", room=self.room, set={"accounts_only": "no"})

    @about("room", "join")
    def test_as_many_come_in_at_once_as_a_room_takes(self):
        anna, bob, cleo = self.owned()
        anna.ask("room", room=self.room, set={"limit": 4})
        late = [self.come(node, name=self.own(f"dora-{i}-{node}")) for i in range(2) for node in NODES]
        self.settle()
        asked = [(person, person.send("join", room=self.room)) for person in late]
        answers = [person.answer(ref) for person, ref in asked]
        self.assertEqual(["joined"] + ["room_full"] * 5, sorted(each.get("code", each["type"]) for each in answers))
        let_in, = [person.name for person, each in zip(late, answers) if each["type"] == "joined"]
        self.assertEqual(sorted([anna.name, bob.name, cleo.name, let_in]), self.agree()["room"]["names"])

    @about("room")
    def test_retention_of_a_room(self):
        anna, bob, cleo = self.owned()
        anna.ask("room", room=self.room, set={"keep_messages": 100})
        self.settle()
        self.assertEqual(100, self.on_each("room", room=self.room)["keep_messages"])

    @about("close")
    def test_close(self):
        anna, bob, cleo = self.owned()
        anna.ask("say", room=self.room, text="gone")
        bob.refused("denied", "close", room=self.room)
        self.forget()
        anna.ask("close", room=self.room, reason="over")
        self.all_hear((bob, cleo), put("closed", room=self.room, by=anna.name, reason="over"))
        cleo.refused("not_joined", "say", room=self.room, text="?")
        self.assertIsNone(self.on_each("room", room=self.room).get("owner"))

    @about("close", "join")
    def test_a_closed_room_that_is_begun_anew(self):
        anna, bob, cleo = self.owned()
        anna.ask("say", room=self.room, text="gone")
        anna.ask("close", room=self.room)
        self.settle()
        # It is gone from all files in a moment; what begins then is another room.
        while (again := cleo.reply("join", room=self.room))["type"] == "error":
            self.assertEqual("busy", again["code"])
            self.settle()
        self.assertEqual([], self.agree()["history"]["messages"])

    @about("invite", "redeem", "invites", "uninvite")
    def test_invite_by_token(self):
        anna, bob, cleo = self.owned()
        anna.ask("room", room=self.room, set={"invite_only": True})
        dora = self.come("c", name=self.own("dora"))
        dora.refused("invite_required", "join", room=self.room)
        invite = anna.ask("invite", room=self.room, uses=1)
        self.settle()
        self.assertEqual(self.room, dora.ask("redeem", token=invite["token"])["room"])
        dora.ask("join", room=self.room)
        eva = self.come("b", name=self.own("eva"))
        self.settle()
        eva.refused("invite_invalid", "redeem", token=invite["token"])
        other = anna.ask("invite", room=self.room, uses=5)
        self.assertEqual([other["id"]], [each["id"] for each in self.on_each("invites", room=self.room)["invites"] if "name" not in each])
        # The token is a key, too; and it is taken back on another node.
        eva.ask("join", room=self.room, key=other["token"])
        self.settle()
        self.come("c", token=anna.token).ask("uninvite", id=other["id"])
        self.settle()
        self.come("a", name=self.own("fred")).refused("invite_invalid", "redeem", token=other["token"])
        self.agree()

    @about("invite", "redeem")
    def test_an_invitation_holds_at_once(self):
        anna, bob, cleo = self.owned()
        dora = self.come("c", name=self.own("dora"))
        anna.ask("room", room=self.room, set={"invite_only": True})
        for _ in range(5):
            self.settle()
            cleo.ask("redeem", token=anna.ask("invite", room=self.room, uses=1)["token"])
        self.settle()
        invite = anna.ask("invite", room=self.room, uses=1)
        dora.ask("join", room=self.room, key=invite["token"])

    @about("invite", "invites")
    def test_invite_by_name(self):
        anna, bob, cleo = self.owned()
        anna.ask("room", room=self.room, set={"invite_only": True})
        dora, eva = self.registered("c", "dora"), self.come("b", name=self.own("eva"))
        self.forget()
        for person in (dora, eva):
            anna.ask("invite", room=self.room, name=person.name)
        self.assertEqual(2, len(self.on_each("invites", room=self.room)["invites"]))
        dora.ask("join", room=self.room)
        eva.ask("join", room=self.room)
        self.agree()

    @about("invite")
    def test_one_hears_of_an_invitation(self):
        anna, bob, cleo = self.owned()
        dora, eva = self.registered("c", "dora"), self.come("b", name=self.own("eva"))
        self.forget()
        for person in (dora, eva):
            anna.ask("invite", room=self.room, name=person.name)
            self.all_hear((person,), put("invited", room=self.room, name=person.name, by=anna.name))

    @about("invite", "invites", "uninvite", "register")
    def test_invite_to_the_server(self):
        invite = self.operators["a"].ask("invite", uses=2)
        for node in ("b", "c"):
            self.come(node, name=self.own(f"dora-{node}")).ask("register", password=PASSWORD, invite=invite["token"])
        self.assertEqual([], [each for each in self.on_each("invites")["invites"] if each["id"] == invite["id"]])
        other = self.operators["a"].ask("invite")
        self.assertEqual([other["id"]], [each["id"] for each in self.on_each("invites")["invites"]])
        self.operators["b"].ask("uninvite", id=other["id"])
        self.assertEqual([], self.on_each("invites")["invites"])

    @about("webhook", "webhooks", "webhook_revoke")
    def test_webhook(self):
        anna, bob, cleo = self.owned()
        webhook = anna.ask("webhook", room=self.room, name=self.own("builds"))
        self.assertEqual([webhook["id"]], [each["id"] for each in self.on_each("webhooks", room=self.room)["webhooks"]])
        self.forget()
        for node in NODES:
            self.assertEqual(200, self.post(node, webhook["token"], f"broken on {node}"))
            self.all_hear((anna, bob, cleo), put("message", room=self.room, from_=self.own("builds"), text=f"broken on {node}"))
        self.come("c", token=anna.token).ask("webhook_revoke", id=webhook["id"])
        self.assertEqual([], self.on_each("webhooks", room=self.room)["webhooks"])
        for node in NODES:
            self.assertEqual(404, self.post(node, webhook["token"], "no more"))
        self.assertEqual(3, len(self.agree()["history"]["messages"]))

    def post(self, node, token, text):
        host, port = self.places[node]
        request = urllib.request.Request(f"http://{host}:{port}/hooks/{token}", json.dumps({"text": text}).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code
