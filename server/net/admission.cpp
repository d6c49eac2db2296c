#include "server/net/admission.hpp"

#include <algorithm>
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

void ConnectionLog::passed_on(const std::string& address, Time now, ops::log::Fields fields) {
  passed_on_.note(address, {}, now, fields);
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
  passed_on_.tell_due(now);
  disconnected_.tell_due(now);
}

Admission::Admission(const Settings& settings) : settings_(settings), counts_(new Counts()) {}

/// Null: the address may have one more connection. `entry`: null: it is not counted per address.
const Admission::Refusal* Admission::why_not(Addresses::value_type* entry, Time now) const {
  if (entry == nullptr) return nullptr;
  auto* const address = &entry->second;
  const auto most = settings_.connections_per_address;
  if (most > 0 && address->connections >= most) return &address_has_too_many;
  const auto burst = settings_.connects_burst_per_address;
  const protocol::TokenBucket::Limit pace{.rate = burst > 0 ? settings_.connects_per_second_per_address : 0,
                                          .burst = static_cast<double>(burst)};
  return address->pace.take(pace, now) ? nullptr : &address_is_too_fast;
}

std::optional<Admission::Pass> Admission::admit(const std::string& address, Time now) {
  tidy(now);
  auto* const entry = entry_of(address);
  const bool is_full = settings_.connections > 0 && counts_->all >= settings_.connections;
  const bool is_in = is_admitted(is_full ? &server_is_full : why_not(entry, now));
  return is_in ? std::optional<Pass>(std::in_place, counts_, entry) : std::nullopt;
}

bool Admission::admit_anew(Pass& pass, const std::string& address, Time now) {
  auto* const entry = entry_of(address);
  const bool is_in = is_admitted(why_not(entry, now));
  if (is_in) pass.move_to(entry);
  return is_in;
}

bool Admission::is_admitted(const Refusal* refusal) {
  refusal_ = refusal;
  if (refusal_ != nullptr) note_refused(refusal_->limit);
  return refusal_ == nullptr;
}

/// Entries of the map stay where they are. Null: no address.
Admission::Addresses::value_type* Admission::entry_of(const std::string& address) {
  return address.empty() ? nullptr : &*counts_->by_address.try_emplace(address).first;
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

void Admission::Pass::speaks(std::string_view name, std::uint8_t& place) const {
  auto& speakers = counts_->speakers;
  --speakers[place].second.now;
  const auto found =
      std::find_if(speakers.begin(), speakers.end(), [&](const auto& row) { return row.first == name; });
  place = static_cast<std::uint8_t>(found - speakers.begin());
  if (found == speakers.end()) speakers.emplace_back(name, Speakers());
  ++speakers[place].second.now;
  ++speakers[place].second.since_start;
}

void Admission::Pass::is_new() const { ++counts_->speakers.front().second.now; }

void Admission::Pass::is_gone(std::uint8_t place) const {
  if (!counts_) return;
  --counts_->speakers[place].second.now;
  if (place == 0) ++counts_->speakers[place].second.since_start;
}

Admission::Pass::~Pass() {
  if (!counts_) return;
  --counts_->all;
  if (address_ != nullptr) --address_->second.connections;
}

void Admission::Pass::move_to(Addresses::value_type* address) {
  if (address_ != nullptr) --address_->second.connections;
  address_ = address;
  if (address_ != nullptr) ++address_->second.connections;
}

const std::string& Admission::Pass::address() const {
  static const std::string none;
  return address_ == nullptr ? none : address_->first;
}

AdmittedPeer::AdmittedPeer(Admission::Pass pass, const Endpoint& from, std::uint64_t number, Time opened)
    : pass_(std::move(pass)), number_(number), from_(from), opened_(opened) {
  pass_.is_new();
}

AdmittedPeer::~AdmittedPeer() { pass_.is_gone(speaks_); }

bool AdmittedPeer::come_from(const Endpoint& endpoint, Admission& admission, Time now) {
  const auto proxy = url();
  from_ = TcpPeer(endpoint);
  if (!admission.admit_anew(pass_, address_key(endpoint), now)) return false;
  pass_.log().passed_on(address(), now, {{"connection", number_}, {"address", url()}, {"proxy", proxy}});
  return true;
}

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
