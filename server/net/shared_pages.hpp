#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/slice.hpp"

namespace hubbub::net {

/// Sends large texts that many are to read from one set of pages, which all their sockets refer to: the
/// kernel's own copy, which send(2) makes anew for each socket, is made once (sendfile(2), memfd_create(2)).
///
/// Pages that have been sent from must not change until everybody has read them. They never do: a text is
/// laid out behind the one before, and clear() gives the pages back, of which the kernel keeps each as long
/// as a socket needs it. SIGPIPE has to be ignored.
class SharedPages {
 public:
  /// Where the kernel has no such pages to give, send() leaves everything to the caller.
  SharedPages();
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;
  ~SharedPages();

  /// Sends `bytes`, which are part of `text`, without blocking, to a socket that is set so, and returns how
  /// many of them it took; with `ec` when it took none. Nothing when to write them oneself is better, or
  /// tells more about a socket that has broken.
  std::optional<std::size_t> send(int socket, const protocol::Text& text, std::string_view bytes,
                                  boost::system::error_code& ec);
  /// Lets go of what has been laid out.
  void clear();

 private:
  struct Place {
    protocol::Bytes text;  ///< kept, so that no other can come to stand at its address
    std::size_t begin;
  };

  const Place* place(const protocol::Text& text);
  void give_up();

  int file_;  ///< in memory; -1: not to be had
  std::size_t end_ = 0;
  std::vector<Place> places_;
};

}  // namespace hubbub::net
