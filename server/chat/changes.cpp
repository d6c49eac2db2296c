#include "server/chat/changes.hpp"

#include <utility>
#include <variant>

namespace hubbub::chat {

using protocol::Change;
namespace event = protocol::event;

event::Any told_of(const journal::ChangeRecord& change, const std::string& room, const std::string& with) {
  if (change.what == Change::What::deleted) {
    return event::Deleted{.room = room,
                          .with = with,
                          .seqs = change.seqs,
                          .change = change.number,
                          .by = change.by,
                          .reason = change.reason};
  }
  return event::Edited{.room = room,
                       .with = with,
                       .seq = change.seqs.empty() ? 0 : change.seqs.front(),
                       .change = change.number,
                       .text = change.text,
                       .time = change.at,
                       .by = change.by};
}

event::Changed last_change(const protocol::Message& message, const std::string& room,
                           const std::string& with) {
  const auto& change = *message.change;
  if (change.what == Change::What::deleted) {
    return event::Deleted{.room = room,
                          .with = with,
                          .seqs = {message.seq},
                          .change = change.number,
                          .by = change.by,
                          .reason = change.reason};
  }
  return event::Edited{.room = room,
                       .with = with,
                       .seq = message.seq,
                       .change = change.number,
                       .text = message.text,
                       .time = change.time,
                       .by = change.by};
}

std::vector<event::Changed> last_changes(const std::vector<protocol::MessagePtr>& messages,
                                         const std::string& room, const std::string& with) {
  std::vector<event::Changed> changes;
  for (const auto& message : messages) {
    auto next = last_change(*message, room, with);
    auto* const one = std::get_if<event::Deleted>(&next);
    auto* const before = changes.empty() ? nullptr : std::get_if<event::Deleted>(&changes.back());
    if (one != nullptr && before != nullptr && before->change == one->change) {
      before->seqs.push_back(message->seq);
    } else {
      changes.push_back(std::move(next));
    }
  }
  return changes;
}

}  // namespace hubbub::chat
