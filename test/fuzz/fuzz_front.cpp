#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/line_splitter.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/local_directory.hpp"
#include "server/front/front_ends.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/net/connection.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/sniffer.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/fuzz/require.hpp"

// Bytes from a stranger, through a whole daemon but for its listener: the sniffing, the front end that
// it chooses, the hub and its rooms, and out again to the stranger and to two bystanders, one of each
// format. The first byte of the input says how the rest is cut into segments.

namespace {

using namespace hubbub;
using fuzz::require;

class FixedClock final : public chat::Clock {
 public:
  explicit FixedClock(net::Turn& turn) : turn_(turn) {}
  chat::Now now() const override { return {.steady = turn_.now().steady, .wall = protocol::Timestamp{}}; }

 private:
  net::Turn& turn_;
};

struct House {
  chat::Settings chat_settings;
  net::Settings net_settings;
  boost::asio::io_context io{1};
  net::Turn turn{io, [this] { hub.end_turn(); }};
  FixedClock clock{turn};
  std::unique_ptr<journal::Journal> journal{journal::make_journal({}, {}, io).value()};
  chat::LocalDirectory directory;
  chat::Hub hub{chat_settings, clock, *journal, directory};
  net::Admission admission{net_settings};
  net::Protocols protocols{front::front_ends(hub)};

  House() {
    chat_settings.messages_per_second = 0;  // nothing is to wait for time to pass
    net_settings.sniff = std::chrono::milliseconds{0};
  }
  ~House() { hub.close_all({protocol::Code::shutting_down, "the end"}); }
};

/// One end of a connection, the other of which the daemon serves.
class Peer {
 public:
  explicit Peer(House& house) : house_(house) {
    int ends[2];
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0, "a socket pair");
    fd_ = ends[0];
    net::Socket socket(house.io, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[1]);
    socket.non_blocking(true);
    const auto connection = net::open_connection(
        std::move(socket), house.turn, house.net_settings,
        net::AdmittedPeer(*house.admission.admit("", net::Time::min()), {}, 1, net::Time::min()));
    connection->start(std::make_unique<net::Sniffer>(*connection, house.protocols));
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { ::close(fd_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) break;  // the daemon has closed, or will read on when it has turned
      bytes.remove_prefix(static_cast<std::size_t>(n));
      house_.turn.poll();
    }
    for (int i = 0; i < 4; ++i) house_.turn.poll();
  }
  void end() const { ::shutdown(fd_, SHUT_WR); }

  std::string read() const {
    std::string all;
    char buffer[16384];
    for (ssize_t n = 0; (n = ::recv(fd_, buffer, sizeof(buffer), 0)) > 0;) {
      all.append(buffer, static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  House& house_;
  int fd_ = -1;
};

/// Whatever came in, what goes out drives nobody's terminal.
void check_clean(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(protocol::front_code_point(text).bytes)) {
    const auto next = protocol::front_code_point(text);
    require(next.bytes > 0, "what goes out is UTF-8");
    require(!protocol::is_control(next.value) || next.value == '\n' || next.value == '\t',
            "what goes out is clean");
  }
}

void check_json(std::string_view text) {
  check_clean(text);
  protocol::LineSplitter lines(text, 0);
  while (const auto line = lines.next())
    require(protocol::decode_event(*line).has_value(), "each line is an event");
  require(lines.consumed() == text.size(), "every line is whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ops::log::configure({.level = ops::log::Level::error});
  if (size == 0) return 0;
  House house;
  Peer text(house);
  Peer json(house);
  text.send("hello\n");
  json.send("{\"type\":\"hello\",\"version\":1,\"name\":\"json\"}\n{\"type\":\"join\",\"room\":\"lobby\"}\n");

  Peer stranger(house);
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t step = data[0] % 7 == 0 ? bytes.size() : data[0] % 7;
  bytes.remove_prefix(1);
  while (!bytes.empty()) {
    stranger.send(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  stranger.end();
  for (int i = 0; i < 8; ++i) house.turn.poll();

  json.send("{\"type\":\"ping\",\"ref\":\"last\"}\n");
  const auto heard = json.read();
  check_json(heard);
  require(heard.find("{\"type\":\"pong\",\"ref\":\"last\"}") != std::string::npos,
          "others are served as before");
  check_clean(text.read());
  check_clean(stranger.read());
  return 0;
}
