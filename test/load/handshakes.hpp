#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <random>
#include <string>

#include "test/load/background.hpp"
#include "test/load/socket.hpp"

namespace hubbub::load {

/// Clients who come, do a whole TLS handshake and go. What they say first is made beforehand, and they do
/// their sums while it is quiet, so that what is measured is the server's part. They come at random times
/// within their intervals, since otherwise all of them could meet messages, or none.
class Handshakes final : public Background {
 public:
  /// `rate`: how many a second.
  Handshakes(std::uint16_t port, std::size_t rate);

  void turn(Time now, bool quiet) override;
  std::uint64_t done() const override { return done_; }

 private:
  /// One of them, from its first sum to its end.
  struct Client {
    Socket socket{};
    Session session{};
    std::string unread{};  ///< what the server has said, until it is quiet
    bool parting = false;  ///< has done its handshake and waits for the server to close
  };

  Client prepared() const;
  void begin();
  void hear(Client& client);
  void think(Client& client);
  static void send(Client& client);

  std::uint16_t port_;
  Tls tls_{true};
  Time::duration interval_;
  Time interval_start_{};
  Time due_{};
  std::minstd_rand random_{};
  std::list<Client> prepared_;
  std::list<Client> under_way_;
  std::uint64_t done_ = 0;
};

}  // namespace hubbub::load
