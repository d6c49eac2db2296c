#include "server/journal/shared/etcd_begin.hpp"

#include <string>
#include <utility>
#include <vector>

#include "protocol/text.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::shared::etcd {

namespace asio = boost::asio;
namespace log = ops::log;

namespace {

constexpr std::chrono::milliseconds patience_of_step{2000};

}  // namespace

Beginner::Beginner(const std::shared_ptr<Members>& members, const Keys& keys, std::string bytes, bool anew,
                   std::chrono::milliseconds patience)
    : members_(members),
      keys_(keys),
      bytes_(std::move(bytes)),
      removes_(anew),
      patience_(patience),
      caller_(members) {}

void Beginner::stop() {
  stopped_ = true;
  caller_.stop();
}

asio::awaitable<Log::Result> Beginner::run() {
  const auto self = shared_from_this();
  while (!stopped_) {
    Known known;
    if (removes_) known = co_await remove();
    if (!known && !removes_) known = co_await put();
    if (known) co_return *known;
    co_await caller_.between().wait();
  }
  co_return Log::Result::unknown;
}

/// Deletes the log as it is now: if that is done late, it must not meet the new one.
asio::awaitable<Beginner::Known> Beginner::remove() {
  const auto look = range_of_all(keys_.prefix(), Depth::keys);
  const auto looked = co_await caller_.ask(look, patience_of_step);
  if (looked.kind != Answer::Kind::ok) co_return unless_tried(looked);
  const auto there = parse_range(looked.body);
  if (!there) {
    members_->misunderstood(looked.member, "of a range");
    co_return std::nullopt;
  }
  std::uint64_t revision = 0;
  std::vector<std::string> nodes;
  for (const auto& key : there->found) {
    if (key.key == keys_.log()) revision = key.mod_revision;
    if (const auto node = keys_.node_of(key.key)) nodes.emplace_back(*node);
  }
  if (!nodes.empty()) co_return wait_for(nodes);
  const auto request = remove_log(keys_, revision);
  const auto removed = co_await caller_.ask(request, patience_of_step);
  if (removed.kind != Answer::Kind::ok) co_return unless_tried(removed);
  const auto txn = parse_txn(removed.body);
  was_asked_ = true;
  removes_ = !txn || !txn->succeeded;
  co_return std::nullopt;
}

/// In use: they have had time to go. A start that was killed goes with its lease, and so does what a backup
/// of etcd still has of one.
Beginner::Known Beginner::wait_for(const std::vector<std::string>& nodes) {
  const auto now = std::chrono::steady_clock::now();
  if (!until_) {
    until_ = now + patience_;
    log::warning("cluster", "nodes are there; the log is begun anew when they have gone",
                 {{"nodes", protocol::listed(nodes)}});
  }
  return now < *until_ ? Known() : Known(Log::Result::in_use);
}

asio::awaitable<Beginner::Known> Beginner::put() {
  const auto request = etcd::begin(keys_.log(), bytes_);
  const auto answer = co_await caller_.ask(request, patience_of_step);
  const bool is_full = answer.kind == Answer::Kind::refused && fate_of(answer.refusal) == Fate::full;
  if (is_full) members_->full(true);
  if (answer.kind == Answer::Kind::ok) {
    const auto txn = parse_txn(answer.body);
    if (txn && txn->succeeded) co_return Log::Result::stored;
    if (!txn) members_->misunderstood(answer.member, "of the first entry");
  } else if (!is_full) {
    co_return unless_tried(answer);
  }
  // It is there, of whomever; perhaps from an attempt before.
  const auto known = co_await look();
  co_return known || !is_full ? known : Known(Log::Result::refused);
}

/// Whether the first entry is this one; nothing: there is none, or it cannot be known.
asio::awaitable<Beginner::Known> Beginner::look() {
  const auto newest = range(keys_.log(), Depth::values);
  const auto answer = co_await caller_.ask(newest, patience_of_step);
  auto there = answer.kind == Answer::Kind::ok ? parse_range(answer.body) : std::nullopt;
  if (!there || there->found.empty()) co_return std::nullopt;
  const auto& log = there->found.front();
  if (log.version > 1) {
    const auto first = range(keys_.log(), Depth::values, log.create_revision);
    const auto again = co_await caller_.ask(first, patience_of_step);
    if (again.kind == Answer::Kind::refused) co_return Log::Result::refused;  // it has been compacted since
    there = again.kind == Answer::Kind::ok ? parse_range(again.body) : std::nullopt;
    if (!there || there->found.empty()) co_return std::nullopt;
  }
  const bool is_ours = there->found.front().value == bytes_;
  co_return is_ours ? Log::Result::stored : Log::Result::refused;
}

/// What an attempt that failed says.
Beginner::Known Beginner::unless_tried(const Answer& answer) {
  if (answer.kind == Answer::Kind::refused && fate_of(answer.refusal) == Fate::never)
    return Log::Result::refused;
  if (answer.kind == Answer::Kind::unsent && !was_asked_) return Log::Result::unsent;
  was_asked_ = was_asked_ || answer.kind != Answer::Kind::unsent;
  return std::nullopt;
}

}  // namespace hubbub::journal::shared::etcd
