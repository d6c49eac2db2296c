#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "test/chat/cluster/record.hpp"
#include "test/chat/house.hpp"

namespace hubbub::chat::cluster {

namespace event = protocol::event;
namespace request = protocol::request;
using Names = std::set<std::string>;

/// What somebody knows who comes back.
struct Memory {
  struct Room {
    std::uint64_t since = 0;  ///< the number of the newest that has come
    std::string epoch{};
  };
  std::string name{};
  std::uint64_t account = 0;  ///< 0: a guest
  std::map<std::string, Room> rooms{};
};

/// What somebody was answered who came back into a room.
struct Return {
  std::string name{};
  std::uint64_t since = 0;
  event::Joined joined{};
};

struct Past {
  std::vector<Memory> gone{};  ///< who may come back
  std::vector<Return> returns{};
};

/// Somebody with a client, and what follows from the lines that have come. Throws Wrong where a line cannot
/// be.
class Somebody {
 public:
  /// `host`: where he is from. When he has gone, `past` has what he knew; it outlives him.
  Somebody(Hub& hub, const Format& format, const std::string& host, Past& past)
      : past_(past), peer_(std::make_unique<Peer>(hub, format, host)) {
    peer_->host = host;
  }
  Somebody(const Somebody&) = delete;
  Somebody& operator=(const Somebody&) = delete;
  ~Somebody() {
    if (is_welcome_) past_.gone.push_back({.name = name_, .account = account_, .rooms = seen_});
  }

  /// Asks, if the session takes it.
  void ask(request::Any body);
  /// To be of that account, by a hello or a login.
  void ask_as(std::uint64_t account, request::Any body) {
    wanted_account_ = account;
    ask(std::move(body));
  }
  /// Goes on from what he knows of the room, if he does.
  void join(const std::string& room);
  /// He is one who has gone.
  void remember(Memory memory) { seen_ = std::move(memory.rooms); }
  void listen();

  bool is_busy() const { return !open_.empty(); }
  bool is_welcome() const { return is_welcome_; }
  /// 0: a guest.
  std::uint64_t account() const { return account_; }
  bool is_gone() const { return is_gone_ || peer_->closed; }
  const std::string& name() const { return name_; }
  struct Topic {
    std::string text;
    std::uint64_t behind = 0;  ///< the number that had come last in the room
  };
  struct Room {
    Names members;
    std::uint64_t from = 0;                ///< what was said behind that has come
    std::vector<std::uint64_t> numbers{};  ///< of what has come
    std::string first_topic{};             ///< with which it was joined
    std::vector<Topic> topics{};           ///< that have come since
    std::vector<std::string> rulings{};    ///< bans that were told: "+12", and their ends: "-12"
    /// It has been answered in this turn: of those who came, spoke or went after the entry it may tell
    /// already.
    bool is_new = true;

    std::uint64_t newest() const { return numbers.empty() ? from : numbers.back(); }
  };
  const std::map<std::string, Room>& rooms() const { return rooms_; }
  /// Messages of his own there, as far as he knows.
  const std::vector<std::uint64_t>& own_in(const std::string& room) { return own_[room]; }
  /// Bans of which he has heard.
  const std::vector<std::uint64_t>& bans() const { return bans_; }
  /// What the last error said; empty: there was none since this was asked for.
  std::string failed() { return std::exchange(failed_, {}); }
  Peer& peer() { return *peer_; }

 private:
  void take(const protocol::Event& told);
  void take(const event::Welcome& welcome);
  void take(const event::LoggedIn& in);
  void take(const event::LoggedOut& out);
  void take(const event::Bye& /*bye*/) { is_gone_ = true; }
  void take(const event::Failure& failure) { failed_ = failure.error.text; }
  void take(const event::Joined& joined);
  void take(const event::Left& left) { rooms_.erase(left.room); }
  void take(const event::Closed& closed) { rooms_.erase(closed.room); }
  void take(const event::Presence& presence);
  void take(const event::Renamed& renamed);
  void take(const event::Topic& topic);
  void take(const event::Edited& edited) { take_change(edited.room, edited.change); }
  void take(const event::Deleted& deleted) { take_change(deleted.room, deleted.change); }
  void take_change(const std::string& name, std::uint64_t change);
  void take(const event::Kicked& kicked);
  void take(const event::Banned& banned);
  void take(const event::Unbanned& unbanned);
  void take(const protocol::MessagePtr& message);
  void take(const auto& /*other*/) {}
  /// Throws Wrong if it is not there.
  Room& room_of(const std::string& name, const std::string& what);
  bool is_late_answer(const std::string& name) const;
  void number(const std::string& name, std::uint64_t number, const std::string& what);
  void came_back(const event::Joined& joined);

  Past& past_;
  std::unique_ptr<Peer> peer_;
  std::size_t heard_ = 0;
  std::uint64_t asked_ = 0;
  std::set<std::string> open_;
  bool is_welcome_ = false;
  bool is_gone_ = false;
  std::string name_;
  std::string failed_;
  std::uint64_t account_ = 0;
  std::uint64_t wanted_account_ = 0;
  std::map<std::string, Room> rooms_;
  std::vector<std::uint64_t> bans_;
  std::map<std::string, Memory::Room> seen_;
  std::map<std::string, std::uint64_t> since_;  ///< that was asked for, by the ref
  std::string ref_;                             ///< of the line that is taken just now
  std::map<std::string, std::vector<std::uint64_t>> own_;
};

}  // namespace hubbub::chat::cluster
