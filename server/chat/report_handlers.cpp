// The handlers for reports of messages, and for the audit: report, reports, resolve and audit.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/timestamp.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
using Realm = Moderation::Realm;
namespace event = protocol::event;
using Reply = protocol::Result<event::Any>;

// Open reports of a room.
constexpr std::size_t most_reports = 200;
// Of one who complains.
constexpr std::size_t most_of_one = 10;
constexpr std::size_t most_report_bytes = 500;
// Among so many messages the newest of somebody else is looked for.
constexpr std::size_t looked_for_author = 50;
constexpr std::size_t page_entries = 100;

event::ReportInfo report_of(const journal::StateRecord& each, const std::string& room) {
  const Packed packed(each.value);
  return {.id = number_in_attribute(each.attribute),
          .room = room,
          .seq = protocol::number_in<std::uint64_t>(packed.get("seq")).value_or(0),
          .of = std::string(packed.get("of")),
          .by = each.by,
          .text = std::string(packed.get("text")),
          .time = each.at};
}

/// Whether it is about the session's person, under whatever name he said it: he is not told who complains of
/// him.
bool is_about(const Session& session, std::string_view author) {
  return !author.empty() && (author == identity(session.person()) || session.was(author));
}

/// By what the one who complains is known: the account, or where a guest is from.
std::string complainant(const Session& session, const Realm& place) {
  auto host = session.is_guest() ? session.hub().moderation().host(session, place.key) : std::string();
  return host.empty() ? identity(session.person()) : host;
}

/// Why that one may not report the message now: whoever has complained of it already, or of very much.
std::optional<Error> why_not(const Room& room, const std::string& complainant, std::uint64_t seq) {
  const std::string who =
      journal::author_of(complainant) != 0 ? "you" : "you, or somebody who is where you are,";
  std::size_t his = 0;
  for (const auto& each : room.attributes().all(attribute::report)) {
    const Packed packed(each.value);
    if (packed.get("account") != complainant) continue;
    if (packed.get("seq") == std::to_string(seq))
      return Error{Code::busy, who + " have reported this message already"};
    ++his;
  }
  if (his < most_of_one) return std::nullopt;
  return Error{Code::busy, who + " have made " + std::to_string(his) +
                               " reports here; wait until its moderators have looked at them"};
}

std::optional<Error> why_full(const Room& room) {
  if (room.attributes().all(attribute::report).size() < most_reports) return std::nullopt;
  return Error{Code::busy, "there are " + std::to_string(most_reports) +
                               " open reports here; its moderators have enough to do"};
}

void append(Answer& answer, const Realm& asked, const protocol::Message& message, const std::string& text) {
  auto& session = answer.session();
  if (!session.stays().has(asked.key))
    return answer.fail({Code::not_joined, "you are not in " + asked.shown + " any more"});
  // All may have left meanwhile, and come again.
  const auto place = session.hub().moderation().place_of(asked.key);
  if (const auto why = why_full(*place.room)) return answer.fail(*why);
  const auto who = complainant(session, place);
  if (const auto why = why_not(*place.room, who, message.seq)) return answer.fail(*why);
  auto& moderation = session.hub().moderation();
  const auto by = session.name().shown;
  const auto author = identity(message);
  const auto value = Packed()
                         .set("seq", std::to_string(message.seq))
                         .set("of", message.from)
                         .set("author", author)
                         .set("account", who)
                         .set("text", text)
                         .text();
  const event::ReportInfo info{.room = place.shown,
                               .seq = message.seq,
                               .of = message.from,
                               .by = by,
                               .text = text,
                               .time = session.hub().now().wall};
  const auto reply = [&moderation, place, info, author,
                      setter = &session](const InFlight::Recorded& recorded) -> Reply {
    auto told = info;
    told.id = recorded.number;
    const auto is_excepted = [&](const Session& judge) {
      return &judge == setter || is_about(judge, author);
    };
    moderation.tell_judges(place, {.body = event::Report{told}, .ref = {}}, is_excepted);
    return event::Any(event::Reported{.id = told.id});
  };
  moderation.set(place, {{.attribute = std::string(attribute::report) + journal::numbered, .value = value}},
                 by, {.answer = std::move(answer), .reply = reply});
}

}  // namespace

void tell_report(Moderation& moderation, const Realm& place, const journal::StateRecord& record) {
  const auto author = std::string(Packed(record.value).get("author"));
  moderation.tell_judges(place, {.body = event::Report{report_of(record, place.shown)}, .ref = {}},
                         [&author](const Session& judge) { return is_about(judge, author); });
}

void handler::report(Call& call, const request::Report& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  const auto text = protocol::clean_topic(asked.text, most_report_bytes);
  if (!text) return call.answer.fail(text.error());
  if (text->find_first_not_of(" \t") == std::string::npos)
    return call.answer.fail({Code::text_empty, "say what is wrong with the message"});
  const Realm place{.key = room->key(), .shown = room->name().shown, .room = room};
  if (const auto why = why_full(*room)) return call.answer.fail(*why);
  journal::Query query{.room = room->key(),
                       .after = call.hub.moderation().floor(call.session, *room),
                       .before = room->last() + 1,
                       .limit = looked_for_author,
                       .newest = true,
                       .reader = call.session.number()};
  if (asked.seq) {
    query.after = std::max(query.after, *asked.seq == 0 ? 0 : *asked.seq - 1);
    query.before = std::min(query.before, *asked.seq + 1);
    query.limit = 1;
  }
  const auto found = [place, text = *text, seq = asked.seq](Answer& answer,
                                                            protocol::Result<journal::Page> page) {
    if (!page) return answer.fail(page.error());
    const auto& self = answer.session();
    const auto is_it = [&](const protocol::MessagePtr& message) {
      return seq || (!message->is_deleted() && !protocol::same_name(message->from, self.name().shown));
    };
    const auto message = std::find_if(page->messages.rbegin(), page->messages.rend(), is_it);
    if (message == page->messages.rend() || (*message)->is_deleted()) {
      return answer.fail({Code::no_such_message, seq ? "there is no message " + std::to_string(*seq) + " here"
                                                     : "nobody else has said anything here"});
    }
    // Nothing that is being ruled now comes before the report unheard.
    auto& in_flight = answer.session().hub().in_flight();
    in_flight.when_ruled(place.key, std::move(answer), [place, text, found = *message](Answer& held) {
      append(held, place, *found, text);
    });
  };
  call.hub.read(query, answering(std::move(call.answer), found));
}

void handler::reports(Call& call, const request::Reports& asked) {
  const auto place = place_or_server(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::judge)) return;
  const auto& moderation = call.hub.moderation();
  std::vector<event::ReportInfo> open;
  const auto take = [&](const Realm& where) {
    const auto* const state = moderation.state_of(where);
    if (state == nullptr) return;
    const auto from = std::max(asked.after.value_or(0), moderation.no_say_up_to(call.session, where));
    for (const auto& each : state->all(attribute::report)) {
      if (is_about(call.session, Packed(each.value).get("author"))) continue;
      if (auto info = report_of(each, where.shown); info.id > from) open.push_back(std::move(info));
    }
  };
  if (!place->is_server()) {
    take(*place);
  } else {
    for (const auto& key : moderation.reported_rooms()) take(moderation.place_of(key));
  }
  std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  event::Reports page;
  std::size_t bytes = 0;
  for (auto& info : open) {
    bytes += protocol::encoded_size({.body = event::Report{info}, .ref = {}});
    page.more = bytes > protocol::reply_bytes - 1024;
    if (page.more) break;
    page.reports.push_back(std::move(info));
  }
  call.answer.reply(std::move(page));
}

void handler::resolve(Call& call, const request::Resolve& asked) {
  auto& moderation = call.hub.moderation();
  const auto found = moderation.find(asked.id);
  const bool is_one = found && found->attribute.starts_with(attribute::report) &&
                      may(rank_in(call, found->place), Action::judge);
  const auto* const state = is_one ? moderation.state_of(found->place) : nullptr;
  const auto* const record = state == nullptr ? nullptr : state->find(found->attribute);
  const bool is_his = record != nullptr && asked.id > moderation.no_say_up_to(call.session, found->place) &&
                      !is_about(call.session, Packed(record->value).get("author"));
  if (!is_his) {
    return call.answer.fail(
        {Code::bad_request, "there is no open report of that number; see the list of reports"});
  }
  const auto note_text = reason_in(call, asked.note);
  if (!note_text) return;
  const auto info = report_of(*record, found->place.shown);
  auto note =
      moderation.audit(call.session, found->place, "resolve", std::to_string(info.seq), info.of, *note_text);
  moderation.set(found->place, {{.attribute = found->attribute, .value = {}}}, doer_of(call.session),
                 {.answer = std::move(call.answer),
                  .reply = [](const auto& /*recorded*/) -> Reply { return event::Any(event::Done{}); }},
                 std::move(note));
}

void handler::audit(Call& call, const request::Audit& asked) {
  const auto place = place_or_server(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::look_back)) return;
  const auto since =
      asked.since ? protocol::timestamp_from(*asked.since) : std::optional(protocol::Timestamp::min());
  if (!since) {
    return call.answer.fail(
        {Code::bad_request, "the \"since\" of audit is a time such as 2026-11-29T08:00:00.000Z (RFC 3339)"});
  }
  journal::AuditQuery query{.before = asked.before.value_or(protocol::max_integer),
                            .limit = page_entries,
                            .reader = call.session.number()};
  if (!place->is_server()) query.room = place->key;
  // What there was before a room was begun anew is for the server's people alone.
  const auto* const state = call.hub.moderation().state_of(*place);
  if (!place->is_server() && state != nullptr &&
      call.hub.moderation().server_rank(call.session) < Rank::moderator)
    query.after = end_of_former(*state);
  const auto reply = [since = *since](Answer& answer, const protocol::Result<journal::AuditPage>& page) {
    if (!page) return answer.fail(page.error());
    auto& logins = answer.session().hub().logins();
    event::Audit told{.entries = {}, .more = page->more};
    for (const auto& each : page->entries) {
      if (each->at < since) {
        told.more = false;
        break;
      }
      const auto* const account = logins.registry().book().find(each->account);
      told.entries.push_back({.id = each->seq,
                              .time = each->at,
                              .room = each->room_name,
                              .by = each->by,
                              .account = account == nullptr ? std::string() : account->name,
                              .front = each->front,
                              .action = each->action,
                              .whom = each->whom,
                              .before = each->before,
                              .after = each->after});
    }
    answer.reply(std::move(told));
  };
  call.hub.journal().read_audit(query, answering(std::move(call.answer), reply));
}

}  // namespace hubbub::chat
