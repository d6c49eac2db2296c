// The handlers of where one is, who else is there, and what was said before.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::MessagePtr;
namespace event = protocol::event;
using Page = journal::Page;

constexpr std::uint64_t default_history = 50;

/// Drops what would make the reply longer than a reader can be expected to take, from the far end.
void fit(Page& page, bool newest, std::size_t bytes) {
  auto& messages = page.messages;
  std::size_t fitting = 0;
  for (std::size_t used = 0; fitting < messages.size(); ++fitting) {
    const auto& next = newest ? messages[messages.size() - 1 - fitting] : messages[fitting];
    used += protocol::encoded_size(*next);
    if (used > bytes && fitting > 0) break;
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

/// Asks the journal; the session is busy until `answer` has been called with what it says. A session
/// that has ended meanwhile is not answered.
template <class Answer>
void read(const Call& call, const journal::Query& query, Answer answer) {
  call.session.hold();
  auto on_page = [session = call.session.shared_from_this(), ref = call.ref,
                  answer = std::move(answer)](protocol::Result<Page> page) {
    if (session->is_closed()) return;
    answer(*session, ref, std::move(page));
    session->release();
  };
  call.hub.journal().read(query, std::move(on_page));
}

void answer_join(Session& session, const std::string& ref, const std::shared_ptr<Room>& room,
                 std::uint64_t last, protocol::Result<Page> result) {
  if (!result) {
    session.hub().leave(session, room, "left");
    session.fail(result.error(), ref);
    return;
  }
  auto& page = *result;
  fit(page, true, protocol::reply_bytes * 3 / 5);  // the rest is for the names and the topic
  const bool complete = !page.more && !page.dropped;
  session.reply(event::Joined{.room = room->name().shown,
                              .topic = room->topic(),
                              .count = room->size(),
                              .members = room->names({}, protocol::page_names).names,
                              .last = last,
                              .history = std::move(page.messages),
                              .complete = complete},
                ref);
}

/// The key that a page goes on after: that of a name as a client has seen it.
template <class Parse>
protocol::Result<std::string> page_key(const std::optional<std::string>& after, Parse parse) {
  if (!after || after->empty()) return std::string();
  auto name = parse(*after);
  if (!name) return name.error();
  return name->key;
}

}  // namespace

void handler::join(const Call& call, const request::Join& asked) {
  auto& session = call.session;
  const auto name = protocol::parse_room(asked.room);
  if (!name) {
    fail(call, name.error());
    return;
  }
  if (session.room(name->shown)) {
    fail(call, {Code::already_joined, "you are in " + name->shown + " already"});
    return;
  }
  const auto most = call.hub.settings().rooms_per_session;
  if (most > 0 && session.rooms().size() >= most) {
    fail(call, {Code::too_many_rooms,
                "you are in " + std::to_string(most) + " rooms, which is the limit; leave one first"});
    return;
  }
  const auto room = call.hub.find_or_make_room(*name);
  call.hub.enter(session, room);
  const auto replay =
      asked.since ? protocol::page_messages : asked.replay.value_or(call.hub.settings().replay);
  const journal::Query query{.room = name->key,
                             .after = asked.since.value_or(0),
                             .before = room->last() + 1,
                             .limit = std::min<std::size_t>(replay, protocol::page_messages),
                             .newest = true};
  read(call, query, [room, last = room->last()](Session& joiner, const std::string& ref, auto page) {
    answer_join(joiner, ref, room, last, std::move(page));
  });
}

void handler::leave(const Call& call, const request::Leave& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  call.hub.leave(call.session, room, "left");
  call.session.reply(event::Left{room->name().shown}, call.ref);
}

void handler::who(const Call& call, const request::Who& asked) {
  const auto after = page_key(asked.after, protocol::parse_name);
  if (!after) {
    fail(call, after.error());
    return;
  }
  if (!asked.room) {
    call.session.reply(call.hub.names(*after, protocol::page_names), call.ref);
    return;
  }
  const auto name = protocol::parse_room(*asked.room);
  if (!name) {
    fail(call, name.error());
    return;
  }
  const auto room = call.hub.find_room(*name);
  if (!room) {
    fail(call, {Code::no_such_room, "there is no room " + name->shown});
    return;
  }
  call.session.reply(room->names(*after, protocol::page_names), call.ref);
}

void handler::rooms(const Call& call, const request::Rooms& asked) {
  const auto after = page_key(asked.after, protocol::parse_room);
  if (!after) {
    fail(call, after.error());
    return;
  }
  call.session.reply(call.hub.room_list(*after, protocol::page_names, protocol::reply_bytes), call.ref);
}

void handler::history(const Call& call, const request::History& asked) {
  const auto room = joined_room(call, asked.room);
  if (!room) return;
  const auto limit = std::min<std::uint64_t>(asked.limit.value_or(default_history), protocol::page_messages);
  const journal::Query query{.room = room->name().key,
                             .after = asked.after.value_or(0),
                             // What is on its way to the room comes after the answer, and not in it too.
                             .before = std::min(asked.before.value_or(room->last() + 1), room->last() + 1),
                             .limit = static_cast<std::size_t>(limit),
                             .newest = !asked.after,
                             .search = asked.search.value_or("")};
  read(call, query, [room, newest = query.newest](Session& reader, const std::string& ref, auto page) {
    if (!page) {
      reader.fail(page.error(), ref);
      return;
    }
    fit(*page, newest, protocol::reply_bytes);
    reader.reply(
        event::History{
            .room = room->name().shown, .messages = std::move(page->messages), .complete = !page->more},
        ref);
  });
}

}  // namespace hubbub::chat
