// Conversations, and the handlers for them: conversations, and read, which is about rooms, too.
#include "server/chat/conversations.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/logins.hpp"
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
  const auto* const other = hub_.logins().registry().book().find(parties.other(session.person().account()));
  return other == nullptr ? std::string() : other->name;
}

std::optional<Parties> Conversations::parties(const Session& session, const std::string& name) const {
  const auto parsed = protocol::parse_name(name);
  const auto other = parsed ? account_of(*parsed) : 0;
  return other == 0 ? std::nullopt : std::optional(journal::parties_of(session.person().account(), other));
}

std::shared_ptr<Conversation> Conversations::of(const Parties& parties) {
  auto key = journal::conversation_key(parties);
  auto& conversation = in_use_[key];
  if (!conversation) conversation = std::make_shared<Conversation>(parties, hub_.journal().tail(key).last);
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

/// Counts what is unread in the conversations of a page, one after the other.
class Counting : public std::enable_shared_from_this<Counting> {
 public:
  Counting(Answer answer, journal::Journal& journal) : answer_(std::move(answer)), journal_(journal) {}

  void more() { page_.more = true; }
  /// `query`: what counts it; nothing: there is nothing to count.
  void add(event::Conversation conversation, std::optional<journal::Query> query) {
    page_.conversations.push_back(std::move(conversation));
    queries_.push_back(std::move(query));
  }

  /// An engine may answer within the call: a loop, so that each conversation does not nest one call deeper.
  void count_on() {
    is_in_loop_ = true;
    for (is_waiting_ = false; !is_waiting_ && next_ < queries_.size();) {
      const auto& query = queries_[next_++];
      if (!query) continue;
      is_waiting_ = true;
      journal_.read(*query, [self = shared_from_this()](const protocol::Result<journal::Page>& page) {
        self->take(page);
      });
    }
    is_in_loop_ = false;
    if (!is_waiting_) end();
  }

 private:
  void take(const protocol::Result<journal::Page>& page) {
    is_waiting_ = false;
    if (!page || !answer_.is_wanted()) {
      // The journal may keep the handler: so the answer ends in this call.
      auto answer = std::move(answer_);
      next_ = queries_.size();
      if (answer.is_wanted()) answer.fail(page.error());
      return;
    }
    page_.conversations[next_ - 1].unread = page->found.value_or(protocol::most_counted);
    if (!is_in_loop_) count_on();
  }

  void end() {
    auto answer = std::move(answer_);
    if (answer.is_wanted()) answer.reply(std::move(page_));
  }

  Answer answer_;
  journal::Journal& journal_;
  event::Conversations page_;
  std::vector<std::optional<journal::Query>> queries_;
  std::size_t next_ = 0;
  bool is_waiting_ = false;
  bool is_in_loop_ = false;
};

std::uint64_t read_of(const accounts::Book& book, std::uint64_t account, const std::string& key) {
  const auto* const place = book.place(account, key);
  return place == nullptr ? 0 : place->read;
}

void no_such_account(Answer& answer, const std::string& name) {
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
  if (asked.after && !asked.after->empty()) {
    const auto parties = conversation_with(call, *asked.after);
    if (!parties) return;
    next = std::find_if(known.begin(), known.end(),
                        [&](const auto& each) { return each.other == parties->other(account); });
    if (next != known.end()) ++next;
  }
  call.session.delivery().hold();
  const auto reader = call.session.number();
  const auto counting = std::make_shared<Counting>(std::move(call.answer), call.hub.journal());
  for (std::size_t some = 0; next != known.end(); ++next) {
    const auto* const other = book.find(next->other);
    if (other == nullptr) continue;  // erased
    if (some++ == page_conversations) {
      counting->more();
      break;
    }
    const auto read = read_of(book, account, next->key);
    std::optional<journal::Query> query;
    // Nobody has notes to oneself that are unread.
    if (read < next->last && next->other != account) {
      query = journal::Query{.room = next->key,
                             .after = read,
                             .before = next->last + 1,
                             .count = true,
                             .but_author = account,
                             .reader = reader};
    }
    counting->add({.with = other->name, .last = next->last, .read = read, .unread = 0}, std::move(query));
  }
  counting->count_on();
}

void handler::read(Call& call, const request::Read& asked) {
  std::string key;
  std::uint64_t last = 0;
  event::Read told;
  const auto account = call.session.person().account();
  auto& logins = call.hub.logins();
  const auto& book = logins.registry().book();
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
  const auto read = read_of(book, account, key);
  // What nobody has said yet cannot have been read.
  const auto seq = std::min(asked.seq, last);
  if (seq <= read) {
    told.seq = read;
    return call.answer.reply(told);
  }
  const auto answer = std::make_shared<Answer>(std::move(call.answer));
  // Also if the session has gone by then: the others of the account are told.
  const auto stored = [&logins, answer, account, told, key](const std::optional<InFlight::Stored>& outcome) {
    auto held = std::move(*answer);
    auto now = told;
    now.seq = read_of(logins.registry().book(), account, key);
    const auto* const asker = held ? &held.session() : nullptr;
    if (outcome && outcome->applied == journal::Applied::done) {
      const protocol::Event event{.body = now, .ref = {}};
      Rendered rendered(event);
      logins.each_session(account, [&](Session& session) {
        auto& delivery = session.delivery();
        if (&session != asker) delivery.share(rendered.in(delivery.format()), nullptr);
      });
    }
    if (!held.is_wanted()) return;
    outcome ? held.reply(now)
            : held.fail({Code::storage_failed, "the server could not store this; try again later"});
  };
  logins.append(record::ReadUpTo{.account = account, .place = key, .name = told.room, .seq = seq}, stored);
}

}  // namespace hubbub::chat
