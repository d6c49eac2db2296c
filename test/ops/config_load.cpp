#include <array>

#include "server/config.hpp"
#include "test/ops/stderr_swap.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace config = hubbub::config;
using Catch::Matchers::ContainsSubstring;
using hubbub::test::Environment;
using hubbub::test::TemporaryDirectory;

namespace {

std::variant<config::Flags, config::Invalid> flags_from(std::vector<const char*> words) {
  words.insert(words.begin(), "hubbubd");
  return config::parse_flags(static_cast<int>(words.size()), words.data());
}

config::Flags flags(std::vector<const char*> words) {
  auto result = flags_from(std::move(words));
  if (const auto* invalid = std::get_if<config::Invalid>(&result)) FAIL(invalid->sentence);
  return std::get<config::Flags>(std::move(result));
}

std::string complaint_about(std::vector<const char*> words) {
  const auto result = flags_from(std::move(words));
  const auto* invalid = std::get_if<config::Invalid>(&result);
  return invalid == nullptr ? "no complaint" : invalid->sentence;
}

config::Config loaded(const config::Flags& flags) {
  auto result = config::load(flags);
  if (const auto* invalid = std::get_if<config::Invalid>(&result)) FAIL(invalid->sentence);
  return std::get<config::Config>(std::move(result));
}

std::string complaint_of(const config::Flags& flags) {
  const auto result = config::load(flags);
  const auto* invalid = std::get_if<config::Invalid>(&result);
  return invalid == nullptr ? "no complaint" : invalid->sentence;
}

}  // namespace

TEST_CASE("flags are read") {
  const auto all = flags({"--config", "a.toml", "--listen=tcp://[::1]:0", "--listen", "unix:///a",
                          "--state-dir", "s", "--log-level", "debug", "--check-config", "--print-config"});
  CHECK(all.config_file == "a.toml");
  CHECK(all.listen == std::vector<std::string>{"tcp://[::1]:0", "unix:///a"});
  CHECK(all.state_dir == "s");
  CHECK(all.log_level == "debug");
  CHECK(all.check_config);
  CHECK(all.print_config);
  CHECK_FALSE(all.version);
  CHECK_FALSE(all.help);
  CHECK(flags({"--version"}).version);
  CHECK(flags({"-h"}).help);
}

TEST_CASE("flags that are none are told in one sentence") {
  CHECK_THAT(complaint_about({"--lisen", "x"}), ContainsSubstring("--lisen") && ContainsSubstring("--help"));
  CHECK_THAT(complaint_about({"--list"}), ContainsSubstring("--list"));  // no guessing
  CHECK_THAT(complaint_about({"--config"}), ContainsSubstring("--config"));
  CHECK_THAT(complaint_about({"--config="}), ContainsSubstring("--config"));
  CHECK_THAT(complaint_about({"--state-dir", ""}), ContainsSubstring("--state-dir is empty"));
  CHECK_THAT(complaint_about({"--config", "a", "--config", "b"}), ContainsSubstring("--config"));
  CHECK_THAT(complaint_about({"hubbubd.toml"}),
             ContainsSubstring("there are backup, verify, restore, certificate, export and ctl"));
  CHECK_THAT(complaint_about({"--version=yes"}), ContainsSubstring("--version"));
}

TEST_CASE("the usage names every flag") {
  for (const auto* flag : {"--config FILE", "--listen URL", "--state-dir DIR", "--check-config",
                           "--print-config", "--log-level L", "--version", "--help"}) {
    CHECK_THAT(config::usage(), ContainsSubstring(flag));
  }
}

TEST_CASE("flags beat the file, and the file beats the defaults") {
  const TemporaryDirectory folder;
  const auto file =
      folder.write("hubbubd.toml",
                   "[server]\nlisten = [\"tcp://127.0.0.1:1\"]\nname = \"file\"\n[log]\nlevel = \"error\"");
  const auto from_file = loaded(flags({"--config", file.c_str()}));
  CHECK(from_file.listen == std::vector<std::string>{"tcp://127.0.0.1:1"});
  CHECK(from_file.log.level == hubbub::ops::log::Level::error);

  const auto both =
      loaded(flags({"--config", file.c_str(), "--listen", "tcp://127.0.0.1:2", "--log-level", "trace"}));
  CHECK(both.listen == std::vector<std::string>{"tcp://127.0.0.1:2"});
  CHECK(both.log.level == hubbub::ops::log::Level::trace);
  CHECK(both.chat.server_name == "file");

  CHECK(loaded({}).listen == std::vector<std::string>{"tcp://127.0.0.1:7717"});
}

TEST_CASE("a flag's value is checked like the file's") {
  CHECK_THAT(complaint_of(flags({"--listen", "tcp//x"})), Catch::Matchers::StartsWith("--listen: "));
  CHECK(complaint_of(flags({"--log-level", "loud"})) ==
        R"(--log-level: "loud" is not known; there are "trace", "debug", "info", "warning", "error")");
}

TEST_CASE("a file that cannot be read is told in one sentence") {
  const TemporaryDirectory folder;
  const auto missing = (folder.path() / "missing.toml").native();
  CHECK(complaint_of(flags({"--config", missing.c_str()})) ==
        "cannot read the configuration " + missing + ": No such file or directory");
  CHECK(complaint_of(flags({"--config", folder.path().c_str()})) ==
        "cannot read the configuration " + folder.path().native() + ": Is a directory");
  const auto wrong = folder.write("wrong.toml", "[log]\nlevel = 1");
  CHECK_THAT(complaint_of(flags({"--config", wrong.c_str()})),
             ContainsSubstring("wrong.toml:2: log.level: "));
  const auto empty = folder.write("empty.toml", "");
  CHECK(complaint_of(flags({"--config", empty.c_str()})) == "no complaint");
}

TEST_CASE("a tool is named by words") {
  CHECK(flags({}).tool.empty());
  const auto backup = flags({"--state-dir", "s", "backup", "copy.sqlite3"});
  CHECK(backup.tool == "backup");
  CHECK(backup.argument == "copy.sqlite3");
  CHECK(backup.state_dir == "s");
  CHECK(flags({"verify"}).tool == "verify");
  CHECK_FALSE(flags({"verify"}).argument.has_value());
  // Flags may come last.
  CHECK(flags({"export", "大厅", "--log-level", "debug"}).argument == "大厅");
}

TEST_CASE("words that are no tool, or not what it takes, are told in one sentence") {
  CHECK(complaint_about({"repair"}) ==
        "there is no \"repair\"; there are backup, verify, restore, certificate, export and ctl; see hubbubd "
        "--help");
  CHECK(flags({"export", "ctl"}).argument == "ctl");
  CHECK(flags({"--log-level", "debug", "ctl", "status", "--json"}).words ==
        std::vector<std::string>{"status", "--json"});
  CHECK_THAT(complaint_about({"restore"}), ContainsSubstring("restore FILE"));
  CHECK(complaint_about({"backup"}) == "write hubbubd [FLAGS] backup FILE; see hubbubd --help");
  CHECK_THAT(complaint_about({"backup", ""}), ContainsSubstring("backup FILE"));
  CHECK_THAT(complaint_about({"backup", "a", "b"}), ContainsSubstring("backup FILE"));
  CHECK_THAT(complaint_about({"verify", "a", "b"}), ContainsSubstring("verify [FILE]"));
  CHECK_THAT(complaint_about({"export", "a", "b"}), ContainsSubstring("export [ROOM]"));
  CHECK_THAT(complaint_about({"export", ""}), ContainsSubstring("export [ROOM]"));
}

TEST_CASE("the usage names every tool") {
  for (const auto* call :
       {"[FLAGS] backup FILE ", "[FLAGS] verify [FILE] ", "[FLAGS] restore FILE ", "[FLAGS] export [ROOM] "})
    CHECK_THAT(config::usage(), ContainsSubstring(call));
}

TEST_CASE("the state directory is the flag's, the file's, the service's or the user's") {
  const Environment state("STATE_DIRECTORY", "/var/lib/hubbub:/var/lib/other");
  const Environment xdg("XDG_STATE_HOME", "/xdg");
  const Environment home("HOME", "/home/anna");
  const TemporaryDirectory folder;
  const auto file = folder.write("hubbubd.toml", "[server]\nstate_dir = \"/from/file\"");
  CHECK(loaded({}).state_dir == "/var/lib/hubbub");
  CHECK(loaded(flags({"--config", file.c_str()})).state_dir == "/from/file");
  CHECK(loaded(flags({"--config", file.c_str(), "--state-dir", "/from/flag"})).state_dir == "/from/flag");
  const Environment no_service("STATE_DIRECTORY", std::nullopt);
  CHECK(loaded({}).state_dir == "/xdg/hubbub");
  {
    const Environment relative("XDG_STATE_HOME", "xdg");
    CHECK(loaded({}).state_dir == "/home/anna/.local/state/hubbub");
  }
  const Environment no_xdg("XDG_STATE_HOME", std::nullopt);
  CHECK(loaded({}).state_dir == "/home/anna/.local/state/hubbub");
  const Environment no_home("HOME", std::nullopt);
  CHECK(loaded({}).state_dir.empty());
}

TEST_CASE("the engine goes by whether there is a state directory") {
  const Environment no_service("STATE_DIRECTORY", std::nullopt);
  const Environment no_xdg("XDG_STATE_HOME", std::nullopt);
  const Environment no_home("HOME", std::nullopt);
  const TemporaryDirectory folder;
  const auto memory = folder.write("memory.toml", "[history]\nengine = \"memory\"");
  const auto sqlite = folder.write("sqlite.toml", "[history]\nengine = \"sqlite\"");

  CHECK(loaded({}).history.engine == "memory");
  CHECK(loaded(flags({"--config", memory.c_str()})).history.engine == "memory");
  CHECK(complaint_of(flags({"--config", sqlite.c_str()})) ==
        sqlite.native() +
            ": history.engine: \"sqlite\" needs a state directory; set server.state_dir or --state-dir, or "
            "write \"memory\"");

  CHECK(loaded(flags({"--state-dir", "s"})).history.engine == "sqlite");
  CHECK(loaded(flags({"--state-dir", "s", "--config", memory.c_str()})).history.engine == "memory");
  CHECK(loaded(flags({"--state-dir", "s", "--config", sqlite.c_str()})).history.engine == "sqlite");
  const Environment home("HOME", "/home/anna");
  CHECK(loaded({}).history.engine == "sqlite");
}
