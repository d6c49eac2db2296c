"""Who one is, and what those who run the server do about accounts."""
from conversation import HOUR, NODES, PASSWORD, about, put


class Accounts:
    @about("register")
    def test_register(self):
        anna, bob, cleo = self.guests()
        self.assertEqual(anna.name, anna.ask("register", password=PASSWORD)["name"])
        said = anna.ask("say", room=self.room, text="mine")
        self.assertEqual(anna.name, said["account"])
        self.all_hear((bob, cleo), said)
        anna.ask("quit")
        self.forget()
        for node in NODES:
            self.connect(node).refused("name_taken", "hello", version=1, name=anna.name)
            self.assertEqual(anna.name, self.on_each("account", name=anna.name)["name"])
        bob.refused("name_taken", "rename", name=anna.name)
        # Two who want one name: the first has it.
        self.agree()

    @about("login", "hello")
    def test_log_in_on_another_node(self):
        anna, bob, cleo = self.owned()
        # By password and token, at once.
        also_anna = self.come("b", account=anna.name, password=PASSWORD)
        self.assertEqual((anna.name, True), (also_anna.name, also_anna.welcome["account"]))
        self.assertIn(self.room, [each["room"] for each in also_anna.welcome["rooms"]])
        self.assertEqual("owner", also_anna.ask("join", room=self.room)["role"])
        # One person: nobody comes.
        self.all_hear((anna, bob, cleo))
        said = also_anna.ask("say", room=self.room, text="from b")
        self.all_hear((anna, bob, cleo), said)
        guest = self.come("c", name=self.own("dora"))
        guest.ask("join", room=self.room)
        self.forget()
        logged_in = guest.ask("login", token=anna.token)
        self.assertEqual((anna.name, anna.name), (logged_in["account"], logged_in["name"]))
        self.all_hear((anna, bob, cleo), put("presence", room=self.room, count=3,
                                             left=[{"name": self.own("dora"), "reason": f"logged in as {anna.name}"}]))
        self.forget()
        # It goes with the last.
        anna.ask("quit")
        also_anna.ask("quit")
        self.all_hear((bob, cleo))
        guest.ask("quit", text="good night")
        self.all_hear((bob, cleo), put("presence", count=2, left=[{"name": anna.name, "reason": "good night"}]))
        self.connect("b").refused("login_failed", "hello", version=1, account=anna.name, password="something else")
        self.agree()

    @about("rename", "edit", "tell", "typing")
    def test_an_account_is_one_person(self):
        anna, bob, cleo = self.owned()
        also_anna = self.come("c", token=anna.token)
        also_anna.ask("join", room=self.room)
        self.forget()
        new = self.own("anne")
        also_anna.ask("rename", name=new)
        self.all_hear((anna, bob, cleo), put("renamed", old=anna.name, new=new))
        said = anna.ask("say", room=self.room, text="by another name")
        self.assertEqual((new, anna.name), (said["from"], said["account"]))
        self.all_hear((bob, cleo, also_anna), said)
        # What she tells others, all of her devices hear.
        dora = self.registered("b", "dora")
        self.settle()
        told = anna.ask("tell", to=dora.name, text="psst")
        self.all_hear((dora, also_anna), told)
        answer = dora.ask("tell", to=new, text="what?")
        self.all_hear((anna, also_anna), answer)
        # The last thing that she has said is hers to change, on any node.
        edited = also_anna.ask("edit", room=self.room, text="by the same name")
        self.assertEqual(said["seq"], edited["seq"])
        self.all_hear((anna, bob, cleo), edited)
        also_anna.send("typing", room=self.room, state="active")
        self.all_hear((bob, cleo), put("typing", room=self.room, from_=new, account=anna.name))
        also_anna.ask("leave", room=self.room)
        self.all_hear((anna, bob, cleo))
        self.agree()

    @about("hello", "account_add")
    def test_a_name_that_becomes_an_accounts(self):
        anna, bob, cleo = self.guests()
        self.operators["a"].ask("account_add", name=cleo.name, password=PASSWORD)
        self.all_hear((cleo,), put("name_claimed", name=cleo.name))
        self.all_hear((anna, bob))
        # Its owner comes on another node.
        owner = self.connect("b")
        self.assertEqual(cleo.name, owner.ask("hello", version=1, account=cleo.name, password=PASSWORD)["name"])
        self.settle()
        renamed, = cleo.take()
        self.assertEqual(("renamed", cleo.name), (renamed["type"], renamed["old"]))
        self.all_hear((anna, bob), put("renamed", old=cleo.name, new=renamed["new"]))
        self.assertEqual(sorted([anna.name, bob.name, renamed["new"]]), self.agree()["room"]["names"])

    @about("register")
    def test_one_account_of_a_name(self):
        people = [self.come(node, name=self.own(f"dora-{node}")) for node in NODES]
        self.operators["a"].ask("account_add", name=self.own("eva"), password=PASSWORD)
        self.settle()
        self.operators["b"].refused("account_exists", "account_add", name=self.own("EVA"), password=PASSWORD)
        invite = self.operators["c"].ask("invite", uses=3)
        self.settle()
        asked = {person: person.send("register", password=PASSWORD, invite=invite["token"]) for person in people}
        for person, ref in asked.items():
            self.assertEqual("registered", person.answer(ref)["type"])
        self.settle()
        for name in [person.name for person in people]:
            self.assertEqual(name, self.operators["c"].ask("account", name=name)["name"])

    @about("logout")
    def test_logout(self):
        anna, bob, cleo = self.owned()
        also_anna = self.come("c", token=anna.token)
        self.assertNotEqual(anna.name, (name := anna.ask("logout")["name"]))
        # The device is no more: all that came by it are closed.
        self.all_hear((also_anna,), put("bye", code="logged_out"))
        self.assertTrue(also_anna.is_closed)
        for node in NODES:
            self.connect(node).refused("login_failed", "hello", version=1, token=anna.token)
        self.settle()
        said = anna.ask("say", room=self.room, text="a guest")
        self.assertEqual((name, None), (said["from"], said.get("account")))
        self.all_hear((bob, cleo), put("presence"), said)
        self.assertEqual(sorted([name, bob.name, cleo.name]), self.agree()["room"]["names"])

    @about("password")
    def test_password(self):
        anna = self.registered("a", "anna")
        also_anna = self.come("b", account=anna.name, password=PASSWORD, device="phone")
        third = self.come("c", token=also_anna.welcome["token"])
        for person in (also_anna, third):
            person.ask("join", room=self.room)
        self.forget()
        anna.refused("login_failed", "password", old="something else", new="a new password")
        anna.ask("password", old=PASSWORD, new="a new password")
        self.settle()
        for node in NODES:
            self.connect(node).refused("login_failed", "hello", version=1, account=anna.name, password=PASSWORD)
            self.come(node, account=anna.name, password="a new password").ask("quit")
            self.settle()
        # Devices stay logged in, wherever they are.
        self.all_hear((also_anna, third))
        for person in (also_anna, third):
            self.assertEqual(anna.name, person.ask("say", room=self.room, text="still here")["account"])

    @about("devices", "revoke")
    def test_devices_and_revoke(self):
        anna = self.registered("a", "anna")
        phone = self.come("b", account=anna.name, password=PASSWORD, device="phone")
        tablet = self.come("c", account=anna.name, password=PASSWORD, device="tablet")
        devices = tablet.ask("devices")["devices"]
        self.assertEqual(["phone", "tablet"], sorted(each["label"] for each in devices if each["label"] in ("phone", "tablet")))
        self.assertEqual(["tablet"], [each["label"] for each in devices if each.get("here")])
        self.assertEqual(sorted(each["id"] for each in devices), sorted(each["id"] for each in anna.ask("devices")["devices"]))
        self.forget()
        anna.ask("revoke", id=next(each["id"] for each in devices if each["label"] == "phone"))
        self.all_hear((phone,), put("bye", code="logged_out"))
        self.connect("c").refused("login_failed", "hello", version=1, token=phone.welcome["token"])
        anna.ask("revoke", others=True)
        self.all_hear((tablet,), put("bye", code="logged_out"))
        for node in NODES:
            self.connect(node).refused("login_failed", "hello", version=1, token=tablet.welcome["token"])
        self.assertEqual(1, len(anna.ask("devices")["devices"]))

    @about("export")
    def test_export(self):
        anna = self.registered("a", "anna")
        anna.ask("join", room=self.room)
        said = anna.ask("say", room=self.room, text="mine")
        bob = self.registered("b", "bob")
        told = bob.ask("tell", to=anna.name, text="for you")
        self.settle()
        for node in NODES:
            also_anna = self.come(node, token=anna.token)
            page = also_anna.ask("export")
            self.assertEqual((anna.name, [self.room]), (page["account"]["name"], [each["room"] for each in page["rooms"]]))
            seqs = [each["seq"] for each in page["messages"]]
            while "next" in page:
                page = also_anna.ask("export", next=page["next"])
                seqs += [each["seq"] for each in page["messages"]]
            self.assertEqual([told["seq"], said["seq"]], seqs)

    @about("erase")
    def test_erase(self):
        anna, bob, cleo = self.owned()
        said = anna.ask("say", room=self.room, text="stays")
        also_anna = self.come("c", token=anna.token)
        self.forget()
        self.assertEqual("bye", anna.ask("erase", password=PASSWORD)["type"])
        self.all_hear((also_anna,), put("bye", code="logged_out"))
        self.all_hear((bob, cleo), put("role", room=self.room, name=anna.name, role="none"),
                      put("presence", count=2, left=[{"name": anna.name, "reason": "logged_out"}]))
        for node in NODES:
            self.connect(node).refused("login_failed", "hello", version=1, account=anna.name, password=PASSWORD)
            self.connect(node).refused("name_taken", "hello", version=1, name=anna.name)
            self.operators[node].refused("no_such_account", "account", name=anna.name)
        message, = self.agree()["history"]["messages"]
        self.assertEqual((said["seq"], "stays", None), (message["seq"], message["text"], message.get("account")))

    @about("suspend", "resume")
    def test_suspend_and_resume(self):
        anna, bob, cleo = self.owned()
        also_anna = self.come("b", token=anna.token)
        self.forget()
        self.operators["c"].ask("suspend", account=anna.name, for_=HOUR, reason="spam")
        self.all_hear((anna, also_anna), put("bye", code="suspended"))
        self.all_hear((bob, cleo), put("presence", count=2, left=[{"name": anna.name}]))
        self.assertTrue(self.on_each("account", name=anna.name)["suspended"])
        for node in NODES:
            self.connect(node).refused("suspended", "hello", version=1, token=anna.token)
        self.operators["b"].ask("resume", account=anna.name)
        self.settle()
        for node in NODES:
            self.come(node, account=anna.name, password=PASSWORD)
        self.agree()

    @about("accounts", "account", "account_add", "account_set", "account_erase", "account_export")
    def test_accounts(self):
        name = self.own("dora")
        self.operators["a"].ask("account_add", name=name, password=PASSWORD)
        dora = {node: self.come(node, account=name, password=PASSWORD) for node in NODES}
        self.assertIn(name, [each["name"] for each in self.operators["b"].ask("accounts")["accounts"]])
        self.assertEqual(name, self.operators["c"].ask("account", name=name)["name"])
        dora["a"].refused("denied", "status")
        self.operators["b"].ask("account_set", name=name, role="admin")
        self.settle()
        for person in dora.values():
            person.ask("status")
        new = self.own("dorothea")
        self.operators["c"].ask("account_set", name=name, rename=new)
        self.settle()
        for person in dora.values():
            person.ask("join", room=self.room)
            self.assertEqual((name, new), (lambda said: (said["from"], said["account"]))(person.ask("say", room=self.room, text="I")))
        self.assertEqual(new, self.on_each("account_export", name=new)["account"]["name"])
        self.operators["a"].ask("account_set", name=new, password="another password")
        self.settle()
        for node in NODES:
            self.connect(node).refused("login_failed", "hello", version=1, account=new, password=PASSWORD)
        again = {node: self.come(node, account=new, password="another password") for node in NODES}
        self.forget()
        self.operators["b"].ask("account_erase", name=new)
        self.all_hear(again.values(), put("bye", code="logged_out"))
        for node in NODES:
            self.operators[node].refused("no_such_account", "account", name=new)

    @about("token_make", "token_revoke")
    def test_tokens(self):
        anna = self.registered("a", "anna")
        self.settle()
        token = self.operators["b"].ask("token_make", account=anna.name, device="bot", scopes="read")
        bots = [self.come(node, token=token["token"]) for node in NODES]
        for bot in bots:
            bot.ask("join", room=self.room)
            bot.refused("denied", "say", room=self.room, text="no")
        self.forget()
        self.operators["c"].ask("token_revoke", account=anna.name, id=token["id"])
        self.all_hear(bots, put("bye", code="logged_out"))
        for node in NODES:
            self.connect(node).refused("login_failed", "hello", version=1, token=token["token"])
