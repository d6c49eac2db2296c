#include "test/durability/cluster_checker.hpp"

#include <sstream>

#include "test/support/catch.hpp"
#include "test/support/etcd.hpp"

// A few rounds of what hubbub_checker --nodes does at length; skipped where etcd is missing.
namespace hubbub::durability {

TEST_CASE("nothing is lost, repeated or uneven when nodes, the log's leader or a link fail") {
  if (!test::Etcd::is_here()) return;
  const auto fault = GENERATE(as<std::string>(), "node", "leader", "cut-off");
  CAPTURE(fault);
  std::ostringstream progress;
  const auto report = check_cluster({.rounds = fault == "cut-off" ? 1U : 2U,
                                     .seed = 5,
                                     .fault = fault,
                                     .longest = std::chrono::milliseconds(3000)},
                                    progress);
  UNSCOPED_INFO(progress.str());
  for (const auto& found : report.faults) UNSCOPED_INFO(found);
  CHECK(report.faults.empty());
  CHECK(report.said > 0);
}

}  // namespace hubbub::durability
