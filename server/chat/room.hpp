#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/participant.hpp"

namespace hubbub::chat {

/// A message that the journal has handed back, on its way to a room.
struct Delivery {
  protocol::MessagePtr message;
  /// Who said it here, or null (it was said elsewhere). Only compared, never called.
  const Participant* sender = nullptr;
  std::string ref;        ///< for the sender's own copy
  bool repeated = false;  ///< already known: for its sender alone
};

/// The people in one room. It broadcasts: everything is rendered once per wire format and then only
/// pushed to each member.
class Room {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `last`: the newest seq that the room is known to have had.
  Room(protocol::Name name, std::uint64_t last, std::string topic = {})
      : name_(std::move(name)), topic_(std::move(topic)), last_(last), delivered_(last) {}

  const protocol::Name& name() const { return name_; }
  const std::string& topic() const { return topic_; }
  void set_topic(std::string topic) { topic_ = std::move(topic); }
  /// The seq of the newest message that the room has delivered; 0: none that is known.
  std::uint64_t last() const { return last_; }

  /// The same, without the batch that is being delivered.
  std::uint64_t delivered() const { return delivered_; }

  std::size_t size() const { return members_.size(); }
  const std::vector<std::shared_ptr<Participant>>& members() const { return members_; }
  void add(std::shared_ptr<Participant> member);
  void remove(const Participant& member, std::string reason);
  /// A member is about to have another name …
  void renaming(const Participant& member);
  /// … and has it now.
  void renamed(const Participant& member);

  /// The names after the one with the key `after`, in the order of their keys, at most `limit`.
  protocol::event::Members names(const std::string& after, std::size_t limit) const;

  /// To everybody but `except`.
  void send(const protocol::Event& event, const Participant* except = nullptr);
  /// Gathers a message of the batch that is being delivered; true for the first of them.
  bool gather(Delivery delivery);
  /// Sends what has been gathered: one push to each member.
  void deliver();

  /// Whether somebody came or went who has not been told of.
  bool has_presence() const { return presence_due_; }
  /// Tells who came and went: by name in a room of up to `limit` members (0: any number), else by
  /// count and at most once a second. False when it is too soon.
  bool tell_presence(std::size_t limit, Time now);

 private:
  struct Lines;
  Lines render_batch(const Format& format) const;
  void deliver_personally(Participant& member, const Lines& lines, const std::vector<std::size_t>& own) const;

  protocol::Name name_;
  std::string topic_;
  std::uint64_t last_;
  std::uint64_t delivered_;
  std::vector<std::shared_ptr<Participant>> members_;
  std::map<std::string_view, std::size_t>
      places_;                ///< key of the name, which is the member's own: index into members_
  std::size_t renaming_ = 0;  ///< place of the member that is being renamed
  std::vector<Delivery> batch_;
  /// Those whose lines differ from the others', and in which messages of the batch.
  std::unordered_map<const Participant*, std::vector<std::size_t>> personal_;

  bool presence_due_ = false;
  bool recount_ = false;  ///< somebody came or went whose name is not told any more
  std::vector<std::string> joined_;
  std::vector<protocol::event::Departure> left_;
  Time counted_{};  ///< when the count alone was last told
};

}  // namespace hubbub::chat
