#include "client/connection/connection.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "protocol/line_splitter.hpp"
#include "protocol/secret.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
namespace request = protocol::request;

namespace {

std::uint64_t random_number() {
  std::random_device source;
  return (std::uint64_t{source()} << 32U) | source();
}

/// 64 random bits as letters, unique to this session, so that a server that remembers ids does not take one
/// session's message for another's.
std::string random_tag() {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string tag;
  for (std::uint64_t bits = random_number(); tag.size() < 13; bits >>= 5U) tag += letters[bits % 32];
  return tag;
}

Profile with_name(Profile profile, const Address& address) {
  if (profile.name.empty()) profile.name = address.name;
  return profile;
}

/// Lets exceptions, which only bugs cause, end the program instead of silently ending a coroutine.
void rethrow(const std::exception_ptr& mistake) {
  if (mistake) std::rethrow_exception(mistake);
}

/// The error's text; its code only if there is no text.
std::string sentence(const protocol::Error& error) {
  return error.text.empty() ? std::string(to_string(error.code)) : error.text;
}

}  // namespace

std::shared_ptr<Connection> Connection::open(const asio::any_io_executor& executor, Settings settings,
                                             Listener& listener) {
  auto connection = std::make_shared<Connection>(Private(), executor, std::move(settings), listener);
  asio::co_spawn(
      executor, [connection] { return connection->run(); }, rethrow);
  connection->wake_.start(connection, [self = connection.get()] { self->woke(); });
  return connection;
}

Connection::Connection(Private, const asio::any_io_executor& executor, Settings settings, Listener& listener)
    : settings_(std::move(settings)),
      listener_(&listener),
      tls_(std::make_shared<TlsClient>(settings_.address.trust, settings_.address.host)),
      session_(with_name(settings_.profile, settings_.address), random_tag(), listener),
      backoff_(settings_.patience.first_retry, settings_.patience.longest_retry,
               settings_.seed == 0 ? random_number() : settings_.seed),
      retry_(executor),
      pace_(executor),
      leave_(executor),
      vigil_(executor),
      wake_(executor, settings_.patience.tick, settings_.patience.late) {}

bool Connection::send(protocol::Request asked) {
  const bool queued = session_.send(std::move(asked));
  flush();
  return queued;
}

bool Connection::send_line(std::string_view line) {
  const bool queued = session_.send_line(line);
  flush();
  return queued;
}

void Connection::go_back(std::string_view room, std::uint64_t seq) {
  session_.go_back(room, seq);
  flush();
}

void Connection::rename(std::string name) {
  if (has_greeted()) {
    send(request::Rename{std::move(name)});
    return;
  }
  session_.use_name(std::move(name));
  say_hello_again();
}

void Connection::log_in(request::Login login) {
  session_.use_login(std::move(login));
  say_hello_again();
}

/// Where it waits for another name, or to try again.
void Connection::say_hello_again() {
  verdict_ = {};
  retry_now();
  retry_.cancel();
}

void Connection::retry_now() {
  if (!waiting_) return;
  at_once_ = true;
  retry_.cancel();
}

void Connection::quit(std::optional<std::string> text) {
  const bool asked = is_up() && send(request::Quit{std::move(text)});
  if (!asked) return close(Ending::asked, "nobody was there to say goodbye to");
  // Closing must not depend on the server: it has Patience::leave to answer.
  leave_.expires_after(settings_.patience.leave);
  leave_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->close(Ending::asked, "the server did not say goodbye");
  });
}

void Connection::stop() {
  over_ = true;
  if (dialer_) dialer_->cancel();
  if (link_) link_->close("stopped");
  retry_.cancel();
  pace_.cancel();
  leave_.cancel();
  vigil_.cancel();
  wake_.stop();
}

void Connection::close(Ending ending, std::string_view sentence) {
  if (std::exchange(over_, true)) return;
  const std::string why(sentence);
  stop();
  listener_->on_closed(ending, why);
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  offline_since_ = steady_clock::now();
  while (!over_) {
    const std::string why = co_await serve_one_link();
    if (over_) break;
    if (session_.welcome()) offline_since_ = steady_clock::now();
    session_.link_down();
    if (std::exchange(redial_, false)) continue;
    const bool refused = name_is_refused();
    if (is_last(refused)) {
      close(session_.leaving() ? Ending::asked : Ending::closed, last_word(why));
    } else if (refused) {
      co_await ask_for_name();
    } else {
      if (verdict_.step == Verdict::Step::name_refused) listener_->on_name_awaited(verdict_.error);
      co_await come_back_after(why);
    }
  }
}

asio::awaitable<void> Connection::wait(std::optional<std::chrono::milliseconds> time) {
  if (time) {
    retry_.expires_after(*time);
  } else {
    retry_.expires_at(steady_clock::time_point::max());
  }
  co_await retry_.async_wait(asio::as_tuple(asio::use_awaitable));
}

bool Connection::name_is_refused() const {
  if (verdict_.step != Verdict::Step::name_refused) return false;
  if (!session_.was_welcome() || verdict_.error.code != protocol::Code::name_taken) return true;
  return steady_clock::now() - offline_since_ >= settings_.patience.name;
}

/// Whether there will not be another link.
bool Connection::is_last(bool refused) const {
  if (session_.leaving() || verdict_.step == Verdict::Step::closed_for_good) return true;
  if (refused) return !settings_.ask_for_name;
  const auto most = settings_.patience.offline;
  return !session_.was_welcome() || (most.count() > 0 && steady_clock::now() - offline_since_ >= most);
}

std::string Connection::last_word(const std::string& why) const {
  const std::string where = to_string(settings_.address);
  const bool has_answered = verdict_.step != Verdict::Step::go_on || fault_ == Dialer::Fault::untrusted;
  if (has_answered) return where + ": " + why;
  return (session_.was_welcome() ? "gave up on " : "cannot reach ") + where + ": " + why;
}

asio::awaitable<void> Connection::ask_for_name() {
  listener_->on_name_refused(verdict_.error);
  const bool waiting = !over_ && verdict_.step == Verdict::Step::name_refused;  // or renamed in the call
  if (waiting) co_await wait(std::nullopt);
  offline_since_ = steady_clock::now();
}

asio::awaitable<void> Connection::come_back_after(const std::string& why) {
  const auto delay = std::exchange(at_once_, false) ? std::chrono::milliseconds(0) : backoff_.next();
  waiting_ = true;
  if (fault_ == Dialer::Fault::untrusted) listener_->on_untrusted(why);
  if (!over_) listener_->on_link_lost(why, delay);
  if (!over_ && !at_once_ && delay.count() > 0) co_await wait(delay);
  waiting_ = at_once_ = false;
}

// ---- one link: what is read and written, and whether it is alive

/// From dialling to the link's end; returns a clause that says how it ended.
asio::awaitable<std::string> Connection::serve_one_link() {
  verdict_ = {};
  fault_ = Dialer::Fault::none;
  dialer_ = std::make_shared<Dialer>(retry_.get_executor(), tls_);
  const auto dialer = dialer_;
  const std::string only_tls = why_only_tls();
  Dialer::Outcome dialled = co_await dialer->dial(settings_.address, only_tls, settings_.patience.connect);
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
  if (session_.is_open()) backoff_.reset();
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
