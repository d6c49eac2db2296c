#include "test/chat/cluster/nodes.hpp"

#include <utility>

#include "server/chat/shared_directory.hpp"
#include "server/journal/shared/shared_journal.hpp"

namespace hubbub::chat::cluster {

namespace shared = journal::shared;

Nodes::Nodes(std::uint64_t seed) : dice_(seed) {
  for (const auto* const id : {"a", "b", "c"}) {
    auto& node = nodes_.emplace_back(std::make_unique<Node>());
    node->id = id;
    start(*node);
    quiet();
  }
}

void Nodes::go_on(Node& node, std::size_t what) {
  if (what < 15) {
    turn(node);
  } else if (what < 23) {
    node.log->read(1 + dice_.below(3));
  } else if (what < 31) {
    decide(node);
  } else if (what < 57) {
    round(node);
  } else if (what < 59) {
    if (engine_.has_late()) engine_.arrive(dice_.below(engine_.late()));
  } else if (what < 60) {
    if (dice_.one_in(2)) node.log->cut(true);
  } else if (what < 61) {
    if (dice_.one_in(3)) lose_lease(node);
  } else if (what < 62) {
    if (dice_.one_in(3)) stop(node, dice_.one_in(2));
  } else {
    pass(std::chrono::milliseconds(dice_.below(2000)));
  }
}

void Nodes::finish() {
  for (auto& node : nodes_) {
    if (!node->house) start(*node);
    node->log->cut(false);
  }
  while (engine_.has_late()) engine_.arrive(0);
  quiet();
  pass(std::chrono::seconds{2});
  quiet();
  listen();
}

void Nodes::start(Node& node) {
  journal::Settings settings{.engine = "sqlite", .sync = journal::Sync::off};
  settings.directory = node.directory.path().string();
  auto log = std::make_unique<shared::FakeLog>(engine_, nullptr);
  node.log = log.get();
  auto engine = std::make_unique<shared::SharedJournal>(
      settings, shared::ClusterSettings{.name = "test", .node = node.id},
      journal::Moment{.wall = clock_.now().wall, .steady = clock_.now().steady}, loop_, std::move(log));
  node.house = std::make_unique<House>(std::make_unique<Witness>(std::move(engine), node.id, record_),
                                       std::make_unique<SharedDirectory>());
  node.house->clock.pass(clock_.now().wall - HandClock().now().wall);
  node.house->settings.messages_per_second = 0;
  node.house->settings.queries_per_second = 0;
  auto& registry = node.house->accounts;
  const auto fault =
      node.house->journal->load_accounts([&](const auto& record) { registry.book().apply(record); });
  if (fault) throw Wrong(fault->text);
  node.house->directory->begin(node.house->hub);
  node.house->journal->on_service([this, &node] { node_changed_.insert(&node); });
}

void Nodes::stop(Node& node, bool gently) {
  if (gently) {
    bool is_done = false;
    node.house->journal->stop(clock_.now().wall, [&] { is_done = true; });
    for (int i = 0; i < 30 && !is_done; ++i) {
      node.log->answer();
      node.log->decide(shared::FakeLog::Fate::stored);
      node.log->read(1000);
      node.house->hub.end_turn();
      settle();
    }
  }
  node_changed_.erase(&node);
  node.people.clear();
  node.house.reset();
  node.log = nullptr;
  settle();
}

void Nodes::get_better(Node& node) {
  if (!node.house) {
    if (dice_.one_in(8)) start(node);
    return;
  }
  if (node.log->is_cut() && dice_.one_in(8)) node.log->cut(false);
  if (node.log->is_given_up() && dice_.one_in(4)) engine_.remove_node(node.id);
}

void Nodes::lose_lease(Node& node) {
  if (dice_.one_in(2)) node.log->give_up();
  engine_.remove_node(node.id);
}

void Nodes::pass(std::chrono::milliseconds time) {
  clock_.pass(time);
  for (auto& node : nodes_) {
    if (!node->house) continue;
    node->house->clock.pass(time);
    node->house->hub.tick();
  }
}

void Nodes::turn(Node& node) {
  node.house->hub.end_turn();
  if (node_changed_.erase(&node) == 0) return;
  if (node.house->journal->service() == journal::Service::lost) throw Wrong(node.id + " is lost");
  if (node.house->journal->service() == journal::Service::away)
    node.house->hub.close_all({protocol::Code::shutting_down, "go to another one"});
}

void Nodes::round(Node& node) {
  turn(node);
  node.log->answer();
  decide(node);
  node.log->read(dice_.below(8));
  settle();
  turn(node);
  settle();
  turn(node);
}

void Nodes::decide(Node& node) {
  using Fate = shared::FakeLog::Fate;
  if (!node.log->is_appending()) return;
  if (node.log->is_cut()) return node.log->decide(dice_.one_in(2) ? Fate::unsent : Fate::lost);
  switch (dice_.below(12)) {
    case 0:
      return node.log->decide(Fate::stored_unknown);
    case 1:
      return node.log->decide(Fate::lost);
    case 2:
      return node.log->decide(Fate::late);
    case 3:
      return node.log->decide(dice_.one_in(4) ? Fate::refused : Fate::unsent);
    default:
      return node.log->decide(Fate::stored);
  }
}

void Nodes::quiet() {
  for (int i = 0; i < 40; ++i) {
    pass(std::chrono::milliseconds{50});
    for (auto& node : nodes_) {
      if (!node->house) continue;
      if (node->log->is_given_up()) engine_.remove_node(node->id);
      node->log->answer();
      node->log->decide(shared::FakeLog::Fate::stored);
      node->log->read(1000);
      turn(*node);
      settle();
    }
  }
}

void Nodes::settle() {
  loop_.restart();
  loop_.run();
}

void Nodes::listen() {
  for (auto& node : nodes_) {
    for (auto& each : node->people) each->listen();
    std::erase_if(node->people, [](const auto& each) { return each->is_gone(); });
  }
}

std::vector<protocol::MessagePtr> Nodes::messages(Node& node, const std::string& room) {
  std::vector<protocol::MessagePtr> all;
  node.house->journal->read({.room = room, .limit = 100'000},
                            [&](const auto& page) { all = page.value().messages; });
  settle();
  return all;
}

}  // namespace hubbub::chat::cluster
