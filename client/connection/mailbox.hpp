#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/request.hpp"

namespace hubbub::client {

/// A conversation of one's account, and what is new in it: since it was last read, or since this run has seen
/// it last.
struct Correspondence {
  protocol::event::Conversation conversation;
  std::vector<protocol::MessagePtr> messages{};  ///< in order
  bool whole = true;                             ///< false: older new messages are missing from `messages`
  /// What has become of older messages meanwhile, if there are new ones, too.
  std::vector<protocol::event::Changed> changes{};
};

/// Catches up on the private messages of an account: reads the list of its conversations, and then the new
/// messages of each, one request at a time. Live messages are held meanwhile, so that they follow.
class Mailbox {
 public:
  /// Most messages read of one conversation: the newest.
  static constexpr std::size_t most_messages = 500;
  /// Most live events held. At the limit the rest is not read.
  static constexpr std::size_t most_held = 2000;

  /// What was seen of another account's conversations is forgotten.
  void belong_to(const std::string& account);
  const std::string& account() const { return account_; }
  /// The numbers of messages have begun anew.
  void forget();
  /// Begins to catch up.
  void open();
  /// The link broke, or there is no account any more: what was held is dropped, as the history has it.
  void close();

  /// Whether it is catching up: messages are held.
  bool is_busy() const { return step_ != Step::idle; }
  /// The request to send; nothing: all has been read.
  std::optional<protocol::request::Any> request() const;
  // The answers to it.
  void take(const protocol::event::Conversations& page);
  void take(const protocol::event::History& page);
  void refused();

  /// Holds a live event: a message in the conversation `with` somebody, or `read` of it. False: too many are
  /// held.
  bool hold(const protocol::Event& event, const std::string& with);
  /// Notes a message that is delivered live.
  void note(const std::string& with, std::uint64_t seq);

  struct Caught {
    std::vector<Correspondence> conversations;  ///< the one with the newest message first
    std::vector<protocol::Event> held;
  };
  /// Ends the catching up.
  Caught take_all();

 private:
  enum class Step { idle, listing, reading, reading_back, done };
  void consider(const protocol::event::Conversation& conversation);
  std::uint64_t seen_of(const protocol::event::Conversation& conversation) const;
  void end_list();
  void begin(std::size_t next);
  void add(const std::vector<protocol::MessagePtr>& messages);

  std::string account_;
  std::map<std::string, std::uint64_t> seen_;  ///< the newest message delivered, by the key of `with`
  bool was_open_ = false;                      ///< all of the list was read once
  Step step_ = Step::idle;
  std::optional<std::uint64_t> before_;  ///< `last` of the last conversation of the list so far
  std::set<std::string> listed_;         ///< keys of all of them
  std::set<std::string> live_;           ///< keys of those with a message that is held
  bool listed_again_ = false;
  std::vector<Correspondence> found_;
  std::size_t at_ = 0;  ///< the conversation that is being read
  std::vector<protocol::Event> held_;
};

}  // namespace hubbub::client
