#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "test/durability/peer.hpp"

namespace hubbub::durability {

/// A client that sees every message, and reconnects with the number of the last message it saw; it pages for
/// messages that do not fit into the answer.
class Reader : public Peer {
 public:
  Reader(std::string name, const std::vector<std::string>& rooms, Greeting greeting = Greeting::at_once);

  /// Whether there are pages left to read.
  bool is_behind() const;
  /// Whether it is in all its rooms.
  bool is_in() const { return outside_.empty(); }
  const Sightings& seen() const { return seen_; }
  /// By room, the topics that it was told, without those that it knew.
  const std::map<std::string, std::vector<std::string>>& topics() const { return topics_; }
  /// Of the journals that it was told to be in.
  const std::set<std::string>& epochs() const { return epochs_; }
  /// Asks again to be let into rooms.
  void tick(Clock::time_point now) override;

 protected:
  void on_connect() override;
  void on_event(const Event& event, std::string_view type) override;
  /// Called for each message, as it comes, and before it is among those that were seen.
  virtual void on_seen(const Sighting& /*message*/) {}
  /// Whether the message is the answer to a request of one's own, and nothing new; `newest`: the number of
  /// the newest one in that room.
  virtual bool is_answer_alone(const std::string& /*room*/, const Sighting& /*message*/,
                               std::uint64_t /*newest*/) {
    return false;
  }

 private:
  void join(const std::string& room);
  void on_joined(const Event& event);
  void on_history(const Event& event);
  void on_message(const Event& event);
  std::uint64_t last(const std::string& room) const;
  void page(const std::string& room);
  void note_topic(const std::string& room, std::string_view topic);

  Sightings seen_;
  std::map<std::string, std::vector<std::string>> topics_;
  std::set<std::string> epochs_;
  std::set<std::string> outside_;  ///< of its rooms, those that it has not joined yet
  std::set<std::string> refused_;  ///< of those, the ones that could not be joined
  Clock::time_point asks_again_{};
  /// By room, the messages after those being paged for; a room without paging has no entry.
  std::map<std::string, std::vector<Sighting>> ahead_;
};

}  // namespace hubbub::durability
