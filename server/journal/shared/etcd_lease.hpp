#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/journal/shared/etcd_members.hpp"

namespace hubbub::journal::shared::etcd {

/// That this start of the node is let in: its key, and the lease that keeps it. It is over when etcd says so,
/// and when it was not renewed in time by this machine's clock: then others may have seen it go.
class NodeLease : public std::enable_shared_from_this<NodeLease> {
 public:
  using Entered = std::function<void(std::uint64_t epoch)>;

  /// `lost`: called each time that a start which had been let in is given up.
  NodeLease(std::shared_ptr<Members> members, const Keys& keys, std::chrono::milliseconds lease,
            std::chrono::milliseconds patience, std::function<void()> lost);

  /// Tries until it is done. What was before is over.
  void enter(const std::string& node, const std::string& about, Entered entered);
  /// Whether it is let in, by the clock, too.
  bool holds();
  std::uint64_t epoch() const { return epoch_; }
  const std::string& node_key() const { return node_key_; }
  /// What others have found out. `why`: a clause.
  void lose(const std::string& why);
  /// Gives the lease back; `done` when that is done, or `most` has passed.
  void leave(std::chrono::milliseconds most, std::function<void()> done);
  /// No handler is called from now on.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  /// One call of enter(), until the next one, or until it is given up.
  struct Turn {
    explicit Turn(const std::shared_ptr<Members>& members);
    Caller caller;
    boost::asio::steady_timer timer;
    std::int64_t lease = 0;       ///< 0: none
    Clock::time_point end{};      ///< of the lease, by this clock, as far as is known
    Clock::time_point give_up{};  ///< when nothing has been heard of it until then
    bool is_over = false;
  };
  using TurnPtr = std::shared_ptr<Turn>;
  using Epoch = std::optional<std::uint64_t>;

  boost::asio::awaitable<void> run(TurnPtr turn, std::string about, Entered entered);
  boost::asio::awaitable<Epoch> try_to_enter(Turn& turn, const std::string& about);
  boost::asio::awaitable<bool> remove_former(Turn& turn);
  boost::asio::awaitable<bool> take_lease(Turn& turn);
  boost::asio::awaitable<Epoch> make_key(Turn& turn, const std::string& about);
  boost::asio::awaitable<void> keep(TurnPtr turn);
  boost::asio::awaitable<void> give_back(std::int64_t lease, std::chrono::milliseconds most,
                                         std::function<void()> done);
  void revoke_lost();
  boost::asio::awaitable<void> revoke_lost(TurnPtr turn);
  void note(const Answer& answer);
  void end_turn();
  static void end(TurnPtr& turn);

  const std::shared_ptr<Members> members_;
  const Keys keys_;
  const std::chrono::milliseconds lease_time_;
  const std::chrono::milliseconds patience_;  ///< without an answer
  const std::function<void()> lost_;
  Caller last_caller_;  ///< for the end
  TurnPtr turn_;        ///< null: none
  TurnPtr lost_turn_;   ///< whose lease is being revoked; null: none
  std::string node_key_;
  std::uint64_t epoch_ = 0;
  bool holds_ = false;
  bool stopped_ = false;
};

}  // namespace hubbub::journal::shared::etcd
