#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"

// Requests that cannot be carried out: each is answered with a code and a sentence, changes nothing,
// and leaves the connection open.
namespace hubbub::test {
namespace {

struct Faulty {
  std::string line;
  std::string code;
  std::string part_of_text{};  ///< what the sentence has to name
};

std::string nested(std::size_t depth, char open, char close) {
  return R"({"type":"ping","x":)" + std::string(depth - 1, open) + std::string(depth - 1, close) + '}';
}

/// Sends the line between two pings, and looks at what comes between their pongs.
void check_answer(JsonClient& client, const Faulty& faulty) {
  CAPTURE(faulty.line.substr(0, 200));
  client.send_line(faulty.line);
  const Events events = client.sync();
  REQUIRE(events.size() == 1);
  CHECK(text_of(events[0], "type") == "error");
  CHECK(text_of(events[0], "code") == faulty.code);
  const std::string sentence = text_of(events[0], "text");
  CAPTURE(sentence);
  CHECK(sentence.size() > 10);
  CHECK(sentence.find(faulty.part_of_text) != std::string::npos);
}

void check_answers(Framing framing, const std::vector<Faulty>& all) {
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.sync();
  bob.sync();
  for (const auto& faulty : all) check_answer(alice, faulty);
  CHECK(bob.sync().empty());
  CHECK(text_of(alice.say("lobby", "still here"), "text") == "still here");
}

}  // namespace

TEST_CASE("lines that are no JSON object are answered with bad_json") {
  check_answers(each_json_framing(), {
                                         {" ", "bad_json"},
                                         {"hello", "bad_json"},
                                         {"{", "bad_json"},
                                         {"}", "bad_json"},
                                         {"[]", "bad_json"},
                                         {"null", "bad_json"},
                                         {"\"say\"", "bad_json"},
                                         {"{}{}", "bad_json"},
                                         {R"({"type":"ping")", "bad_json"},
                                         {R"({"type":"ping"} trailing)", "bad_json"},
                                         {R"({"type":"ping",})", "bad_json"},
                                         {R"({'type':'ping'})", "bad_json"},
                                         {R"({type:"ping"})", "bad_json"},
                                         {R"({"type":"ping"}//)", "bad_json"},
                                         {R"({"type":"ping","type":"quit"})", "bad_json", "type"},
                                         {R"({"type":"ping","x":{"a":1,"a":2}})", "bad_json", "a"},
                                         {R"({"type":"ping","x":01})", "bad_json"},
                                         {R"({"type":"ping","x":NaN})", "bad_json"},
                                         {R"({"type":"ping","x":"\x41"})", "bad_json"},
                                         {"{\"type\":\"ping\",\"x\":\"tab\there\"}", "bad_json"},
                                         {std::string("{\"type\":\"ping\"}\0", 16), "bad_json"},
                                         {std::string("{\"type\":\"pi\0ng\"}", 16), "bad_json"},
                                         {nested(9, '[', ']'), "bad_json", "8"},
                                     });
}

TEST_CASE("lines that are no UTF-8 are answered with bad_utf8") {
  check_answers(each_framing(),
                {
                    {"{\"type\":\"ping\",\"x\":\"\xff\"}", "bad_utf8"},
                    {"{\"type\":\"ping\",\"x\":\"\xc0\xaf\"}", "bad_utf8"},          // overlong
                    {"{\"type\":\"ping\",\"x\":\"\xed\xa0\x80\"}", "bad_utf8"},      // a surrogate
                    {"{\"type\":\"ping\",\"x\":\"\xf4\x90\x80\x80\"}", "bad_utf8"},  // beyond U+10FFFF
                    {"{\"type\":\"ping\",\"x\":\"\xe4\xb8\"}", "bad_utf8"},          // cut off
                    {"\xfe\xff", "bad_utf8"},
                });
}

TEST_CASE("fields that are missing or wrong are named") {
  check_answers(
      each_json_framing(),
      {
          {R"({})", "bad_request", "type"},
          {R"({"type":7})", "bad_request", "type"},
          {R"({"type":null})", "bad_request", "type"},
          {R"({"type":"join"})", "bad_request", "room"},
          {R"({"type":"join","room":7})", "bad_request", "room"},
          {R"({"type":"join","room":"den","since":"7"})", "bad_request", "since"},
          {R"({"type":"join","room":"den","since":-1})", "bad_request", "since"},
          {R"({"type":"join","room":"den","since":1.5})", "bad_request", "since"},
          {R"({"type":"join","room":"den","replay":true})", "bad_request", "replay"},
          {R"({"type":"join","room":"den","since":1e999})", "bad_request", "since"},
          {R"({"type":"join","room":"den","since":99999999999999999999999})", "bad_request", "since"},
          {R"({"type":"leave"})", "bad_request", "room"},
          {R"({"type":"say","text":"hi"})", "bad_request", "room"},
          {R"({"type":"say","room":"lobby"})", "bad_request", "text"},
          {R"({"type":"say","room":"lobby","text":["hi"]})", "bad_request", "text"},
          {R"({"type":"say","room":"lobby","text":"hi","action":"yes"})", "bad_request", "action"},
          {R"({"type":"say","room":"lobby","text":"hi","id":7})", "bad_request", "id"},
          {R"({"type":"tell","text":"hi"})", "bad_request", "to"},
          {R"({"type":"tell","to":"bob"})", "bad_request", "text"},
          {R"({"type":"rename"})", "bad_request", "name"},
          {R"({"type":"who","room":{}})", "bad_request", "room"},
          {R"({"type":"rooms","after":1})", "bad_request", "after"},
          {R"({"type":"topic","room":"lobby"})", "bad_request", "text"},
          {R"({"type":"history"})", "bad_request", "room"},
          {R"({"type":"ping","ref":7})", "bad_request", "ref"},
          {R"({"type":"quit","text":7})", "bad_request", "text"},
      });
}

TEST_CASE("requests of a type that is not known are answered") {
  check_answers(each_json_framing(),
                {
                    {R"({"type":"dance"})", "unknown_type", "dance"},
                    {R"({"type":""})", "unknown_type"},
                    {R"({"type":"Say","room":"lobby","text":"hi"})", "unknown_type", "Say"},
                    {R"({"type":"registered","name":"x"})", "unknown_type", "registered"},
                    {R"({"type":"welcome"})", "unknown_type", "welcome"},
                });
}

TEST_CASE("hello without its version is answered and may be said again") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice(daemon.address(), framing);
  CHECK(alice.refusal({{"type", "hello"}, {"name", "alice"}}) == "bad_request");
  CHECK(alice.refusal({{"type", "hello"}, {"version", "1"}, {"name", "alice"}}) == "bad_request");
  CHECK(alice.refusal({{"type", "hello"}, {"version", 1}, {"name", 5}}) == "bad_request");
  CHECK(text_of(alice.hello("alice"), "name") == "alice");
}

TEST_CASE("an error carries the ref and the id of what it answers") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const std::vector<std::string> lines{
      R"({"type":"say","room":"den","text":"hi","id":"i","ref":"r"})",
      R"({"type":"say","room":"lobby","text":"","id":"i","ref":"r"})",
      R"({"type":"say","room":"lobby","text":7,"id":"i","ref":"r"})",
      R"({"ref":"r","id":"i","type":"tell","to":"nobody","text":"hi"})",
  };
  for (const auto& line : lines) {
    CAPTURE(line);
    alice.send_line(line);
    const Event error = alice.expect("error");
    CHECK(text_of(error, "ref") == "r");
    CHECK(text_of(error, "id") == "i");
  }
  alice.send_line(R"({"type":"dance","ref":"r"})");
  CHECK(text_of(alice.expect("error"), "ref") == "r");
}

TEST_CASE("what a line may look like besides") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const std::vector<std::string> pings{
      "{\"type\":\"ping\",\"ref\":\"r\"}\r",
      "\n\r\n{\"type\":\"ping\",\"ref\":\"r\"}",  // empty lines are nothing
      " {\t\"type\" : \"ping\" , \"ref\" : \"r\" } ",
      R"({"ref":"r","type":"\u0070ing"})",
      R"({"type":"ping","ref":"r","unknown":[{"field":1e10}],"more":null})",
      R"({"type":"ping","ref":"r","x":[[[[[[[]]]]]]]})",  // 8 deep
  };
  for (const auto& ping : pings) {
    CAPTURE(ping);
    alice.send_line(ping);
    const Event pong = alice.expect("pong");
    CHECK(text_of(pong, "ref") == "r");
  }
  alice.send({{"type", "pong"}});
  CHECK(of_type(alice.sync(), "error").empty());
}

}  // namespace hubbub::test
