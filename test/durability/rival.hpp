#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "test/durability/peer.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {

/// A client that wants a name which others want, too, and speaks under it as long as it bears it. It says
/// nothing twice.
class Rival : public Peer {
 public:
  /// `name`: the one that all want; `own`: what tells this one from the others.
  Rival(const std::string& name, std::string own, std::vector<std::string> rooms, std::uint64_t seed);

  /// `label`: a part of the ids from now on.
  void talk(bool wanted, std::string label);
  void tick(Clock::time_point now) override;
  const std::vector<Said>& said() const { return said_; }
  /// What came back.
  const Sightings& seen() const { return seen_; }

 private:
  void on_connect() override;
  void on_event(const Event& event, std::string_view type) override;

  std::string own_;
  std::vector<std::string> rooms_;
  test::Dice dice_;
  bool talks_ = false;
  bool is_in_ = false;
  std::string label_;
  std::string tenure_;
  std::size_t tenures_ = 0;
  Clock::time_point next_{};
  std::vector<Said> said_;
  Sightings seen_;
};

}  // namespace hubbub::durability
