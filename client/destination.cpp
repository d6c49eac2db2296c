#include "client/options.hpp"
#include "client/settings.hpp"

#include <utility>

#include "protocol/name.hpp"

namespace hubbub::client {
namespace {

/// The address of a server on this machine, such as one that `./dev run` has just started.
constexpr std::string_view nearest = "127.0.0.1";

/// The text behind NAME@. A name holds no `:` and no `/`, so that an `@` in a path or a URL does not count.
std::string without_name(const std::string& typed) {
  const std::size_t end = typed.find_first_of("@:/");
  return end != std::string::npos && typed[end] == '@' ? typed.substr(end + 1) : typed;
}

void go_to(const Server& server, Options& options) {
  std::string name = std::exchange(options.address, server.address).name;
  if (!name.empty()) options.address.name = std::move(name);
  if (options.mode == Mode::talk && options.rooms.empty()) options.rooms = server.rooms;
}

/// Puts TLS and trust of the command line into the address. `typed`: that does not come from the settings.
std::optional<Misuse> secure(Options& options, bool typed) {
  const bool has_trust = !options.trust.is_default();
  if (!options.tls && !has_trust) return std::nullopt;
  Address& address = options.address;
  if (address.is_unix())
    return Misuse{"--tls, --ca and --fingerprint are for hosts; a UNIX socket stays on this machine"};
  if (typed && address.encryption == Encryption::never)
    return Misuse{"tcp:// is without TLS; leave it out for --tls, --ca and --fingerprint"};
  address.encryption = Encryption::always;
  if (has_trust) address.trust = options.trust;
  return std::nullopt;
}

}  // namespace

std::optional<Misuse> find_server(Options& options, std::string_view environment,
                                  const PersonalSettings& settings) {
  std::string where = options.server.value_or(std::string(environment));
  if (!options.server && !where.empty()) {
    const auto address = parse_address(where);
    if (!address) return Misuse{"HUBBUB_SERVER: " + address.error().text};
    options.address = *address;
  }
  const auto alias = settings.servers.find(where.empty() ? settings.default_server : without_name(where));
  if (alias != settings.servers.end()) {
    go_to(alias->second, options);
  } else if (where.empty() && !settings.default_server.empty()) {
    return Misuse{"'" + settings.default_server +
                  "', the default_server, is none of the servers of config.toml"};
  } else if (where.empty()) {
    options.address.host = nearest;
  }
  return secure(options, alias == settings.servers.end());
}

std::string typed_server(const Options& options) { return without_name(options.server.value_or("")); }

void find_name(Options& options, std::string_view user) {
  if (!options.address.name.empty()) return;
  const auto name = protocol::parse_name(user);
  if (name) options.address.name = name->shown;
}

}  // namespace hubbub::client
