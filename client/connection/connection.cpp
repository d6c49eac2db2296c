#include "client/connection/connection.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <stdexcept>
#include <utility>

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

Profile with_name(Profile profile, const Addresses& servers) {
  if (servers.empty()) throw std::invalid_argument("there is no server to connect to");
  if (profile.name.empty()) profile.name = servers.front().name;
  return profile;
}

std::vector<std::shared_ptr<Site>> sites_of(const Addresses& servers) {
  std::vector<std::shared_ptr<Site>> sites;
  for (const Address& server : servers) sites.push_back(std::make_shared<Site>(server));
  return sites;
}

/// Lets exceptions, which only bugs cause, end the program instead of silently ending a coroutine.
void rethrow(const std::exception_ptr& mistake) {
  if (mistake) std::rethrow_exception(mistake);
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
      session_(with_name(settings_.profile, settings_.servers), random_tag(), listener),
      sites_(sites_of(settings_.servers)),
      turns_(sites_.size(), settings_.patience.settled),
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
    at_ = turns_.current();
    const std::string why = co_await serve_one_link();
    if (over_) break;
    if (session_.welcome()) offline_since_ = steady_clock::now();
    session_.link_down();
    if (std::exchange(redial_, false)) continue;
    const bool refused = name_is_refused();
    const bool goes_on = goes_on_at_once(why);
    if (is_last(refused, goes_on)) {
      close(session_.leaving() ? Ending::asked : Ending::closed, last_word(why));
    } else if (refused) {
      co_await ask_for_name();
    } else {
      if (verdict_.step == Verdict::Step::name_refused) listener_->on_name_awaited(verdict_.error);
      co_await come_back_after(why, goes_on);
    }
  }
}

/// Passes the turn on to the next server. True: that one is tried at once. A server that refuses the name
/// keeps its turn, as the others know that name, too.
bool Connection::goes_on_at_once(const std::string& why) {
  if (verdict_.step == Verdict::Step::name_refused) return false;
  if (!session_.was_welcome()) failures_.push_back(to_string(server()) + " (" + why + ")");
  return turns_.lost(steady_clock::now());
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

/// Whether there will not be another link. `goes_on`: there is a server that has not been tried in this
/// round.
bool Connection::is_last(bool refused, bool goes_on) const {
  if (session_.leaving() || verdict_.step == Verdict::Step::closed_for_good) return true;
  if (refused) return !settings_.ask_for_name;
  const auto most = settings_.patience.offline;
  if (!session_.was_welcome()) return !goes_on;
  return most.count() > 0 && steady_clock::now() - offline_since_ >= most;
}

std::string Connection::last_word(const std::string& why) const {
  const bool is_verdict = verdict_.step == Verdict::Step::closed_for_good ||
                          verdict_.step == Verdict::Step::name_refused || session_.leaving();
  if (sites_.size() > 1 && !is_verdict) {
    if (session_.was_welcome()) return "gave up on " + to_string(settings_.servers) + ": " + why;
    std::string all;
    for (const std::string& failure : failures_) all += (all.empty() ? "" : ", ") + failure;
    return "none of the servers lets this client in: " + all;
  }
  const std::string where = to_string(server());
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

asio::awaitable<void> Connection::come_back_after(const std::string& why, bool goes_on) {
  const bool waits = !std::exchange(at_once_, false) && !goes_on;
  const auto delay = waits ? backoff_.next() : std::chrono::milliseconds(0);
  waiting_ = true;
  if (fault_ == Dialer::Fault::untrusted) listener_->on_untrusted(why);
  if (!over_) listener_->on_link_lost(why, delay);
  if (!over_ && !at_once_ && delay.count() > 0) co_await wait(delay);
  waiting_ = at_once_ = false;
}

}  // namespace hubbub::client
