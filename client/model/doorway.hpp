#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"

namespace hubbub::client {

/// Gathers who comes into a room and who leaves it, to be shown in few lines. Somebody who leaves and is soon
/// back is not shown at all.
class Doorway {
 public:
  using TimePoint = protocol::Timestamp;

  /// Those who come or go within this time share a line.
  static constexpr std::chrono::milliseconds burst{500};
  /// A broken link usually comes back within this.
  static constexpr std::chrono::seconds grace{10};
  /// After the client's own link broke, or the server was started again, everybody else comes back too.
  static constexpr std::chrono::seconds long_grace{40};

  void arrive(const std::string& name, bool told, TimePoint now);
  /// A `reason` that is the server's, such as "disconnected" or "idle_timeout", gives grace.
  void depart(const protocol::event::Departure& departure, bool told, TimePoint now);
  /// These were there before the client's own link broke, and are not now.
  void miss(const std::vector<std::string>& names, TimePoint now);
  void rename(const std::string& old_name, const std::string& new_name);
  void clear() { waiting_.clear(); }

  /// When a line is due; nothing: none is pending.
  std::optional<TimePoint> next_due() const;
  /// The line that is due now. `speaker`: somebody who speaks now, and so must be shown to have come in.
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
