#pragma once

#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "server/journal/journal.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/disk.hpp"
#include "test/journal/remains.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal {

/// What a room was told, and the number of the disk's records when it was: a cut there or later must not take
/// it back.
template <class What>
struct Shown {
  What what;
  std::size_t at = 0;
};

/// What is looked at of an account: the rest is the subject of test/accounts.
struct AccountLeft {
  std::uint32_t passes = 0;  ///< stand for the password
  bool has_device = false;
  std::uint64_t read = 0;  ///< in its conversation
  bool is_in = false;      ///< the lobby
  bool operator==(const AccountLeft&) const = default;
};
using AccountsLeft = std::map<std::uint64_t, AccountLeft>;

struct RoomStory {
  std::vector<Shown<protocol::MessagePtr>> messages;
  std::vector<Shown<std::string>> topics;
  std::vector<Shown<ChangePtr>> changes;  ///< those that have changed something

  /// How many of the messages had been shown when the power was cut.
  std::size_t messages_before(std::size_t cut) const;
  std::size_t topics_before(std::size_t cut) const;
};

/// An evening on an engine with a disk: three rooms and a conversation, people who speak, repeat themselves,
/// edit and delete, change topics, and begin and change accounts, in batches of one and of many, through
/// several starts of the engine.
class Story {
 public:
  explicit Story(const Settings& settings);

  /// Starts the engine, has so many batches said, and stops it.
  void live(std::size_t batches);

  /// Lets the engine start on what a power cut leaves, and judges what it finds there.
  void cut_at(std::size_t cut, std::uint64_t seed);
  /// The same so many times, from the first record to the last.
  void cut(std::size_t times);
  /// How many cuts have taken something that had been shown; with Sync::full none may.
  std::size_t cuts_that_lost() const { return cuts_that_lost_; }

 private:
  void say_something(Bench& bench);
  void change_accounts(Bench& bench);
  void say_in_private(Bench& bench);
  void change_messages(Bench& bench, const std::string& room);
  void take(const Committed& committed);
  /// How much of the room's story there is: a whole number of messages from the beginning, and of changes.
  void judge_messages(Bench& bench, const std::string& room, std::size_t cut);
  void judge_topic(Bench& bench, const std::string& room, std::size_t cut);
  void judge_accounts(Bench& bench, std::size_t cut);
  void judge_repetition(Bench& bench, const std::string& room, std::size_t cut);
  void judge_new_number(Bench& bench, const std::string& room, std::size_t cut);
  bool must_keep_all() const { return settings_.sync == Sync::full; }

  test::TemporaryDirectory directory_;
  test::Disk disk_;
  test::Remains remains_;
  Settings settings_;
  std::mt19937 random_{1};
  std::map<std::string, RoomStory> rooms_;
  std::vector<Shown<AccountRecordPtr>> account_records_;
  AccountsLeft accounts_;  ///< what they have made
  std::size_t ids_ = 0;
  std::size_t cuts_that_lost_ = 0;
  bool lost_ = false;  ///< this cut has
};

}  // namespace hubbub::journal
