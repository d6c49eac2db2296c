#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "test/durability/judge.hpp"

namespace hubbub::durability {

struct CheckerOptions {
  std::size_t rounds = 3;
  std::size_t writers = 4;
  std::size_t readers = 2;
  std::size_t rooms = 2;
  std::size_t window = 16;     ///< messages under way for each writer
  std::size_t messages = 200;  ///< for each writer and round
  std::uint64_t seed = 1;      ///< for the messages, the faults and their times
  std::string engine{};        ///< history.engine; empty: the daemon's default
  std::string sync{};          ///< history.sync; empty: the daemon's default
  std::string fault{};         ///< its name; empty: chosen at random
  /// The last of so many rounds begins on a journal that an earlier program has left; 0: none does.
  std::size_t upgrade_every = 3;
};

struct Report {
  std::vector<Verdict> verdicts{};  ///< of the first round with any; the checker stops after that round
  std::size_t rounds = 0;
  std::size_t said = 0;
  std::size_t said_again = 0;
  /// For each restart, the time to the first `welcome`.
  std::vector<std::chrono::microseconds> restarts{};
};

/// The names of all faults.
std::vector<std::string> faults();

/// In each round the writers send messages, a fault hits the daemon at a random moment, the daemon is started
/// again on the same state directory, and all clients reconnect and go on; then everything is read back, and
/// judged by all messages sent and seen since the first round. Prints a line to `progress` for each round.
/// Errors: std::runtime_error, when the daemon does not answer, or answers wrongly.
///
/// A round that begins on an older journal has a state directory, writers and readers of its own: a fault
/// befalls the daemon while it brings the journal up to date, and what was in the journal is judged, too.
Report check(const CheckerOptions& options, std::ostream& progress);

}  // namespace hubbub::durability
