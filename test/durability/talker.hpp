#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/durability/pulse.hpp"
#include "test/durability/reader.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {

struct TalkerOptions {
  std::vector<std::string> rooms{};
  std::chrono::milliseconds pace{50};  ///< between two things that it does
  std::size_t window = 8;              ///< messages under way
  std::uint64_t seed = 1;
};

/// A client of several nodes that speaks as long as it is let, and sees all: it comes back with the number of
/// the last message that it saw, and sends again, in order and with the same ids, what had not come back.
/// What is refused it sends again later, or gives up. From time to time it sets a topic, or takes its other
/// name, NAME-b, for which it waits until nothing is under way.
class Talker : public Reader {
 public:
  /// `pulse`: what comes back is told there.
  Talker(const std::string& name, TalkerOptions options, Pulse& pulse);

  /// `label`: a part of the ids from now on.
  void talk(bool wanted, std::string label);
  /// Says as much at once as may be under way.
  void fill_window();
  /// Whether there is nothing that it waits for.
  bool is_done() const {
    return under_way_.empty() && again_.empty() && renaming_.empty() && topics_under_way_ == 0;
  }
  void tick(Clock::time_point now) override;

  /// By the names under which it was said, in the order of saying.
  std::map<std::string, std::vector<Said>> said() const;
  /// What was told to it alone, as the answer to what it sent again.
  const Sightings& told() const { return told_; }
  std::string what_is_waited_for() const;
  /// Since when it has waited for the message that has been under way for longest; nothing: there is none.
  std::optional<Clock::time_point> waits_since() const;

  std::size_t count() const { return all_.size(); }
  std::size_t said_again() const { return said_again_; }
  std::size_t refusals() const { return refusals_; }

 private:
  struct Message {
    std::string sender{};
    Said said{};
    std::size_t order = 0;    ///< of the last time that it was sent for the first time, or anew
    std::size_t sent = 0;     ///< how often
    std::size_t refused = 0;  ///< of that
    Clock::time_point since{};
  };

  void on_connect() override;
  void on_event(const Event& event, std::string_view type) override;
  void on_seen(const Sighting& message) override;
  bool is_answer_alone(const std::string& room, const Sighting& message, std::uint64_t newest) override;
  void on_refused(std::string_view id);
  void on_renamed(const Event& event);
  void act(Clock::time_point now);
  void say_something(Clock::time_point now);
  void say(Message& message);
  void say_again_what_was_refused(Clock::time_point now);
  void take_other_name();

  std::string name_at_first_;
  TalkerOptions options_;
  Pulse& pulse_;
  test::Dice dice_;
  bool talks_ = false;
  bool is_settled_ = false;  ///< it is in all rooms, and has sent again what had not come back
  std::string label_;
  Clock::time_point next_{};
  std::vector<Message> all_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::deque<std::size_t> under_way_;  ///< indices of `all_`
  struct Refused {
    std::size_t index;
    Clock::time_point due;
  };
  std::deque<Refused> again_;  ///< refused, and to be sent again
  std::string renaming_;       ///< the name that it has asked for
  std::size_t orders_ = 0;
  std::size_t topics_set_ = 0;
  std::size_t topics_under_way_ = 0;
  std::size_t said_again_ = 0;
  std::size_t refusals_ = 0;
  Sightings told_;
};

}  // namespace hubbub::durability
