#include "client/model/doorway.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace hubbub::client {

using protocol::event::Departure;

namespace {

/// Whether the person may come back soon: the link broke, or the server closed it.
bool may_come_back(const std::string& reason) {
  using protocol::Code;
  const auto code = protocol::code_from(reason);
  const bool wanted = code && (*code == Code::quit || *code == Code::kicked || *code == Code::banned);
  return reason == "disconnected" || (code && !wanted);
}

}  // namespace

void Doorway::arrive(const std::string& name, bool told, TimePoint now) {
  if (cancel(name, false) || !told) return;
  waiting_.push_back({name, {}, true, now + burst});
}

void Doorway::depart(const Departure& departure, bool told, TimePoint now) {
  if (cancel(departure.name, true) || !told) return;
  const auto wait = may_come_back(departure.reason) ? std::chrono::milliseconds(grace) : burst;
  waiting_.push_back({departure.name, departure.reason, false, now + wait});
}

void Doorway::miss(const std::vector<std::string>& names, TimePoint now) {
  for (const std::string& name : names) {
    if (!cancel(name, true)) waiting_.push_back({name, {}, false, now + long_grace});
  }
}

void Doorway::rename(const std::string& old_name, const std::string& new_name) {
  // Most often it is the same person, who had another name as long as the dead link bore this one.
  cancel(new_name, false);
  for (Waiting& waiting : waiting_) {
    if (waiting.name == old_name) waiting.name = new_name;
  }
}

/// Cancels a pending line about a person; false: none was pending.
bool Doorway::cancel(std::string_view name, bool joined) {
  const auto is_it = [&](const Waiting& waiting) { return waiting.joined == joined && waiting.name == name; };
  return std::erase_if(waiting_, is_it) > 0;
}

std::optional<Doorway::TimePoint> Doorway::next_due() const {
  const auto first = std::ranges::min_element(waiting_, {}, &Waiting::due);
  return first == waiting_.end() ? std::nullopt : std::optional(first->due);
}

std::optional<Moves> Doorway::take(const std::string& room, TimePoint now, std::string_view speaker) {
  // A due time in the far future means that the clock was set back since.
  const auto is_due = [now](const Waiting& waiting, TimePoint by) {
    return waiting.due <= by || waiting.due > now + long_grace;
  };
  const auto brings_line = [&](const Waiting& waiting) {
    return is_due(waiting, now) || (waiting.joined && waiting.name == speaker);
  };
  if (std::ranges::none_of(waiting_, brings_line)) return std::nullopt;
  Moves moves{room, {}, {}};
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    const bool soon = is_due(waiting, now + burst);
    if (soon && waiting.joined) moves.joined.push_back(waiting.name);
    if (soon && !waiting.joined) moves.left.push_back({waiting.name, waiting.reason});
    return soon;
  });
  return moves;
}

}  // namespace hubbub::client
