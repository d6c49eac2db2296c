#include "client/tokens.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
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
using protocol::Result;
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

/// What is in the file of tokens.
struct Content {
  ByServer tokens;
  std::string warning;  ///< see Tokens::Kept
};

Error fault_in(const std::string& path, std::uint32_t line) {
  // Without the parser's own words, which may quote a token.
  return {Code::bad_request,
          path + ":" + std::to_string(line) +
              ": this is no line with a token; mend it, or remove the file and log in again"};
}

/// The tokens in the text of that file.
Result<ByServer> parse(const std::string& path, const std::string& text) {
  const auto whole = settings::parse_toml(text, false);
  if (const auto* const fault = std::get_if<settings::Fault>(&whole)) return fault_in(path, fault->line);
  ByServer tokens;
  for (const auto& table : std::get<settings::Entry>(whole).entries) {
    if (table.name != section || !table.is_table) return fault_in(path, table.line);
    for (const auto& entry : table.entries) {
      const auto* const token = std::get_if<std::string>(&entry.value);
      if (token == nullptr || !is_token(*token)) return fault_in(path, entry.line);
      tokens[entry.name] = *token;
    }
  }
  return tokens;
}

/// Takes the file away from others, who may not read tokens; a sentence on what was wrong, empty: nothing.
Result<std::string> guard(const std::string& path, int opened, mode_t mode) {
  constexpr mode_t of_others = 0077;
  if ((mode & of_others) == 0) return std::string();
  if (::fchmod(opened, mode & ~of_others) == 0) {
    return path +
           " could be read by others, and is for you alone from now on; where they may have done so, " +
           "/devices and /revoke log devices out";
  }
  return Error{Code::bad_request,
               path + " can be read by others, and is not used: make it yours, with mode 600"};
}

/// The bytes of an open regular file; nothing is waited for.
Result<std::string> bytes_of(const std::string& path, int opened) {
  std::string bytes;
  std::array<char, 4096> some{};
  for (;;) {
    const ssize_t count = ::read(opened, some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{Code::bad_request, "cannot read " + path + ": " + std::strerror(errno)};
    if (count == 0) return bytes;
    bytes.append(some.data(), static_cast<std::size_t>(count));
  }
}

Result<Content> read_opened(const std::string& path, int opened) {
  struct stat status {};
  if (::fstat(opened, &status) != 0 || !S_ISREG(status.st_mode))
    return Error{Code::bad_request, path + " is no regular file; remove it, and log in again"};
  auto warning = guard(path, opened, status.st_mode & 07777);
  if (!warning) return warning.error();
  const auto bytes = bytes_of(path, opened);
  if (!bytes) return bytes.error();
  auto tokens = parse(path, *bytes);
  if (!tokens) return tokens.error();
  return Content{*std::move(tokens), *std::move(warning)};
}

/// A file that is not there has no tokens.
Result<Content> read(const std::string& path) {
  // A pipe in its place would be waited for.
  const int opened = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (opened < 0 && (errno == ENOENT || errno == ENOTDIR)) return Content{};
  if (opened < 0) return Error{Code::bad_request, "cannot read " + path + ": " + std::strerror(errno)};
  auto content = read_opened(path, opened);
  ::close(opened);
  return content;
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

/// The token of the first server that has one; empty: none has.
std::string first_of(const Addresses& servers, const ByServer& tokens) {
  for (const Address& server : servers) {
    const auto found = tokens.find(key_of(server));
    if (found != tokens.end()) return found->second;
  }
  return {};
}

}  // namespace

Result<Tokens::Kept> Tokens::find(const Addresses& servers) const {
  if (path_.empty()) return Kept{};
  auto content = read(path_);
  if (!content) return content.error();
  return Kept{first_of(servers, content->tokens), std::move(content->warning)};
}

std::optional<std::string> Tokens::keep(const Addresses& servers, std::string_view token) const {
  if (path_.empty()) return std::nullopt;
  auto content = read(path_);
  if (!content) return content.error().text + "; it was left as it is";
  auto& tokens = content->tokens;
  const std::string gone = first_of(servers, tokens);
  if (token.empty() && gone.empty()) return std::nullopt;
  for (const Address& server : servers) {
    const std::string key = key_of(server);
    if (!token.empty()) {
      tokens[key] = token;
    } else if (const auto kept = tokens.find(key); kept != tokens.end() && kept->second == gone) {
      tokens.erase(kept);
    }
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

Result<std::string> token_in(int descriptor) {
  const auto line = first_line(descriptor, "--token-fd");
  if (!line) return line.error();
  auto token = trimmed(std::string(line->text()));
  if (!is_token(token)) return no_token("--token-fd");
  return token;
}

Result<FoundToken> find_token(const Tokens& kept, const Addresses& servers, std::string given) {
  auto token = trimmed(protocol::environment("HUBBUB_TOKEN"));
  ::unsetenv("HUBBUB_TOKEN");
  if (!given.empty()) return FoundToken{std::move(given), "--token-fd", {}};
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
  if (!token.empty() && !is_token(token)) return no_token(from);
  if (!token.empty()) return FoundToken{std::move(token), std::string(from), {}};
  auto found = kept.find(servers);
  if (!found) return FoundToken{{}, {}, {}, found.error().text};
  return FoundToken{std::move(found->token), {}, std::move(found->warning)};
}

}  // namespace hubbub::client
