#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "server/net/handler.hpp"
#include "server/net/reader.hpp"

namespace hubbub::net {

class Connection;

/// The input of one connection: reads from its stream, and offers the bytes to its handler, or to the handler
/// that has taken over. It reads only while the handler keeps up: not while it has paused, and not while the
/// output is congested.
class Input {
 public:
  explicit Input(Connection& connection) : connection_(connection) {}

  void start(std::unique_ptr<Handler> handler);
  /// The present handler lives until it has returned from the call that it is in.
  void become(std::unique_ptr<Handler> handler) { next_handler_ = std::move(handler); }
  void pause() { reader_.pause(); }
  void resume();
  /// Valid from start() until the connection is abandoned.
  Handler& handler() const { return *handler_; }
  void drop_handler() { handler_.reset(); }
  void tell_closed();

  void on_readable(const boost::system::error_code& ec);
  void on_read(const boost::system::error_code& ec, std::size_t bytes);
  /// The output has drained: unused input may be offered again, and the handler is told if it has `asked`.
  void on_drained(bool asked);
  /// Called when a deadline has come. True: input is on its way to the handler, which is to see it before
  /// time is judged. False: nothing is; a whole line that is held back is told with on_input_waits(alive).
  bool look(Time alive);
  /// The handler's deadline may have come.
  void judge_time(Time now);
  /// Goes on with the next handler, if the present one has handed over in a call other than on_input.
  void after_call();

  bool is_reading() const { return reader_.is_reading(); }
  bool has_ended() const { return reader_.has_ended(); }
  bool is_end_told() const { return reader_.is_end_told(); }
  /// Drops the unused input.
  void drop() { reader_.drop(); }

 private:
  std::size_t most_unused() const;
  void read_on();
  bool has_come(const boost::system::error_code& ec, std::size_t bytes);
  void offer(std::string_view fresh = {});
  void offer_later();
  bool swap_handler();

  Connection& connection_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<Handler> next_handler_;
  Reader reader_;
};

}  // namespace hubbub::net
