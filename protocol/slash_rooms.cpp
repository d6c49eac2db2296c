// Commands about rooms: rules, roles, invitations, webhooks.
#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "protocol/ascii.hpp"
#include "protocol/duration.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/slash_readers.hpp"
#include "protocol/spelling.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::protocol::slash {
namespace {

Error bad(std::string text) { return {Code::bad_request, std::move(text)}; }

/// Begins the complaint of a value.
std::string shown(std::string_view value) {
  constexpr std::size_t enough = 40;  // bytes
  return '"' + for_terminal(prefix(value, enough)) + '"';
}

bool means_none(std::string_view value) { return value == "off" || value == "none" || value == "no"; }

/// What a rule that is a word may be; empty: any word.
std::vector<std::string> choices_of(std::string_view rule) {
  if (rule == "topic_for") return {"members", "moderators"};
  if (rule == "history_for") return {"members", "since_join"};
  if (rule == "accounts_only") return {"no", "speak", "enter"};
  return {};
}

/// The kinds of rules by the types of their members; each sets the member, or says what it may be.
class RuleReader {
 public:
  RuleReader(std::string_view key, std::string_view value)
      : key_(key), value_(value), word_(ascii_lower(value)) {}

  bool is_known() const { return is_known_; }
  const std::string& complaint() const { return complaint_; }

  template <class Member>
  void read(std::string_view name, Member& member) {
    if (name != key_) return;
    is_known_ = true;
    set(member);
  }

 private:
  void set(std::optional<bool>& flag) {
    if (word_ == "on" || word_ == "yes" || word_ == "true") {
      flag = true;
    } else if (word_ == "off" || word_ == "no" || word_ == "false") {
      flag = false;
    } else {
      complaint_ = "is neither on nor off";
    }
  }

  void set(std::optional<std::string>& text) {
    const std::vector<std::string> words = choices_of(key_);
    if (words.empty()) return set_key(text);
    if (key_ == "accounts_only" && means_none(word_)) word_ = "no";
    if (std::ranges::find(words, word_) != words.end()) {
      text = word_;
    } else {
      complaint_ = "is none of " + listed(words);
    }
  }

  /// A word that is not to be shown again.
  void set_key(std::optional<std::string>& text) {
    if (typed::split(value_).second.empty()) {
      text = value_ == "-" ? std::string() : std::string(value_);
    } else {
      complaint_ = "has a blank in it, and a key is one word";
    }
  }

  void set(std::optional<std::uint64_t>& number) {
    if (means_none(word_) || word_ == "0") {
      number = 0;
    } else if (key_ == "slow_mode" || key_ == "keep_age") {
      number = duration_ms(word_);
      if (!number) complaint_ = "is no span of time, such as 30s, 10m, 2h or 7d, or off";
    } else {
      number = number_in<std::uint64_t>(word_);
      if (number && *number > max_integer) number.reset();
      if (!number) complaint_ = "is no number, nor off";
    }
  }

  std::string_view key_;
  std::string_view value_;
  std::string word_;
  std::string complaint_;
  bool is_known_ = false;
};

Error unknown_rule(const std::string& key) {
  const std::vector<std::string> names = rule_names();
  const std::string* const near = nearest(key, names);
  return bad("there is no rule " + shown(key) +
             (near != nullptr ? "; did you mean " + *near + "?" : "; there are " + listed(names)));
}

Result<Parsed> role_of_one(const Command& command, std::string_view rest, const Context& context,
                           std::string_view role) {
  if (rest.empty() || !typed::split(rest).second.empty()) return misused(command);
  if (context.room.empty()) return no_room();
  return request_of(
      request::Role{.room = context.room, .name = std::string(rest), .role = std::string(role)});
}

/// The words of `/invite link`.
Result<Parsed> invite_by_link(const Command& command, std::string_view words, const Context& context) {
  request::Invite asked{.uses = {}, .for_ms = {}, .room = context.room};
  while (!words.empty()) {
    const auto [word, rest] = typed::split(words);
    words = rest;
    const auto uses = number_in<std::uint64_t>(word);
    const auto span = duration_ms(word);
    if (uses && *uses > 0 && *uses <= max_integer && !asked.uses) {
      asked.uses = uses;
    } else if (span && *span > 0 && !asked.for_ms) {
      asked.for_ms = span;
    } else {
      return misused(command);
    }
  }
  return request_of(std::move(asked));
}

}  // namespace

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  RoomRules rules;
  each_rule(rules, [&](std::string_view name, auto&) { names.emplace_back(name); });
  return names;
}

std::vector<std::string> rule_values(std::string_view rule) {
  std::vector<std::string> values;
  RoomRules rules;
  each_rule(rules, [&]<class Member>(std::string_view name, Member&) {
    if (name != rule) return;
    if constexpr (std::is_same_v<Member, std::optional<bool>>) {
      values = {"on", "off"};
    } else if constexpr (std::is_same_v<Member, std::optional<std::string>>) {
      values = choices_of(name);
    } else {
      values = {"off"};
    }
  });
  return values;
}

Result<Parsed> read_room(const Command& /*command*/, std::string_view rest, const Context& context) {
  if (context.room.empty()) return no_room();
  request::Room asked{.room = context.room};
  if (rest.empty()) return request_of(std::move(asked));
  const auto [first, value] = typed::split(rest);
  std::string key = ascii_lower(first);
  for (char& each : key) each = each == '-' ? '_' : each;
  RuleReader reader(key, value);
  each_rule(asked.set.emplace(), [&](std::string_view name, auto& member) { reader.read(name, member); });
  if (!reader.is_known()) return unknown_rule(key);
  if (value.empty()) return bad("say what the rule is to be: /room " + key + " VALUE, where off is for none");
  if (!reader.complaint().empty())
    return bad((key == "key" ? "that" : shown(value)) + " " + reader.complaint());
  return request_of(std::move(asked));
}

Result<Parsed> read_role(const Command& command, std::string_view rest, const Context& context) {
  const auto [name, word] = typed::split(rest);
  const std::string role = ascii_lower(word);
  if (word.empty()) return misused(command);
  if (role != "owner" && role != "moderator" && role != "voice" && role != "none") {
    return bad(shown(word) + " is no role; there are owner, moderator and voice, and none takes it away");
  }
  return role_of_one(command, name, context, role);
}

Result<Parsed> read_op(const Command& command, std::string_view rest, const Context& context) {
  return role_of_one(command, rest, context, "moderator");
}

Result<Parsed> read_deop(const Command& command, std::string_view rest, const Context& context) {
  return role_of_one(command, rest, context, "none");
}

Result<Parsed> read_voice(const Command& command, std::string_view rest, const Context& context) {
  return role_of_one(command, rest, context, "voice");
}

Result<Parsed> read_claim(const Command& /*command*/, std::string_view /*rest*/, const Context& context) {
  if (context.room.empty()) return no_room();
  return request_of(request::Role{.room = context.room, .name = {}, .role = "owner"});
}

/// The room has to be named: elsewhere `/close` shuts a window, and here everything is gone.
Result<Parsed> read_close(const Command& command, std::string_view rest, const Context& /*context*/) {
  const auto [room, why] = typed::split(typed::room(rest));
  if (room.empty()) return misused(command);
  request::Close asked{.room = std::string(room)};
  if (!why.empty()) asked.reason = why;
  return request_of(std::move(asked));
}

Result<Parsed> read_invite(const Command& command, std::string_view rest, const Context& context) {
  const auto [name, words] = typed::split(rest);
  if (name.empty()) return misused(command);
  if (context.room.empty()) return no_room();
  if (ascii_lower(name) == "link") return invite_by_link(command, words, context);
  if (!words.empty()) return misused(command);
  request::Invite asked{.uses = {}, .for_ms = {}, .room = context.room};
  asked.name = name;
  return request_of(std::move(asked));
}

Result<Parsed> read_redeem(const Command& command, std::string_view rest, const Context& /*context*/) {
  if (rest.empty() || !typed::split(rest).second.empty()) return misused(command);
  return request_of(request::Redeem{std::string(rest)});
}

Result<Parsed> read_webhook(const Command& command, std::string_view rest, const Context& context) {
  const auto [name, number] = typed::split(rest);
  if (name.empty()) return misused(command);
  if (ascii_lower(name) == "revoke" && !number.empty()) {
    const auto id = listed_id(context.webhooks, number, "webhook", "/webhooks");
    if (!id) return id.error();
    return request_of(request::RevokeWebhook{*id});
  }
  if (context.room.empty()) return no_room();
  return request_of(request::Webhook{.room = context.room, .name = std::string(rest)});
}

Result<Parsed> read_webhooks(const Command& /*command*/, std::string_view /*rest*/, const Context& context) {
  request::Webhooks asked;
  if (!context.room.empty()) asked.room = context.room;
  return request_of(std::move(asked));
}

}  // namespace hubbub::protocol::slash
