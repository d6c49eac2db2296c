#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "protocol/error.hpp"
#include "protocol/token_bucket.hpp"
#include "server/accounts/token.hpp"

namespace hubbub::chat {

class Hub;

/// What programs say in rooms by the tokens of webhooks. Each has a bucket of its own, whatever address it
/// comes from.
class Webhooks {
 public:
  static constexpr protocol::TokenBucket::Limit limit{.rate = 1, .burst = 30};

  explicit Webhooks(Hub& hub) : hub_(hub) {}

  /// What has become of it; nothing: it is stored, and said in the room.
  struct Refused {
    protocol::Error error;
    std::chrono::milliseconds retry_after{};
  };
  using Done = std::function<void(const std::optional<Refused>& refused)>;
  /// Says that text under the webhook's name, as a notice. Refused: login_failed (no webhook has that token),
  /// rate_limited, busy (the journal has very much to store), storage_failed, and what clean_text() finds.
  /// `done` is called at once, or later.
  void post(std::string_view token, std::string_view text, Done done);
  /// Once a second: forgets buckets that are full again.
  void tick();

 private:
  /// When to try again after busy.
  static constexpr std::chrono::seconds a_while{1};

  void append(const accounts::TokenHash& hash, const std::string& text, const Done& done);

  Hub& hub_;
  std::unordered_map<std::uint64_t, protocol::TokenBucket> buckets_;  ///< by the webhook's number
};

}  // namespace hubbub::chat
