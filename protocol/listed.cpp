#include "protocol/listed.hpp"

#include <variant>

namespace hubbub::protocol {
namespace {

template <class List>
void remember(std::vector<std::uint64_t>& ids, const List& list, bool goes_on) {
  if (!goes_on) ids.clear();
  for (const auto& each : list) {
    if (ids.size() == Listed::most) return;
    ids.push_back(each.id);
  }
}

}  // namespace

void Listed::note(const Event& event, bool goes_on) {
  if (const auto* devices = std::get_if<event::Devices>(&event.body)) {
    remember(devices_, devices->devices, goes_on);
  } else if (const auto* bans = std::get_if<event::Bans>(&event.body)) {
    remember(bans_, bans->bans, goes_on);
  } else if (const auto* reports = std::get_if<event::Reports>(&event.body)) {
    remember(reports_, reports->reports, goes_on);
  } else if (const auto* webhooks = std::get_if<event::Webhooks>(&event.body)) {
    remember(webhooks_, webhooks->webhooks, goes_on);
  }
}

}  // namespace hubbub::protocol
