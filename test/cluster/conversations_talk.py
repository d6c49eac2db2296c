"""What people say to each other, and who is where."""
from conversation import NODES, PASSWORD, about, fits, put, put_left


class Talk:
    @about("hello")
    def test_a_name_is_one_persons(self):
        anna = self.come("a", name=self.own("anna"))
        late = self.connect("b")
        late.refused("name_taken", "hello", version=1, name=self.own("ANNA"))
        late.refused("name_taken", "hello", version=1, name=self.own("аnna"))
        self.assertEqual(self.own("bob"), late.ask("hello", version=1, name=self.own("bob"))["name"])
        guests = [self.come(node).name for node in NODES]
        self.assertEqual(3, len(set(guests)))
        self.settle()
        for watcher in self.watchers:
            names = watcher.ask("who")["names"]
            self.assertLessEqual({anna.name, self.own("bob"), *guests}, set(names))

    @about("rename")
    def test_rename(self):
        anna, bob, cleo = self.guests()
        new = self.own("anna-maria")
        self.assertEqual(new, anna.ask("rename", name=new)["new"])
        self.all_hear((bob, cleo), put("renamed", old=anna.name, new=new))
        self.all_hear((anna,))
        bob.refused("name_taken", "rename", name=new)
        # The former one is free, for all.
        cleo.ask("rename", name=anna.name)
        self.all_hear((anna, bob), put("renamed", old=cleo.name, new=anna.name))
        self.assertEqual(sorted([anna.name, bob.name, new]), self.agree()["room"]["names"])

    @about("join", "leave")
    def test_join_and_leave(self):
        anna, bob, cleo = [self.come(node, name=self.own(word)) for node, word in zip(NODES, ("anna", "bob", "cleo"))]
        first = anna.ask("join", room=self.room)
        self.forget()
        second = bob.ask("join", room=self.room)
        self.assertEqual((first["epoch"], 2, sorted([anna.name, bob.name])),
                         (second["epoch"], second["count"], sorted(second["members"])))
        self.all_hear((anna,), put("presence", room=self.room, count=2, joined=[bob.name]))
        self.all_hear((cleo,))
        cleo.ask("join", room=self.room.upper())
        self.all_hear((anna,), put("presence", room=self.room, count=3, joined=[cleo.name]))
        self.forget()
        self.assertEqual(self.room, bob.ask("leave", room=self.room)["room"])
        self.all_hear((anna, cleo), put("presence", room=self.room, count=2, left=[put_left(bob, "left")]))
        self.all_hear((bob,))
        self.assertEqual(sorted([anna.name, cleo.name]), self.agree()["joined"]["members"])

    @about("join")
    def test_one_hears_of_ones_own_arrival(self):
        for count, (node, word) in enumerate(zip(NODES, ("anna", "bob", "cleo")), 1):
            person = self.come(node, name=self.own(word))
            person.ask("join", room=self.room)
            self.all_hear((person,), put("presence", room=self.room, count=count, joined=[person.name]))

    @about("join", "say")
    def test_coming_back_to_another_node(self):
        anna, bob, cleo = self.guests()
        joined = anna.ask("history", room=self.room)
        self.assertEqual([], joined["messages"])
        seqs = [person.ask("say", room=self.room, text=person.name)["seq"] for person in (anna, bob, cleo)]
        epoch = self.come("a", name=self.own("dora")).ask("join", room=self.room)["epoch"]
        cleo.ask("quit")
        for node in NODES:
            back = self.come(node, name=self.own(f"eva-{node}"))
            again = back.ask("join", room=self.room, since=seqs[0], epoch=epoch)
            self.assertEqual((seqs[1:], True), ([each["seq"] for each in again["history"]], again["complete"]))
        self.agree()

    @about("say")
    def test_say(self):
        anna, bob, cleo = self.guests()
        said = anna.ask("say", room=self.room, text="привет", id="1")
        self.all_hear((bob, cleo), said)
        done = bob.ask("say", room=self.room, text="waves", action=True)
        self.all_hear((anna, cleo), {**done, "action": True})
        # What is said again is answered by what was said, and told to nobody.
        self.assertEqual(said, anna.ask("say", room=self.room, text="привет", id="1"))
        self.all_hear((anna, bob, cleo))
        # Also on another node.
        anna.ask("quit")
        self.forget()
        back = self.come("c", name=anna.name)
        back.ask("join", room=self.room)
        self.assertEqual(said, back.ask("say", room=self.room, text="привет", id="1"))
        self.settle()
        self.assertEqual([], [each for each in bob.take() + cleo.take() if each["type"] == "message"])
        self.assertEqual([said["seq"], done["seq"]], [each["seq"] for each in self.agree()["history"]["messages"]])

    @about("say")
    def test_all_speak_at_once(self):
        people = self.guests()
        for i in range(20):
            for person in people:
                person.send("say", room=self.room, text=f"{person.name} {i}", id=str(i))
        self.settle()
        heard = [[(each["seq"], each["text"]) for each in person.take()] for person in people]
        self.assertEqual(60, len(heard[0]))
        self.assertEqual(sorted(heard[0]), heard[0])
        self.assertEqual(heard[0], heard[1])
        self.assertEqual(heard[0], heard[2])
        self.assertEqual(heard[0], [(each["seq"], each["text"]) for each in self.agree()["history"]["messages"]])

    @about("topic")
    def test_topic(self):
        anna, bob, cleo = self.guests()
        topic = bob.ask("topic", room=self.room, text="tea")
        self.all_hear((anna, cleo), put("topic", room=self.room, text="tea", from_=bob.name, time=topic["time"]))
        said = self.agree()
        self.assertEqual("tea", said["joined"]["topic"])
        self.assertIn(("tea", 3), [(each["topic"], each["count"]) for each in said["rooms"]["rooms"]])
        cleo.ask("topic", room=self.room, text="")
        self.all_hear((anna, bob), put("topic", room=self.room, text="", from_=cleo.name))
        self.assertEqual("", self.agree()["joined"]["topic"])

    @about("who", "rooms")
    def test_who_and_rooms(self):
        people = self.guests()
        names = sorted(person.name for person in people)
        for person in people:
            self.assertEqual((3, names), (lambda members: (members["count"], members["names"]))(person.ask("who", room=self.room)))
            self.assertLessEqual(set(names), set(person.ask("who")["names"]))
            self.assertEqual(names[1:], [each for each in person.ask("who", after=names[0])["names"] if each in names])
            self.assertIn({"room": self.room, "topic": "", "count": 3}, person.ask("rooms")["rooms"])
        for person in people:
            person.ask("leave", room=self.room)
        self.settle()
        for watcher in self.watchers:
            self.assertNotIn(self.room, [each["room"] for each in watcher.ask("rooms")["rooms"]])
        people[0].refused("no_such_room", "who", room=self.room)

    @about("history")
    def test_history_and_search(self):
        anna, bob, cleo = self.guests()
        seqs = [person.ask("say", room=self.room, text=text)["seq"]
                for person, text in ((anna, "green tea"), (bob, "black tea"), (cleo, "coffee"))]
        self.settle()
        for person in (anna, bob, cleo):
            self.assertEqual(seqs[:2], [each["seq"] for each in person.ask("history", room=self.room, search="TEA")["messages"]])
            self.assertEqual(seqs[1:2], [each["seq"] for each in person.ask("history", room=self.room, from_=bob.name)["messages"]])
            self.assertEqual(seqs[2:], [each["seq"] for each in person.ask("history", room=self.room, after=seqs[1])["messages"]])
            self.assertEqual(2, person.ask("history", search="tea", count=True)["count"])
        self.agree()

    @about("tell")
    def test_tell_between_guests(self):
        anna, bob, cleo = self.guests()
        said = anna.ask("tell", to=cleo.name.upper(), text="psst", id="1")
        self.assertEqual((cleo.name, "psst", anna.name), (said["to"], said["text"], said["from"]))
        self.all_hear((cleo,), put("message", to=cleo.name, from_=anna.name, text="psst"))
        self.all_hear((anna, bob))
        self.assertEqual(said, anna.ask("tell", to=cleo.name, text="psst", id="1"))
        self.all_hear((anna, bob, cleo))
        anna.refused("bad_request", "tell", to=cleo.name, text="another text", id="1")
        # Whoever has lost the answer, and comes back on another node, sends it again.
        for node in NODES[1:]:
            anna.ask("quit")
            self.forget()
            anna = self.come(node, name=anna.name)
            again = anna.ask("tell", to=cleo.name, text="psst", id="1")
            self.assertEqual((cleo.name, "psst", "1"), (again["to"], again["text"], again["id"]))
            anna.refused("bad_request", "tell", to=cleo.name, text="another text", id="1")
            self.all_hear((cleo,))
        cleo.ask("quit")
        self.forget()
        anna.refused("no_such_user", "tell", to=cleo.name, text="psst")
        self.assertEqual([], self.agree()["history"]["messages"])

    @about("tell", "conversations", "read", "history")
    def test_tell_between_accounts(self):
        anna, bob = self.registered("a", "anna"), self.registered("b", "bob")
        also_bob = self.come("c", token=bob.token)
        self.forget()
        first = anna.ask("tell", to=bob.name, text="one", id="1")
        second = anna.ask("tell", to=bob.name, text="two", id="2")
        self.all_hear((bob, also_bob), first, second)
        self.assertEqual(first, anna.ask("tell", to=bob.name, text="one", id="1"))
        self.all_hear((anna, bob, also_bob))
        for person in (bob, also_bob):
            self.assertTrue(fits([put("x", with_=anna.name, last=second["seq"], read=0, unread=2) | {}],
                                 [each | {"type": "x"} for each in person.ask("conversations")["conversations"]]))
            self.assertEqual([first, second], person.ask("history", with_=anna.name)["messages"])
        # What is read by one device is read.
        also_bob.ask("read", with_=anna.name, seq=first["seq"])
        self.settle()
        self.assertEqual(1, bob.ask("conversations")["conversations"][0]["unread"])
        # One who is away finds it on any node.
        bob.ask("quit")
        also_bob.ask("quit")
        third = anna.ask("tell", to=bob.name, text="three")
        back = self.come("c", account=bob.name, password=PASSWORD)
        self.assertEqual(2, back.ask("conversations")["conversations"][0]["unread"])
        self.assertEqual([second, third], back.ask("history", with_=anna.name, after=first["seq"])["messages"])
        answer = back.ask("tell", to=anna.name, text="four")
        self.all_hear((anna,), answer)

    @about("read")
    def test_read_in_a_room(self):
        anna, bob, cleo = self.owned()
        also_anna = self.come("c", token=anna.token)
        also_anna.ask("join", room=self.room)
        seq = bob.ask("say", room=self.room, text="read this")["seq"]
        self.forget()
        anna.ask("read", room=self.room, seq=seq)
        self.all_hear((bob, cleo))
        self.assertIn({"room": self.room, "read": seq}, self.come("b", token=anna.token).welcome["rooms"])

    @about("read")
    def test_other_devices_hear_what_is_read(self):
        anna, bob = self.registered("a", "anna"), self.registered("b", "bob")
        also_anna = self.come("c", token=anna.token)
        for person in (anna, bob):
            person.ask("join", room=self.room)
        seq = bob.ask("say", room=self.room, text="read this")["seq"]
        of_told = bob.ask("tell", to=anna.name, text="and this")["seq"]
        self.forget()
        anna.ask("read", room=self.room, seq=seq)
        anna.ask("read", with_=bob.name, seq=of_told)
        self.all_hear((also_anna,), put("read", room=self.room, seq=seq), put("read", with_=bob.name, seq=of_told))
        self.all_hear((anna, bob))

    @about("typing")
    def test_typing(self):
        anna, bob, cleo = self.guests()
        anna.send("typing", room=self.room, state="active")
        self.all_hear((bob, cleo), put("typing", room=self.room, from_=anna.name, state="active"))
        self.all_hear((anna,))
        bob.send("typing", with_=cleo.name, state="active")
        self.all_hear((cleo,), put("typing", to=cleo.name, from_=bob.name, state="active"))
        self.all_hear((anna, bob))

    @about("edit", "delete")
    def test_edit_and_delete(self):
        anna, bob, cleo = self.owned()
        first = bob.ask("say", room=self.room, text="one")
        second = bob.ask("say", room=self.room, text="two")
        self.forget()
        edited = bob.ask("edit", room=self.room, text="deux")
        self.assertEqual((second["seq"], "deux"), (edited["seq"], edited["text"]))
        self.all_hear((anna, cleo), edited)
        cleo.refused("denied", "edit", room=self.room, seq=first["seq"], text="mine")
        deleted = anna.ask("delete", room=self.room, seq=first["seq"], reason="spam")
        self.all_hear((bob, cleo), {**deleted, "reason": "spam"})
        said = self.agree()
        self.assertEqual([(None, True), ("deux", None)],
                         [(each.get("text"), each.get("deleted")) for each in said["history"]["messages"]])
        # Whoever comes back to another node hears what has changed.
        again = self.come("b", name=self.own("dora")).ask("join", room=self.room, since=second["seq"])
        self.assertEqual([edited["change"], deleted["change"]], [each["change"] for each in again["changes"]])
        for person in (anna, bob, cleo):
            self.assertEqual([], person.ask("history", room=self.room, search="two")["messages"])

    @about("edit", "delete")
    def test_edit_and_delete_between_accounts(self):
        anna, bob = self.registered("a", "anna"), self.registered("b", "bob")
        also_bob = self.come("c", token=bob.token)
        said = anna.ask("tell", to=bob.name, text="one")
        self.forget()
        edited = anna.ask("edit", with_=bob.name, seq=said["seq"], text="uno")
        self.all_hear((bob, also_bob), put("edited", with_=anna.name, seq=said["seq"], change=edited["change"], text="uno"))
        anna.ask("delete", with_=bob.name, seq=said["seq"])
        self.all_hear((bob, also_bob), put("deleted", with_=anna.name, seqs=[said["seq"]]))
        for person in (bob, also_bob):
            self.assertEqual([True], [each.get("deleted") for each in person.ask("history", with_=anna.name)["messages"]])

    @about("ping", "pong")
    def test_ping_and_pong(self):
        for person in self.guests():
            self.assertEqual("pong", person.ask("ping")["type"])
            person.send("pong")
            self.assertEqual("pong", person.ask("ping")["type"])

    @about("quit")
    def test_quit(self):
        anna, bob, cleo = self.guests()
        self.assertEqual("quit", bob.ask("quit", text="good night")["code"])
        self.all_hear((anna, cleo), put("presence", room=self.room, count=2, left=[{"name": bob.name, "reason": "good night"}]))
        # The name is free on every node.
        self.come("c", name=bob.name).ask("quit")
        self.forget()
        self.come("a", name=bob.name)
        self.agree()
