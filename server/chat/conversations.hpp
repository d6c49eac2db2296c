#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/feed.hpp"
#include "server/journal/conversation.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Hub;
class Session;

/// The private messages of two accounts, or of one with itself. It has no members: what is said in it is
/// delivered to every session of both, wherever they are.
class Conversation final : public Feed {
 public:
  Conversation(const journal::Parties& parties, std::uint64_t delivered)
      : key_(journal::conversation_key(parties)), delivered_(delivered) {}

  const std::string& key() const override { return key_; }
  std::uint64_t delivered() const override { return delivered_; }
  std::uint64_t last() const override { return delivered_; }
  bool is_private() const override { return true; }
  std::optional<protocol::Event> state(const Participant& /*to*/, bool /*complete*/) override {
    return std::nullopt;
  }
  std::vector<protocol::event::Changed> changes(const std::vector<protocol::MessagePtr>& messages,
                                                std::uint64_t account) const override;
  void set_delivered(std::uint64_t seq) { delivered_ = seq; }

 private:
  std::string key_;
  std::uint64_t delivered_;
};

/// Which conversations there are, and the delivery of what is said in them. The messages themselves are in
/// the journal, which keeps a conversation as it keeps a room.
class Conversations {
 public:
  /// The hub outlives it. Called before anything is appended: the journal tells what there is.
  explicit Conversations(Hub& hub);

  /// The account that a private message to that name is for; 0: it is a guest's, or nobody's.
  std::uint64_t account_of(const protocol::Name& name) const;
  /// The conversation of the session's account with that name, or the one that it has had with an erased
  /// account, which has its key (journal::author_key) instead of a name. Nothing: no account is called that.
  std::optional<journal::Parties> parties(const Session& session, const std::string& name) const;
  /// What the account is called with which the session's one has that conversation.
  std::string other_name(const Session& session, const journal::Parties& parties) const;
  std::string other_name(std::uint64_t account, const journal::Parties& parties) const;
  std::shared_ptr<Conversation> of(const journal::Parties& parties);

  /// Appends the message, which is delivered to both sides when the journal has it.
  void send(Answer&& answer, const journal::Parties& parties, protocol::Message message);
  /// Delivers what the journal has handed back; `sender` answers nobody where it was said on another node.
  /// Returns how many sessions it went to.
  std::size_t deliver(const journal::Committed& committed, const Answer& sender);
  /// The same of a change, but to `setter`, who is answered.
  void deliver_change(const journal::Committed& committed, const Session* setter);

  /// Tells the account's sessions up to where it has read there (`place`: the key of a room or of a
  /// conversation; `room`: as shown), but `except`.
  void tell_read(std::uint64_t account, const std::string& place, const std::string& room,
                 const Session* except = nullptr) const;

  struct Known {
    std::uint64_t other = 0;  ///< the account that it is with
    std::string key;
    std::uint64_t last = 0;  ///< the newest seq that was delivered
  };
  /// Those of the account, the one with the newest message first.
  std::vector<Known> list(std::uint64_t account) const;
  /// Once a second: forgets what is not in use.
  void tick();

 private:
  std::uint64_t last_of(const std::string& key) const;
  void know(const journal::Parties& parties);

  Hub& hub_;
  std::unordered_map<std::string, std::shared_ptr<Conversation>> in_use_;  ///< by key
  /// By account: with whom it has conversations.
  std::unordered_map<std::uint64_t, std::unordered_set<std::uint64_t>> with_;
};

}  // namespace hubbub::chat
