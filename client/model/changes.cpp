#include "client/model/changes.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace hubbub::client {

using protocol::Change;
using protocol::Message;
namespace event = protocol::event;

namespace {

void apply(Message& message, const event::Edited& edited) {
  message.text = edited.text;
  message.change = std::make_shared<const Change>(
      Change{.what = Change::What::edited, .time = edited.time, .by = edited.by, .number = edited.change});
}

void apply(Message& message, const event::Deleted& deleted) {
  message.text.clear();
  message.change = std::make_shared<const Change>(Change{.what = Change::What::deleted,
                                                         .time = {},
                                                         .by = deleted.by,
                                                         .number = deleted.change,
                                                         .reason = deleted.reason});
}

bool names(const event::Edited& edited, std::uint64_t seq) { return edited.seq == seq; }
bool names(const event::Deleted& deleted, std::uint64_t seq) {
  return std::ranges::find(deleted.seqs, seq) != deleted.seqs.end();
}

}  // namespace

bool concerns(const event::Changed& change, const Message& message) {
  // Numbers are never used twice, in no room and no conversation.
  return message.seq > 0 &&
         std::visit([&](const auto& one) { return one.room == message.room && names(one, message.seq); },
                    change);
}

protocol::MessagePtr after(const Message& message, const event::Changed& change) {
  const std::uint64_t number = std::visit([](const auto& one) { return one.change; }, change);
  if (message.is_deleted() || (message.change && message.change->number >= number)) return nullptr;
  Message changed = message;
  std::visit([&changed](const auto& one) { apply(changed, one); }, change);
  return std::make_shared<const Message>(std::move(changed));
}

}  // namespace hubbub::client
