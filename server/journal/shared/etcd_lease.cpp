#include "server/journal/shared/etcd_lease.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "server/ops/log.hpp"

namespace hubbub::journal::shared::etcd {

namespace asio = boost::asio;
namespace log = ops::log;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view lease_channel = "cluster";
constexpr milliseconds patience_of_one{2000};
/// Of one attempt to renew; the lease has time for several.
constexpr milliseconds patience_of_renewal{1000};
constexpr milliseconds between_attempts{50};

}  // namespace

NodeLease::Turn::Turn(const std::shared_ptr<Members>& members)
    : caller(members), timer(members->executor()) {}

NodeLease::NodeLease(std::shared_ptr<Members> members, const Keys& keys, milliseconds lease,
                     milliseconds patience, std::function<void()> lost)
    : members_(std::move(members)),
      keys_(keys),
      lease_time_(lease),
      patience_(std::max(patience, lease)),
      lost_(std::move(lost)),
      last_caller_(members_) {}

void NodeLease::end(TurnPtr& turn) {
  if (!turn) return;
  turn->is_over = true;
  turn->timer.cancel();
  turn->caller.stop();
  turn.reset();
}

void NodeLease::end_turn() {
  holds_ = false;
  end(turn_);
}

void NodeLease::enter(const std::string& node, const std::string& about, Entered entered) {
  if (stopped_) return;
  end_turn();
  node_key_ = keys_.node(node);
  turn_ = std::make_shared<Turn>(members_);
  asio::co_spawn(
      members_->executor(),
      [self = shared_from_this(), turn = turn_, about, entered = std::move(entered)] {
        return self->run(turn, about, entered);
      },
      rethrow);
}

bool NodeLease::holds() {
  if (holds_ && Clock::now() >= turn_->give_up) lose("it was not renewed in time");
  return holds_;
}

void NodeLease::lose(const std::string& why) {
  if (!holds_) return;
  revoke_lost();
  log::warning(lease_channel, "this start of the node has been given up, and is to be let in again",
               {{"reason", why}});
  lost_();
}

void NodeLease::stop() {
  stopped_ = true;
  end_turn();
  end(lost_turn_);
  last_caller_.stop();
}

asio::awaitable<void> NodeLease::run(TurnPtr turn, std::string about, Entered entered) {
  auto& pause = turn->caller.between();
  Epoch epoch;
  while (!turn->is_over && !epoch) {
    epoch = co_await try_to_enter(*turn, about);
    if (!epoch) co_await pause.wait();
  }
  if (turn->is_over) co_return;
  pause.reset();
  members_->full(false);
  epoch_ = *epoch;
  holds_ = true;
  entered(*epoch);
  if (!turn->is_over) co_await keep(turn);
}

/// Deleting the former key and making the new one cannot be one transaction: etcd refuses a key that is in it
/// twice.
asio::awaitable<NodeLease::Epoch> NodeLease::try_to_enter(Turn& turn, const std::string& about) {
  const bool is_free = co_await remove_former(turn);
  if (!is_free || turn.is_over) co_return std::nullopt;
  const bool is_ahead = co_await members_->is_clock_ahead();
  if (is_ahead || turn.is_over) co_return std::nullopt;
  const bool has_lease = co_await take_lease(turn);
  if (!has_lease || turn.is_over) co_return std::nullopt;
  co_return co_await make_key(turn, about);
}

/// True: there is no key of this node now.
asio::awaitable<bool> NodeLease::remove_former(Turn& turn) {
  const auto look = range(node_key_, Depth::keys);
  const auto looked = co_await turn.caller.ask(look, patience_of_one);
  if (looked.kind != Answer::Kind::ok) co_return false;
  const auto there = parse_range(looked.body);
  if (!there) {
    members_->misunderstood(looked.member, "of a range");
    co_return false;
  }
  if (there->found.empty()) co_return true;
  // Of that one only: if this is done late, it must not meet the next.
  const auto remove = remove_made(node_key_, there->found.front().create_revision);
  const auto removed = co_await turn.caller.ask(remove, patience_of_one);
  if (removed.kind != Answer::Kind::ok) co_return false;
  const auto txn = parse_txn(removed.body);
  co_return txn && txn->succeeded;
}

asio::awaitable<bool> NodeLease::take_lease(Turn& turn) {
  turn.lease = 0;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(lease_time_).count();
  const auto sent = Clock::now();
  const auto request = grant(seconds);
  const auto answer = co_await turn.caller.ask(request, patience_of_one);
  note(answer);
  if (answer.kind != Answer::Kind::ok) co_return false;
  const auto lease = parse_grant(answer.body);
  if (!lease) {
    members_->misunderstood(answer.member, "of a lease");
    co_return false;
  }
  turn.lease = lease->id;
  turn.end = sent + std::chrono::seconds(lease->seconds);
  turn.give_up = sent + patience_;
  co_return true;
}

/// The key's revision. Asks as long as it is not known whether the key has been made: the lease tells whose
/// it is.
asio::awaitable<NodeLease::Epoch> NodeLease::make_key(Turn& turn, const std::string& about) {
  const auto request = etcd::enter(node_key_, about, turn.lease);
  while (!turn.is_over && Clock::now() < turn.end) {
    const auto answer = co_await turn.caller.ask(request, patience_of_one);
    note(answer);
    if (answer.kind == Answer::Kind::refused && is_lease_gone(answer.refusal)) break;
    if (answer.kind == Answer::Kind::ok) {
      const auto txn = parse_txn(answer.body);
      if (txn && txn->succeeded) co_return txn->revision;
      if (txn && !txn->found.empty() && txn->found.front().lease == turn.lease)
        co_return txn->found.front().create_revision;
      break;  // another start of this node was faster
    }
    co_await turn.caller.between().wait();
  }
  co_return std::nullopt;
}

/// Renews the lease until it is lost.
asio::awaitable<void> NodeLease::keep(TurnPtr turn) {
  const auto interval = lease_time_ / 3;
  const auto request = keep_alive(turn->lease);
  auto next = turn->end - lease_time_ + interval;
  for (;;) {
    turn->timer.expires_at(std::min(next, turn->give_up));
    const auto [woken] = co_await turn->timer.async_wait(as_result);
    static_cast<void>(woken);
    if (turn->is_over || !holds()) co_return;
    const auto sent = Clock::now();
    const auto left = std::chrono::ceil<milliseconds>(turn->give_up - sent);
    const auto answer = co_await turn->caller.ask(request, std::min(left, patience_of_renewal));
    if (turn->is_over) co_return;
    next = Clock::now() + between_attempts;
    if (answer.kind != Answer::Kind::ok) continue;
    const auto renewed = parse_keep_alive(answer.body);
    if (!renewed) {
      members_->misunderstood(answer.member, "of a lease");
    } else if (renewed->seconds <= 0) {
      co_return lose("etcd has not heard of it in time");
    } else {
      turn->end = sent + std::chrono::seconds(renewed->seconds);
      turn->give_up = sent + patience_;
      next = sent + interval;
      const bool is_ahead = co_await members_->is_clock_ahead();
      if (turn->is_over) co_return;
      if (is_ahead) co_return lose("this machine's clock is ahead of etcd's");
    }
  }
}

void NodeLease::note(const Answer& answer) {
  if (answer.kind == Answer::Kind::refused && fate_of(answer.refusal) == Fate::full) members_->full(true);
}

void NodeLease::leave(milliseconds most, std::function<void()> done) {
  // One that was given up may be there still.
  const auto lease = turn_ ? turn_->lease : lost_turn_ ? lost_turn_->lease : 0;
  end_turn();
  end(lost_turn_);
  if (lease == 0) return asio::post(members_->executor(), std::move(done));
  asio::co_spawn(
      members_->executor(),
      [self = shared_from_this(), lease, most, done = std::move(done)] {
        return self->give_back(lease, most, done);
      },
      rethrow);
}

/// By this machine's clock a start may be over long before etcd's end of its lease, which an election
/// prolongs: the others, and the next start of this node, need not wait for that.
void NodeLease::revoke_lost() {
  const auto lease = turn_->lease;
  end_turn();
  end(lost_turn_);
  lost_turn_ = std::make_shared<Turn>(members_);
  lost_turn_->lease = lease;
  asio::co_spawn(
      members_->executor(),
      [self = shared_from_this(), turn = lost_turn_] { return self->revoke_lost(turn); }, rethrow);
}

asio::awaitable<void> NodeLease::revoke_lost(TurnPtr turn) {
  const auto request = revoke(turn->lease);
  while (!turn->is_over) {
    const auto answer = co_await turn->caller.ask(request, patience_of_one);
    const bool is_refused = answer.kind == Answer::Kind::refused;
    const bool is_hopeless =
        is_refused && (is_lease_gone(answer.refusal) || fate_of(answer.refusal) == Fate::never);
    if (answer.kind == Answer::Kind::ok || is_hopeless) co_return;
    co_await turn->caller.between().wait();
  }
}

asio::awaitable<void> NodeLease::give_back(std::int64_t lease, milliseconds most,
                                           std::function<void()> done) {
  const auto until = Clock::now() + most;
  const auto request = revoke(lease);
  // One that does not answer may leave time for another.
  for (auto left = most; left.count() > 0 && !stopped_;
       left = std::chrono::ceil<milliseconds>(until - Clock::now())) {
    const auto answer = co_await last_caller_.ask(request, std::min(left, patience_of_renewal));
    if (answer.kind == Answer::Kind::ok || answer.kind == Answer::Kind::refused) break;
  }
  if (!stopped_) done();
}

}  // namespace hubbub::journal::shared::etcd
