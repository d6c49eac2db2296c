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
    std::uint32_t level = 0;

    bool operator==(const Node&) const = default;
  };
  using Nodes = std::map<std::string, Node>;  ///< those that are there, by their ids

  enum class Verdict : std::uint8_t {
    valid,
    void_again,  ///< its number is not the next: it was sent twice
    void_gone,   ///< no such start of a node is there
    void_damaged,
    later_level,  ///< this program cannot go on
    split,        ///< its author has read another log: nobody can go on
  };
  struct Judged {
    Verdict verdict = Verdict::valid;
    std::optional<Batch> batch{};  ///< of a valid one
  };

  Gate() = default;
  /// As a former one was, at that mark.
  Gate(const Mark& mark, std::uint64_t chain, Nodes nodes);

  /// The next entry.
  Judged judge(const Entry& entry, std::uint64_t revision);
  void came(const Came& came, std::uint64_t revision);
  /// Whether that start was there.
  bool gone(const Gone& gone, std::uint64_t revision);

  const Mark& mark() const { return mark_; }
  Seen seen() const { return {.position = mark_.position, .chain = chain_}; }
  const Nodes& nodes() const { return nodes_; }
  /// What all who are there understand; `level` when nobody is.
  std::uint32_t level_in_force() const;

  /// So many chains are remembered, to compare with what others have read.
  static constexpr std::size_t most_chains = 100'000;

 private:
  bool is_another_log(const Seen& seen) const;

  Mark mark_;
  std::uint64_t chain_ = 0;
  std::deque<std::uint64_t> chains_;  ///< of the positions before and up to mark_'s
  Nodes nodes_;
};

}  // namespace hubbub::journal::shared
