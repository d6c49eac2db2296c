#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "server/journal/shared/etcd_log.hpp"
#include "server/journal/shared/settings.hpp"
#include "test/journal/shared/log_contract.hpp"
#include "test/support/etcd.hpp"
#include "test/support/patience.hpp"

namespace hubbub::journal::shared {

inline EngineAddress engine_at(const test::Address& address) {
  return {.is_tls = address.is_tls, .host = address.host, .port = address.port};
}

/// Nodes of one cluster on a real etcd.
class EtcdBench final : public LogBench {
 public:
  explicit EtcdBench(const test::Etcd& etcd, const std::string& cluster = "test") {
    settings.name = cluster;
    settings.lease = std::chrono::seconds(2);
    for (std::size_t i = 0; i < etcd.size(); ++i) settings.engines.push_back(engine_at(etcd.address(i)));
  }

  std::unique_ptr<Log> make_log() override { return make_etcd_log(); }
  std::unique_ptr<EtcdLog> make_etcd_log() {
    auto log = EtcdLog::make(loop, settings);
    if (!log) throw std::runtime_error(log.error().text);
    return *std::move(log);
  }

  bool turn_until(const std::function<bool()>& holds) override {
    const test::Deadline deadline(test::patience);
    while (!holds()) {
      if (deadline.left() == 0) return false;
      if (loop.stopped()) loop.restart();
      loop.run_one_for(std::chrono::milliseconds(deadline.left()));
    }
    return true;
  }
  /// Runs the loop for that time.
  void turn_for(std::chrono::milliseconds time) {
    if (loop.stopped()) loop.restart();
    loop.run_for(time);
  }

  boost::asio::io_context loop;
  ClusterSettings settings;
};

}  // namespace hubbub::journal::shared
