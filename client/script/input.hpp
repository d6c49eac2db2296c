#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>

namespace hubbub::client {

/// The lines of standard input, whatever that is: a pipe, a terminal, a file or /dev/null. Those who share it
/// find it as it was, but for what was read.
class Input {
 public:
  /// A longer line is cut there, and what is left of it skipped; no server takes lines this long.
  static constexpr std::size_t most_line_bytes = std::size_t{1024} * 1024;

  /// Errors: std::system_error.
  explicit Input(const boost::asio::any_io_executor& executor);

  /// The next line without its ending (the last one may have none); nothing at the end.
  boost::asio::awaitable<std::optional<std::string>> next();
  /// Why the end came before the input's: an errno, or 0.
  int error() const { return error_; }
  /// Ends a wait for the next line: it gets nothing.
  void cancel();

 private:
  std::optional<std::string> take_line();
  boost::asio::awaitable<bool> wait_readable();
  void read_some();

  boost::asio::posix::stream_descriptor ready_;  ///< readable when the input is; closed: that is always so
  std::string buffer_;
  std::size_t consumed_ = 0;
  bool skipping_ = false;
  bool ended_ = false;
  int error_ = 0;
};

}  // namespace hubbub::client
