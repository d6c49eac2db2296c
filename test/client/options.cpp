#include "client/options.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::client;
using Strings = std::vector<std::string>;

namespace {

auto parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "hubbub");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("an address is enough") {
  const auto options = std::get<Options>(parse({"alice@localhost:1234"}));
  CHECK(options.name == "alice");
  CHECK(options.servers.front().port == 1234);
  CHECK(options.rooms.empty());
  CHECK(options.color);
  CHECK_FALSE(options.json);
  CHECK_FALSE(options.say);
}

TEST_CASE("options may stand on either side of the address") {
  const auto options =
      std::get<Options>(parse({"-r", "dev", "host", "--room=комната", "--no-color", "--say", "hi"}));
  CHECK(options.rooms == Strings{"dev", "комната"});
  CHECK(std::get<Options>(parse({"host", "-r", "#dev"})).rooms == Strings{"dev"});
  CHECK(std::get<Options>(parse({"tail", "##dev"})).rooms == Strings{"dev"});
  CHECK_FALSE(options.color);
  CHECK(options.say == "hi");
  CHECK(std::get<Options>(parse({"host", "--json"})).json);
}

TEST_CASE("a room that is named twice is entered once") {
  CHECK(std::get<Options>(parse({"host", "-r", "dev", "-r", "DEV", "-r", "ops"})).rooms ==
        Strings{"dev", "ops"});
}

TEST_CASE("help and version are printed whatever else is there") {
  CHECK(std::get<Information>(parse({"--help"})).text.find("--room") != std::string::npos);
  CHECK(std::get<Information>(parse({"--version"})).text.starts_with("hubbub "));
  CHECK(std::holds_alternative<Information>(parse({"host", "--help"})));
}

TEST_CASE("a command is the first word that is no option") {
  const auto say = std::get<Options>(parse({"say", "-s", "bob@host", "dev", "two", "words", "-s", "--help"}));
  CHECK(say.mode == Mode::say);
  CHECK(say.server == "bob@host");
  CHECK(say.name_typed);
  CHECK(say.rooms == Strings{"dev"});
  CHECK(say.say == "two words -s --help");
  CHECK(std::get<Options>(parse({"-s", "host", "who"})).mode == Mode::who);
  CHECK(std::get<Options>(parse({"--json", "rooms"})).json);
  CHECK(std::get<Options>(parse({"host"})).mode == Mode::talk);
  CHECK(std::get<Options>(parse({"say:7717"})).servers.front().host == "say");
  CHECK(std::get<Options>(parse({"-s", "say"})).servers.front().host == "say");
  CHECK(std::get<Options>(parse({})).mode == Mode::talk);
}

TEST_CASE("what is said ends the options, and may be the input") {
  const auto text = [](std::vector<const char*> words) {
    words.insert(words.begin(), {"say", "dev"});
    return std::get<Options>(parse(std::move(words))).say;
  };
  CHECK(text({"--", "-x", "--", "y"}) == "-x -- y");
  CHECK(text({"a", "-"}) == "a -");
  CHECK_FALSE(text({}));
  CHECK_FALSE(text({"-"}));
  CHECK_FALSE(text({"--one", "-"}));
  CHECK(std::get<Options>(parse({"say", "dev", "--one"})).one_message);
}

TEST_CASE("an option that is said is told of, unless a -- says that it is meant") {
  const auto said_option = [](std::vector<const char*> words) {
    words.insert(words.begin(), {"say", "dev"});
    return std::get<Options>(parse(std::move(words))).said_option;
  };
  CHECK(said_option({"done", "-s", "host"}) == "-s");
  CHECK(said_option({"done", "--new"}) == "--new");
  CHECK(said_option({"-s", "host", "done", "x-s", "-"}).empty());
  CHECK(said_option({"--", "done", "-s", "host"}).empty());
  CHECK(said_option({}).empty());
}

TEST_CASE("tail begins with ten lines, with as many as are wanted, or after a message") {
  const auto tail = [](std::vector<const char*> words) {
    words.insert(words.begin(), {"tail", "dev"});
    return std::get<Options>(parse(std::move(words))).tail;
  };
  CHECK(tail({}).lines == 10);
  CHECK(tail({}).follow);
  CHECK(tail({"-fn", "5"}).lines == 5);
  CHECK(tail({"-n0"}).lines == 0);
  CHECK(tail({"--since", "12"}).since == 12);
  CHECK_FALSE(tail({"--no-follow"}).follow);
}

TEST_CASE("each command has a help of its own") {
  for (const char* const command : {"say", "tail", "who", "rooms"}) {
    const std::string text = std::get<Information>(parse({command, "--help"})).text;
    CHECK(text.starts_with(std::string("Usage: hubbub ") + command + ' '));
    CHECK(text.find("--server") != std::string::npos);
  }
}

TEST_CASE("a command line that makes no sense is refused with a sentence") {
  const auto arguments = GENERATE(values<std::vector<const char*>>({
      {"one", "two"},
      {"one", "-s", "two"},
      {"--unknown", "host"},
      {"--js", "host"},
      {"host", "--room"},
      {"host", "-r", "two words"},
      {"host", "--say", "x", "--json"},
      {"host", "--say="},
      {"host:port"},
      {"say"},
      {"say", "two words", "hi"},
      {"say", "dev", ""},
      {"say", "dev", "  "},
      {"say", "dev", "-x"},
      {"say", "dev", "--server="},
      {"say", "dev", "--one=1"},
      {"sya", "dev", "hi"},
      {"tail", "dev", "-n"},
      {"say", "dev", "--one", "hi"},
      {"say", "dev", "-s"},
      {"tail"},
      {"tail", "dev", "ops"},
      {"tail", "dev", "-n", "-1"},
      {"tail", "dev", "-n", "1x"},
      {"tail", "dev", "--since", "9007199254740993"},
      {"tail", "dev", "--since", "1", "-n", "1"},
      {"tail", "dev", "-f", "--no-follow"},
      {"tail", "dev", "--room", "ops"},
      {"who", "dev", "ops"},
      {"rooms", "dev"},
      {"rooms", "-s", "host:port"},
  }));
  const auto parsed = parse(arguments);
  REQUIRE(std::holds_alternative<Misuse>(parsed));
  CHECK_FALSE(std::get<Misuse>(parsed).sentence.empty());
}

TEST_CASE("the sentence about a mistake says what to do") {
  const auto sentence = [](std::vector<const char*> arguments) {
    return std::get<Misuse>(parse(std::move(arguments))).sentence;
  };
  CHECK(sentence({"sya", "dev", "hi"}) == "'sya' is no command (did you mean say?); hubbub --help says more");
  CHECK(sentence({"host:1", "dev"}) ==
        "'dev' is one too many: one server at a time; a room goes behind --room, and the commands are say, "
        "tail, who, rooms, login and logout; hubbub --help says more");
  CHECK(sentence({"localhost", "dev"}).starts_with("'dev' is one too many"));
  CHECK(sentence({"say", "dev", "-x"}) ==
        "there is no option -x; before a TEXT that begins with a dash goes --; hubbub say --help says more");
  CHECK(sentence({"say", "-r", "dev", "hi"}) ==
        "the room goes right behind the command, without -r; hubbub say --help says more");
  CHECK(sentence({"tail", "dev", "-n"}) == "--lines needs a value after it; hubbub tail --help says more");
  CHECK(sentence({"host", "--json=1"}) == "--json takes no value; hubbub --help says more");
}

TEST_CASE("help is asked for in words, too") {
  CHECK(std::get<Information>(parse({"help"})).text.starts_with("Usage: hubbub [OPTIONS] [SERVER]"));
  CHECK(std::get<Information>(parse({"help", "tail"})).text.starts_with("Usage: hubbub tail "));
  CHECK(std::get<Options>(parse({"help:7717"})).servers.front().host == "help");
}

TEST_CASE("whom to trust is said in one way, in every mode") {
  const std::string fingerprint(64, 'a');
  for (const char* const command : {"host", "rooms"}) {
    const auto options = std::get<Options>(parse({command, "--fingerprint", fingerprint.c_str()}));
    CHECK(options.fingerprints.front().starts_with("AA:AA:"));
    CHECK(std::get<Options>(parse({command, "--tls"})).tls);
    CHECK(std::get<Options>(parse({command, "--ca", "f"})).ca_file == "f");
    CHECK(
        std::holds_alternative<Misuse>(parse({command, "--ca", "f", "--fingerprint", fingerprint.c_str()})));
    CHECK(std::holds_alternative<Misuse>(parse({command, "--fingerprint", "12:34"})));
  }
}

TEST_CASE("login and logout take a server, and descriptors instead of what others could read") {
  const auto login = std::get<Options>(parse({"login", "--password-fd", "3", "alice@host", "--tls"}));
  CHECK(login.mode == Mode::login);
  CHECK(login.name_typed);
  CHECK(login.servers.front().host == "host");
  CHECK(login.login.password == 3);
  CHECK_FALSE(login.login.is_new);
  CHECK(typed_server(login) == "host");
  CHECK(login.rooms.empty());
  const auto made =
      std::get<Options>(parse({"login", "--register", "--password-fd=0", "--invite-fd=0", "-s", "work"}));
  CHECK(made.login.is_new);
  CHECK(made.login.password == 0);
  CHECK(made.login.invite == 0);
  const auto logout = std::get<Options>(parse({"logout", "--forget"}));
  CHECK(logout.mode == Mode::logout);
  CHECK(logout.login.forget);
  CHECK(typed_server(logout).empty());
  CHECK(std::get<Options>(parse({"--token-fd", "4", "tail", "dev"})).token_descriptor == 4);
  CHECK(std::get<Options>(parse({"login:7717"})).mode == Mode::talk);
  const std::vector<std::vector<const char*>> wrong = {{"login", "alice@host", "s3cret"},
                                                       {"login", "-s", "host", "s3cret"},
                                                       {"login", "--password-fd", "s3cret"},
                                                       {"login", "--token-fd", "3"},
                                                       {"login", "--invite-fd", "3"},
                                                       {"logout", "--register"},
                                                       {"--token-fd", "s3cret"},
                                                       {"say", "--token-fd=-1", "dev", "x"},
                                                       {"login", "--room", "dev"}};
  for (const auto& arguments : wrong) {
    const auto parsed = parse(arguments);
    const auto* misuse = std::get_if<Misuse>(&parsed);
    REQUIRE(misuse != nullptr);
    CHECK(misuse->sentence.find("s3cret") == std::string::npos);
  }
  CHECK(std::get<Options>(parse({"say", "dev", "x", "--token-fd", "3"})).said_option == "--token-fd");
}
