#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "protocol/request.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"
#include "server/chat/wire.hpp"
#include "test/chat/house.hpp"
#include "test/chat/random/engine.hpp"
#include "test/chat/random/judge.hpp"

namespace hubbub::chat::random {

/// A step of a play; the meaning of `value` depends on `what`.
struct Step {
  enum class What : std::uint8_t {
    ask,                ///< a client writes a request
    handle,             ///< the server takes a client's requests, a few at most
    end_turn,           ///< the turn ends, and all clients are written to
    posted,             ///< handlers posted for later run
    batch_done,         ///< the disk has stored a batch
    batch_failed,       ///< or not
    read_done,          ///< a read has succeeded
    read_failed,        ///< or not
    pause,              ///< a client stops reading
    take,               ///< a paused client reads a little
    resume,             ///< a paused client reads on
    directory_answers,  ///< the directory answers one pending call, in any order
    tick,               ///< a second passes, or seldom a minute
    hash,               ///< a password has been hashed
    reload,             ///< limits change
    connect,            ///< a new client connects
    hang_up,            ///< a connection breaks
    give_up,            ///< the server closes one
    stop,               ///< the server stops
  };
  What what;
  std::uint8_t who;
  std::uint32_t value;
};

std::string to_string(const std::vector<Step>& steps);
std::vector<Step> steps_from(std::uint32_t seed, std::size_t count);

/// A client and its wire: plays the front end, the connection and the peer.
class Client final : public Wire {
 public:
  Client(Hub& hub, const Format& format, Engine& engine, std::string name);
  ~Client() override { hang_up(); }

  std::string peer() const override { return "unix://"; }
  std::string_view address() const override { return {}; }
  Privacy privacy() const override { return Privacy::machine; }
  const Format& format() const override { return format_; }
  void deliver(Slice bytes) override { out_ += bytes.view(); }
  std::uint64_t delivered() const override { return written_ + out_.size(); }
  std::uint64_t taken() const override { return taken_; }
  bool has_room(std::size_t bytes) const override { return out_.size() + bytes <= window; }
  bool is_full() const override { return full_; }
  std::size_t unread() const override { return out_.size(); }
  std::size_t most_unread() const override { return most_queued; }
  void when_drained() override { wants_drained_ = true; }
  void deliver_event(const protocol::Event& event) override { protocol::encode(event, out_); }
  void answered(std::string_view ref) override;
  void doubt() override {}
  void resume() override { resumes_ = true; }
  void close() override { closing_ = true; }

  void ask(protocol::request::Any body);
  /// Offers up to `most` of the client's requests to the session, as a front end does.
  void handle(std::size_t most);
  /// The end of a turn: writes queued bytes.
  void flush();
  void run_posted();
  void take(std::size_t bytes);
  void pause() { paused_ = true; }
  void resume_reading() { paused_ = false; }
  /// The connection breaks, and nobody but the chat holds the session any more.
  void hang_up();

  const std::string& name() const { return name_; }
  bool has_session() const { return session_ != nullptr; }
  /// Of one that has not hung up.
  Session& session() { return *session_; }
  Judge& judge() { return judge_; }
  bool is_open() const { return session_ && !session_->is_closed(); }
  bool is_idle() const { return input_.empty() && !resumes_ && !drained_ && !wants_drained_ && out_.empty(); }

 private:
  static constexpr std::size_t most_queued = 1500;
  static constexpr std::size_t window = 1000;

  void acknowledge() { taken_ = written_; }
  void hear(std::size_t bytes);

  const Format& format_;
  std::string name_;
  Judge judge_;
  std::shared_ptr<Session> session_;  ///< null: it has hung up
  std::deque<protocol::Request> input_;
  std::deque<std::string> answered_;  ///< refs of requests that are to be answered next
  std::string out_;
  std::uint64_t written_ = 0;
  std::uint64_t taken_ = 0;  ///< bytes of written_ that have been acknowledged
  std::string half_;         ///< a line that the peer has read in part
  int refs_ = 0;
  bool waits_ = false;    ///< the first of input_ was refused
  bool resumes_ = false;  ///< that request may be offered again in a later handler
  bool wants_drained_ = false;
  bool drained_ = false;
  bool full_ = false;
  bool paused_ = false;
  bool closing_ = false;
};

/// Plays the steps in a chat, one after the other, then lets everything come to rest, and checks that every
/// client has received what is due. Throws Broken if not.
void play(const std::vector<Step>& steps, std::uint32_t seed);

}  // namespace hubbub::chat::random
