#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection/address.hpp"

namespace hubbub::client {

/// A new set of epoll(7) that waits for `events` (EPOLLIN and the like; EPOLLERR and EPOLLHUP always) of one
/// descriptor: it is readable when they have come. The caller closes it.
///
/// Asio makes a descriptor that it waits for non-blocking, also by way of a duplicate, and leaves it so. That
/// counts for every process that shares it, such as the shell and what it runs next (open(2), "open file
/// description"), whose reads and writes then fail with EAGAIN. So Asio waits for this set, and a descriptor
/// that is shared stays as it is, however the program ends.
///
/// -1: a file, /dev/null and the like, which cannot be waited for as they are always ready (epoll_ctl(2),
/// EPERM). Errors: std::system_error.
int wait_set(int descriptor, std::uint32_t events);

/// The lines of standard input, whatever that is: a pipe, a terminal, a file or /dev/null. Other processes
/// that share it find it as it was, but for what was read.
class Input {
 public:
  /// A longer line is cut there, and its rest skipped; no server takes lines this long.
  static constexpr std::size_t most_line_bytes = std::size_t{1024} * 1024;

  /// Errors: std::system_error.
  explicit Input(const boost::asio::any_io_executor& executor);

  /// The next line without its ending (the last one may have none); nothing at the end.
  boost::asio::awaitable<std::optional<std::string>> next();
  /// Why the end came before the input's: an errno, or 0.
  int error() const { return error_; }

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

/// Tells when nobody reads standard output any more, also while there is nothing to write: `tail | head -3`
/// ends with its third line, and not only when a fourth comes. (A pipe without a reader polls as POLLERR:
/// poll(2).) Only pipes and sockets are watched. Other processes that share standard output find it as it
/// was.
class ReaderWatch {
 public:
  /// Errors: std::system_error.
  ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone);

 private:
  boost::asio::posix::stream_descriptor set_;  ///< readable when the reader has gone
  std::function<void()> gone_;
};

/// What became of it: all of it was written; whoever read it has seen enough, as with `| head`; or it could
/// not be written, as on a full disk, which was told on standard error.
enum class Output { written, unread, failed };

/// Writes all of it to standard output, waiting where a reader is slow: what comes from the server waits
/// with it. SIGPIPE has to be ignored.
Output write_out(std::string_view bytes);

/// Writes all of it to standard error as it is, or as much as can be.
void write_error(std::string_view bytes);

/// A server that welcomes one within this is not worth a word.
inline constexpr std::chrono::seconds slow_welcome{1};

/// What somebody at a terminal is told of one that takes longer.
inline std::string not_answered_yet(const Address& address) {
  return "connecting to " + to_string(address) + ", which has not answered yet; Ctrl-C gives up";
}

/// "hubbub: the sentence" on standard error.
void complain(std::string_view sentence);

/// A line on standard error that stays only as long as it is true: how far something has come. Only where
/// that is a terminal; elsewhere nothing is ever written.
class StatusLine {
 public:
  StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine() { erase(); }

  bool is_seen() const { return seen_; }
  /// In place of what it showed before. Plain ASCII; cut at the terminal's width, so that it stays one line.
  void show(std::string_view text);
  /// To be called before anything else is written there.
  void erase();

 private:
  bool seen_;
  std::size_t columns_shown_ = 0;
};

}  // namespace hubbub::client
