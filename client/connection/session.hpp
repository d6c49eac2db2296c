#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/connection/feed.hpp"
#include "client/connection/mailbox.hpp"
#include "client/connection/outbox.hpp"
#include "protocol/json.hpp"
#include "protocol/secret.hpp"

namespace hubbub::client {

/// Why a connection is over.
enum class Ending {
  asked,   ///< the user asked to quit
  closed,  ///< the server refuses this client, or could not be reached
};

/// Whether an event is live, or happened while the link was down.
enum class Arrival { live, missed };

/// The messages in an event, in order: the event itself if it is a message, or the list of a `history` or
/// `joined`, which bring missed messages.
inline std::vector<protocol::MessagePtr> messages_of(const protocol::Event& event) {
  if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) return {*message};
  if (const auto* history = std::get_if<protocol::event::History>(&event.body)) return history->messages;
  if (const auto* joined = std::get_if<protocol::event::Joined>(&event.body)) return joined->history;
  return {};
}

/// What a connection tells its user. All calls come from the connection's executor, one at a time; they
/// may call the connection. References and views are valid during the call.
class Listener {
 public:
  virtual ~Listener() = default;

  /// An event, and the line that it came as. Messages of a room come in order, each once, across links:
  /// missed messages first (in `joined`, and in `history` events that the listener did not ask for). What has
  /// become of messages meanwhile comes as `edited` and `deleted` events, in the order of their changes: a
  /// change may come twice after a broken link, and counts if its number is above that of the last one of the
  /// message. Temporary refusals, and answers to the connection's own requests, are not delivered.
  virtual void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) = 0;
  /// A line of an unknown type, which a newer server may send.
  virtual void on_unknown_line(std::string_view /*line*/) {}
  /// Requests were answered: the outbox has space again, and may be empty.
  virtual void on_answered() {}
  /// The link broke, or an attempt to connect failed; called each time, unless the connection is over. The
  /// next attempt follows after `retry_in`, or sooner (Connection::retry_now). `why` is a clause about
  /// Connection::server(); the next attempt goes to Connection::next_server(). With several servers it is
  /// also called before the first `welcome`.
  virtual void on_link_lost(std::string_view /*why*/, std::chrono::milliseconds /*retry_in*/) {}
  /// The server is slow to answer (Connection::lag): called when the lag reaches a second, at each further
  /// second, and when it is less than a second again. A broken link ends the lag: it is told as 0, before
  /// on_link_lost.
  virtual void on_lag(std::chrono::milliseconds /*lag*/) {}
  /// The server's certificate is not accepted. Called each time that this is so when the client wants to come
  /// back, or another server is left to try, before on_link_lost: the connection goes on trying, as the
  /// operator may mend it, and says nothing to that server (Connection::server) meanwhile. When it is so at
  /// first, at the last server, the connection is over, with this in on_closed. `why` is a clause.
  virtual void on_untrusted(std::string_view /*why*/) {}
  /// The server does not speak TLS, and so the link to another machine is without (Encryption::if_offered):
  /// others on the way can read along. Called once. Not called for Encryption::never.
  virtual void on_no_tls() {}
  /// Connected again; missed messages come next.
  virtual void on_link_back() {}
  /// The rooms were joined (or refused) and missed messages were delivered; requests are sent from now on.
  virtual void on_ready() {}
  /// What is new in the account's conversations, after each `welcome` and login (Profile::follows_account);
  /// live messages of them follow.
  virtual void on_correspondence(const std::vector<Correspondence>& /*conversations*/) {}
  /// The server refuses a request for now (`rate_limited`); it is sent again by itself after that time.
  virtual void on_held_back(std::string_view /*ref*/, std::chrono::milliseconds /*wait*/) {}
  /// The name was refused, and the connection waits for `rename`. Only with Settings::ask_for_name.
  virtual void on_name_refused(const protocol::Error& /*error*/) {}
  /// Connected again, but the name is taken, perhaps by the client's own old link, which the server may not
  /// have given up yet. The name is asked for again for a while (Patience::name). Called each time, before
  /// on_link_lost.
  virtual void on_name_awaited(const protocol::Error& /*error*/) {}
  /// The connection is over, and no further calls follow. `sentence` says why.
  virtual void on_closed(Ending ending, std::string_view sentence) = 0;
};

/// The client's name on the server, and the rooms it joins.
struct Profile {
  std::string name;                     ///< empty: the server picks one
  std::vector<std::string> rooms;       ///< entered at first; empty: the server's default room
  std::optional<std::uint64_t> replay;  ///< messages to see on entering; nothing: the server's number
  bool outside = false;                 ///< with empty `rooms`: the default room is not joined either
  std::string program;                  ///< "hubbub/0.1.0", for the server's log
  std::string token{};                  ///< of this device, for an account; empty: a guest
  /// Enters the rooms in which the account was, besides `rooms`, and catches up on its conversations
  /// (Listener::on_correspondence).
  bool follows_account = false;
};

/// What a line from the server means for the link.
struct Verdict {
  enum class Step { go_on, name_refused, turned_away, closed_for_good };
  Step step = Step::go_on;
  protocol::Error error;
  std::uint64_t retry_after_ms = 0;  ///< when the same may be asked again; 0: not told
};

/// The client's side of the protocol, across links: `hello`, joining rooms, catching up, requests and their
/// answers. Takes lines and returns bytes; has no sockets and no clock.
class Session {
 public:
  using TimePoint = Outbox::TimePoint;

  /// `tag`: the prefix of this session's ids; no other session may use it.
  Session(Profile profile, std::string tag, Listener& listener);

  /// A new link: the output begins with `hello`. Over one that may not carry secrets no request with a
  /// password or a token goes; those that wait are answered with an `error`.
  void link_up(bool may_carry_secrets);
  void link_down();
  /// One line from the server, without its ending.
  Verdict read(std::string_view line, TimePoint now);
  /// Pings the server; has no effect before `welcome`.
  void ping(TimePoint now);
  /// Whether the last `ping` has had its answer.
  bool ping_answered() const { return !asked_; }
  /// When the oldest request without an answer was sent, pings included; nothing: all were answered.
  std::optional<TimePoint> waiting_since() const;

  /// The bytes to send now.
  std::string take_output(TimePoint now);
  /// When the passing of time alone will bring more output; nothing: it will not.
  std::optional<TimePoint> next_output(TimePoint now);

  /// Queues a request; adds an `id` to a say or tell that has none, and a `ref` to any request. A request
  /// that is too long for the server is answered with an `error` at once. False: the outbox is full.
  bool send(protocol::Request asked);
  /// Queues a request given as a line of JSON. A line that is no request is answered at once, with the
  /// `error` that the server would send; a request of an unknown type is sent. `hello` counts as `rename`.
  bool send_line(std::string_view line);
  /// Whether requests with a password or a token wait.
  bool has_secrets() const { return outbox_.has_secrets(); }

  /// Reads all messages after `seq` in the room, again or for the first time.
  void go_back(std::string_view room, std::uint64_t seq);

  const Outbox& outbox() const { return outbox_; }
  const std::string& name() const { return profile_.name; }
  /// For the next hello.
  void use_name(std::string name) { profile_.name = std::move(name); }
  /// For the next hello: once.
  void use_login(protocol::request::Login login) { login_ = std::move(login); }
  bool welcome() const { return phase_ != Phase::greeting; }
  bool was_welcome() const { return was_welcome_; }
  /// The rooms were joined and the missed messages have come: requests are sent.
  bool is_open() const { return phase_ == Phase::open; }
  /// A request to quit was queued, and nothing else is outstanding.
  bool leaving() const { return leaving_ && outbox_.size() <= 1; }
  /// Plain text that a server sent before it closed, instead of `welcome`.
  const std::string& last_words() const { return last_words_; }

 private:
  enum class Phase { greeting, entering, open };
  struct Incoming {
    protocol::Event& event;
    std::string_view line;
    TimePoint now;
  };

  Verdict handle(protocol::event::Welcome& welcome, const Incoming& in);
  Verdict handle(protocol::event::Joined& joined, const Incoming& in);
  Verdict handle(protocol::event::Left& left, const Incoming& in);
  Verdict handle(protocol::MessagePtr& message, const Incoming& in);
  Verdict handle(protocol::event::Presence& presence, const Incoming& in);
  Verdict handle(protocol::event::Topic& topic, const Incoming& in);
  Verdict handle(protocol::event::Renamed& renamed, const Incoming& in);
  Verdict handle(protocol::event::History& history, const Incoming& in);
  Verdict handle(protocol::event::Registered& registered, const Incoming& in);
  Verdict handle(protocol::event::LoggedIn& logged_in, const Incoming& in);
  Verdict handle(protocol::event::LoggedOut& logged_out, const Incoming& in);
  Verdict handle(protocol::event::Read& read, const Incoming& in);
  Verdict handle(protocol::event::Edited& edited, const Incoming& in);
  Verdict handle(protocol::event::Deleted& deleted, const Incoming& in);
  Verdict handle(protocol::event::Kicked& kicked, const Incoming& in);
  Verdict handle(protocol::event::Closed& closed, const Incoming& in);
  Verdict handle(protocol::event::Room& room, const Incoming& in);
  Verdict handle(protocol::event::Role& role, const Incoming& in);
  Verdict handle(protocol::event::Banned& banned, const Incoming& in);
  Verdict handle(protocol::event::Unbanned& unbanned, const Incoming& in);
  Verdict handle(protocol::event::Ping& ping, const Incoming& in);
  Verdict handle(protocol::event::Pong& pong, const Incoming& in);
  Verdict handle(protocol::event::Failure& failure, const Incoming& in);
  Verdict handle(protocol::event::Bye& bye, const Incoming& in);
  Verdict handle(auto& other, const Incoming& in);

  Verdict pass_on(const Incoming& in);
  Verdict pass_on_in_its_place(std::string_view room, const Incoming& in);
  Verdict pass_on_change(const protocol::event::Changed& change, const Incoming& in);
  void pass_on_missed(const protocol::Event& event, TimePoint now);
  /// Delivers an event that was not a line of its own.
  void tell(const protocol::Event& event, Arrival arrival);
  bool queue(Outgoing outgoing);
  void forget_login();
  void refuse_secret(const Outgoing& outgoing);
  void settle(std::string_view ref, TimePoint now);

  void enter_rooms();
  /// `feed`: how far the room has been read; null: it was never joined.
  void enter(const std::string& room, const Feed* feed);
  void ask_for_page(const Feed& feed);
  void close_gap(Feed& feed, TimePoint now);
  void remember_rooms(const std::string& account, const std::vector<protocol::event::RememberedRoom>& rooms);
  void enter_remembered();
  void forget_room(std::string_view room);
  void note_key(const protocol::request::Any& asked);
  // The account's conversations: session_mail.cpp
  void open_mail(const std::string& account);
  void close_mail();
  void ask_for_mail();
  void go_on_with_mail();
  Verdict mail_in_its_place(const std::string& with, const Incoming& in);
  void deliver_mail();
  bool takes_mail(const Incoming& in);
  bool holds_mail(const protocol::Message& message, const Incoming& in);
  std::string correspondent(const protocol::Message& message) const;
  bool is_mail(std::string_view ref) const { return ref.starts_with(tag_ + ".mail."); }
  void open_when_entered();
  Verdict entry_refused(const Incoming& in);
  void ask_again(TimePoint now);
  void ask_again(const std::string& ref);
  static TimePoint retry_time(const protocol::event::Failure& failure, TimePoint now);
  bool put_off(const protocol::Error& error, const Incoming& in);
  bool is_setback(const protocol::Error& error);
  Feed* find_feed(std::string_view room);
  std::string next_tag();
  std::string ping_ref() const { return tag_ + ".ping." + std::to_string(pings_); }
  bool is_ping(std::string_view ref) const { return ref.starts_with(tag_ + ".ping."); }
  void go_by(const std::string& name);
  bool is_own(const protocol::Message& message) const;
  void write(const protocol::Request& request) { encode(request, output_); }

  Profile profile_;
  std::optional<protocol::request::Login> login_;  ///< for the next hello
  std::string tag_;
  Listener& listener_;
  Phase phase_ = Phase::greeting;
  bool was_welcome_ = false;
  bool leaving_ = false;
  bool is_open_to_all_ = false;       ///< others can read what goes over the link
  std::optional<TimePoint> back_at_;  ///< when the last `welcome` came; nothing until the second one
  int setbacks_ = 0;                  ///< since the session was last open
  bool answered_ = false;             ///< the line that is being read answered a request
  std::uint64_t counter_ = 0;
  std::uint64_t line_limit_;
  std::string last_words_;
  std::vector<std::string> names_;  ///< the client's names so far, the latest last
  std::uint64_t pings_ = 0;
  std::optional<TimePoint> asked_;  ///< when the last ping was sent; nothing: it was answered
  std::string output_;
  Outbox outbox_;
  Repeats repeats_;
  std::vector<Feed> feeds_;
  std::map<std::string, protocol::Secret>
      keys_;  ///< with which rooms were entered, by the keys of their names
  Mailbox mailbox_;
  std::string mail_ref_;                                      ///< of its request under way
  std::string epoch_;                                         ///< of the numbers of messages; empty: not told
  std::string rooms_of_;                                      ///< the account whose rooms were entered
  std::vector<std::string> unentered_;                        ///< of the profile's rooms
  std::map<std::string, std::string, std::less<>> entering_;  ///< ref of our own `join`: room
  std::map<std::string, std::string, std::less<>> paging_;    ///< ref of our own `history`: room
  std::multimap<TimePoint, std::string>
      later_;  ///< refs in entering_ and paging_ that were refused for now, by the time to send them again
};

}  // namespace hubbub::client
