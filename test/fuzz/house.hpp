#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
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
#include "server/front/web/web.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/net/connection.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/sniffer.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/fuzz/require.hpp"

// A whole daemon but for its listener: the sniffing, the front ends, the hub and its rooms.
namespace hubbub::fuzz {

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
  accounts::Settings account_settings{.hash_memory = 8192, .hash_passes = 1};  // cheap hashes
  accounts::Registry accounts{account_settings, std::make_unique<ops::Worker>(io)};
  chat::Hub hub{chat_settings, clock, *journal, directory, accounts};
  net::Admission admission{net_settings};
  front::WebSettings web_settings;
  front::Web web{.settings = web_settings,
                 .admission = admission,
                 .server_name = chat_settings.server_name,
                 .metrics = [] { return std::string("hubbub 1\n"); },
                 .not_ready = [] { return std::nullopt; }};
  net::Protocols protocols{front::front_ends(hub, web)};

  House() {
    chat_settings.messages_per_second = 0;  // nothing is to wait for time to pass
    net_settings.sniff = std::chrono::milliseconds{0};
  }
  ~House() { hub.close_all({protocol::Code::shutting_down, "the end"}); }
};

/// One end of a connection, the other of which the daemon serves.
class Peer {
 public:
  explicit Peer(House& house) : Peer(house, house.protocols) {}
  /// `protocols`: what it may speak.
  Peer(House& house, const net::Protocols& protocols) : house_(house) {
    int ends[2];
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0, "a socket pair");
    fd_ = ends[0];
    net::Socket socket(house.io, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[1]);
    socket.non_blocking(true);
    const auto connection = net::open_connection(
        std::move(socket), house.turn, house.net_settings,
        net::AdmittedPeer(*house.admission.admit("", net::Time::min()), {}, 1, net::Time::min()));
    connection->start(std::make_unique<net::Sniffer>(*connection, protocols));
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
inline void check_clean(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(protocol::front_code_point(text).bytes)) {
    const auto next = protocol::front_code_point(text);
    require(next.bytes > 0, "what goes out is UTF-8");
    require(!protocol::is_control(next.value) || next.value == '\n' || next.value == '\t',
            "what goes out is clean");
  }
}

inline void check_json(std::string_view text) {
  check_clean(text);
  protocol::LineSplitter lines(text, 0);
  while (const auto line = lines.next())
    require(protocol::decode_event(*line).has_value(), "each line is an event");
  require(lines.consumed() == text.size(), "every line is whole");
}

/// Two who have been there before a stranger comes, and are to be served as before.
class Bystanders {
 public:
  explicit Bystanders(House& house) : text_(house), json_(house) {
    text_.send("hello\n");
    json_.send(
        "{\"type\":\"hello\",\"version\":1,\"name\":\"json\"}\n{\"type\":\"join\",\"room\":\"lobby\"}\n");
  }

  void check() {
    json_.send("{\"type\":\"ping\",\"ref\":\"last\"}\n");
    const auto heard = json_.read();
    check_json(heard);
    require(heard.find("{\"type\":\"pong\",\"ref\":\"last\"}") != std::string::npos,
            "others are served as before");
    check_clean(text_.read());
  }

 private:
  Peer text_;
  Peer json_;
};

/// Sends the input in pieces of the size that its first byte says, and ends.
inline void send_in_pieces(Peer& peer, House& house, std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t step = first % 7 == 0 ? bytes.size() : first % 7;
  bytes.remove_prefix(1);
  while (!bytes.empty()) {
    peer.send(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  peer.end();
  for (int i = 0; i < 8; ++i) house.turn.poll();
}

}  // namespace hubbub::fuzz
