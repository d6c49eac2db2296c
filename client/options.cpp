// The only file of the client that knows Boost.Program_options.
#include "client/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "client/connection/names.hpp"
#include "hubbub_version.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;
using Parsed = std::variant<Options, Information, Misuse>;

po::options_description described() {
  po::options_description options("Options");
  options.add_options()                                                                //
      ("room,r", po::value<Strings>()->value_name("ROOM"),                             //
       "enter ROOM instead of the server's default room; may be given several times")  //
      ("say", po::value<std::string>()->value_name("TEXT"),                            //
       "say TEXT, wait until it has come back, and exit")                              //
      ("json", "for bots: stdin and stdout are lines of the protocol")                 //
      ("no-color", "no colours (the environment variable NO_COLOR does the same)")     //
      ("version", "print the version, and exit")                                       //
      ("help,h", "print this, and exit");
  return options;
}

std::string help() {
  std::ostringstream text;
  text << "Usage: hubbub [OPTIONS] [NAME@]HOST[:PORT]\n"
          "       hubbub [OPTIONS] [NAME@]unix:/PATH\n\n"
          "Talks to a Hubbub server (port "
       << default_port
       << " unless given). On a terminal one types, and /help shows the commands;\n"
          "in a pipe each line of the input is said, and what others say is printed.\n\n"
       << described()
       << "\nExit status: 0 done, 1 could not connect or was closed for good, 2 wrong usage.\n";
  return text.str();
}

po::variables_map parse(int argc, const char* const* argv) {
  po::options_description all = described();
  all.add_options()("address", po::value<Strings>());
  po::positional_options_description positional;
  positional.add("address", -1);
  po::command_line_parser parser(argc, argv);
  // Without guessing: --js must not come to mean something else when an option is added.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map values;
  po::store(parser.options(all).positional(positional).style(style).run(), values);
  return values;
}

Parsed to_options(const po::variables_map& values) {
  if (values.count("address") == 0) return Misuse{"say where to: hubbub [NAME@]HOST[:PORT]"};
  const auto& addresses = values["address"].as<Strings>();
  if (addresses.size() > 1) return Misuse{"one server at a time; '" + addresses[1] + "' is one too many"};
  const auto address = parse_address(addresses.front());
  if (!address) return Misuse{address.error().text};
  Options options;
  options.address = *address;
  options.color = values.count("no-color") == 0;
  options.json = values.count("json") > 0;
  if (values.count("say") > 0) options.say = values["say"].as<std::string>();
  if (options.say && options.json) return Misuse{"--say and --json exclude each other"};
  if (options.say && options.say->empty()) return Misuse{"--say needs something to say"};
  if (values.count("room") == 0) return options;
  for (const std::string& room : values["room"].as<Strings>()) {
    const auto name = protocol::parse_room(room);
    if (!name) return Misuse{"'" + room + "' cannot be a room: " + name.error().text};
    const auto is_it = [&](const std::string& other) { return same_name(other, name->shown); };
    if (std::none_of(options.rooms.begin(), options.rooms.end(), is_it)) options.rooms.push_back(name->shown);
  }
  return options;
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
  try {
    const po::variables_map values = parse(argc, argv);
    if (values.count("help") > 0) return Information{help()};
    if (values.count("version") > 0) return Information{std::string("hubbub ") + version + "\n"};
    return to_options(values);
  } catch (const po::error& error) {
    return Misuse{error.what()};
  }
}

}  // namespace hubbub::client
