#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Judges whether a server kept its promises, by the messages sent and seen alone: no sockets, no clock.
namespace hubbub::durability {

/// A message as a client received it.
struct Sighting {
  std::uint64_t seq = 0;
  std::string sender{};
  std::string id{};
  std::string text{};

  bool operator==(const Sighting&) const = default;
};

/// A message that was sent, however often it was sent again under its `id`.
struct Said {
  std::string room{};
  std::string id{};
  std::string text{};
  bool acknowledged = false;  ///< it came back to its sender
  bool refused = false;       ///< as often as it was sent: it must not be kept
  /// It was refused, and may have been stored before it was sent again: it has no place in the order.
  bool unordered = false;
  /// Who bore the sender's name, and for which time, where several clients want it; empty: only one does.
  std::string tenure{};
};

/// By room, in the order of arrival.
using Sightings = std::map<std::string, std::vector<Sighting>>;

/// A client that saw rooms. An `unbroken` witness, a reader that comes back with `since`, must have seen
/// every message between the first and the last one that it saw, in order and once. A writer does not come
/// back with `since`, and may have gaps.
struct Witness {
  std::string name{};
  bool unbroken = false;
  Sightings seen{};
};

/// The evidence. `said` is by sender, in the order of sending, and of sending again where a message was
/// refused; all ids differ, and so do all texts.
struct Evidence {
  std::map<std::string, std::vector<Said>> said{};
  std::vector<Witness> witnesses{};
  /// All messages that the server has kept, as read at the end by one or more new clients.
  std::vector<Witness> read_back{};
};

enum class Fault {
  lost,          ///< acknowledged or seen, and not kept
  repeated,      ///< kept or shown more than once
  reordered,     ///< a sender's messages are not in the order of sending, or a seq does not rise
  changed,       ///< another text, sender, id or room than was sent, or another seq than was seen
  invented,      ///< no client sent it
  seq_reused,    ///< one seq of a room has named two messages
  missed,        ///< an unbroken witness lacks a message between two that it saw
  disagreement,  ///< two clients that read everything back differ
  refused_kept,  ///< refused whenever it was sent, and seen or kept
  name_shared,   ///< two clients spoke under one name, by turns
};

struct Verdict {
  Fault fault = Fault::lost;
  std::string text{};  ///< who, what and where, for a person
};

std::string_view name_of(Fault fault);
/// All broken promises; empty when the server kept them. A message that was neither acknowledged nor seen may
/// be kept once or not at all.
std::vector<Verdict> judge(const Evidence& evidence);

}  // namespace hubbub::durability
