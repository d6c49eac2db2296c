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

/// A new epoll(7) set for `events` (such as EPOLLIN; EPOLLERR and EPOLLHUP are always included) of one
/// descriptor. The set is readable when an event has come. The caller closes it.
///
/// Asio makes a descriptor that it waits for, or a duplicate of it, non-blocking and leaves it so. That
/// affects every process that shares the open file description (open(2)), such as the shell and its next
/// commands, whose reads and writes then fail with EAGAIN. So Asio waits for this set instead, and the shared
/// descriptor never changes, however the program ends.
///
/// Returns -1 for files, /dev/null and the like, which are always ready and cannot be waited for
/// (epoll_ctl(2), EPERM). Errors: std::system_error.
int wait_set(int descriptor, std::uint32_t events);

/// The lines of standard input: a pipe, a terminal, a file or /dev/null. Leaves the descriptor's mode
/// unchanged for other processes that share it.
class Input {
 public:
  /// A longer line is cut here, and its rest skipped; no server takes lines this long.
  static constexpr std::size_t most_line_bytes = std::size_t{1024} * 1024;

  /// Errors: std::system_error.
  explicit Input(const boost::asio::any_io_executor& executor);

  /// The next line without its ending (the last one may have none); nothing at the end.
  boost::asio::awaitable<std::optional<std::string>> next();
  /// The errno(3) that ended reading early, or 0.
  int error() const { return error_; }

 private:
  std::optional<std::string> take_line();
  boost::asio::awaitable<bool> wait_readable();
  void read_some();

  boost::asio::posix::stream_descriptor ready_;  ///< readable when the input is; closed: it always is
  std::string buffer_;
  std::size_t consumed_ = 0;
  bool skipping_ = false;
  bool ended_ = false;
  int error_ = 0;
};

/// Tells when standard output has lost its reader, even while nothing is written: `tail | head -3` ends after
/// its third line, not only when a fourth comes. (A pipe without a reader polls as POLLERR: poll(2).) Watches
/// only pipes and sockets. Leaves the descriptor's mode unchanged for other processes that share it.
class ReaderWatch {
 public:
  /// Errors: std::system_error.
  ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone);

 private:
  boost::asio::posix::stream_descriptor set_;  ///< readable when the reader has gone
  std::function<void()> gone_;
};

/// The result of writing: all bytes were written; the reader has gone, as with `| head`; or writing failed,
/// as on a full disk, and the error was reported on standard error.
enum class Output { written, unread, failed };

/// Writes all bytes to standard output. Blocks while the reader is slow, and delays everything from the
/// server with it. SIGPIPE must be ignored.
Output write_out(std::string_view bytes);

/// Writes the bytes unchanged to standard error, as many as possible.
void write_error(std::string_view bytes);

/// Time to `welcome` after which the user is told that the server has not answered.
inline constexpr std::chrono::seconds slow_welcome{1};

/// The message for a person at a terminal after slow_welcome.
inline std::string not_answered_yet(const Address& address) {
  return "connecting to " + to_string(address) + ", which has not answered yet; Ctrl-C gives up";
}

/// The message when a server has not let the client in, or is lost, and another one is tried. `why`: a
/// clause.
inline std::string going_on(const Address& from, std::string_view why, const Address& to) {
  return "no connection with " + to_string(from) + " (" + std::string(why) + "); trying " + to_string(to);
}

/// The warning of Listener::on_no_tls.
inline constexpr std::string_view not_encrypted =
    "the connection is not encrypted, as the server does not speak TLS: others can read along (tcp:// before "
    "the "
    "address: no such warning)";

/// "hubbub: the sentence" on standard error.
void complain(std::string_view sentence);

/// A temporary line on standard error that shows progress. Writes nothing unless standard error is a
/// terminal.
class StatusLine {
 public:
  StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine() { erase(); }

  bool is_seen() const { return seen_; }
  /// Replaces the text shown before. The text must be ASCII; it is cut at the terminal's width, to stay on
  /// one line.
  void show(std::string_view text);
  /// Call this before writing anything else to standard error.
  void erase();

 private:
  bool seen_;
  std::size_t columns_shown_ = 0;
};

}  // namespace hubbub::client
