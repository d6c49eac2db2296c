// The connection's part for one link: what is read and written, and whether it is alive.
#include <algorithm>
#include <utility>

#include "client/connection/connection.hpp"
#include "protocol/line_splitter.hpp"
#include "protocol/secret.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

/// The error's text; its code only if there is no text.
std::string sentence(const protocol::Error& error) {
  return error.text.empty() ? std::string(to_string(error.code)) : error.text;
}

}  // namespace

/// From dialling to the link's end; returns a clause that says how it ended.
asio::awaitable<std::string> Connection::serve_one_link() {
  verdict_ = {};
  fault_ = Dialer::Fault::none;
  dialer_ = std::make_shared<Dialer>(retry_.get_executor(), sites_[at_]);
  const auto dialer = dialer_;
  const std::string only_tls = why_only_tls();
  Dialer::Outcome dialled = co_await dialer->dial(only_tls, settings_.patience.connect);
  dialer_.reset();
  fault_ = dialled.fault;
  if (over_ || !dialled.link) co_return dialled.why;
  const auto link = dialled.link;
  if (dialled.no_tls && !std::exchange(told_no_tls_, true)) listener_->on_no_tls();
  if (over_) co_return dialled.why;
  begin(link);
  while (co_await link->read()) read_lines();
  end_link();
  if (verdict_.step != Verdict::Step::go_on) co_return sentence(verdict_.error);
  if (!session_.welcome() && !session_.last_words().empty()) co_return session_.last_words();
  const bool may_want_tls = !session_.was_welcome() && link->is_silent() && link->tls() == nullptr;
  co_return may_want_tls ? link->why() + "; if it speaks TLS alone there, connect with --tls" : link->why();
}

/// One server's TLS counts for all of them: who answers at another's address may be anybody.
std::string Connection::why_only_tls() const {
  if (had_tls_) return "it did before, and so it may be somebody else who answers there";
  return session_.has_secrets() ? "a password or a token is not sent without it" : std::string();
}

void Connection::begin(std::shared_ptr<Link> link) {
  const Patience& patience = settings_.patience;
  link_ = std::move(link);
  had_tls_ = had_tls_ || link_->tls() != nullptr;
  const Keepalive::Limits limits{patience.silence, patience.answer, patience.woken};
  keepalive_.emplace(limits, steady_clock::now());
  session_.link_up(link_->may_carry_secrets());
  flush();
}

void Connection::end_link() {
  // The link did not survive the machine's sleep: the next attempt need not wait.
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
  if (session_.is_open()) {
    backoff_.reset();
    turns_.opened(steady_clock::now());
  }
  flush();
}

/// Sends what may be sent now, and sets a timer for the rest.
void Connection::flush() {
  if (!link_ || over_) return;
  const auto now = steady_clock::now();
  std::string output = session_.take_output(now);
  link_->write(output);
  protocol::wipe(output);  // there may be a password in it
  if (const auto next = session_.next_output(now)) {
    pace_.expires_at(*next);
    pace_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->flush();
    });
  }
  look_after_link();
}

/// Checks whether the link is alive and how slow the server is.
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

/// Only ever sets the timer to an earlier time, as a busy link would otherwise set it all the time.
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
