#include "client/options.hpp"
#include "client/settings.hpp"

#include <algorithm>
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
  options.servers = server.addresses;
  if (options.name.empty()) options.name = server.name;
  if (options.mode == Mode::talk && options.rooms.empty()) options.rooms = server.rooms;
}

/// Puts TLS and trust of the command line into the addresses. `typed`: they do not come from the settings.
std::optional<Misuse> secure(Options& options, bool typed) {
  const bool has_trust = !options.ca_file.empty() || !options.fingerprints.empty();
  if (!options.tls && !has_trust) return std::nullopt;
  const auto is_without = [](const Address& each) {
    return !each.is_unix() && each.encryption == Encryption::never;
  };
  if (std::ranges::all_of(options.servers, &Address::is_unix))
    return Misuse{"--tls, --ca and --fingerprint are for hosts; a UNIX socket stays on this machine"};
  if (typed && std::ranges::any_of(options.servers, is_without))
    return Misuse{"tcp:// is without TLS; leave it out for --tls, --ca and --fingerprint"};
  for (Address& address : options.servers) {
    if (address.is_unix()) continue;
    address.encryption = Encryption::always;
    if (has_trust) address.trust = {.ca_file = options.ca_file};
  }
  const std::string fault = pin(options.servers, options.fingerprints);
  return fault.empty() ? std::nullopt : std::optional(Misuse{"--fingerprint: " + fault});
}

/// An alias among several addresses would be taken for a host.
std::optional<Misuse> misplaced_alias(const std::string& typed, const PersonalSettings& settings) {
  if (typed.find(',') == std::string::npos) return std::nullopt;
  for (std::size_t begin = 0; begin <= typed.size();) {
    const std::size_t end = std::min(typed.find(',', begin), typed.size());
    const std::string part = without_name(typed.substr(begin, end - begin));
    if (settings.servers.contains(part))
      return Misuse{"'" + part + "' is an alias and stands alone; its address in config.toml may be a list"};
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Misuse> find_server(Options& options, std::string_view environment,
                                  const PersonalSettings& settings) {
  std::string where = options.server.value_or(std::string(environment));
  if (!options.server && !where.empty()) {
    auto servers = parse_addresses(where);
    if (!servers) return Misuse{"HUBBUB_SERVER: " + servers.error().text};
    options.servers = *std::move(servers);
    options.name = take_name(options.servers);
  }
  const auto alias = settings.servers.find(where.empty() ? settings.default_server : without_name(where));
  if (alias != settings.servers.end()) {
    go_to(alias->second, options);
  } else if (where.empty() && !settings.default_server.empty()) {
    return Misuse{"'" + settings.default_server +
                  "', the default_server, is none of the servers of config.toml"};
  } else if (where.empty()) {
    options.servers.assign(1, {.host = std::string(nearest)});
  }
  if (auto misuse = misplaced_alias(where, settings)) return misuse;
  return secure(options, alias == settings.servers.end());
}

std::string typed_server(const Options& options) { return without_name(options.server.value_or("")); }

void find_name(Options& options, std::string_view user) {
  if (!options.name.empty()) return;
  const auto name = protocol::parse_name(user);
  if (name) options.name = name->shown;
}

}  // namespace hubbub::client
