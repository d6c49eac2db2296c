#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "server/net/handler.hpp"
#include "server/net/shared_pages.hpp"
#include "server/net/stream.hpp"
#include "server/ops/histogram.hpp"

namespace boost::asio {
class io_context;
}

namespace hubbub::net {

/// The hook of an object in the order of deadlines: 32 bytes in the object itself, and no timer of its own.
/// It leaves the order when it is destroyed.
struct Deadline : boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                                  boost::intrusive::optimize_size<true>> {
  Time due = never;

  friend bool operator<(const Deadline& a, const Deadline& b) { return a.due < b.due; }
};

/// Deadlines, the earliest first.
using Deadlines = boost::intrusive::multiset<Deadline, boost::intrusive::constant_time_size<false>>;

/// Drives the loop in turns: everything that is ready is handled, then `end_turn` is called once, then
/// every connection with something queued makes one write. What is read in one turn therefore becomes
/// one batch, and costs each reader one write.
class Turn {
 public:
  struct Clocks {
    Time steady;
    std::chrono::system_clock::time_point wall;
  };

  /// Handlers in one turn: bounds how long connections wait for the end of the turn.
  static constexpr int most_handlers = 1024;

  Turn(boost::asio::io_context& io, std::function<void()> end_turn, int handlers = most_handlers);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

  /// Runs until stop(), which takes effect at the end of the turn.
  void run();
  /// One turn with what is ready now, without waiting.
  void poll();
  void stop() { stopped_ = true; }
  /// The loop itself, for posting to it.
  boost::asio::io_context& io() { return io_; }

  /// The turn owns the open connections: one that waits for nothing but its own session has no operation
  /// under way that would keep it alive.
  void opened(ConnectionPtr connection);
  /// It has broken, and is still owned until its handler has been told, in a later turn.
  void closed(const ConnectionPtr& connection);
  void told(const ConnectionPtr& connection);
  /// Closes all connections; those that are not closing yet get a last line, if they take one.
  void close_all(std::string_view last_line);
  /// Drops all connections, before what their handlers use is gone.
  void abandon_all();
  /// Limits or timeouts have changed: all connections look at their deadlines again.
  void settings_changed();

  /// Calls `act` in the next turn: for work that has had its share of this one.
  void later(std::function<void()> act) { later_.push_back(std::move(act)); }
  /// The connection has something to write at the end of this turn; unmark() takes that back, before it is
  /// destroyed.
  void mark(Connection& connection) { marked_.push_back(&connection); }
  void unmark(const Connection& connection);
  /// Connection::on_due is to be called at that time, and no more at an earlier one that was asked for. A
  /// connection that is due again at once is called in a later handler, so as not to keep the loop.
  void wake_at(Connection& connection, Time due);
  /// Read once a turn, and again when a deadline has come.
  const Clocks& now();
  /// Where a write gathers small pieces; shared, since writes are made one after the other.
  std::string& scratch() { return scratch_; }
  /// Where connections that seldom send read into: its content holds until the next read.
  std::span<char> input() { return input_; }
  /// What has passed since the start, for operators.
  struct Measures {
    std::uint64_t received = 0;  ///< bytes, without what TLS adds
    std::uint64_t sent = 0;
    ops::Histogram turn_seconds{
        ops::bounds_of_seconds};  ///< from a turn's first look at the clock to its end
  };
  Measures& measures() { return measures_; }
  const Measures& measures() const { return measures_; }
  /// Bytes that wait for peers to take them. It looks at each connection.
  std::size_t outbox_bytes() const;
  /// Where large texts are written from at the end of a turn.
  SharedPages& shared_pages() { return shared_pages_; }

 private:
  void finish();
  void arm_timer();
  void wake_due();

  boost::asio::io_context& io_;
  const int most_handlers_;
  std::function<void()> end_turn_;
  std::unordered_set<ConnectionPtr> open_;
  std::unordered_set<ConnectionPtr> broken_;  ///< their handlers have not been told
  std::vector<Connection*> marked_;           ///< null: unmarked
  std::vector<Connection*> flushing_;
  std::vector<std::function<void()>> later_;
  std::string scratch_;
  std::vector<char> input_;
  SharedPages shared_pages_;
  Deadlines deadlines_;
  boost::asio::steady_timer timer_;  ///< for the earliest deadline
  Time armed_for_ = never;
  Time told_ = Time::min();  ///< the connections that were due by then are being told
  Clocks now_;
  Measures measures_;
  Time began_ = never;  ///< when this turn first looked at the clock; never: it has not
  bool knows_time_ = false;
  bool stopped_ = false;
};

}  // namespace hubbub::net
