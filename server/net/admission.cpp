#include "server/net/admission.hpp"

#include <utility>

namespace hubbub::net {
namespace {

constexpr std::string_view server_is_full =
    "this server has as many connections as it takes; try again later";

}  // namespace

Admission::Admission(const Settings& settings) : settings_(settings), counts_(std::make_shared<Counts>()) {}

std::optional<Admission::Pass> Admission::admit(const std::string& address) {
  if (is_full()) return std::nullopt;
  if (settings_.connections_per_address > 0 && !address.empty()) {
    const auto found = counts_->by_address.find(address);
    if (found != counts_->by_address.end() && found->second >= settings_.connections_per_address)
      return std::nullopt;
  }
  return Pass(counts_, address);
}

bool Admission::is_full() const { return settings_.connections > 0 && counts_->all >= settings_.connections; }

std::string_view Admission::refusal(const std::string& address) const {
  if (is_full() || address.empty()) return server_is_full;
  return "there are as many connections from your address as this server takes; close one first";
}

std::size_t Admission::connections() const { return counts_->all; }

Admission::Pass::Pass(std::shared_ptr<Counts> counts, const std::string& address)
    : counts_(std::move(counts)) {
  ++counts_->all;
  if (address.empty()) return;
  address_ = &*counts_->by_address.try_emplace(address, 0).first;  // stays where it is
  ++address_->second;
}

Admission::Pass::~Pass() {
  if (!counts_) return;
  --counts_->all;
  if (address_ != nullptr && --address_->second == 0) {
    const auto address = address_->first;
    counts_->by_address.erase(address);
  }
}

}  // namespace hubbub::net
