#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace hubbub::test {

/// One thing that was done to a disk.
struct DiskRecord {
  enum class Kind {
    create,          ///< `name` now stands for `file`, which is empty
    remove,          ///< `name` stands for nothing
    write,           ///< `bytes` to `file` at `offset`
    truncate,        ///< `file` to a size of `offset`
    sync,            ///< what was done to `file` before the record `since` is durable
    failed_sync,     ///< the same was tried, and failed
    sync_directory,  ///< what was created and removed before the record `since` is durable
  };

  Kind kind = Kind::write;
  std::size_t file = 0;      ///< its number, by the order of creation; a name may come to mean another file
  std::string name;          ///< within the directory
  std::uint64_t offset = 0;  ///< in bytes
  std::string bytes;
  /// How many records there were when the call began: what is written while a sync is under way is not
  /// sure to be part of it.
  std::size_t since = 0;
};

}  // namespace hubbub::test
