#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "server/journal/shared/etcd_gateway.hpp"
#include "server/journal/shared/etcd_http.hpp"
#include "server/journal/shared/settings.hpp"

namespace hubbub::journal::shared::etcd {

/// The members of the engine, which of them can be had, and what operators are told of that: a line when it
/// has lasted for a while, which neither a broken connection nor an election does, and a line when it ends.
/// One that has failed is tried again until it works, also while others are asked.
class Members : public std::enable_shared_from_this<Members> {
 public:
  /// How long a member may fail before that is told, and how often it is tried then.
  static constexpr std::chrono::milliseconds patience{3000};

  Members(boost::asio::any_io_executor executor, const ClusterSettings& settings, TlsContext tls);

  std::size_t count() const { return members_.size(); }
  /// HOST:PORT
  std::string name(std::size_t member) const;
  std::shared_ptr<HttpConnection> connect(std::size_t member) const;

  /// The first that has not failed; when all have, the one behind `last`.
  std::size_t pick(std::size_t last) const;
  /// Whether the last that was heard of each is a failure.
  bool none_left() const;
  /// Why the first of them cannot be had, when none can; a clause, or empty.
  std::string trouble() const { return none_left() ? members_.front().why : std::string(); }
  /// `why`: a clause.
  void failed(std::size_t member, const std::string& why);
  /// Why it refuses, for operators.
  std::string clause(const Refusal& refusal) const;
  void worked(std::size_t member);
  /// Nothing is tried or told any more.
  void stop();
  /// It answers what etcd does not.
  void misunderstood(std::size_t member, const std::string& what);
  /// Nothing is taken any more, or is taken again.
  void full(bool is_full);
  bool is_full() const { return is_full_; }
  /// Something was refused that etcd takes by default; empty: it takes it again.
  void refused(const std::string& why);
  /// By its clock it was that time when it answered (RFC 9110, 5.6.7).
  void dated(std::size_t member, const std::string& date);
  /// Whether this machine's clock is ahead of those of a majority of the members by more than most_ahead,
  /// who are asked if one that has answered says so. What such a node writes would make all that is there
  /// old, for every node.
  boost::asio::awaitable<bool> is_clock_ahead();
  static constexpr std::chrono::minutes most_ahead{5};

  /// Whether user and password have to be shown. Not those who have been told that it is not asked for.
  bool needs_token() const { return !user_.empty() && token_.empty() && !is_auth_off_; }
  const std::string& token() const { return token_; }
  Request authentication() const { return authenticate(user_, password_); }
  void take_token(std::string token) { token_ = std::move(token); }
  void no_token_needed() { is_auth_off_ = true; }
  /// It has expired. False: there is no user to ask for another one with.
  bool drop_token(const std::string& token);

  const boost::asio::any_io_executor& executor() const { return executor_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Member {
    EngineAddress address;
    bool is_down = false;
    bool is_told = false;
    bool is_odd = false;     ///< what it answers was not understood
    std::string date{};      ///< that it has said last
    bool is_behind = false;  ///< by that, this machine's clock
    Clock::time_point since{};
    std::string why{};
  };

  boost::asio::awaitable<void> try_again();
  void tell();

  const boost::asio::any_io_executor executor_;
  std::vector<Member> members_;
  const TlsContext tls_;
  const std::string user_;
  const std::string password_;
  const std::string key_;  ///< that is asked for to see whether a member works
  std::string token_;
  bool is_auth_off_ = false;
  boost::asio::steady_timer timer_;
  bool tries_ = false;  ///< those that are down
  bool stopped_ = false;
  bool none_told_ = false;
  bool is_full_ = false;
  bool is_refused_ = false;
  bool is_ahead_told_ = false;
};

/// The time between two attempts: longer each time, 50 ms to 1 s, less a random part of up to half.
class Pause {
 public:
  explicit Pause(const boost::asio::any_io_executor& executor);

  boost::asio::awaitable<void> wait(std::chrono::milliseconds most = std::chrono::seconds{1});
  /// After an attempt that worked.
  void reset();
  /// Whoever waits goes on at once, now and later.
  void stop();

 private:
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds step_;
  std::mt19937_64 random_;
  bool stopped_ = false;
};

/// What became of a request.
struct Answer {
  enum class Kind {
    ok,
    refused,  ///< by etcd, with its reason
    unsent,   ///< no member can have got it
    unknown,  ///< it may have been done, or will be
  };
  Kind kind = Kind::unsent;
  std::string body{};
  Refusal refusal{};
  std::size_t member = 0;  ///< that was asked
};

/// A connection to one member, which shows user and password where that is asked for.
class Link {
 public:
  Link(std::shared_ptr<Members> members, std::size_t member);

  boost::asio::awaitable<Answer> ask(const Request& request, std::chrono::milliseconds limit);
  /// What need not be granted: a refusal says nothing of the member.
  boost::asio::awaitable<Answer> ask_aside(const Request& request, std::chrono::milliseconds limit);
  /// The answer goes on; only its head has been read.
  boost::asio::awaitable<Answer> begin(const Request& request, std::chrono::milliseconds limit);
  boost::asio::awaitable<bool> read_more(std::string& body) { return connection_->read_more(body); }
  /// Whoever waits is told at once; that it broke is nobody's fault.
  void close();
  std::size_t member() const { return member_; }

 private:
  boost::asio::awaitable<Answer> try_once(const Request& request, bool whole, std::chrono::milliseconds limit,
                                          std::string token);
  void failed(const std::string& why);
  boost::asio::awaitable<Answer> get_token(std::chrono::milliseconds limit);

  const std::shared_ptr<Members> members_;
  const std::size_t member_;
  const std::shared_ptr<HttpConnection> connection_;
  bool closed_ = false;
};

/// Asks one member as long as it answers, and then the next one; slowly when all have failed. One request at
/// a time. Whoever has it ask keeps it until the answer is there.
class Caller {
 public:
  explicit Caller(std::shared_ptr<Members> members);

  /// Asks until a member may have got it, within that time. Unsent: all have been tried.
  boost::asio::awaitable<Answer> ask(const Request& request, std::chrono::milliseconds limit);
  Pause& between() { return pause_; }
  /// Whoever waits goes on at once, and nothing is asked any more.
  void stop();

 private:
  const std::shared_ptr<Members> members_;
  std::unique_ptr<Link> link_;
  Pause pause_;
  bool stopped_ = false;
};

}  // namespace hubbub::journal::shared::etcd
