#include "client/options.hpp"
#include "client/settings.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::client;

namespace {

Options options_of(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "hubbub");
  return std::get<Options>(parse_options(static_cast<int>(arguments.size()), arguments.data()));
}

PersonalSettings with_work() {
  PersonalSettings settings;
  Server work;
  work.addresses.push_back({.host = "chat.example", .port = 7000});
  work.name = "ann";
  work.rooms = {"dev", "ops"};
  settings.servers.emplace("work", work);
  return settings;
}

/// Where that leads to: "ann@chat.example:7000, [::1]:7717", without a name when there is none.
std::string found(Options options, const char* environment, const PersonalSettings& settings) {
  REQUIRE_FALSE(find_server(options, environment, settings));
  for (const Address& address : options.servers) CHECK(address.name.empty());
  return (options.name.empty() ? "" : options.name + '@') + to_string(options.servers);
}

}  // namespace

TEST_CASE("what was typed beats the environment, that beats the settings, and they beat this machine") {
  PersonalSettings settings = with_work();
  CHECK(found(options_of({"tail", "dev"}), "", settings) == "127.0.0.1:7717");
  settings.default_server = "work";
  CHECK(found(options_of({"tail", "dev"}), "", settings) == "ann@chat.example:7000");
  CHECK(found(options_of({"tail", "dev"}), "bob@there:1", settings) == "bob@there:1");
  CHECK(found(options_of({"tail", "dev", "-s", "here"}), "bob@there:1", settings) == "here:7717");
  CHECK(found(options_of({"here"}), "bob@there:1", settings) == "here:7717");
  CHECK(found(options_of({}), "bob@there:1", settings) == "bob@there:1");
}

TEST_CASE("an alias stands for a server wherever one is named, and another name can go before it") {
  const PersonalSettings settings = with_work();
  CHECK(found(options_of({"work"}), "", settings) == "ann@chat.example:7000");
  CHECK(found(options_of({"bob@work"}), "", settings) == "bob@chat.example:7000");
  CHECK(found(options_of({"who"}), "work", settings) == "ann@chat.example:7000");
  CHECK(found(options_of({"who", "-s", "bob@work"}), "", settings) == "bob@chat.example:7000");
  CHECK(found(options_of({"work:7717"}), "", settings) == "work:7717");
}

TEST_CASE("an alias brings its rooms with it, unless others are named or it is for a command") {
  const PersonalSettings settings = with_work();
  Options options = options_of({"work"});
  REQUIRE_FALSE(find_server(options, "", settings));
  CHECK(options.rooms == std::vector<std::string>{"dev", "ops"});
  CHECK_FALSE(options.name_typed);
  options = options_of({"work", "-r", "tea"});
  REQUIRE_FALSE(find_server(options, "", settings));
  CHECK(options.rooms == std::vector<std::string>{"tea"});
  options = options_of({"who", "-s", "work"});
  REQUIRE_FALSE(find_server(options, "", settings));
  CHECK(options.rooms.empty());
}

TEST_CASE("who names nobody goes by the name in the settings, or else by that of the user, in every mode") {
  const PersonalSettings settings = with_work();
  const auto name = [&](std::vector<const char*> arguments, std::string_view user) {
    Options options = options_of(std::move(arguments));
    REQUIRE_FALSE(find_server(options, "", settings));
    find_name(options, user);
    CHECK(options.name_typed == options.name.starts_with("typed"));
    return options.name;
  };
  CHECK(name({"here"}, "root") == "root");
  CHECK(name({"say", "dev", "-s", "here"}, "root") == "root");
  CHECK(name({"say", "dev", "-s", "work"}, "root") == "ann");
  CHECK(name({"work"}, "root") == "ann");
  CHECK(name({"typed@work"}, "root") == "typed");
  CHECK(name({"tcp://typed@here:1"}, "root") == "typed");
  CHECK(name({"here"}, "no name").empty());
  CHECK(name({"here"}, "").empty());
}

TEST_CASE("a URL and a path are no aliases") {
  PersonalSettings settings = with_work();
  CHECK(found(options_of({"tcp://work"}), "", settings) == "work:7717");
  CHECK(found(options_of({"tcp://bob@work"}), "", settings) == "bob@work:7717");
  CHECK(found(options_of({"who"}), "tcp://[::1]:99", settings) == "[::1]:99");
  CHECK(found(options_of({"unix:///run/a@work"}), "", settings) == "unix:///run/a@work");
}

TEST_CASE("what names no server is refused with a sentence about where it stands") {
  Options options = options_of({"who"});
  const auto misuse = find_server(options, "there:port", {});
  REQUIRE(misuse);
  CHECK(misuse->sentence.starts_with("HUBBUB_SERVER: "));
  PersonalSettings settings;
  settings.default_server = "gone";
  REQUIRE(find_server(options, "", settings));
}

TEST_CASE("TLS of the command line goes before that of the settings, and not with what has none") {
  PersonalSettings settings = with_work();
  settings.servers.at("work").addresses.front().trust.ca_file = "/old";
  const auto address = [&](std::vector<const char*> arguments) {
    Options options = options_of(std::move(arguments));
    REQUIRE_FALSE(find_server(options, "", settings));
    return options.servers.front();
  };
  CHECK(address({"work"}).encryption == Encryption::by_host);
  CHECK(address({"work", "--tls"}).encryption == Encryption::always);
  CHECK(address({"work", "--tls"}).trust.ca_file == "/old");
  CHECK(address({"work", "--ca", "/new"}).trust.ca_file == "/new");
  CHECK(address({"who", "--ca", "/new"}).encryption == Encryption::always);
  settings.servers.at("work").addresses.front().encryption = Encryption::never;
  CHECK(address({"work", "--tls"}).encryption == Encryption::always);
  for (const char* const where : {"tcp://here", "unix:/run/s"}) {
    Options options = options_of({"--tls", where});
    CHECK(find_server(options, "", settings));
  }
}

TEST_CASE("several servers are found wherever one is, and their name is that of all") {
  PersonalSettings settings = with_work();
  settings.servers.at("work").addresses.push_back({.path = "/run/s"});
  CHECK(found(options_of({"work"}), "", settings) == "ann@chat.example:7000, unix:///run/s");
  CHECK(found(options_of({"bob@work"}), "", settings) == "bob@chat.example:7000, unix:///run/s");
  CHECK(found(options_of({"a,b:1"}), "", settings) == "a:7717, b:1");
  CHECK(found(options_of({"who", "-s", "a,bob@b:1"}), "", settings) == "bob@a:7717, b:1");
  CHECK(found(options_of({"who"}), "bob@a,unix:/run/s,[::1]", settings) ==
        "bob@a:7717, unix:///run/s, [::1]:7717");
}

TEST_CASE("a wrong list of servers is refused with a sentence about which is wrong") {
  const PersonalSettings settings = with_work();
  const auto fault = [&](const char* environment) {
    Options options = options_of({"who"});
    const auto misuse = find_server(options, environment, settings);
    return misuse ? misuse->sentence : "none";
  };
  CHECK(fault("a,b:port") ==
        "HUBBUB_SERVER: server 2 of 2: 'b:port' has no port number from 1 to 65535 after the colon");
  CHECK(fault("a,work") == "'work' is an alias and stands alone; its address in config.toml may be a list");
  CHECK(fault("ann@work,a").starts_with("'work' is an alias"));
  CHECK(fault("a,work:7000") == "none");
}

TEST_CASE("TLS of the command line is for all hosts, and fingerprints for all or for each") {
  PersonalSettings settings = with_work();
  settings.servers.at("work").addresses.push_back({.path = "/run/s"});
  settings.servers.at("work").addresses.push_back({.host = "other.example"});
  const std::string ones = std::string(63, '0') + "1";
  const std::string twos = std::string(63, '0') + "2";
  const auto servers = [&](const std::string& fingerprints) {
    Options options = options_of({"work", "--fingerprint", fingerprints.c_str()});
    const auto misuse = find_server(options, "", settings);
    std::string all = misuse ? misuse->sentence : "";
    for (const Address& each : options.servers) {
      if (misuse) break;
      CHECK((each.encryption == Encryption::always) == !each.is_unix());
      all += each.trust.fingerprint.empty() ? '-' : each.trust.fingerprint.back();
    }
    return all;
  };
  CHECK(servers(ones) == "1-1");
  CHECK(servers(ones + "," + twos) == "1-2");
  CHECK(servers(ones + "," + twos + "," + ones) ==
        "--fingerprint: there are 3 fingerprints and 2 hosts; it is one for all, or one for each in their "
        "order");
  for (const char* const where : {"a,tcp://b", "unix:/run/s,unix:/run/t"}) {
    Options options = options_of({"--tls", where});
    CHECK(find_server(options, "", settings));
  }
}
