// The only file that uses Boost.Program_options.
#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <sstream>
#include <string>
#include <variant>

#include "server/config.hpp"

namespace hubbub::config {
namespace {

namespace po = boost::program_options;

po::options_description described(Flags& flags) {
  constexpr unsigned columns = 100;
  po::options_description options("Flags, which beat the file, which beats the defaults", columns);
  auto add = options.add_options();
  add("config", po::value(&flags.config_file)->value_name("FILE"), "read the configuration from FILE (TOML)");
  add("listen", po::value(&flags.listen)->value_name("URL"),
      "listen on tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH instead of what the file says; may be "
      "repeated");
  add("state-dir", po::value(&flags.state_dir)->value_name("DIR"), "keep what must survive a restart in DIR");
  add("log-level", po::value(&flags.log_level)->value_name("L"), "trace, debug, info, warning or error");
  add("drop-now", po::bool_switch(&flags.drop_now),
      "at this start, drop at once what history.keep_messages and keep_age do not keep: without "
      "history.grace, and though the clock may have jumped");
  add("cluster-begin", po::bool_switch(&flags.cluster_begin),
      "at this start, throw away the log that the nodes of the cluster share, and go on from the journal "
      "here: "
      "after the log has lost something, on the node that has the most");
  add("check-config", po::bool_switch(&flags.check_config), "check flags and file, then exit");
  add("print-config", po::bool_switch(&flags.print_config),
      "print the configuration as it comes out of defaults, file and flags, then exit");
  add("version", po::bool_switch(&flags.version), "print the version, then exit");
  add("help,h", po::bool_switch(&flags.help), "print this, then exit");
  return options;
}

/// A tool that may run instead of the daemon, with its argument.
struct Tool {
  std::string_view name;
  std::string_view argument;
  bool argument_needed;
  std::string_view help;
};

constexpr std::array<Tool, 6> tools{{
    {"backup", "FILE", true, "copy the journal into FILE, which must not be there yet"},
    {"verify", "[FILE]", false, "check the journal, or the copy of one in FILE"},
    {"restore", "FILE", true,
     "put the copy in FILE in the journal's place, which is kept; not beside a daemon"},
    {"certificate", "HOST", true,
     "make a self-signed certificate for a first try of TLS, and print its fingerprint"},
    {"export", "[ROOM]", false, "print what was said, or what was said in ROOM, as JSON lines"},
    {"ctl", "COMMAND", true, "ask a running daemon, or have it do something; see hubbubd ctl --help"},
}};

using Words = std::vector<std::string>;

/// The words of the command line that are no flags: a tool and what it takes, or nothing.
std::optional<Invalid> read_words(const Words& words, Flags& into) {
  if (words.empty()) return std::nullopt;
  const auto* const tool =
      std::find_if(tools.begin(), tools.end(), [&](const Tool& t) { return t.name == words.front(); });
  if (tool == tools.end()) {
    return Invalid{"there is no \"" + words.front() +
                   "\"; there are backup, verify, restore, certificate, export and ctl; see hubbubd --help"};
  }
  const bool has_argument = words.size() == 2 && !words.back().empty();
  if (!has_argument && (words.size() != 1 || tool->argument_needed)) {
    return Invalid{"write hubbubd [FLAGS] " + std::string(tool->name) + " " + std::string(tool->argument) +
                   "; see hubbubd --help"};
  }
  into.tool = words.front();
  if (has_argument) into.argument = words.back();
  return std::nullopt;
}

/// Where the word `ctl` stands on the command line, whose words behind it are its own; argc: nowhere.
int place_of_ctl(int argc, const char* const* argv) {
  constexpr std::array<std::string_view, 4> with_value{"--config", "--listen", "--state-dir", "--log-level"};
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with('-')) return word == "ctl" ? i : argc;
    if (std::find(with_value.begin(), with_value.end(), word) != with_value.end()) ++i;
  }
  return argc;
}

/// An empty value would pass for a flag that was not given.
const char* empty_one(const po::variables_map& given) {
  for (const char* name : {"config", "state-dir", "log-level"}) {
    if (given.count(name) != 0 && given[name].as<std::string>().empty()) return name;
  }
  return nullptr;
}

}  // namespace

std::variant<Flags, Invalid> parse_flags(int argc, const char* const* argv) {
  Flags flags;
  Words words;
  if (const int ctl = place_of_ctl(argc, argv); ctl < argc) {
    flags.tool = "ctl";
    flags.words.assign(argv + ctl + 1, argv + argc);
    argc = ctl;
  }
  auto options = described(flags);
  options.add_options()("words", po::value(&words));
  try {
    po::positional_options_description positional;
    positional.add("words", -1);
    // No abbreviations: a flag that is abbreviated today could mean two things tomorrow.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::variables_map given;
    po::store(po::command_line_parser(argc, argv).options(options).positional(positional).style(style).run(),
              given);
    po::notify(given);
    if (const auto* name = empty_one(given)) {
      return Invalid{"--" + std::string(name) + " is empty; write a value behind it, or leave it out"};
    }
    if (!words.empty() && flags.tool == "ctl")
      return Invalid{"write ctl before \"" + words.front() + "\"; see hubbubd ctl --help"};
    if (auto invalid = read_words(words, flags)) return *invalid;
  } catch (const po::error& error) {
    return Invalid{std::string(error.what()) + "; see hubbubd --help"};
  }
  return flags;
}

std::string usage() {
  Flags flags;
  std::ostringstream text;
  text
      << "hubbubd serves a chat. Usage: hubbubd [FLAGS]\n\nOr it looks after the journal, and exits; all but "
         "restore may be used while the daemon runs:\n";
  for (const auto& tool : tools) {
    const auto call = std::string("hubbubd [FLAGS] ").append(tool.name).append(" ").append(tool.argument);
    text << "  " << call << std::string(34 - call.size(), ' ') << tool.help << '\n';
  }
  text << '\n' << described(flags);
  return text.str();
}

}  // namespace hubbub::config
