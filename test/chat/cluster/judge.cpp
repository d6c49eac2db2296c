#include "test/chat/cluster/judge.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/name.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "test/chat/cluster/law.hpp"
#include "test/chat/cluster/people.hpp"

namespace hubbub::chat::cluster {

Names members(Node& node, const std::string& room) {
  const auto found = node.house->hub.rooms().find(room);
  if (!found) return {};
  const auto page = found->names({}, 100, nullptr);
  return {page.names.begin(), page.names.end()};
}

namespace {

std::string listed(const auto& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

/// Of guests: an account may have had its rank as a guest, on a node that has gone.
Names roles(Node& node, const std::string& room) {
  Names roles;
  const auto found = node.house->hub.rooms().find(room);
  if (!found) return roles;
  for (const auto& each : found->names({}, 100, nullptr).roles)
    if (found->member(protocol::key_of(each.name))->account() == 0) roles.insert(each.name + "=" + each.role);
  return roles;
}

Names names_of_all(Node& node) {
  Names names;
  node.house->directory->names(
      {}, 100, [&](const event::Members& page) { names = Names(page.names.begin(), page.names.end()); });
  return names;
}

/// What is kept of the room besides what is said: topic, rules, roles, bans.
Names attributes(Node& node, const std::string& room) {
  Names all;
  const auto found = node.house->hub.rooms().find(room);
  const auto tail = node.house->journal->tail(room);
  if (tail.state == nullptr) return all;
  const auto told = [](const journal::StateRecord& record) {
    return std::to_string(record.seq) + ":" + record.attribute + "=" + record.value + " by " + record.by;
  };
  for (const auto& record : tail.state->records()) all.insert(told(record));
  if (!found) return all;
  Names here;
  for (const auto& record : found->attributes().records()) here.insert(told(record));
  if (here != all)
    throw Wrong("in " + room + " on " + node.id + " are " + listed(here) + ", and the journal has " +
                listed(all));
  return all;
}

/// What each node has of what was said is what its changes have made of it. What was said before the room
/// was closed each may have erased.
void judge_messages(Nodes& nodes, const std::string& room) {
  const auto closed = nodes.record().closed(room, std::numeric_limits<std::uint64_t>::max());
  std::set<std::string> former;
  std::vector<std::string> expected;
  for (const auto& [seq, said] : nodes.record().messages(room)) {
    auto text = std::to_string(seq) + "=" + (said.is_deleted ? "deleted" : said.text);
    if (seq > closed) {
      expected.push_back(std::move(text));
    } else {
      former.insert(std::move(text));
    }
  }
  for (const auto& node : nodes.all()) {
    std::vector<std::string> there;
    for (const auto& message : nodes.messages(*node, room)) {
      auto text = std::to_string(message->seq) + "=" +
                  (message->is_deleted() ? "deleted" + message->text : message->text);
      if (message->seq > closed || !former.contains(text)) there.push_back(std::move(text));
    }
    if (there != expected)
      throw Wrong(node->id + " has in " + room + " " + listed(there) + ", and not " + listed(expected));
  }
}

void judge_room(Nodes& nodes, const std::string& room) {
  auto& first = *nodes.all().front();
  const auto compare = [&](const std::string& what, Names (*of)(Node&, const std::string&)) {
    const auto expected = of(first, room);
    for (const auto& node : nodes.all())
      if (const auto there = of(*node, room); there != expected)
        throw Wrong("in " + room + " " + what + " are " + listed(expected) + " for a, and for " + node->id +
                    " " + listed(there));
  };
  compare("people", members);
  compare("roles", roles);
  compare("attributes", attributes);
  judge_messages(nodes, room);
}

/// The first topic is the one before those that were told, which are all that came behind it, each in its
/// place among what was said.
void judge_topics(const Record& record, const std::string& who, const std::string& room,
                  const Somebody::Room& view) {
  std::vector<std::pair<std::uint64_t, std::string>> topics{{0, {}}};
  for (const auto& [number, committed] : record.all()) {
    const bool is_topic = committed.state && committed.state->attribute == journal::topic_attribute;
    if (is_topic && committed.room == room) topics.emplace_back(number, committed.state->value);
  }
  std::vector<std::string> expected;
  for (const auto& [number, text] : topics) expected.push_back(text);
  std::vector<std::string> heard{view.first_topic};
  for (const auto& topic : view.topics) heard.push_back(topic.text);
  if (heard.size() > expected.size() || !std::equal(heard.rbegin(), heard.rend(), expected.rbegin()))
    throw Wrong(who + " knows the topics " + listed(heard) + " of " + room + ", which has had " +
                listed(expected));
  for (std::size_t i = 0; i < view.topics.size(); ++i) {
    const auto place = topics[topics.size() - view.topics.size() + i].first;
    const auto next = std::upper_bound(view.numbers.begin(), view.numbers.end(), view.topics[i].behind);
    if (view.topics[i].behind > place || (next != view.numbers.end() && *next < place))
      throw Wrong(who + " is told a topic of " + room + " in another place");
  }
}

/// The bans that were told are all that came behind the first of them.
void judge_rulings(const Record& record, const std::string& who, const std::string& room,
                   const Somebody::Room& view) {
  std::vector<std::string> expected;
  for (const auto& [number, committed] : record.all()) {
    const bool is_ban = committed.state && committed.state->attribute.starts_with(attribute::ban);
    if (!is_ban || committed.room != room) continue;
    const auto id = std::to_string(number_in_attribute(committed.state->attribute));
    expected.push_back((committed.state->value.empty() ? "-" : "+") + id);
  }
  const auto& heard = view.rulings;
  if (heard.size() > expected.size() || !std::equal(heard.rbegin(), heard.rend(), expected.rbegin()))
    throw Wrong(who + " knows the bans " + listed(heard) + " of " + room + ", which has had " +
                listed(expected));
}

/// Nobody is in the room who is banned from it.
void judge_bans(Node& node, const std::string& name) {
  const auto room = node.house->hub.rooms().find(name);
  if (!room) return;
  const auto now = node.house->hub.now().wall;
  for (const auto& each : node.people) {
    auto& session = each->peer().session();
    if (!each->rooms().contains(name) || room->rank_of(session.person()) >= Rank::moderator) continue;
    const auto host = node.house->hub.moderation().host(session, name);
    const Subject subject{
        .name = session.name().key, .account = each->account(), .host = host, .address = {}};
    bool is_banned = false;
    bool is_excepted = false;
    for (const auto& record : room->attributes().all(attribute::ban)) {
      const auto ban = Ban::from(record);
      if (!ban || ban->is_over(now) || !ban->mask.matches(subject)) continue;
      is_banned = is_banned || ban->action == Ban::Action::ban;
      is_excepted = is_excepted || ban->action == Ban::Action::except;
    }
    if (is_banned && !is_excepted) throw Wrong(each->name() + " is banned from " + name + ", and is there");
  }
}

void judge_view(Nodes& nodes, const Somebody& somebody, const std::string& room, const Somebody::Room& view) {
  const auto& who = somebody.name();
  if (const auto there = members(*nodes.all().front(), room); view.members != there)
    throw Wrong(who + " knows " + listed(view.members) + " in " + room + ", where are " + listed(there));
  if (!view.members.contains(who)) throw Wrong(who + " is not in " + room);
  if (view.numbers != nodes.record().said_behind(room, view.from))
    throw Wrong(who + " has not had everything in " + room);
  judge_topics(nodes.record(), who, room, view);
  judge_rulings(nodes.record(), who, room, view);
}

/// Whoever is connected, and nobody else, is here.
void judge_people(Nodes& nodes) {
  Names everybody;
  std::map<std::string, std::uint64_t> accounts;
  for (const auto& node : nodes.all()) {
    if (node->house->journal->service() != journal::Service::ready)
      throw Wrong(node->id + " is not in service");
    for (const auto& each : node->people) {
      if (each->is_busy()) throw Wrong(each->name() + " is not answered");
      if (!each->is_welcome()) continue;
      if (!everybody.insert(each->name()).second &&
          (each->account() == 0 || accounts[each->name()] != each->account()))
        throw Wrong("two are called " + each->name());
      accounts[each->name()] = each->account();
    }
  }
  for (const auto& room : rooms) {
    for (const auto& name : members(*nodes.all().front(), room))
      if (!everybody.contains(name)) throw Wrong(name + " is in " + room + ", and is nobody");
  }
  for (const auto& node : nodes.all())
    if (const auto names = names_of_all(*node); names != everybody)
      throw Wrong("for " + node->id + " here are " + listed(names) + ", and connected are " +
                  listed(everybody));
}

/// Whoever came back was given what he had missed, and nothing else: messages, and what had become of those
/// that he had. Of a room that was closed meanwhile that is what was said when it had been begun anew.
void judge_return(const Record& record, const Return& back) {
  const auto& [name, known, joined] = back;
  const auto closed = record.closed(joined.room, joined.last);
  const auto since = std::max(known, closed);
  const bool is_closed_since =
      record.closed(joined.room, std::numeric_limits<std::uint64_t>::max()) > joined.last;
  if (is_closed_since && joined.history.empty() && joined.changes.empty()) return;
  const auto messages = record.messages(joined.room);
  const auto wrong = [&](const std::string& what) {
    throw Wrong(name + " comes back to " + joined.room + " behind " + std::to_string(since) + ", and " +
                what);
  };
  if (!joined.complete && closed <= known) wrong("has missed something");
  std::vector<std::uint64_t> expected;
  for (const auto& [seq, said] : messages)
    if (seq > since && seq <= joined.last) expected.push_back(seq);
  std::vector<std::uint64_t> given;
  for (const auto& message : joined.history) {
    given.push_back(message->seq);
    const auto said = messages.find(message->seq);
    const bool is_so =
        said != messages.end() &&
        (message->is_deleted() ? said->second.is_deleted : said->second.texts.contains(message->text));
    if (!is_so) wrong(std::to_string(message->seq) + " was never so");
  }
  if (given != expected) wrong("is not given just what was said meanwhile");
  std::map<std::uint64_t, std::uint64_t> changes;
  for (const auto& change : joined.changes) {
    std::vector<std::uint64_t> seqs;
    if (const auto* deleted = std::get_if<event::Deleted>(&change)) seqs = deleted->seqs;
    if (const auto* edited = std::get_if<event::Edited>(&change)) seqs = {edited->seq};
    const auto number = std::visit([](const auto& each) { return each.change; }, change);
    for (const auto seq : seqs) {
      const auto said = messages.find(seq);
      const bool is_so = said != messages.end() && seq > closed && seq <= since && number > since &&
                         said->second.changes.contains(number);
      if (!is_so || !changes.emplace(seq, number).second) wrong("is told a change of " + std::to_string(seq));
    }
  }
  for (const auto& [seq, said] : messages) {
    const auto next = said.changes.upper_bound(since);
    // What has been changed again since is told, too.
    const bool is_missed =
        seq > closed && seq <= since && next != said.changes.end() && said.change <= joined.last;
    if (is_missed && !changes.contains(seq)) wrong("is not told the change of " + std::to_string(seq));
    if (is_missed && changes.at(seq) != said.change)
      wrong("is told a former change of " + std::to_string(seq));
  }
}

}  // namespace

void judge(Nodes& nodes) {
  for (const auto& room : rooms) judge_room(nodes, room);
  judge_people(nodes);
  Law law;
  for (const auto& [number, committed] : nodes.record().all()) law.apply(number, committed);
  for (const auto& back : nodes.past().returns) judge_return(nodes.record(), back);
  for (const auto& node : nodes.all()) {
    for (const auto& room : rooms) judge_bans(*node, room);
    for (const auto& each : node->people) {
      if (!each->is_welcome()) continue;
      for (const auto& [room, view] : each->rooms()) judge_view(nodes, *each, room, view);
    }
  }
}

}  // namespace hubbub::chat::cluster
