#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "server/accounts/registry.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/local_directory.hpp"
#include "server/chat/session.hpp"
#include "server/chat/wire.hpp"
#include "server/journal/memory.hpp"
#include "server/ops/log.hpp"

/// A chat without sockets: a hub, a clock that the test sets, and peers whose wires record what is delivered.
namespace hubbub::chat {

class HandClock final : public Clock {
 public:
  Now now() const override { return now_; }
  void pass(std::chrono::milliseconds time) {
    now_.steady += time;
    now_.wall += time;
  }

 private:
  Now now_{.steady = std::chrono::steady_clock::time_point{std::chrono::hours{1}},
           .wall = protocol::Timestamp{std::chrono::hours{400'000}}};
};

/// Renders JSON, so that shared bytes can be read back as events, and counts its calls.
class CountingFormat final : public Format {
 public:
  void render(const protocol::Event& event, std::string& out) const override {
    ++events;
    protocol::encode(event, out);
  }
  void render(const protocol::Message& message, std::string_view ref, std::string& out) const override {
    ++messages;
    protocol::encode(message, ref, out);
  }

  mutable int events = 0;
  mutable int messages = 0;
};

/// The events in a piece of rendered text.
std::vector<protocol::Event> read_events(const std::string& text);

class Peer final : public Wire {
 public:
  Peer(Hub& hub, const Format& format, const std::string& address = {}, PersonPtr person = new chat::Person)
      : format_(format), session_(hub.open(*this, ++opened, address, std::move(person))) {}
  ~Peer() override { session_->end("disconnected"); }

  std::string peer() const override { return "tcp://" + host + ":40000"; }
  std::string_view address() const override { return host; }
  Privacy privacy() const override { return privacy_now; }
  bool is_operator() const override { return is_of_operators; }
  const Format& format() const override { return format_; }
  void deliver(Slice bytes) override {
    ++deliveries;
    delivered_ += bytes.size;
    if (!dead) taken_ = delivered_;
    for (auto& event : read_events(std::string(bytes.view()))) events.push_back(std::move(event));
  }
  bool is_full() const override { return full; }
  std::size_t unread() const override { return 0; }
  std::size_t most_unread() const override { return most_kept; }
  std::uint64_t delivered() const override { return delivered_; }
  std::uint64_t taken() const override { return taken_; }
  bool has_room(std::size_t /*bytes*/) const override { return !blocked; }
  void when_drained() override { wants_drained = true; }
  void deliver_event(const protocol::Event& event) override {
    delivered_ += 1;  // whatever its length
    if (!dead) taken_ = delivered_;
    events.push_back(event);
  }
  void doubt() override { ++doubts; }
  void resume() override { ++resumes; }
  void close() override { closed = true; }

  Session& session() { return *session_; }
  /// Whether the session took the request.
  bool ask(protocol::request::Any body, std::string ref = {}) {
    return session_->handle(protocol::Request{.body = std::move(body), .ref = std::move(ref)});
  }
  bool say(const std::string& room, const std::string& text, std::optional<std::string> id = {},
           std::string ref = {}) {
    return ask(protocol::request::Say{.room = room, .text = text, .id = std::move(id), .action = false},
               std::move(ref));
  }
  bool join(const std::string& room, std::optional<std::uint64_t> since = {},
            std::optional<std::uint64_t> replay = {}) {
    return ask(protocol::request::Join{.room = room, .since = since, .replay = replay, .key = {}});
  }

  /// The peer of a dead connection answers again.
  void revive() {
    dead = false;
    taken_ = delivered_;
  }
  /// The events since the last call, one short line for each: "message lobby alice: hi #id ref=r".
  std::vector<std::string> heard();
  /// The last event of that kind; fails the test when there is none.
  template <class Body>
  const Body& last() const {
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (const auto* body = std::get_if<Body>(&event->body)) return *body;
    }
    throw std::logic_error("no such event has come");
  }

  std::deque<protocol::Event> events;  ///< each stays where it is
  int deliveries = 0;
  int resumes = 0;
  int doubts = 0;
  bool closed = false;
  std::string host = "192.0.2.1";
  Privacy privacy_now = Privacy::nobody;
  bool is_of_operators = false;  ///< has come in by their socket
  bool full = false;
  bool blocked = false;  ///< the wire has no space for more
  bool dead = false;     ///< the peer acknowledges nothing
  bool wants_drained = false;
  std::size_t most_kept = std::size_t{256} * 1024;

 private:
  void check_claims(const protocol::Event& event);

  const Format& format_;
  inline static std::uint64_t opened = 0;  ///< numbers of sessions

  std::shared_ptr<Session> session_;
  std::size_t heard_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t taken_ = 0;
  std::map<std::string, std::uint64_t> newest_;  ///< seq of the newest message delivered, by room
  std::set<std::string> changed_;  ///< rooms of messages that came changed, since the last claim
};

/// Hub, journal and clock together.
class House {
 public:
  House() : House(std::make_unique<journal::MemoryJournal>(journal::Settings{}, 3'600'000'000)) {}
  explicit House(std::unique_ptr<journal::Journal> engine,
                 std::unique_ptr<Directory> names = std::make_unique<LocalDirectory>())
      : journal(std::move(engine)),
        directory(std::move(names)),
        hub(settings, clock, *journal, *directory, accounts) {
    ops::log::configure({.level = ops::log::Level::error});
    settings.raid_joins = 0;  // tests of their own have raids
  }

  /// A new peer with that name, in the room.
  std::unique_ptr<Peer> enter(const std::string& name, const std::string& room = "lobby");
  /// A peer that has not sent `hello`.
  std::unique_ptr<Peer> connect() { return std::make_unique<Peer>(hub, format); }

  Settings settings;
  HandClock clock;
  CountingFormat format;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<Directory> directory;
  boost::asio::io_context loop{1};
  accounts::Settings account_settings{.hash_memory = 8192, .hash_passes = 1};  ///< cheap hashes
  accounts::Registry accounts{account_settings, std::make_unique<ops::Worker>(loop)};
  Hub hub;
};

}  // namespace hubbub::chat
