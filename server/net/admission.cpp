#include "server/net/admission.hpp"

#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

// Addresses looked at for each new connection: two, so that idle ones are dropped faster than new ones come.
constexpr int tidied_at_once = 2;

constexpr Admission::Refusal server_is_full{
    "connections", "this server has as many connections as it takes; try again later"};
constexpr Admission::Refusal address_has_too_many{
    "connections_per_address",
    "there are as many connections from your address as this server takes; close one first"};
constexpr Admission::Refusal address_is_too_fast{
    "connects_per_second_per_address", "new connections come too fast from your address; wait a little"};

}  // namespace

void ConnectionLog::connected(const std::string& address, Time now, ops::log::Fields fields) {
  connected_.note(address, {}, now, fields);
}

void ConnectionLog::disconnected(const std::string& address, std::string_view reason, Time opened, Time now,
                                 ops::log::Fields fields) {
  if (now - opened >= long_open) {
    ops::log::info("net", "disconnected", fields);
  } else {
    disconnected_.note(address, reason, now, fields);
  }
}

void ConnectionLog::tell_due(Time now) {
  connected_.tell_due(now);
  disconnected_.tell_due(now);
}

Admission::Admission(const Settings& settings) : settings_(settings), counts_(new Counts()) {}

/// Null: the connection is admitted. `address`: null: it is not counted per address.
const Admission::Refusal* Admission::why_not(Address* address, Time now) const {
  if (settings_.connections > 0 && counts_->all >= settings_.connections) return &server_is_full;
  if (address == nullptr) return nullptr;
  const auto most = settings_.connections_per_address;
  if (most > 0 && address->connections >= most) return &address_has_too_many;
  const auto burst = settings_.connects_burst_per_address;
  const protocol::TokenBucket::Limit pace{.rate = burst > 0 ? settings_.connects_per_second_per_address : 0,
                                          .burst = static_cast<double>(burst)};
  return address->pace.take(pace, now) ? nullptr : &address_is_too_fast;
}

std::optional<Admission::Pass> Admission::admit(const std::string& address, Time now) {
  tidy(now);
  // Entries of the map stay where they are.
  auto* entry = address.empty() ? nullptr : &*counts_->by_address.try_emplace(address).first;
  refusal_ = why_not(entry == nullptr ? nullptr : &entry->second, now);
  return refusal_ == nullptr ? std::optional<Pass>(std::in_place, counts_, entry) : std::nullopt;
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

const std::string& Admission::Pass::address() const {
  static const std::string none;
  return address_ == nullptr ? none : address_->first;
}

AdmittedPeer::AdmittedPeer(Admission::Pass pass, const Endpoint& from, std::uint64_t number, Time opened)
    : pass_(std::move(pass)), number_(number), from_(from), opened_(opened) {}

void AdmittedPeer::log_end(const Handler& handler, const std::string& reason, Time now) const {
  if (!ops::log::enabled(ops::log::Level::info)) return;
  const auto word = handler.reason();
  const auto open_for = std::chrono::floor<std::chrono::milliseconds>(now - opened_);
  const auto why = word.empty() ? std::string_view(reason) : word;
  pass_.log().disconnected(address(), why, opened_, now,
                           {{"connection", number_},
                            {"address", url()},
                            {"name", handler.name()},
                            {"reason", why},
                            {"duration_ms", std::int64_t{open_for.count()}}});
}

}  // namespace hubbub::net
