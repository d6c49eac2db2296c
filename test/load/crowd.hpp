#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/load/histogram.hpp"
#include "test/load/mark.hpp"
#include "test/load/options.hpp"
#include "test/load/socket.hpp"
#include "test/load/wire.hpp"

namespace hubbub::load {

using Clock = std::chrono::steady_clock;

/// Faults, counted for each message and reader.
struct Faults {
  std::uint64_t lost = 0;      ///< never came, or a later message of the same sender came first
  std::uint64_t repeated = 0;  ///< came again, or after a later message of the same sender
  std::uint64_t strayed = 0;   ///< came to a client that should not get it
  std::uint64_t refused = 0;   ///< errors that the server sent
  std::uint64_t closed = 0;    ///< connections that the server ended
  std::string first{};         ///< the server's first wrong line

  std::uint64_t total() const { return lost + repeated + strayed + refused + closed; }
};

/// All connected clients, driven by one thread that never blocks and, once all clients are in their rooms,
/// allocates nothing (but OpenSSL does, for each record). For each reader it checks that every message of
/// every sender comes once and in order.
class Crowd {
 public:
  explicit Crowd(const Options& options);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Brings all clients into their rooms; a std::runtime_error when the server refuses.
  void gather();
  /// Sends pending bytes, and reads what has come, without waiting.
  void turn();

  std::size_t senders() const { return senders_.size(); }
  /// Sends the next message of the sender with that index; `when` is the time from which it is measured.
  void say(std::size_t index, Clock::time_point when);
  /// Refills the window of each sender that got a message back since the last call.
  void fill_windows(std::size_t window);
  /// Number of messages of that sender that have not come back.
  std::size_t under_way(std::size_t sender) const;

  /// The last members of the first room stop reading until read_again().
  void stop_reading(std::size_t members);
  void read_again();

  /// Whether the times of messages are recorded.
  void measure_times(bool on) { timing_ = on; }
  const Histogram& times() const { return times_; }

  std::uint64_t said() const { return said_; }
  std::uint64_t delivered() const { return delivered_; }
  /// Number of reads, from which the number of messages in one read follows.
  std::uint64_t reads() const { return reads_; }
  /// Number of messages that readers have yet to get, for each of them.
  std::uint64_t missing() const;
  std::size_t connections() const { return connections_.size(); }
  /// Runs until all readers have all messages, or nothing has come for the time of `patience`; missing
  /// messages then count as lost.
  void drain(std::chrono::duration<double> patience);
  const Faults& faults() const { return faults_; }
  /// What TLS has agreed on with the first client; empty: none.
  std::string_view cipher() const { return connections_.front().socket.cipher(); }

 private:
  struct Connection {
    Socket socket{};
    Person who{};
    bool ready = false;
    bool slow = false;
    std::ptrdiff_t stride = 0;  ///< bytes from the end of one message to the end of the next; 0: not known
    std::ptrdiff_t last_length = 0;         ///< of the last message, with other lines before it
    std::size_t watched = no_sender;        ///< the sender whose messages come back here
    std::vector<std::uint32_t> expected{};  ///< by sender of its room, the next Mark::count
    std::string unread{};                   ///< bytes of an incomplete line
    std::string unsent{};
  };
  struct Sender {
    std::size_t connection = 0;
    std::string request{};             ///< with places for the mark
    std::vector<std::size_t> marks{};  ///< the places in `request`
    std::uint32_t said = 0;
    std::uint32_t returned = 0;
    bool credited = false;                   ///< is in credited_
    std::vector<Clock::time_point> times{};  ///< when the last messages were sent
  };
  static constexpr std::size_t no_sender = static_cast<std::size_t>(-1);

  void add_members();
  void add_senders();
  void connect(std::size_t index);
  void begin(Connection& connection);
  void heed(std::size_t index);
  void react(Connection& connection, const Reaction& reaction, std::string_view cause);
  void send(Connection& connection, std::string_view bytes);
  void flush();
  void read(std::size_t index);
  bool read_some(Connection& connection);
  void hear_in_the_clear(Connection& connection, std::string_view& bytes);
  void greet(Connection& connection, std::string_view& bytes);
  const char* take(Connection& connection, const char* at, const char* end, Clock::time_point now);
  bool is_message(const char* start, const char* last) const;
  void check(Connection& connection, Mark mark, Clock::time_point now);
  void close(Connection& connection);

  Options options_;
  std::unique_ptr<Wire> wire_;
  std::size_t tail_;
  char end_;
  int epoll_;
  std::optional<Tls> tls_;
  std::vector<Connection> connections_;
  std::vector<Sender> senders_;
  std::vector<std::size_t> credited_;
  std::vector<std::size_t> unsent_;  ///< connections with something to send
  std::vector<char> buffer_;
  Histogram times_;
  Faults faults_;
  bool timing_ = false;
  std::size_t ready_ = 0;
  std::uint64_t said_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t reads_ = 0;
};

}  // namespace hubbub::load
