#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "test/durability/journey.hpp"
#include "test/durability/rival.hpp"
#include "test/durability/talker.hpp"

namespace hubbub::durability {

struct CompanyOptions {
  std::vector<test::Address> nodes{};
  std::vector<std::string> rooms{};
  std::size_t talkers = 8;
  std::size_t readers = 4;
  std::size_t rivals = 3;
  std::size_t window = 8;
  std::uint64_t seed = 1;
};

/// All who go from node to node: talkers, readers, and rivals for one name. They run in the caller's thread,
/// within the run functions.
class Company {
 public:
  explicit Company(CompanyOptions options);

  /// They speak, and go from node to node, until they are quiet; `label`: a part of their messages' ids.
  void begin(const std::string& label);
  /// Talkers have as much under way as they may.
  void speak_all_at_once();
  void run_for(std::chrono::milliseconds time);
  /// A std::runtime_error with what is waited for when that does not come.
  void run_until(const std::function<bool()>& done, const std::string& what);
  /// They stop, and all who sent something have their answer, and have seen all. Rivals leave.
  void fall_silent();
  bool all_are_there() const;
  /// Whether all that was said before then has come back, and something that was said later.
  bool talk_flows(Clock::time_point since) const;

  /// The messages sent and seen, for the judge; without those read back.
  Evidence evidence() const;
  /// What the talkers' and readers' topics, journals and names contradict each other in; empty: in nothing.
  std::vector<std::string> contradictions() const;
  /// Of each room, the topic that they were told last.
  std::map<std::string, std::string> topics() const;

  Pulse& pulse() { return pulse_; }
  /// How long those who have lost that node since then were away, without those who are still away.
  std::vector<Clock::duration> absences(std::size_t node, Clock::time_point since) const;
  /// How often two rivals believed at once that they bore the name, in visits that have begun since then.
  std::size_t shared_visits(Clock::time_point since) const;
  std::size_t said() const;
  std::size_t said_again() const;
  std::size_t refusals() const;

 private:
  void turn();
  std::string what_is_waited_for() const;
  std::string what_is_lacking() const;
  std::vector<Reader*> witnesses() const;

  CompanyOptions options_;
  Pulse pulse_;
  std::vector<std::unique_ptr<Talker>> talkers_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::unique_ptr<Rival>> rivals_;
  std::vector<std::unique_ptr<Journey>> journeys_;  ///< of talkers and readers
  std::vector<std::unique_ptr<Journey>> rivals_journeys_;
  bool rivals_are_out_ = false;
  std::map<std::string, std::uint64_t> newest_;  ///< by room, of what anybody had seen when all fell silent
};

}  // namespace hubbub::durability
