#include "test/chat/cluster/judge.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "protocol/name.hpp"
#include "server/chat/room.hpp"
#include "test/chat/cluster/people.hpp"

namespace hubbub::chat::cluster {

Names members(Node& node, const std::string& room) {
  const auto found = node.house->hub.rooms().find(room);
  if (!found) return {};
  const auto page = found->names({}, 100, nullptr);
  return {page.names.begin(), page.names.end()};
}

namespace {

std::string listed(const Names& names) {
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
    throw Wrong(who + " does not know the topics of " + room);
  for (std::size_t i = 0; i < view.topics.size(); ++i) {
    const auto place = topics[topics.size() - view.topics.size() + i].first;
    const auto next = std::upper_bound(view.numbers.begin(), view.numbers.end(), view.topics[i].behind);
    if (view.topics[i].behind > place || (next != view.numbers.end() && *next < place))
      throw Wrong(who + " is told a topic of " + room + " in another place");
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

}  // namespace

void judge(Nodes& nodes) {
  for (const auto& room : rooms) judge_room(nodes, room);
  judge_people(nodes);
  for (const auto& node : nodes.all()) {
    for (const auto& each : node->people) {
      if (!each->is_welcome()) continue;
      for (const auto& [room, view] : each->rooms()) judge_view(nodes, *each, room, view);
    }
  }
}

}  // namespace hubbub::chat::cluster
