#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "test/chat/cluster/record.hpp"
#include "test/chat/cluster/somebody.hpp"
#include "test/chat/house.hpp"
#include "test/journal/shared/fake_log.hpp"
#include "test/support/dice.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::chat::cluster {

struct Node {
  std::string id;
  test::TemporaryDirectory directory;
  std::unique_ptr<House> house;  ///< null: it is not running
  journal::shared::FakeLog* log = nullptr;
  std::vector<std::unique_ptr<Somebody>> people;
};

/// The nodes of one log, and what goes wrong between them.
class Nodes {
 public:
  explicit Nodes(std::uint64_t seed);

  test::Dice& dice() { return dice_; }
  std::vector<std::unique_ptr<Node>>& all() { return nodes_; }
  const Record& record() const { return record_; }
  Past& past() { return past_; }

  /// Something of the nodes and their log comes to pass, by chance.
  void go_on(Node& node, std::size_t what);
  /// What was broken may work again.
  void get_better(Node& node);
  /// `gently`: it tells the others, and ends what it can; else it is just gone.
  void stop(Node& node, bool gently);
  /// Everything works, and nothing is under way any more.
  void finish();
  void quiet();
  void settle();
  void listen();
  /// The end of a turn, and what the daemon does then.
  void turn(Node& node);
  void pass(std::chrono::milliseconds time);
  /// All that the node's journal has of what was said in the room.
  std::vector<protocol::MessagePtr> messages(Node& node, const std::string& room);

 private:
  void start(Node& node);
  void lose_lease(Node& node);
  void round(Node& node);
  void decide(Node& node);

  test::Dice dice_;
  HandClock clock_;
  Record record_;
  Past past_;
  journal::shared::FakeEngine engine_;
  boost::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::set<Node*> node_changed_;
};

}  // namespace hubbub::chat::cluster
