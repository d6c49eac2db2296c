#include "server/config_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/net/listen_address.hpp"

namespace hubbub::config {
namespace {

/// What a number is counted in: "KiB", 1024.
using Unit = std::pair<std::string_view, std::int64_t>;

constexpr std::array<Unit, 5> size_units{{{"GiB", std::int64_t{1} << 30U},
                                          {"MiB", std::int64_t{1} << 20U},
                                          {"KiB", std::int64_t{1} << 10U},
                                          {"B", 1},
                                          {"", 1}}};
/// In milliseconds.
constexpr std::array<Unit, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t longest_duration = 36'500 * std::int64_t{86'400'000};

constexpr std::size_t title_bytes = 100;

constexpr std::array<std::string_view, 3> engine_names{"automatic", "sqlite", "memory"};
/// In the order of journal::Sync.
constexpr std::array<std::string_view, 3> sync_names{"full", "normal", "off"};

Complaint not_a(const Value& value, std::string_view kind_and_remedy) {
  return shown(value) + " is no " + std::string(kind_and_remedy);
}

Complaint none_of(const Value& value, std::span<const std::string_view> words) {
  std::string list;
  for (const auto word : words) list.append(list.empty() ? "" : ", ").append(in_quotes(word));
  return shown(value) + " is not known; there are " + list;
}

/// The text of a value when it is one of the words.
const std::string* one_of(const Value& value, std::span<const std::string_view> words) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && std::find(words.begin(), words.end(), *text) != words.end() ? text : nullptr;
}

/// "64KiB", "64 KiB" or "64" as a number of the smallest unit; nothing for other text, and for numbers
/// too large to count.
template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view text, const std::array<Unit, N>& units) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto* const unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.first == text; });
  if (unit == units.end() || number > std::numeric_limits<std::int64_t>::max() / unit->second)
    return std::nullopt;
  return number * unit->second;
}

/// In the largest unit that leaves nothing over.
template <std::size_t N>
std::string in_units(std::int64_t number, const std::array<Unit, N>& units) {
  const auto* const unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return number % u.second == 0; });
  return in_quotes(std::to_string(number / unit->second).append(unit->first));
}

/// What people are to read: nothing that protocol::clean_text would take out, no noncharacters.
bool is_clean(const std::string& text) {
  if (text.empty()) return true;
  const auto cleaned = protocol::clean_text(text, 0);
  return cleaned.has_value() && *cleaned == text;
}

bool is_one_line(const std::string& text) {
  return is_clean(text) && text.find_first_of("\n\t") == std::string::npos;
}

Complaint check_listen(const std::string& address) {
  const auto parsed = net::parse_listen_address(address);
  if (parsed.has_value()) return std::nullopt;
  return parsed.error().text;
}

void append_quoted(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out.append(1, '\\').append(1, c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (byte < 0x20 || byte == 0x7F) {
    out.append("\\u00").append(1, hex[byte >> 4U]).append(1, hex[byte & 0xFU]);
  } else {
    out += c;
  }
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) append_quoted(out, c);
  return out += '"';
}

std::string shown(const Value& value) {
  struct {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return Rate::print(number); }
    std::string operator()(const std::string& text) const {
      constexpr std::size_t enough = 60;
      const auto start = protocol::prefix(text, enough);
      return in_quotes(start) + (start.size() < text.size() ? "…" : "");
    }
    std::string operator()(const Texts& /*texts*/) const { return "a list"; }
    std::string operator()(const Foreign& foreign) const { return foreign.kind; }
  } show;
  return std::visit(show, value);
}

Complaint Title::read(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->empty()) return not_a(value, R"(name; write text, such as "hubbub")");
  if (!is_one_line(*text))
    return shown(value) + " has control characters in it; write one line of plain text";
  if (text->size() > title_bytes)
    return shown(value) + " is longer than " + std::to_string(title_bytes) + " bytes";
  into = *text;
  return std::nullopt;
}

Complaint Path::read(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || !is_one_line(*text))
    return not_a(value, R"(path; write text, such as "/var/lib/hubbub")");
  into = *text;
  return std::nullopt;
}

Complaint Notice::read(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return not_a(value, R"(text; write it in quotes: "Welcome")");
  if (!is_clean(*text)) return shown(value) + " has control characters in it; write lines of plain text";
  if (text->size() > protocol::default_text_bytes) {
    return shown(value) + " is longer than " + std::to_string(protocol::default_text_bytes) + " bytes";
  }
  into = *text;
  return std::nullopt;
}

Complaint Room::read(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return not_a(value, R"(room; write its name in quotes: "lobby")");
  const auto name = protocol::parse_room(*text);
  if (!name.has_value()) return shown(value) + " is no room: " + name.error().text;
  into = name->shown;
  return std::nullopt;
}

Complaint Addresses::read(const Value& value, Texts& into) {
  const auto* addresses = std::get_if<Texts>(&value);
  if (addresses == nullptr) return not_a(value, R"(list of addresses; write ["tcp://127.0.0.1:7717"])");
  if (addresses->empty()) return "without an address nobody can connect; write at least one";
  for (const auto& address : *addresses) {
    if (auto complaint = check_listen(address)) return complaint;
  }
  into = *addresses;
  return std::nullopt;
}

std::string Addresses::print(const Texts& addresses) {
  std::string list;
  for (const auto& address : addresses) list.append(list.empty() ? "" : ", ").append(in_quotes(address));
  return "[" + list + "]";
}

Complaint Count::read(const Value& value, std::size_t& into) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0) return not_a(value, "count; write a whole number, 0 for no limit");
  into = static_cast<std::size_t>(*number);
  return std::nullopt;
}

Complaint Rate::read(const Value& value, double& into) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* decimal = std::get_if<double>(&value);
  const double rate = whole != nullptr ? static_cast<double>(*whole) : decimal != nullptr ? *decimal : -1;
  if (!std::isfinite(rate) || rate < 0)
    return not_a(value, "rate; write a number, such as 10 or 0.5, 0 for no limit");
  into = rate;
  return std::nullopt;
}

std::string Rate::print(double rate) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rate).ptr;
  return {buffer.data(), end};
}

Complaint Size::read(const Value& value, std::size_t& into) {
  std::optional<std::int64_t> bytes;
  if (const auto* number = std::get_if<std::int64_t>(&value)) bytes = *number;
  if (const auto* text = std::get_if<std::string>(&value)) bytes = with_unit(*text, size_units);
  if (!bytes || *bytes < 0) return not_a(value, R"(size; write bytes, or "16KiB")");
  into = static_cast<std::size_t>(*bytes);
  return std::nullopt;
}

std::string Size::print(std::size_t bytes) {
  if (bytes % 1024 != 0 || bytes == 0) return std::to_string(bytes);
  return in_units(static_cast<std::int64_t>(bytes), size_units);
}

Complaint Duration::read(const Value& value, std::chrono::milliseconds& into) {
  std::optional<std::int64_t> milliseconds;
  if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr && *number == 0)
    milliseconds = 0;
  if (const auto* text = std::get_if<std::string>(&value)) milliseconds = with_unit(*text, duration_units);
  if (!milliseconds)
    return not_a(value, R"(time span; write "300ms", "10s", "5m", "24h" or "30d", 0 for none)");
  if (*milliseconds > longest_duration) return shown(value) + " is more than 100 years; write 0 for no limit";
  into = std::chrono::milliseconds(*milliseconds);
  return std::nullopt;
}

std::string Duration::print(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0";
  return in_units(duration.count(), duration_units);
}

Complaint Engine::read(const Value& value, std::string& into) {
  const auto* name = one_of(value, engine_names);
  if (name == nullptr) return none_of(value, engine_names);
  into = *name;
  return std::nullopt;
}

Complaint Sync::read(const Value& value, journal::Sync& into) {
  const auto* name = one_of(value, sync_names);
  if (name == nullptr) return none_of(value, sync_names);
  const auto* const found = std::find(sync_names.begin(), sync_names.end(), *name);
  into = static_cast<journal::Sync>(found - sync_names.begin());
  return std::nullopt;
}

std::string Sync::print(journal::Sync sync) {
  return in_quotes(sync_names.at(static_cast<std::size_t>(sync)));
}

Complaint LogLevel::read(const Value& value, ops::log::Level& into) {
  const auto* name = one_of(value, ops::log::level_names);
  if (name == nullptr) return none_of(value, ops::log::level_names);
  into = ops::log::level_from(*name).value_or(into);
  return std::nullopt;
}

Complaint LogFormat::read(const Value& value, ops::log::Format& into) {
  const auto* name = one_of(value, ops::log::format_names);
  if (name == nullptr) return none_of(value, ops::log::format_names);
  into = ops::log::format_from(*name).value_or(into);
  return std::nullopt;
}

}  // namespace hubbub::config
