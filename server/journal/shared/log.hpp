#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <variant>

namespace hubbub::journal::shared {

/// Up to where a log has been read.
struct Mark {
  std::uint64_t position = 0;  ///< of the newest entry: 1, 2, 3 … without a gap; 0: none
  std::uint64_t revision = 0;  ///< the engine's own number of the newest item, entries and others

  bool operator==(const Mark&) const = default;
};

struct Entry {
  std::uint64_t position = 0;
  std::string bytes;
};
/// A start of a node has been let in, in its place among the entries. Only what it appends until it has gone
/// is valid.
struct Came {
  std::string node;
  std::uint64_t epoch = 0;  ///< greater than that of every start before
  std::uint32_t level = 0;  ///< of batches that it understands
};
/// It has been given up: by itself, by another start of the same node, or since it was not heard of.
struct Gone {
  std::string node;
  std::uint64_t epoch = 0;
};
struct Item {
  std::uint64_t revision = 0;
  std::variant<Entry, Came, Gone> what;
};

/// One ordered log that several nodes append to and read, which an engine keeps. All calls and all handlers
/// are in the loop's thread; no handler is called from within a call.
class Log {
 public:
  enum class Result {
    stored,   ///< it has its place
    refused,  ///< it never will have one
    unknown,  ///< it may have one, now or later: the log tells
  };
  enum class State {
    reading,  ///< what there is comes
    waiting,  ///< no engine is to be had; it is tried again and again
    trimmed,  ///< entries behind the mark are not there any more: the node needs a newer file
    behind,   ///< the log ends before the mark: the engine has lost something, or is another one
    fenced,   ///< this start of the node has been given up
  };
  struct Reader {
    /// In order, each once, for ever.
    std::function<void(std::span<const Item> items)> take;
    std::function<void(State state)> changed;
  };

  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  /// What comes behind the mark is read from now on. Once.
  virtual void open(const Mark& from, Reader reader) = 0;
  /// Lets this start of the node in; a former one that is still there goes. When it has come, the reader is
  /// told.
  virtual void enter(const std::string& node, std::uint32_t level) = 0;
  /// One at a time: the next when the outcome is known.
  virtual void append(std::string bytes, std::function<void(Result)> done) = 0;
  /// Entries before that position may go.
  virtual void trim(std::uint64_t before) = 0;
  /// This start of the node goes; `done` when the engine has it, or cannot be had.
  virtual void close(std::function<void()> done) = 0;
};

}  // namespace hubbub::journal::shared
