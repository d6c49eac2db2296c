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
/// laid out behind the one before, and close() gives the pages back, of which the kernel keeps each as long
/// as a socket needs it. SIGPIPE has to be ignored, and SIGXFSZ, since a limit to the size of files counts
/// here too.
class SharedPages {
 public:
  /// Where the kernel has no such pages to give, send() leaves everything to the caller.
  SharedPages();
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;
  ~SharedPages();

  /// Many will be written to now: it pays to lay out what they share, until close().
  void open() { is_open_ = true; }
  /// Sends `bytes`, which are part of `text`, without blocking, and returns how many of them the socket took;
  /// with `ec` when it took none. Nothing when the caller had better write them: they are few, few read them,
  /// the socket has broken. The socket is TCP's and does not block. (To send so to one of unix(7), Linux
  /// before 6.5 takes a lock that a reader can hold for as long as it likes.)
  std::optional<std::size_t> send(int socket, const protocol::Text& text, std::string_view bytes,
                                  boost::system::error_code& ec);
  /// Lets go of what has been laid out.
  void close();

 private:
  struct Place {
    protocol::Bytes text;  ///< kept, so that no other can come to stand at its address
    std::size_t begin;
  };

  const Place* place(const protocol::Text& text);
  void give_up();

  int file_;  ///< in memory; -1: not to be had
  bool is_open_ = false;
  std::size_t end_ = 0;
  std::vector<Place> places_;
};

}  // namespace hubbub::net
