#pragma once

#include <string_view>

#include "protocol/error.hpp"
#include "protocol/token_bucket.hpp"
#include "server/ops/log_digest.hpp"

namespace hubbub::chat {

class Session;

/// Log lines about names and limits. A welcome or a rename is a line each, up to some hundreds a minute from
/// an address (Gathering). Requests that come too fast, and refused names, are a line at once, and then one
/// line a minute with a count, for each address and name (Digest).
class LogBook {
 public:
  using Time = protocol::TokenBucket::Time;

  void welcomed(const Session& session, std::string_view client, Time now);
  /// `session` has its new name.
  void renamed(const Session& session, std::string_view before, Time now);
  /// `done`: what became of the request, "refused" or "slowed_down". `limit`: the key of the limit.
  void too_fast(const Session& session, std::string_view done, std::string_view limit, Time now);
  void name_refused(const Session& session, std::string_view asked, const protocol::Error& why, Time now);
  void registered(const Session& session, Time now);
  /// A password or a token was wrong.
  void login_failed(const Session& session, Time now);
  /// To be called now and then: logs the counts of the minutes that are over.
  void tell_due(Time now);

 private:
  ops::log::Gathering welcomed_{"chat", "welcome", "more welcome"};
  ops::log::Gathering renamed_{"chat", "renamed", "more renamed"};
  ops::log::Digest too_fast_{"chat", "too fast"};
  ops::log::Digest names_{"chat", "name refused"};
  ops::log::Gathering registered_{"chat", "registered", "more registered"};
  ops::log::Digest logins_{"chat", "login failed"};
};

}  // namespace hubbub::chat
