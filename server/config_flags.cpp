// The only file that knows Boost.Program_options.
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
      "listen on tcp://HOST:PORT or unix:///PATH instead of what the file says; may be repeated");
  add("state-dir", po::value(&flags.state_dir)->value_name("DIR"), "keep what must survive a restart in DIR");
  add("log-level", po::value(&flags.log_level)->value_name("L"), "trace, debug, info, warning or error");
  add("check-config", po::bool_switch(&flags.check_config), "check flags and file, then exit");
  add("print-config", po::bool_switch(&flags.print_config),
      "print the configuration as it comes out of defaults, file and flags, then exit");
  add("version", po::bool_switch(&flags.version), "print the version, then exit");
  add("help,h", po::bool_switch(&flags.help), "print this, then exit");
  return options;
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
  const auto options = described(flags);
  try {
    const po::positional_options_description none;
    // No guessing: a flag that is abbreviated today could mean two things tomorrow.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::variables_map given;
    po::store(po::command_line_parser(argc, argv).options(options).positional(none).style(style).run(),
              given);
    po::notify(given);
    if (const auto* name = empty_one(given)) {
      return Invalid{"--" + std::string(name) + " is empty; write a value behind it, or leave it out"};
    }
  } catch (const po::too_many_positional_options_error&) {
    return Invalid{"hubbubd takes only flags, no other words; see hubbubd --help"};
  } catch (const po::error& error) {
    return Invalid{std::string(error.what()) + "; see hubbubd --help"};
  }
  return flags;
}

std::string usage() {
  Flags flags;
  std::ostringstream text;
  text << "hubbubd serves a chat. Usage: hubbubd [FLAGS]\n\n" << described(flags);
  return text.str();
}

}  // namespace hubbub::config
