#include "client/view/phrases.hpp"

#include "test/support/catch.hpp"

using namespace hubbub;

TEST_CASE("a message is a line, with a time that date -Iseconds could have printed") {
  protocol::Message message;
  message.time = *protocol::timestamp_from("2026-11-21T09:30:00.125Z");
  message.from = "alice";
  message.text = "hi\n\x1b[31mthere\tyou";
  const std::string line = client::log_line(message);
  constexpr std::size_t time = 25;
  CHECK(line.substr(time) == " alice: hi\\n[31mthere\tyou\n");
  // Whatever the zone is, it is the same moment.
  CHECK(protocol::timestamp_from(line.substr(0, time)) == protocol::timestamp_from("2026-11-21T09:30:00Z"));
  message.kind = protocol::MessageKind::action;
  message.text = "waves";
  CHECK(client::log_line(message).substr(time) == " * alice waves\n");
}
