// The half of the connection that minds one link: what is read and written, and whether it is alive.
#include <algorithm>
#include <utility>

#include "client/connection/connection.hpp"
#include "protocol/line_splitter.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

/// For people: the code is for programs, unless there is nothing else.
std::string sentence(const protocol::Error& error) {
  return error.text.empty() ? std::string(to_string(error.code)) : error.text;
}

}  // namespace

/// From dialling to the link's end; returns a clause that says how it ended.
asio::awaitable<std::string> Connection::serve_one_link() {
  verdict_ = {};
  dialer_ = std::make_shared<Dialer>(retry_.get_executor());
  const auto dialer = dialer_;
  Dialer::Outcome dialled = co_await dialer->dial(settings_.address, settings_.patience.connect);
  dialer_.reset();
  if (over_ || !dialled.socket) co_return dialled.why;
  const auto link = std::make_shared<Link>(std::move(*dialled.socket));
  begin(link);
  while (co_await link->read()) read_lines();
  end_link();
  if (verdict_.step != Verdict::Step::go_on) co_return sentence(verdict_.error);
  co_return session_.welcome() || session_.last_words().empty() ? link->why() : session_.last_words();
}

void Connection::begin(std::shared_ptr<Link> link) {
  const Patience& patience = settings_.patience;
  link_ = std::move(link);
  const Keepalive::Limits limits{patience.silence, patience.answer, patience.woken};
  keepalive_.emplace(limits, steady_clock::now());
  session_.link_up();
  flush();
}

void Connection::end_link() {
  // What one found on waking was dead: there is no reason to wait before the next attempt.
  at_once_ = keepalive_->in_doubt() && verdict_.step == Verdict::Step::go_on;
  link_.reset();
  keepalive_.reset();
  vigil_.cancel();
  look_again_at_ = steady_clock::time_point::max();
  const bool told = lag_.is_told();
  lag_ = {};
  if (told && !over_) listener_->on_lag(std::chrono::milliseconds(0));
}

void Connection::read_lines() {
  const auto link = link_;
  wake_.look();
  keepalive_->heard(steady_clock::now());
  protocol::LineSplitter lines(link->lines(), 0);
  while (const auto line = lines.next()) {
    const Verdict verdict = session_.read(*line, steady_clock::now());
    if (over_) return;
    if (verdict.step != Verdict::Step::go_on) {
      verdict_ = verdict;
      return link->close("it said goodbye");
    }
  }
  if (session_.is_open()) backoff_.reset();
  flush();
}

/// Sends what may be sent, and sees to it that the rest follows.
void Connection::flush() {
  if (!link_ || over_) return;
  const auto now = steady_clock::now();
  link_->write(session_.take_output(now));
  if (const auto next = session_.next_output(now)) {
    pace_.expires_at(*next);
    pace_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->flush();
    });
  }
  look_after_link();
}

/// Whether the link is alive, and how slow the server is.
void Connection::look_after_link() {
  if (over_ || !link_ || !link_->is_open()) return;
  const auto now = steady_clock::now();
  if (session_.welcome()) keepalive_->welcomed();
  if (session_.ping_answered()) keepalive_->answered();
  lag_.waiting(session_.waiting_since(), now);
  const auto step = keepalive_->step(now);
  if (step == Keepalive::Step::give_up) {
    return link_->close(session_.welcome() ? "no answer" : "no welcome came; is that a hubbub server?");
  }
  if (step == Keepalive::Step::ask || (session_.welcome() && lag_.wants_question())) ask(now);
  look_again_at(std::min(keepalive_->due(), lag_.next(now).value_or(steady_clock::time_point::max())));
  if (const auto lag = lag_.news(now)) listener_->on_lag(*lag);
}

void Connection::ask(steady_clock::time_point now) {
  session_.ping(now);
  keepalive_->asked(now);
  lag_.waiting(session_.waiting_since(), now);
  link_->write(session_.take_output(now));
}

/// The timer is only ever set to go off sooner: on a busy link it would be set anew all the time.
void Connection::look_again_at(steady_clock::time_point time) {
  if (time >= look_again_at_) return;
  look_again_at_ = time;
  vigil_.expires_at(time);
  vigil_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error) return;
    self->look_again_at_ = steady_clock::time_point::max();
    self->wake_.look();
    self->look_after_link();
  });
}

/// The machine slept or the process was stopped until now.
void Connection::woke() {
  if (over_) return;
  const auto now = steady_clock::now();
  backoff_.reset();
  if (!is_up()) offline_since_ = now;
  if (link_) {
    keepalive_->woke(now);
    lag_.woke(now);
    return look_after_link();
  }
  if (dialer_) {
    redial_ = true;
    dialer_->cancel();
  }
  retry_now();
}

std::chrono::milliseconds Connection::lag() const { return lag_.value(steady_clock::now()); }

}  // namespace hubbub::client
