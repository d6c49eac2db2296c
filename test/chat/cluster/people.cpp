#include "test/chat/cluster/people.hpp"

#include <memory>

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

request::Join join_of(const std::string& room) {
  return {.room = room, .since = {}, .replay = {}, .key = {}};
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

void People::come(Node& node) {
  if (node.house->journal->service() == journal::Service::away) return;
  come_in(*node.people.emplace_back(std::make_unique<Somebody>(node.house->hub, node.house->format)));
}

void People::come_in(Somebody& somebody) {
  request::Hello hello{.name = some_name(), .password = {}, .token = {}, .client = {}};
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
  auto& somebody = *node.people.emplace_back(std::make_unique<Somebody>(node.house->hub, node.house->format));
  request::Hello hello{.name = {}, .password = {}, .token = token, .client = {}};
  if (token.empty()) hello = {.name = "speaker", .password = {}, .token = {}, .client = {}};
  somebody.ask_as(token.empty() ? 0 : account_numbers_.front(), std::move(hello));
  nodes_.quiet();
  somebody.ask(join_of("tea"));
  nodes_.quiet();
  return somebody;
}

// --- what they do

void People::somebody_does_something(Node& node) {
  auto& dice = nodes_.dice();
  if (node.people.size() < 4 && dice.one_in(4)) return come(node);
  if (node.people.empty()) return;
  const auto which = dice.below(node.people.size());
  auto& somebody = *node.people[which];
  if (dice.one_in(20)) {
    node.people.erase(node.people.begin() + static_cast<std::ptrdiff_t>(which));
    return;
  }
  if (somebody.is_welcome()) return somebody_asks(somebody);
  if (!somebody.is_busy()) come_in(somebody);
}

void People::somebody_asks(Somebody& somebody) {
  auto& dice = nodes_.dice();
  const auto room = some_room();
  switch (dice.below(10)) {
    case 0:
    case 1:
      if (!somebody.rooms().contains(room)) somebody.ask(join_of(room));
      return;
    case 2:
      if (dice.one_in(2)) somebody.ask(request::Leave{.room = room});
      return;
    case 3:
      return somebody.ask(request::Rename{.name = some_name()});
    case 4:
      if (dice.one_in(3)) somebody.ask(request::Tell{.to = some_name(), .text = "psst", .id = {}});
      return;
    case 5:
      return log_in_or_out(somebody);
    case 6:
      if (dice.one_in(2)) somebody.ask(request::Topic{.room = room, .text = text('t')});
      return;
    default:
      ++said_;
      return somebody.ask(say_of(room, text('s')));
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
  all_do([](Somebody& each) { each.ask(join_of("end")); });
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

}  // namespace hubbub::chat::cluster
