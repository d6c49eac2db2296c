#include "client/terminal/secret_line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "client/terminal/own_command.hpp"
#include "protocol/ascii.hpp"
#include "protocol/slash.hpp"
#include "protocol/suggestion.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::terminal {
namespace {

namespace slash = protocol::slash;
namespace suggestion = protocol::suggestion;
namespace typed = protocol::typed;

constexpr std::string_view token_prefix = "hub_";
constexpr std::size_t token_digits = 43;  // 32 bytes in base64url (RFC 4648, 5) without padding

/// Commands whose arguments have a password, of this program, of operators and of other systems.
constexpr std::array<suggestion::Candidate, 17> secret_commands = {{{"login"},
                                                                    {"redeem"},
                                                                    {"signin"},
                                                                    {"su"},
                                                                    {"quote"},
                                                                    {"identify"},
                                                                    {"register"},
                                                                    {"password"},
                                                                    {"passwd"},
                                                                    {"passphrase"},
                                                                    {"authenticate"},
                                                                    {"auth"},
                                                                    {"pass"},
                                                                    {"oper"},
                                                                    {"erase"},
                                                                    {"nickserv"},
                                                                    {"ns"}}};

bool is_digit_of_token(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '-' || byte == '_';
}

/// Whether a token begins with that byte.
bool has_token_at(std::string_view text, std::size_t at) {
  const std::string_view digits = text.substr(at + token_prefix.size());
  return digits.size() >= token_digits &&
         std::ranges::all_of(digits.substr(0, token_digits), is_digit_of_token);
}

bool has_token(std::string_view line) {
  for (auto at = line.find(token_prefix); at != std::string_view::npos;
       at = line.find(token_prefix, at + 1)) {
    if (has_token_at(line, at)) return true;
  }
  return false;
}

bool is_secret_command(std::string_view name) {
  return std::ranges::find(secret_commands, name, &suggestion::Candidate::name) != secret_commands.end();
}

/// Whether a command of that name has a password behind it, or may have been meant to be one that has.
bool may_be_secret_command(std::string_view name) {
  if (is_secret_command(name)) return true;
  const bool is_known = slash::find(name) != nullptr ||
                        std::ranges::find(own::table(), name, &own::Row::name) != own::table().end();
  return !is_known && suggestion::nearest(name, secret_commands) != nullptr;
}

/// The key of a room: `/join ROOM KEY`, `/room key KEY`.
bool has_key_of_room(std::string_view name, std::string_view rest) {
  const slash::Command* const command = slash::find(name);
  if (command == nullptr || rest.empty()) return false;
  if (command->name == "join") return !typed::split(typed::room(rest)).second.empty();
  return command->name == "room" && typed::first_word(rest) == "key" && !typed::split(rest).second.empty();
}

/// A command with something behind it that nobody else must read, however it was mistyped.
bool is_secret_command_line(std::string_view line) {
  std::string_view words;
  if (const auto behind = typed::parted(line)) {
    words = *behind;
  } else if (const auto given = typed::command(line)) {
    return !given->rest.empty() &&
           (may_be_secret_command(given->name) || has_key_of_room(given->name, given->rest));
  }
  const std::string name = typed::first_word(words);
  const std::string_view rest = typed::split(words).second;
  return !rest.empty() && (may_be_secret_command(name) || has_key_of_room(name, rest));
}

}  // namespace

bool may_be_kept(std::string_view line) {
  static constexpr std::array<std::string_view, 19> signs = {
      "password", "passwd",  "passphrase", "private key", "register ", "login ", "identify ",
      "bearer ",  "api_key", "api-key",    "apikey",      "token:",    "token=", "secret:",
      "secret=",  "пароль",  "Пароль",     "密码",        "口令"};
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return false;
  if (has_token(line) || is_secret_command_line(line)) return false;
  const std::string lower = protocol::ascii_lower(line);
  return std::none_of(signs.begin(), signs.end(),
                      [&](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

bool is_token_alone(std::string_view lines) {
  for (;;) {
    const std::size_t end = lines.find('\n');
    const auto text = typed::trimmed(lines.substr(0, end));
    if (text.size() == token_prefix.size() + token_digits && text.starts_with(token_prefix) &&
        has_token_at(text, 0)) {
      return true;
    }
    if (end == std::string_view::npos) return false;
    lines.remove_prefix(end + 1);
  }
}

/// More words are a sentence that begins so.
std::string_view secret_command_without_slash(std::string_view line) {
  constexpr std::array<std::string_view, 5> meant = {"login", "identify", "register", "passwd", "password"};
  constexpr std::size_t most_words = 3;
  std::string_view rest = typed::trimmed(line);
  const std::string first = typed::first_word(rest);
  std::size_t words = 0;
  for (; !rest.empty() && words <= most_words; ++words) rest = typed::split(rest).second;
  const auto* const found = std::ranges::find(meant, first);
  return words < 2 || words > most_words || found == meant.end() ? std::string_view() : *found;
}

}  // namespace hubbub::client::terminal
