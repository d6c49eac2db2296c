// The numbers for operators, against what a conversation did.
#include <map>
#include <sstream>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {
namespace {

using Numbers = std::map<std::string, double>;

Numbers scrape(const Address& address) {
  const Socket socket(address);
  socket.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::string heard;
  while (const auto more = socket.receive()) {
    if (more->empty()) break;
    heard += *more;
  }
  REQUIRE(heard.starts_with("HTTP/1.1 200 OK\r\n"));
  std::istringstream lines(heard.substr(heard.find("\r\n\r\n") + 4));
  Numbers numbers;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto blank = line.rfind(' ');
    numbers[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
  }
  return numbers;
}

}  // namespace

TEST_CASE("every number is what a conversation made it") {
  const Daemon daemon({.config = "[limits]\nconnections_per_address = 5\n"});
  const auto before = scrape(daemon.address());
  CHECK(before.at("hubbub_messages_total") == 0);
  CHECK(before.at("hubbub_sessions") == 0);
  CHECK(before.at("hubbub_connections{front=\"web\"}") == 1);  // itself
  {
    JsonClient anna = member(daemon.address(), "anna");
    JsonClient bob = member(daemon.address(), "bob", "lobby", Framing::web_socket);
    TextClient nina(daemon.address());
    nina.send_line("one");
    nina.expect("one");
    anna.say("lobby", "two");
    anna.join("den");
    anna.say("den", "three");
    bob.sync();
    for (int i = 0; i < 2; ++i)  // the second is answered, and delivered to nobody else
      anna.answer({{"type", "say"}, {"room", "lobby"}, {"text", "once"}, {"id", "the same"}});
    bob.sync();
    CHECK(anna.refusal({{"type", "join"}, {"room", "#"}}) == "room_invalid");
    CHECK(anna.refusal({{"type", "say"}, {"room", "nowhere"}, {"text", "x"}}) == "not_joined");
    JsonClient twin(daemon.address());
    CHECK(twin.refusal({{"type", "hello"}, {"version", 1}, {"name", "anna"}}) == "name_taken");
    twin.close();
    daemon.wait_for_log("disconnected connection=5 ");

    const auto now = scrape(daemon.address());
    CHECK(now.at("hubbub_connections{front=\"json\"}") == 1);
    CHECK(now.at("hubbub_connections{front=\"text\"}") == 1);
    CHECK(now.at("hubbub_connections{front=\"websocket\"}") == 1);
    CHECK(now.at("hubbub_connections_total{front=\"json\"}") == 2);
    CHECK(now.at("hubbub_connections_total{front=\"web\"}") == 3);  // two scrapes, and before the WebSocket
    CHECK(now.at("hubbub_sessions") == 3);
    CHECK(now.at("hubbub_rooms") == 2);
    CHECK(now.at("hubbub_messages_total") == 4);
    CHECK(now.at("hubbub_deliveries_total") == 3 + 3 + 1 + 3 + 1);
    CHECK(now.at("hubbub_logins_total{result=\"ok\"}") == 3);
    CHECK(now.at("hubbub_logins_total{result=\"refused\"}") == 1);
    CHECK(now.at("hubbub_errors_total{code=\"room_invalid\"}") == 1);
    CHECK(now.at("hubbub_errors_total{code=\"not_joined\"}") == 1);
    CHECK(now.at("hubbub_errors_total{code=\"name_taken\"}") == 1);
    CHECK(now.at("hubbub_batch_messages_sum") == 5);
    CHECK(now.at("hubbub_batch_messages_count") == now.at("hubbub_commit_seconds_count"));
    CHECK(now.at("hubbub_commit_seconds_bucket{le=\"+Inf\"}") == now.at("hubbub_commit_seconds_count"));
    CHECK(now.at("hubbub_bytes_total{direction=\"in\"}") > before.at("hubbub_bytes_total{direction=\"in\"}"));
    CHECK(now.at("hubbub_bytes_total{direction=\"out\"}") >
          before.at("hubbub_bytes_total{direction=\"out\"}"));
    CHECK(now.at("hubbub_turn_seconds_count") > before.at("hubbub_turn_seconds_count"));
    CHECK(now.at("hubbub_outbox_bytes") == 0);
    CHECK(now.at("hubbub_slow_readers") == 0);
    CHECK(now.at("hubbub_journal_faults_total") == 0);
    CHECK(now.at("process_open_fds") > 5);
    CHECK(now.at("process_resident_memory_bytes") > 1e6);

    JsonClient fourth(daemon.address());
    fourth.hello("fourth");
    JsonClient fifth(daemon.address());
    fifth.hello("fifth");
    LineClient too_many(daemon.address());
    too_many.read_to_end();
    fourth.close();
    fifth.close();
    daemon.wait_for_log("name=fourth reason=");
    daemon.wait_for_log("name=fifth reason=");
    CHECK(scrape(daemon.address()).at("hubbub_refused_total{reason=\"connections_per_address\"}") == 1);
  }
  daemon.wait_for_log("disconnected connection=1 ");
  daemon.wait_for_log("name=anna reason=");
  daemon.wait_for_log("name=bob reason=");
  daemon.wait_for_log("name=guest-1 reason=");
  const auto after = scrape(daemon.address());
  CHECK(after.at("hubbub_sessions") == 0);
  CHECK(after.at("hubbub_connections{front=\"json\"}") == 0);
  CHECK(after.at("hubbub_connections{front=\"websocket\"}") == 0);
}

TEST_CASE("what is on disk has a size, and a slow reader is counted") {
  const Daemon daemon(
      {.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"16KiB\"\nsend_queue_soft = \"8KiB\"\n",
       .engine = "sqlite"});
  JsonClient slow(daemon.address(), Framing::lines, {.receive_buffer = 4096});
  slow.hello("slow");
  slow.join("lobby");
  JsonClient anna = member(daemon.address(), "anna");
  int rounds = 0;
  do {
    REQUIRE(++rounds < 100);
    for (int i = 0; i < 200; ++i)
      anna.send({{"type", "say"}, {"room", "lobby"}, {"text", std::string(1000, 'x')}});
    anna.sync();
  } while (scrape(daemon.address()).at("hubbub_slow_readers") == 0);
  const auto now = scrape(daemon.address());
  CHECK(now.at("hubbub_slow_readers") == 1);
  CHECK(now.at("hubbub_outbox_bytes") > 0);
  CHECK(now.at("hubbub_journal_bytes{file=\"journal.sqlite3\"}") > 0);
  CHECK(now.at("hubbub_journal_writable") == 1);
}

}  // namespace hubbub::test
