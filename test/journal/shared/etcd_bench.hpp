#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "server/journal/shared/etcd_log.hpp"
#include "server/journal/shared/settings.hpp"
#include "server/ops/log.hpp"
#include "test/journal/shared/log_reader.hpp"
#include "test/ops/stderr_swap.hpp"
#include "test/support/etcd.hpp"
#include "test/support/patience.hpp"

namespace hubbub::journal::shared {

/// What is logged while this lives.
class Lines {
 public:
  explicit Lines(ops::log::Level level = ops::log::Level::info) : swap_(pipe_.writer()) {
    ops::log::configure({.level = level, .format = ops::log::Format::systemd});
  }
  bool have(const std::string& what) {
    text_ += pipe_.read_all();
    return text_.find(what) != std::string::npos;
  }
  std::size_t count(const std::string& what = "\n") {
    text_ += pipe_.read_all();
    std::size_t found = 0;
    for (auto at = text_.find(what); at != std::string::npos; at = text_.find(what, at + 1)) ++found;
    return found;
  }

 private:
  test::Pipe pipe_;
  test::StderrSwap swap_;
  std::string text_;
};

inline EngineAddress engine_at(const test::Address& address) {
  return {.is_tls = address.is_tls, .host = address.host, .port = address.port};
}

/// Nodes of one cluster on a real etcd.
class EtcdBench final : public LogBench {
 public:
  explicit EtcdBench(const test::Etcd& etcd, const std::string& cluster = "test") {
    settings.name = cluster;
    settings.lease = std::chrono::seconds(30);
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
  void shorten_leases() override { settings.lease = std::chrono::seconds(1); }
  boost::asio::io_context loop;
  ClusterSettings settings;
};

}  // namespace hubbub::journal::shared
