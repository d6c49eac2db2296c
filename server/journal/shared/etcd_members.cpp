#include "server/journal/shared/etcd_members.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <utility>

#include "protocol/secret.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::shared::etcd {

namespace asio = boost::asio;
namespace log = ops::log;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view channel = "cluster";
constexpr milliseconds first_pause{50};
constexpr milliseconds longest_pause{1000};
constexpr unsigned http_ok = 200;

milliseconds left(Clock::time_point until) { return std::chrono::ceil<milliseconds>(until - Clock::now()); }

/// Of a date as RFC 9110, 5.6.7, has it, whatever the locale; nothing: it is none.
std::optional<std::chrono::system_clock::time_point> time_of(const std::string& date) {
  std::istringstream text(date);
  text.imbue(std::locale::classic());
  std::tm parts{};
  text >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S");
  if (text.fail()) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

/// What is told of an answer that makes no sense, for a log.
std::string excerpt(const Answer& answer, unsigned status) {
  constexpr std::size_t enough = 100;
  return "HTTP status " + std::to_string(status) + ": " + answer.body.substr(0, enough);
}

}  // namespace

// --- Members

Members::Members(asio::any_io_executor executor, const ClusterSettings& settings, TlsContext tls)
    : executor_(std::move(executor)),
      tls_(std::move(tls)),
      user_(settings.user),
      password_(settings.password),
      key_(Keys(settings.name).log()),
      timer_(executor_) {
  for (const auto& each : settings.engines) members_.push_back({.address = each});
}

std::string Members::name(std::size_t member) const {
  const auto& address = members_.at(member).address;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

std::shared_ptr<HttpConnection> Members::connect(std::size_t member) const {
  return std::make_shared<HttpConnection>(executor_, members_.at(member).address, tls_);
}

std::size_t Members::pick(std::size_t last) const {
  for (std::size_t i = 0; i < count(); ++i)
    if (!members_[i].is_down) return i;
  return (last + 1) % count();
}

bool Members::none_left() const {
  return std::all_of(members_.begin(), members_.end(), [](const Member& each) { return each.is_down; });
}

void Members::failed(std::size_t member, const std::string& why) {
  auto& of = members_.at(member);
  if (stopped_) return;
  if (!std::exchange(of.is_down, true)) of.since = Clock::now();
  of.why = why;
  tell();
  if (std::exchange(tries_, true)) return;
  asio::co_spawn(
      executor_, [self = shared_from_this()] { return self->try_again(); }, rethrow);
}

void Members::worked(std::size_t member) {
  auto& of = members_.at(member);
  of.is_odd = false;
  of.is_down = false;
  if (std::exchange(of.is_told, false))
    log::info(channel, "this member of etcd can be had again", {{"member", name(member)}});
  if (std::exchange(none_told_, false)) log::info(channel, "etcd can be had again");
}

void Members::dated(std::size_t member, const std::string& date) {
  auto& of = members_.at(member);
  if (date == of.date) return;
  of.date = date;
  const auto then = time_of(date);
  of.is_behind = then && std::chrono::system_clock::now() - *then > most_ahead;
}

asio::awaitable<bool> Members::is_clock_ahead() {
  const auto self = shared_from_this();
  const auto says_so = [](const Member& each) { return each.is_behind; };
  std::size_t ahead_of = 0;
  if (std::any_of(members_.begin(), members_.end(), says_so)) {
    const auto request = range(key_, Depth::keys);
    for (std::size_t i = 0; i < count() && !stopped_; ++i) {
      Link link(self, i);
      const auto answer = co_await link.ask(request, patience / 3);
      const bool is_answer = answer.kind == Answer::Kind::ok || answer.kind == Answer::Kind::refused;
      if (is_answer && members_[i].is_behind) ++ahead_of;
    }
  }
  const bool is_ahead = 2 * ahead_of > count();
  if (std::exchange(is_ahead_told_, is_ahead) != is_ahead) {
    if (is_ahead) {
      log::error(channel,
                 "this machine's clock is ahead of etcd's, so this node may not write: set it right (chrony, "
                 "systemd-timesyncd)");
    } else {
      log::info(channel, "this machine's clock is as etcd's again");
    }
  }
  co_return is_ahead;
}

/// What has lasted for a while.
void Members::tell() {
  bool all_told = true;
  for (std::size_t i = 0; i < count(); ++i) {
    auto& of = members_[i];
    if (of.is_down && !of.is_told && Clock::now() - of.since >= patience) {
      of.is_told = true;
      log::warning(channel, "this member of etcd cannot be had; others are asked: look after it there",
                   {{"member", name(i)}, {"reason", of.why}});
    }
    all_told = all_told && of.is_told;
  }
  if (!all_told || std::exchange(none_told_, true)) return;
  log::error(channel,
             "no member of etcd can be had: what is said waits. Two of three have to run and to reach each "
             "other and this node");
}

/// Asks those that are down what only a member that has a majority with it can answer.
asio::awaitable<void> Members::try_again() {
  const auto self = shared_from_this();
  const auto request = range(key_, Depth::keys);
  const auto is_down = [](const Member& each) { return each.is_down; };
  while (std::any_of(members_.begin(), members_.end(), is_down)) {
    timer_.expires_after(patience);
    const auto [woken] = co_await timer_.async_wait(as_result);
    static_cast<void>(woken);
    for (std::size_t i = 0; i < count() && !stopped_; ++i) {
      if (!members_[i].is_down) continue;
      Link link(self, i);
      co_await link.ask(request, patience / 3);
    }
    if (stopped_) co_return;
  }
  tries_ = false;
}

void Members::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Members::misunderstood(std::size_t member, const std::string& what) {
  if (std::exchange(members_.at(member).is_odd, true)) return;
  log::warning(channel, "what this member answers is not what etcd answers: is it etcd 3.4 or later?",
               {{"member", name(member)}, {"reason", what}});
}

std::string Members::clause(const Refusal& refusal) const {
  if (!is_about_token(refusal)) return refusal.text;
  return user_.empty() ? "it asks for a user: set cluster.user and cluster.password_file"
                       : "it refuses user and password: " + refusal.text;
}

bool Members::drop_token(const std::string& token) {
  // Another request may have got a new one meanwhile.
  if (token == token_) token_.clear();
  is_auth_off_ = false;
  return !user_.empty();
}

void Members::full(bool is_full) {
  if (std::exchange(is_full_, is_full) == is_full) return;
  if (is_full) {
    log::error(channel,
               "etcd is full (quota): compact and defragment it, raise quota-backend-bytes, then etcdctl "
               "alarm disarm");
  } else {
    log::info(channel, "etcd takes what is said again");
  }
}

void Members::refused(const std::string& why) {
  if (std::exchange(is_refused_, !why.empty()) || why.empty()) return;
  log::error(
      channel,
      "etcd refuses what is appended: it has to take requests of 1.5 MiB (max-request-bytes), and this "
      "user has to be allowed to write",
      {{"reason", why}});
}

// --- Pause

Pause::Pause(const asio::any_io_executor& executor)
    : timer_(executor), step_(first_pause), random_(std::random_device{}()) {}

asio::awaitable<void> Pause::wait(milliseconds most) {
  std::uniform_int_distribution<milliseconds::rep> part(step_.count() / 2, step_.count());
  const milliseconds time(part(random_));
  step_ = std::min(step_ * 2, longest_pause);
  if (stopped_) co_return;
  timer_.expires_after(std::min(time, most));
  const auto [woken] = co_await timer_.async_wait(as_result);
  static_cast<void>(woken);
}

void Pause::reset() { step_ = first_pause; }

void Pause::stop() {
  stopped_ = true;
  timer_.cancel();
}

// --- Link

Link::Link(std::shared_ptr<Members> members, std::size_t member)
    : members_(std::move(members)), member_(member), connection_(members_->connect(member)) {}

void Link::close() {
  closed_ = true;
  connection_->close();
}

void Link::failed(const std::string& why) {
  if (!closed_) members_->failed(member_, why);
}

asio::awaitable<Answer> Link::ask(const Request& request, milliseconds limit) {
  const auto until = Clock::now() + limit;
  for (bool again = false;; again = true) {
    if (members_->needs_token()) {
      auto failure = co_await get_token(left(until));
      if (failure.kind != Answer::Kind::ok) co_return failure;
    }
    const auto token = members_->token();
    auto answer = co_await try_once(request, true, left(until), token);
    const bool is_refused = answer.kind == Answer::Kind::refused;
    const bool is_new_wanted = is_refused && fate_of(answer.refusal) == Fate::no_token;
    if (is_new_wanted && members_->drop_token(token) && !again) continue;
    if (is_new_wanted || (is_refused && !is_answer(answer.refusal))) {
      failed(members_->clause(answer.refusal));
    } else if (is_refused || answer.kind == Answer::Kind::ok) {
      members_->worked(member_);
    }
    co_return answer;
  }
}

asio::awaitable<Answer> Link::ask_aside(const Request& request, milliseconds limit) {
  auto token = members_->token();
  return try_once(request, true, limit, std::move(token));
}

asio::awaitable<Answer> Link::begin(const Request& request, milliseconds limit) {
  auto token = members_->token();
  auto answer = co_await try_once(request, false, limit, std::move(token));
  if (answer.kind == Answer::Kind::refused) failed(members_->clause(answer.refusal));
  co_return answer;
}

asio::awaitable<Answer> Link::try_once(const Request& request, bool whole, milliseconds limit,
                                       std::string token) {
  using End = HttpConnection::End;
  const HttpConnection::Post post{.path = request.path, .token = token, .body = request.body};
  HttpConnection::Reply reply;
  if (whole) {
    reply = co_await connection_->ask(post, limit);
  } else {
    reply = co_await connection_->begin(post, limit);
  }
  Answer answer{.kind = Answer::Kind::unknown, .member = member_};
  if (reply.end != End::answered) {
    if (reply.end == End::unsent) answer.kind = Answer::Kind::unsent;
    failed(reply.why);
    co_return answer;
  }
  answer.body = std::move(reply.body);
  members_->dated(member_, reply.date);
  if (reply.status == http_ok && (!whole || answer.body.find("\"header\"") != std::string::npos)) {
    answer.kind = Answer::Kind::ok;
    co_return answer;
  }
  auto refusal = reply.status == http_ok ? std::nullopt : parse_refusal(answer.body);
  if (refusal) {
    answer.kind = Answer::Kind::refused;
    answer.refusal = *std::move(refusal);
  } else {
    members_->misunderstood(member_, excerpt(answer, reply.status));
    failed("it does not answer as etcd does");
  }
  co_return answer;
}

/// Ok: the token is there, or none is needed.
asio::awaitable<Answer> Link::get_token(milliseconds limit) {
  auto request = members_->authentication();
  auto answer = co_await try_once(request, true, limit, std::string());
  protocol::wipe(request.body);
  // Nothing else has been asked yet.
  if (answer.kind == Answer::Kind::unknown) answer.kind = Answer::Kind::unsent;
  if (answer.kind == Answer::Kind::refused && is_auth_off(answer.refusal)) {
    members_->no_token_needed();
    answer.kind = Answer::Kind::ok;
  } else if (answer.kind == Answer::Kind::refused) {
    failed((is_answer(answer.refusal) ? "it refuses user and password: " : "") + answer.refusal.text);
    answer.kind = Answer::Kind::unsent;
  } else if (answer.kind == Answer::Kind::ok) {
    auto token = parse_token(answer.body);
    protocol::wipe(answer.body);
    if (token) {
      members_->take_token(*std::move(token));
    } else {
      failed("it gives no token");
      answer.kind = Answer::Kind::unsent;
    }
  }
  co_return answer;
}

// --- Caller

Caller::Caller(std::shared_ptr<Members> members)
    : members_(std::move(members)), pause_(members_->executor()) {}

asio::awaitable<Answer> Caller::ask(const Request& request, milliseconds limit) {
  const auto until = Clock::now() + limit;
  if (members_->none_left()) co_await pause_.wait(limit / 2);
  Answer answer;
  for (std::size_t tries = 0; tries < members_->count() && !stopped_ && Clock::now() < until; ++tries) {
    const auto member = members_->pick(link_ ? link_->member() : 0);
    if (!link_ || link_->member() != member) link_ = std::make_unique<Link>(members_, member);
    answer = co_await link_->ask(request, left(until));
    if (answer.kind == Answer::Kind::unsent) continue;
    if (answer.kind == Answer::Kind::ok) pause_.reset();
    co_return answer;
  }
  co_return answer;
}

void Caller::stop() {
  stopped_ = true;
  pause_.stop();
  if (link_) link_->close();
}

}  // namespace hubbub::journal::shared::etcd
