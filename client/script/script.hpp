#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "client/connection/connection.hpp"
#include "client/options.hpp"
#include "client/script/input.hpp"

namespace hubbub::client {

/// What the modes without a person share: lines are taken from the input as fast as the server lets
/// them through; at the end of the input everything is waited for, and then leave is taken.
class Script : public Listener {
 public:
  explicit Script(const Options& options);

  /// Until it is over; the exit status.
  int run();

  void on_ready() override;
  void on_answered() override;
  void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override;
  void on_link_back() override;
  void on_closed(Ending ending, std::string_view sentence) override;

 protected:
  /// One line of the input is to be sent. False: later, it will be given again.
  virtual bool take(const std::string& line) = 0;
  /// Messages of the past that are wanted on entering a room; nothing: the server's number.
  virtual std::optional<std::uint64_t> replay() const { return std::nullopt; }
  /// Where the lines come from.
  virtual boost::asio::awaitable<std::optional<std::string>> next_line() { return input_.next(); }

  void print(std::string_view bytes);
  /// The exit status will be 1; why is said at once.
  void fail(std::string_view sentence);
  /// It is over without a goodbye.
  void stop();
  bool ready() const { return ready_; }
  Connection& connection() { return *connection_; }

 private:
  boost::asio::awaitable<void> take_all();
  void quit_when_done();

  Options options_;
  boost::asio::io_context io_{1};
  Input input_;
  boost::asio::steady_timer room_;  ///< cancelled when the outbox may have room
  std::shared_ptr<Connection> connection_;
  bool ready_ = false;
  bool ended_ = false;
  bool offline_ = false;
  int status_ = 0;
};

}  // namespace hubbub::client
