#include "test/chat/cluster/people.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "protocol/look_alike.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/logins.hpp"
#include "test/chat/cluster/judge.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat::cluster {
namespace {

constexpr std::size_t account_count = 3;
constexpr std::size_t devices = 4;

journal::account::OwnedName owned(const std::string& shown) {
  const auto name = protocol::parse_name(shown).value();
  return {.shown = name.shown, .key = name.key, .look = protocol::skeleton(name)};
}

request::Say say_of(const std::string& room, const std::string& text) {
  return {.room = room, .text = text, .id = {}, .action = false};
}

}  // namespace

People::People(Nodes& nodes) : nodes_(nodes) {
  begin_accounts();
  nodes_.quiet();
}

/// Of the first names some are accounts'.
void People::begin_accounts() {
  auto& logins = nodes_.all().front()->house->hub.logins();
  for (std::size_t i = 0; i < account_count; ++i) {
    account_numbers_.push_back(0);
    for (std::size_t k = 0; k < devices; ++k)
      tokens_.push_back(std::string(hubbub::accounts::new_token().text()));
    const auto token = [this, i](std::size_t k) {
      return journal::account::Token{.hash = *hubbub::accounts::hash_token(tokens_[i * devices + k]),
                                     .label = "device"};
    };
    logins.append(journal::account::Begun{.name = owned("n" + std::to_string(i)), .device = token(0)},
                  [this, i, token, &logins](const auto& stored) {
                    if (!stored) throw Wrong("an account is not stored");
                    account_numbers_[i] = stored->number;
                    for (std::size_t k = 1; k < devices; ++k)
                      logins.append(
                          journal::account::DeviceAdded{.account = stored->number, .token = token(k)},
                          [](const auto& /*stored*/) {});
                  });
  }
}

void People::play(int steps) {
  for (int step = 0; step < steps; ++step) {
    INFO("step " << step);
    auto& node = *nodes_.all()[nodes_.dice().below(nodes_.all().size())];
    nodes_.get_better(node);
    if (!node.house) continue;
    constexpr std::size_t done = 35;
    const auto what = nodes_.dice().below(100);
    if (what < done) {
      somebody_does_something(node);
    } else {
      nodes_.go_on(node, what - done);
    }
    nodes_.settle();
    nodes_.listen();
  }
}

// --- coming in

/// Everybody from somewhere else.
Somebody& People::come(Node& node) {
  const auto host = "192.0.2." + std::to_string(++came_ % 250);
  return *node.people.emplace_back(
      std::make_unique<Somebody>(node.house->hub, node.house->format, host, nodes_.past()));
}

void People::come_in(Somebody& somebody) {
  request::Hello hello{.name = some_name(), .password = {}, .token = {}, .client = {}};
  auto& gone = nodes_.past().gone;
  if (!gone.empty() && nodes_.dice().below(3) > 0) {
    std::swap(gone[nodes_.dice().below(gone.size())], gone.back());
    auto memory = std::move(gone.back());
    gone.pop_back();
    const auto number = std::find(account_numbers_.begin(), account_numbers_.end(), memory.account);
    const auto account = static_cast<std::size_t>(number - account_numbers_.begin());
    hello.name = memory.name;
    if (memory.account != 0) hello.token = tokens_[account * devices + nodes_.dice().below(devices)];
    const auto of = memory.account;
    somebody.remember(std::move(memory));
    return somebody.ask_as(of, std::move(hello));
  }
  if (nodes_.dice().below(3) > 0) return somebody.ask_as(0, std::move(hello));
  const auto which = nodes_.dice().below(tokens_.size());
  if (nodes_.dice().below(3) > 0) hello.name.reset();
  hello.token = tokens_[which];
  somebody.ask_as(account_numbers_[which / devices], std::move(hello));
}

void People::log_in_or_out(Somebody& somebody) {
  if (nodes_.dice().one_in(4) && somebody.account() != 0) return somebody.ask(request::Logout{});
  if (somebody.account() != 0 || somebody.is_busy()) return;
  const auto which = nodes_.dice().below(tokens_.size());
  somebody.ask_as(account_numbers_[which / devices],
                  request::Login{.account = {}, .password = {}, .token = tokens_[which], .device = {}});
}

Somebody& People::come_to_tea(Node& node, const std::string& token) {
  auto& somebody = come(node);
  request::Hello hello{.name = {}, .password = {}, .token = token, .client = {}};
  if (token.empty()) hello = {.name = "speaker", .password = {}, .token = {}, .client = {}};
  somebody.ask_as(token.empty() ? 0 : account_numbers_.front(), std::move(hello));
  nodes_.quiet();
  somebody.join("tea");
  nodes_.quiet();
  return somebody;
}

// --- what they do

void People::somebody_does_something(Node& node) {
  auto& dice = nodes_.dice();
  if (node.people.size() < 4 && dice.one_in(node.people.empty() ? 1 : 6)) {
    if (node.house->journal->service() != journal::Service::away) come_in(come(node));
    return;
  }
  if (node.people.empty()) return;
  const auto which = dice.below(node.people.size());
  auto& somebody = *node.people[which];
  if (dice.one_in(30)) {
    node.people.erase(node.people.begin() + static_cast<std::ptrdiff_t>(which));
    return;
  }
  if (somebody.is_welcome()) return somebody_asks(somebody);
  if (!somebody.is_busy()) come_in(somebody);
}

std::string People::some_room(const Somebody& somebody) {
  auto& dice = nodes_.dice();
  const auto& his = somebody.rooms();
  if (his.empty() || dice.one_in(5)) return rooms[dice.below(rooms.size())];
  return std::next(his.begin(), static_cast<std::ptrdiff_t>(dice.below(his.size())))->first;
}

std::string People::some_name_in(const Somebody& somebody, const std::string& room) {
  auto& dice = nodes_.dice();
  const auto found = somebody.rooms().find(room);
  if (found == somebody.rooms().end() || dice.one_in(4)) return some_name();
  const auto& names = found->second.members;
  return *std::next(names.begin(), static_cast<std::ptrdiff_t>(dice.below(names.size())));
}

void People::somebody_asks(Somebody& somebody) {
  auto& dice = nodes_.dice();
  const auto room = some_room(somebody);
  if (!somebody.rooms().contains(room) && !dice.one_in(5)) return somebody.join(room);
  switch (dice.below(13)) {
    case 0:
      return somebody.join(rooms[dice.below(rooms.size())]);
    case 1:
      if (dice.one_in(2)) somebody.ask(request::Leave{.room = room});
      return;
    case 2:
      return somebody.ask(request::Rename{.name = some_name()});
    case 3:
      if (dice.one_in(3)) somebody.ask(request::Tell{.to = some_name(), .text = "psst", .id = {}});
      return;
    case 4:
      return log_in_or_out(somebody);
    case 5:
      if (dice.one_in(2)) somebody.ask(request::Topic{.room = room, .text = text('t')});
      return;
    case 6:
    case 7:
      return somebody_rules(somebody, room);
    case 8:
    case 9:
      return somebody_changes(somebody, room);
    default:
      ++said_;
      return somebody.ask(say_of(room, text('s')));
  }
}

/// Mostly what he has said himself.
void People::somebody_changes(Somebody& somebody, const std::string& room) {
  auto& dice = nodes_.dice();
  const auto& own = somebody.own_in(room);
  const auto view = somebody.rooms().find(room);
  const bool is_own = !own.empty() && !dice.one_in(8);
  if (view == somebody.rooms().end() || (own.empty() && view->second.numbers.empty())) return;
  const auto& seqs = is_own || view->second.numbers.empty() ? own : view->second.numbers;
  const auto seq = seqs[dice.below(seqs.size())];
  if (dice.one_in(3))
    return somebody.ask(request::Delete{.room = room, .with = {}, .seq = seq, .reason = {}});
  somebody.ask(request::Edit{.room = room, .with = {}, .seq = seq, .text = text('e')});
}

/// As he likes: not everybody may.
void People::somebody_rules(Somebody& somebody, const std::string& room) {
  auto& dice = nodes_.dice();
  if (dice.one_in(3)) return somebody.ask(request::Close{.room = room, .reason = {}});
  switch (dice.below(5)) {
    case 0:
      return somebody.ask(request::Kick{.room = room, .name = some_name_in(somebody, room), .reason = {}});
    case 1: {
      static const std::vector<std::string> roles{"none", "voice", "moderator", "owner"};
      const auto whom = dice.one_in(2) ? somebody.name() : some_name_in(somebody, room);
      return somebody.ask(request::Role{.room = room, .name = whom, .role = roles[dice.below(roles.size())]});
    }
    case 2:
      if (!somebody.bans().empty())
        somebody.ask(request::Unban{.id = somebody.bans()[dice.below(somebody.bans().size())]});
      return;
    default: {
      static const std::vector<std::string> actions{"ban", "ban", "mute", "mute", "except"};
      request::Ban ban{
          .room = room, .of = some_name_in(somebody, room), .action = actions[dice.below(5)], .for_ms = {}};
      if (dice.one_in(2)) ban.of = "name:" + ban.of;
      if (!dice.one_in(4)) ban.for_ms = 500 + dice.below(8000);
      return somebody.ask(std::move(ban));
    }
  }
}

// --- those who are left

void People::all_do(const std::function<void(Somebody&)>& ask) {
  for (auto& node : nodes_.all()) {
    for (auto& each : node->people) {
      if (!each->is_welcome()) continue;
      static_cast<void>(each->failed());
      ask(*each);
      nodes_.quiet();
      nodes_.listen();
      if (const auto why = each->failed(); !why.empty()) throw Wrong(each->name() + " is left, and: " + why);
    }
  }
}

void People::try_everybody() {
  all_do([](Somebody& each) { each.join("end"); });
  std::size_t spoken = 0;
  all_do([&](Somebody& each) {
    ++spoken;
    each.ask(say_of("end", "here"));
  });
  for (auto& node : nodes_.all()) {
    for (auto& each : node->people) {
      if (!each->is_welcome()) continue;
      const auto room = each->rooms().find("end");
      if (room == each->rooms().end() || room->second.numbers.size() != spoken)
        throw Wrong(each->name() + " has not heard all in the end");
      if (room->second.members != members(*node, "end"))
        throw Wrong(each->name() + " does not know who is left");
    }
  }
}

People::Told People::forbidden_while_speaking(const request::Any& forbid,
                                              const std::vector<request::Any>& before) {
  auto& there = *nodes_.all()[0];
  auto& here = *nodes_.all()[1];
  auto& judge = come_to_tea(here, tokens_.front());
  auto& speaker = come_to_tea(there, {});
  for (const auto& each : before) {
    judge.ask(each);
    nodes_.quiet();
    nodes_.listen();
    if (const auto why = judge.failed(); !why.empty()) throw Wrong(why);
  }
  judge.ask(forbid);
  speaker.ask(say_of("tea", "late"));
  for (auto* node : {&here, &there}) {
    nodes_.turn(*node);
    node->log->decide(journal::shared::FakeLog::Fate::stored);
  }
  nodes_.quiet();
  nodes_.listen();
  if (judge.is_busy() || speaker.is_busy()) throw Wrong("somebody is not answered");
  return {std::string(to_string(speaker.peer().last<event::Failure>().error.code)),
          nodes_.record().said_behind("tea", 0).size()};
}

std::pair<bool, bool> People::takes_a_banned_name() {
  auto& judge = come_to_tea(*nodes_.all()[2], {});
  auto& here = come_to_tea(*nodes_.all()[0], tokens_[0]);
  auto& there = come(*nodes_.all()[1]);
  there.ask_as(account_numbers_.front(),
               request::Hello{.name = {}, .password = {}, .token = tokens_[1], .client = {}});
  judge.ask(request::Ban{.room = "tea", .of = "name:late", .action = {}, .for_ms = {}, .reason = {}});
  nodes_.quiet();
  nodes_.listen();
  const bool was_in = here.rooms().contains("tea");
  there.ask(request::Rename{.name = "late"});
  nodes_.quiet();
  nodes_.listen();
  return {was_in && judge.failed().empty(), here.rooms().contains("tea")};
}

std::pair<Names, std::string> People::comes_into_a_closed_room(bool was_there) {
  auto& here = *nodes_.all()[0];
  auto& there = *nodes_.all()[1];
  auto& owner = come_to_tea(there, tokens_.front());
  come_to_tea(*nodes_.all()[2], tokens_[devices]);
  auto& guest = come(here);
  guest.ask_as(0, request::Hello{.name = "speaker", .password = {}, .token = {}, .client = {}});
  nodes_.quiet();
  if (was_there) guest.join("tea");
  nodes_.quiet();
  nodes_.listen();
  owner.ask(request::Close{.room = "tea", .reason = {}});
  if (was_there) guest.ask(request::Leave{.room = "tea"});
  guest.join("tea");
  for (auto* node : {&there, &here}) {
    nodes_.turn(*node);
    node->log->decide(journal::shared::FakeLog::Fate::stored);
  }
  nodes_.quiet();
  nodes_.listen();
  if (!owner.failed().empty() || !guest.rooms().contains("tea")) return {};
  const auto expected = members(here, "tea");
  for (const auto& node : nodes_.all())
    if (members(*node, "tea") != expected) throw Wrong(node->id + " has others in the room");
  return {expected, guest.peer().last<event::Joined>().role};
}

Names People::begin_a_closed_room_at_once() {
  auto& owner = come_to_tea(*nodes_.all()[2], tokens_.front());
  owner.ask(request::Close{.room = "tea", .reason = {}});
  std::vector<Somebody*> guests;
  for (std::size_t i = 0; i < 2; ++i) {
    guests.push_back(&come(*nodes_.all()[i]));
    const auto name = "guest" + std::to_string(i);
    guests.back()->ask_as(0, request::Hello{.name = name, .password = {}, .token = {}, .client = {}});
  }
  nodes_.quiet();
  nodes_.listen();
  for (auto* guest : guests) guest->join("tea");
  // Both are in, and then each begins it before it has read of the other.
  for (int step = 0; step < 2; ++step) {
    for (std::size_t i = 0; i < 2; ++i) {
      nodes_.settle();
      nodes_.turn(*nodes_.all()[i]);
      nodes_.all()[i]->log->decide(journal::shared::FakeLog::Fate::stored);
    }
    for (std::size_t i = 0; i < 2; ++i) {
      nodes_.all()[i]->log->read(step == 0 ? 1 : 100);
      nodes_.settle();
      nodes_.turn(*nodes_.all()[i]);
    }
  }
  nodes_.quiet();
  nodes_.listen();
  Names all;
  for (auto* guest : guests) {
    if (const auto why = guest->failed(); !why.empty()) throw Wrong(why);
    if (!guest->rooms().contains("tea")) throw Wrong(guest->name() + " is not in the room");
    const auto role = guest->peer().last<event::Joined>().role;
    all.insert(guest->name() + (role.empty() ? "" : "=" + role));
  }
  for (const auto& node : nodes_.all())
    if (members(*node, "tea").size() != guests.size()) throw Wrong(node->id + " has others in the room");
  return all;
}

Names People::stops_while_somebody_speaks() {
  auto& here = *nodes_.all()[0];
  auto& there = *nodes_.all()[1];
  auto& judge = come_to_tea(there, tokens_.front());
  auto& speaker = come_to_tea(here, {});
  judge.ask(request::Ban{.room = "tea", .of = "name:other", .action = {}, .for_ms = {}, .reason = {}});
  speaker.ask(say_of("tea", "one"));
  for (auto* node : {&there, &here}) {
    nodes_.turn(*node);
    node->log->decide(journal::shared::FakeLog::Fate::stored);
  }
  here.log->read(1);
  for (int i = 0; i < 2; ++i) {
    nodes_.settle();
    nodes_.turn(here);
  }
  speaker.ask(say_of("tea", "two"));
  nodes_.stop(here, true);
  nodes_.quiet();
  return members(there, "tea");
}

}  // namespace hubbub::chat::cluster
