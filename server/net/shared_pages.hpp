#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/slice.hpp"

namespace hubbub::net {

/// Sends large texts that many connections are to get from one set of pages, to which all their sockets
/// refer: the copy into the kernel, which send(2) makes for each socket, is made once (sendfile(2),
/// memfd_create(2)).
///
/// Pages that have been sent from must not change until all peers have read them. They never do: each text is
/// laid out behind the one before, and after close() the kernel keeps each page as long as a socket needs it.
/// SIGPIPE has to be ignored, and SIGXFSZ, since a limit to the size of files counts here too.
class SharedPages {
 public:
  /// Where the kernel has no such pages to give, send() leaves everything to the caller.
  SharedPages();
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;
  ~SharedPages();

  /// Many connections are written to now: until close(), laying out what they share pays.
  void open() { is_open_ = true; }
  /// Sends `bytes`, which are part of `text`, without blocking, and returns how many of them the socket took;
  /// with `ec` when it took none. Nothing when the caller should write them itself: they are few, few readers
  /// get them, or the socket has broken. The socket is TCP's and does not block. (On a unix(7) socket this
  /// would make Linux before 6.5 take a lock that a reader can hold for as long as it likes.)
  std::optional<std::size_t> send(int socket, const protocol::Text& text, std::string_view bytes,
                                  boost::system::error_code& ec);
  /// Gives back the pages that have been laid out.
  void close();

 private:
  struct Place {
    protocol::Bytes text;  ///< kept, so that no other text can get its address
    std::size_t begin;
  };

  const Place* place(const protocol::Text& text);
  void give_up();

  int file_;  ///< a file in memory; -1: the kernel gives none
  bool is_open_ = false;
  std::size_t end_ = 0;
  std::vector<Place> places_;
};

}  // namespace hubbub::net
