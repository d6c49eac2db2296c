#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "test/durability/peer.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {

/// A client that sends unique texts, each with an id, several messages at a time. After reconnecting it sends
/// again, in order and with the same ids, the messages that had not come back or were refused.
class Writer : public Peer {
 public:
  /// `window`: most messages under way.
  Writer(std::string name, std::vector<std::string> rooms, std::size_t window, std::uint64_t seed);

  /// Adds `count` messages to send.
  void say_more(std::size_t count);
  bool is_done() const { return unsaid_ == 0 && under_way_.empty(); }
  std::size_t under_way() const { return under_way_.size(); }
  std::size_t acknowledged() const { return said_.size() - under_way_.size(); }
  /// Number of messages sent again.
  std::size_t said_again() const { return said_again_; }

  const std::vector<Said>& said() const { return said_; }
  const Sightings& seen() const { return seen_; }

 private:
  void on_connect() override;
  void on_event(const Event& event, std::string_view type) override;
  void say_what_fits();
  void say(const Said& message);
  void acknowledge(std::string_view id);
  Said next();

  std::vector<std::string> rooms_;
  std::size_t window_;
  test::Dice dice_;
  std::size_t unsaid_ = 0;
  std::vector<Said> said_;
  std::deque<std::size_t> under_way_;  ///< indices of `said_`
  std::size_t said_again_ = 0;
  Sightings seen_;
};

}  // namespace hubbub::durability
