#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/settings/table.hpp"
#include "server/accounts/settings.hpp"
#include "server/chat/settings.hpp"
#include "server/front/web/settings.hpp"
#include "server/journal/settings.hpp"
#include "server/journal/shared/settings.hpp"
#include "server/net/settings.hpp"
#include "server/ops/log.hpp"

/// The daemon's configuration: defaults, then the file (TOML), then the flags. Each module
/// keeps its own settings; here they meet and get their keys.
namespace hubbub::config {

struct Config : settings::Whole {
  std::vector<std::string> listen{"tcp://127.0.0.1:7717"};
  std::string state_dir;  ///< empty: none named; load() then looks in the usual places
  /// Where operators are served, see control_socket(); empty: nowhere.
  std::string ctl_socket = "automatic";
  std::string ctl_group;  ///< who may be one, besides root and the daemon's user; empty: nobody
  chat::Settings chat;
  accounts::Settings accounts;
  net::Settings net;
  front::WebSettings web;
  /// load() was told of a configuration or of a state directory, by flags or by the service manager.
  bool is_named = false;
  /// load() found no state directory, and the engine was left to be chosen.
  bool lacks_state_dir = false;
  /// load() replaces "automatic" by an engine.
  journal::Settings history{.engine = "automatic"};
  /// Without a name this daemon is alone.
  journal::shared::ClusterSettings cluster;
  ops::log::Settings log;
};

/// Why there is no configuration: one sentence that names file, line and key, for stderr; exit code 2.
struct Invalid {
  std::string sentence;
};

/// Reads TOML on top of `base`. Unknown keys are errors that suggest the nearest known one; so are
/// values of the wrong type or out of range, listen addresses that are none, a soft limit above the
/// hard one, and a default room that is no room name. `path` is for the sentence only.
std::variant<Config, Invalid> parse(std::string_view toml, const std::string& path, Config base = {});

/// Every key with its value, as TOML that parse() reads back to the same configuration.
std::string print(const Config& config);

/// The keys that differ and take effect at a restart only, with commas between them.
std::string waiting_for_restart(const Config& running, const Config& wanted);

/// The path of the socket at which operators are served: the one that is named, or `ctl.sock` in the runtime
/// directory (systemd.exec(5), RUNTIME_DIRECTORY), or else in the state directory; empty: none.
std::string control_socket(const Config& config);
/// Where an operator's program looks for it, in this order: where nothing is named also at the service's.
std::vector<std::string> control_sockets(const Config& config);

/// How many descriptors a process may have (getrlimit(2), RLIMIT_NOFILE).
struct DescriptorLimit {
  std::uint64_t most = 0;
  std::string_view whose;   ///< as in "… allows 1024"
  std::string_view remedy;  ///< how to raise it, as in "raise it with …"
};

/// Settings that are allowed, but most likely a mistake: one sentence each, for the operator.
std::vector<std::string> doubts(const Config& config, std::span<const DescriptorLimit> limits);

/// The flags of the command line (see `hubbubd --help`).
struct Flags {
  std::string config_file;          ///< --config; empty: none
  std::vector<std::string> listen;  ///< --listen, repeatable; replaces the file's
  std::string state_dir;
  std::string log_level;
  std::string tool;  ///< instead of serving: backup, verify, restore, certificate, export or ctl; empty:
                     ///< serve
  std::optional<std::string> argument;  ///< the word behind the tool
  std::vector<std::string> words;       ///< those behind `ctl`, which reads them by itself
  bool cluster_begin = false;           ///< --cluster-begin: see SharedJournal; for this start alone
  bool drop_now = false;                ///< --drop-now: see journal::Settings; for this start alone
  bool check_config = false;
  bool print_config = false;
  bool version = false;
  bool help = false;
};

std::variant<Flags, Invalid> parse_flags(int argc, const char* const* argv);
std::string usage();

/// Defaults, the file named by the flags, then the flags; then what follows from them: the state directory,
/// when none was named, is $STATE_DIRECTORY (systemd.exec(5)), or hubbub in $XDG_STATE_HOME or in
/// ~/.local/state (XDG Base Directory Specification 0.8); the engine "automatic" is "sqlite" where there is a
/// state directory, "memory" where there is none. Called again on SIGHUP.
std::variant<Config, Invalid> load(const Flags& flags);

}  // namespace hubbub::config
