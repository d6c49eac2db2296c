#include "client/view/line.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

#include "client/view/text_width.hpp"

namespace hubbub::client {

using protocol::Timestamp;

namespace {

/// Days and months have their English names, since nothing here sets LC_TIME.
std::string formatted(const char* format, Timestamp time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), format, &local);
  return text.data();
}

}  // namespace

std::string time_of_day(protocol::Timestamp time, bool seconds) {
  return formatted(seconds ? "%H:%M:%S" : "%H:%M", time);
}

std::string moment(protocol::Timestamp time) {
  std::string text = formatted("%Y-%m-%dT%H:%M:%S%z", time);
  constexpr std::size_t minutes = 2;  // digits of the minutes in "+0100", which RFC 3339 writes as "+01:00"
  if (text.size() > minutes) text.insert(text.size() - minutes, 1, ':');
  return text;
}

std::string iso_day(protocol::Timestamp time) { return formatted("%Y-%m-%d", time); }

std::string day_in_words(protocol::Timestamp time) { return formatted("%A, %-d %B %Y", time); }
std::string short_day(protocol::Timestamp time) { return formatted("%a %-d %b", time); }

std::string Line::stamp(Timestamp time) const {
  if (look_.times == Look::Times::off) return {};
  return palette_.faint(time_of_day(time, look_.times == Look::Times::seconds)) + ' ';
}

std::string Line::cut_name(std::string_view name) const {
  const std::size_t whole = measures_.columns - std::min(measures_.columns, width(stamp({})));
  return cut(name, measures_.narrow ? whole : measures_.name_columns, glyphs_.ellipsis);
}

std::string Line::indent(std::size_t columns, const std::string& bar) const {
  return std::string(columns, ' ') + bar + ' ';
}

std::string Line::named(Timestamp time, const std::string& name, const std::string& bar,
                        std::string_view text) const {
  const std::string before = stamp(time);
  if (measures_.narrow) {
    const std::string next = indent(0, bar);
    return before + name + '\n' + wrap(text, measures_.columns, {next, next});
  }
  const std::string padding(measures_.name_columns - std::min(width(name), measures_.name_columns), ' ');
  const std::string first = before + padding + name + ' ' + bar + ' ';
  const std::string next = indent(width(before) + measures_.name_columns + 1, bar);
  return wrap(text, measures_.columns, {first, next});
}

std::string Line::signed_with(Timestamp time, std::string_view sign, Style style, std::string_view text,
                              const std::string& its_bar) const {
  const std::string bar = its_bar.empty() ? palette_.faint(glyphs_.bar) : its_bar;
  const std::string dressed = palette_.dressed(style, sign);
  if (!measures_.narrow) return named(time, dressed, bar, text);
  return wrap(text, measures_.columns, {stamp(time) + dressed + ' ', indent(0, bar)});
}

std::string Line::headed(const std::string& head, const std::string& bar, std::string_view text) const {
  if (width(head) + 1 > measures_.columns / 2) {
    const std::string next = indent(0, bar);
    return cut(head, measures_.columns, glyphs_.ellipsis) + '\n' +
           wrap(text, measures_.columns, {next, next});
  }
  const std::string next = indent(width(stamp({})) + measures_.name_columns + 1, bar);
  return wrap(text, measures_.columns, {head + ' ', next});
}

std::string Line::separator(std::string_view text, std::size_t rules, Style style) const {
  for (; rules > 0; rules /= 2) {
    if (width(text) + 2 * rules + 2 > measures_.columns) continue;
    std::string rule;
    for (std::size_t times = 0; times < rules; ++times) rule += glyphs_.rule;
    std::string whole = rule + ' ';
    whole.append(text).append(" ").append(rule);
    return palette_.dressed(style, whole) + '\n';
  }
  return palette_.dressed(style, cut(text, measures_.columns, glyphs_.ellipsis)) + '\n';
}

}  // namespace hubbub::client
