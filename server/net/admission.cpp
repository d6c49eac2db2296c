#include "server/net/admission.hpp"

#include <iterator>
#include <utility>

namespace hubbub::net {
namespace {

// For each that comes two are looked at, so that those who are gone are forgotten faster than others come.
constexpr int tidied_at_once = 2;

}  // namespace

Admission::Admission(const Settings& settings) : settings_(settings), counts_(new Counts()) {}

/// Null: it is not counted.
std::optional<Admission::Refusal> Admission::why_not(Address* address, Time now) const {
  if (settings_.connections > 0 && counts_->all >= settings_.connections) return Refusal::server_is_full;
  if (address == nullptr) return std::nullopt;
  const auto most = settings_.connections_per_address;
  if (most > 0 && address->connections >= most) return Refusal::address_has_too_many;
  const auto burst = settings_.connects_burst_per_address;
  const protocol::TokenBucket::Limit pace{.rate = burst > 0 ? settings_.connects_per_second_per_address : 0,
                                          .burst = static_cast<double>(burst)};
  return address->pace.take(pace, now) ? std::nullopt : std::optional(Refusal::address_is_too_fast);
}

std::optional<Admission::Pass> Admission::admit(const std::string& address, Time now) {
  tidy(now);
  // It stays where it is.
  auto* entry = address.empty() ? nullptr : &*counts_->by_address.try_emplace(address).first;
  if (const auto refusal = why_not(entry == nullptr ? nullptr : &entry->second, now)) {
    refusal_ = *refusal;
    return std::nullopt;
  }
  return Pass(counts_, entry);
}

void Admission::tidy(Time now) {
  auto& addresses = counts_->by_address;
  auto next = addresses.upper_bound(looked_at_);
  for (int looked = 0; looked < tidied_at_once && next != addresses.end(); ++looked) {
    looked_at_ = next->first;
    const auto& address = next->second;
    const bool goes = address.connections == 0 && (address.pace.is_full(now) || addresses.size() > most_idle);
    next = goes ? addresses.erase(next) : std::next(next);
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

std::string_view Admission::reason() const {
  switch (refusal_) {
    case Refusal::address_has_too_many:
      return "connections_per_address";
    case Refusal::address_is_too_fast:
      return "connects_per_second_per_address";
    case Refusal::server_is_full:
      break;
  }
  return "connections";
}

std::size_t Admission::connections() const { return counts_->all; }

ConnectionLog& Admission::log() { return counts_->log; }

std::size_t Admission::addresses() const { return counts_->by_address.size(); }

Admission::Pass::Pass(CountsPtr counts, Addresses::value_type* address)
    : counts_(std::move(counts)), address_(address) {
  ++counts_->all;
  if (address_ != nullptr) ++address_->second.connections;
}

Admission::Pass::~Pass() {
  if (!counts_) return;
  --counts_->all;
  if (address_ != nullptr) --address_->second.connections;
}

ConnectionLog& Admission::Pass::log() const { return counts_->log; }

const std::string& Admission::Pass::address() const {
  static const std::string none;
  return address_ == nullptr ? none : address_->first;
}

}  // namespace hubbub::net
