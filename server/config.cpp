#include "server/config.hpp"

#include <algorithm>
#include <cstring>

#include "protocol/settings/file.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"
#include "server/config_keys.hpp"

namespace hubbub::config {
namespace {

std::variant<Config, Invalid> from_file(const std::string& path) {
  if (path.empty()) return Config{};
  const auto text = settings::contents(path);
  if (const auto* error = std::get_if<int>(&text))
    return Invalid{"cannot read the configuration " + path + ": " + std::strerror(*error)};
  return parse(std::get<std::string>(text), path);
}

/// Reads a flag's value by the row of the key that it stands for.
std::optional<Invalid> apply(std::string_view flag, std::string_view key, const settings::Value& value,
                             Config& config) {
  const auto complaint = table().find(key)->read(value, config);
  if (!complaint) return std::nullopt;
  return Invalid{std::string(flag) + ": " + *complaint};
}

std::optional<Invalid> apply(const Flags& flags, Config& config) {
  std::optional<Invalid> invalid;
  if (!flags.listen.empty()) invalid = apply("--listen", "server.listen", flags.listen, config);
  if (!invalid && !flags.state_dir.empty())
    invalid = apply("--state-dir", "server.state_dir", flags.state_dir, config);
  if (!invalid && !flags.log_level.empty())
    invalid = apply("--log-level", "log.level", flags.log_level, config);
  return invalid;
}

/// The state directory when none is named; empty: none.
std::string usual_state_directory() {
  // Made by systemd for the service; several are separated by colons.
  const auto of_the_service = protocol::environment("STATE_DIRECTORY");
  if (!of_the_service.empty()) return of_the_service.substr(0, of_the_service.find(':'));
  const auto state = protocol::base_directory("XDG_STATE_HOME", ".local/state");
  return state.empty() ? state : state + "/hubbub";
}

/// Chooses the engine for "automatic", once it is known whether there is a state directory.
std::optional<Invalid> choose_engine(const Flags& flags, Config& config) {
  auto& engine = config.history.engine;
  const bool stateful = !config.state_dir.empty();
  config.lacks_state_dir = engine == "automatic" && !stateful;
  if (engine == "automatic") engine = stateful ? "sqlite" : "memory";
  if (engine != "sqlite" || stateful) return std::nullopt;
  return Invalid{flags.config_file +
                 ": history.engine: \"sqlite\" needs a state directory; set server.state_dir or "
                 "--state-dir, or write \"memory\""};
}

/// What a node's times must be at least: etcd takes no shorter lease, and an append may take a while.
std::optional<std::string> too_short(const journal::shared::ClusterSettings& cluster) {
  constexpr std::chrono::seconds shortest_lease{2};
  constexpr std::chrono::seconds shortest_patience{1};
  if (cluster.lease < shortest_lease) return "cluster.lease: etcd takes no lease under 2s; write \"5s\"";
  if (cluster.patience < shortest_patience)
    return "cluster.patience: with less than 1s a pause of etcd fails what is said; write \"15s\"";
  return std::nullopt;
}

/// What is shown to etcd goes in pairs.
std::optional<std::string> half_a_pair(const journal::shared::ClusterSettings& cluster) {
  if (cluster.user.empty() != cluster.password_file.empty()) {
    return cluster.user.empty()
               ? "cluster.password_file: whose password it is must be told; set cluster.user"
               : "cluster.user: a user needs a password; name its file, cluster.password_file";
  }
  if (cluster.certificate_file.empty() != cluster.key_file.empty()) {
    return "cluster.certificate_file: a certificate and its key go together; set cluster.key_file, too, or "
           "neither";
  }
  return std::nullopt;
}

/// A node needs an id, an engine that it shares with the others, and a journal on disk.
std::optional<Invalid> require_whole_cluster(const Flags& flags, const Config& config) {
  const auto& cluster = config.cluster;
  const auto fault = [&](const std::string& text) { return Invalid{flags.config_file + ": " + text}; };
  if (cluster.name.empty()) {
    if (!cluster.node.empty() || !cluster.engines.empty()) {
      return fault(
          "cluster.name: a cluster needs a name, the same on all of its nodes; write one, or take out "
          "[cluster]");
    }
    if (flags.cluster_begin) return Invalid{"--cluster-begin: there is no [cluster] in the configuration"};
    return std::nullopt;
  }
  if (cluster.node.empty())
    return fault(R"(cluster.node: each node of a cluster needs an id of its own; write one, such as "a")");
  if (cluster.engines.empty())
    return fault(R"(cluster.engine: where etcd is must be told; write ["http://127.0.0.1:2379"])");
  if (config.history.engine != "sqlite")
    return fault(R"(history.engine: a node of a cluster keeps the history on disk; write "sqlite")");
  if (const auto text = too_short(cluster)) return fault(*text);
  if (const auto text = half_a_pair(cluster)) return fault(*text);
  return std::nullopt;
}

/// An address for TLS alone needs a certificate.
std::optional<Invalid> require_certificate(const Flags& flags, const Config& config) {
  if (!config.net.certificates.empty()) return std::nullopt;
  const auto address = std::find_if(config.listen.begin(), config.listen.end(),
                                    [](const std::string& url) { return url.starts_with("tls:"); });
  if (address == config.listen.end()) return std::nullopt;
  const auto& file = flags.config_file;
  return Invalid{(flags.listen.empty() ? file + ": server.listen: " : "--listen: ") + *address +
                 " needs a certificate; name one in " + (file.empty() ? "a configuration" : file) +
                 ", [[tls]], or make one with `hubbubd certificate HOST`"};
}

}  // namespace

std::variant<Config, Invalid> parse(std::string_view toml, const std::string& path, Config base) {
  if (const auto sentence = table().read(toml, path, base)) return Invalid{*sentence};
  return base;
}

std::string print(const Config& config) { return table().print(config); }

std::string waiting_for_restart(const Config& running, const Config& wanted) {
  return protocol::listed(table().waiting_for_restart(running, wanted));
}

std::string control_socket(const Config& config) {
  if (config.ctl_socket != "automatic") return config.ctl_socket;
  auto directory = protocol::environment("RUNTIME_DIRECTORY");
  directory = directory.empty() ? config.state_dir : directory.substr(0, directory.find(':'));
  return directory.empty() ? directory : directory + "/ctl.sock";
}

std::vector<std::string> control_sockets(const Config& config) {
  std::vector<std::string> paths;
  if (auto path = control_socket(config); !path.empty()) paths.push_back(std::move(path));
  if (!config.is_named) paths.emplace_back("/run/hubbub/ctl.sock");
  return paths;
}

std::variant<Config, Invalid> load(const Flags& flags) {
  auto loaded = from_file(flags.config_file);
  auto* config = std::get_if<Config>(&loaded);
  if (config == nullptr) return loaded;
  if (auto invalid = apply(flags, *config)) return *invalid;
  config->is_named = !flags.config_file.empty() || !config->state_dir.empty() ||
                     !protocol::environment("STATE_DIRECTORY").empty() ||
                     !protocol::environment("RUNTIME_DIRECTORY").empty();
  if (config->state_dir.empty()) config->state_dir = usual_state_directory();
  if (auto invalid = choose_engine(flags, *config)) return *invalid;
  if (auto invalid = require_whole_cluster(flags, *config)) return *invalid;
  if (auto invalid = require_certificate(flags, *config)) return *invalid;
  config->history.directory = config->state_dir;
  return loaded;
}

}  // namespace hubbub::config
