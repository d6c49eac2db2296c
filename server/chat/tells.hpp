#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
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

/// Private messages on the side of the senders: the answers that wait for an outcome, and the ids that are
/// known; also the ids of those that come from other nodes to people here.
///
/// A sender who sends an id again within ten minutes (protocol::dedupe_age) is answered with the outcome of
/// the first message, and nothing is delivered twice; with another text the answer is that the id has been
/// used. Of all senders together protocol::dedupe_tells ids are remembered.
class Tells {
 public:
  /// The directory outlives it.
  explicit Tells(Directory& directory) : directory_(directory) {}

  /// Whether the sender has sent that id to that name already, and it is remembered.
  bool is_known(const protocol::Name& from, const protocol::Name& to, std::string_view id) const;
  /// Answers when the outcome is known.
  void send(Answer&& answer, const protocol::Name& to, protocol::Message message);
  /// One that was sent on another node, to somebody here. `deliver` does so, unless it has come already; the
  /// handler is called as that of Directory::tell(). `now`: of this node, whatever the message says.
  using Deliver = std::function<void(protocol::Message message, Directory::TellHandler handler)>;
  void arrive(protocol::Message message, protocol::Timestamp now, const Deliver& deliver,
              Directory::TellHandler handler);

 private:
  /// Hashes of sender, recipient and id of the message: two of 64 bits, under different keys. If two messages
  /// had the same Id, one of them would be lost.
  using Id = std::pair<std::size_t, std::size_t>;
  struct FirstOf {
    std::size_t operator()(const Id& id) const { return id.first; }
  };
  /// Of a message whose fate is open.
  struct Open {
    std::optional<Id> id;
    std::vector<Answer> answers;                     ///< more than one where it was sent again meanwhile
    std::vector<Directory::TellHandler> handlers{};  ///< the same, of those who are on other nodes
    std::optional<Told> doubt{};  ///< once it is in doubt: all have been answered with this
    enum class Fate { open, taken, refused } fate = Fate::open;
  };
  struct Known {
    protocol::Timestamp time;    ///< since when it is known
    protocol::Timestamp said;    ///< the message's own
    std::size_t text;            ///< its hash
    std::shared_ptr<Open> open;  ///< null: it was taken
  };

  std::optional<Id> id_of(const protocol::Name& from, const protocol::Name& to, std::string_view id) const;
  void repeat(Answer& answer, const Known& known, protocol::Message&& message) const;
  Told what_became_of(const Known& known, const protocol::Message& message) const;
  void pass_on(const std::shared_ptr<Open>& open, protocol::Timestamp now, protocol::Message message,
               const Deliver& deliver);
  void decide(Open& open, const Told& told);
  void expire(protocol::Timestamp now);

  Directory& directory_;
  journal::KeyedHash hash_;
  journal::KeyedHash other_hash_;
  std::unordered_map<Id, Known, FirstOf> known_;
  std::deque<std::pair<protocol::Timestamp, Id>> by_age_;
};

}  // namespace hubbub::chat
