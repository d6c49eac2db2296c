#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"

namespace hubbub::client {

/// Collects joins and departures of a room, to show them in few lines. A person who leaves and soon comes
/// back is not shown.
class Doorway {
 public:
  using TimePoint = protocol::Timestamp;

  /// Joins and departures within this time share a line.
  static constexpr std::chrono::milliseconds burst{500};
  /// Time within which a client with a broken link usually reconnects.
  static constexpr std::chrono::seconds grace{10};
  /// Replaces `grace` after the client's own link broke or the server restarted, when all clients reconnect.
  static constexpr std::chrono::seconds long_grace{40};

  void arrive(const std::string& name, bool told, TimePoint now);
  /// A `reason` given by the server, such as "disconnected" or "idle_timeout", delays the line by `grace`.
  void depart(const protocol::event::Departure& departure, bool told, TimePoint now);
  /// Takes the names that were in the room before the client's own link broke, and are gone.
  void miss(const std::vector<std::string>& names, TimePoint now);
  void rename(const std::string& old_name, const std::string& new_name);
  void clear() { waiting_.clear(); }

  /// When the next line is due; nothing: none is pending.
  std::optional<TimePoint> next_due() const;
  /// The line that is due now. `speaker` speaks now, so that a pending join of that person must be shown
  /// first.
  std::optional<Moves> take(const std::string& room, TimePoint now, std::string_view speaker = {});

 private:
  struct Waiting {
    std::string name;
    std::string reason;
    bool joined = false;
    TimePoint due;
  };
  bool cancel(std::string_view name, bool joined);

  std::vector<Waiting> waiting_;
};

}  // namespace hubbub::client
