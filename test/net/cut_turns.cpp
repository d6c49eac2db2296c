// Connections that break, drain and are written to in any order, in turns that end after a handler or two:
// none is used after it has gone. What goes wrong here is AddressSanitizer's to tell.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "server/net/connection.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/net/stream_pair.hpp"
#include "test/net/wire_pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

class Crowd;

/// What comes from one is written to all, as in a room.
class Speaker final : public Handler {
 public:
  Speaker(Crowd& crowd, Connection& connection) : crowd_(crowd), connection_(connection) {}

  std::size_t on_input(std::string_view bytes) override;
  bool on_end(std::string_view /*rest*/) override {
    connection().close();
    return true;
  }
  void on_drained() override { ++drained; }
  void on_too_slow() override {}
  void on_closed() override;
  Time deadline() const override { return due; }
  void on_deadline(Time /*now*/) override { due = never; }

  Connection& connection() { return connection_; }

  int drained = 0;
  Time due = never;

 private:
  Crowd& crowd_;
  Connection& connection_;
};

class Crowd {
 public:
  explicit Crowd(int handlers)
      : turn(
            io, [this] { end_turn(); }, handlers),
        admission(settings) {
    settings.send_queue = 20'000;
    settings.send_queue_soft = 10'000;
    for (int i = 0; i < 4; ++i) enter();
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    turn.abandon_all();
    for (const int fd : peers) ::close(fd);
  }

  void enter() {
    const auto [near, far] = stream_pair(AF_UNIX);
    const auto connection = open_pair(near, AF_UNIX, io, turn, settings, admission);
    auto speaker = std::make_unique<Speaker>(*this, *connection);
    speakers.push_back(speaker.get());
    peers.push_back(far);
    connection->start(std::move(speaker));
  }

  /// The session behind a speaker does something with it, whatever state its connection is in.
  void act(std::uint32_t value) {
    if (speakers.empty()) return;
    auto& speaker = *speakers[value / 8 % speakers.size()];
    switch (value % 8) {
      case 0:
      case 1:
        speaker.connection().write(protocol::make_bytes(std::string(value / 64 % 30'000, 'x')));
        break;
      case 2:
      case 3:
        speaker.connection().when_drained();
        break;
      case 4:
        speaker.connection().close();
        break;
      case 5:
        speaker.connection().pause();
        break;
      case 6:
        speaker.connection().resume();
        break;
      default:
        speaker.due = turn.now().steady;
        speaker.connection().deadline_moved();
    }
  }
  void peer(std::uint32_t value) {
    auto& fd = peers[value / 4 % peers.size()];
    if (fd < 0) return;
    char buffer[8192];
    switch (value % 4) {
      case 0:
        (void)!::send(fd, "talk\n", 5, MSG_DONTWAIT | MSG_NOSIGNAL);
        break;
      case 1:
      case 2:
        (void)!::recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
        break;
      default:
        if (value % 3 == 0) ::close(std::exchange(fd, -1));
    }
  }
  void talk() {
    for (auto* speaker : speakers) {
      speaker->connection().write(protocol::make_bytes("talk\n"));
      speaker->connection().when_drained();
    }
  }
  void end_turn() {
    if (std::exchange(talked, false)) talk();
  }

  Settings settings;
  boost::asio::io_context io;
  Turn turn;
  Admission admission;
  std::vector<Speaker*> speakers;
  std::vector<int> peers;
  bool talked = false;
};

std::size_t Speaker::on_input(std::string_view bytes) {
  crowd_.talked = true;
  return bytes.size();
}

void Speaker::on_closed() { std::erase(crowd_.speakers, this); }

}  // namespace

TEST_CASE("in turns that are cut, nothing is used after it has gone, and the loop comes to rest") {
  ops::log::configure({.level = ops::log::Level::error});
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Crowd crowd(static_cast<int>(seed % 3) + 1);
    for (int step = 0; step < 300; ++step) {
      const auto value = static_cast<std::uint32_t>(random());
      switch (random() % 8) {
        case 0:
          crowd.act(value);
          break;
        case 1:
        case 2:
        case 3:
          crowd.peer(value);
          break;
        case 4:
          if (value % 16 == 0) crowd.enter();
          break;
        default:
          crowd.turn.poll();
      }
    }
    for (auto& fd : crowd.peers) {
      if (fd >= 0) ::close(std::exchange(fd, -1));
    }
    for (int turns = 0; !crowd.speakers.empty(); ++turns) {
      REQUIRE(turns < 10'000);
      for (auto* speaker : crowd.speakers) speaker->connection().resume();
      crowd.turn.poll();
    }
    CHECK(crowd.admission.connections() == 0);
  }
}

}  // namespace hubbub::net
