#include "client/view/prompt.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "client/view/line.hpp"
#include "client/view/text_width.hpp"

namespace hubbub::client {
namespace {

constexpr std::string_view end_of_prompt = "> ";

std::size_t width_of(const std::vector<Segment>& segments) {
  std::size_t columns = 0;
  for (const Segment& segment : segments) columns += width(segment.text);
  return columns;
}

/// "ops", or with its number "3:ops".
std::string title(const Glance& room, bool numbered) {
  return (numbered ? std::to_string(room.number) + ':' : "") + one_line(room.name);
}

/// A room other than the current one, and its possible forms in the prompt.
struct Entry {
  enum Form : std::size_t { omitted, sign, brief, full };

  std::array<std::vector<Segment>, full + 1> forms;
  bool mentioned = false;
  Form form = omitted;

  std::size_t columns(Form of) const { return width_of(forms.at(of)); }
};

/// " · 2:dev 3 new", or " · 2:dev 3".
Entry unread_entry(const Glance& room, const Segment& before) {
  const Segment name{title(room, true) + ' ', Style::plain};
  const std::string unread = std::to_string(room.unread);
  Entry entry;
  entry.forms[Entry::brief] = {before, name, {unread, Style::unread}};
  entry.forms[Entry::full] = {before, name, {unread + " new", Style::unread}};
  return entry;
}

/// " · 3:ops 1 for you, 4 new", " · 3:ops @1", or " · 3:@1".
Entry mentioned_entry(const Glance& room, const Segment& before) {
  const std::string number = std::to_string(room.number) + ':';
  const std::string mentions = std::to_string(room.mentions);
  const Segment name{title(room, true) + ' ', Style::plain};
  const Segment mark{'@' + mentions, Style::mention};
  Entry entry;
  entry.mentioned = true;
  entry.forms[Entry::sign] = {before, {number, Style::plain}, mark};
  entry.forms[Entry::brief] = {before, name, mark};
  entry.forms[Entry::full] = {before, name, {mentions + " for you", Style::mention}};
  if (room.unread > room.mentions && !room.muted) {
    const std::string others = ", " + std::to_string(room.unread - room.mentions) + " new";
    entry.forms[Entry::full].push_back({others, Style::unread});
  }
  return entry;
}

std::vector<Entry> entries_of(const std::vector<Glance>& rooms, const Segment& before) {
  std::vector<Entry> entries;
  for (const Glance& room : rooms) {
    const std::size_t waiting = room.muted ? room.mentions : room.unread;
    if (room.current || waiting == 0) continue;
    entries.push_back(room.mentions > 0 ? mentioned_entry(room, before) : unread_entry(room, before));
  }
  return entries;
}

bool is_omitted(const Entry& entry) { return entry.form == Entry::omitted; }

bool hides_mention(const std::vector<Entry>& entries) {
  return std::ranges::any_of(entries,
                             [](const Entry& entry) { return entry.mentioned && is_omitted(entry); });
}

/// Chooses for each room the longest form that fits. Mentions take precedence over other unread messages, and
/// showing more rooms over words. False: some rooms do not fit in any form.
bool choose_forms(std::vector<Entry>& entries, std::size_t columns) {
  struct Step {
    bool mentioned;
    Entry::Form form;
  };
  constexpr std::array<Step, 5> steps = {{{true, Entry::sign},
                                          {true, Entry::brief},
                                          {false, Entry::brief},
                                          {true, Entry::full},
                                          {false, Entry::full}}};
  for (Entry& entry : entries) entry.form = Entry::omitted;
  for (const Step& step : steps) {
    for (Entry& entry : entries) {
      if (entry.mentioned != step.mentioned) continue;
      const std::size_t more = entry.columns(step.form) - entry.columns(entry.form);
      if (more > columns) continue;
      entry.form = step.form;
      columns -= more;
    }
  }
  return std::none_of(entries.begin(), entries.end(), is_omitted);
}

/// " @7": the mentions in all other rooms; empty: there are none. Only " @" when the number does not fit.
Segment sum_of_mentions(const std::vector<Glance>& rooms, std::size_t columns) {
  std::size_t mentions = 0;
  for (const Glance& room : rooms) mentions += room.current ? 0 : room.mentions;
  if (mentions == 0 || columns < 2) return {"", Style::mention};
  const std::string sum = " @" + std::to_string(mentions);
  return {sum.size() <= columns ? sum : " @", Style::mention};
}

/// The rooms other than the current one, within that many columns; "…" stands for rooms left out. When not
/// all rooms with mentions fit, the sum of mentions replaces them.
std::vector<Segment> others_within(const std::vector<Glance>& rooms, std::size_t columns,
                                   const Segment& before, const Glyphs& glyphs) {
  const Segment more{before.text + std::string(glyphs.ellipsis), Style::faint};
  std::vector<Entry> entries = entries_of(rooms, before);
  bool all = choose_forms(entries, columns);
  if (!all) choose_forms(entries, columns - std::min(columns, width(more.text)));
  if (hides_mention(entries)) choose_forms(entries, columns);
  if (hides_mention(entries)) return {sum_of_mentions(rooms, columns)};
  std::vector<Segment> segments;
  for (Entry& entry : entries) std::ranges::move(entry.forms.at(entry.form), std::back_inserter(segments));
  if (!all && width_of(segments) + width(more.text) <= columns) segments.push_back(more);
  return segments;
}

/// The fewest columns that hide no mention: of all rooms with mentions, or, if these do not fit, of the sum.
std::size_t least_for_mentions(const std::vector<Glance>& rooms, std::size_t columns, const Segment& before) {
  std::size_t each = 0;
  for (const Entry& entry : entries_of(rooms, before)) each += entry.columns(Entry::sign);
  return each <= columns ? each : width(sum_of_mentions(rooms, columns).text);
}

/// As much of the state as fits: all of it, the part before its comma, or a "!".
Segment state_within(std::string_view state, std::size_t columns) {
  for (const std::string_view shorter : {state, state.substr(0, state.find(','))}) {
    const std::string text = " (" + std::string(shorter) + ")";
    if (width(text) <= columns) return {text, Style::offline};
  }
  return {columns >= 2 ? " !" : "", Style::offline};
}

}  // namespace

std::vector<Segment> prompt(const std::vector<Glance>& rooms, std::string_view state, std::size_t columns,
                            const Glyphs& glyphs) {
  const std::size_t limit = columns / 2;
  const Segment before{' ' + std::string(glyphs.dot) + ' ', Style::faint};
  const std::size_t tail = 1 + end_of_prompt.size();
  std::size_t left = limit > tail ? limit - tail : 0;
  const auto take = [&left](std::size_t taken) { left -= std::min(left, taken); };
  std::vector<Segment> segments;
  const auto current = std::ranges::find(rooms, true, &Glance::current);
  if (current != rooms.end()) {
    const std::size_t signs = (state.empty() ? 0 : 2) + width(sum_of_mentions(rooms, left).text);
    segments.push_back(
        {cut(title(*current, rooms.size() > 1), left - std::min(left, signs), glyphs.ellipsis), Style::room});
  }
  take(width_of(segments));
  std::optional<Segment> last;
  if (!state.empty()) {
    const std::size_t sign = std::min<std::size_t>(left, 2);
    const std::size_t mentions = least_for_mentions(rooms, left - sign, before);
    last = state_within(state, left - std::min(left, mentions));
    take(width(last->text));
  }
  std::ranges::move(others_within(rooms, left, before, glyphs), std::back_inserter(segments));
  if (last && !last->text.empty()) segments.push_back(*std::move(last));
  segments.push_back({(segments.empty() ? "" : " ") + std::string(end_of_prompt), Style::plain});
  return segments;
}

std::string offline_state(std::chrono::milliseconds retry_in) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_in).count();
  return seconds <= 0 ? "offline, trying" : "offline, retry in " + std::to_string(seconds) + " s";
}

std::string silence_state(const Silence& silence, protocol::Timestamp now) {
  switch (silence.why) {
    case Silence::Why::muted:
      return silence.until ? "muted, until " + time_of_day(*silence.until, false) : "muted";
    case Silence::Why::slow_mode: {
      const auto left = silence.until ? std::chrono::ceil<std::chrono::seconds>(*silence.until - now)
                                      : std::chrono::seconds(0);
      return "wait " + std::to_string(left.count()) + " s, slow mode";
    }
    default:
      return "moderated";
  }
}

std::string lag_state(std::chrono::milliseconds lag) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "lag %.1f s", static_cast<double>(lag.count()) / 1000);
  return text.data();
}

}  // namespace hubbub::client
