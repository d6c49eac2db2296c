// Conversations, and the handlers for them: conversations, and read, which is about rooms, too.
#include "server/chat/conversations.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"
#include "server/chat/changes.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/read_in_turn.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using journal::Parties;
using protocol::Code;
namespace event = protocol::event;
namespace record = journal::account;

}  // namespace

Conversations::Conversations(Hub& hub) : hub_(hub) {
  hub.journal().each_conversation([this](std::string_view key) {
    if (const auto parties = journal::parties_in(key)) know(*parties);
  });
  hub.in_flight().on_private([this](const journal::Committed& committed, const Answer& sender) {
    return deliver(committed, sender);
  });
  hub.in_flight().on_private_change([this](const journal::Committed& committed, const Session* setter) {
    deliver_change(committed, setter);
  });
}

void Conversations::know(const Parties& parties) {
  with_[parties.first].insert(parties.second);
  with_[parties.second].insert(parties.first);
}

/// While a guest bears a name that has become an account's, what is said to it is for the account.
std::uint64_t Conversations::account_of(const protocol::Name& name) const {
  const auto& book = hub_.logins().registry().book();
  if (const auto* const owner = book.find(name)) return owner->number;
  const auto* const bearer = book.find(hub_.directory().account_of(name));
  return bearer == nullptr ? 0 : bearer->number;
}

std::string Conversations::other_name(const Session& session, const Parties& parties) const {
  return other_name(session.person().account(), parties);
}

std::string Conversations::other_name(std::uint64_t account, const Parties& parties) const {
  const auto number = parties.other(account);
  const auto* const other = hub_.logins().registry().book().find(number);
  return other == nullptr ? journal::author_key(number) : other->name;
}

std::optional<Parties> Conversations::parties(const Session& session, const std::string& name) const {
  const auto account = session.person().account();
  if (const auto erased = journal::author_of(name); erased != 0) {
    const auto with = with_.find(account);
    if (with == with_.end() || !with->second.contains(erased)) return std::nullopt;
    return journal::parties_of(account, erased);
  }
  const auto parsed = protocol::parse_name(name);
  const auto other = parsed ? account_of(*parsed) : 0;
  return other == 0 ? std::nullopt : std::optional(journal::parties_of(account, other));
}

std::shared_ptr<Conversation> Conversations::of(const Parties& parties) {
  auto key = journal::conversation_key(parties);
  auto& conversation = in_use_[key];
  if (!conversation) {
    const auto tail = hub_.journal().tail(key);
    conversation = std::make_shared<Conversation>(parties, std::max(tail.last, tail.changed));
  }
  return conversation;
}

void Conversations::send(Answer&& answer, const Parties& parties, protocol::Message message) {
  const auto author = answer.session().person().account();
  message.author = author;
  hub_.in_flight().append(std::move(answer), of(parties),
                          {.sender = journal::author_key(author), .message = std::move(message)});
}

std::size_t Conversations::deliver(const journal::Committed& committed, const Answer& sender) {
  const auto parties = journal::parties_in(committed.room);
  if (!parties) return 0;
  const auto& message = *committed.message;
  auto& conversation = in_use_[committed.room];
  const bool is_from_elsewhere = !conversation;
  if (is_from_elsewhere) conversation = std::make_shared<Conversation>(*parties, message.seq - 1);
  const auto line = [&](const Format& format) {
    std::string text;
    format.render(message, sender.ref(), text);
    return protocol::make_bytes(std::move(text));
  };
  auto* const own = sender.is_wanted() ? &sender.session().delivery() : nullptr;
  if (committed.outcome == journal::Outcome::repeated) {
    if (own == nullptr) return 0;
    own->own(line(own->format()), {.feed = conversation.get(), .seq = conversation->delivered()});
    return 1;
  }
  if (is_from_elsewhere || conversation->delivered() == 0) know(*parties);
  const protocol::Event event{.body = committed.message, .ref = {}};
  Rendered rendered(event);
  std::size_t deliveries = 0;
  const auto to = [&](Session& session) {
    ++deliveries;
    auto& delivery = session.delivery();
    if (&delivery == own && (!sender.ref().empty() || !own->is_direct())) {
      own->own(line(own->format()), {.feed = conversation.get(), .seq = message.seq, .instead = true});
    } else {
      delivery.share(rendered.in(delivery.format()), conversation.get());
    }
  };
  hub_.logins().each_session(parties->first, to);
  if (parties->second != parties->first) hub_.logins().each_session(parties->second, to);
  conversation->set_delivered(message.seq);
  return deliveries;
}

/// What the other one is called is another thing for each of the two.
void Conversations::deliver_change(const journal::Committed& committed, const Session* setter) {
  const auto parties = journal::parties_in(committed.room);
  if (!parties) return;
  const auto conversation = of(*parties);
  const auto tell = [&](std::uint64_t account) {
    const auto number = parties->other(account);
    const auto* const other = hub_.logins().registry().book().find(number);
    const protocol::Event event{
        .body = told_of(*committed.change, {}, other == nullptr ? journal::author_key(number) : other->name),
        .ref = {}};
    Rendered rendered(event);
    hub_.logins().each_session(account, [&](Session& session) {
      auto& delivery = session.delivery();
      if (&session != setter) delivery.share(rendered.in(delivery.format()), conversation.get());
    });
  };
  if (!committed.change->seqs.empty()) {
    tell(parties->first);
    if (parties->second != parties->first) tell(parties->second);
  }
  // Only now: whoever falls behind with it has it among what is missed.
  conversation->set_delivered(std::max(conversation->delivered(), committed.change->number));
}

std::vector<event::Changed> Conversation::changes(const std::vector<protocol::MessagePtr>& messages,
                                                  std::uint64_t account) const {
  if (messages.empty()) return {};
  const auto& one = *messages.front();
  return last_changes(messages, {}, one.author == account ? one.to : one.account);
}

std::uint64_t Conversations::last_of(const std::string& key) const {
  const auto found = in_use_.find(key);
  return found != in_use_.end() ? found->second->delivered() : hub_.journal().tail(key).last;
}

std::vector<Conversations::Known> Conversations::list(std::uint64_t account) const {
  std::vector<Known> known;
  const auto found = with_.find(account);
  if (found == with_.end()) return known;
  for (const auto other : found->second) {
    auto key = journal::conversation_key(journal::parties_of(account, other));
    const auto last = last_of(key);
    if (last > 0) known.push_back({.other = other, .key = std::move(key), .last = last});
  }
  std::sort(known.begin(), known.end(), [](const Known& a, const Known& b) { return a.last > b.last; });
  return known;
}

void Conversations::tick() {
  std::erase_if(in_use_, [](const auto& each) { return each.second.use_count() == 1; });
}

// --- what one asks of them

namespace {

// Conversations in one answer: each may be counted by a read of its own.
constexpr std::size_t page_conversations = 50;

void no_such_account(Answer& answer, const std::string& name) {
  if (journal::author_of(name) != 0)
    return answer.fail({Code::no_such_account, "you have no conversation with an account " + name});
  const auto parsed = protocol::parse_name(name);
  answer.fail(parsed ? protocol::Error{Code::no_such_account, "no account has the name " + parsed->shown}
                     : parsed.error());
}

}  // namespace

std::optional<Parties> conversation_with(Call& call, const std::string& name) {
  if (call.session.is_guest()) {
    call.answer.fail({Code::login_required, "conversations are between accounts; log in first"});
    return std::nullopt;
  }
  auto parties = call.hub.conversations().parties(call.session, name);
  if (!parties) no_such_account(call.answer, name);
  return parties;
}

void handler::conversations(Call& call, const request::Conversations& asked) {
  const auto account = call.session.person().account();
  const auto& book = call.hub.logins().registry().book();
  const auto known = call.hub.conversations().list(account);
  auto next = known.begin();
  if (asked.before) {
    next =
        std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.last < *asked.before; });
  } else if (asked.after && !asked.after->empty()) {
    const auto parties = conversation_with(call, *asked.after);
    if (!parties) return;
    next = std::find_if(known.begin(), known.end(),
                        [&](const auto& each) { return each.other == parties->other(account); });
    if (next != known.end()) ++next;
  }
  const auto page = std::make_shared<event::Conversations>();
  auto& conversations = page->conversations;
  std::vector<journal::Query> counts;
  std::vector<std::size_t> counted;  // the conversation that each of them is about
  for (; next != known.end() && !page->more; ++next) {
    const auto* const other = book.find(next->other);
    if (conversations.size() == page_conversations) {
      page->more = true;
      continue;
    }
    const auto read = call.hub.logins().read_up_to(account, next->key);
    // Nobody has notes to oneself that are unread.
    if (read < next->last && next->other != account) {
      counted.push_back(conversations.size());
      counts.push_back({.room = next->key,
                        .after = read,
                        .before = next->last + 1,
                        .count = true,
                        .but_author = account,
                        .reader = call.session.number()});
    }
    conversations.push_back({.with = other == nullptr ? journal::author_key(next->other) : other->name,
                             .last = next->last,
                             .read = read,
                             .unread = 0,
                             .erased = other == nullptr});
  }
  call.session.delivery().hold();
  ReadInTurn::begin(
      std::move(call.answer), std::move(counts),
      [page, counted](std::size_t index, const journal::Page& count) {
        page->conversations[counted[index]].unread = count.found.value_or(protocol::most_counted);
      },
      [page](Answer& answer) { answer.reply(std::move(*page)); });
}

void Conversations::tell_read(std::uint64_t account, const std::string& place, const std::string& room,
                              const Session* except) const {
  const auto parties = journal::parties_in(place);
  const protocol::Event event{.body = event::Read{.room = room,
                                                  .with = parties ? other_name(account, *parties) : "",
                                                  .seq = hub_.logins().read_up_to(account, place)},
                              .ref = {}};
  Rendered rendered(event);
  hub_.logins().each_session(account, [&](Session& session) {
    auto& delivery = session.delivery();
    if (&session != except) delivery.share(rendered.in(delivery.format()), nullptr);
  });
}

void handler::read(Call& call, const request::Read& asked) {
  std::string key;
  std::uint64_t last = 0;
  event::Read told;
  const auto account = call.session.person().account();
  auto& logins = call.hub.logins();
  if (asked.room) {
    const auto room = joined_room(call, *asked.room);
    if (!room) return;
    key = room->key();
    last = room->delivered();
    told.room = room->name().shown;
  } else {
    const auto parties = conversation_with(call, *asked.with);
    if (!parties) return;
    const auto conversation = call.hub.conversations().of(*parties);
    key = conversation->key();
    last = conversation->delivered();
    told.with = call.hub.conversations().other_name(call.session, *parties);
  }
  const auto read = logins.read_up_to(account, key);
  // What nobody has said yet cannot have been read.
  const auto seq = std::min(asked.seq, last);
  if (seq <= read) {
    told.seq = read;
    return call.answer.reply(told);
  }
  const auto answer = std::make_shared<Answer>(std::move(call.answer));
  // Also if the session has gone by then: the others of the account are told.
  const auto stored = [&hub = call.hub, &logins, answer, account, told,
                       key](const std::optional<InFlight::Stored>& outcome) {
    auto held = std::move(*answer);
    auto now = told;
    now.seq = logins.read_up_to(account, key);
    const auto* const asker = held ? &held.session() : nullptr;
    if (outcome && outcome->applied == journal::Applied::done)
      hub.conversations().tell_read(account, key, told.room, asker);
    if (!held.is_wanted()) return;
    outcome ? held.reply(now)
            : held.fail({Code::storage_failed, "the server could not store this; try again later"});
  };
  logins.append(record::ReadUpTo{.account = account, .place = key, .name = told.room, .seq = seq}, stored);
}

}  // namespace hubbub::chat
