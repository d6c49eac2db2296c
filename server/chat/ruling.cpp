#include "server/chat/ruling.hpp"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

#include "protocol/text.hpp"
#include "server/journal/conversation.hpp"

namespace hubbub::chat {

using protocol::Timestamp;

// --- values of attributes

Packed::Packed(std::string_view value) : text_(value) {}

Packed& Packed::set(std::string_view word, std::string_view text) {
  if (text.empty()) return *this;
  if (!text_.empty()) text_ += '\n';
  text_.append(word).append(1, '=');
  for (const char each : text) text_ += each == '\n' ? ' ' : each;
  return *this;
}

Packed& Packed::set(std::string_view word, const std::optional<Timestamp>& time) {
  return time ? set(word, std::to_string(time->time_since_epoch().count())) : *this;
}

std::string_view Packed::get(std::string_view word) const {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    if (line.size() > word.size() && line.starts_with(word) && line[word.size()] == '=')
      return line.substr(word.size() + 1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

std::optional<Timestamp> Packed::time(std::string_view word) const {
  const auto number = protocol::number_in<std::int64_t>(get(word));
  return number ? std::optional(Timestamp(std::chrono::milliseconds(*number))) : std::nullopt;
}

std::uint64_t end_of_former(const journal::RoomState& state) {
  if (const auto* const closed = state.find(attribute::closed)) return closed->seq;
  if (const auto* const former = state.find(attribute::former))
    return protocol::number_in<std::uint64_t>(former->value).value_or(0);
  // Of one that was begun before that was noted.
  const auto* const created = state.find(attribute::created);
  return created == nullptr || created->seq == 0 ? 0 : created->seq - 1;
}

std::uint64_t number_in_attribute(std::string_view attribute) {
  const auto slash = attribute.find('/');
  if (slash == std::string_view::npos) return 0;
  return protocol::number_in<std::uint64_t>(attribute.substr(slash + 1)).value_or(0);
}

// --- bans

std::string_view to_string(Ban::Action action) {
  switch (action) {
    case Ban::Action::ban:
      return "ban";
    case Ban::Action::mute:
      return "mute";
    case Ban::Action::except:
      return "except";
  }
  return {};
}

std::optional<Ban::Action> ban_action_from(std::string_view word) {
  for (const auto action : {Ban::Action::ban, Ban::Action::mute, Ban::Action::except})
    if (to_string(action) == word) return action;
  return std::nullopt;
}

std::string Ban::packed() const {
  return Packed()
      .set("mask", mask.stored())
      .set("action", to_string(action))
      .set("until", until)
      .set("keep", keeps ? "1" : "")
      .set("reason", reason)
      .text();
}

std::optional<Ban> Ban::from(const journal::StateRecord& record) {
  if (!record.attribute.starts_with(attribute::ban) || record.value.empty()) return std::nullopt;
  const Packed packed(record.value);
  const auto mask = Mask::from(packed.get("mask"));
  const auto action = ban_action_from(packed.get("action"));
  if (!mask || !action) return std::nullopt;
  return Ban{.id = number_in_attribute(record.attribute),
             .mask = *mask,
             .action = *action,
             .until = packed.time("until"),
             .by = record.by,
             .reason = std::string(packed.get("reason")),
             .at = record.at,
             .keeps = !packed.get("keep").empty()};
}

std::string Bans::exact_key(const Mask& mask) {
  const bool is_exact = mask.kind() != Mask::Kind::address && !mask.is_pattern();
  return is_exact ? mask.stored() : std::string();
}

void Bans::set(const Ban& ban) {
  remove(ban.id);
  all_.emplace(ban.id, ban);
  const auto key = exact_key(ban.mask);
  (key.empty() ? others_ : exact_[key]).push_back(ban.id);
  if (ban.action == Ban::Action::mute) ++mutes_;
  if (ban.action == Ban::Action::except) ++excepts_;
}

void Bans::remove(std::uint64_t id) {
  const auto found = all_.find(id);
  if (found == all_.end()) return;
  const auto& ban = found->second;
  if (ban.action == Ban::Action::mute) --mutes_;
  if (ban.action == Ban::Action::except) --excepts_;
  const auto key = exact_key(ban.mask);
  if (key.empty()) {
    std::erase(others_, id);
  } else if (const auto ids = exact_.find(key); ids != exact_.end()) {
    std::erase(ids->second, id);
    if (ids->second.empty()) exact_.erase(ids);
  }
  all_.erase(found);
}

const Ban* Bans::find(std::uint64_t id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

/// The one of these and `other` that holds the longest.
const Ban* Bans::longest(const Ids& ids, const Wanted& wanted, const Ban* other) const {
  for (const auto id : ids) {
    const auto& ban = all_.at(id);
    if (ban.action != wanted.action || ban.is_over(wanted.now) || (ban.keeps && !wanted.with_kept)) continue;
    if (other == nullptr || !ban.until || (other->until && *other->until < *ban.until)) other = &ban;
  }
  return other;
}

const Ban* Bans::look(const Subject& subject, const Wanted& wanted, const Mask::InRange& is_in_range) const {
  const Ban* found = nullptr;
  const auto in = [&](const Mask& mask) {
    if (const auto ids = exact_.find(mask.stored()); ids != exact_.end())
      found = longest(ids->second, wanted, found);
  };
  if (!exact_.empty()) {
    in(Mask::of_name(subject.name));
    if (subject.account != 0) in(Mask::of_account(subject.account));
    if (!subject.host.empty()) in(Mask::of_host(subject.host));
  }
  for (const auto id : others_) {
    const auto& ban = all_.at(id);
    if (ban.action == wanted.action && ban.mask.matches(subject, is_in_range))
      found = longest({id}, wanted, found);
  }
  return found;
}

bool Bans::is_excepted(const Subject& subject, Timestamp now, const Mask::InRange& is_in_range) const {
  return excepts_ > 0 && look(subject, {.action = Ban::Action::except, .now = now}, is_in_range) != nullptr;
}

const Ban* Bans::about(const Subject& subject, Ban::Action action, Timestamp now,
                       const Mask::InRange& is_in_range) const {
  if (all_.empty()) return nullptr;
  const auto* const found = look(subject, {.action = action, .now = now}, is_in_range);
  return found == nullptr || is_excepted(subject, now, is_in_range) ? nullptr : found;
}

const Ban* Bans::puts_out(const Subject& subject, Timestamp now, const Mask::InRange& is_in_range) const {
  if (all_.empty()) return nullptr;
  const auto* const found =
      look(subject, {.action = Ban::Action::ban, .now = now, .with_kept = false}, is_in_range);
  return found == nullptr || is_excepted(subject, now, is_in_range) ? nullptr : found;
}

// --- rules

namespace {

void apply_rule(protocol::RoomRules& rules, std::string_view rule, const std::string& value) {
  protocol::each_rule(rules, [&](std::string_view name, auto& into) {
    if (name != rule) return;
    using Kind = typename std::remove_reference_t<decltype(into)>::value_type;
    into.reset();
    if (value.empty()) return;
    if constexpr (std::is_same_v<Kind, bool>) {
      into = true;
    } else if constexpr (std::is_same_v<Kind, std::uint64_t>) {
      into = protocol::number_in<std::uint64_t>(value);
    } else {
      into = value;
    }
  });
}

}  // namespace

protocol::RoomRules rules_of(const journal::RoomState& state) {
  protocol::RoomRules rules;
  for (const auto& record : state.all(attribute::rule))
    apply_rule(rules, std::string_view(record.attribute).substr(attribute::rule.size()), record.value);
  return rules;
}

std::vector<std::pair<std::string, std::string>> attributes_of(const protocol::RoomRules& rules) {
  std::vector<std::pair<std::string, std::string>> attributes;
  protocol::each_rule(rules, [&](std::string_view name, const auto& value) {
    if (!value) return;
    using Kind = typename std::remove_cvref_t<decltype(value)>::value_type;
    std::string text;
    if constexpr (std::is_same_v<Kind, bool>) {
      text = *value ? "1" : "";
    } else if constexpr (std::is_same_v<Kind, std::uint64_t>) {
      if (*value != 0) text = std::to_string(*value);
    } else {
      const bool is_none = *value == "no" || *value == "members";
      if (!is_none) text = *value;
    }
    attributes.emplace_back(std::string(attribute::rule).append(name), std::move(text));
  });
  return attributes;
}

// --- the whole

Ruling::Ruling(const journal::RoomState& state) {
  for (const auto& record : state.records()) apply(record);
}

void Ruling::apply(const journal::StateRecord& record) {
  const std::string_view what = record.attribute;
  if (what == journal::topic_attribute) return;
  ++version_;
  if (what == journal::owner_attribute) {
    owner_ = journal::author_of(record.value);
  } else if (what.starts_with(attribute::rule)) {
    apply_rule(rules_, what.substr(attribute::rule.size()), record.value);
  } else if (what.starts_with(attribute::role)) {
    const auto account = journal::author_of(what.substr(attribute::role.size()));
    const auto rank = rank_of_word(record.value);
    rank == Rank::anyone ? static_cast<void>(roles_.erase(account))
                         : static_cast<void>(roles_[account] = rank);
  } else if (what.starts_with(attribute::ban)) {
    const auto ban = Ban::from(record);
    ban ? bans_.set(*ban) : bans_.remove(number_in_attribute(what));
  }
}

Rank Ruling::rank_of(std::uint64_t account) const {
  if (account == 0) return Rank::anyone;
  if (account == owner_) return Rank::owner;
  const auto found = roles_.find(account);
  return found == roles_.end() ? Rank::anyone : found->second;
}

}  // namespace hubbub::chat
