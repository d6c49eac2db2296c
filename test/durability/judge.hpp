#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Says whether a server kept what it promised, from what was said and seen alone: no sockets, no clock.
namespace hubbub::durability {

/// A message as somebody was shown it.
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
};

/// By room, in the order in which it was shown.
using Sightings = std::map<std::string, std::vector<Sighting>>;

/// Somebody who saw a room. Who is `unbroken` claims to have seen all that was said there between the first
/// and the last that it saw, in order and once: a reader that comes back with `since`. A writer, which
/// does not, has seen what it has seen.
struct Witness {
  std::string name{};
  bool unbroken = false;
  Sightings seen{};
};

/// What the judge goes by. `said` is by sender, in the order of saying; ids and texts differ from each other.
struct Evidence {
  std::map<std::string, std::vector<Said>> said{};
  std::vector<Witness> witnesses{};
  /// All that the server has kept, as different people read it when all was over: at least one.
  std::vector<Witness> read_back{};
};

enum class Fault {
  lost,          ///< acknowledged or seen, and not kept
  repeated,      ///< kept or shown more than once
  reordered,     ///< a sender's messages are not in the order of saying, or a seq does not rise
  changed,       ///< another text, sender, id or room than was said, or another seq than was seen
  invented,      ///< nobody said it
  seq_reused,    ///< one seq of a room has named two messages
  missed,        ///< an unbroken witness was not shown a message between two that it saw
  disagreement,  ///< two who read everything back differ
};

struct Verdict {
  Fault fault = Fault::lost;
  std::string text{};  ///< who, what and where, for a person
};

std::string_view name_of(Fault fault);
/// All that can be held against the server; empty when it kept its promises. What was said and never
/// acknowledged nor seen may be kept once or not at all.
std::vector<Verdict> judge(const Evidence& evidence);

}  // namespace hubbub::durability
