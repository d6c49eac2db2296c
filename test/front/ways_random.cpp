// People who come in every way at once (lines of JSON, WebSockets; each with TLS and without, some by a proxy
// that is trusted), in random orders of all that they can do: speak in pieces, read slowly or not, send
// control frames, leave well or badly. The model: whoever stays has every message of the room once and in
// order, from when he joined; what was said is answered to who said it, in order; whoever has closed well is
// told goodbye, and nothing behind it.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/json.hpp"
#include "server/net/connection.hpp"
#include "server/net/plain_stream.hpp"
#include "server/net/proxy_header.hpp"
#include "server/net/tls.hpp"
#include "server/tools/self_signed.hpp"
#include "test/front/house.hpp"
#include "test/net/tls_peer.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::front {
namespace {

namespace event = protocol::event;

using test::Dice;

/// A certificate for all houses: making one takes longer than a run.
const net::CertificateFiles& certificate() {
  static const test::TemporaryDirectory directory;
  static const net::CertificateFiles files = [] {
    const auto made = tools::make_self_signed("localhost").value();
    return net::CertificateFiles{.certificate = directory.write("pair.crt", made.certificate).string(),
                                 .key = directory.write("pair.key", made.key).string()};
  }();
  return files;
}

struct Ways : House {
  Ways() {
    net_settings.sniff = std::chrono::milliseconds{0};
    net_settings.trusted_proxies = {net::AddressRange::parse("unix").value()};
    net_settings.certificates = {certificate()};
    REQUIRE_FALSE(tls.load());
    all = protocols;
    all.insert(all.begin(), net::tls_protocol(tls, protocols));
  }
  Ways(const Ways&) = delete;
  Ways& operator=(const Ways&) = delete;
  ~Ways() { turn.abandon_all(); }

  ops::Worker worker{io};
  net::Tls tls{net_settings, worker};
  net::Protocols all;  ///< with TLS
};

/// The client's side of one way in: lines go into it, bytes come out, and the other way round.
class Way {
 public:
  Way(bool is_tls, bool is_web, bool is_by_proxy) : is_web_(is_web) {
    if (is_by_proxy) raw_ = "PROXY TCP4 192.0.2.7 198.51.100.1 1025 443\r\n";
    if (is_tls) tls_ = std::make_unique<net::TlsPeer>();
    if (is_web) {
      seal(
          "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    } else {
      seal("");
    }
  }

  void say(std::string_view line, Dice& dice) {
    if (!is_web_) return seal(std::string(line) + '\n');
    const auto fragments = 1 + dice.below(3);
    for (std::size_t i = 0; i < fragments; ++i) {
      const bool is_last = i + 1 == fragments;
      const auto piece = line.substr(0, is_last ? line.size() : dice.below(line.size() + 1));
      line.remove_prefix(piece.size());
      frame(static_cast<std::uint8_t>((i == 0 ? 1 : 0) | (is_last ? 0x80 : 0)), piece);
      if (dice.one_in(4)) frame(0x89, "ping");
    }
  }
  /// Says that nothing more will come.
  void close() {
    if (is_web_) frame(0x88, "\x03\xE8");
    if (!is_web_ && tls_) {
      closes_ = true;
      seal("");
    }
  }
  /// Whether the end of the socket's output, and not what was said in it, tells that nothing more will come.
  bool is_closed_by_socket() const { return !is_web_; }

  bool is_all_out() const { return raw_.empty() && waiting_.empty() && !closes_; }
  std::string describe() const {
    return std::string(is_web_ ? "web" : "lines") +
           (tls_ ? (tls_->is_ready() ? " in TLS" : " in TLS, not ready") : "") + (is_open_ ? " open" : "") +
           ", waiting " + std::to_string(waiting_.size()) + ", clear " + clear_.substr(0, 100);
  }
  /// Bytes for the socket.
  std::string& raw() { return raw_; }

  void hear(std::string_view bytes) {
    if (tls_) {
      tls_->give(bytes);
      clear_ += tls_->read();
      seal("");
    } else {
      clear_ += bytes;
    }
  }
  /// The next line that has come.
  std::optional<std::string> next() {
    if (!is_web_) {
      const auto end = clear_.find('\n');
      if (end == std::string::npos) return std::nullopt;
      auto line = clear_.substr(0, end);
      clear_.erase(0, end + 1);
      return line;
    }
    if (!is_open_) {
      const auto end = clear_.find("\r\n\r\n");
      if (end == std::string::npos) return std::nullopt;
      REQUIRE(clear_.starts_with("HTTP/1.1 101 "));
      clear_.erase(0, end + 4);
      is_open_ = true;
    }
    while (const auto payload = next_frame())
      if (!payload->empty()) return payload;
    return std::nullopt;
  }
  /// Whether the server has ended its side as it should.
  bool is_ended() const {
    return clear_.empty() && (!is_web_ || has_close_) && (!tls_ || tls_->has_been_closed());
  }

 private:
  void frame(std::uint8_t first, std::string_view payload) {
    constexpr std::string_view mask = "\x1F\x2E\x3D\x4C";
    std::string bytes(1, static_cast<char>(first));
    if (payload.size() < 126) {
      bytes += static_cast<char>(0x80 | payload.size());
    } else {
      bytes += static_cast<char>(0x80 | 126);
      bytes += static_cast<char>(payload.size() >> 8);
      bytes += static_cast<char>(payload.size() & 0xFF);
    }
    bytes += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
      bytes += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
    seal(bytes);
  }
  /// The text of the next message; empty for a control frame.
  std::optional<std::string> next_frame() {
    const auto byte = [this](std::size_t place) { return static_cast<std::uint8_t>(clear_[place]); };
    if (clear_.size() < 2) return std::nullopt;
    REQUIRE_FALSE(has_close_);
    std::size_t length = byte(1);
    REQUIRE(length < 127);
    const std::size_t head = length == 126 ? 4 : 2;
    if (clear_.size() < head) return std::nullopt;
    if (head == 4) length = static_cast<std::size_t>(byte(2)) << 8 | byte(3);
    if (clear_.size() < head + length) return std::nullopt;
    const auto first = byte(0);
    auto payload = clear_.substr(head, length);
    clear_.erase(0, head + length);
    has_close_ = first == 0x88;
    if (first == 0x8A) REQUIRE(payload == "ping");
    REQUIRE((first == 0x81 || first == 0x88 || first == 0x8A));
    return first == 0x81 ? payload : std::string();
  }
  void seal(const std::string& bytes) {
    if (!tls_) {
      raw_ += bytes;
      return;
    }
    waiting_ += bytes;
    raw_ += tls_->take();
    if (!tls_->is_ready()) return;
    if (!waiting_.empty()) raw_ += tls_->sealed(std::exchange(waiting_, {}));
    if (std::exchange(closes_, false)) raw_ += tls_->close_notify();
  }

  const bool is_web_;
  bool is_open_ = false;    ///< the server has agreed to the WebSocket
  bool has_close_ = false;  ///< the server has sent a close frame
  bool closes_ = false;     ///< close_notify is to be sent
  std::unique_ptr<net::TlsPeer> tls_;
  std::string waiting_;  ///< for the handshake to be over
  std::string raw_;
  std::string clear_;
};

/// Somebody with a connection of his own.
class Guest {
 public:
  Guest(Ways& house, std::size_t number, Dice& dice)
      : dice_(dice),
        way_(dice.one_in(2), dice.one_in(2), dice.one_in(3)),
        name_("g" + std::to_string(number)) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const int small = 4096;
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    fd_ = ends[1];
    net::Socket socket(house.io, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
    socket.non_blocking(true);
    const auto from = socket.remote_endpoint();
    connection_ = net::open_connection(std::move(socket), house.turn, house.net_settings,
                                       net::AdmittedPeer(*house.admission.admit("", net::Time::min()), from,
                                                         number, house.turn.now().steady));
    connection_->start(std::make_unique<net::ProxyPreface>(*connection_, house.admission, house.all));
    way_.say(R"({"type":"hello","version":1,"name":")" + name_ + "\"}", dice_);
    way_.say(R"({"type":"join","room":"lobby","replay":0})", dice_);
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool is_there() const { return fd_ >= 0 && !is_closing_; }
  void speak() {
    if (!is_there() || said_.size() > 400) return;
    const auto ref = name_ + '-' + std::to_string(said_.size());
    said_.push_back(ref);
    way_.say(R"({"type":"say","room":"lobby","text":")" + std::string(dice_.below(900), 'x') +
                 R"(.","ref":")" + ref + "\"}",
             dice_);
  }
  void send() {
    auto& raw = way_.raw();
    if (fd_ < 0 || raw.empty()) return;
    const auto size = dice_.one_in(3) ? raw.size() : 1 + dice_.below(std::min<std::size_t>(raw.size(), 40));
    const auto sent = ::send(fd_, raw.data(), size, MSG_NOSIGNAL);
    if (sent > 0) raw.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN) raw.clear();
  }
  void read() { read_some(1 + dice_.below(dice_.one_in(2) ? 16'384 : 300)); }
  void leave_well() {
    if (!is_there()) return;
    is_closing_ = true;
    way_.close();
  }
  void leave_badly() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    way_.raw().clear();
  }

  /// Sends all and reads what there is. True: something has happened.
  bool settle() {
    if (fd_ < 0) return false;
    const auto before = way_.raw().size();
    for (int i = 0; i < 50 && !way_.raw().empty(); ++i) send();
    if (is_closing_ && way_.is_all_out() && way_.is_closed_by_socket() && !is_shut_) {
      is_shut_ = true;
      ::shutdown(fd_, SHUT_WR);
    }
    return read_some(100'000) || way_.raw().size() != before;
  }

  /// What must be true when all has come to rest. `lobby`: all messages of the room, by their numbers.
  void check(const std::vector<std::uint64_t>& lobby) const {
    CAPTURE(name_, is_closing_, is_shut_, is_over_, has_bye_, said_.size(), way_.describe());
    if (fd_ < 0) return;
    REQUIRE(joined_at_.has_value());
    REQUIRE(answered_ == said_.size());
    if (is_closing_) {
      REQUIRE(has_bye_);
      REQUIRE(is_over_);
      REQUIRE(way_.is_ended());
      return;
    }
    REQUIRE_FALSE(is_over_);
    const auto first = std::upper_bound(lobby.begin(), lobby.end(), *joined_at_);
    REQUIRE(std::equal(first, lobby.end(), heard_.begin(), heard_.end()));
  }
  const std::vector<std::uint64_t>& heard() const { return heard_; }

 private:
  bool read_some(std::size_t size) {
    if (fd_ < 0 || is_over_) return false;
    std::vector<char> buffer(size);
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0) return false;
    if (got == 0) is_over_ = true;
    way_.hear({buffer.data(), static_cast<std::size_t>(got)});
    while (const auto line = way_.next()) take(protocol::decode_event(*line).value());
    return true;
  }
  void take(const protocol::Event& event) {
    REQUIRE_FALSE(has_bye_);
    if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
      if (joined_at_) {  // caught up: where the room stands now
        REQUIRE(joined->history.empty());
      } else {
        joined_at_ = joined->last;
      }
    } else if (const auto* said = std::get_if<protocol::MessagePtr>(&event.body)) {
      REQUIRE(joined_at_.has_value());
      REQUIRE((heard_.empty() || heard_.back() < (*said)->seq));
      heard_.push_back((*said)->seq);
      if ((*said)->from == name_) REQUIRE(event.ref == said_.at(answered_++));
    } else if (std::holds_alternative<event::Bye>(event.body)) {
      has_bye_ = true;
    }
    if (const auto* failure = std::get_if<event::Failure>(&event.body)) FAIL(failure->error.text);
  }

  Dice& dice_;
  Way way_;
  const std::string name_;
  int fd_ = -1;
  net::ConnectionPtr connection_;
  std::vector<std::string> said_;  ///< the refs, in order
  std::size_t answered_ = 0;       ///< how many of them
  std::optional<std::uint64_t> joined_at_;
  std::vector<std::uint64_t> heard_;
  bool is_closing_ = false;
  bool is_shut_ = false;
  bool has_bye_ = false;
  bool is_over_ = false;
};

void play(std::uint32_t seed) {
  Dice dice(seed);
  Ways house;
  std::deque<Guest> guests;
  const auto turns = [&house](int count) {
    for (int i = 0; i < count; ++i) house.turn.poll();
  };
  const auto settle = [&] {
    int quiet = 0;
    for (int rounds = 0; quiet < 3; ++rounds) {
      REQUIRE(rounds < 20'000);
      bool has_moved = false;
      for (auto& guest : guests) has_moved = guest.settle() || has_moved;
      turns(3);
      quiet = has_moved ? 0 : quiet + 1;
    }
  };
  guests.emplace_back(house, 0, dice);  // who stays, and so has all
  settle();
  const auto steps = 30 + dice.below(300);
  for (std::size_t step = 0; step < steps; ++step) {
    if (guests.size() < 8 && dice.one_in(12)) guests.emplace_back(house, guests.size(), dice);
    auto& guest = guests[dice.below(guests.size())];
    const bool may_leave = &guest != &guests.front();
    switch (dice.below(12)) {
      case 0:
      case 1:
      case 2:
        guest.speak();
        break;
      case 3:
      case 4:
      case 5:
        guest.send();
        break;
      case 6:
      case 7:
        guest.read();
        break;
      case 8:
        for (int i = 0; i < 20; ++i) guest.speak();
        break;
      case 9:
        if (may_leave && dice.one_in(5)) guest.leave_well();
        if (may_leave && dice.one_in(8)) guest.leave_badly();
        break;
      default:
        turns(1);
    }
  }
  settle();
  for (auto& guest : guests) guest.check(guests.front().heard());
}

}  // namespace

// HUBBUB_SEED and HUBBUB_RUNS choose others: HUBBUB_RUNS=10000 test_front "[random]"
TEST_CASE("whichever way people come in, each gets what the model says", "[random]") {
  const auto first = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 300) / 6;
  for (auto seed = first; seed < first + runs; ++seed) {
    CAPTURE(seed);
    play(seed);
  }
}

}  // namespace hubbub::front
