// All that can happen to a connection, in random order, held against what it promises: each byte is offered
// in order and used once, nothing while it is paused, the end after all else; no read begins while it is
// paused or the output congested; what is written is what was queued before close(), all of it unless the
// stream fails or the peer takes nothing for too long; on_closed comes once, and nothing after it.
#include <array>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "test/net/scripted_stream.hpp"
#include "test/net/wire_pair.hpp"
#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::net {
namespace {

class Play;

/// One of the handlers, which follow one another.
class Actor final : public Handler {
 public:
  explicit Actor(Play& play) : play_(play) {}

  std::size_t on_input(std::string_view bytes) override;
  bool reads_lines() const override;
  bool on_end(std::string_view rest) override;
  void on_drained() override;
  void on_input_waits(Time when) override;
  void on_too_slow() override;
  void on_closed() override;
  Time deadline() const override;
  void on_deadline(Time now) override;

 private:
  Play& play_;
};

class Play : public Scripted {
 public:
  explicit Play(std::uint32_t seed) : random_(seed) {
    settings.line_bytes = 200;
    settings.send_queue_soft = 300;
    settings.send_queue = 600;
    settings.stall = std::chrono::hours{1};
    in_lines = one_in(2);
    script.before_wait = [this] { reads_on(); };
    connection->start(std::make_unique<Actor>(*this));
  }

  void step() {
    constexpr std::array steps{&Play::send,        &Play::send,        &Play::read,         &Play::read,
                               &Play::read,        &Play::write,       &Play::write,        &Play::take,
                               &Play::take,        &Play::pass,        &Play::pass,         &Play::pass,
                               &Play::pause,       &Play::resume,      &Play::resume,       &Play::be_due,
                               &Play::ask_drained, &Play::stand_still, &Play::wait_an_hour, &Play::seldom};
    (this->*steps.at(up_to(steps.size() - 1)))();
    check();
  }

  /// Everything comes to an end.
  void end() {
    script.ended = true;
    const bool takes_all = !one_in(4);
    script.room = takes_all ? std::numeric_limits<std::size_t>::max() : 0;
    for (int turns = 0; closed_ == 0; ++turns) {
      REQUIRE(turns < 1000);
      resume();
      pass();
      read();
      script.ready_to_write();
      if (end_taken_) close();
      if (!takes_all) wait_an_hour();
      check();
    }
    read();
    script.ready_to_write();
    pass();
    REQUIRE(script.closed);
    REQUIRE(connection->use_count() == 1);
    REQUIRE(connection->due == never);
    if (script.failure || is_given_up_) return;
    REQUIRE(script.output_ended);
    REQUIRE(script.output == queued_);
  }

  // What the handlers are told.
  std::size_t offered(std::string_view bytes) {
    REQUIRE(closed_ == 0);
    REQUIRE_FALSE(is_closing_);
    REQUIRE_FALSE(is_paused_);
    REQUIRE(sent_.substr(used_, bytes.size()) == bytes);
    const auto line = bytes.substr(0, bytes.rfind('\n') + 1);
    const auto taken = bytes.size() >= settings.line_bytes ? bytes.size()
                       : in_lines                          ? line.size()
                                                           : up_to(bytes.size());
    used_ += taken;
    whim();
    return taken;
  }
  bool ended(std::string_view rest) {
    REQUIRE(closed_ == 0);
    REQUIRE_FALSE(is_closing_);
    REQUIRE_FALSE(is_paused_);
    REQUIRE(script.ended);
    REQUIRE(sent_.substr(used_) == rest);
    whim();
    if (!is_paused_ && one_in(2)) pause();
    end_taken_ = end_taken_ || !is_paused_;
    return !is_paused_;
  }
  void called() {
    REQUIRE(closed_ == 0);
    REQUIRE_FALSE(is_closing_);
    whim();
  }
  void was_drained() {
    ++drained_;
    called();
  }
  void was_too_slow() {
    REQUIRE(std::exchange(an_hour_has_passed_, false));
    REQUIRE(script.room == 0);
    called();
    is_closing_ = true;  // by the connection, if not in the call
  }
  void was_closed() { ++closed_; }

  bool in_lines = true;
  Time due = never;

 private:
  bool one_in(std::uint32_t n) { return random_() % n == 0; }
  std::size_t up_to(std::size_t n) { return random_() % (n + 1); }

  /// A read is about to begin. After close() what comes is discarded, whatever else is.
  void reads_on() const {
    if (is_closing_) return;
    REQUIRE_FALSE(is_paused_);
    REQUIRE(queued_.size() - script.output.size() <= settings.send_queue_soft);
  }

  void check() {
    REQUIRE(std::string_view(queued_).substr(0, script.output.size()) == script.output);
    REQUIRE(closed_ <= 1);
    REQUIRE(drained_ <= drained_asked_);
  }

  /// What a handler may do in a call.
  void whim() {
    if (one_in(6)) write();
    if (one_in(60)) close();
    if (one_in(12)) ask_drained();
    if (one_in(8)) pause();
    if (one_in(12)) resume();
    if (one_in(30) && !is_paused_) connection->become(std::make_unique<Actor>(*this));
  }
  void send() {
    if (script.ended) return;
    std::string text;
    for (auto n = up_to(40); n > 0; --n) text += one_in(8) ? '\n' : static_cast<char>('a' + up_to(25));
    sent_ += text;
    script.input += text;
  }
  void read() { script.ready_to_read(); }
  void write() {
    const auto text = std::string(up_to(150), static_cast<char>('A' + up_to(25)));
    if (!is_closing_ && !script.closed) queued_ += text;
    connection->write(bytes(text));
  }
  void take() {
    script.room += up_to(300);
    script.ready_to_write();
  }
  void stand_still() { script.room = up_to(3); }
  /// As if the peer had been waited for for all of `stall` now.
  void wait_an_hour() {
    auto& lag = connection->output().lag();
    if (script.closed || !lag.is_waited_for()) return;
    REQUIRE(connection->due <= turn.now().steady + settings.stall);
    const bool takes_some = script.room > 0;
    lag.begin_again(turn.now().steady - settings.stall);
    an_hour_has_passed_ = true;
    connection->on_due();
    const bool is_told = !std::exchange(an_hour_has_passed_, false);
    is_given_up_ = !takes_some && !is_told && !script.output_ended;
    REQUIRE(script.closed == (is_given_up_ || script.output_ended));
    REQUIRE((is_closing_ || takes_some));
  }
  void pass() { turn.poll(); }
  void pause() {
    is_paused_ = true;
    connection->pause();
  }
  void resume() {
    is_paused_ = false;
    connection->resume();
  }
  void be_due() {
    due = turn.now().steady;
    connection->deadline_moved();
  }
  void ask_drained() {
    ++drained_asked_;
    connection->when_drained();
  }
  void close() {
    is_closing_ = true;
    connection->close();
  }
  void seldom() {
    if (one_in(4)) script.ended = true;
    if (one_in(12)) close();
    if (one_in(16)) script.failure = boost::asio::error::connection_reset;
  }

  std::mt19937 random_;
  std::string sent_;      ///< by the peer
  std::size_t used_ = 0;  ///< of that, by the handlers
  std::string queued_;    ///< for the peer, while it was taken
  bool is_paused_ = false;
  bool is_closing_ = false;
  bool end_taken_ = false;  ///< by a handler
  bool an_hour_has_passed_ = false;
  bool is_given_up_ = false;  ///< it was being closed, and took nothing
  int drained_ = 0;
  int drained_asked_ = 0;
  int closed_ = 0;
};

std::size_t Actor::on_input(std::string_view bytes) { return play_.offered(bytes); }
bool Actor::reads_lines() const { return play_.in_lines; }
bool Actor::on_end(std::string_view rest) { return play_.ended(rest); }
void Actor::on_drained() { play_.was_drained(); }
void Actor::on_input_waits(Time /*when*/) { play_.called(); }
void Actor::on_too_slow() { play_.was_too_slow(); }
void Actor::on_closed() { play_.was_closed(); }
Time Actor::deadline() const { return play_.due; }
void Actor::on_deadline(Time /*now*/) {
  play_.due = never;
  play_.called();
}

}  // namespace

// HUBBUB_SEED and HUBBUB_RUNS choose others: HUBBUB_RUNS=10000 test_net "[random]"
TEST_CASE("whatever happens to a connection in whatever order, it keeps what it promises", "[random]") {
  const auto first = test::number_from("HUBBUB_SEED", 1);
  const auto runs = 10 * test::number_from("HUBBUB_RUNS", 300);  // of which each is short
  for (auto seed = first; seed < first + runs; ++seed) {
    CAPTURE(seed);
    Play play(seed);
    for (int step = 0; step < 150; ++step) play.step();
    play.end();
  }
}

}  // namespace hubbub::net
