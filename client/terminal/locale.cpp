#include "client/terminal/locale.hpp"

#include <langinfo.h>

#include <cctype>
#include <clocale>
#include <cstdlib>
#include <string_view>

#include "client/terminal/encoding.hpp"

namespace hubbub::client::terminal {
namespace {

constexpr const char* utf8 = "UTF-8";

/// What the locale is called, by the variable that counts (POSIX, "Environment Variables"); "": there is
/// none.
std::string locale_name() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
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

/// Only the letters and digits, since it is spelt in many ways: "UTF-8", "utf8".
std::string key_of(std::string_view codeset) {
  std::string key;
  for (const char byte : codeset) {
    const auto value = static_cast<unsigned char>(byte);
    if (std::isalnum(value) != 0) key += static_cast<char>(std::toupper(value));
  }
  return key;
}

/// glibc calls that of "C" and "POSIX" ANSI_X3.4-1968.
bool is_ascii(std::string_view codeset) {
  const std::string key = key_of(codeset);
  return key == "ANSIX341968" || key == "ASCII" || key == "USASCII" || key == "646";
}

/// That of the terminal.
std::string codeset() {
  const bool installed = std::setlocale(LC_CTYPE, "") != nullptr;
  std::string named = installed ? ::nl_langinfo(CODESET) : codeset_in(locale_name());
  const bool other = !named.empty() && !is_ascii(named) && key_of(named) != key_of(utf8);
  return other && Encoding::is_known(named) ? named : utf8;
}

}  // namespace

std::string use_utf8() {
  std::string terminal = codeset();
  if (key_of(::nl_langinfo(CODESET)) == key_of(utf8)) return terminal;
  for (const char* locale : {"C.UTF-8", "en_US.UTF-8"}) {
    if (std::setlocale(LC_CTYPE, locale) == nullptr) continue;
    ::setenv("LC_ALL", locale, 1);  // by which Readline sets it again with every line
    break;
  }
  return terminal;
}

}  // namespace hubbub::client::terminal
