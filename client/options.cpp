// The only file of the client that uses Boost.Program_options.
#include "client/options.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/program_options.hpp>
#include <sstream>

#include "hubbub_version.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/spelling.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client {

using protocol::same_name;
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;
using Parsed = std::variant<Options, Information, Misuse>;

struct Command {
  std::string_view word;
  Mode mode;
};
constexpr std::array commands{Command{"say", Mode::say},     Command{"tail", Mode::tail},
                              Command{"who", Mode::who},     Command{"rooms", Mode::rooms},
                              Command{"login", Mode::login}, Command{"logout", Mode::logout}};

/// The commands that take a server as the talk does, and no room.
bool is_for_server(Mode mode) { return mode == Mode::login || mode == Mode::logout; }

po::options_description described(Mode mode) {
  po::options_description options("Options");
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  if (mode == Mode::talk) {
    add("room,r", po::value<Strings>()->value_name("ROOM"),
        "enter ROOM instead of the server's default room; may be given several times");
    add("say", text("TEXT"), "say TEXT, wait until it has come back, and exit");
  }
  if (mode == Mode::talk || mode == Mode::say || mode == Mode::tail) {
    add("new", mode == Mode::talk ? "do not warn, with --say or in a pipe, when ROOM is new"
                                  : "do not warn when ROOM is new");
  }
  if (mode == Mode::say) add("one", "the whole input is one message");
  if (mode == Mode::tail) {
    add("lines,n", text("N"), "begin with the last N messages (10 unless given)");
    add("since", text("SEQ"), "begin with the first message after the one of this number; 0: with all");
    add("follow,f", "go on with what is being said; that is so unless --no-follow is given");
    add("no-follow", "end with the last message that there is");
  }
  if (mode == Mode::talk) add("json", "for bots: stdin and stdout are lines of the protocol");
  if (mode == Mode::tail) add("json", "print messages as lines of the protocol");
  if (mode == Mode::who) add("json", "print one object, the protocol's \"members\"");
  if (mode == Mode::rooms) add("json", "print each room as an object");
  if (mode == Mode::login) {
    add("register", "make a new account, of the name NAME");
    add("password-fd", text("N"), "read the password from descriptor N, its first line; 0: the input");
    add("invite-fd", text("N"), "the same for the invitation, if the server asks for one");
  }
  if (mode == Mode::logout) add("forget", "forget the token here, without a word to the server");
  add("server,s", text("SERVER"),
      mode == Mode::talk || is_for_server(mode)
          ? "the same as SERVER"
          : "[NAME@]HOST[:PORT], unix:/PATH or several with commas, or an alias; see hubbub --help");
  if (!is_for_server(mode))
    add("token-fd", text("N"), "log in by the token on the first line of descriptor N");
  add("tls", "connect with TLS, and not otherwise");
  add("ca", text("FILE"), "trust the authorities in FILE (PEM) instead of the system's; with TLS");
  add("fingerprint", text("SHA256"),
      "accept this one certificate, whoever has signed it; with TLS; for several servers one each, with "
      "commas");
  if (mode == Mode::talk) {
    add("no-color", "no colours (the environment variable NO_COLOR does the same)");
    add("version", "print the version, and exit");
  }
  add("help,h", "print this, and exit");
  return options;
}

/// Whether the next argument is the value of this one.
bool awaits_value(const po::options_description& options, const std::string& argument) {
  const auto takes_one = [&](const std::string& name) {
    const auto* option = options.find_nothrow(name, false);
    return option != nullptr && option->semantic()->max_tokens() > 0;
  };
  if (argument.starts_with("--")) return takes_one(argument.substr(2));  // one with a "=" is no option's name
  // As in -fn 5: the first option that takes a value takes the rest of the argument, if there is any.
  for (std::size_t letter = 1; letter < argument.size(); ++letter) {
    if (takes_one(std::string("-") + argument[letter])) return letter + 1 == argument.size();
  }
  return false;
}

/// The index among the arguments of the operand of that number (0: the first); the number of arguments: there
/// is none.
std::size_t operand(const po::options_description& options, const Strings& arguments, std::size_t number) {
  bool all_are = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (!all_are && argument == "--") {
      all_are = true;
    } else if (!all_are && argument.size() > 1 && argument.front() == '-') {
      if (awaits_value(options, argument)) ++at;
    } else if (number-- == 0) {
      return at;
    }
  }
  return arguments.size();
}

po::variables_map parse(const po::options_description& described, const Strings& arguments) {
  po::options_description all = described;
  all.add_options()("operand", po::value<Strings>());
  po::positional_options_description positional;
  positional.add("operand", -1);
  po::command_line_parser parser(arguments);
  // No abbreviations: the meaning of --js would change when an option is added.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map values;
  po::store(parser.options(all).positional(positional).style(style).run(), values);
  return values;
}

Strings operands(const po::variables_map& values) {
  return values.count("operand") > 0 ? values["operand"].as<Strings>() : Strings();
}

/// Reports a misuse that the library does not find; caught together with the library's errors.
[[noreturn]] void misuse(const std::string& sentence) { throw po::error(sentence); }

void take_server(const std::string& typed, Options& options) {
  auto servers = parse_addresses(typed);
  if (!servers) misuse(servers.error().text);
  options.server = typed;
  options.servers = *std::move(servers);
  options.name = take_name(options.servers);
  options.name_typed = !options.name.empty();
}

void take_trust(const po::variables_map& values, Options& options) {
  options.tls = values.count("tls") > 0;
  if (values.count("ca") > 0) options.ca_file = values["ca"].as<std::string>();
  if (values.count("ca") > 0 && options.ca_file.empty()) misuse("--ca names no file");
  if (values.count("fingerprint") == 0) return;
  if (!options.ca_file.empty()) misuse("--ca and --fingerprint exclude each other");
  Strings typed;
  boost::algorithm::split(typed, values["fingerprint"].as<std::string>(), [](char c) { return c == ','; });
  for (const std::string& each : typed) {
    const auto fingerprint = parse_fingerprint(each);
    if (!fingerprint) misuse(fingerprint.error().text);
    options.fingerprints.push_back(*fingerprint);
  }
}

void take_room(const std::string& typed, Options& options) {
  const auto name = protocol::parse_room(protocol::typed::room(typed));
  if (!name) misuse("'" + typed + "' cannot be a room: " + name.error().text);
  const auto is_it = [&](const std::string& other) { return same_name(other, name->shown); };
  if (std::ranges::none_of(options.rooms, is_it)) options.rooms.push_back(name->shown);
}

/// The value of an option that takes a number; `wanted`: what it takes, in words.
std::uint64_t number(const po::variables_map& values, const std::string& option, const std::string& wanted) {
  const auto& text = values[option].as<std::string>();
  const auto value = protocol::number_in<std::uint64_t>(text);
  if (!value || *value > protocol::max_integer)
    misuse("--" + option + " takes " + wanted + ", not '" + text + "'");
  return *value;
}

/// The descriptor that the option names, which may have been confused with what is to be read from there, and
/// so is not told. Nothing: the option is not there.
std::optional<int> descriptor(const po::variables_map& values, const std::string& option) {
  if (values.count(option) == 0) return std::nullopt;
  const auto value = protocol::number_in<int>(values[option].as<std::string>());
  if (!value || *value < 0)
    misuse("--" + option + " takes the number of a descriptor that is open, such as 3");
  return value;
}

/// Only one operand can be the server: the others may have been meant as a command or a room.
[[noreturn]] void complain_of_too_many(const Strings& operands) {
  Strings words(commands.size());
  std::ranges::transform(commands, words.begin(), &Command::word);
  const std::string& first = operands.front();
  const std::string* const near =
      operands.size() > 1 && first.size() > 1 ? protocol::nearest(first, words) : nullptr;
  if (near != nullptr) misuse("'" + first + "' is no command (did you mean " + *near + "?)");
  misuse("'" + operands.back() +
         "' is one too many: one server at a time; a room goes behind --room, and the commands are say, "
         "tail, who, rooms, login and logout");
}

void talk(const po::variables_map& values, Options& options) {
  const Strings addresses = operands(values);
  const std::size_t servers = addresses.size() + (options.server ? 1 : 0);
  if (servers > 1) complain_of_too_many(addresses);
  if (!addresses.empty()) take_server(addresses.front(), options);
  options.color = values.count("no-color") == 0;
  if (values.count("say") > 0) options.say = values["say"].as<std::string>();
  if (options.say && options.json) misuse("--say and --json exclude each other");
  if (options.say && options.say->empty()) misuse("--say needs something to say");
  if (values.count("room") == 0) return;
  for (const std::string& room : values["room"].as<Strings>()) take_room(room, options);
}

/// What is one too many may be a password, and so is not told.
void login_or_logout(const po::variables_map& values, Options& options) {
  const Strings addresses = operands(values);
  if (addresses.size() + (options.server ? 1 : 0) > 1) {
    misuse(std::string("there is one word too many: one server at a time") +
           (options.mode == Mode::login ? "; the password is asked for, or read with --password-fd" : ""));
  }
  if (!addresses.empty()) take_server(addresses.front(), options);
  options.login.is_new = values.count("register") > 0;
  options.login.forget = values.count("forget") > 0;
  options.login.password = descriptor(values, "password-fd");
  options.login.invite = descriptor(values, "invite-fd");
  if (options.login.invite && !options.login.is_new) misuse("--invite-fd goes with --register");
}

/// An option of `say` behind the first word of TEXT; empty: none.
std::string said_option(const Strings& words) {
  constexpr std::array<std::string_view, 8> options{"-s",    "--server", "--new",         "--one",
                                                    "--tls", "--ca",     "--fingerprint", "--token-fd"};
  if (words.empty()) return {};
  const auto found = std::find_first_of(words.begin() + 1, words.end(), options.begin(), options.end());
  return found == words.end() ? "" : *found;
}

void say(const po::variables_map& values, Options& options, const Strings& words) {
  const std::string text = boost::algorithm::join(words, " ");
  const bool from_input = words.empty() || (words.size() == 1 && words.front() == "-");
  options.one_message = values.count("one") > 0;
  if (from_input) return;
  if (text.find_first_not_of(' ') == std::string::npos) misuse("there is nothing to say in an empty TEXT");
  if (options.one_message) misuse("--one and TEXT exclude each other");
  options.say = text;
}

void tail(const po::variables_map& values, TailOptions& tail) {
  const bool lines = values.count("lines") > 0;
  const bool since = values.count("since") > 0;
  tail.follow = values.count("no-follow") == 0;
  if (!tail.follow && values.count("follow") > 0) misuse("--follow and --no-follow exclude each other");
  if (lines && since) misuse("--lines and --since exclude each other");
  if (lines) tail.lines = number(values, "lines", "a number");
  if (since) tail.since = number(values, "since", "the \"seq\" of a message");
}

/// Takes ROOM, which a command may need or allow, and accepts no further operands.
void take_rooms(const Strings& rooms, Options& options) {
  const std::size_t most = options.mode == Mode::rooms ? 0 : 1;
  if (rooms.size() > most)
    misuse("'" + rooms[most] + "' is one too many" + (most > 0 ? "; one room at a time" : ""));
  if (!rooms.empty()) return take_room(rooms.front(), options);
  if (options.mode == Mode::say) misuse("say where and what: hubbub say ROOM TEXT");
  if (options.mode == Mode::tail) misuse("say which room: hubbub tail ROOM");
}

Parsed carry_out(Mode mode, Strings arguments) {
  const auto options_of_it = described(mode);
  Strings words;
  if (mode == Mode::say) {
    const auto text = arguments.begin() + static_cast<std::ptrdiff_t>(operand(options_of_it, arguments, 1));
    words.assign(text, arguments.end());
    arguments.erase(text, arguments.end());
  }
  const bool is_marked = std::find(arguments.begin(), arguments.end(), "--") != arguments.end();
  const po::variables_map values = parse(options_of_it, arguments);
  if (values.count("help") > 0) {
    std::ostringstream table;
    table << options_of_it;
    return Information{help(mode, table.str())};
  }
  if (values.count("version") > 0) return Information{std::string("hubbub ") + version + "\n"};
  Options options;
  options.mode = mode;
  options.json = values.count("json") > 0;
  options.new_room = values.count("new") > 0;
  if (values.count("server") > 0) take_server(values["server"].as<std::string>(), options);
  take_trust(values, options);
  options.token_descriptor = descriptor(values, "token-fd");
  if (mode == Mode::talk) {
    talk(values, options);
    return options;
  }
  if (is_for_server(mode)) {
    login_or_logout(values, options);
    return options;
  }
  take_rooms(operands(values), options);
  if (mode == Mode::say && !is_marked) options.said_option = said_option(words);
  if (mode == Mode::say) say(values, options, words);
  if (mode == Mode::tail) tail(values, options.tail);
  return options;
}

/// Removes and returns the command, if the first operand is one. `help` before it stands for --help.
Mode take_command(Strings& arguments) {
  const std::size_t first = operand(described(Mode::talk), arguments, 0);
  if (first == arguments.size()) return Mode::talk;
  if (arguments[first] == "help") {
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(first));
    const Mode mode = take_command(arguments);
    arguments.insert(arguments.begin(), "--help");
    return mode;
  }
  const auto* const command = std::ranges::find(commands, arguments[first], &Command::word);
  if (command == commands.end()) return Mode::talk;
  arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(first));
  return command->mode;
}

/// A sentence about what is wrong with the options.
std::string sentence(const po::error& error, Mode mode) {
  using Syntax = po::invalid_command_line_syntax;
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    const std::string option = unknown->get_option_name();
    if ((option == "-r" || option == "--room") && !is_for_server(mode))
      return "the room goes right behind the command, without " + option;
    const std::string hint = mode == Mode::say ? "; before a TEXT that begins with a dash goes --" : "";
    return "there is no option " + option + hint;
  }
  const auto* const syntax = dynamic_cast<const Syntax*>(&error);
  if (syntax == nullptr) return error.what();
  switch (syntax->kind()) {
    case Syntax::missing_parameter:
    case Syntax::empty_adjacent_parameter:
      return syntax->get_option_name() + " needs a value after it";
    case Syntax::extra_parameter:
      return syntax->get_option_name() + " takes no value";
    default:
      return error.what();
  }
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
  Strings arguments(argv + std::min(argc, 1), argv + argc);
  const Mode mode = take_command(arguments);
  try {
    return carry_out(mode, std::move(arguments));
  } catch (const po::error& error) {
    const auto* const command = std::ranges::find(commands, mode, &Command::mode);
    const std::string word = command == commands.end() ? "" : std::string(command->word) + ' ';
    return Misuse{sentence(error, mode) + "; hubbub " + word + "--help says more"};
  }
}

}  // namespace hubbub::client
