#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
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

namespace boost::asio {
class io_context;
}

namespace hubbub::net {

/// A place in the order of what is due: 32 bytes in the object itself, and no timer of its own. It leaves
/// the order when it is destroyed.
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

  /// Handlers in one turn: bounds how long those who wait for the end of the turn can be kept waiting.
  static constexpr int most_handlers = 1024;

  Turn(boost::asio::io_context& io, std::function<void()> end_turn, int handlers = most_handlers);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

  /// Until stop(), which takes effect at the end of the turn.
  void run();
  /// One turn with what is ready now, without waiting.
  void poll();
  void stop() { stopped_ = true; }
  /// For what is to be called in this loop.
  boost::asio::io_context& io() { return io_; }

  /// The open connections belong to the turn: one that waits for nothing but its own session has no
  /// operation under way that would hold it.
  void opened(ConnectionPtr connection);
  void closed(const ConnectionPtr& connection);
  /// Closes them all; those that are not closing yet get a last line.
  void close_all(std::string_view last_line);
  /// Lets go of them all, before what their handlers use is gone.
  void abandon_all();
  /// Limits or timeouts have changed under them.
  void settings_changed();

  /// Calls it in the next turn: for whoever has had its share of this one.
  void later(std::function<void()> act) { later_.push_back(std::move(act)); }
  /// The connection has something to write at the end of this turn, unless it goes before: unmark().
  void mark(Connection& connection) { marked_.push_back(&connection); }
  void unmark(const Connection& connection);
  /// The connection is to be told (Connection::on_due) when that time has come, and not at any other. Those
  /// that are being told do not keep the loop: what is due again at once is told of in a later handler.
  void wake_at(Connection& connection, Time due);
  /// Read once a turn, and again when a deadline has come.
  const Clocks& now();
  /// Where a write gathers small pieces; shared, since writes are made one after the other.
  std::string& scratch() { return scratch_; }
  /// Where connections read that seldom have anything to say: what is in it holds until the next read.
  std::span<char> input() { return input_; }
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
  std::vector<ConnectionPtr> closed_;  ///< in this turn: they go at its end
  std::vector<Connection*> marked_;    ///< null: gone
  std::vector<Connection*> flushing_;
  std::vector<std::function<void()>> later_;
  std::string scratch_;
  std::vector<char> input_;
  SharedPages shared_pages_;
  Deadlines deadlines_;
  boost::asio::steady_timer timer_;  ///< for the earliest of them
  Time armed_for_ = never;
  Time told_ = Time::min();  ///< those who were due by then are being told
  Clocks now_;
  bool knows_time_ = false;
  bool stopped_ = false;
};

}  // namespace hubbub::net
