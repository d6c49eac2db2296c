// The handlers for rooms: join, leave, who, rooms and history.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/changes.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/invitations.hpp"
#include "server/chat/read_in_turn.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::MessagePtr;
namespace event = protocol::event;
namespace request = protocol::request;
using Page = journal::Page;

constexpr std::uint64_t default_history = 50;

/// Bytes of a reply that are left beside its other fields.
std::size_t room_beside(std::size_t fields) {
  return protocol::reply_bytes - std::min(fields + 1, protocol::reply_bytes);
}

/// Drops the messages beyond `bytes`, from the far end, to keep the reply short enough for a client; but
/// keeps `least` messages, without which a client that pages would not get on.
void fit(Page& page, bool newest, std::size_t bytes, std::size_t least) {
  auto& messages = page.messages;
  std::size_t fitting = 0;
  for (std::size_t used = 0; fitting < messages.size(); ++fitting) {
    const auto& next = newest ? messages[messages.size() - 1 - fitting] : messages[fitting];
    used += protocol::encoded_size(*next);
    if (used > bytes && fitting >= least) break;
  }
  if (fitting == messages.size()) return;
  page.more = true;
  const auto surplus = static_cast<std::ptrdiff_t>(messages.size() - fitting);
  if (newest) {
    messages.erase(messages.begin(), messages.begin() + surplus);
  } else {
    messages.erase(messages.end() - surplus, messages.end());
  }
}

/// The same with the changes: those that come first in at most half of it. Of a page that goes on from
/// somewhere nothing is in it behind the place where it is cut.
void fit_window(Page& page, bool newest, std::size_t bytes, std::size_t least) {
  auto& changed = page.changed;
  std::size_t used = 0;
  std::size_t fitting = 0;
  // An event has some fields more than the message.
  constexpr std::size_t besides = 64;
  for (; fitting < changed.size(); ++fitting) {
    used += protocol::encoded_size(*changed[fitting]) + besides;
    if (used > bytes / 2 && fitting > 0) break;
  }
  const auto cut_at = [&](std::uint64_t number) {
    page.upto = number;
    std::erase_if(page.messages, [number](const MessagePtr& each) { return each->seq > number; });
    std::erase_if(changed, [number](const MessagePtr& each) { return each->change->number > number; });
  };
  if (fitting < changed.size()) {
    page.more = true;
    const auto last = changed[fitting - 1]->change->number;
    newest ? changed.resize(fitting) : cut_at(last);
  }
  const auto before = page.messages.size();
  fit(page, newest, bytes - std::min(bytes, used), least);
  if (!newest && page.messages.size() < before) cut_at(page.messages.empty() ? 0 : page.messages.back()->seq);
}

/// Reads the journal. Lines for the session are held until `reply` has answered. A closed session is not
/// answered.
template <class Reply>
void read_for(Call& call, const journal::Query& query, Reply reply) {
  call.session.delivery().hold();
  call.hub.read(query, answering(std::move(call.answer), std::move(reply)));
}

/// Of what was said before its time it is not told what has become of it either.
void drop_old_changes(const Session& session, const Room& room, Page& page) {
  const auto floor = session.hub().moderation().floor(session, room);
  if (floor > 0)
    std::erase_if(page.changed, [floor](const MessagePtr& message) { return message->seq <= floor; });
}

/// `continues`: the client's `since`, if it gave one, is a seq of this journal.
void answer_join(Answer& answer, const std::shared_ptr<Room>& room, std::uint64_t last, bool continues,
                 Directory::Entrance entrance, protocol::Result<Page> result) {
  auto& session = answer.session();
  if (!result) {
    if (session.stays().has(room->key())) session.hub().rooms().leave(session, room, "left");
    answer.fail(result.error());
    return;
  }
  auto& logins = session.hub().logins();
  // It may have been put out meanwhile.
  if (!session.stays().has(room->key())) return answer.fail(Moderation::put_out_meanwhile(*room));
  session.hub().rooms().count(session, room);
  logins.entered(session, *room);
  const auto page = std::make_shared<Page>(*std::move(result));
  drop_old_changes(session, *room, *page);
  const auto joined = [&session, &logins, room, last, continues, page, is_new = entrance.is_new,
                       ref = answer.ref()] {
    session.hub().rooms().admit(session, room, is_new);
    auto told = room->standing(last, &session.person());
    session.delivery().add_own(*room, told);
    if (!session.is_guest()) told.read = logins.read_up_to(session.person().account(), room->key());
    fit_window(*page, true, room_beside(protocol::encoded_size({.body = told, .ref = ref})), 0);
    told.changes = room->changes(page->changed, session.person().account());
    told.history = std::move(page->messages);
    told.complete = continues && !page->more && !page->dropped;
    return told;
  };
  session.hub().moderation().entered(answer, room, entrance.was_empty, joined);
}

void come_in(Answer& answer, const request::Join& asked, const std::shared_ptr<Room>& room,
             Directory::Entrance entrance);

/// Whether the limit of rooms allows one more; the default room needs none.
bool may_make_room(Call& call, const protocol::Name& name) {
  const auto lobby = protocol::parse_room(call.hub.settings().default_room);
  const auto most = call.hub.settings().rooms;
  const bool is_lobby = lobby && *lobby == name;
  if (const auto why =
          call.session.is_guest() && !is_lobby ? call.hub.moderation().why_locked() : std::nullopt) {
    call.answer.fail(*why);
    return false;
  }
  if (is_lobby || most == 0 || call.hub.room_count() < most) return true;
  call.answer.fail({Code::too_many_rooms, "this server has as many rooms as it takes (" +
                                              std::to_string(most) + "); join one of those that there are"});
  return false;
}

/// The key after which a page begins, of a name as a client has seen it.
template <class Parse>
protocol::Result<std::string> page_key(const std::optional<std::string>& after, Parse parse) {
  if (!after || after->empty()) return std::string();
  auto name = parse(*after);
  if (!name) return name.error();
  return name->key;
}

protocol::Result<journal::Query> query_of(Call& call, const request::History& asked, const Feed& feed) {
  const auto limit = std::min<std::uint64_t>(asked.limit.value_or(default_history), protocol::page_messages);
  const auto from = page_key(asked.from, protocol::parse_name);
  if (!from) return from.error();
  return journal::Query{.room = feed.key(),
                        .after = asked.after.value_or(0),
                        // Messages on their way to the room follow the answer, and must not be in it too.
                        .before = std::min(asked.before.value_or(feed.last() + 1), feed.last() + 1),
                        .limit = static_cast<std::size_t>(limit),
                        .newest = !asked.after,
                        .search = asked.search.value_or(""),
                        .from = *from,
                        .count = asked.count,
                        .reader = call.session.number(),
                        .changes = asked.after && !asked.search && !asked.from};
}

/// `room` and `with`: as shown; both empty: of several rooms.
void answer_history(Answer& answer, const std::string& room, const std::string& with, bool newest,
                    protocol::Result<Page> page) {
  if (!page) return answer.fail(page.error());
  event::History history{.room = room, .messages = {}, .complete = true, .count = page->found, .with = with};
  fit_window(*page, newest, room_beside(protocol::encoded_size({.body = history, .ref = answer.ref()})), 1);
  history.messages = std::move(page->messages);
  history.complete = !page->more;
  history.changes = last_changes(page->changed, room, with);
  if (!newest && page->more && page->upto != 0) history.next = page->upto;
  answer.reply(std::move(history));
}

void conversation_history(Call& call, const request::History& asked) {
  const auto parties = conversation_with(call, *asked.with);
  if (!parties) return;
  const auto query = query_of(call, asked, *call.hub.conversations().of(*parties));
  if (!query) return call.answer.fail(query.error());
  read_for(call, *query,
           [with = call.hub.conversations().other_name(call.session, *parties), newest = query->newest](
               Answer& answer, auto page) { answer_history(answer, {}, with, newest, std::move(page)); });
}

/// Whether that is a search in all rooms of the session.
bool is_everywhere(const request::History& asked) {
  return asked.room.empty() && (!asked.search.value_or("").empty() || !asked.from.value_or("").empty());
}

/// Adds what was found in one more room: of all that was found the query's limit.
void add(Page& to, const Page& page, const journal::Query& query) {
  auto& messages = to.messages;
  messages.insert(messages.end(), page.messages.begin(), page.messages.end());
  std::sort(messages.begin(), messages.end(),
            [](const MessagePtr& a, const MessagePtr& b) { return a->seq < b->seq; });
  to.more = to.more || page.more || messages.size() > query.limit;
  to.found = to.found && page.found ? std::optional(std::min(*to.found + *page.found, protocol::most_counted))
                                    : std::nullopt;
  if (messages.size() <= query.limit) return;
  const auto surplus = static_cast<std::ptrdiff_t>(messages.size() - query.limit);
  query.newest ? messages.erase(messages.begin(), messages.begin() + surplus)
               : messages.erase(messages.end() - surplus, messages.end());
}

void search_everywhere(Call& call, const request::History& asked) {
  if (const auto rooms = call.session.stays().size(); rooms > protocol::searched_rooms) {
    call.answer.fail({Code::too_many_rooms,
                      "you are in " + std::to_string(rooms) + " rooms, and a search goes through " +
                          std::to_string(protocol::searched_rooms) + " at most; search in one of them"});
    return;
  }
  std::vector<journal::Query> queries;
  for (const auto& stay : call.session.stays().all()) {
    const auto& room = stay.room;
    auto query = query_of(call, asked, *room);
    if (!query) return call.answer.fail(query.error());
    query->after = std::max(query->after, call.hub.moderation().floor(call.session, *room));
    queries.push_back(*std::move(query));
  }
  if (queries.empty()) {
    call.answer.fail({Code::not_joined, "you are in no room to search in; join one"});
    return;
  }
  call.session.delivery().hold();
  const auto all = std::make_shared<Page>();
  const auto query = queries.front();  // alike but for the room
  if (query.count) all->found = 0;
  ReadInTurn::begin(
      std::move(call.answer), std::move(queries),
      [all, query](std::size_t /*index*/, const Page& page) { add(*all, page, query); },
      [all, newest = query.newest](Answer& answer) {
        answer_history(answer, {}, {}, newest, std::move(*all));
      });
}

void join_now(Call& call, const request::Join& asked);

/// It has become a slow reader since it asked, whose place among what it has missed cannot be told.
void join_when_caught_up(Answer&& answer, const request::Join& asked) {
  auto& delivery = answer.session().delivery();
  const auto waiting = std::make_shared<Answer>(std::move(answer));
  delivery.when_caught_up([waiting, asked] {
    auto again = call_of(std::move(*waiting));
    join_now(again, asked);
  });
}

void join_now(Call& call, const request::Join& asked) {
  auto& session = call.session;
  const auto name = protocol::parse_room(asked.room);
  if (!name) return call.answer.fail(name.error());
  if (session.stays().find(name->shown)) {
    return call.answer.fail({Code::already_joined, "you are in " + name->shown + " already"});
  }
  const auto most = call.hub.settings().rooms_per_session;
  if (most > 0 && session.stays().size() >= most) {
    call.answer.fail({Code::too_many_rooms,
                      "you are in " + std::to_string(most) + " rooms, which is the limit; leave one first"});
    return;
  }
  if (asked.key && is_invitation(call.hub, *asked.key)) {
    auto next = asked;
    next.key.reset();
    return redeem(std::move(call.answer), *asked.key, [next](Answer& answer, const std::string& /*room*/) {
      auto again = call_of(std::move(answer));
      handler::join(again, next);
    });
  }
  if (!call.hub.rooms().is_known(*name) && !may_make_room(call, *name)) return;
  const auto room = call.hub.rooms().find_or_make(*name);
  if (const auto why = call.hub.moderation().why_not_enter(session, *room, asked.key)) {
    call.hub.rooms().drop_if_empty(room);
    return call.answer.fail(*why);
  }
  const auto waiting = std::make_shared<Answer>(std::move(call.answer));
  const auto go_in = [waiting, asked, name = *name](Directory::Entrance entrance) {
    auto answer = std::move(*waiting);
    auto& hub = answer.session().hub();
    if (answer.is_wanted() && answer.session().delivery().is_behind()) {
      if (const auto made = hub.rooms().find(name.key)) hub.rooms().drop_if_empty(made);
      return join_when_caught_up(std::move(answer), asked);
    }
    // The one that was there may have been left by all and dropped meanwhile.
    const auto room = hub.rooms().find_or_make(name);
    // Somebody may have closed the door meanwhile.
    auto why = answer.is_wanted()
                   ? hub.moderation().why_not_enter(answer.session(), *room, asked.key, entrance.is_new)
                   : std::nullopt;
    if (!entrance.is_in)
      why = protocol::Error{Code::storage_failed, "nobody can come in now; try again later"};
    if (answer.is_wanted() && !why) return come_in(answer, asked, room, entrance);
    hub.rooms().drop_if_empty(room);
    if (answer.is_wanted()) answer.fail(*why);
  };
  const auto first = call.hub.moderation().rank_of_first(session, *room);
  call.hub.directory().enter(PersonPtr(&session.person()), room, first, go_in);
}

/// The session hears the room from now on, and is answered what was said before.
void come_in(Answer& answer, const request::Join& asked, const std::shared_ptr<Room>& room,
             Directory::Entrance entrance) {
  auto& session = answer.session();
  auto& hub = session.hub();
  Rooms::let_in(session, room);
  hub.moderation().let_in(session, *room);
  // Seqs of another journal say nothing about this one.
  const bool is_same = !asked.since || !asked.epoch || *asked.epoch == hub.journal().epoch();
  // Nor do those of a room that was closed of the one that was begun anew.
  const auto former = end_of_former(room->attributes());
  const bool is_of_former = asked.since.value_or(0) > 0 && *asked.since <= former;
  const bool continues = is_same && !is_of_former;
  const auto since = continues ? asked.since : std::nullopt;
  const auto replay = asked.since ? protocol::page_messages : asked.replay.value_or(hub.settings().replay);
  const auto floor = hub.moderation().floor(session, *room);
  const journal::Query query{.room = room->key(),
                             .after = std::max(since.value_or(0), floor),
                             .before = room->broadcast().last() + 1,
                             .limit = std::min<std::size_t>(replay, protocol::page_messages),
                             .newest = true,
                             .reader = session.number(),
                             .changes = since.has_value()};
  auto call = call_of(std::move(answer));
  read_for(call, query,
           [room, last = room->broadcast().last(), continues, entrance](Answer& held, auto page) {
             answer_join(held, room, last, continues, entrance, std::move(page));
           });
}

}  // namespace

void handler::join(Call& call, const request::Join& asked) {
  // One that is not known may have been given out on another node just now.
  const bool may_be_new =
      asked.key && accounts::hash_token(*asked.key) && !is_invitation(call.hub, *asked.key);
  if (!may_be_new) return join_now(call, asked);
  once_current(std::move(call.answer), [asked](Answer& held) {
    auto later = call_of(std::move(held));
    join_now(later, asked);
  });
}

void handler::leave(Call& call, const request::Leave& asked) {
  const auto room = joined_room(call, asked.room, "");
  if (!room) return;
  call.hub.rooms().leave(call.session, room, "left");
  call.hub.logins().left(call.session, *room);
  call.answer.reply(event::Left{room->name().shown});
}

void handler::who(Call& call, const request::Who& asked) {
  const auto after = page_key(asked.after, protocol::parse_name);
  if (!after) return call.answer.fail(after.error());
  if (!asked.room) {
    auto reply = [](Answer& answer, auto page) { answer.reply(std::move(page)); };
    call.hub.directory().names(*after, protocol::page_names, answering(std::move(call.answer), reply));
    return;
  }
  const auto name = protocol::parse_room(*asked.room);
  if (!name) return call.answer.fail(name.error());
  auto members = call.hub.rooms().members(*name, *after, protocol::page_names, call.session);
  const auto& moderation = call.hub.moderation();
  if (!members ||
      moderation.is_hidden_from(call.session, name->key, moderation.state_of(moderation.place_of(name->key))))
    return call.answer.fail({Code::no_such_room, "there is no room " + name->shown});
  call.answer.reply(*std::move(members));
}

void handler::rooms(Call& call, const request::Rooms& asked) {
  const auto after = page_key(asked.after, protocol::parse_room);
  if (!after) return call.answer.fail(after.error());
  const auto is_hidden = [&](std::string_view key, const journal::RoomState* state) {
    return call.hub.moderation().is_hidden_from(call.session, key, state);
  };
  call.answer.reply(call.hub.rooms().list(*after, protocol::page_names, protocol::reply_bytes, is_hidden));
}

std::size_t handler::rooms_read(const Session& session, const request::History& asked) {
  const auto rooms = session.stays().size();
  return is_everywhere(asked) && rooms <= protocol::searched_rooms ? rooms : 1;
}

void handler::history(Call& call, const request::History& asked) {
  if (asked.with) return conversation_history(call, asked);
  if (is_everywhere(asked)) return search_everywhere(call, asked);
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  auto query = query_of(call, asked, *room);
  if (!query) return call.answer.fail(query.error());
  query->after = std::max(query->after, call.hub.moderation().floor(call.session, *room));
  read_for(call, *query, [room, newest = query->newest](Answer& answer, auto page) {
    if (page) drop_old_changes(answer.session(), *room, *page);
    answer_history(answer, room->name().shown, {}, newest, std::move(page));
  });
}

}  // namespace hubbub::chat
