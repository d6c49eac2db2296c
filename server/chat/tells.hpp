#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "protocol/timestamp.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/directory.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::chat {

/// Private messages on the side of those who send them: who waits to be told what became of one, and which
/// ids are known.
///
/// A sender who sends an id again within the last ten minutes (protocol::dedupe_age) is answered with what
/// becomes of the first one, and nothing is delivered twice; with another text he is told that the id has
/// been used. Of all senders together protocol::dedupe_tells ids are remembered.
class Tells {
 public:
  /// The directory outlives it.
  explicit Tells(Directory& directory) : directory_(directory) {}

  /// The answer follows when it is known what has become of the message.
  void send(Answer&& answer, const protocol::Name& to, protocol::Message message);

 private:
  /// A hash of sender, recipient, and what the sender calls the message. Two of 64 bits, each under a key of
  /// its own: were two to meet, one of the messages would be lost.
  using Id = std::pair<std::size_t, std::size_t>;
  struct FirstOf {
    std::size_t operator()(const Id& id) const { return id.first; }
  };
  /// Of a message whose fate is open.
  struct Open {
    std::optional<Id> id;
    std::vector<Answer> answers;  ///< more than one where it was sent again meanwhile
    std::optional<Told> doubt{};  ///< once it is in doubt: all have been answered with this
    enum class Fate { open, taken, refused } fate = Fate::open;
  };
  struct Known {
    protocol::Timestamp time;
    std::size_t text;            ///< its hash
    std::shared_ptr<Open> open;  ///< null: it was taken
  };

  std::optional<Id> id_of(const Answer& answer, const protocol::Name& to,
                          const protocol::Message& message) const;
  void repeat(Answer& answer, const Known& known, protocol::Message&& message) const;
  void decide(Open& open, const Told& told);
  void expire(protocol::Timestamp now);

  Directory& directory_;
  journal::KeyedHash hash_;
  journal::KeyedHash other_hash_;
  std::unordered_map<Id, Known, FirstOf> known_;
  std::deque<std::pair<protocol::Timestamp, Id>> by_age_;
};

}  // namespace hubbub::chat
