#pragma once

#include <map>
#include <string>
#include <vector>

#include "test/durability/peer.hpp"

namespace hubbub::durability {

/// A client that sees every message, and reconnects with the number of the last message it saw; it pages for
/// messages that do not fit into the answer.
class Reader : public Peer {
 public:
  Reader(std::string name, const std::vector<std::string>& rooms);

  /// Whether there are pages left to read.
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
  /// By room, the messages after those being paged for; a room without paging has no entry.
  std::map<std::string, std::vector<Sighting>> ahead_;
};

}  // namespace hubbub::durability
