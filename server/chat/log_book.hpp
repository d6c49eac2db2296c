#pragma once

#include <string_view>

#include "protocol/error.hpp"
#include "protocol/token_bucket.hpp"
#include "server/ops/log_digest.hpp"

namespace hubbub::chat {

class Session;

/// What the log is told of who is here under which name, which is a line for each up to some hundreds a
/// minute of an address (Gathering), and of those who are too fast, or ask for a name that they do not get: a
/// line at once, and from then on one in a minute, with a count, for each address and name.
class LogBook {
 public:
  using Time = protocol::TokenBucket::Time;

  void welcomed(const Session& session, std::string_view client, Time now);
  /// `session` has its new name.
  void renamed(const Session& session, std::string_view before, Time now);
  /// `done`: what became of it, "refused" or "slowed_down". `limit`: the key of the limit.
  void too_fast(const Session& session, std::string_view done, std::string_view limit, Time now);
  void name_refused(const Session& session, std::string_view asked, const protocol::Error& why, Time now);
  /// To be called now and then.
  void tell_due(Time now);

 private:
  ops::log::Gathering welcomed_{"chat", "welcome", "more welcome"};
  ops::log::Gathering renamed_{"chat", "renamed", "more renamed"};
  ops::log::Digest too_fast_{"chat", "too fast"};
  ops::log::Digest names_{"chat", "name refused"};
};

}  // namespace hubbub::chat
