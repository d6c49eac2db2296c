#pragma once

#include <cstddef>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "test/durability/peer.hpp"

namespace hubbub::durability {

/// Says what differs from all that was ever said, under ids, several messages at a time; and says again,
/// in order and under the same ids, what had not come back when the connection broke, or was refused before.
class Writer : public Peer {
 public:
  /// `window`: how many messages may be on their way.
  Writer(std::string name, std::vector<std::string> rooms, std::size_t window, std::uint64_t seed);

  /// `count` messages more than up to now.
  void say_more(std::size_t count);
  bool is_done() const { return unsaid_ == 0 && under_way_.empty(); }
  std::size_t under_way() const { return under_way_.size(); }
  std::size_t acknowledged() const { return said_.size() - under_way_.size(); }
  /// How many had to be said again.
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
  std::mt19937_64 random_;
  std::size_t unsaid_ = 0;
  std::vector<Said> said_;
  std::deque<std::size_t> under_way_;  ///< indices of `said_`
  std::size_t said_again_ = 0;
  Sightings seen_;
};

}  // namespace hubbub::durability
