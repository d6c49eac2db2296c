#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

namespace hubbub::client {

/// Tells when nobody reads standard output any more, also while there is nothing to be written: `tail | head
/// -3` is to end with its third line, and not only when a fourth comes. (A pipe without a reader polls as
/// POLLERR: poll(2).) What is no pipe and no socket is not watched.
class ReaderWatch {
 public:
  ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone);

 private:
  void wait();
  bool reader_has_gone();

  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void()> gone_;
};

}  // namespace hubbub::client
