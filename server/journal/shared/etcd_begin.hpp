#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/journal/shared/etcd_members.hpp"
#include "server/journal/shared/log.hpp"

namespace hubbub::journal::shared::etcd {

/// Stores the first entry of a log.
class Beginner : public std::enable_shared_from_this<Beginner> {
 public:
  /// `anew`: what there is goes first, if within that time no node is in service.
  Beginner(const std::shared_ptr<Members>& members, const Keys& keys, std::string bytes, bool anew,
           std::chrono::milliseconds patience);

  /// Asks until it is known; but unsent if no member could be asked at all.
  boost::asio::awaitable<Log::Result> run();
  void stop();

 private:
  /// Nothing: it is not known yet.
  using Known = std::optional<Log::Result>;

  boost::asio::awaitable<Known> remove();
  boost::asio::awaitable<Known> put();
  boost::asio::awaitable<Known> look();
  Known wait_for(const std::vector<std::string>& nodes);
  Known unless_tried(const Answer& answer);

  const std::shared_ptr<Members> members_;
  const Keys keys_;
  const std::string bytes_;
  bool removes_;
  const std::chrono::milliseconds patience_;  ///< with nodes that are there
  std::optional<std::chrono::steady_clock::time_point> until_{};
  bool was_asked_ = false;  ///< something may have been done
  Caller caller_;
  bool stopped_ = false;
};

}  // namespace hubbub::journal::shared::etcd
