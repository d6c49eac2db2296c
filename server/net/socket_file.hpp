#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "protocol/error.hpp"

namespace hubbub::net {

/// The file of a unix socket that this process has bound, and which it removes when it is done. Another may
/// have taken its place meanwhile (somebody removed it, and a second daemon bound its own): that one stays.
class SocketFile {
 public:
  /// None: for what has no file, or one that is somebody else's to remove.
  SocketFile() = default;
  /// The file that bind(2) has just made.
  explicit SocketFile(std::string path);

  /// Removes it, if it is still the same. While the socket is open nothing else can have its inode: so this
  /// comes before the socket is closed.
  void remove();

 private:
  struct Identity {
    dev_t device;
    ino_t inode;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity(const std::string& path);

  std::string path_;
  std::optional<Identity> bound_;
};

/// Makes the path free for bind(2), as far as it may: the socket that a crashed daemon has left, on which
/// nobody listens, is removed. Error: denied, with the end of a sentence about the address, when something
/// else is there or it cannot be removed.
std::optional<protocol::Error> make_way(const std::string& path);

}  // namespace hubbub::net
