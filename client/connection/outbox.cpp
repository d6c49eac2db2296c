#include "client/connection/outbox.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "protocol/secret.hpp"

namespace hubbub::client {
namespace {

/// The share of the allowed rate that is used, for differences of clocks and rounding.
constexpr double caution = 0.95;

}  // namespace

Pacer::Pacer(double per_second, std::uint64_t burst) {
  if (per_second <= 0 || burst == 0) return;
  rate_ = per_second * caution;
  burst_ = static_cast<double>(burst);
  level_ = burst_;
}

bool Pacer::take(TimePoint now) {
  if (!limited()) return true;
  refill(now);
  if (available() < 1) return false;
  ++in_flight_;
  return true;
}

void Pacer::settle(TimePoint now) {
  if (!limited() || in_flight_ == 0) return;
  refill(now);
  --in_flight_;
  level_ = std::max(level_ - 1, 0.0);
}

std::optional<Pacer::TimePoint> Pacer::ready_at(TimePoint now) {
  if (!limited()) return std::nullopt;
  refill(now);
  const double missing = 1 - available();
  const bool time_alone = static_cast<double>(in_flight_) + 1 <= burst_;
  if (missing <= 0 || !time_alone) return std::nullopt;
  // Rounded up, so that the caller's timer does not fire a moment too early and wait again.
  constexpr double longest_us = 3600 * 1e6;  // an hour, whatever rate the server tells
  const double wait_us = std::min(std::ceil(missing / rate_ * 1e6), longest_us);
  const auto wait = std::chrono::microseconds(static_cast<std::int64_t>(wait_us) + 1);
  return now + wait;
}

void Pacer::refill(TimePoint now) {
  if (refilled_) {
    const std::chrono::duration<double> passed = now - *refilled_;
    level_ = std::min(level_ + passed.count() * rate_, burst_);
  }
  refilled_ = now;
}

/// In an iteration over the queue, finds requests that have to wait for an earlier one to the same person.
struct Outbox::Held {
  std::set<std::string_view> people{};  ///< recipients with a request that is put off

  bool has(const Item& item) {
    const std::string& to = item.request.to;
    if (to.empty()) return false;
    const bool behind = people.contains(to);
    if (item.not_before != TimePoint{}) people.insert(to);
    return behind;
  }
};

std::size_t Outbox::perhaps_done() const {
  return static_cast<std::size_t>(std::ranges::count(queue_, true, &Item::perhaps_done));
}

void Outbox::push(Outgoing request) {
  bytes_ += request.line.size();
  queue_.push_back(Item{std::move(request)});
}

bool Outbox::has_secrets() const {
  return std::ranges::any_of(queue_, [](const Item& item) { return item.request.is_secret; });
}

std::vector<Outgoing> Outbox::take_secrets() {
  std::vector<Outgoing> taken;
  for (auto item = queue_.begin(); item != queue_.end();) {
    if (!item->request.is_secret) {
      ++item;
      continue;
    }
    taken.emplace_back(item->request);
    item = retire(item, {});
  }
  return taken;
}

void Outbox::rewind(Pacer pacer) {
  for (Item& item : queue_) {
    item.sent = item.refused = false;
    item.carried_over = true;
    item.not_before = {};
  }
  in_flight_ = 0;
  refused_ = 0;
  blocked_until_ = {};
  pacer_ = pacer;
}

void Outbox::send(TimePoint now, std::string& out) {
  if (now < blocked_until_) return;
  Held held;
  for (Item& item : queue_) {
    if (held.has(item) || item.sent || item.not_before > now) continue;
    if (in_flight_ >= allowed_at_once()) return;
    if (item.request.paced && !pacer_.take(now)) return;
    out += item.request.line;
    item.sent = item.perhaps_done = true;
    item.sent_at = now;
    ++in_flight_;
  }
}

std::optional<Outbox::TimePoint> Outbox::next(TimePoint now) {
  if (in_flight_ >= allowed_at_once()) return std::nullopt;
  std::optional<TimePoint> soonest;
  Held held;
  for (const Item& item : queue_) {
    if (held.has(item) || item.sent) continue;
    std::optional<TimePoint> ready = item.request.paced ? pacer_.ready_at(now) : std::nullopt;
    if (now < blocked_until_) ready = blocked_until_;
    const bool is_put_off = item.not_before > now;
    if (is_put_off) ready = std::max(item.not_before, ready.value_or(item.not_before));
    if (ready) soonest = std::min(*ready, soonest.value_or(*ready));
    if (!is_put_off) break;  // later requests are sent after this one
  }
  return soonest;
}

std::optional<Outbox::TimePoint> Outbox::waiting_since() const {
  const auto sent = std::ranges::find(queue_, true, &Item::sent);
  return sent == queue_.end() ? std::nullopt : std::optional(sent->sent_at);
}

bool Outbox::answered(std::string_view ref, TimePoint now) {
  const auto answered = find_sent(ref);
  if (answered == queue_.end()) return false;
  auto before = std::distance(queue_.begin(), answered);
  retire(answered, now);
  for (auto item = queue_.begin(); before > 0; --before) {
    item = item->sent && item->request.id.empty() ? retire(item, now) : item + 1;
  }
  return true;
}

bool Outbox::came_back(std::string_view id, TimePoint now) {
  if (id.empty()) return false;
  const auto said = std::ranges::find_if(queue_, [&](const Item& item) { return item.request.id == id; });
  if (said == queue_.end()) return false;
  retire(said, now);
  return true;
}

bool Outbox::refused(std::string_view ref, TimePoint until, TimePoint now) {
  const auto item = find_sent(ref);
  if (item == queue_.end()) return false;
  unsend(*item, now);
  if (!item->refused) ++refused_;
  item->refused = true;
  blocked_until_ = std::max(blocked_until_, until);
  return true;
}

bool Outbox::put_off(std::string_view ref, TimePoint when, TimePoint now) {
  const auto item = find_sent(ref);
  if (item == queue_.end() || !item->carried_over) return false;
  unsend(*item, now);
  item->not_before = when;
  return true;
}

Outbox::Position Outbox::find_sent(std::string_view ref) {
  return std::ranges::find_if(queue_, [&](const Item& item) { return item.sent && item.request.ref == ref; });
}

Outbox::Position Outbox::retire(const Position& item, TimePoint now) {
  if (item->sent) unsend(*item, now);
  if (item->refused) --refused_;
  bytes_ -= item->request.line.size();
  if (item->request.is_secret) protocol::wipe(item->request.line);
  return queue_.erase(item);
}

void Outbox::unsend(Item& item, TimePoint now) {
  item.sent = false;
  --in_flight_;
  if (item.request.paced) pacer_.settle(now);
}

}  // namespace hubbub::client
