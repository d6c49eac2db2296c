#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
  std::string about;        ///< what it says of itself to the others
};
/// It has been given up: by itself, by another start of the same node, or since it was not heard of.
struct Gone {
  std::string node;
  std::uint64_t epoch = 0;
};
struct Item {
  std::uint64_t revision = 0;  ///< rises
  std::variant<Entry, Came, Gone> what;
};

/// One ordered log that several nodes append to and read, which an engine keeps. All calls and all handlers
/// are in the loop's thread; no handler is called from within a call, and none after the end of this object.
class Log {
 public:
  enum class Result : std::uint8_t {
    stored,   ///< it has its place
    refused,  ///< it never will have one: this start of the node is given up, or the engine is full
    in_use,   ///< of begin(): nodes are in service, so that nothing was done
    unsent,   ///< it never will have one, since nobody took it: there is no engine now
    unknown,  ///< it may have one, now or later: the log tells
              // Whoever is answered one of these two asks again at once: a log answers them no faster than it
              // is of use.
  };
  enum class State : std::uint8_t {
    waiting,  ///< no engine is to be had, or none that knows what is new; it is tried again and again
    empty,    ///< the log has no entry, and the mark says none: somebody has to begin it
    reading,  ///< all that there was when it was asked for has been taken, and what is new comes
    trimmed,  ///< entries behind the mark are not there any more: the node needs a newer file. The end
    behind,   ///< the log ends before the mark, or has been begun anew: it is not the one of that mark. The
              ///< end
    fenced,   ///< this start of the node has been given up; it may be let in again
  };
  struct Reader {
    /// In order, each once, for ever.
    std::function<void(std::span<const Item> items)> take;
    /// Also when it comes again to the state that it is in.
    std::function<void(State state)> changed;
  };
  using Done = std::function<void(Result)>;

  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  /// What comes behind the mark is read from now on. Once.
  virtual void open(const Mark& from, Reader reader) = 0;
  /// Before open(), or when the log is empty: stores the first entry of a log that has none; refused: it has
  /// one, of whomever. `anew`: what the log has is removed before; whoever reads it then learns that by
  /// State::behind. Not while nodes are in service: it waits until those that are not heard of have gone, and
  /// then it is in use.
  virtual void begin(std::string bytes, bool anew, Done done) = 0;
  /// Lets this start of the node in, as soon as that can be done; a former start that is still there goes
  /// first. `about`: see Came. `done` is called with the epoch, before or after the reader has it.
  virtual void enter(std::string node, std::string about, std::function<void(std::uint64_t epoch)> done) = 0;
  /// For a node that has been let in. One at a time: the next when the outcome is known. What is stored comes
  /// to the reader, before or after `done`.
  virtual void append(std::string bytes, Done done) = 0;
  /// Nothing is taken while it is held, since the reader has enough.
  virtual void hold(bool held) = 0;
  /// Items up to that revision may go.
  virtual void trim(std::uint64_t revision) = 0;
  /// For operators.
  struct Health {
    std::string member{};  ///< of the engine, that is read from; empty: none
    bool is_reading = false;
    std::string trouble{};  ///< why none can be had, as a clause; empty: one can, or was not asked yet
    bool is_full = false;   ///< it takes nothing more
    std::uint64_t newest_revision = 0;  ///< that was heard of
    std::optional<std::uint64_t> database_bytes{};
    std::optional<std::uint64_t> database_bytes_used{};
  };
  virtual Health health() const = 0;
  /// This start of the node goes; `done` when the engine has it, or cannot be had. No other handler is called
  /// from now on.
  virtual void close(std::function<void()> done) = 0;
};

}  // namespace hubbub::journal::shared
