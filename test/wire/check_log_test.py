#!/usr/bin/env python3
"""check_log_test.py SOURCES: the document tells of all that the sources do, and check_log finds what it is to find."""
import contextlib
import copy
import io
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from asyncapi import Document, Unsound, read  # noqa: E402
from check_log import Check, main  # noqa: E402

sources = pathlib.Path(sys.argv.pop(1))
path = sources / "protocol" / "asyncapi.yaml"
root = read(path)

PONG = '{"type":"pong","ref":"2"}'
REFUSED = '{"type":"error","code":"bad_request","text":"so it is","ref":"1"}'


def words_in(file, after):
    """The words of the list that stands behind `after`, up to the bracket that ends it."""
    source = (sources / "protocol" / file).read_text(encoding="utf-8")
    return re.findall(r"\w+", re.sub(r"//.*", "", re.split("[})]", source.split(after, 1)[1], 1)[0]))


class TheDocument(unittest.TestCase):
    def test_has_the_types_of_the_sources(self):
        document = Document(root)
        self.assertEqual(set(document.requests), set(words_in("request_json.cpp", "> request_types = {")))
        self.assertEqual(set(document.events), set(words_in("event_json.cpp", "> types = {")))

    def test_has_the_codes_of_the_sources(self):
        schemas = root["components"]["schemas"]
        codes = schemas["ErrorCode"]["enum"] + schemas["ClosingCode"]["enum"]
        self.assertEqual(codes, words_in("error.hpp", "BOOST_DEFINE_ENUM_CLASS(Code,"))
        described = schemas["ErrorCode"]["description"] + schemas["ClosingCode"]["description"]
        self.assertEqual([code for code in codes if f"`{code}`" not in described], [])

    def test_is_refused_when_it_is_unsound(self):
        def spoilt(spoil):
            spoilt_root = copy.deepcopy(root)
            spoil(spoilt_root)
            return spoilt_root

        for spoil in (
            lambda root: root.pop("channels"),
            lambda root: root["info"].pop("version"),
            lambda root: root["operations"]["say"].pop("action"),
            lambda root: root["operations"].pop("say"),
            lambda root: root["operations"]["say"].update(summery="Say something."),
            lambda root: root["operations"]["say"]["reply"].pop("channel"),
            lambda root: root["components"]["schemas"].pop("Ref"),
            lambda root: root["components"]["schemas"]["PingRequest"]["properties"]["ref"].update(type="string"),
            lambda root: root["components"]["schemas"]["PingRequest"].update(required="type"),
            lambda root: root["components"]["schemas"]["PingRequest"]["required"].append("ref2"),
            lambda root: root["components"]["messages"]["PingRequest"].pop("payload"),
            lambda root: root["components"]["messages"]["PingRequest"].update(name="pong"),
        ):
            self.assertRaises(Unsound, Document, spoilt(spoil))


class TheCheck(unittest.TestCase):
    document = Document(root)

    def check(self, *records):
        """What is found in the records of one connection."""
        check = Check(self.document)
        check.connection([(record[:1].encode(), record[2:].encode()) for record in records])
        return "\n".join(check.faults)

    def run_main(self, *records):
        """The exit code, what it printed, and the number of files that are left."""
        with tempfile.TemporaryDirectory() as directory, contextlib.redirect_stdout(io.StringIO()) as printed:
            for number, record in enumerate(records):
                (pathlib.Path(directory) / str(number)).write_text(f"1 {record}\n", encoding="utf-8")
            return main(path, directory), printed.getvalue(), len(list(pathlib.Path(directory).iterdir()))

    def test_is_skipped_when_nothing_is_recorded(self):
        self.assertEqual(self.run_main()[0], 77)
        self.assertEqual(self.run_main("< * you are guest-1", '> {"type":"nonsense"}')[0], 77)

    def test_tells_what_was_never_sent(self):
        code, printed, files = self.run_main("< " + PONG)
        self.assertEqual((code, files), (1, 1))
        self.assertIn("SayRequest", printed)
        self.assertNotIn("PongEvent", printed)

    def test_finds_what_the_server_must_not_send(self):
        for line, why in {
            '{"type":"pong"}': "",
            '{"type":"pong","new":1}': "'new' was unexpected",
            '{"type":"pong","ref":""}': "no PongEvent: ref",
            '{"type":"pong","ref":null}': "not of type 'string'",
            '{"type":"news"}': "no such type",
            '{"type":"left"}': "'room' is a required property",
            '{"type":"left","room":"no room"}': "does not match",
            '{"type":"left","room":"den \\" x"}': "no LeftEvent",
            '{"type":"left", "room":"den"}': "a blank between",
            '{"room":"den","type":"left"}': "begin with its type",
            '{"type":"error","code":"quit","text":"no"}': "is not one of",
            '{"type":"pong"': "Expecting",
            '{"type":"pong","ref":"a\u2028b"}': "has to be escaped",
            '{"type":"topic","room":"den","text":"x","from":"ann","time":"2026-11-21T02:41:54Z"}': "does not match",
            '{"type":"message","to":"ann","topic":"x","time":"2026-11-21T02:41:54.139Z","from":"ann","text":"x"}': "unexpected",
            '{"type":"bye","code":"quit","text":"' + 61440 * "x" + '"}': "bytes in one line",
        }.items():
            found = self.check("< " + line)
            self.assertIn(why, found, line)
            self.assertEqual(found == "", why == "", line)

    def test_finds_what_the_server_must_refuse(self):
        accepted = ["< " + PONG]
        refused = ["< " + REFUSED, "< " + PONG]
        for line, fails_when in {
            '{"type":"ping","ref":"1"}': refused,
            '{"type":"ping","ref":"1","new":{"a":[1]},"id":null}': refused,
            '{"type":"join","room":"den","since":5e3,"ref":"1"}': refused,
            '{"type":"join","room":"den","since":-1,"ref":"1"}': accepted,
            '{"type":"join","room":null,"ref":"1"}': accepted,
            '{"type":"nonsense","ref":"1"}': accepted,
            '{"type":"history","room":"den","before":1,"after":2,"ref":"1"}': accepted,
            '{"type":"say","room":"den","text":"x","id":"","ref":"1"}': accepted,
        }.items():
            for replies in (accepted, refused):
                found = self.check("> " + line, '> {"type":"ping","ref":"2"}', *replies)
                self.assertEqual(found != "", replies == fails_when, (line, replies, found))

    def test_forgives_what_no_reply_came_after(self):
        self.assertEqual(self.check('> {"type":"ping","ref":"2"}', '> {"type":"nonsense"}', "< " + PONG), "")
        self.assertEqual(self.check('> {"type":"nonsense"}', '< {"type":"bye","code":"flooding","text":"so it is"}'), "")


if __name__ == "__main__":
    unittest.main()
