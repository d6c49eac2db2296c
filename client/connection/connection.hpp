#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/connection/addresses.hpp"
#include "client/connection/dialer.hpp"
#include "client/connection/keepalive.hpp"
#include "client/connection/link.hpp"
#include "client/connection/session.hpp"
#include "client/connection/turns.hpp"
#include "client/connection/wake_watch.hpp"
#include "protocol/request.hpp"

/// A connection that reconnects by itself, for the client's programs and for bots.
namespace hubbub::client {

/// Time limits and intervals.
struct Patience {
  std::chrono::milliseconds connect{10'000};  ///< the handshake of TLS included
  std::chrono::milliseconds silence{10'000};  ///< the server's silence after which it is pinged
  std::chrono::milliseconds answer{8'000};    ///< the server's time for its pong
  /// Replaces `answer` after the machine slept or the process was stopped, when the network has often
  /// changed.
  std::chrono::milliseconds woken{2'000};
  std::chrono::milliseconds tick{5'000};   ///< interval between two checks whether the machine slept
  std::chrono::milliseconds late{3'000};   ///< a tick later than this means that the machine slept
  std::chrono::milliseconds leave{2'000};  ///< the server's time for its `bye`
  std::chrono::milliseconds first_retry{500};
  std::chrono::milliseconds longest_retry{30'000};
  /// For how long a session has to be open before its server counts as one that works: then, when it is lost,
  /// all other servers are tried without a pause (Turns).
  std::chrono::milliseconds settled{5'000};
  /// How long to ask again for a taken name: the server may not have noticed yet that the old link broke.
  std::chrono::milliseconds name{120'000};
  /// Time without a link before the connection gives up; 0: it never does. Before the first `welcome` there
  /// is only one attempt, at each server.
  std::chrono::milliseconds offline{0};
};

struct Settings {
  /// One, or several that have the same rooms, messages and accounts (parse_addresses). The first is tried
  /// first; when it is lost, or cannot be reached, the next one takes its place, and so on in a circle. A
  /// connection stays where it is for as long as that works.
  Addresses servers;
  Profile profile;  ///< an empty name is replaced by that of the first server
  Patience patience;
  /// When the name is refused, wait for another one (Listener::on_name_refused) instead of closing.
  bool ask_for_name = false;
  std::uint64_t seed = 0;  ///< for the back-off's jitter; 0: a random seed
};

/// Connects, sends `hello` and joins its rooms. When the link breaks, it reconnects, to the same server or
/// another one, delivers the missed messages to the listener, and sends unanswered requests again. With
/// several servers, each is tried once without a pause; after that there is a pause before each round of all
/// of them. Passwords and tokens go to any of these servers. Runs on one executor, which must be a
/// strand or belong to one thread. The listener must live until on_closed or stop.
class Connection : public std::enable_shared_from_this<Connection> {
  struct Private {};

 public:
  /// A std::invalid_argument without a server.
  static std::shared_ptr<Connection> open(const boost::asio::any_io_executor& executor, Settings settings,
                                          Listener& listener);
  Connection(Private, const boost::asio::any_io_executor& executor, Settings settings, Listener& listener);

  /// Queues a request, which is sent in order over this link or a later one. False: the outbox is full;
  /// on_answered tells when it has space again.
  bool send(protocol::Request asked);
  /// Where the name was refused (Listener::on_name_refused): says hello with that login.
  void log_in(protocol::request::Login login);
  /// Where the name was refused: when the same may be tried again; 0: the server did not tell.
  std::chrono::milliseconds retry_after() const { return std::chrono::milliseconds(verdict_.retry_after_ms); }
  bool send(protocol::request::Any body) { return send({std::move(body), {}}); }
  /// Queues a request given as a line of JSON (Session::send_line).
  bool send_line(std::string_view line);
  /// Number of requests without an answer.
  std::size_t outstanding() const { return session_.outbox().size(); }
  /// Number of these that the server may have carried out.
  std::size_t perhaps_done() const { return session_.outbox().perhaps_done(); }
  bool full() const { return session_.outbox().full(); }

  /// Reads a room again from after `seq`: delivers the messages since then as missed, then a `joined`, then
  /// live messages. For a program that has read up to `seq` in an earlier run. Has no effect when the session
  /// is not in the room.
  void go_back(std::string_view room, std::uint64_t seq);

  /// Changes the name: in the next `hello`, or by a request if `hello` was sent already.
  void rename(std::string name);
  const std::string& name() const { return session_.name(); }
  /// The server of the link or of the attempt under way; between two of them that of the last one.
  const Address& server() const { return sites_[at_]->address; }
  /// The one to which the next attempt goes; the same if there is only one.
  const Address& next_server() const { return sites_[turns_.current()]->address; }
  bool is_up() const { return link_ && session_.welcome(); }
  /// `hello` was sent; `welcome` may not have arrived yet.
  bool has_greeted() const { return link_ != nullptr; }
  /// The server's response time: the last round trip, or the age of the oldest unanswered request or ping if
  /// that is more. 0 without a link.
  std::chrono::milliseconds lag() const;
  /// The TLS of the link; null: it is without, or there is no link.
  const TlsSession* tls() const { return link_ ? link_->tls() : nullptr; }
  /// Whether a password or a token may be sent now: the link has TLS, or does not leave this machine.
  /// send_line keeps to it by itself.
  bool may_carry_secrets() const { return link_ && link_->may_carry_secrets(); }
  /// Ends the wait before the next attempt to connect, if there is one.
  void retry_now();

  /// Sends `quit` behind the queued requests, and closes after the `bye`, or after Patience::leave.
  void quit(std::optional<std::string> text = std::nullopt);
  /// Closes at once; the listener is not called any more.
  void stop();

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<std::string> serve_one_link();
  boost::asio::awaitable<void> wait(std::optional<std::chrono::milliseconds> time);
  boost::asio::awaitable<void> come_back_after(const std::string& why, bool goes_on);
  boost::asio::awaitable<void> ask_for_name();
  void begin(std::shared_ptr<Link> link);
  void end_link();
  void read_lines();
  void flush();
  void look_after_link();
  void look_again_at(std::chrono::steady_clock::time_point time);
  void ask(std::chrono::steady_clock::time_point now);
  void woke();
  void say_hello_again();
  bool name_is_refused() const;
  bool goes_on_at_once(const std::string& why);
  bool is_last(bool refused, bool goes_on) const;
  std::string last_word(const std::string& why) const;
  std::string why_only_tls() const;
  void close(Ending ending, std::string_view sentence);

  Settings settings_;
  Listener* listener_;
  Session session_;
  const std::vector<std::shared_ptr<Site>> sites_;  ///< of the servers, in their order
  Turns turns_;
  std::size_t at_ = 0;                 ///< index of the server of the link, or of the last attempt
  std::vector<std::string> failures_;  ///< before the first `welcome`: "a:7717 (no answer)" and so on
  Backoff backoff_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer pace_;
  boost::asio::steady_timer leave_;
  boost::asio::steady_timer vigil_;  ///< when the link has to be checked next
  std::chrono::steady_clock::time_point look_again_at_ = std::chrono::steady_clock::time_point::max();
  WakeWatch wake_;
  std::shared_ptr<Dialer> dialer_;
  std::shared_ptr<Link> link_;
  std::optional<Keepalive> keepalive_;  ///< of the link
  Lag lag_;                             ///< of the link
  Verdict verdict_;
  Dialer::Fault fault_ = Dialer::Fault::none;  ///< of the last attempt to connect
  bool had_tls_ = false;                       ///< a link to any server; from then on there is none without
  bool told_no_tls_ = false;
  std::chrono::steady_clock::time_point offline_since_{};  ///< meaningful without a link
  bool waiting_ = false;                                   ///< to try again
  bool at_once_ = false;                                   ///< the next attempt
  bool redial_ = false;  ///< the attempt under way was begun before the machine slept
  bool over_ = false;
};

}  // namespace hubbub::client
