"""How order is kept in rooms and on the whole server."""
from conversation import HOUR, NODES, about, fits, put, put_left


class Order:
    def kicked(self, whom, by, reason):
        """What those on other nodes are told: of his going alone."""
        told = [put("kicked", room=self.room, name=whom.name, by=by.name, reason=reason)] if self.is_one else []
        return *told, put("presence", room=self.room, left=[{"name": whom.name, "reason": f"kicked by {by.name}: {reason}"}])

    @about("kick")
    def test_kick(self):
        anna, bob, cleo = self.owned()
        bob.refused("denied", "kick", room=self.room, name=anna.name)
        self.forget()
        anna.ask("kick", room=self.room, name=bob.name, reason="noise")
        self.all_hear((bob,), put("kicked", room=self.room, name=bob.name, by=anna.name, reason="noise", you=True))
        self.all_hear((cleo,), *self.kicked(bob, anna, "noise"))
        bob.refused("not_joined", "say", room=self.room, text="?")
        self.assertEqual(sorted([anna.name, cleo.name]), self.agree()["room"]["names"])
        bob.ask("join", room=self.room)

    @about("kick")
    def test_kick_of_an_account_on_two_nodes(self):
        anna, bob, cleo = self.owned()
        dora = self.registered("b", "dora")
        also_dora = self.come("c", token=dora.token)
        for person in (dora, also_dora):
            person.ask("join", room=self.room)
        self.forget()
        anna.ask("kick", room=self.room, name=dora.name, reason="noise")
        self.all_hear((dora, also_dora), put("kicked", room=self.room, name=dora.name, by=anna.name, reason="noise", you=True))
        # Those on the nodes where she was see a kick, and only once that she goes.
        self.all_hear((bob, cleo), put("kicked", room=self.room, name=dora.name, by=anna.name),
                      put("presence", count=3, left=[put_left(dora, f"kicked by {anna.name}: noise")]))
        self.assertNotIn(dora.name, self.agree()["room"]["names"])

    @about("ban", "unban", "bans")
    def test_ban_of_an_account(self):
        anna, bob, cleo = self.owned()
        dora = self.registered("c", "dora")
        dora.ask("join", room=self.room)
        self.forget()
        banned = anna.ask("ban", room=self.room, of=dora.name, for_=HOUR, reason="spam")
        self.assertEqual(f"account:{dora.name}", banned["mask"])
        self.all_hear((dora,), put("banned", id=banned["id"], mask=banned["mask"], matches=[]),
                      put("kicked", room=self.room, you=True, by=anna.name))
        for node in NODES:
            self.come(node, token=dora.token).refused("banned_here", "join", room=self.room)
        entry = self.on_each("bans", room=self.room)["bans"]
        self.assertEqual([banned["id"]], [each["id"] for each in entry])
        self.assertEqual([banned["id"]], [each["id"] for each in self.come("b", token=anna.token).ask("bans", room=self.room)["bans"]])
        # Its owner may end it on another node.
        self.come("b", token=anna.token).ask("unban", id=banned["id"])
        self.assertEqual([], self.on_each("bans", room=self.room)["bans"])
        dora.ask("join", room=self.room)
        self.agree()

    @about("ban")
    def test_whom_a_ban_is_about(self):
        anna, bob, cleo = self.owned()
        dora = self.registered("c", "dora")
        dora.ask("join", room=self.room)
        self.settle()
        for action in ("ban", "mute"):
            trial = anna.ask("ban", room=self.room, of=dora.name, action=action, dry_run=True)
            self.assertEqual((None, [dora.name]), (trial.get("id"), trial["matches"]))
        self.assertEqual([dora.name], anna.ask("ban", room=self.room, of=dora.name)["matches"])

    @about("ban")
    def test_ban_of_a_guest(self):
        anna, bob, cleo = self.owned()
        banned = anna.ask("ban", room=self.room, of=f"name:{cleo.name}")
        self.all_hear((cleo,), put("banned", id=banned["id"], mask=banned["mask"], matches=[]),
                      put("kicked", room=self.room, you=True))
        self.settle()
        cleo.refused("banned_here", "join", room=self.room)
        cleo.ask("quit")
        self.forget()
        for node in NODES:
            again = self.come(node, name=cleo.name)
            again.refused("banned_here", "join", room=self.room)
            again.ask("quit")
            self.forget()
        self.agree()

    @about("ban", "unban")
    def test_mute(self):
        anna, bob, cleo = self.owned()
        muted = anna.ask("ban", room=self.room, of=f"name:{bob.name}", action="mute", reason="noise")
        self.all_hear((bob,), put("banned", action="mute", reason="noise", matches=[bob.name]))
        self.all_hear((cleo,), put("banned", action="mute", reason="noise", matches=[]))
        bob.refused("muted", "say", room=self.room, text="no")
        bob.refused("muted", "topic", room=self.room, text="no")
        cleo.ask("say", room=self.room, text="yes")
        anna.ask("unban", id=muted["id"])
        self.settle()
        bob.ask("say", room=self.room, text="again")
        self.assertEqual(["yes", "again"], [each["text"] for each in self.agree()["history"]["messages"]])

    @about("ban", "unban")
    def test_bans_are_told_and_end_on_all_nodes(self):
        anna, bob, cleo = self.owned()
        dora = self.registered("b", "dora")
        dora.ask("join", room=self.room)
        self.forget()
        muted = anna.ask("ban", room=self.room, of=dora.name, action="mute", for_=400)
        for person in (bob, cleo, dora):
            person.wait_for("banned", id=muted["id"])
        for person in (anna, bob, cleo, dora):
            self.assertNotIn("by", person.wait_for("unbanned", id=muted["id"]))
        dora.ask("say", room=self.room, text="again")
        muted = anna.ask("ban", room=self.room, of=dora.name, action="mute")
        self.forget()
        self.come("c", token=anna.token).ask("unban", id=muted["id"])
        self.all_hear((anna, bob, cleo, dora), put("unbanned", id=muted["id"], room=self.room, by=anna.name))
        self.agree()

    @about("ban")
    def test_ban_of_a_guest_by_name_alone(self):
        anna, bob, cleo = self.owned()
        eva = self.come("a", name=self.own("eva"))
        eva.ask("join", room=self.room)
        self.forget()
        banned = anna.ask("ban", room=self.room, of=cleo.name, action="mute")
        # The host of one on another node is not known.
        self.assertEqual("host:" if self.is_one else "name:", banned["mask"][:5])
        self.settle()
        cleo.refused("muted", "say", room=self.room, text="no")
        self.assertEqual("host:", anna.ask("ban", room=self.room, of=eva.name, action="mute")["mask"][:5])
        eva.refused("muted", "say", room=self.room, text="no")

    @about("ban", "unban")
    def test_except(self):
        anna, bob, cleo = self.owned()
        anna.ask("ban", room=self.room, of=f"name:*o*-{self.count}", action="mute")
        spared = anna.ask("ban", room=self.room, of=f"name:{cleo.name}", action="except")
        self.settle()
        bob.refused("muted", "say", room=self.room, text="no")
        cleo.ask("say", room=self.room, text="yes")
        anna.ask("unban", id=spared["id"])
        self.settle()
        cleo.refused("muted", "say", room=self.room, text="no")

    @about("ban", "unban", "bans")
    def test_ban_on_the_whole_server(self):
        anna, bob, cleo = self.guests()
        banned = self.operators["a"].ask("ban", of=f"name:{cleo.name}", reason="spam")
        self.all_hear((cleo,), put("bye", code="banned"))
        self.all_hear((anna, bob), put("presence", count=2, left=[{"name": cleo.name}]))
        for node in NODES:
            turned_away = self.connect(node)
            event = turned_away.reply("hello", version=1, name=cleo.name)
            self.assertTrue(fits(put("bye", code="banned"), event), f"on {node}: {event}")
            self.settle()
        self.assertEqual([banned["id"]], [each["id"] for each in self.on_each("bans")["bans"]])
        self.operators["b"].ask("unban", id=banned["id"])
        self.assertEqual([], self.on_each("bans")["bans"])
        self.come("c", name=cleo.name)
        self.agree()

    @about("ban", "unban")
    def test_ban_of_an_account_on_the_whole_server(self):
        anna, bob, cleo = self.owned()
        also_anna = self.come("c", token=anna.token)
        also_anna.ask("join", room=self.room)
        self.forget()
        banned = self.operators["b"].ask("ban", of=f"account:{anna.name}", reason="spam")
        self.all_hear((anna, also_anna), put("bye", code="banned"))
        self.all_hear((bob, cleo), put("presence", room=self.room, count=2, left=[{"name": anna.name}]))
        for node in NODES:
            event = self.connect(node).reply("hello", version=1, token=anna.token)
            self.assertTrue(fits(put("bye", code="banned"), event), f"on {node}: {event}")
            self.settle()
        self.operators["c"].ask("unban", id=banned["id"])
        self.settle()
        for node in NODES:
            self.come(node, token=anna.token)

    @about("ban", "unban")
    def test_mute_on_the_whole_server(self):
        anna, bob, cleo = self.guests()
        muted = self.operators["a"].ask("ban", of=f"name:{cleo.name}", action="mute")
        self.settle()
        cleo.refused("muted", "say", room=self.room, text="no")
        cleo.refused("muted", "tell", to=anna.name, text="no")
        self.operators["c"].ask("unban", id=muted["id"])
        self.settle()
        cleo.ask("say", room=self.room, text="yes")

    @about("report", "reports", "resolve")
    def test_reports(self):
        anna, bob, cleo = self.owned()
        seq = bob.ask("say", room=self.room, text="rude")["seq"]
        also_anna = self.come("c", token=anna.token)
        also_anna.ask("join", room=self.room)
        self.forget()
        reported = cleo.ask("report", room=self.room, seq=seq, text="this is rude")
        self.all_hear((bob, cleo))
        self.assertEqual([reported["id"]], [each["id"] for each in self.on_each("reports", room=self.room)["reports"]])
        self.assertEqual([reported["id"]], [each["id"] for each in also_anna.ask("reports", room=self.room)["reports"]])
        self.come("b", token=anna.token).ask("resolve", id=reported["id"], note="talked to him")
        self.assertEqual([], self.on_each("reports", room=self.room)["reports"])

    @about("report")
    def test_moderators_hear_of_a_report(self):
        anna, bob, cleo = self.owned()
        seq = bob.ask("say", room=self.room, text="rude")["seq"]
        also_anna = self.come("b", token=anna.token)
        also_anna.ask("join", room=self.room)
        self.forget()
        reported = cleo.ask("report", room=self.room, seq=seq, text="this is rude")
        self.all_hear((anna, also_anna), put("report", id=reported["id"], room=self.room, seq=seq, by=cleo.name, of=bob.name))

    @about("audit")
    def test_audit(self):
        anna, bob, cleo = self.owned()
        anna.ask("kick", room=self.room, name=bob.name, reason="noise")
        anna.ask("ban", room=self.room, of=cleo.name)
        anna.ask("topic", room=self.room, text="order")
        entries = self.on_each("audit", room=self.room)["entries"]
        self.assertLessEqual({"kick", "ban"}, {each["action"] for each in entries})
        self.assertEqual(sorted((each["id"] for each in entries), reverse=True), [each["id"] for each in entries])
        self.on_each("audit")

    @about("announce")
    def test_announce(self):
        people = self.guests(room=False)
        self.operators["a"].ask("announce", text="we restart at noon")
        self.all_hear(people, put("announcement", text="we restart at noon"))

    @about("lockdown")
    def test_lockdown(self):
        people = anna, bob, cleo = self.guests()
        self.addCleanup(lambda: self.operators["a"].ask("lockdown", level=0))
        self.operators["a"].ask("lockdown", level=2, reason="raid")
        self.all_hear(people, put("lockdown", level=2, reason="raid"))
        for node, person in zip(NODES, people):
            person.refused("login_required", "say", room=self.room, text="no")
            self.connect(node).refused("login_required", "hello", version=1, name=self.own("dora"))
        self.operators["c"].ask("lockdown", level=0)
        self.all_hear(people, put("lockdown", level=0))
        for person in people:
            person.ask("say", room=self.room, text="yes")
        self.agree()

    @about("disconnect")
    def test_disconnect(self):
        anna, bob, cleo = self.guests()
        # The operators of a node have its people; the others' are the others'.
        self.operators["a"].ask("disconnect", name=anna.name, reason="noise")
        self.all_hear((anna,), put("bye", code="kicked"))
        self.all_hear((bob, cleo), put("presence", count=2, left=[{"name": anna.name}]))
        self.assertEqual(sorted([bob.name, cleo.name]), self.agree()["room"]["names"])

    @about("sessions")
    def test_sessions(self):
        people = self.guests()
        for node, person in zip(NODES, people):
            names = [each.get("name") for each in self.operators[node].ask("sessions")["sessions"]]
            self.assertEqual(people if self.is_one else [person], [each for each in people if each.name in names])

    @about("status")
    def test_status(self):
        self.guests()
        self.settle()
        said = [self.operators[node].ask("status") for node in NODES]
        for node, status in zip(NODES, said if not self.is_one else ()):
            self.assertEqual(["a", "b", "c"], sorted(each["node"] for each in status["nodes"]))
            self.assertEqual([node], [each["node"] for each in status["nodes"] if each.get("here")])
        for name in ("rooms", "accounts", "registration", "guests"):
            self.assertEqual(1, len({status[name] for status in said}), name)

    @about("reload", "log")
    def test_reload_and_log(self):
        # Each node has a configuration and a log of its own.
        file = self.files["b"]
        before = file.read_text(encoding="utf-8")
        file.write_text(before.replace('motd = ""', 'motd = "of b"'), encoding="utf-8")
        self.operators["b"].ask("reload")
        self.assertEqual(["of b"] * 3 if self.is_one else [None, "of b", None], [self.come(node).welcome.get("motd") for node in NODES])
        file.write_text(before, encoding="utf-8")
        self.operators["b"].ask("reload")
        self.operators["a"].ask("log", level="debug")
        self.assertEqual(["debug"] * 3 if self.is_one else ["debug", "info", "info"], [self.operators[node].ask("status")["log"] for node in NODES])
        self.operators["a"].ask("log", level="info")
