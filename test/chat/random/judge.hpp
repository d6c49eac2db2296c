#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/request.hpp"
#include "test/chat/random/engine.hpp"

namespace hubbub::chat::random {

/// A client received something that breaks the protocol's promises.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The members of a room as a client was told: names as shown, by key.
using RosterSeen = std::map<std::string, std::string>;

/// Checks one client's lines, in the order in which it reads them, against the guarantees of the protocol:
/// every request is answered once and in order, every room's messages come in order without gap or repeat,
/// nothing is claimed that was not delivered, nothing follows the `bye`.
class Judge {
 public:
  Judge(std::string name, Engine& engine) : name_(std::move(name)), engine_(engine) {}

  /// The session has taken this request.
  void asked(const protocol::Request& request);
  /// The session has refused the last request for now.
  void not_asked() { asked_.pop_back(); }
  void heard(const protocol::Event& event);

  /// The session is of that account (0: of none) since the message with that number, or one shortly before.
  void is_of(std::uint64_t account, std::uint64_t since);
  std::uint64_t account() const { return account_; }
  /// The markers that it was told of: by room, or by '@' and a name.
  const std::map<std::string, std::uint64_t>& markers() const { return markers_; }
  /// No answer is due any more, though the connection is open.
  void at_rest() const;
  /// Checks that the client was told the members of the room: exactly these names, or only their number.
  void knows(const std::string& room, const RosterSeen& members, bool by_name) const;
  void knows_topic(const std::string& room, const std::string& topic) const;

  bool is_in(const std::string& room) const { return places_.contains(room); }
  /// Checks that the private messages confirmed to this client have reached the other client, once and in
  /// order, even if the other was cut off since.
  void has_told(const Judge& other) const;

 private:
  struct Place {
    std::uint64_t seen = 0;
    bool has_gap = false;  ///< the server has not yet told of it by `complete`
    RosterSeen members;
    std::size_t count = 0;
    std::string topic;
  };

  [[noreturn]] void broken(const std::string& why) const;
  void require(bool holds, const std::string& why) const {
    if (!holds) broken(why);
  }
  bool answers_without_ref(const protocol::Event& event) const;
  protocol::Request take_asked(const protocol::Event& event);
  Place& place(const std::string& room);
  void live(const protocol::Message& message, const protocol::Request* asked);
  void skip_to(const std::string& room, Place& place, std::uint64_t seq);
  void joined(const protocol::event::Joined& joined, const protocol::Request* asked);
  void check_history(const protocol::event::Joined& joined, std::uint64_t since);
  void paged(const protocol::event::History& history, const protocol::request::History& asked);
  void topic(const protocol::event::Topic& topic);
  void presence(const protocol::event::Presence& presence);
  void renamed(const protocol::event::Renamed& renamed);
  void kept(const protocol::Message& message, const protocol::Request* asked);
  void paged_private(const protocol::event::History& history);
  void listed(const protocol::event::Conversations& page, const protocol::Request& asked);
  void marked(const protocol::event::Read& read);
  void forget_account();
  void check_answer(const protocol::Event& event, const protocol::Request& asked);

  std::string name_;
  Engine& engine_;
  std::deque<protocol::Request> asked_;
  std::set<std::string> said_;               ///< ids of messages that have come back
  std::map<std::string, Place> places_;      ///< by the room's key
  std::vector<protocol::MessagePtr> told_;   ///< private messages to this client
  std::vector<protocol::MessagePtr> tells_;  ///< private messages by this client, as confirmed to it
  // Of conversations.
  std::set<std::uint64_t> accounts_;  ///< all that it has been of
  std::uint64_t account_ = 0;
  std::uint64_t since_ = 0;
  std::map<std::string, std::uint64_t> asked_as_;  ///< of which account, by the request's ref
  std::map<std::string, std::uint64_t> kept_;      ///< by conversation: the newest that was shown
  std::map<std::string, std::uint64_t> shown_;     ///< by conversation: the newest in a page
  std::map<std::string, std::uint64_t> markers_;
  bool has_bye_ = false;
};

}  // namespace hubbub::chat::random
