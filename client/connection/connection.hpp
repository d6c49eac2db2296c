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
#include "client/connection/keepalive.hpp"
#include "client/connection/link.hpp"
#include "client/connection/session.hpp"
#include "client/connection/wake_watch.hpp"
#include "protocol/request.hpp"

/// A connection that comes back by itself: for the programs of the client and for bots.
namespace hubbub::client {

/// How long things may take.
struct Patience {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds silence{10'000};  ///< of the server, before it is pinged
  std::chrono::milliseconds answer{8'000};    ///< the server's time for its pong
  /// The same after the machine slept or the process was stopped: the network is often another one by then.
  std::chrono::milliseconds woken{2'000};
  std::chrono::milliseconds tick{5'000};   ///< between two looks whether the machine slept
  std::chrono::milliseconds late{3'000};   ///< a tick that comes later than this means that it did
  std::chrono::milliseconds leave{2'000};  ///< the server's time for its `bye`
  std::chrono::milliseconds first_retry{500};
  std::chrono::milliseconds longest_retry{30'000};
  /// How long a taken name is asked for again: the server may not have noticed yet that the old link broke.
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

/// Connects, says hello and enters its rooms. When the link breaks it connects again, passes on the messages
/// that were missed, and sends again the requests that had not been answered. Runs on one executor, which
/// must be a strand or belong to one thread. The listener must live until on_closed or stop.
class Connection : public std::enable_shared_from_this<Connection> {
  struct Private {};

 public:
  static std::shared_ptr<Connection> open(const boost::asio::any_io_executor& executor, Settings settings,
                                          Listener& listener);
  Connection(Private, const boost::asio::any_io_executor& executor, Settings settings, Listener& listener);

  /// Queues a request; it goes out in its turn, over this link or a later one. False: the outbox is full;
  /// on_answered tells when there is room again.
  bool send(protocol::Request asked);
  bool send(protocol::request::Any body) { return send({std::move(body), {}}); }
  /// The same for a request as somebody wrote it (Session::send_line).
  bool send_line(std::string_view line);
  /// Requests that were not answered yet.
  std::size_t outstanding() const { return session_.outbox().size(); }
  /// Of these, the ones that the server may have carried out.
  std::size_t perhaps_done() const { return session_.outbox().perhaps_done(); }
  bool full() const { return session_.outbox().full(); }

  /// Reads a room again from after `seq`: passes those messages on as missed, then a `joined`, then what is
  /// said from there on. For a program that has read up to `seq` in an earlier run. Nothing where the session
  /// is not in the room.
  void go_back(std::string_view room, std::uint64_t seq);

  /// Another name: with the next hello, or where one was said already, as a request.
  void rename(std::string name);
  const std::string& name() const { return session_.name(); }
  bool is_up() const { return link_ && session_.welcome(); }
  /// Hello has been said; the `welcome` may not have come yet.
  bool has_greeted() const { return link_ != nullptr; }
  /// How long the server takes to answer: the last round trip, or the age of the oldest request or ping that
  /// has no answer yet, if that is more. 0 without a link.
  std::chrono::milliseconds lag() const;
  /// Ends the wait before the next attempt to connect, if there is one.
  void retry_now();

  /// Says `quit` behind the requests that are queued, and closes after the `bye`, or after Patience::leave.
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
  bool redial_ = false;  ///< the attempt under way was begun before the machine slept
  bool over_ = false;
};

}  // namespace hubbub::client
