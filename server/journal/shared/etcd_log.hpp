#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/error.hpp"
#include "server/journal/shared/log.hpp"
#include "server/journal/shared/settings.hpp"

namespace hubbub::journal::shared {

/// A log that etcd keeps, 3.4 and later, spoken to through its JSON gateway: the revisions of the key
/// `hubbub/CLUSTER/log` are the entries, and its version is the position; `hubbub/CLUSTER/node/ID` is there
/// while a node is, by a lease, and the revision with which it was made is the epoch. So etcd itself refuses
/// what a start appends that has been given up. What is stored has been synced by a majority of the members.
class EtcdLog final : public Log {
 public:
  /// The loop outlives it. Error: denied, one sentence that names the file that cannot be used.
  static protocol::Result<std::unique_ptr<EtcdLog>> make(boost::asio::io_context& loop,
                                                         const ClusterSettings& settings);
  /// A lease that was not given back by close() ends by itself.
  ~EtcdLog() override;

  void open(const Mark& from, Reader reader) override;
  void begin(std::string bytes, bool anew, Done done) override;
  void enter(std::string node, std::string about, std::function<void(std::uint64_t epoch)> done) override;
  void append(std::string bytes, Done done) override;
  void hold(bool held) override;
  void trim(std::uint64_t revision) override;
  void close(std::function<void()> done) override;

  Health health() const override;

 private:
  class Core;

  explicit EtcdLog(std::shared_ptr<Core> core);

  const std::shared_ptr<Core> core_;
};

}  // namespace hubbub::journal::shared
