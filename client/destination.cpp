#include "client/destination.hpp"

#include <utility>

namespace hubbub::client {
namespace {

/// Where one is who has only just run `./dev run`.
constexpr std::string_view nearest = "127.0.0.1";

void go_to(const Server& server, Options& options) {
  std::string name = std::exchange(options.address, server.address).name;
  if (!name.empty()) options.address.name = std::move(name);
  if (options.mode == Mode::talk && options.rooms.empty()) options.rooms = server.rooms;
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
  // A name cannot hold an @, and an alias need not be a host.
  const std::size_t name = options.address.name.empty() ? 0 : where.find('@') + 1;
  const auto alias = settings.servers.find(where.empty() ? settings.default_server : where.substr(name));
  if (alias != settings.servers.end()) {
    go_to(alias->second, options);
  } else if (where.empty() && !settings.default_server.empty()) {
    return Misuse{"'" + settings.default_server +
                  "', the default_server, is none of the servers of config.toml"};
  } else if (where.empty()) {
    options.address.host = nearest;
  }
  return std::nullopt;
}

}  // namespace hubbub::client
