#include "test/load/options.hpp"

#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace hubbub::load {

namespace {

using Setter = std::function<bool(const char*)>;

template <class Value>
Setter into(Value& value) {
  return [&value](const char* text) {
    std::istringstream input(text);
    input >> value;
    return !input.fail() && input.peek() == std::istringstream::traits_type::eof();
  };
}

Setter into(std::string& value) {
  return [&value](const char* text) {
    value = text;
    return true;
  };
}

std::map<std::string_view, Setter> setters(Options& options) {
  return {{"--scenario", into(options.scenario)}, {"--mode", into(options.mode)},
          {"--wire", into(options.wire)},         {"--label", into(options.label)},
          {"--port", into(options.port)},         {"--pid", into(options.pid)},
          {"--json", into(options.json)},         {"--rooms", into(options.rooms)},
          {"--members", into(options.members)},   {"--senders", into(options.senders)},
          {"--window", into(options.window)},     {"--rate", into(options.rate)},
          {"--text", into(options.text)},         {"--ids", into(options.ids)},
          {"--seconds", into(options.seconds)},   {"--warm-up", into(options.warm_up)},
          {"--patience", into(options.patience)}, {"--rest", into(options.rest)},
          {"--talk", into(options.talk)},         {"--at-once", into(options.at_once)},
          {"--slow", into(options.slow)},         {"--slow-buffer", into(options.slow_buffer)},
          {"--tls", into(options.tls)},           {"--handshakes", into(options.handshakes)},
          {"--scrapes", into(options.scrapes)}};
}

void check(const Options& options) {
  const auto demand = [](bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
  };
  demand(options.port != 0, "--port is needed");
  demand(options.rooms > 0 && options.members > 0 && options.at_once > 0, "there must be somebody");
  demand(options.senders <= options.members, "there are more senders than members");
  demand(options.mode == "idle" || options.senders > 0, "there must be a sender");
  demand(options.text >= 20, "a text is at least 20 bytes, for the mark that is checked");
  demand(options.rate > 0 && options.window > 0, "--rate and --window are at least 1");
  demand(options.mode != "slow" || options.slow + 2 * options.senders <= options.members,
         "with --mode slow there must be members left who neither speak nor are slow");
  demand(options.mode == "paced" || (options.handshakes == 0 && options.scrapes == 0),
         "--handshakes and --scrapes are for --mode paced");
}

}  // namespace

Options read_options(int argc, char** argv) {
  Options options;
  const auto known = setters(options);
  for (int i = 1; i < argc; i += 2) {
    const auto found = known.find(argv[i]);
    if (found != known.end() && i + 1 < argc && found->second(argv[i + 1])) continue;
    std::string text =
        "\"" + std::string(argv[i]) + "\" is not known, or its value is missing or wrong; there are:";
    for (const auto& [name, set] : known) text += ' ' + std::string(name);
    throw std::runtime_error(text);
  }
  if (options.label.empty()) options.label = options.wire;
  check(options);
  return options;
}

}  // namespace hubbub::load
