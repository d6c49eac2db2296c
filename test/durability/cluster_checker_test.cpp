#include "test/durability/cluster_checker.hpp"

#include <sstream>

#include "test/support/catch.hpp"
#include "test/support/etcd.hpp"

// A few rounds of what hubbub_checker --nodes does at length; skipped where etcd is missing.
namespace hubbub::durability {

TEST_CASE("nothing is lost, repeated or uneven when a node, the leader of the log and a link fail") {
  if (!test::Etcd::is_here()) return;
  std::ostringstream progress;
  const auto report = check_cluster({.rounds = 4,
                                     .seed = 5,
                                     .faults = {"node", "leader", "cut-off"},
                                     .longest = std::chrono::milliseconds(2500)},
                                    progress);
  UNSCOPED_INFO(progress.str());
  for (const auto& found : report.faults) UNSCOPED_INFO(found);
  CHECK(report.faults.empty());
  CHECK(report.said > 0);
}

}  // namespace hubbub::durability
