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

/// One thing that happens; what `value` means depends on it.
struct Step {
  enum class What : std::uint8_t {
    ask,                ///< a client writes a request
    handle,             ///< what a client has written is taken, a few lines at most
    end_turn,           ///< and everybody is written to
    posted,             ///< what was put off to a later handler
    batch_done,         ///< the disk has taken a batch
    batch_failed,       ///< or not
    read_done,          ///< a page has been read
    read_failed,        ///< or not
    pause,              ///< a client stops reading
    take,               ///< a paused one reads a little
    resume,             ///< it reads on
    directory_answers,  ///< of what waits for the directory, one, in any order
    tick,               ///< a second passes
    reload,             ///< other limits
    connect,            ///< a newcomer
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

/// The far side of one client: what the front end, the connection and the peer do.
class Client final : public Wire {
 public:
  Client(Hub& hub, const Format& format, Engine& engine, std::string name);
  ~Client() override { hang_up(); }

  std::string peer() const override { return "unix://"; }
  std::string_view address() const override { return {}; }
  const Format& format() const override { return format_; }
  void deliver(Slice bytes) override { out_ += bytes.view(); }
  std::uint64_t delivered() const override { return written_ + out_.size(); }
  std::uint64_t taken() const override { return taken_; }
  bool has_room(std::size_t bytes) const override { return out_.size() + bytes <= window; }
  bool is_full() const override { return full_; }
  std::size_t unread() const override { return out_.size(); }
  std::size_t most_unread() const override { return most_queued; }
  void when_drained() override { wants_drained_ = true; }
  void send(const protocol::Event& event) override { protocol::encode(event, out_); }
  void answered(std::string_view ref) override;
  void doubt() override {}
  void resume() override { resumes_ = true; }
  void close() override { closing_ = true; }

  void ask(protocol::request::Any body);
  /// Offers up to so many of its requests, as a front end does.
  void handle(std::size_t most);
  /// The end of a turn: what is queued is written.
  void flush();
  void run_posted();
  void take(std::size_t bytes);
  void pause() { paused_ = true; }
  void resume_reading() { paused_ = false; }
  /// The connection breaks, and nobody but the chat holds the session any more.
  void hang_up();

  const std::string& name() const { return name_; }
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
  std::deque<std::string> answered_;  ///< refs that are to be answered next
  std::string out_;
  std::uint64_t written_ = 0;
  std::uint64_t taken_ = 0;  ///< of it: what has been acknowledged
  std::string half_;         ///< a line of which the peer has a part
  int refs_ = 0;
  bool waits_ = false;    ///< the first of input_ was refused
  bool resumes_ = false;  ///< it may be offered again, in a handler to come
  bool wants_drained_ = false;
  bool drained_ = false;
  bool full_ = false;
  bool paused_ = false;
  bool closing_ = false;
};

/// A chat in which the steps happen, one after the other; afterwards everything comes to rest, and everybody
/// must have received what is due. Throws Broken where somebody has not.
void play(const std::vector<Step>& steps, std::uint32_t seed);

}  // namespace hubbub::chat::random
