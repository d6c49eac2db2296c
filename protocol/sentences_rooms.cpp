// Rooms in words: rules, roles, invitations, webhooks.
#include <utility>

#include "protocol/duration.hpp"
#include "protocol/sentences.hpp"
#include "protocol/text.hpp"

namespace hubbub::protocol {

std::string Sentences::has(std::string_view name) const {
  return is_reader(name) ? "you have" : wording_.name(name) + " has";
}

std::string Sentences::person(std::string_view name) const {
  return is_reader(name) ? "you" : wording_.name(name);
}

std::string Sentences::reason(std::string_view given) const {
  return given.empty() ? std::string() : ": " + wording_.text(given);
}

std::string Sentences::until(const std::optional<Timestamp>& time) const {
  return time ? " until " + wording_.moment(*time) : std::string();
}

namespace {

/// Puts the words of one rule behind those of the others.
class Rules {
 public:
  explicit Rules(bool changed) : changed_(changed) {}

  void flag(const std::optional<bool>& value, std::string_view words, std::string_view otherwise) {
    add(value.has_value(), value.value_or(false), std::string(words), otherwise);
  }
  void number(const std::optional<std::uint64_t>& value, const std::string& words,
              std::string_view otherwise) {
    add(value.has_value(), value.value_or(0) > 0, words, otherwise);
  }
  void add(bool is_told, bool holds, const std::string& words, std::string_view otherwise) {
    if (!is_told || (!holds && !changed_)) return;
    text_.append(text_.empty() ? "" : "; ").append(holds ? words : std::string(otherwise));
  }

  std::string text() && { return std::move(text_); }

 private:
  bool changed_;
  std::string text_;
};

}  // namespace

std::string Sentences::rules(const RoomRules& rules, bool keyed, bool changed) const {
  Rules all(changed);
  all.flag(rules.moderated, "only those with a role speak", "everybody speaks");
  all.number(rules.slow_mode,
             duration_in_words(rules.slow_mode.value_or(0)) + " between two messages of a person",
             "no slow mode");
  const std::string accounts = rules.accounts_only.value_or("");
  all.add(!accounts.empty(), accounts != "no",
          "one needs an account to " + std::string(accounts == "speak" ? "speak" : "enter"),
          "one needs no account");
  all.flag(rules.invite_only, "only those who are invited enter", "one needs no invitation");
  const std::string key = rules.key.value_or("");
  all.add(rules.key || keyed, keyed || !key.empty(),
          key.empty() ? std::string("one needs a key to enter") : "the key is " + wording_.text(key),
          "one needs no key");
  all.number(rules.limit, "at most " + counted(rules.limit.value_or(0), "member"), "any number of members");
  all.flag(rules.secret, "only members see that there is the room", "everybody sees the room");
  all.add(rules.topic_for.has_value(), rules.topic_for.value_or("") == "moderators",
          "moderators set the topic", "members set the topic");
  all.add(rules.history_for.has_value(), rules.history_for.value_or("") == "since_join",
          "one sees what was said since one came", "one sees what was said before");
  all.number(rules.keep_messages, counted(rules.keep_messages.value_or(0), "message") + " kept",
             "as many messages kept as the server does");
  all.number(rules.keep_age, "messages kept for " + duration_in_words(rules.keep_age.value_or(0)),
             "messages kept as long as the server does");
  return std::move(all).text();
}

std::string Sentences::role_in(std::string_view role, std::string_view room) const {
  const std::string where = wording_.text(room);
  if (role == "owner") return "the owner of " + where;
  if (role == "moderator") return "a moderator of " + where;
  if (role == "voice") return "one with voice in " + where;
  return role.empty() || role == "none" ? std::string() : wording_.text(role) + " of " + where;
}

Sentences::Lines Sentences::operator()(const event::Room& room) const {
  const std::string name = wording_.text(room.room);
  if (!room.by.empty()) {
    const std::string changed = rules(room.rules, room.keyed, true);
    return {has(room.by) + " changed the rules of " + name + ": " + (changed.empty() ? "none" : changed)};
  }
  std::string first = name;
  if (room.created) first += ", made on " + wording_.moment(*room.created) + ',';
  first += room.owner.empty() ? " has no owner" : " belongs to " + wording_.name(room.owner);
  if (const std::string role = role_in(room.role, room.room); !role.empty()) first += "; you are " + role;
  Lines lines = {std::move(first)};
  if (!room.topic.empty()) {
    lines.push_back("topic: " + wording_.text(room.topic) +
                    (room.topic_by.empty() ? "" : ", by " + wording_.name(room.topic_by)) +
                    (room.topic_time ? ", " + wording_.moment(*room.topic_time) : ""));
  }
  const std::string all = rules(room.rules, room.keyed);
  lines.push_back(all.empty() ? "it has no rules of its own" : "its rules: " + all);
  return lines;
}

Sentences::Lines Sentences::operator()(const event::Role& role) const {
  const std::string by = role.by.empty() || role.by == role.name ? "" : ", by " + person(role.by);
  const std::string now = role_in(role.role, role.room);
  const std::string who = person(role.name);
  if (now.empty()) {
    return {(is_reader(role.name) ? "you have" : who + " has") + std::string(" no role in ") +
            wording_.text(role.room) + " any more" + by};
  }
  return {who + (is_reader(role.name) ? " are " : " is ") + now + " now" + by};
}

Sentences::Lines Sentences::operator()(const event::Closed& closed) const {
  return {has(closed.by) + " closed " + wording_.text(closed.room) + " for good" + reason(closed.reason)};
}

Sentences::Lines Sentences::operator()(const event::Invited& invited) const {
  const std::string room = wording_.text(invited.room);
  if (is_reader(invited.name))
    return {wording_.name(invited.by) + " invites you to " + room + "; /join " + room + " takes you there"};
  return {has(invited.by) + " invited " + wording_.name(invited.name) + " to " + room};
}

namespace {

std::string uses_of(const event::Invitation& invitation) {
  return "for " + (invitation.uses == 1 ? "one person" : std::to_string(invitation.uses) + " people");
}

}  // namespace

Sentences::Lines Sentences::operator()(const event::Invite& invite) const {
  const event::Invitation& one = invite.invitation;
  const std::string token = wording_.text(invite.token);
  const std::string what = one.room.empty() ? "to make an account" : "to " + wording_.text(one.room);
  const std::string role = role_in(one.role, one.room);
  Lines lines = {"an invitation " + what + ", " + uses_of(one) + until(one.until) +
                     (role.empty() ? "" : ", as " + role) + ": " + token,
                 std::string("it is told only now; ") +
                     (one.room.empty() ? "/register PASSWORD " : "/redeem ") + token + " takes it"};
  if (!invite.url.empty()) lines.push_back("or open " + wording_.text(invite.url));
  return lines;
}

Sentences::Lines Sentences::operator()(const event::Invites& list) const {
  if (list.invites.empty()) return {"no invitation is open"};
  Lines lines;
  for (const event::Invitation& one : list.invites) {
    lines.push_back("invitation " + std::to_string(one.id) + " " +
                    (one.room.empty() ? "to make an account" : "to " + wording_.text(one.room)) + ", " +
                    (one.name.empty() ? uses_of(one) : "for " + wording_.name(one.name)) + until(one.until) +
                    (one.by.empty() ? "" : ", by " + wording_.name(one.by)));
  }
  return lines;
}

Sentences::Lines Sentences::operator()(const event::Redeemed& redeemed) const {
  if (redeemed.room.empty()) return {"the invitation is taken; /register makes your name an account"};
  const std::string room = wording_.text(redeemed.room);
  return {"the invitation is taken; /join " + room + " takes you there"};
}

Sentences::Lines Sentences::operator()(const event::Webhook& webhook) const {
  const event::WebhookInfo& one = webhook.webhook;
  return {"a program can speak in " + wording_.text(one.room) + " as " + wording_.name(one.name) +
              " with this token, which is told only now: " + wording_.text(webhook.token),
          "it posts to " + (webhook.url.empty() ? "the server's own page" : wording_.text(webhook.url))};
}

Sentences::Lines Sentences::operator()(const event::Webhooks& list) const {
  if (list.webhooks.empty()) return {"no program can speak here by a webhook"};
  Lines lines;
  for (const event::WebhookInfo& one : list.webhooks) {
    lines.push_back("webhook " + std::to_string(before_ + lines.size() + 1) + ": " + wording_.name(one.name) +
                    " in " + wording_.text(one.room) + ", since " + wording_.moment(one.created) +
                    (one.by.empty() ? "" : ", by " + wording_.name(one.by)));
  }
  return lines;
}

}  // namespace hubbub::protocol
