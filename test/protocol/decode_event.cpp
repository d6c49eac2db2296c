#include "protocol/json.hpp"
#include "test/protocol/reading.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;

TEST_CASE("every event is read as it was written") {
  const std::string line = GENERATE(
      R"({"type":"welcome","version":1,"server":"hubbub","name":"alice","account":false,"limits":{"line":16384,"text":4096,"name":32,"room":50,"messages_per_second":2.5,"messages_burst":100},"default_room":"lobby"})",
      R"({"type":"welcome","version":1,"server":"h","name":"张伟","account":true,"rooms":[{"room":"lobby","read":7}],"motd":"be\nkind","limits":{"line":1,"text":2,"name":3,"room":4,"messages_per_second":0,"messages_burst":0},"default_room":"大厅","ref":"h"})",
      R"({"type":"conversations","conversations":[{"with":"боб","last":9,"read":7,"unread":2}],"more":false,"ref":"c"})",
      R"({"type":"read","room":"lobby","seq":7})", R"({"type":"read","with":"боб","seq":9,"ref":"r"})",
      R"({"type":"typing","room":"lobby","from":"боб","state":"active"})",
      R"({"type":"typing","to":"alice","from":"боб","state":"done"})",
      R"({"type":"message","to":"alice","seq":9,"time":"2026-11-21T09:30:00.125Z","from":"боб","text":"hi","account":"боб"})",
      R"({"type":"history","with":"боб","messages":[],"complete":true})",
      R"({"type":"joined","room":"lobby","topic":"t","count":2,"members":["alice","bob"],"last":42,"history":[{"type":"message","room":"lobby","seq":41,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi"},{"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:01.000Z","from":"bob","text":"waves","id":"i","action":true}],"complete":false})",
      R"({"type":"joined","room":"lobby","topic":"","count":0,"members":[],"last":0,"history":[],"complete":true})",
      R"({"type":"joined","room":"lobby","topic":"","count":0,"members":[],"last":7,"epoch":"00c0ffee00c0ffee","history":[],"complete":true})",
      R"({"type":"left","room":"lobby","ref":"r"})",
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi","notice":true,"account":"robert","reply_to":41})",
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi","action":true,"edited":"2026-11-21T09:31:00.125Z"})",
      R"({"type":"message","room":"lobby","seq":42,"time":"2026-11-21T09:30:00.125Z","from":"alice","account":"alice","deleted":true})",
      R"({"type":"message","room":"lobby","seq":9007199254740992,"time":"2026-11-21T09:30:00.125Z","from":"Алиса","text":"при\nвет","id":"i","action":true,"ref":"r"})",
      R"({"type":"message","to":"bob","time":"2026-11-21T09:30:00.125Z","from":"alice","text":"hi"})",
      R"({"type":"presence","room":"lobby","count":3})",
      R"({"type":"presence","room":"lobby","count":3,"joined":["a","b"],"left":[{"name":"c","reason":"quit"}]})",
      R"({"type":"renamed","old":"a","new":"b"})",
      R"({"type":"topic","room":"lobby","text":"t","from":"a","time":"2026-11-21T09:30:00.125Z"})",
      R"({"type":"members","room":"lobby","count":3,"names":["a","b"],"more":true})",
      R"({"type":"members","count":0,"names":[],"more":false})",
      R"({"type":"rooms","rooms":[{"room":"lobby","topic":"t","count":3},{"room":"b","topic":"","count":0}],"more":true})",
      R"({"type":"history","room":"lobby","messages":[{"type":"message","room":"lobby","seq":1,"time":"2026-11-21T09:30:00.125Z","from":"a","text":"t"}],"complete":false})",
      R"({"type":"ping"})", R"({"type":"pong","ref":"p"})",
      R"({"type":"error","code":"rate_limited","text":"slow down","id":"i","retry_after":1500,"ref":"r"})",
      R"({"type":"error","code":"bad_json","text":"no"})",
      R"({"type":"bye","code":"shutting_down","text":"the server goes down"})");
  const std::optional<Event> event = decode_event(line);
  REQUIRE(event.has_value());
  std::string again;
  encode(*event, again);
  CHECK(again == line + "\n");
}

TEST_CASE("an event of an unknown type is nothing, and so is what is no event") {
  const std::string line =
      GENERATE(R"({"type":"fanfare","text":"x"})", R"({"type":5})", R"({})", "", "[]", "5", "null", "x",
               R"({"type":"ping")", R"({"type":"ping"} x)", "{\"type\":\"\xff\"}", "* plain text greeting",
               R"({"type":"topic","text":"\ud800"})");
  CAPTURE(line);
  CHECK_FALSE(decode_event(line));
}

TEST_CASE("a hundred thousand brackets are no event") {
  CHECK_FALSE(decode_event(std::string(100'000, '[')));
  CHECK_FALSE(decode_event(R"({"type":"ping","a":)" + std::string(100'000, '[')));
}

TEST_CASE("fields that are missing are at their defaults") {
  const auto welcome = read_event<event::Welcome>(R"({"type":"welcome"})");
  CHECK(welcome.version == 1);
  CHECK(welcome.name.empty());
  CHECK(welcome.line_bytes == 0);
  CHECK(welcome.messages_per_second == 0);
  const auto joined = read_event<event::Joined>(R"({"type":"joined"})");
  CHECK(joined.complete);
  CHECK(joined.history.empty());
  const auto message = read_event<MessagePtr>(R"({"type":"message"})");
  REQUIRE(message != nullptr);
  CHECK(message->time == Timestamp{});
  CHECK(read_event<event::Presence>(R"({"type":"presence"})").left.empty());
}

TEST_CASE("fields that are wrong are at their defaults too") {
  const auto joined = read_event<event::Joined>(
      R"({"type":"joined","room":5,"topic":null,"count":"2","members":[1,"bob"],"last":-1,"history":{},"complete":"no"})");
  CHECK(joined.room.empty());
  CHECK(joined.count == 0);
  CHECK(joined.members == std::vector<std::string>{"", "bob"});
  CHECK(joined.last == 0);
  CHECK(joined.complete);
  CHECK(read_event<MessagePtr>(R"({"type":"message","time":"yesterday","seq":1e300})")->seq == 0);
  CHECK(read_event<event::History>(R"({"type":"history","messages":[5,null]})").messages.size() == 2);
  CHECK(read_event<event::Welcome>(R"({"type":"welcome","limits":[]})").line_bytes == 0);
  CHECK(read_event<event::Presence>(R"({"type":"presence","count":2.0})").count == 2);
}

TEST_CASE("fields that are new are passed over") {
  const auto left =
      read_event<event::Left>(R"({"type":"left","room":"lobby","since":{"a":[1,2,3]},"room2":"x"})");
  CHECK(left.room == "lobby");
}

TEST_CASE("a code that is new keeps its name") {
  const auto failure = read_event<event::Failure>(R"({"type":"error","code":"too_loud","text":"hush"})");
  CHECK(failure.error.code == Code::bad_request);
  CHECK(failure.error.text == "hush (too_loud)");
  const auto bye = read_event<event::Bye>(R"({"type":"bye","code":"moved","text":"we live elsewhere now"})");
  CHECK(bye.error.code == Code::shutting_down);
  CHECK(bye.error.text == "we live elsewhere now (moved)");
  CHECK(read_event<event::Bye>(R"({"type":"bye","text":"so long"})").error.text == "so long");
}
