#include "protocol/json.hpp"
#include "test/protocol/reading.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;

namespace {

struct Example {
  std::string line;
  std::string sentence;
};

}  // namespace

TEST_CASE("every request is read as it was written") {
  const std::string line = GENERATE(
      R"({"type":"hello","version":1})", R"({"type":"history","with":"боб","after":7})",
      R"({"type":"conversations","after":"боб"})", R"({"type":"read","room":"lobby","seq":7})",
      R"({"type":"read","with":"боб","seq":7})", R"({"type":"typing","with":"боб","state":"paused"})",
      R"({"type":"hello","version":2,"name":"alice","password":"p","token":"t","client":"c/1","ref":"r"})",
      R"({"type":"rename","name":"张伟"})", R"({"type":"join","room":"lobby"})",
      R"({"type":"join","room":"lobby","since":42,"replay":10,"key":"k"})",
      R"({"type":"join","room":"lobby","since":0,"replay":0})", R"({"type":"leave","room":"lobby"})",
      R"({"type":"say","room":"lobby","text":"hi"})",
      R"({"type":"say","room":"lobby","text":"waves","id":"m-1","action":true,"ref":"r-1"})",
      R"({"type":"tell","to":"bob","text":"hi","id":"m-2"})", R"({"type":"who"})",
      R"({"type":"who","room":"lobby","after":"bob"})", R"({"type":"rooms"})",
      R"({"type":"rooms","after":"lobby"})", R"({"type":"topic","room":"lobby","text":""})",
      R"({"type":"history","room":"lobby"})",
      R"({"type":"history","room":"lobby","before":9007199254740992,"limit":50})",
      R"({"type":"history","room":"lobby","after":0,"limit":1,"search":"word"})", R"({"type":"ping"})",
      R"({"type":"ping","ref":"p"})", R"({"type":"pong"})", R"({"type":"quit"})",
      R"({"type":"quit","text":"bye"})");
  CAPTURE(line);
  const DecodedRequest decoded = decode_request(line);
  REQUIRE(std::holds_alternative<Request>(decoded));
  std::string again;
  encode(std::get<Request>(decoded), again);
  CHECK(again == line + "\n");
}

TEST_CASE("fields come in any order, with blanks, with others in between") {
  const auto say = read<request::Say>(
      R"( { "text" : "a\"b" , "new": {"deep": [1, {"type": "ping", "room": "wrong"}]}, "room":"lobby","list":["text"],)"
      "\t\"type\":\"say\" , \"action\":false, \"x\":null }\r ");
  CHECK(say.room == "lobby");
  CHECK(say.text == "a\"b");
  CHECK_FALSE(say.id);
  CHECK_FALSE(say.action);
}

TEST_CASE("escapes are undone") {
  CHECK(read<request::Rename>(R"({"type":"rename","name":"\u0430\u4f60\ud83d\ude00\n\/\\"})").name ==
        "а你😀\n/\\");
  CHECK(read<request::Rename>(R"({"t\u0079pe":"ren\u0061me","n\u0061me":"x"})").name == "x");
  using namespace std::string_literals;
  CHECK(read<request::Rename>(R"({"type":"rename","name":"nul\u0000"})").name == "nul\0"s);
}

TEST_CASE("null stands for a field that is not there") {
  const auto hello =
      read<request::Hello>(R"({"type":"hello","version":1,"name":null,"token":null,"ref":null})");
  CHECK_FALSE(hello.name);
  CHECK_FALSE(hello.token);
  const auto say = read<request::Say>(R"({"type":"say","room":"l","text":"t","id":null,"action":null})");
  CHECK_FALSE(say.id);
  CHECK_FALSE(say.action);
  CHECK(refused(R"({"type":"say","room":null,"text":"t"})").error.code == Code::bad_request);
}

TEST_CASE("whole numbers may be written in any way that JSON has") {
  struct Number {
    std::string written;
    std::uint64_t value;
  };
  const auto number = GENERATE(values<Number>({{"0", 0},
                                               {"5", 5},
                                               {"5.0", 5},
                                               {"5e0", 5},
                                               {"0.5e1", 5},
                                               {"50E-1", 5},
                                               {"-0", 0},
                                               {"1e3", 1000},
                                               {"1800000000000123", 1800000000000123},
                                               {"9007199254740992", 9007199254740992},
                                               {"9007199254740992.0", 9007199254740992}}));
  CAPTURE(number.written);
  CHECK(read<request::Join>(R"({"type":"join","room":"l","since":)" + number.written + "}").since ==
        number.value);
}

TEST_CASE("what is no whole number up to 2^53 is refused by name") {
  const std::string written =
      GENERATE("-1", "-5.0", "0.5", "1e-1", "9007199254740993", "9007199254740994.0", "18446744073709551615",
               "18446744073709551616", "1e20", "1e308", "1e999", "-1e999", "\"5\"", "true", "[5]", "{}");
  CAPTURE(written);
  const BadRequest bad = refused(R"({"type":"join","room":"l","since":)" + written + R"(,"ref":"r"})");
  CHECK(bad.error.code == Code::bad_request);
  CHECK(bad.error.text == "the \"since\" of join must be a whole number from 0 to 2^53");
  CHECK(bad.ref == "r");
}

TEST_CASE("a field that is missing or wrong is named") {
  const auto example = GENERATE(values<Example>({
      {R"({})", R"(every request needs a "type" that is a string)"},
      {R"({"type":5})", R"(every request needs a "type" that is a string)"},
      {R"({"type":null})", R"(every request needs a "type" that is a string)"},
      {R"({"type":["say"]})", R"(every request needs a "type" that is a string)"},
      {R"({"type":"read","seq":1})", R"(read takes a "room" or a "with", one of them)"},
      {R"({"type":"read","room":"a","with":"b","seq":1})", R"(read takes a "room" or a "with", one of them)"},
      {R"({"type":"typing","room":"a","state":"loud"})",
       R"(the "state" of typing must be "active", "paused" or "done")"},
      {R"({"type":"history","room":"a","with":"b"})", R"(history takes a "room" or a "with", not both)"},
      {R"({"type":"hello"})", R"(hello needs a "version" that is a whole number from 0 to 2^53)"},
      {R"({"type":"hello","version":null})",
       R"(hello needs a "version" that is a whole number from 0 to 2^53)"},
      {R"({"type":"hello","version":1e999})",
       R"(hello needs a "version" that is a whole number from 0 to 2^53)"},
      {R"({"type":"hello","version":1,"name":7})", R"(the "name" of hello must be a string)"},
      {R"({"type":"hello","version":1,"client":{}})", R"(the "client" of hello must be a string)"},
      {R"({"type":"rename"})", R"(rename needs a "name" that is a string)"},
      {R"({"type":"join","since":-1})", R"(join needs a "room" that is a string)"},
      {R"({"type":"leave","room":[]})", R"(leave needs a "room" that is a string)"},
      {R"({"type":"say","room":"l"})", R"(say needs a "text" that is a string)"},
      {R"({"type":"say","text":"t"})", R"(say needs a "room" that is a string)"},
      {R"({"type":"say","room":"l","text":"t","action":1})", R"(the "action" of say must be true or false)"},
      {R"({"type":"say","room":"l","text":"t","id":7})",
       R"(the "id" of say must be a string of 1 to 64 bytes without controls)"},
      {R"({"type":"tell","text":"t"})", R"(tell needs a "to" that is a string)"},
      {R"({"type":"tell","to":"t"})", R"(tell needs a "text" that is a string)"},
      {R"({"type":"who","room":5})", R"(the "room" of who must be a string)"},
      {R"({"type":"rooms","after":5})", R"(the "after" of rooms must be a string)"},
      {R"({"type":"topic","room":"l"})", R"(topic needs a "text" that is a string)"},
      {R"({"type":"history"})", R"(history needs a "room" that is a string)"},
      {R"({"type":"history","room":"l","limit":0})", R"(the "limit" of history must be 1 or more)"},
      {R"({"type":"history","room":"l","limit":"5"})",
       R"(the "limit" of history must be a whole number from 0 to 2^53)"},
      {R"({"type":"history","room":"l","before":1,"after":1})",
       R"(history takes "before" or "after", not both)"},
      {R"({"type":"quit","text":false})", R"(the "text" of quit must be a string)"},
      {R"({"type":"ping","ref":5})",
       R"(the "ref" of ping must be a string of 1 to 64 bytes without controls)"},
  }));
  CAPTURE(example.line);
  const BadRequest bad = refused(example.line);
  CHECK(bad.error.code == Code::bad_request);
  CHECK(bad.error.text == example.sentence);
}

TEST_CASE("ids and refs are short and printable") {
  const std::string text = GENERATE("", "a\\u0000", "a\\n", "a\\u007f", "a\\u0085", "a\\u009f",
                                    "0123456789012345678901234567890123456789012345678901234567890123x");
  CAPTURE(text);
  const BadRequest bad_ref = refused(R"({"type":"ping","ref":")" + text + "\"}");
  CHECK(bad_ref.error.code == Code::bad_request);
  CHECK(bad_ref.ref.empty());
  const BadRequest bad_id = refused(R"({"type":"say","room":"l","text":"t","ref":"r","id":")" + text + "\"}");
  CHECK(bad_id.error.code == Code::bad_request);
  CHECK(bad_id.ref == "r");
  CHECK(bad_id.id.empty());
}

TEST_CASE("an id and a ref may have 64 bytes of any script") {
  const std::string longest =
      GENERATE(as<std::string>(), "0123456789012345678901234567890123456789012345678901234567890123",
               "абвгдабвгдабвгдабвгдабвгдабвгдаб");
  REQUIRE(longest.size() == 64);
  CHECK(read<request::Say>(R"({"type":"say","room":"l","text":"t","id":")" + longest + "\"}").id == longest);
  CHECK(std::get<Request>(decode_request(R"({"type":"ping","ref":")" + longest + "\"}")).ref == longest);
}

TEST_CASE("a refused request carries the id and the ref that it can be matched by") {
  const BadRequest missing = refused(R"({"type":"say","room":"l","id":"m-1","ref":"r-1"})");
  CHECK(missing.ref == "r-1");
  CHECK(missing.id == "m-1");
  const BadRequest unknown = refused(R"({"ref":"r-2","type":"sing"})");
  CHECK(unknown.error.code == Code::unknown_type);
  CHECK(unknown.ref == "r-2");
  const BadRequest typeless = refused(R"({"ref":"r-3"})");
  CHECK(typeless.ref == "r-3");
  const BadRequest broken = refused(R"({"ref":"r-4","type":"ping")");
  CHECK(broken.error.code == Code::bad_json);
  CHECK(broken.ref.empty());
}

TEST_CASE("an id means nothing where there is none to give") {
  read<request::Join>(R"({"type":"join","room":"l","id":7})");
  CHECK(read<request::Join>(R"({"type":"join","room":"l","since":7,"epoch":"00c0ffee"})").epoch ==
        "00c0ffee");
  read<request::Ping>(R"({"type":"ping","room":5,"text":[]})");
}

TEST_CASE("an unknown type is named, however strange it is") {
  CHECK(refused(R"({"type":"sing"})").error.text == "there is no request of type \"sing\"");
  CHECK(refused(R"({"type":"registered"})").error.code == Code::unknown_type);
  CHECK(refused(R"({"type":"SAY"})").error.code == Code::unknown_type);
  CHECK(refused(R"({"type":""})").error.code == Code::unknown_type);
  CHECK(refused(R"({"type":"\u001b[31m\n"})").error.text == "there is no request of type \"[31m \"");
  const std::string long_type(10'000, 'x');
  CHECK(refused(R"({"type":")" + long_type + "\"}").error.text.size() < 120);
}

TEST_CASE("one line leaves nothing behind for the next") {
  const std::string first =
      R"({"type":"say","room":"first","text":"first","id":"first","action":true,"ref":"first"})";
  read<request::Say>(first);
  const auto second = read<request::Say>(R"({"type":"say","room":"second","text":"second"})");
  CHECK_FALSE(second.id);
  CHECK_FALSE(second.action);
  refused(R"({"type":"say","room":"broken)");
  CHECK(refused(R"({"type":"say","room":"third"})").error.text == "say needs a \"text\" that is a string");
  CHECK(std::get<Request>(decode_request(R"({"type":"ping"})")).ref.empty());
}
