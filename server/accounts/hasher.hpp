#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "protocol/secret.hpp"
#include "server/accounts/line.hpp"
#include "server/accounts/password.hpp"
#include "server/accounts/settings.hpp"
#include "server/ops/work_queue.hpp"

namespace hubbub::accounts {

/// Makes and tries hashes of passwords, each of which takes some 20 ms, by a worker of its own: one at a
/// time, so that memory grows by one hash, and never by those that wait. That a connection has no more than
/// one under way is for its session to see to.
class Hasher {
 public:
  static constexpr std::size_t most_waiting = 64;
  static constexpr std::size_t most_waiting_of_address = 2;

  struct Client {
    std::string address;              ///< those without one count as one
    std::function<bool()> is_wanted;  ///< what nobody wants any more is not done
  };
  /// Nothing: there was no memory for it.
  using Made = std::function<void(const std::optional<PasswordHash>& hash)>;
  enum class Verdict : unsigned char {
    right,
    wrong,
    not_tried,  ///< there was no memory for it
  };
  struct Tried {
    Verdict verdict = Verdict::not_tried;
    /// The hash that it was held against. Another may be the account's by the time of the outcome, and then
    /// it says nothing.
    std::optional<PasswordHash> against{};
    /// The hash anew, when it is right and was made at another cost than that of now.
    std::optional<PasswordHash> renewed{};
  };
  using Outcome = std::function<void(const Tried& tried)>;

  /// Both outlive it. The settings tell what the hashes that are made are to cost, and may change.
  Hasher(ops::Worker& worker, const Settings& settings);

  /// Calls `made` on the loop, later. False: so many wait that it is not done.
  bool make(Client client, protocol::Secret password, Made made);
  /// Calls `outcome` on the loop, later. Without a hash, since there is no such account, it takes as long as
  /// one of the cost of now, and is wrong. False: so many wait that it is not done.
  bool try_password(Client client, protocol::Secret password, const std::optional<PasswordHash>& hash,
                    Outcome outcome);
  /// Whether make() and try_password() are to be asked for one more of that address: there is a place, and
  /// nobody has waited for it longer. Otherwise it has a place in the line from now on.
  bool takes(const std::string& address, Line::Time now);
  /// When somebody of that address may try again for whom there was no place.
  std::chrono::milliseconds wait(const std::string& address, Line::Time now);
  std::size_t waiting() const { return queue_.waiting(); }

 private:
  template <class Result, class Act>
  bool push(Client client, protocol::Secret password, const std::optional<PasswordHash>& hash, Act act,
            std::function<void(const Result&)> done);

  const Settings& settings_;
  ops::WorkQueue queue_;
  Line line_;
  std::chrono::milliseconds last_took_{20};  ///< the last hash
};

}  // namespace hubbub::accounts
