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
#include "client/connection/outbox.hpp"
#include "protocol/json.hpp"

namespace hubbub::client {

/// Why a connection is over.
enum class Ending {
  asked,   ///< `quit` was asked for
  closed,  ///< the server will not let this client back in, or could not be reached
};

/// Whether an event is news, or was said while the link was down.
enum class Arrival { live, missed };

/// The messages that an event brings, in their order: itself if it is one, or those of a `history` or a
/// `joined`, in which those come that were missed.
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

  /// An event, and the line that it came as. Messages of a room come in their order, each once, across
  /// links: those that were missed first (in `history` events, which nobody asked for, and in `joined`).
  /// Refusals that only mean "later", and what the connection asked for itself, are not among them.
  virtual void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) = 0;
  /// A line of a kind that this client does not know; a newer server may send such.
  virtual void on_unknown_line(std::string_view /*line*/) {}
  /// Requests were answered: there is room for others, and perhaps none is outstanding.
  virtual void on_answered() {}
  /// The link broke, or an attempt to connect failed: told each time, unless it is over. The next attempt
  /// comes by itself after `retry_in`, or sooner (Connection::retry_now). `why` is a clause.
  virtual void on_link_lost(std::string_view /*why*/, std::chrono::milliseconds /*retry_in*/) {}
  /// The server is slow to answer (Connection::lag): told at a second, at each further one, and when it is
  /// less than a second again. With the link the lag goes too: then it is told as 0, before on_link_lost.
  virtual void on_lag(std::chrono::milliseconds /*lag*/) {}
  /// Connected again; what was missed comes next.
  virtual void on_link_back() {}
  /// The rooms were entered (or refused) and what was missed has been passed on; requests go out now.
  virtual void on_ready() {}
  /// The name cannot be had. Only where Settings::ask_for_name: the connection waits for `rename`.
  virtual void on_name_refused(const protocol::Error& /*error*/) {}
  /// Connected again, but the name is taken, perhaps by the client's own broken link, which the server has
  /// not noticed yet: the name is asked for again for a while (Patience::name). Told each time, before
  /// on_link_lost.
  virtual void on_name_awaited(const protocol::Error& /*error*/) {}
  /// It is over, and nothing else will be called. `sentence` says why.
  virtual void on_closed(Ending ending, std::string_view sentence) = 0;
};

/// Who the client is to the server, and which rooms it enters.
struct Profile {
  std::string name;                     ///< empty: the server picks one
  std::vector<std::string> rooms;       ///< entered at first; empty: the server's default room
  std::optional<std::uint64_t> replay;  ///< messages to see on entering; nothing: the server's number
  bool outside = false;                 ///< with no rooms: not even the default room is entered
  std::string program;                  ///< "hubbub/0.1.0", for the server's log
};

/// What became of the link with a line that was read.
struct Verdict {
  enum class Step { go_on, name_refused, turned_away, closed_for_good };
  Step step = Step::go_on;
  protocol::Error error;
};

/// The client's side of the conversation, across links: hello, entering rooms, catching up, requests
/// and their answers. Lines in, bytes out; no sockets, no clock.
class Session {
 public:
  using TimePoint = Outbox::TimePoint;

  /// `tag`: what the ids of this session begin with, which no other session may use.
  Session(Profile profile, std::string tag, Listener& listener);

  /// A new link; what there is to send begins with `hello`.
  void link_up();
  void link_down();
  /// One line from the server, without its ending.
  Verdict read(std::string_view line, TimePoint now);
  /// Pings the server. Nothing before `welcome`.
  void ping(TimePoint now);
  /// Whether the last `ping` has had its answer.
  bool ping_answered() const { return !asked_; }
  /// When the oldest request without an answer was sent, pings included; nothing: all were answered.
  std::optional<TimePoint> waiting_since() const;

  /// What has to be sent now.
  std::string take_output(TimePoint now);
  /// When there is more to be sent, if time alone brings that about.
  std::optional<TimePoint> next_output(TimePoint now);

  /// Queues a request; a say or tell without an `id` is given one, and any request a `ref`. A request that is
  /// too long for the server is answered with an `error` at once. False: the outbox is full.
  bool send(protocol::Request asked);
  /// Queues a request as somebody wrote it. A line that is no request is answered at once, with the `error`
  /// that the server would send; a type that is not known here is passed on. `hello` stands for `rename`.
  bool send_line(std::string_view line);

  /// Everything after `seq` in the room is read again, or for the first time.
  void go_back(std::string_view room, std::uint64_t seq);

  const Outbox& outbox() const { return outbox_; }
  const std::string& name() const { return profile_.name; }
  /// For the next hello.
  void use_name(std::string name) { profile_.name = std::move(name); }
  bool welcome() const { return phase_ != Phase::greeting; }
  bool was_welcome() const { return was_welcome_; }
  /// The rooms were entered and the missed messages have come: requests go out.
  bool is_open() const { return phase_ == Phase::open; }
  /// A request to quit was queued, and nothing else is outstanding.
  bool leaving() const { return leaving_ && outbox_.size() <= 1; }
  /// What a server said in plain words before it closed, instead of `welcome`.
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
  Verdict handle(protocol::event::Ping& ping, const Incoming& in);
  Verdict handle(protocol::event::Pong& pong, const Incoming& in);
  Verdict handle(protocol::event::Failure& failure, const Incoming& in);
  Verdict handle(protocol::event::Bye& bye, const Incoming& in);
  Verdict handle(auto& other, const Incoming& in);

  Verdict pass_on(const Incoming& in);
  Verdict pass_on_in_its_place(std::string_view room, const Incoming& in);
  void pass_on_missed(const protocol::Event& event, TimePoint now);
  /// What did not come as a line of its own.
  void tell(const protocol::Event& event, Arrival arrival);
  bool queue(Outgoing outgoing);
  void settle(std::string_view ref, TimePoint now);

  void enter_rooms();
  /// `feed`: how far one has read there; null: one has not been there.
  void enter(const std::string& room, const Feed* feed);
  void ask_for_page(const Feed& feed);
  void close_gap(Feed& feed, TimePoint now);
  void open_when_entered();
  Verdict entry_refused(const Incoming& in);
  void ask_again(TimePoint now);
  void ask_again(const std::string& ref);
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
  std::string tag_;
  Listener& listener_;
  Phase phase_ = Phase::greeting;
  bool was_welcome_ = false;
  bool leaving_ = false;
  std::optional<TimePoint> back_at_;  ///< when the latest `welcome` but the first came
  int setbacks_ = 0;                  ///< since it was open last
  bool answered_ = false;             ///< something was, by the line that is being read
  std::uint64_t counter_ = 0;
  std::uint64_t line_limit_;
  std::string last_words_;
  std::vector<std::string> names_;  ///< the client's names so far, the latest last
  std::uint64_t pings_ = 0;
  std::optional<TimePoint> asked_;  ///< when the last ping was, as long as it has no answer
  std::string output_;
  Outbox outbox_;
  Repeats repeats_;
  std::vector<Feed> feeds_;
  std::vector<std::string> unentered_;                        ///< of the profile's rooms
  std::map<std::string, std::string, std::less<>> entering_;  ///< ref of our own `join`: room
  std::map<std::string, std::string, std::less<>> paging_;    ///< ref of our own `history`: room
  std::multimap<TimePoint, std::string>
      later_;  ///< of entering_ and paging_: refused for now, by when they go again
};

}  // namespace hubbub::client
