// Commands that keep order: who is put out, what is taken back, and who is told.
#include <string>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/duration.hpp"
#include "protocol/limits.hpp"
#include "protocol/slash_readers.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::protocol::slash {
namespace {

/// What may stand behind whom it is about: for how long, and why.
struct Terms {
  std::optional<std::uint64_t> for_ms{};
  std::optional<std::string> reason{};
};

/// A first word that looks like a span of time is one.
Result<Terms> terms_of(std::string_view text) {
  Terms terms;
  const auto [word, rest] = typed::split(text);
  if (looks_like_duration(word)) {
    terms.for_ms = duration_ms(word);
    if (!terms.for_ms || *terms.for_ms == 0) {
      constexpr std::size_t enough = 40;  // bytes
      return Error{Code::bad_request, std::string(prefix(word, enough)) + " is " +
                                          (terms.for_ms ? "no time at all" : "more than 100 years") +
                                          "; without a time it is for good"};
    }
    text = rest;
  }
  if (!text.empty()) terms.reason = text;
  return terms;
}

/// Takes `-a`, which stands for the whole server, from the front of the words.
bool takes_all(std::string_view& words) {
  if (words.empty() || typed::first_word(words) != "-a") return false;
  words = typed::split(words).second;
  return true;
}

Result<Parsed> ban(const Command& command, std::string_view rest, const Context& context,
                   std::optional<std::string> action) {
  const bool everywhere = takes_all(rest);
  const auto [whom, behind] = typed::split(rest);
  if (whom.empty()) return misused(command);
  if (!everywhere && context.room.empty()) return no_room();
  auto terms = terms_of(behind);
  if (!terms) return terms.error();
  request::Ban asked{.of = std::string(whom), .action = std::move(action)};
  if (!everywhere) asked.room = context.room;
  asked.for_ms = terms->for_ms;
  asked.reason = std::move(terms->reason);
  return request_of(std::move(asked));
}

/// In the current room, or in the conversation that stands in its place. False: there is neither.
bool put_here(auto& asked, const Context& context) {
  if (!context.with.empty()) {
    asked.with = context.with;
  } else if (!context.room.empty()) {
    asked.room = context.room;
  }
  return asked.with || asked.room;
}

/// The number of a message; nothing: the word is none.
std::optional<std::uint64_t> message_number(std::string_view word) {
  const auto number = number_in<std::uint64_t>(word);
  return number && *number > 0 && *number <= max_integer ? number : std::nullopt;
}

}  // namespace

Result<Parsed> read_kick(const Command& command, std::string_view rest, const Context& context) {
  const auto [name, why] = typed::split(rest);
  if (name.empty()) return misused(command);
  if (context.room.empty()) return no_room();
  request::Kick asked{.room = context.room, .name = std::string(name)};
  if (!why.empty()) asked.reason = why;
  return request_of(std::move(asked));
}

Result<Parsed> read_ban(const Command& command, std::string_view rest, const Context& context) {
  return ban(command, rest, context, std::nullopt);
}

Result<Parsed> read_silence(const Command& command, std::string_view rest, const Context& context) {
  return ban(command, rest, context, "mute");
}

Result<Parsed> read_unban(const Command& command, std::string_view rest, const Context& context) {
  if (rest.empty()) return misused(command);
  const auto id = listed_id(context.bans, rest, "ban", "/bans");
  if (!id) return id.error();
  return request_of(request::Unban{*id});
}

Result<Parsed> read_bans(const Command& command, std::string_view rest, const Context& context) {
  request::Bans asked;
  const bool everywhere = takes_all(rest);
  if (!rest.empty()) return misused(command);
  if (!everywhere && context.room.empty()) return no_room();
  if (!everywhere) asked.room = context.room;
  return request_of(std::move(asked));
}

Result<Parsed> read_edit(const Command& command, std::string_view rest, const Context& context) {
  if (rest.empty()) return misused(command);
  request::Edit asked;
  asked.text = rest;
  if (!put_here(asked, context)) return no_room();
  return request_of(std::move(asked));
}

Result<Parsed> read_delete(const Command& command, std::string_view rest, const Context& context) {
  request::Delete asked;
  if (!put_here(asked, context)) return no_room();
  if (rest.empty()) return request_of(std::move(asked));
  const auto [word, why] = typed::split(rest);
  asked.seq = message_number(word);
  if (!asked.seq) return misused(command);
  if (!why.empty()) asked.reason = why;
  return request_of(std::move(asked));
}

/// A first word of digits is the number of a message, if something stands behind it.
Result<Parsed> read_report(const Command& command, std::string_view rest, const Context& context) {
  if (rest.empty()) return misused(command);
  if (context.room.empty()) return no_room();
  request::Report asked{.room = context.room, .seq = {}, .text = std::string(rest)};
  const auto [word, why] = typed::split(rest);
  if (const auto seq = message_number(word); seq && !why.empty()) {
    asked.seq = seq;
    asked.text = why;
  }
  return request_of(std::move(asked));
}

Result<Parsed> read_reports(const Command& command, std::string_view rest, const Context& context) {
  request::Reports asked;
  const bool everywhere = takes_all(rest);
  if (!rest.empty()) return misused(command);
  if (!everywhere && !context.room.empty()) asked.room = context.room;
  return request_of(std::move(asked));
}

Result<Parsed> read_resolve(const Command& command, std::string_view rest, const Context& context) {
  const auto [number, note] = typed::split(rest);
  if (number.empty()) return misused(command);
  const auto id = listed_id(context.reports, number, "report", "/reports");
  if (!id) return id.error();
  request::Resolve asked{.id = *id};
  if (!note.empty()) asked.note = note;
  return request_of(std::move(asked));
}

Result<Parsed> read_audit(const Command& command, std::string_view rest, const Context& context) {
  request::Audit asked;
  const bool everywhere = takes_all(rest);
  if (!rest.empty()) return misused(command);
  if (!everywhere && !context.room.empty()) asked.room = context.room;
  return request_of(std::move(asked));
}

Result<Parsed> read_announce(const Command& command, std::string_view rest, const Context& /*context*/) {
  if (rest.empty()) return misused(command);
  return request_of(request::Announce{std::string(rest)});
}

Result<Parsed> read_lockdown(const Command& command, std::string_view rest, const Context& /*context*/) {
  const auto [word, behind] = typed::split(rest);
  const auto level = number_in<std::uint64_t>(ascii_lower(word) == "off" ? "0" : word);
  constexpr std::uint64_t highest = 2;
  if (!level || *level > highest) return misused(command);
  auto terms = terms_of(behind);
  if (!terms) return terms.error();
  return request_of(
      request::Lockdown{.level = *level, .for_ms = terms->for_ms, .reason = std::move(terms->reason)});
}

Result<Parsed> read_suspend(const Command& command, std::string_view rest, const Context& /*context*/) {
  const auto [account, behind] = typed::split(rest);
  if (account.empty()) return misused(command);
  auto terms = terms_of(behind);
  if (!terms) return terms.error();
  return request_of(request::Suspend{
      .account = std::string(account), .for_ms = terms->for_ms, .reason = std::move(terms->reason)});
}

Result<Parsed> read_disconnect(const Command& command, std::string_view rest, const Context& /*context*/) {
  const auto [name, why] = typed::split(rest);
  if (name.empty()) return misused(command);
  request::Disconnect asked{.name = std::string(name), .session = {}, .reason = {}};
  if (!why.empty()) asked.reason = why;
  return request_of(std::move(asked));
}

}  // namespace hubbub::protocol::slash
