#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

namespace hubbub::client {

/// Tells when nobody reads standard output any more, also while there is nothing to be written: `tail | head
/// -3` is to end with its third line, and not only when a fourth comes. (A pipe without a reader polls as
/// POLLERR: poll(2).) What is no pipe and no socket is not watched.
/// Those who share standard output find it as it was.
class ReaderWatch {
 public:
  /// Errors: std::system_error.
  ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone);

 private:
  boost::asio::posix::stream_descriptor set_;  ///< readable when the reader has gone
  std::function<void()> gone_;
};

}  // namespace hubbub::client
