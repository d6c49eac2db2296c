#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "protocol/limits.hpp"
#include "protocol/token_bucket.hpp"

namespace hubbub::chat {

using protocol::TokenBucket;

/// What an operator may choose about the chat. All of it may change while the daemon runs: the hub
/// reads it anew each time. A limit of 0 is no limit.
struct Settings {
  std::string server_name = "hubbub";
  std::string motd;
  /// Where plain-text users are put, and clients that name no room.
  std::string default_room = "lobby";

  std::size_t line_bytes = protocol::default_line_bytes;
  std::size_t text_bytes = protocol::default_text_bytes;
  std::size_t rooms_per_session = 50;
  /// Token bucket per session, for what others get to see.
  double messages_per_second = 10;
  std::size_t messages_burst = 100;
  /// The same for all sessions from one address.
  double messages_per_second_per_address = 50;
  std::size_t messages_burst_per_address = 400;
  /// Token bucket per session, for what makes the server look something up: `history`, `search`, `who`,
  /// `rooms`, `join`, `conversations`, and what accounts ask and note; and for `typing`.
  double queries_per_second = 20;
  std::size_t queries_burst = 300;
  /// Rooms in all that have members, history or a topic.
  std::size_t rooms = 100'000;
  /// In rooms of more members than this, joins and departures are told by count, once a second.
  std::size_t presence_members = 100;
  /// Time for the recipient's connection to take a private message, before the sender is told that it has
  /// not. 0: as long as the connection lasts.
  std::chrono::milliseconds tell_timeout{5'000};
  /// For so long one may edit and delete what one has said oneself; 0: without end.
  std::chrono::milliseconds edit_window{std::chrono::hours{24}};
  /// When more guests than this come within ten seconds, or five of them say the same within a minute, guests
  /// can only read for `raid_time`. 0: never.
  std::size_t raid_joins = 20;
  std::chrono::milliseconds raid_time{std::chrono::minutes{10}};
  /// Rooms that one account may own.
  std::size_t owned_rooms = 50;
  /// Messages shown on joining, when the client does not say.
  std::size_t replay = 50;

  // The rates as limits: where the rate or the burst is 0, there is no limit.
  TokenBucket::Limit message_limit() const { return limit(messages_per_second, messages_burst); }
  TokenBucket::Limit query_limit() const { return limit(queries_per_second, queries_burst); }
  TokenBucket::Limit address_limit() const {
    return limit(messages_per_second_per_address, messages_burst_per_address);
  }

 private:
  static TokenBucket::Limit limit(double rate, std::size_t burst) {
    return {.rate = burst > 0 ? rate : 0, .burst = static_cast<double>(burst)};
  }
};

}  // namespace hubbub::chat
