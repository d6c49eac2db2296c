#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection/address.hpp"
#include "client/connection/backoff.hpp"
#include "client/connection/dialer.hpp"
#include "client/connection/keepalive.hpp"
#include "client/connection/lag.hpp"
#include "client/connection/link.hpp"
#include "client/connection/listener.hpp"
#include "client/connection/session.hpp"
#include "client/connection/wake_watch.hpp"
#include "protocol/request.hpp"

/// A connection to a server that looks after itself: for the programs of this folder and for bots.
namespace hubbub::client {

/// How long things may take.
struct Patience {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds silence{10'000};  ///< before the server is asked for a sign of life
  std::chrono::milliseconds answer{8'000};    ///< that it has for one
  /// That it has when one was away, the machine asleep or the process stopped: the network is another one
  /// then as often as not.
  std::chrono::milliseconds woken{2'000};
  std::chrono::milliseconds tick{5'000};   ///< how often it is looked whether one was away
  std::chrono::milliseconds late{3'000};   ///< that a tick comes late before one was
  std::chrono::milliseconds leave{2'000};  ///< that it has for the `bye` that was asked for
  std::chrono::milliseconds first_retry{500};
  std::chrono::milliseconds longest_retry{30'000};
  /// After a broken link the server may not have noticed yet that one has gone, and hold the name.
  std::chrono::milliseconds name{120'000};
  /// Without a link, before giving up; 0: never. The very first attempt is the only one in any case.
  std::chrono::milliseconds offline{0};
};

struct Settings {
  Address address;
  Profile profile;  ///< its name, if empty, is the address's
  Patience patience;
  /// A name that cannot be had: wait for another (Listener::on_name_refused) instead of closing.
  bool ask_for_name = false;
  std::uint64_t seed = 0;  ///< of the back-off's jitter; 0: one at random
};

/// Connects, says hello and enters its rooms; when the link breaks it comes back by itself, passes on
/// what was missed, and sends again what had not been answered. Runs on one executor, which must be a
/// strand or belong to one thread. The listener must live until on_closed or stop.
class Connection : public std::enable_shared_from_this<Connection> {
  struct Private {};

 public:
  static std::shared_ptr<Connection> open(const boost::asio::any_io_executor& executor, Settings settings,
                                          Listener& listener);
  Connection(Private, const boost::asio::any_io_executor& executor, Settings settings, Listener& listener);

  /// Queues a request; it goes out in its turn, over this link or a later one. False: too much waits
  /// already; on_answered tells when there is room.
  bool send(protocol::Request asked);
  bool send(protocol::request::Any body) { return send({std::move(body), {}}); }
  /// The same for a request as somebody wrote it (Session::send_line).
  bool send_line(std::string_view line);
  /// Requests that were not answered yet.
  std::size_t outstanding() const { return session_.outbox().size(); }
  /// Of them, those that the server may have had.
  std::size_t perhaps_done() const { return session_.outbox().perhaps_done(); }
  bool full() const { return session_.outbox().full(); }

  /// Passes on what was said in a room after `seq`, as missed, then a `joined`, and goes on from there.
  /// For whoever has read up to `seq` at another time. Nothing where one is not in the room.
  void go_back(std::string_view room, std::uint64_t seq);

  /// Another name: with the next hello, or where one was said already, as a request.
  void rename(std::string name);
  const std::string& name() const { return session_.name(); }
  bool is_up() const { return link_ && session_.welcome(); }
  /// Hello has been said, whether one is welcome or not yet.
  bool has_greeted() const { return link_ != nullptr; }
  /// How long the server takes to answer: the last round trip, or the age of the oldest request or ping that
  /// has no answer yet, if that is more. 0 without a link.
  std::chrono::milliseconds lag() const;
  /// While it waits to try again: now. Otherwise nothing.
  void retry_now();

  /// Takes leave once what was queued before has gone, or after a short while.
  void quit(std::optional<std::string> text = std::nullopt);
  /// Ends it here and now; the listener hears nothing any more.
  void stop();

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<std::string> serve_one_link();
  boost::asio::awaitable<void> wait(std::optional<std::chrono::milliseconds> time);
  boost::asio::awaitable<void> come_back_after(const std::string& why);
  boost::asio::awaitable<void> ask_for_name();
  void begin(std::shared_ptr<Link> link);
  void end_link();
  void read_lines();
  void flush();
  void look_after_link();
  void look_again_at(std::chrono::steady_clock::time_point time);
  void ask(std::chrono::steady_clock::time_point now);
  void woke();
  bool name_is_refused() const;
  bool is_last(bool refused) const;
  std::string last_word(const std::string& why) const;
  void close(Ending ending, std::string_view sentence);

  Settings settings_;
  Listener* listener_;
  Session session_;
  Backoff backoff_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer pace_;
  boost::asio::steady_timer leave_;
  boost::asio::steady_timer vigil_;  ///< when the link has to be looked after
  std::chrono::steady_clock::time_point look_again_at_ = std::chrono::steady_clock::time_point::max();
  WakeWatch wake_;
  std::shared_ptr<Dialer> dialer_;
  std::shared_ptr<Link> link_;
  std::optional<Keepalive> keepalive_;  ///< of the link
  Lag lag_;                             ///< of the link
  Verdict verdict_;
  std::chrono::steady_clock::time_point offline_since_{};  ///< meaningful without a link
  bool waiting_ = false;                                   ///< to try again
  bool at_once_ = false;                                   ///< the next attempt
  bool redial_ = false;  ///< the attempt under way was begun before one was away
  bool over_ = false;
};

}  // namespace hubbub::client
