#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "client/script/script.hpp"
#include "client/script/standard_streams.hpp"

namespace hubbub::client {

/// Base of the modes that send messages: reads lines from the input as fast as the outbox takes them, and at
/// the end of the input waits for all answers and quits.
class Feeding : public Script {
 public:
  explicit Feeding(const Options& options);

  void on_ready() override;
  void on_answered() override;
  void on_name_refused(const protocol::Error& error) override;

 protected:
  /// Sends one line of the input. False: the outbox is full, and the same line is passed again later.
  virtual bool take(const std::string& line) = 0;
  /// Where the lines come from.
  virtual boost::asio::awaitable<std::optional<std::string>> next_line() { return input_.next(); }
  Input& input() { return input_; }
  /// Whether all of the input has been taken.
  bool ended() const { return ended_; }

 private:
  void tell_name();
  boost::asio::awaitable<void> take_all();
  void quit_when_done();

  Input input_;
  boost::asio::steady_timer outbox_free_;  ///< cancelled when the outbox may have space
  bool ended_ = false;
};

}  // namespace hubbub::client
