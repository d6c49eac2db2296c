#include "test/chat/cluster/record.hpp"

#include <string>
#include <variant>

namespace hubbub::chat::cluster {
namespace {

/// 0: it has none.
std::uint64_t number_of(const journal::Committed& committed) {
  if (committed.message) return committed.message->seq;
  if (committed.state) return committed.state->seq;
  if (committed.change) return committed.change->number;
  if (committed.account) return committed.account->seq;
  if (committed.presence) return committed.presence->seq;
  return committed.audit ? committed.audit->seq : 0;
}

/// What has to be the same on all nodes. A private message may be for those of one node alone.
std::string compared(const journal::Committed& committed) {
  std::string out = committed.room;
  const auto add = [&out](const auto&... parts) { ((out += '|', out += parts), ...); };
  if (const auto& message = committed.message) add("said", message->from, message->text, message->account);
  if (const auto& state = committed.state) add("state", state->attribute, state->value, state->by);
  if (const auto& account = committed.account) add("account", std::to_string(account->body.index()));
  if (const auto& change = committed.change) {
    add("change", change->text, change->by, change->reason);
    for (const auto seq : change->seqs) add(std::to_string(seq));
  }
  if (const auto& presence = committed.presence)
    add("presence", presence->node, std::to_string(presence->epoch), std::to_string(presence->body.index()));
  if (const auto& audit = committed.audit) add("audit", audit->action, audit->whom, audit->by);
  return out;
}

}  // namespace

void Record::take(const std::string& node, const journal::Committed& committed) {
  const auto number = number_of(committed);
  const bool is_refused = committed.outcome == journal::Outcome::refused;
  if (is_refused && committed.presence &&
      std::holds_alternative<journal::presence::Entered>(committed.presence->body))
    all_.emplace(number, committed);
  if (committed.outcome != journal::Outcome::stored || number == 0) return;
  const auto [told, is_new] = told_.try_emplace(number, compared(committed));
  if (is_new) all_.emplace(number, committed);
  if (const auto here = compared(committed); told->second != here)
    throw Wrong(std::to_string(number) + " is " + told->second + ", and for " + node + " " + here);
}

std::vector<std::uint64_t> Record::said_behind(const std::string& room, std::uint64_t from) const {
  std::vector<std::uint64_t> numbers;
  for (auto next = all_.upper_bound(from); next != all_.end(); ++next) {
    const auto& [number, committed] = *next;
    const bool is_said = committed.message || (committed.change && !committed.change->seqs.empty());
    if (committed.room == room && is_said) numbers.push_back(number);
  }
  return numbers;
}

std::uint64_t Record::closed(const std::string& room, std::uint64_t up_to) const {
  for (auto next = all_.upper_bound(up_to); next != all_.begin();) {
    const auto& [number, committed] = *--next;
    if (committed.room == room && committed.state && journal::ends_a_life(*committed.state)) return number;
  }
  return 0;
}

std::map<std::uint64_t, Record::Said> Record::messages(const std::string& room) const {
  std::map<std::uint64_t, Said> messages;
  for (const auto& [number, committed] : all_) {
    if (committed.room != room) continue;
    if (committed.message) {
      const auto& text = committed.message->text;
      messages.emplace(number, Said{.text = text, .texts = {text}});
    }
    if (!committed.change) continue;
    const bool deletes = committed.change->what == protocol::Change::What::deleted;
    for (const auto seq : committed.change->seqs) {
      auto& said = messages[seq];
      if (said.is_deleted) throw Wrong(std::to_string(number) + " changes what has been deleted");
      said.text = deletes ? std::string() : committed.change->text;
      said.is_deleted = deletes;
      said.change = number;
      said.texts.insert(said.text);
      said.changes.insert(number);
    }
  }
  return messages;
}

}  // namespace hubbub::chat::cluster
