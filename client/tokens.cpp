#include "client/tokens.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <variant>

#include "client/descriptor.hpp"
#include "client/settings.hpp"
#include "protocol/settings/file.hpp"
#include "protocol/settings/toml.hpp"
#include "protocol/settings/value.hpp"
#include "protocol/system.hpp"

namespace hubbub::client {
namespace {

namespace fs = std::filesystem;
using protocol::Code;
using protocol::Error;
using ByServer = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view section = "tokens";

/// However the link is encrypted, it is the same server.
std::string key_of(const Address& server) {
  return server.is_unix() ? "unix://" + server.path : server.host + ':' + std::to_string(server.port);
}

/// What has another form than this program's tokens would be none that a server has given.
bool is_token(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

ByServer read(const std::string& path) {
  ByServer tokens;
  const auto text = settings::contents(path);
  if (!std::holds_alternative<std::string>(text)) return tokens;
  const auto whole = settings::parse_toml(std::get<std::string>(text), false);
  const auto* const tables = std::get_if<settings::Entry>(&whole);
  if (tables == nullptr) return tokens;
  for (const auto& table : tables->entries) {
    if (table.name != section) continue;
    for (const auto& entry : table.entries) {
      const auto* const token = std::get_if<std::string>(&entry.value);
      if (token != nullptr && is_token(*token)) tokens[entry.name] = *token;
    }
  }
  return tokens;
}

std::string trimmed(std::string text) {
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; };
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
  return text;
}

/// `from`: where it was looked for.
Error no_token(std::string_view from) {
  return {Code::bad_request, std::string(from) + " has no token; it begins with hub_"};
}

/// Makes the file, if it is not there, for this user alone; 0 or errno.
int make_private(const std::string& path) {
  constexpr mode_t mine_alone = 0600;
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, mine_alone);
  if (made < 0) return errno;
  const int fault = ::fchmod(made, mine_alone) == 0 ? 0 : errno;
  ::close(made);
  return fault;
}

}  // namespace

std::string Tokens::find(const Address& server) const {
  if (path_.empty()) return {};
  const auto tokens = read(path_);
  const auto found = tokens.find(key_of(server));
  return found == tokens.end() ? std::string() : found->second;
}

std::optional<std::string> Tokens::keep(const Address& server, std::string_view token) const {
  if (path_.empty()) return std::nullopt;
  auto tokens = read(path_);
  if (token.empty()) {
    if (tokens.erase(key_of(server)) == 0) return std::nullopt;
  } else {
    tokens[key_of(server)] = token;
  }
  std::string text =
      "# Tokens of this device, by which hubbub logs in. Each is as good as a password.\n[tokens]\n";
  for (const auto& [name, each] : tokens)
    text += settings::in_quotes(name) + " = " + settings::in_quotes(each) + '\n';
  int fault = make_private(path_);
  if (fault == 0) fault = settings::replace(path_, text);
  if (fault == 0) return std::nullopt;
  return "cannot write " + path_ + ": " + std::strerror(fault);
}

std::string tokens_path() { return in_config_directory("tokens.toml"); }

protocol::Result<std::string> token_in(int descriptor) {
  const auto line = first_line(descriptor, "--token-fd");
  if (!line) return line.error();
  auto token = trimmed(std::string(line->text()));
  if (!is_token(token)) return no_token("--token-fd");
  return token;
}

protocol::Result<std::string> find_token(const Tokens& kept, const Address& server, std::string given) {
  auto token = trimmed(protocol::environment("HUBBUB_TOKEN"));
  ::unsetenv("HUBBUB_TOKEN");
  if (!given.empty()) return given;
  const auto file = protocol::environment("HUBBUB_TOKEN_FILE");
  std::string_view from = "HUBBUB_TOKEN";
  if (token.empty() && !file.empty()) {
    const auto text = settings::contents(file);
    if (const auto* fault = std::get_if<int>(&text)) {
      return Error{Code::bad_request,
                   "HUBBUB_TOKEN_FILE: cannot read " + file + ": " + std::strerror(*fault)};
    }
    token = trimmed(std::get<std::string>(text));
    from = "HUBBUB_TOKEN_FILE";
    if (token.empty()) return Error{Code::bad_request, "HUBBUB_TOKEN_FILE: there is no token in " + file};
  }
  if (token.empty()) return kept.find(server);
  if (!is_token(token)) return no_token(from);
  return token;
}

}  // namespace hubbub::client
