#include "client/terminal/encoding.hpp"

#include <langinfo.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cwchar>
#include <cwctype>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "protocol/system.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client::terminal {
namespace {

constexpr const char* utf8 = "UTF-8";
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// The value that iconv_open(3) returns on failure.
iconv_t none() {
  return reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr)
}

void close(iconv_t conversion) {
  if (conversion != none()) ::iconv_close(conversion);
}

/// Converts one whole character; nothing: it cannot be converted, and errno says why.
std::optional<std::string> convert(iconv_t conversion, std::string_view character) {
  std::array<char, 32> buffer{};
  std::string source(character);
  char* from = source.data();
  std::size_t from_left = source.size();
  char* to = buffer.data();
  std::size_t to_left = buffer.size();
  const std::size_t result = ::iconv(conversion, &from, &from_left, &to, &to_left);
  if (result == static_cast<std::size_t>(-1)) {
    const int error = errno;
    ::iconv(conversion, nullptr, nullptr, nullptr, nullptr);
    errno = error;
    return std::nullopt;
  }
  return std::string(buffer.data(), buffer.size() - to_left);
}

/// A substitute of the same width: similar ASCII punctuation, or else question marks.
std::string alike(char32_t value) {
  constexpr std::u32string_view signs = U"‐‑‒–—−«»“”„‘’‚…•№";
  constexpr std::string_view forms = "------\"\"\"\"\"'''.*#";
  static_assert(signs.size() == forms.size());
  if (const std::size_t at = signs.find(value); at != std::u32string_view::npos) return {forms[at]};
  const int columns = ::wcwidth(static_cast<wchar_t>(value));
  return std::string(columns < 0 ? 1 : static_cast<std::size_t>(columns), '?');
}

/// Whether nobody types the two in sequence: a capital behind a small letter, or behind a letter a character
/// that is neither a letter nor common punctuation.
bool is_implausible(char32_t first, char32_t next) {
  constexpr std::u32string_view signs = U"«»“”„‘’‚…–—№";
  const auto letter = static_cast<wint_t>(first);
  const auto behind = static_cast<wint_t>(next);
  if (std::iswalpha(behind) == 0) return signs.find(next) == std::u32string_view::npos;
  return std::iswlower(letter) != 0 && std::iswupper(behind) != 0;
}

/// Whether the bytes are an incomplete UTF-8 character.
bool is_beginning(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  return bytes.size() < length;
}

/// The name of the locale, from the variable that takes precedence (POSIX, "Environment Variables"); empty:
/// none is set.
std::string locale_name() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = protocol::environment(variable);
    if (!value.empty()) return value;
  }
  return {};
}

/// "KOI8-R" of "ru_RU.KOI8-R@some".
std::string codeset_in(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return {};
  name.remove_prefix(dot + 1);
  return std::string(name.substr(0, name.find('@')));
}

/// The letters and digits of the name alone, since spellings differ: "UTF-8", "utf8".
std::string key_of(std::string_view codeset) {
  std::string key;
  for (const char byte : codeset) {
    const auto value = static_cast<unsigned char>(byte);
    if (std::isalnum(value) != 0) key += static_cast<char>(std::toupper(value));
  }
  return key;
}

/// glibc calls the encoding of "C" and "POSIX" ANSI_X3.4-1968.
bool is_ascii(std::string_view codeset) {
  const std::string key = key_of(codeset);
  return key == "ANSIX341968" || key == "ASCII" || key == "USASCII" || key == "646";
}

/// The terminal's encoding.
std::string codeset() {
  const bool installed = std::setlocale(LC_CTYPE, "") != nullptr;
  std::string named = installed ? ::nl_langinfo(CODESET) : codeset_in(locale_name());
  const bool other = !named.empty() && !is_ascii(named) && key_of(named) != key_of(utf8);
  return other && Encoding::is_known(named) ? named : utf8;
}

}  // namespace

bool Encoding::is_known(const std::string& codeset) {
  const iconv_t conversion = ::iconv_open(utf8, codeset.c_str());
  close(conversion);
  return conversion != none();
}

Encoding::Encoding(const std::string& codeset)
    : typed_(::iconv_open(utf8, codeset.c_str())), shown_(::iconv_open(codeset.c_str(), utf8)) {
  if (typed_ != none() && shown_ != none()) return;
  for (const iconv_t conversion : {typed_, shown_}) close(conversion);
  throw std::invalid_argument("there is no encoding " + codeset);
}

Encoding::~Encoding() {
  for (const iconv_t conversion : {typed_, shown_}) close(conversion);
}

std::string Encoding::from_terminal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    reading_ += byte;
    const auto character = convert(typed_, reading_);
    if (!character && errno == EINVAL) continue;
    text += character.value_or(std::string(replacement));
    reading_.clear();
  }
  return text;
}

bool Encoding::is_rather_utf8(std::string_view bytes) const {
  if (bytes.size() < 2 || protocol::front_code_point(bytes).bytes != bytes.size()) return false;
  const auto first = convert(typed_, bytes.substr(0, 1));
  if (!first) return false;
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    const auto next = convert(typed_, bytes.substr(at, 1));
    if (!next) return errno == EILSEQ;
    if (is_implausible(protocol::front_code_point(*first).value, protocol::front_code_point(*next).value))
      return true;
  }
  return false;
}

std::string Encoding::to_terminal(std::string_view text) {
  std::string bytes;
  writing_ += text;
  std::string_view rest = writing_;
  while (!rest.empty()) {
    const protocol::CodePoint next = protocol::front_code_point(rest);
    if (next.bytes == 0 && is_beginning(rest)) break;
    const std::size_t length = next.bytes == 0 ? 1 : next.bytes;
    bytes += next.bytes == 0 ? "?" : converted(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  writing_ = std::string(rest);
  return bytes;
}

std::string Encoding::converted(std::string_view character) {
  if (static_cast<unsigned char>(character.front()) < 0x80) return std::string(character);
  if (auto exact = convert(shown_, character)) return *std::move(exact);
  return alike(protocol::front_code_point(character).value);
}

std::string use_utf8() {
  std::string terminal = codeset();
  if (key_of(::nl_langinfo(CODESET)) == key_of(utf8)) return terminal;
  for (const char* locale : {"C.UTF-8", "en_US.UTF-8"}) {
    if (std::setlocale(LC_CTYPE, locale) == nullptr) continue;
    ::setenv("LC_ALL", locale, 1);  // from which Readline sets the locale again with every line
    break;
  }
  return terminal;
}

}  // namespace hubbub::client::terminal
