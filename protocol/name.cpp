#include "protocol/name.hpp"

#include <utf8proc.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "protocol/character.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

/// A kind of name: its words in sentences, its greatest length, and its error code.
struct Kind {
  std::string_view words;
  std::size_t code_points;
  Code code;
};

constexpr Kind user_kind = {"a name", name_code_points, Code::name_invalid};
constexpr Kind room_kind = {"a room's name", room_code_points, Code::room_invalid};

// The canonical decomposition of a code point has at most four code points (Unicode, UAX #15), so a text of
// more than four times the limit cannot be composed to fit. This is checked before normalising, because that
// takes quadratic time over a long run of combining marks.
constexpr std::size_t decomposition = 4;

bool is_letter_or_number(utf8proc_category_t category) {
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

bool is_punctuation(char32_t value) { return value == '-' || value == '_' || value == '.'; }

bool is_mark(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

/// What is wrong with a code point, or nothing.
std::optional<std::string> complaint(char32_t value, bool first, const Kind& kind) {
  const utf8proc_property_t* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(value));
  const auto category = static_cast<utf8proc_category_t>(property->category);
  const std::string words(kind.words);
  if (property->ignorable != 0) return words + " may hold nothing invisible, such as " + described(value);
  if (is_letter_or_number(category)) return std::nullopt;
  if (!is_punctuation(value) && !is_mark(category)) {
    return words + " may hold letters, marks, numbers, '-', '_' and '.', but not " + described(value);
  }
  if (first) return words + " must begin with a letter or a number, not with " + described(value);
  return std::nullopt;
}

/// What is wrong with a name in NFC, or nothing.
std::optional<std::string> complaint(std::string_view shown, const Kind& kind) {
  const std::string words(kind.words);
  if (shown.empty()) return words + " may not be empty";
  if (code_points(shown) > kind.code_points)
    return words + " may have at most " + std::to_string(kind.code_points) + " characters";
  for (std::string_view rest = shown; !rest.empty();) {
    const CodePoint next = front_code_point(rest);
    if (auto wrong = complaint(next.value, rest.size() == shown.size(), kind)) return wrong;
    rest.remove_prefix(next.bytes);
  }
  return std::nullopt;
}

Result<Name> checked(std::string_view text, const Kind& kind) {
  if (!is_utf8(text)) return Error{Code::bad_utf8, std::string(kind.words) + " must be valid UTF-8"};
  const bool hopeless = code_points(text) > kind.code_points * decomposition;
  const auto shown = hopeless ? std::string(text) : normalise(text, UTF8PROC_COMPOSE);
  if (!shown) return Error{kind.code, std::string(kind.words) + " cannot be normalised"};
  if (auto wrong = complaint(*shown, kind)) return Error{kind.code, *std::move(wrong)};
  auto key = normalise(*shown, UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  if (!key || key->empty())
    return Error{kind.code, std::string(kind.words) + " must have something to compare"};
  return Name{*shown, *std::move(key)};
}

/// A valid name to suggest for a text that is none: "-" stands for the characters that separate words, and
/// apostrophes, invisible characters and separators at either end are dropped.
std::string mended(std::string_view text) {
  std::string name;
  bool parts = false;
  for (; !text.empty(); text.remove_prefix(front_code_point(text).bytes)) {
    const char32_t value = front_code_point(text).value;
    const auto* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(value));
    const auto category = static_cast<utf8proc_category_t>(property->category);
    const bool is_apostrophe = value == '\'' || value == 0x2019;
    if (property->ignorable != 0 || is_apostrophe) continue;
    const bool begins = is_letter_or_number(category);
    if (!begins && !is_punctuation(value) && !is_mark(category)) {
      parts = true;
    } else if (begins || !name.empty()) {
      if (std::exchange(parts, false) && !name.empty() && begins) name += '-';
      name += text.substr(0, front_code_point(text).bytes);
    }
  }
  return name;
}

Result<Name> parse(std::string_view text, const Kind& kind) {
  auto name = checked(text, kind);
  const bool is_short = text.size() <= kind.code_points * decomposition;
  if (name || name.error().code == Code::bad_utf8 || !is_short) return name;
  const std::string meant = mended(text);
  const auto other = checked(meant, kind);
  if (!other || meant == text) return name;
  return Error{kind.code, name.error().text + "; did you mean " + other->shown + "?"};
}

}  // namespace

Result<Name> parse_name(std::string_view text) { return parse(text, user_kind); }
Result<Name> parse_room(std::string_view text) { return parse(text, room_kind); }

bool same_name(std::string_view one, std::string_view other) {
  if (one == other) return true;
  // Rooms may be longer than people's names, and are compared alike.
  const auto a = parse_room(one);
  const auto b = parse_room(other);
  return a && b && *a == *b;
}

std::string key_of(std::string_view name) {
  const auto parsed = parse_room(name);
  return parsed ? parsed->key : std::string(name);
}

}  // namespace hubbub::protocol
