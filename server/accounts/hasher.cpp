#include "server/accounts/hasher.hpp"

#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub::accounts {

using protocol::Secret;

namespace {

using Clock = std::chrono::steady_clock;

/// What one job needs, and what comes of it: for the worker's thread until it is done.
template <class Result>
struct Work {
  Secret password;
  HashCost cost;
  std::optional<PasswordHash> hash{};
  Result result{};
  Clock::duration took{};

  /// There may be no memory, which is nobody's fault.
  template <class Act>
  void run(Act act) {
    const auto began = Clock::now();
    try {
      act(*this);
    } catch (const std::bad_alloc&) {
      result = {};
    }
    password = Secret();
    took = Clock::now() - began;
  }
};

/// Nothing: there is no memory for that cost, and the hash before does it still.
std::optional<PasswordHash> renewed(std::string_view password, const HashCost& cost) {
  try {
    return hash_password(password, cost);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
}

/// Unix sockets are one client together, which leaves room for all others.
std::string client_of(std::string address) { return address.empty() ? "unix" : std::move(address); }

}  // namespace

Hasher::Hasher(ops::Worker& worker, const Settings& settings)
    : settings_(settings),
      queue_(worker,
             {.waiting = most_waiting, .waiting_of_client = most_waiting_of_address, .under_way = 1}) {}

/// Does `act` on the worker's thread with what it needs, and hands over the result.
template <class Result, class Act>
bool Hasher::push(Client client, Secret password, const std::optional<PasswordHash>& hash, Act act,
                  std::function<void(const Result&)> done) {
  const auto work = std::make_shared<Work<Result>>(
      Work<Result>{.password = std::move(password), .cost = settings_.cost(), .hash = hash});
  return queue_.push(client_of(std::move(client.address)),
                     {.is_wanted = std::move(client.is_wanted),
                      .work = [work, act] { work->run(act); },
                      .done =
                          [this, work, done = std::move(done)] {
                            if (work->took.count() > 0)
                              last_took_ = std::chrono::ceil<std::chrono::milliseconds>(work->took);
                            done(work->result);
                          }});
}

bool Hasher::make(Client client, Secret password, Made made) {
  using Making = Work<std::optional<PasswordHash>>;
  const auto act = [](Making& one) { one.result = hash_password(one.password.text(), one.cost); };
  return push(std::move(client), std::move(password), std::nullopt, act, std::move(made));
}

bool Hasher::try_password(Client client, Secret password, const std::optional<PasswordHash>& hash,
                          Outcome outcome) {
  const auto act = [](Work<Tried>& one) {
    if (one.password.text().size() > longest_password) one.password = Secret();
    if (!one.hash) {
      hash_password(one.password.text(), one.cost);
      one.result = {.verdict = Verdict::wrong};
      return;
    }
    const bool is_right = is_password(one.password.text(), *one.hash);
    one.result = {.verdict = is_right ? Verdict::right : Verdict::wrong, .against = one.hash};
    if (is_right && cost_of(*one.hash) != one.cost)
      one.result.renewed = renewed(one.password.text(), one.cost);
  };
  return push(std::move(client), std::move(password), hash, act, std::move(outcome));
}

bool Hasher::takes(const std::string& address, Line::Time now) {
  const auto who = client_of(address);
  const bool is_full = queue_.waiting() + line_.ahead_of(who, now) >= most_waiting;
  if (!is_full && queue_.takes(who)) {
    line_.leave(who);
    return true;
  }
  // One who has as many under way as he may is not waiting for others.
  if (is_full) line_.join(who, now, wait(address, now));
  return false;
}

std::chrono::milliseconds Hasher::wait(const std::string& address, Line::Time now) {
  const auto before = queue_.waiting() + line_.ahead_of(client_of(address), now) + 1;
  return last_took_ * static_cast<std::chrono::milliseconds::rep>(before);
}

}  // namespace hubbub::accounts
