#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/socket.hpp"

namespace hubbub::durability {

using LoadClock = std::chrono::steady_clock;

struct LoadOptions {
  std::size_t senders = 8;
  std::size_t window = 64;  ///< messages under way for each sender
  std::size_t text = 100;   ///< bytes
};

/// A client that sends messages to the lobby and looks only for their return. It parses no JSON: its own
/// messages are the lines that contain its ids, and they come back in order.
class Sender {
 public:
  Sender(const test::Address& address, std::size_t number, const LoadOptions& options);

  int descriptor() const { return socket_.descriptor(); }
  std::size_t under_way() const { return said_.size() - returned_; }
  std::size_t returned() const { return returned_; }
  /// For each message that has come back, the time that it took, in milliseconds; in the order of sending.
  const std::vector<double>& times() const { return times_; }

  /// `when`: the time from which the message's return is measured.
  void say(LoadClock::time_point when);
  void flush();
  /// Reads the bytes that have come; a std::runtime_error when the connection has ended, or a message was
  /// refused.
  void read();

 private:
  void look(LoadClock::time_point now);

  test::Socket socket_;
  std::string mark_;  ///< the beginning of its ids, by which its own messages are found
  std::string text_;
  std::string unsent_;
  std::string unread_;
  std::vector<LoadClock::time_point> said_;
  std::vector<double> times_;
  std::size_t returned_ = 0;
};

/// The results of a load.
struct Load {
  double per_second = 0;        ///< messages that came back to their senders
  std::vector<double> times{};  ///< from `say` to the message's return, in milliseconds, sorted
};

/// Each sender sends the next message as soon as one comes back.
Load saturate(const test::Address& address, const LoadOptions& options, std::chrono::milliseconds time);
/// All senders together send that many messages a second, at even intervals.
Load pace(const test::Address& address, const LoadOptions& options, std::chrono::milliseconds time,
          std::size_t per_second);

}  // namespace hubbub::durability
