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

TEST_CASE("only the address has to be given") {
  const auto options = std::get<Options>(parse({"alice@localhost:1234"}));
  CHECK(options.address.name == "alice");
  CHECK(options.address.port == 1234);
  CHECK(options.rooms.empty());
  CHECK(options.color);
  CHECK_FALSE(options.json);
  CHECK_FALSE(options.say);
}

TEST_CASE("options may stand on either side of the address") {
  const auto options =
      std::get<Options>(parse({"-r", "dev", "host", "--room=комната", "--no-color", "--say", "hi"}));
  CHECK(options.rooms == Strings{"dev", "комната"});
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

TEST_CASE("a command line that makes no sense is refused with a sentence") {
  const auto arguments = GENERATE(values<std::vector<const char*>>({
      {},
      {"one", "two"},
      {"--unknown", "host"},
      {"--js", "host"},
      {"host", "--room"},
      {"host", "-r", "two words"},
      {"host", "--say", "x", "--json"},
      {"host", "--say="},
      {"host:port"},
  }));
  const auto parsed = parse(arguments);
  REQUIRE(std::holds_alternative<Misuse>(parsed));
  CHECK_FALSE(std::get<Misuse>(parsed).sentence.empty());
}
