#pragma once

#include <chrono>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// Why a connection is over.
enum class Ending {
  asked,   ///< `quit` was asked for
  closed,  ///< the server will not let this client back in, or could not be reached
};

/// Whether an event is news, or was said while the link was down.
enum class Arrival { live, missed };

/// The messages that an event brings, in their order: itself if it is one, or those of a `history` or a
/// `joined`, in which those come that were missed.
inline std::vector<protocol::MessagePtr> messages_of(const protocol::Event& event) {
  if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) return {*message};
  if (const auto* history = std::get_if<protocol::event::History>(&event.body)) return history->messages;
  if (const auto* joined = std::get_if<protocol::event::Joined>(&event.body)) return joined->history;
  return {};
}

/// What a connection tells its user. All calls come from the connection's executor, one at a time; they
/// may call the connection. References and views are valid during the call.
class Listener {
 public:
  virtual ~Listener() = default;

  /// An event, and the line that it came as. Messages of a room come in their order, each once, across
  /// links: those that were missed first (in `history` events, which nobody asked for, and in `joined`).
  /// Refusals that only mean "later", and what the connection asked for itself, are not among them.
  virtual void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) = 0;
  /// A line of a kind that this client does not know; a newer server may send such.
  virtual void on_unknown_line(std::string_view /*line*/) {}
  /// Requests were answered: there is room for others, and perhaps none is outstanding.
  virtual void on_answered() {}
  /// The link broke, or an attempt to connect failed: told each time, unless it is over. The next attempt
  /// comes by itself after `retry_in`, or sooner (Connection::retry_now). `why` is a clause.
  virtual void on_link_lost(std::string_view /*why*/, std::chrono::milliseconds /*retry_in*/) {}
  /// The server is slow to answer (Connection::lag): told at a second, at each further one, and when it is
  /// less than a second again. With the link the lag goes too: then it is told as 0, before on_link_lost.
  virtual void on_lag(std::chrono::milliseconds /*lag*/) {}
  /// Connected again; what was missed comes next.
  virtual void on_link_back() {}
  /// The rooms were entered (or refused) and what was missed has been passed on; requests go out now.
  virtual void on_ready() {}
  /// The name cannot be had. Only where Settings::ask_for_name: the connection waits for `rename`.
  virtual void on_name_refused(const protocol::Error& /*error*/) {}
  /// Connected again, but the name is taken, perhaps by the client's own broken link, which the server has
  /// not noticed yet: the name is asked for again for a while (Patience::name). Told each time, before
  /// on_link_lost.
  virtual void on_name_awaited(const protocol::Error& /*error*/) {}
  /// It is over, and nothing else will be called. `sentence` says why.
  virtual void on_closed(Ending ending, std::string_view sentence) = 0;
};

}  // namespace hubbub::client
