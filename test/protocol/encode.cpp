#include <limits>

#include "protocol/json.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using namespace std::string_literals;

// Lines are compared whole: they are what other people's programs read.

namespace {

const Timestamp time_of_test = *timestamp_from("2026-11-21T09:30:00.125Z");

MessagePtr message(Message fields) { return std::make_shared<const Message>(std::move(fields)); }

std::string line(event::Any body, std::string ref = "") {
  std::string out;
  encode(Event{std::move(body), std::move(ref)}, out);
  return out;
}

std::string line(request::Any body, std::string ref = "") {
  std::string out;
  encode(Request{std::move(body), std::move(ref)}, out);
  return out;
}

const Message hi = {
    .room = "lobby", .to = "", .seq = 42, .time = time_of_test, .from = "alice", .text = "hi", .id = ""};

}  // namespace

TEST_CASE("a room's message is written with what it has") {
  CHECK(
      line(message(hi)) ==
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi"})"
      "\n");
  Message waving = hi;
  waving.id = "m-1";
  waving.kind = MessageKind::action;
  CHECK(
      line(message(waving), "r-1") ==
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi",)"
      R"("id":"m-1","action":true,"ref":"r-1"})"
      "\n");
}

TEST_CASE("what a message is besides is written where it is so") {
  Message told = hi;
  told.kind = MessageKind::notice;
  told.account = "alice";
  told.reply_to = 41;
  told.change = std::make_shared<const Change>(
      Change{.what = Change::What::edited, .time = time_of_test, .by = "root"});
  CHECK(
      line(message(told)) ==
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi",)"
      R"("notice":true,"account":"alice","reply_to":41,"edited":"2026-11-21T09:30:00.125Z"})"
      "\n");
  told = hi;
  told.change = std::make_shared<const Change>(
      Change{.what = Change::What::deleted, .time = time_of_test, .by = "root"});
  CHECK(
      line(message(told)) ==
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","deleted":true})"
      "\n");
}

TEST_CASE("a private message has whom it is for, and no number") {
  Message whisper = hi;
  whisper.room = "";
  whisper.to = "bob";
  whisper.seq = 0;
  CHECK(line(message(whisper)) ==
        R"({"type":"message","to":"bob","time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi"})"
        "\n");
}

TEST_CASE("a message is written behind what is there, the same as in an event") {
  std::string out = "before\n";
  encode(hi, "r-1", out);
  CHECK(out == "before\n" + line(message(hi), "r-1"));
  out.clear();
  encode(hi, "", out);
  CHECK(out == line(message(hi)));
}

TEST_CASE("the size of a message is what it adds to a list, with its escapes") {
  Message awkward = hi;
  awkward.text = "\"\\\n\u2028\u009b" + std::string(100, '\x1f') + "\xff";
  const auto size = [](std::vector<MessagePtr> messages) {
    return line(event::History{"lobby", std::move(messages), true}).size();
  };
  const std::size_t one = size({message(hi)});
  CHECK(size({message(hi), message(awkward)}) - one == encoded_size(awkward));
  CHECK(size({message(hi), message(hi)}) - one == encoded_size(hi));
}

TEST_CASE("every event is one line") {
  CHECK(
      line(event::Welcome{.version = 1,
                          .server = "hubbub",
                          .name = "alice",
                          .account = false,
                          .motd = "be kind",
                          .line_bytes = 16384,
                          .text_bytes = 4096,
                          .name_code_points = 32,
                          .room_code_points = 50,
                          .default_room = "lobby",
                          .messages_per_second = 2.5,
                          .messages_burst = 100},
           "h") ==
      R"({"type":"welcome","version":1,"server":"hubbub","name":"alice","account":false,"motd":"be kind",)"
      R"("limits":{"line":16384,"text":4096,"name":32,"room":50,"messages_per_second":2.5,"messages_burst":100},)"
      R"("default_room":"lobby","ref":"h"})"
      "\n");
  CHECK(
      line(event::Joined{.room = "lobby",
                         .topic = "",
                         .count = 2,
                         .members = {"alice", "bob"},
                         .last = 42,
                         .history = {message(hi), message(hi)},
                         .complete = false}) ==
      R"({"type":"joined","room":"lobby","topic":"","count":2,"members":["alice","bob"],"last":42,"history":[)"
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi"},)"
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi"}],)"
      R"("complete":false})"
      "\n");
  CHECK(
      line(event::Joined{}) ==
      R"({"type":"joined","room":"","topic":"","count":0,"members":[],"last":0,"history":[],"complete":true})"
      "\n");
  CHECK(line(event::Left{"lobby"}, "l") == R"({"type":"left","room":"lobby","ref":"l"})"
                                           "\n");
  CHECK(line(event::Renamed{"alice", "Алиса"}) == R"({"type":"renamed","old":"alice","new":"Алиса"})"
                                                  "\n");
  CHECK(line(event::Topic{"lobby", "books", "bob", time_of_test}) ==
        R"({"type":"topic","room":"lobby","text":"books","from":"bob","time":"2026-11-21T09:30:00.125Z"})"
        "\n");
  CHECK(line(event::History{"lobby", {}, true}) ==
        R"({"type":"history","room":"lobby","messages":[],"complete":true})"
        "\n");
  CHECK(line(event::Registered{.name = "alice", .token = "hub_x"}, "r") ==
        R"({"type":"registered","name":"alice","token":"hub_x","ref":"r"})"
        "\n");
  CHECK(line(event::LoggedIn{.account = "alice", .name = "ally", .token = {}}) ==
        R"({"type":"logged_in","account":"alice","name":"ally"})"
        "\n");
  CHECK(line(event::LoggedOut{"guest-7"}) == R"({"type":"logged_out","name":"guest-7"})"
                                             "\n");
  CHECK(line(event::Done{}, "d") == R"({"type":"done","ref":"d"})"
                                    "\n");
  CHECK(line(event::Devices{
            {{.id = 7, .label = "laptop", .created = time_of_test, .used = time_of_test, .here = true},
             {.id = 9, .label = "", .created = time_of_test, .used = time_of_test}}}) ==
        R"({"type":"devices","devices":[{"id":7,"label":"laptop","created":"2026-11-21T09:30:00.125Z",)"
        R"("used":"2026-11-21T09:30:00.125Z","here":true},{"id":9,"label":"",)"
        R"("created":"2026-11-21T09:30:00.125Z","used":"2026-11-21T09:30:00.125Z"}]})"
        "\n");
  CHECK(line(event::NameClaimed{.name = "alice", .until = time_of_test}) ==
        R"({"type":"name_claimed","name":"alice","until":"2026-11-21T09:30:00.125Z"})"
        "\n");
  CHECK(line(event::Ping{}) == "{\"type\":\"ping\"}\n");
  CHECK(line(event::Pong{}, "p") == R"({"type":"pong","ref":"p"})"
                                    "\n");
  CHECK(line(event::Bye{{Code::shutting_down, "the server goes down"}}) ==
        R"({"type":"bye","code":"shutting_down","text":"the server goes down"})"
        "\n");
}

TEST_CASE("presence tells who came and who went, or only how many are there") {
  CHECK(line(event::Presence{"lobby", 5, {}, {}}) == R"({"type":"presence","room":"lobby","count":5})"
                                                     "\n");
  CHECK(line(event::Presence{"lobby", 5, {"alice", "bob"}, {}}) ==
        R"({"type":"presence","room":"lobby","count":5,"joined":["alice","bob"]})"
        "\n");
  CHECK(line(event::Presence{"lobby", 5, {"alice"}, {{"bob", "quit"}, {"eve", "too_slow"}}}) ==
        R"({"type":"presence","room":"lobby","count":5,"joined":["alice"],)"
        R"("left":[{"name":"bob","reason":"quit"},{"name":"eve","reason":"too_slow"}]})"
        "\n");
}

TEST_CASE("lists of people and rooms") {
  CHECK(line(event::Members{"lobby", 3, {"alice", "bob"}, true}) ==
        R"({"type":"members","room":"lobby","count":3,"names":["alice","bob"],"more":true})"
        "\n");
  CHECK(line(event::Members{"", 0, {}, false}) == R"({"type":"members","count":0,"names":[],"more":false})"
                                                  "\n");
  CHECK(line(event::Rooms{{{"lobby", "", 2}, {"книги", "о книгах", 1}}, false}) ==
        R"({"type":"rooms","rooms":[{"room":"lobby","topic":"","count":2},)"
        R"({"room":"книги","topic":"о книгах","count":1}],"more":false})"
        "\n");
}

TEST_CASE("an error carries what it answers") {
  CHECK(line(event::Failure{{Code::name_taken, "taken"}, "", 0}) ==
        R"({"type":"error","code":"name_taken","text":"taken"})"
        "\n");
  CHECK(
      line(event::Failure{{Code::rate_limited, "slow down"}, "m-1", 1500}, "r-1") ==
      R"({"type":"error","code":"rate_limited","text":"slow down","id":"m-1","retry_after":1500,"ref":"r-1"})"
      "\n");
}

TEST_CASE("every request is one line") {
  CHECK(line(request::Hello{.version = 1, .name = {}, .password = {}, .token = {}, .client = {}}) ==
        R"({"type":"hello","version":1})"
        "\n");
  CHECK(
      line(request::Hello{.version = 1, .name = "a", .password = "p", .token = "t", .client = "c/1"}, "r") ==
      R"({"type":"hello","version":1,"name":"a","password":"p","token":"t","client":"c/1","ref":"r"})"
      "\n");
  CHECK(line(request::Join{.room = "l", .since = 7, .epoch = "e", .replay = {}, .key = {}}) ==
        R"({"type":"join","room":"l","since":7,"epoch":"e"})"
        "\n");
  CHECK(line(request::Join{.room = "l", .since = 7, .replay = 0, .key = "k"}) ==
        R"({"type":"join","room":"l","since":7,"replay":0,"key":"k"})"
        "\n");
  CHECK(line(request::Say{.room = "l", .text = "t", .id = "i", .action = true}) ==
        R"({"type":"say","room":"l","text":"t","id":"i","action":true})"
        "\n");
  CHECK(line(request::Say{.room = "l", .text = "t", .id = {}}) == R"({"type":"say","room":"l","text":"t"})"
                                                                  "\n");
}

TEST_CASE("strings are escaped so that a line stays one line and drives no terminal") {
  const auto text = [](std::string value) {
    const std::string whole = line(event::Left{std::move(value)});
    const std::string before = R"({"type":"left","room":)";
    return whole.substr(before.size(), whole.size() - before.size() - 2);
  };
  CHECK(text(R"(say "hi" \o/)") == R"("say \"hi\" \\o/")");
  CHECK(text("a\nb\tc\rd") == R"("a\nb\tc\u000dd")");
  CHECK(text("\x1b[31m\0\x7f"s) == R"("\u001b[31m\u0000\u007f")");
  CHECK(text("\u0080\u009b\u009f\u00a0") == "\"\\u0080\\u009b\\u009f\u00a0\"");
  CHECK(text("\u2028\u2029\u2027") == "\"\\u2028\\u2029\u2027\"");
  CHECK(text("Привет 你好 😀") == "\"Привет 你好 😀\"");
  CHECK(text("\xff\xe2\x82") == "\"\uFFFD\uFFFD\uFFFD\"");
  CHECK(text("ends in {") == "\"ends in {\"");
}

TEST_CASE("what has to be escaped is, wherever it stands") {
  for (const auto& [text, escape] : std::vector<std::pair<std::string, std::string>>{{"\"", "\\\""},
                                                                                     {"\\", "\\\\"},
                                                                                     {"\n", "\\n"},
                                                                                     {"\x1f", "\\u001f"},
                                                                                     {"\x7f", "\\u007f"},
                                                                                     {"é", "é"},
                                                                                     {"!", "!"}}) {
    for (std::size_t place = 0; place < 18; ++place) {
      Message said = hi;
      said.text = std::string(place, 'a') + text + std::string(17 - place, '~');
      const std::string written = std::string(place, 'a') + escape + std::string(17 - place, '~');
      CAPTURE(text, place);
      CHECK(line(message(said)).find("\"text\":\"" + written + "\"") != std::string::npos);
    }
  }
}

TEST_CASE("numbers that JSON does not know are written as nothing") {
  event::Welcome welcome;
  welcome.messages_per_second =
      GENERATE(std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN());
  CHECK_THAT(line(welcome), Catch::Matchers::ContainsSubstring("\"messages_per_second\":0,"));
}
