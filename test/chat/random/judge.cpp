#include "test/chat/random/judge.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/name.hpp"

namespace hubbub::chat::random {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;
using protocol::Event;
using protocol::Message;
using protocol::Request;

std::string key(const std::string& name) { return protocol::parse_room(name).value().key; }

std::string text_of(const Event& event) {
  std::string line;
  protocol::encode(event, line);
  return line;
}
std::string text_of(const Request& request) {
  std::string line;
  protocol::encode(request, line);
  return line;
}

const LogEntry* find(const Log& log, std::uint64_t seq) {
  const auto found = std::find_if(log.begin(), log.end(), [&](const auto& one) { return one.seq == seq; });
  return found == log.end() ? nullptr : &*found;
}

bool is_traced() { return std::getenv("HUBBUB_TRACE") != nullptr; }

/// The sequence numbers of the log's messages strictly between two numbers.
std::vector<std::uint64_t> between(const Log& log, std::uint64_t after, std::uint64_t before) {
  std::vector<std::uint64_t> seqs;
  for (const auto& one : log) {
    if (!one.is_topic && one.seq > after && one.seq < before) seqs.push_back(one.seq);
  }
  return seqs;
}

RosterSeen roster(const std::vector<std::string>& names) {
  RosterSeen seen;
  for (const auto& name : names) seen[key(name)] = name;
  return seen;
}

/// A key that a private message and its repeats share.
std::string private_key(const Message& message) {
  return key(message.from) + " to " + key(message.to) + ": " +
         (message.id.empty() ? message.text : '#' + message.id);
}

}  // namespace

void Judge::broken(const std::string& why) const { throw Broken(name_ + ": " + why); }

Judge::Place& Judge::place(const std::string& room) {
  const auto found = places_.find(key(room));
  if (found == places_.end()) broken("hears of " + room + ", where it is not");
  return found->second;
}

/// Whether the event is, by its id, the due answer to a request without a `ref`.
bool Judge::answers_without_ref(const Event& event) const {
  if (asked_.empty() || !asked_.front().ref.empty()) return false;
  const auto* say = std::get_if<request::Say>(&asked_.front().body);
  if (const auto* failure = std::get_if<event::Failure>(&event.body)) return failure->id == say->id;
  const auto* message = std::get_if<protocol::MessagePtr>(&event.body);
  return message != nullptr && (*message)->id == say->id;
}

/// Answers come in the order of the requests.
Request Judge::take_asked(const Event& event) {
  require(!asked_.empty(), "is answered without having asked: " + text_of(event));
  auto asked = std::move(asked_.front());
  asked_.pop_front();
  require(asked.ref == event.ref, "expects the answer to " + text_of(asked) + "gets " + text_of(event));
  return asked;
}

void Judge::asked(const Request& request) {
  if (is_traced()) std::fprintf(stderr, "%s > %s", name_.c_str(), text_of(request).c_str());
  asked_.push_back(request);
  asked_as_[request.ref] = account_;
}

void Judge::heard(const Event& event) {
  if (is_traced()) std::fprintf(stderr, "%s < %s", name_.c_str(), text_of(event).c_str());
  require(!has_bye_, "hears something after its bye: " + text_of(event));
  std::optional<Request> asked;
  if (!event.ref.empty() || answers_without_ref(event)) asked = take_asked(event);
  const auto* const request = asked ? &*asked : nullptr;
  if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) {
    if ((*message)->to.empty()) {
      live(**message, request);
    } else if ((*message)->seq != 0) {
      kept(**message, request);
    } else if (request != nullptr) {
      tells_.push_back(*message);
    } else {
      told_.push_back(*message);
    }
  } else if (const auto* state = std::get_if<event::Joined>(&event.body)) {
    joined(*state, request);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    require(places_.erase(key(left->room)) == 1, "has left where it was not");
  } else if (const auto* news = std::get_if<event::Presence>(&event.body)) {
    presence(*news);
  } else if (const auto* set = std::get_if<event::Topic>(&event.body)) {
    topic(*set);
  } else if (const auto* name = std::get_if<event::Renamed>(&event.body)) {
    renamed(*name);
  } else if (const auto* page = std::get_if<event::History>(&event.body)) {
    require(request != nullptr, "gets a history that it has not asked for");
    page->with.empty() ? paged(*page, std::get<request::History>(request->body)) : paged_private(*page);
  } else if (const auto* list = std::get_if<event::Conversations>(&event.body)) {
    require(request != nullptr, "gets conversations that it has not asked for");
    listed(*list, *request);
  } else if (const auto* read = std::get_if<event::Read>(&event.body)) {
    marked(*read);
  } else if (std::holds_alternative<event::LoggedIn>(event.body) ||
             std::holds_alternative<event::LoggedOut>(event.body) ||
             std::holds_alternative<event::Registered>(event.body)) {
    forget_account();
  } else if (std::holds_alternative<event::Bye>(event.body)) {
    has_bye_ = true;
  }
  if (request != nullptr) check_answer(event, *request);
}

/// Checks that the event's type answers such a request.
void Judge::check_answer(const Event& event, const Request& asked) {
  if (std::holds_alternative<event::Failure>(event.body) || has_bye_) return;
  const bool fits = std::visit(
      [&](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        const auto& said = event.body;
        if constexpr (std::is_same_v<Body, request::Hello>) {
          return std::holds_alternative<event::Welcome>(said);
        } else if constexpr (std::is_same_v<Body, request::Say>) {
          const auto* message = std::get_if<protocol::MessagePtr>(&said);
          return message != nullptr && (*message)->id == body.id.value_or("") &&
                 (*message)->text == body.text;
        } else if constexpr (std::is_same_v<Body, request::Tell>) {
          const auto* message = std::get_if<protocol::MessagePtr>(&said);
          return message != nullptr && (*message)->text == body.text;
        } else if constexpr (std::is_same_v<Body, request::Join>) {
          return std::holds_alternative<event::Joined>(said);
        } else if constexpr (std::is_same_v<Body, request::Leave>) {
          return std::holds_alternative<event::Left>(said);
        } else if constexpr (std::is_same_v<Body, request::Topic>) {
          const auto* topic = std::get_if<event::Topic>(&said);
          return topic != nullptr && topic->text == body.text;
        } else if constexpr (std::is_same_v<Body, request::Rename>) {
          return std::holds_alternative<event::Renamed>(said);
        } else if constexpr (std::is_same_v<Body, request::History>) {
          return std::holds_alternative<event::History>(said);
        } else if constexpr (std::is_same_v<Body, request::Who>) {
          return std::holds_alternative<event::Members>(said);
        } else if constexpr (std::is_same_v<Body, request::Rooms>) {
          return std::holds_alternative<event::Rooms>(said);
        } else if constexpr (std::is_same_v<Body, request::Register>) {
          return std::holds_alternative<event::Registered>(said);
        } else if constexpr (std::is_same_v<Body, request::Login>) {
          return std::holds_alternative<event::LoggedIn>(said);
        } else if constexpr (std::is_same_v<Body, request::Logout>) {
          return std::holds_alternative<event::LoggedOut>(said);
        } else if constexpr (std::is_same_v<Body, request::Devices>) {
          return std::holds_alternative<event::Devices>(said);
        } else if constexpr (std::is_same_v<Body, request::Conversations>) {
          return std::holds_alternative<event::Conversations>(said);
        } else if constexpr (std::is_same_v<Body, request::Read>) {
          return std::holds_alternative<event::Read>(said);
        } else if constexpr (std::is_same_v<Body, request::Password> ||
                             std::is_same_v<Body, request::Revoke>) {
          return std::holds_alternative<event::Done>(said);
        } else {
          return std::holds_alternative<event::Pong>(said);
        }
      },
      asked.body);
  require(fits, "asked " + text_of(asked) + "and was answered " + text_of(event));
}

/// A live message: the next one of the room, or the original of a message that this client has sent again.
void Judge::live(const Message& message, const Request* asked) {
  auto& here = place(message.room);
  const auto* const entry = find(engine_.log(key(message.room)), message.seq);
  require(entry != nullptr, "is shown what was never stored: " + message.text);
  require(entry->text == message.text && entry->id == message.id,
          "is shown something else than was stored: " + message.text);
  const bool is_known = asked != nullptr && !said_.insert(message.id).second;
  if (message.seq <= here.seen) {
    require(is_known, "is shown again " + message.text);
    return;  // retention may have dropped the original, and with it the sender's name
  }
  require(entry->from == message.from, "is shown under another name: " + message.text);
  skip_to(message.room, here, message.seq);
  here.seen = message.seq;
}

/// Skipped messages must have been dropped by retention, and the server must tell of the gap later.
void Judge::skip_to(const std::string& room, Place& place, std::uint64_t seq) {
  for (const auto missed : between(engine_.log(key(room)), place.seen, seq)) {
    require(!engine_.keeps(key(room), missed), "misses " + std::to_string(missed) + " of " + room);
    place.has_gap = true;
  }
}

void Judge::is_of(std::uint64_t account, std::uint64_t since) {
  account_ = account;
  since_ = since;
  accounts_.insert(account);
}

void Judge::forget_account() {
  kept_.clear();
  shown_.clear();
  markers_.clear();
}

/// A private message that is kept: the next one of its conversation, or the original of one that this client
/// has sent again.
void Judge::kept(const Message& message, const Request* asked) {
  const auto conversation = engine_.conversation_of(message.seq);
  require(!conversation.empty(), "is told what was never stored: " + message.text);
  const auto parties = journal::parties_in(conversation).value();
  require(accounts_.contains(parties.first) || accounts_.contains(parties.second),
          "is told what is for others: " + message.text);
  const auto& log = engine_.log(conversation);
  const auto& entry = *find(log, message.seq);
  require(entry.text == message.text && entry.id == message.id,
          "is told something else than was stored: " + message.text);
  const bool is_repeated =
      asked != nullptr && !message.id.empty() &&
      !said_.insert(conversation + '/' + std::to_string(entry.author) + message.id).second;
  if (is_repeated) return;
  const auto seen = kept_.contains(conversation) ? kept_[conversation] : std::min(since_, message.seq - 1);
  require(message.seq > seen, "is told again " + message.text);
  require(message.seq > shown_[conversation], "is told what it has been shown in a page: " + message.text);
  for (const auto missed : between(log, seen, message.seq)) {
    require(!engine_.keeps(conversation, missed), "misses " + std::to_string(missed) + " of " + conversation);
  }
  kept_[conversation] = message.seq;
}

void Judge::paged_private(const event::History& history) {
  std::uint64_t last = 0;
  for (const auto& message : history.messages) {
    const auto conversation = engine_.conversation_of(message->seq);
    require(!conversation.empty() && find(engine_.log(conversation), message->seq)->text == message->text,
            "is shown in a page what was never stored");
    require(message->seq > last, "is shown a page out of order");
    last = message->seq;
    shown_[conversation] = std::max(shown_[conversation], message->seq);
    const auto parties = journal::parties_in(conversation).value();
    require(accounts_.contains(parties.first) || accounts_.contains(parties.second),
            "is shown what is for others");
  }
}

/// What was listed when it asked may not be all that there is when it reads the list.
void Judge::listed(const event::Conversations& page, const Request& asked) {
  const auto account = asked_as_.at(asked.ref);
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  for (const auto& each : page.conversations) {
    require(each.last < last, "is listed conversations out of order");
    last = each.last;
    const auto conversation = engine_.conversation_of(each.last);
    require(!conversation.empty(), "is listed a conversation without messages");
    const auto parties = journal::parties_in(conversation).value();
    require(parties.first == account || parties.second == account, "is listed what is for others");
    const auto& log = engine_.log(conversation);
    std::uint64_t unread = 0;
    std::uint64_t kept = 0;
    for (const auto& one : log) {
      if (one.author == account || one.seq <= each.read || one.seq > each.last) continue;
      ++unread;
      if (engine_.keeps(conversation, one.seq)) ++kept;
    }
    require(each.unread <= unread && each.unread >= kept,
            "counts " + std::to_string(each.unread) + " unread of " + std::to_string(unread));
  }
}

void Judge::marked(const event::Read& read) {
  auto& marker = markers_[read.with.empty() ? key(read.room) : '@' + read.with];
  require(read.seq >= marker, "is told of a marker that falls");
  marker = read.seq;
}

void Judge::joined(const event::Joined& joined, const Request* asked) {
  const auto room = key(joined.room);
  require(text_of(Event{.body = joined, .ref = std::string(64, 'r')}).size() <= 60 * 1024,
          "gets too long a line");
  if (asked != nullptr) {
    require(!places_.contains(room), "joins where it is");
    const auto* join = std::get_if<request::Join>(&asked->body);
    require(join != nullptr, "joins without having asked");
    const bool is_other = join->epoch && *join->epoch != engine_.epoch();
    require(!is_other || !joined.complete, "is told that it has all of another journal");
    check_history(joined, is_other ? 0 : join->since.value_or(0));
    places_[room] = {.seen = joined.last, .has_gap = false, .members = {}, .count = 0, .topic = {}};
  }
  auto& here = place(joined.room);
  if (asked == nullptr) {
    if (joined.complete) {
      require(!here.has_gap, "is told that nothing is missing, which is not so");
      require(joined.last == here.seen, "is told of " + std::to_string(joined.last) + " in " + joined.room +
                                            ", and has had no more than " + std::to_string(here.seen));
    } else {
      skip_to(joined.room, here, joined.last + 1);
      here.has_gap = false;
      here.seen = joined.last;
    }
  }
  here.members = roster(joined.members);
  here.count = joined.count;
  here.topic = joined.topic;
  require(here.members.size() == here.count, "is shown other members than are counted");
}

/// The history must hold the newest messages up to `last`, and if it is complete, all since `since`.
void Judge::check_history(const event::Joined& joined, std::uint64_t since) {
  const auto& log = engine_.log(key(joined.room));
  std::vector<std::uint64_t> shown;
  for (const auto& message : joined.history) shown.push_back(message->seq);
  const auto from = shown.empty() ? joined.last + 1 : shown.front();
  require(between(log, from - 1, joined.last + 1) == shown, "is shown a history with gaps of " + joined.room);
  if (!joined.complete) return;
  for (const auto missed : between(log, since, from)) {
    require(!engine_.keeps(key(joined.room), missed) && since == 0,
            "joins, and misses " + std::to_string(missed));
  }
}

void Judge::paged(const event::History& history, const request::History& asked) {
  const auto& here = place(history.room);
  const auto& log = engine_.log(key(history.room));
  std::uint64_t last = 0;
  for (const auto& message : history.messages) {
    const auto* const entry = find(log, message->seq);
    require(entry != nullptr && entry->text == message->text, "is shown in a page what was never stored");
    require(message->seq > last, "is shown a page out of order");
    require(message->seq <= here.seen, "is shown in a page what it will be shown again");
    if (asked.search)
      require(message->text.find(*asked.search) != std::string::npos, "finds what does not match");
    last = message->seq;
  }
}

/// The topic must come in its place among the messages.
void Judge::topic(const event::Topic& topic) {
  auto& here = place(topic.room);
  const auto& log = engine_.log(key(topic.room));
  const auto found = std::find_if(log.begin(), log.end(), [&](const LogEntry& one) {
    return one.is_topic && one.text == topic.text && one.from == topic.from;
  });
  require(found != log.end(), "hears of a topic that was never stored");
  require(std::none_of(log.begin(), found, [&](const LogEntry& one) { return one.seq > found->seq; }),
          "hears of a topic whose number is not that of its place");
  std::uint64_t before = 0;
  for (auto entry = log.begin(); entry != found; ++entry)
    before = std::max(before, entry->is_topic ? 0 : entry->seq);
  require(here.seen >= before, "hears of a topic before what was said before it");
  const bool is_late = std::any_of(
      found, log.end(), [&](const LogEntry& one) { return !one.is_topic && one.seq <= here.seen; });
  require(!is_late, "hears of a topic after what was said after it");
  here.topic = topic.text;
}

void Judge::presence(const event::Presence& presence) {
  auto& here = place(presence.room);
  std::set<std::string> keys;
  for (const auto& name : presence.joined) {
    require(keys.insert(key(name)).second, "is told twice of " + name);
    here.members[key(name)] = name;
  }
  for (const auto& gone : presence.left) {
    require(keys.insert(key(gone.name)).second, "is told twice of " + gone.name);
    here.members.erase(key(gone.name));
  }
  here.count = presence.count;
  require(text_of(Event{.body = presence, .ref = {}}).size() <= 60 * 1024, "gets too long a line");
}

void Judge::renamed(const event::Renamed& renamed) {
  for (auto& [room, here] : places_) {
    if (here.members.erase(key(renamed.old_name)) > 0) here.members[key(renamed.new_name)] = renamed.new_name;
  }
}

void Judge::has_told(const Judge& other) const {
  if (&other == this) return;
  // In the order of sending: the answer to a message that is sent again, as it was in doubt, carries the time
  // of the first sending.
  auto tells = tells_;
  std::stable_sort(tells.begin(), tells.end(),
                   [](const auto& one, const auto& two) { return one->time < two->time; });
  std::vector<std::string> said;
  for (const auto& tell : tells) {
    // By the client's number, since clients change their names. A repeat counts once.
    const auto what = private_key(*tell);
    if (!protocol::parse_name(tell->to)->key.starts_with(other.name_)) continue;
    if (std::find(said.begin(), said.end(), what) == said.end()) said.push_back(what);
  }
  std::vector<std::string> came;
  for (const auto& tell : other.told_) {
    if (tell->text.starts_with(name_ + ' ')) came.push_back(private_key(*tell));
  }
  auto next = came.begin();
  for (const auto& what : said) {
    const auto found = std::find(next, came.end(), what);
    require(found != came.end(), "has told " + other.name_ + " what has not come: " + what);
    next = found + 1;
  }
  for (const auto& what : came)
    require(std::count(came.begin(), came.end(), what) == 1, "has told twice " + what);
}

void Judge::at_rest() const {
  if (!asked_.empty()) broken("is never answered: " + text_of(asked_.front()));
  for (const auto& [room, here] : places_) {
    require(!here.has_gap, "is never told that it has missed something of " + room);
    const auto& log = engine_.log(room);
    const auto missed = between(log, here.seen, std::numeric_limits<std::uint64_t>::max());
    require(missed.empty(), "never hears what was said last in " + room);
  }
  for (const auto& [conversation, log] : engine_.logs()) {
    const auto parties = journal::parties_in(conversation);
    if (account_ == 0 || !parties || (parties->first != account_ && parties->second != account_)) continue;
    const auto seen = kept_.find(conversation);
    const auto last = log.back().seq;
    require(last <= since_ || (seen != kept_.end() && seen->second == last),
            "is never told what was said last in " + conversation);
  }
}

void Judge::knows(const std::string& room, const RosterSeen& members, bool by_name) const {
  const auto& here = places_.at(room);
  require(here.count == members.size(), "counts " + std::to_string(here.count) + " in " + room + ", where " +
                                            std::to_string(members.size()) + " are");
  if (!by_name || here.members == members) return;
  std::string seen;
  for (const auto& [name_key, name] : here.members) seen += ' ' + name;
  broken("believes in " + room + " are" + seen);
}

void Judge::knows_topic(const std::string& room, const std::string& topic) const {
  require(places_.at(room).topic == topic, "knows another topic of " + room + ": " + places_.at(room).topic);
}

}  // namespace hubbub::chat::random
