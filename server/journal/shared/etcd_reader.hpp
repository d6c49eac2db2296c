#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/journal/shared/etcd_members.hpp"
#include "server/journal/shared/etcd_replay.hpp"
#include "server/journal/shared/log.hpp"

namespace hubbub::journal::shared::etcd {

/// Reads the log by a watch of one member, and asks that member every second what the newest is, which only a
/// majority knows: a watch that does not bring it is given up.
class Reader : public std::enable_shared_from_this<Reader> {
 public:
  struct Known {
    std::string member{};  ///< that is watched; HOST:PORT
    bool is_reading = false;
    std::uint64_t revision = 0;  ///< the newest that was heard of
    std::optional<Status> status{};
  };

  /// How long a member has to tell what is new, and how long its watch has to bring it.
  static constexpr std::chrono::milliseconds proof{1000};
  /// Without proof for so long nothing is known.
  static constexpr std::chrono::milliseconds longest_doubt{3000};
  static constexpr std::chrono::seconds between_looks_at_size{60};
  /// While it is full.
  static constexpr std::chrono::seconds between_looks_for_space{3};

  /// `quota`: bytes.
  Reader(std::shared_ptr<Members> members, const Keys& keys, const Mark& from, Log::Reader reader,
         std::uint64_t quota);

  void start();
  /// No handler is called from now on.
  void stop();
  /// What comes is left with the member.
  void hold(bool held);

  /// Waits until all up to that revision has been taken. False: it has not, within that time.
  boost::asio::awaitable<bool> wait_for(std::uint64_t revision, std::chrono::milliseconds limit);
  Known known() const;

 private:
  using Clock = std::chrono::steady_clock;
  /// One watch, until it is given up.
  struct Watch {
    Watch(const std::shared_ptr<Members>& members, std::size_t of)
        : member(of), feed(members, of), query(members, of), timer(members->executor()) {}
    const std::size_t member;
    Link feed;
    Link query;
    boost::asio::steady_timer timer;
    std::optional<Range> pending{};  ///< what there was when it was asked; until all has been taken
    Clock::time_point heard{};       ///< when something came, or was asked
    std::size_t looked = 0;          ///< bytes of its newest line, which has no end yet
    bool closed = false;
  };
  using WatchPtr = std::shared_ptr<Watch>;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> follow(WatchPtr watch);
  boost::asio::awaitable<bool> open(WatchPtr watch);
  boost::asio::awaitable<bool> look_back(WatchPtr watch, const Range& now);
  boost::asio::awaitable<void> prove(WatchPtr watch);
  boost::asio::awaitable<void> look_at_size(WatchPtr watch);
  bool take_lines(Watch& watch, std::string& text);
  bool take_line(Watch& watch, std::string_view line, std::vector<Item>& items);
  bool refuse(Watch& watch, const Refusal& refusal);
  std::optional<Range> range_of(Watch& watch, const Answer& answer);
  bool act_on(Watch& watch, Replay::Found found);
  void deliver(const std::vector<Item>& items);
  void give_up(Watch& watch, const std::string& why);
  void close(Watch& watch);
  void look_whether_all(Watch& watch);
  void doubt();
  void tell(Log::State state);

  const std::shared_ptr<Members> members_;
  const Keys keys_;
  const Log::Reader reader_;
  const std::uint64_t quota_;
  Replay replay_;
  Pause pause_;
  boost::asio::steady_timer progress_;
  boost::asio::steady_timer let_go_;  ///< cancelled when nothing is held any more
  bool is_held_ = false;
  WatchPtr watch_;
  std::size_t member_ = 0;
  std::size_t tries_ = 0;  ///< since the last proof
  Clock::time_point proven_;
  std::optional<Log::State> told_;
  std::optional<Log::State> ended_;
  std::uint64_t newest_ = 0;
  std::optional<Status> status_;
  Clock::time_point size_asked_{};
  bool is_large_ = false;
  bool stopped_ = false;
};

}  // namespace hubbub::journal::shared::etcd
