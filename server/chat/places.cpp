// The handlers for rooms: join, leave, who, rooms and history.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
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

/// Reads the journal. Lines for the session are held until `reply` has answered. A closed session is not
/// answered.
template <class Reply>
void read_for(Call& call, const journal::Query& query, Reply reply) {
  call.session.delivery().hold();
  call.hub.read(query, answering(std::move(call.answer), std::move(reply)));
}

/// `continues`: the client's `since`, if it gave one, is a seq of this journal.
void answer_join(Answer& answer, const std::shared_ptr<Room>& room, std::uint64_t last, bool continues,
                 protocol::Result<Page> result) {
  auto& session = answer.session();
  if (!result) {
    session.hub().rooms().leave(session, room, "left");
    answer.fail(result.error());
    return;
  }
  auto& logins = session.hub().logins();
  session.hub().rooms().admit(session, room);
  logins.entered(session, *room);
  auto& page = *result;
  auto joined = room->standing(last, &session.person());
  if (!session.is_guest()) joined.read = logins.read_up_to(session.person().account(), room->key());
  fit(page, true, room_beside(protocol::encoded_size({.body = joined, .ref = answer.ref()})), 0);
  joined.history = std::move(page.messages);
  joined.complete = continues && !page.more && !page.dropped;
  answer.reply(std::move(joined));
}

/// Whether the limit of rooms allows one more; the default room needs none.
bool may_make_room(Call& call, const protocol::Name& name) {
  const auto lobby = protocol::parse_room(call.hub.settings().default_room);
  const auto most = call.hub.settings().rooms;
  if ((lobby && *lobby == name) || most == 0 || call.hub.room_count() < most) return true;
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
                        .reader = call.session.number()};
}

/// `room` and `with`: as shown; both empty: of several rooms.
void answer_history(Answer& answer, const std::string& room, const std::string& with, bool newest,
                    protocol::Result<Page> page) {
  if (!page) return answer.fail(page.error());
  event::History history{.room = room, .messages = {}, .complete = true, .count = page->found, .with = with};
  fit(*page, newest, room_beside(protocol::encoded_size({.body = history, .ref = answer.ref()})), 1);
  history.messages = std::move(page->messages);
  history.complete = !page->more;
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
  for (const auto& [room, index] : call.session.stays().all()) {
    auto query = query_of(call, asked, *room);
    if (!query) return call.answer.fail(query.error());
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

}  // namespace

void handler::join(Call& call, const request::Join& asked) {
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
  if (!call.hub.rooms().is_known(*name) && !may_make_room(call, *name)) return;
  const auto room = call.hub.rooms().find_or_make(*name);
  Rooms::let_in(session, room);
  // Seqs of another journal say nothing about this one.
  const bool continues = !asked.since || !asked.epoch || *asked.epoch == call.hub.journal().epoch();
  const auto since = continues ? asked.since : std::nullopt;
  const auto replay =
      asked.since ? protocol::page_messages : asked.replay.value_or(call.hub.settings().replay);
  const journal::Query query{.room = name->key,
                             .after = since.value_or(0),
                             .before = room->broadcast().last() + 1,
                             .limit = std::min<std::size_t>(replay, protocol::page_messages),
                             .newest = true,
                             .reader = session.number()};
  read_for(call, query, [room, last = room->broadcast().last(), continues](Answer& answer, auto page) {
    answer_join(answer, room, last, continues, std::move(page));
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
  if (!members) return call.answer.fail({Code::no_such_room, "there is no room " + name->shown});
  call.answer.reply(*std::move(members));
}

void handler::rooms(Call& call, const request::Rooms& asked) {
  const auto after = page_key(asked.after, protocol::parse_room);
  if (!after) return call.answer.fail(after.error());
  call.answer.reply(call.hub.rooms().list(*after, protocol::page_names, protocol::reply_bytes));
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
  read_for(call, *query, [room, newest = query->newest](Answer& answer, auto page) {
    answer_history(answer, room->name().shown, {}, newest, std::move(page));
  });
}

}  // namespace hubbub::chat
