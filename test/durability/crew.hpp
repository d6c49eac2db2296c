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
  std::size_t window = 16;  ///< messages under way for each writer
  std::uint64_t seed = 1;   ///< for the messages and their rooms
};

/// All writers and readers. They run in the caller's thread, within the run functions.
class Crew {
 public:
  explicit Crew(const CrewOptions& options);

  /// Connects all clients to the server.
  void connect(const test::Address& address);
  void say_more(std::size_t count_each);

  /// Runs until `done`, or until all connections have ended; a std::runtime_error when neither happens for
  /// long, or when a client gets an error.
  void run_until(const std::function<bool()>& done);
  /// Runs until the first `welcome`.
  void run_until_welcome();
  /// Runs until all messages are sent and acknowledged, and the readers have caught up.
  void run_to_the_end();
  /// Runs until every connection has ended; messages received before still count as seen.
  void run_until_left();

  /// Whether all messages are sent, and none is under way.
  bool all_is_acknowledged() const;
  std::size_t acknowledged() const;
  std::size_t said() const;
  std::size_t said_again() const;
  /// The messages sent and seen, for the judge; without those read back.
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
