#include "server/front/framing.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocol/json.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/local_directory.hpp"
#include "server/front/json/json_client.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/ops/log.hpp"
#include "test/net/scripted_stream.hpp"
#include "test/support/catch.hpp"

namespace hubbub::front {
namespace {

namespace event = protocol::event;
using protocol::Event;

/// Four bytes before each message tell its length, the highest first.
class Prefixed final : public Framing {
 public:
  static constexpr std::size_t prefix = 4;

  static std::string with_prefix(std::string_view message) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(message.size() >> shift & 0xFF);
    return out.append(message);
  }

  Cut cut(std::string_view bytes, std::size_t most) override {
    if (bytes.size() < prefix) return {};
    std::size_t size = 0;
    for (const char byte : bytes.substr(0, prefix)) size = size << 8 | static_cast<unsigned char>(byte);
    if (most != 0 && size > most) return {.message = {}, .used = 0, .too_long = true};
    if (bytes.size() < prefix + size) return {};
    return {.message = bytes.substr(prefix, size), .used = prefix + size, .too_long = false};
  }
  std::optional<std::string_view> last(std::string_view /*rest*/) override { return std::nullopt; }
  void frame(std::string& out, std::size_t begin) const override {
    const auto message = out.substr(begin, out.size() - begin - 1);  // without its line feed
    out.resize(begin);
    out += with_prefix(message);
  }
  bool is_by_line_feed() const override { return false; }
  std::size_t most_overhead() const override { return prefix; }
};

const JsonWire& json_prefixed() {
  static Prefixed framing;
  static const JsonFormat format(framing);
  static const JsonWire wire{.framing = framing, .format = format};
  return wire;
}

class TurnClock final : public chat::Clock {
 public:
  explicit TurnClock(net::Turn& turn) : turn_(turn) {}
  chat::Now now() const override { return {.steady = turn_.now().steady, .wall = protocol::Timestamp{}}; }

 private:
  net::Turn& turn_;
};

/// A hub, and a loop that is turned by hand.
struct FramingHouse {
  FramingHouse() { ops::log::configure({.level = ops::log::Level::error}); }

  boost::asio::io_context io{1};
  net::Turn turn{io, [this] { hub.end_turn(); }};
  chat::Settings settings;
  net::Settings net_settings;
  net::Admission admission{net_settings};
  TurnClock clock{turn};
  std::unique_ptr<journal::Journal> journal{journal::make_journal({}, {}, io).value()};
  chat::LocalDirectory directory;
  accounts::Settings account_settings{.hash_memory = 8192, .hash_passes = 1};  // cheap hashes
  accounts::Registry accounts{account_settings, std::make_unique<ops::Worker>(io)};
  chat::Hub hub{settings, clock, *journal, directory, accounts};
};

/// A client of it, whose bytes are in the test's hand.
class Peer {
 public:
  Peer(FramingHouse& house, const JsonWire& wire)
      : house_(house),
        wire_(wire),
        connection_(net::open_scripted(script_, house.turn, house.net_settings, house.admission)) {
    connection_->start(std::make_unique<JsonClient>(*connection_, house.hub, wire));
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    script_.failure = boost::asio::error::connection_reset;
    connection_->write(protocol::make_bytes("the end"));
    turns();
    script_.let_go();
  }

  void send(std::string_view bytes) {
    script_.input += bytes;
    turns();
  }
  void end() {
    script_.ended = true;
    turns();
  }
  /// What it was sent since it was last asked.
  std::vector<Event> events() {
    std::vector<Event> events;
    std::string_view rest = script_.output;
    while (const auto message = take(rest)) events.push_back(protocol::decode_event(*message).value());
    REQUIRE(rest.empty());
    script_.output.clear();
    return events;
  }

 private:
  std::optional<std::string_view> take(std::string_view& rest) const {
    const auto next = wire_.framing.cut(rest, 0);
    rest.remove_prefix(next.used);
    return next.message;
  }
  void turns() {
    for (int i = 0; i < 6; ++i) {
      script_.ready_to_read();
      house_.turn.poll();
    }
  }

  FramingHouse& house_;
  const JsonWire& wire_;
  net::Script script_;
  net::ConnectionPtr connection_;
};

template <class Body>
std::vector<Body> all(const std::vector<Event>& events) {
  std::vector<Body> found;
  for (const auto& event : events) {
    if (const auto* body = std::get_if<Body>(&event.body)) found.push_back(*body);
  }
  return found;
}

std::string hello(const std::string& name) {
  return R"({"type":"hello","version":1,"name":")" + name + R"("})";
}
constexpr std::string_view join = R"({"type":"join","room":"lobby"})";
constexpr std::string_view say = R"({"type":"say","room":"lobby","text":"good day"})";

}  // namespace

TEST_CASE("lines are cut one by one, and what is left at the end is one too") {
  Lines lines(protocol::LineEnding::line_feed);
  const auto first = lines.cut("one\r\ntwo", 10);
  CHECK(first.message == "one");
  CHECK(first.used == 5);
  const auto second = lines.cut("two", 10);
  CHECK_FALSE(second.message);
  CHECK(second.used == 0);
  CHECK_FALSE(second.too_long);
  CHECK(lines.cut("too long", 5).too_long);
  CHECK(lines.last("two") == "two");
  CHECK_FALSE(lines.last(""));
}

TEST_CASE("JSON works over any framing, however its bytes are cut, and those of all framings meet") {
  FramingHouse house;
  Peer lines(house, json_lines());
  Peer prefixed(house, json_prefixed());
  lines.send(hello("alice") + "\n" + std::string(join) + "\n");
  for (const auto& message : {hello("bob"), std::string(join)}) {
    for (const char byte : Prefixed::with_prefix(message)) prefixed.send({&byte, 1});
  }
  const auto greeting = prefixed.events();
  CHECK(all<event::Welcome>(greeting).size() == 1);
  CHECK(all<event::Joined>(greeting).size() == 1);
  lines.events();
  prefixed.send(Prefixed::with_prefix(say) + Prefixed::with_prefix(say));
  for (auto* reader : {&lines, &prefixed}) {
    const auto said = all<protocol::MessagePtr>(reader->events());
    REQUIRE(said.size() == 2);
    CHECK(said[1]->text == "good day");
    CHECK(said[1]->from == "bob");
  }
}

TEST_CASE("a message may have as many bytes as a line, whatever frames it") {
  FramingHouse house;
  house.net_settings.line_bytes = hello("bob").size();
  Peer peer(house, json_prefixed());
  peer.send(Prefixed::with_prefix(hello("bob")));
  CHECK(all<event::Welcome>(peer.events()).size() == 1);
  peer.send(Prefixed::with_prefix(hello("bob") + " "));
  const auto last = all<event::Bye>(peer.events());
  REQUIRE(last.size() == 1);
  CHECK(last[0].error.code == protocol::Code::line_too_long);
}

TEST_CASE("what is not whole at the end counts as the framing says") {
  FramingHouse house;
  Peer lines(house, json_lines());
  lines.send(hello("alice"));
  lines.end();
  CHECK(all<event::Welcome>(lines.events()).size() == 1);
  Peer prefixed(house, json_prefixed());
  prefixed.send(Prefixed::with_prefix(hello("bob")).substr(0, 20));
  prefixed.end();
  const auto told = prefixed.events();
  CHECK(all<event::Welcome>(told).empty());
  CHECK(all<event::Bye>(told).size() == 1);
}

}  // namespace hubbub::front
