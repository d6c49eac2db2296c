#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "test/durability/reader.hpp"
#include "test/durability/writer.hpp"

namespace hubbub::durability {

struct CrewOptions {
  std::size_t writers = 4;
  std::size_t readers = 2;
  std::vector<std::string> rooms{"lobby", "чай"};
  std::size_t window = 16;  ///< messages on their way for each writer
  std::uint64_t seed = 1;   ///< what is said, and where
};

/// All who take part, run by one thread: the caller's, within run().
class Crew {
 public:
  explicit Crew(const CrewOptions& options);

  /// Everybody connects to the server there.
  void connect(const test::Address& address);
  void say_more(std::size_t count_each);

  /// Goes on until `done`, or until everybody's connection has ended; std::runtime_error when neither
  /// comes for long, or when somebody was told of an error.
  void run_until(const std::function<bool()>& done);
  /// Until somebody has been welcomed.
  void run_until_welcome();
  /// Until everything is said and acknowledged, and the readers have caught up.
  void run_to_the_end();
  /// Until every connection has ended: what had come before still counts as seen.
  void run_until_left();

  /// Whether there is nothing left to be said, and nothing on its way.
  bool all_is_acknowledged() const;
  std::size_t acknowledged() const;
  std::size_t said() const;
  std::size_t said_again() const;
  /// What they said and saw, for the judge; without what is read back.
  Evidence evidence() const;

 private:
  bool all_left() const;
  std::string what_is_waited_for() const;
  void turn();

  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<Peer*> peers_;
};

}  // namespace hubbub::durability
