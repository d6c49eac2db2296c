#pragma once

#include <map>
#include <string>
#include <vector>

#include "test/durability/peer.hpp"

namespace hubbub::durability {

/// Sees everything that is said, and comes back with the number of the last message it saw; what does not
/// fit into the answer it pages for.
class Reader : public Peer {
 public:
  Reader(std::string name, const std::vector<std::string>& rooms);

  /// Whether there is something left to page for.
  bool is_behind() const;
  const Sightings& seen() const { return seen_; }

 private:
  void on_connect() override;
  void on_event(const Event& event, std::string_view type) override;
  void on_joined(const Event& event);
  void on_history(const Event& event);
  void on_message(const Event& event);
  std::uint64_t last(const std::string& room) const;
  void page(const std::string& room);

  Sightings seen_;
  /// By room, what comes after the messages that are being paged for; empty when nothing is.
  std::map<std::string, std::vector<Sighting>> ahead_;
};

}  // namespace hubbub::durability
