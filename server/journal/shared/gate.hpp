#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "server/journal/shared/batch.hpp"
#include "server/journal/shared/log.hpp"

namespace hubbub::journal::shared {

/// Which entries of the log are valid batches. What it says depends on nothing but the items so far: no
/// clock, no chance, no settings. So all nodes that have read the same say the same.
class Gate {
 public:
  struct Node {
    std::uint64_t epoch = 0;
    std::uint64_t number = 0;  ///< of its newest valid batch
    About about{};

    bool operator==(const Node&) const = default;
  };
  using Nodes = std::map<std::string, Node>;  ///< those that are there, by their ids

  enum class Verdict : std::uint8_t {
    valid,
    begun,       ///< the first entry
    void_again,  ///< its number is not the next: it was sent twice
    void_gone,   ///< no such start of a node is there
    void_damaged,
    later_level,  ///< this program cannot go on
    split,        ///< its author has read another log: nobody can go on
  };
  struct Judged {
    Verdict verdict = Verdict::valid;
    std::optional<Batch> batch{};          ///< of a valid one
    std::optional<Beginning> beginning{};  ///< of the first
  };
  /// What it has to be told after another start, to go on.
  struct Standing {
    Mark mark;
    std::uint64_t chain = 0;
    std::uint64_t generation = 0;  ///< 0: nothing has been read
    Nodes nodes{};

    bool operator==(const Standing&) const = default;
  };

  Gate() = default;
  explicit Gate(Standing standing);

  /// The next entry.
  Judged judge(const Entry& entry, std::uint64_t revision);
  void came(const Came& came, std::uint64_t revision);
  /// Whether that start was there.
  bool gone(const Gone& gone, std::uint64_t revision);

  const Standing& standing() const { return now_; }
  const Mark& mark() const { return now_.mark; }
  Seen seen() const { return {.position = now_.mark.position, .chain = now_.chain}; }
  const Nodes& nodes() const { return now_.nodes; }
  /// What all who are there understand; `level` when nobody is.
  std::uint32_t level_in_force() const;

  /// So many chains are remembered, to compare with what others have read.
  static constexpr std::size_t most_chains = 100'000;

 private:
  bool is_another_log(const Head& head) const;
  void pass(const Entry& entry, std::uint64_t revision);

  Standing now_;
  std::deque<std::uint64_t> chains_{0};  ///< of the positions before and up to the mark's
};

}  // namespace hubbub::journal::shared
