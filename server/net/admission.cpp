#include "server/net/admission.hpp"

#include <algorithm>
#include <iterator>

namespace hubbub::net {
namespace {

using std::chrono::nanoseconds;

// For each that comes two are looked at, so that those who are gone are forgotten faster than others come.
constexpr int tidied_at_once = 2;
// A rate that is next to nothing must not be more than a clock can count.
constexpr double longest_interval = 1e9 * 86'400;

}  // namespace

Admission::Admission(const Settings& settings) : settings_(settings), counts_(std::make_shared<Counts>()) {}

/// Between two connections of an address in the long run; nothing: it is not limited.
std::optional<nanoseconds> Admission::interval() const {
  const auto rate = settings_.connects_per_second_per_address;
  if (!(rate > 0) || settings_.connects_burst_per_address == 0) return std::nullopt;
  return nanoseconds{static_cast<nanoseconds::rep>(std::min(1e9 / rate, longest_interval))};
}

std::optional<Admission::Refusal> Admission::why_not(const Address& address, bool is_counted,
                                                     Time now) const {
  if (settings_.connections > 0 && counts_->all >= settings_.connections) return Refusal::server_is_full;
  if (!is_counted) return std::nullopt;
  const auto most = settings_.connections_per_address;
  if (most > 0 && address.connections >= most) return Refusal::address_has_too_many;
  // A token bucket, told by the time at which it will be full.
  const auto between = interval();
  if (!between) return std::nullopt;
  const auto tokens_taken = std::max(address.full_at, now) - now;
  const auto burst = static_cast<double>(settings_.connects_burst_per_address);
  const bool is_empty = static_cast<double>((tokens_taken + *between).count()) >
                        burst * static_cast<double>(between->count()) + 0.5;
  return is_empty ? std::optional(Refusal::address_is_too_fast) : std::nullopt;
}

std::optional<Admission::Pass> Admission::admit(const std::string& address, Time now) {
  tidy(now);
  const bool is_counted = !address.empty();
  const auto known = counts_->by_address.find(address);
  const auto seen = known == counts_->by_address.end() ? Address{} : known->second;
  if (const auto refusal = why_not(seen, is_counted, now)) {
    refusal_ = *refusal;
    return std::nullopt;
  }
  if (!is_counted) return Pass(counts_, nullptr);
  auto& entry = *counts_->by_address.try_emplace(address).first;  // which stays where it is
  if (const auto between = interval()) entry.second.full_at = std::max(entry.second.full_at, now) + *between;
  return Pass(counts_, &entry);
}

void Admission::tidy(Time now) {
  auto& addresses = counts_->by_address;
  auto next = addresses.upper_bound(looked_at_);
  for (int looked = 0; looked < tidied_at_once && next != addresses.end(); ++looked) {
    looked_at_ = next->first;
    const bool is_idle = next->second.connections == 0 && next->second.full_at <= now;
    next = is_idle ? addresses.erase(next) : std::next(next);
  }
  if (next == addresses.end()) looked_at_.clear();
}

std::string_view Admission::refusal() const {
  switch (refusal_) {
    case Refusal::address_has_too_many:
      return "there are as many connections from your address as this server takes; close one first";
    case Refusal::address_is_too_fast:
      return "new connections come too fast from your address; wait a little";
    case Refusal::server_is_full:
      break;
  }
  return "this server has as many connections as it takes; try again later";
}

std::size_t Admission::connections() const { return counts_->all; }

std::size_t Admission::addresses() const { return counts_->by_address.size(); }

Admission::Pass::Pass(std::shared_ptr<Counts> counts, Addresses::value_type* address)
    : counts_(std::move(counts)), address_(address) {
  ++counts_->all;
  if (address_ != nullptr) ++address_->second.connections;
}

Admission::Pass::~Pass() {
  if (!counts_) return;
  --counts_->all;
  if (address_ != nullptr) --address_->second.connections;
}

const std::string& Admission::Pass::address() const {
  static const std::string none;
  return address_ == nullptr ? none : address_->first;
}

}  // namespace hubbub::net
