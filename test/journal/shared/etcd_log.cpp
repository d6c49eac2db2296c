// The log on a real etcd: the contract, on one member.
#include "server/journal/shared/etcd_log.hpp"

#include "test/journal/shared/etcd_bench.hpp"
#include "test/journal/shared/log_contract.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal::shared {

TEST_CASE("etcd keeps the contract of a shared log") {
  if (!test::Etcd::is_here()) return;
  const test::Etcd etcd;
  for (const auto& check : log_contract::checks) {
    INFO(check.name);
    EtcdBench bench(etcd, check.name);
    check.run(bench);
  }
}

}  // namespace hubbub::journal::shared
