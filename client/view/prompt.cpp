#include "client/view/prompt.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "client/view/text_width.hpp"

namespace hubbub::client {
namespace {

constexpr std::string_view end_of_prompt = "> ";

std::size_t width_of(const std::vector<Segment>& segments) {
  std::size_t columns = 0;
  for (const Segment& segment : segments) columns += width(segment.text);
  return columns;
}

/// " · ops +5 @1"
std::vector<Segment> entry(const Glance& room, std::string_view between) {
  std::vector<Segment> segments{{std::string(between), Style::faint},
                                {one_line(room.name) + ' ', Style::plain}};
  const bool counts = room.unread > room.mentions && !room.muted;
  if (counts) segments.push_back({'+' + std::to_string(room.unread), Style::unread});
  if (counts && room.mentions > 0) segments.push_back({" ", Style::plain});
  if (room.mentions > 0) segments.push_back({'@' + std::to_string(room.mentions), Style::mention});
  return segments;
}

/// As much of the state as there is room for: all of it, up to its comma, or a sign that there is one.
Segment state_within(std::string_view state, std::size_t columns) {
  for (const std::string_view shorter : {state, state.substr(0, state.find(','))}) {
    const std::string text = " (" + std::string(shorter) + ")";
    if (width(text) <= columns) return {text, Style::offline};
  }
  return {columns >= 2 ? " !" : "", Style::offline};
}

struct Candidate {
  const Glance* room;
  std::vector<Segment> segments;
  bool chosen = false;
};

/// The rooms that are shown besides the current one; mentions have the first choice.
std::vector<Candidate> chosen(const std::vector<Glance>& rooms, std::string_view between, std::size_t columns,
                              std::string_view more) {
  std::vector<Candidate> candidates;
  for (const Glance& room : rooms) {
    const std::size_t waiting = room.muted ? room.mentions : room.unread;
    if (!room.current && waiting > 0) candidates.push_back({&room, entry(room, between)});
  }
  std::size_t all = 0;
  for (const Candidate& candidate : candidates) all += width_of(candidate.segments);
  std::size_t left = all <= columns ? columns : columns - std::min(columns, width(between) + width(more));
  for (const bool mentioned : {true, false}) {
    for (Candidate& candidate : candidates) {
      const std::size_t wanted = width_of(candidate.segments);
      if ((candidate.room->mentions > 0) != mentioned || wanted > left) continue;
      candidate.chosen = true;
      left -= wanted;
    }
  }
  return candidates;
}

}  // namespace

std::vector<Segment> prompt(const std::vector<Glance>& rooms, std::string_view state, std::size_t columns,
                            const Glyphs& glyphs) {
  constexpr std::size_t very_narrow = 30;
  const std::size_t limit = columns / 2;
  const std::string between = ' ' + std::string(glyphs.dot) + ' ';
  const std::size_t tail = 1 + end_of_prompt.size();
  const std::size_t available = limit > tail ? limit - tail : 0;
  std::vector<Segment> segments;
  const auto current =
      std::find_if(rooms.begin(), rooms.end(), [](const Glance& room) { return room.current; });
  if (current != rooms.end()) {
    const std::size_t sign = state.empty() ? 0 : 2;
    segments.push_back(
        {cut(one_line(current->name), available - std::min(available, sign), glyphs.ellipsis), Style::room});
  }
  std::size_t left = available - std::min(available, width_of(segments));
  std::optional<Segment> last;
  if (!state.empty()) {
    last = state_within(state, left);
    left -= std::min(left, width(last->text));
  }
  if (columns >= very_narrow) {
    bool more = false;
    for (Candidate& candidate : chosen(rooms, between, left, glyphs.ellipsis)) {
      more = more || !candidate.chosen;
      if (!candidate.chosen) continue;
      left -= width_of(candidate.segments);
      std::move(candidate.segments.begin(), candidate.segments.end(), std::back_inserter(segments));
    }
    if (more && width(between) + width(glyphs.ellipsis) <= left)
      segments.push_back({between + std::string(glyphs.ellipsis), Style::faint});
  }
  if (last && !last->text.empty()) segments.push_back(*std::move(last));
  segments.push_back({(segments.empty() ? "" : " ") + std::string(end_of_prompt), Style::plain});
  return segments;
}

std::string plain_text(const std::vector<Segment>& segments) {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  return text;
}

std::string offline_state(std::chrono::milliseconds retry_in) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_in).count();
  return seconds <= 0 ? "offline, trying" : "offline, retry in " + std::to_string(seconds) + " s";
}

std::string lag_state(std::chrono::milliseconds lag) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "lag %.1f s", static_cast<double>(lag.count()) / 1000);
  return text.data();
}

}  // namespace hubbub::client
