#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "test/durability/judge.hpp"

namespace hubbub::durability {

struct ClusterCheckerOptions {
  std::size_t rounds = 3;
  std::size_t nodes = 3;
  std::size_t talkers = 8;
  std::size_t readers = 4;
  std::size_t rivals = 3;
  std::size_t rooms = 3;
  std::size_t window = 8;  ///< messages under way for each talker
  std::uint64_t seed = 1;  ///< for what people do, the faults and their times
  /// Their names, in turn; empty: chosen at random.
  std::vector<std::string> faults{};
  /// The longest that a fault lasts: until what was killed is started again, or what was cut off or stopped
  /// goes on.
  std::chrono::milliseconds longest{12'000};
  std::chrono::milliseconds lasting{0};  ///< how long each lasts that lasts; 0: chance says it
  std::string keep{};                    ///< where journals and logs are copied to at the end; empty: nowhere
};

/// What was measured at the rounds of one fault, one of each round.
struct FaultTimes {
  std::vector<std::chrono::milliseconds> pauses{};  ///< the longest in which nobody's message came back
  std::vector<std::chrono::milliseconds> waits{};   ///< the longest that somebody waited for a message
  /// The longest that somebody whose node was killed, or asked to stop, was away: until the name was free.
  std::vector<std::chrono::milliseconds> absences{};
};

struct ClusterReport {
  std::vector<std::string> faults{};  ///< what is held against the cluster; it stops after that round
  std::size_t rounds = 0;
  std::size_t said = 0;
  std::size_t said_again = 0;
  std::size_t refusals = 0;
  std::size_t shared_visits = 0;  ///< two believed that they bear one name, while a node was cut off
  std::map<std::string, FaultTimes> times{};  ///< by fault
};

/// The names of all faults.
std::vector<std::string> cluster_faults();

/// Several nodes on one log of three members. In each round people speak and go from node to node, a fault
/// hits nodes or members, and is over after a while; when all have fallen silent, what they saw and were told
/// is compared with what every node has. Prints a line to `progress` for each round. Errors:
/// std::runtime_error, when a node answers wrongly, or what has to come does not.
ClusterReport check_cluster(const ClusterCheckerOptions& options, std::ostream& progress);

}  // namespace hubbub::durability
