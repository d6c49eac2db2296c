#include "server/config.hpp"

#include <array>
#include <fstream>
#include <limits>
#include <sstream>

#include "test/support/catch.hpp"

namespace config = hubbub::config;
using Catch::Matchers::ContainsSubstring;
using namespace std::chrono_literals;

namespace {

config::Config parsed(std::string_view toml, config::Config base = {}) {
  auto result = config::parse(toml, "hubbubd.toml", std::move(base));
  if (const auto* invalid = std::get_if<config::Invalid>(&result)) FAIL(invalid->sentence);
  return std::get<config::Config>(std::move(result));
}

std::string complaint(std::string_view toml) {
  const auto result = config::parse(toml, "hubbubd.toml");
  const auto* invalid = std::get_if<config::Invalid>(&result);
  return invalid == nullptr ? "no complaint" : invalid->sentence;
}

/// The file as it is shipped; CTest runs in the build folder, so its path is compiled in.
std::string shipped_file() {
  std::ifstream file(HUBBUBD_TOML);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Every key at something other than its default, the way print() writes it.
constexpr std::string_view everything_else = R"([server]
name = "Общий чат"
motd = "Be kind.\nSay \"hello\" \\o/"
listen = ["tcp://127.0.0.1:0", "tcp://[::1]:7718", "unix:///run/hubbub/hubbub.sock"]
default_room = "大厅"
state_dir = "/var/lib/hubbub"
ctl_socket = "/run/chat/ctl"
ctl_group = "adm"

[limits]
connections = 0
connections_per_address = 8
connects_per_second_per_address = 3
connects_burst_per_address = 9
line = "32KiB"
text = 5000
rooms = 77
rooms_per_session = 3
owned_rooms = 4
messages_per_second = 0.5
messages_burst = 7
messages_per_second_per_address = 1.5
messages_burst_per_address = 70
queries_per_second = 2
queries_burst = 11
send_queue_soft = "100KiB"
send_queue = "2GiB"
presence_members = 0

[timeouts]
sniff = "300ms"
hello = "1500ms"
idle = "2h"
idle_text = "1m"
ping = "90s"
claim = "3s"
tell = "7s"
stall = "0s"
shutdown = "1s"

[net]
trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "unix"]

[accounts]
registration = "invite"
guests = "read"
plain_login = "never"
hash_memory = "64MiB"
hash_passes = 3
token_age = "7d"

[moderation]
edit_window = "2h"
raid_joins = 30
raid_time = "5m"

[web]
plain = "never"
public_url = "https://chat.example.org"
origins = ["https://example.org", "http://[::1]:8080"]
hsts = true
acme_challenges = "/var/www/challenges"
metrics_token = "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

[history]
engine = "sqlite"
replay = 0
keep_messages = 12
keep_age = "30d"
grace = "2h"
memory = "3MiB"
memory_total = 0
sync = "normal"

[cluster]
name = "talk-2"
node = "a.example"
engine = ["https://[::1]:2379", "http://b.example:12379"]
lease = "7s"
patience = "20s"
window = "64MiB"
user = "chat"
password_file = "/etc/hubbub/etcd/password"
ca_file = "/etc/hubbub/etcd/ca.crt"
certificate_file = "/etc/hubbub/etcd/node.crt"
key_file = "/etc/hubbub/etcd/node.key"

[log]
level = "debug"
format = "systemd"
)";

}  // namespace

TEST_CASE("the shipped file sets every key to its default") {
  const auto file = shipped_file();
  REQUIRE_FALSE(file.empty());
  // On top of a configuration that differs everywhere, so that a key which is missing shows.
  CHECK(config::print(parsed(file, parsed(everything_else))) == config::print(config::Config{}));
}

TEST_CASE("levels and formats of the log have names, both ways, and no others") {
  for (const std::string name : {"trace", "debug", "info", "warning", "error"})
    CHECK(hubbub::ops::log::to_string(parsed("[log]\nlevel = \"" + name + "\"").log.level) == name);
  for (const std::string name : {"automatic", "human", "plain", "systemd", "json"})
    CHECK(hubbub::ops::log::to_string(parsed("[log]\nformat = \"" + name + "\"").log.format) == name);
  CHECK_THAT(complaint("[log]\nlevel = \"Info\""), ContainsSubstring("log.level: \"Info\" is not known"));
  CHECK_THAT(complaint("[log]\nformat = \"\""), ContainsSubstring("log.format: \"\" is not known"));
}

TEST_CASE("what is printed is read back, for every key") {
  auto expected = std::string(everything_else);
  expected.replace(expected.find("\"0s\""), 4, "0");
  const auto changed = parsed(everything_else);
  CHECK(config::print(changed) == expected);
  CHECK(config::print(parsed(expected)) == expected);
  // and none of them is the default
  std::istringstream defaults(config::print(config::Config{}));
  for (std::string line; std::getline(defaults, line);) {
    if (line.find(" = ") == std::string::npos) continue;
    CHECK_THAT("\n" + expected, !ContainsSubstring("\n" + line + "\n"));
  }
}

TEST_CASE("values land in the settings that they belong to") {
  const auto read = parsed(everything_else);
  CHECK(read.chat.server_name == "Общий чат");
  CHECK(read.chat.motd == "Be kind.\nSay \"hello\" \\o/");
  CHECK(read.listen.size() == 3);
  CHECK(read.net.connections == 0);
  CHECK(read.chat.line_bytes == 32 * 1024);
  CHECK(read.net.line_bytes == 32 * 1024);
  CHECK(read.chat.messages_per_second == 0.5);
  CHECK(read.net.send_queue == std::size_t{2} * 1024 * 1024 * 1024);
  CHECK(read.net.sniff == 300ms);
  CHECK(read.net.idle == 2h);
  CHECK(read.net.idle_text == 1min);
  CHECK(read.net.stall == 0ms);
  CHECK(read.history.keep_age == 720h);
  CHECK(read.history.grace == 2h);
  CHECK(read.history.sync == hubbub::journal::Sync::normal);
  CHECK(read.cluster.name == "talk-2");
  CHECK(read.cluster.node == "a.example");
  REQUIRE(read.cluster.engines.size() == 2);
  CHECK(read.cluster.engines[0] ==
        hubbub::journal::shared::EngineAddress{.is_tls = true, .host = "::1", .port = 2379});
  CHECK(read.cluster.engines[1] ==
        hubbub::journal::shared::EngineAddress{.is_tls = false, .host = "b.example", .port = 12379});
  CHECK(read.cluster.lease == 7s);
  CHECK(read.cluster.patience == 20s);
  CHECK(read.cluster.window == std::size_t{64} * 1024 * 1024);
  CHECK(read.cluster.password_file == "/etc/hubbub/etcd/password");
  CHECK(read.log.level == hubbub::ops::log::Level::debug);
}

TEST_CASE("an empty file is the defaults, and what is not set stays what it was") {
  CHECK(config::print(parsed("")) == config::print(config::Config{}));
  CHECK(parsed("[limits]\nconnections = 5").chat.text_bytes == 4096);
}

TEST_CASE("sizes") {
  const auto size = [](const std::string& text) {
    return parsed("[history]\nmemory = " + text).history.memory;
  };
  CHECK(size("0") == 0);
  CHECK(size("1000") == 1000);
  CHECK(size("\"1000\"") == 1000);
  CHECK(size("\"12B\"") == 12);
  CHECK(size("\"64 KiB\"") == 65536);
  CHECK(size("\"1GiB\"") == 1073741824);
}

TEST_CASE("values that are none are told with file, line and key") {
  const auto line = [](const std::string& text) { return complaint("\n[limits]\nline = " + text); };
  CHECK(line("\"16 apples\"") ==
        R"(hubbubd.toml:3: limits.line: "16 apples" is no size; write bytes, or "16KiB")");
  CHECK_THAT(line("-1"), ContainsSubstring("limits.line: -1 is no size"));
  CHECK_THAT(line("1.5"), ContainsSubstring("limits.line: 1.5 is no size"));
  CHECK_THAT(line("true"), ContainsSubstring("limits.line: true is no size"));
  CHECK_THAT(line("\"9000000000GiB\""), ContainsSubstring("is no size"));
  CHECK_THAT(line("\"KiB\""), ContainsSubstring("is no size"));
  CHECK_THAT(line("\"-1KiB\""), ContainsSubstring("is no size"));
  CHECK_THAT(line("2026-11-21"), ContainsSubstring("limits.line: a date or time is no size"));
  CHECK_THAT(line("[1]"), ContainsSubstring("limits.line: a list of something other than text is no size"));

  CHECK(complaint("[timeouts]\nidle = 30") ==
        "hubbubd.toml:2: timeouts.idle: 30 is no time span; write \"300ms\", \"10s\", \"5m\", \"24h\" or "
        "\"30d\", 0 "
        "for none");
  CHECK_THAT(complaint("[timeouts]\nidle = \"5 minutes\""),
             ContainsSubstring("timeouts.idle: \"5 minutes\" is no time span"));
  CHECK_THAT(complaint("[timeouts]\nidle = \"36501d\""), ContainsSubstring("is more than 100 years"));
  CHECK_THAT(complaint("[limits]\nconnections = \"10\""),
             ContainsSubstring("limits.connections: \"10\" is no count"));
  CHECK_THAT(complaint("[limits]\nmessages_per_second = nan"),
             ContainsSubstring("messages_per_second: nan is no rate"));
  CHECK_THAT(complaint("[limits]\nmessages_per_second = -0.5"),
             ContainsSubstring("messages_per_second: -0.5 is no rate"));
  CHECK_THAT(complaint("[history]\nsync = \"always\""),
             ContainsSubstring(R"(history.sync: "always" is not known; there are "full", "normal", "off")"));
  CHECK_THAT(complaint("[history]\nengine = \"paper\""),
             ContainsSubstring(
                 R"(history.engine: "paper" is not known; there are "automatic", "sqlite", "memory")"));
  CHECK_THAT(complaint("[log]\nlevel = \"loud\""),
             ContainsSubstring(R"("trace", "debug", "info", "warning", "error")"));
  CHECK_THAT(complaint("[log]\nformat = 3"),
             ContainsSubstring(R"("automatic", "human", "plain", "systemd")"));
}

TEST_CASE("names and texts are checked before anybody sees them") {
  CHECK_THAT(complaint("[server]\nname = \"\""), ContainsSubstring("server.name: \"\" is no name"));
  CHECK_THAT(complaint("[server]\nname = \"a\\nb\""),
             ContainsSubstring(R"(server.name: "a\nb" has control characters)"));
  CHECK_THAT(complaint("[server]\nname = \"" + std::string(101, 'x') + "\""),
             ContainsSubstring("is longer than 100 bytes"));
  CHECK_THAT(complaint("[server]\nmotd = \"\\u001b[31m\""),
             ContainsSubstring(R"(server.motd: "\u001B[31m" has control)"));
  CHECK_THAT(complaint("[server]\nmotd = \"" + std::string(5000, 'x') + "\""),
             ContainsSubstring("is longer than 4096 bytes"));
  CHECK_THAT(complaint("[server]\ndefault_room = \"a b\""),
             ContainsSubstring("server.default_room: \"a b\" is no room: "));
  CHECK_THAT(complaint("[server]\nstate_dir = \"a\\u0000b\""), ContainsSubstring("is no path"));
}

TEST_CASE("addresses to listen on") {
  const auto listen = [](const std::string& list) { return complaint("[server]\nlisten = " + list); };
  CHECK_THAT(listen("\"tcp://127.0.0.1:7717\""),
             ContainsSubstring("server.listen: \"tcp://127.0.0.1:7717\" is no list"));
  CHECK_THAT(listen("[]"), ContainsSubstring("server.listen: without an address nobody can connect"));
  for (const auto* good : {"tcp://localhost:1", "tcp://0.0.0.0:0", "tcp://[::]:7717", "unix:///run/a.sock"}) {
    CHECK(listen("[\"" + std::string(good) + "\"]") == "no complaint");
  }
  for (const auto* bad :
       {"", "7717", "tcp:/127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:65536", "tcp://:x",
        "http://127.0.0.1:80", "unix://", "unix://run/a.sock", "tcp://[::1:7717"}) {
    INFO(bad);
    CHECK_THAT(listen("[\"tcp://[::1]:0\", \"" + std::string(bad) + "\"]"),
               ContainsSubstring("hubbubd.toml:2: server.listen: "));
  }
}

TEST_CASE("an unknown key is an error that suggests the nearest") {
  CHECK(complaint("[limits]\nconections = 5") ==
        "hubbubd.toml:2: unknown key limits.conections; did you mean limits.connections?");
  CHECK_THAT(complaint("[server]\nidle = \"5m\""),
             ContainsSubstring("unknown key server.idle; did you mean timeouts.idle?"));
  CHECK_THAT(complaint("motd = \"hi\""), ContainsSubstring("unknown key motd; did you mean server.motd?"));
  CHECK_THAT(complaint("x = 1"), ContainsSubstring("unknown key x; every key is in a section: server"));
  CHECK_THAT(complaint("[log]\nzzzzzzzzzz = 1"),
             ContainsSubstring("unknown key log.zzzzzzzzzz; [log] has level, format"));
  CHECK_THAT(complaint("[limit]\nline = 5"),
             ContainsSubstring("hubbubd.toml:1: unknown section [limit]; did you mean [limits]?"));
  CHECK_THAT(
      complaint("[zzzzzzzzz]"),
      ContainsSubstring(
          "there are server, limits, timeouts, net, accounts, moderation, web, history, cluster, log, tls"));
  CHECK_THAT(complaint("zzzzzzzzz = 1"), ContainsSubstring("unknown key zzzzzzzzz; "));
  CHECK_THAT(complaint("log = \"debug\""), ContainsSubstring("log is a section; write [log]"));
  CHECK_THAT(complaint("[[log]]\nlevel = \"debug\""), ContainsSubstring("log is a section"));
  CHECK_THAT(complaint("[log.level]"), ContainsSubstring("log.level: a table is not known"));
}

TEST_CASE("what is no TOML is told with file and line") {
  CHECK_THAT(complaint("[server]\nname = \n"), Catch::Matchers::StartsWith("hubbubd.toml:2: "));
  CHECK_THAT(complaint("[server]\nname = \"a\"\nname = \"b\"\n"),
             Catch::Matchers::StartsWith("hubbubd.toml:3: "));
  CHECK_THAT(complaint("name = \"\xff\""), Catch::Matchers::StartsWith("hubbubd.toml:1: "));
  CHECK_THAT(complaint("[server"), !ContainsSubstring("\n"));
}

TEST_CASE("of several mistakes the first in the file is told") {
  CHECK_THAT(complaint("[timeouts]\nidle = 1\n[limits]\nline = \"x\"\n"),
             ContainsSubstring(":2: timeouts.idle"));
}

TEST_CASE("the soft limit is not above the hard one") {
  CHECK(
      complaint("[limits]\nsend_queue_soft = \"2MiB\"\nsend_queue = \"1MiB\"") ==
      R"(hubbubd.toml:2: limits.send_queue_soft: "2MiB" is more than limits.send_queue, which is "1MiB"; lower the one or raise the other)");
  CHECK_THAT(complaint("[limits]\nsend_queue_soft = \"3GiB\""),
             ContainsSubstring("is more than limits.send_queue"));
  CHECK(complaint("[limits]\nsend_queue_soft = \"3GiB\"\nsend_queue = 0") == "no complaint");
  // One that is not set gives way.
  CHECK(parsed("[limits]\nsend_queue = \"64KiB\"").net.send_queue_soft == 64 * 1024);
}

TEST_CASE("a ping that comes too late for its answer is doubted") {
  const auto doubts = [](const std::string& toml) {
    return config::doubts(parsed("[timeouts]\n" + toml), {});
  };
  CHECK(doubts("").empty());
  CHECK(doubts("idle = \"10m\"\nping = \"5m\"").empty());
  CHECK(doubts("idle = \"10m\"\nping = 0").empty());
  CHECK(doubts("idle = 0\nping = \"10m\"").empty());
  CHECK(doubts("idle = \"2s\"\nping = \"1s\"").empty());
  for (const std::string near : {"\"301s\"", "\"9m\"", "\"10m\"", "\"11m\""}) {
    const auto sentences = doubts("ping = " + near);
    REQUIRE(sentences.size() == 1);
    CHECK_THAT(sentences.front(),
               ContainsSubstring("timeouts.ping: ") && ContainsSubstring("timeouts.idle, \"10m\""));
  }
  CHECK(doubts("idle = \"2s\"\nping = \"1001ms\"").size() == 1);
}

TEST_CASE("a page that may come without TLS by any name is doubted") {
  const auto doubts = [](const std::string& toml) { return config::doubts(parsed("[web]\n" + toml), {}); };
  CHECK(doubts("plain = \"loopback\"").empty());
  CHECK(doubts("plain = \"anywhere\"\npublic_url = \"https://chat.example.org\"").empty());
  CHECK(doubts("plain = \"anywhere\"\npublic_url = \"http://chat.example.org\"").empty());
  CHECK(doubts("plain = \"never\"\npublic_url = \"http://chat.example.org\"").size() == 1);
  REQUIRE(doubts("plain = \"anywhere\"").size() == 1);
  CHECK(doubts("plain = \"anywhere\"").front().starts_with("web.plain: \"anywhere\" without web.public_url"));
}

TEST_CASE("connections beyond the limit on descriptors are doubted, for each limit") {
  const auto doubts = [](std::uint64_t most, const std::string& connections) {
    const std::array limits{
        config::DescriptorLimit{.most = most, .whose = "this system", .remedy = "raise it"}};
    return config::doubts(parsed("[limits]\nconnections = " + connections), limits);
  };
  CHECK(doubts(1064, "1000").empty());
  CHECK(doubts(10, "0").empty());
  CHECK(doubts(std::numeric_limits<std::uint64_t>::max(), "1000000").empty());
  CHECK(doubts(10, "5").size() == 1);
  CHECK(doubts(1063, "1000") ==
        std::vector<std::string>{
            "limits.connections: 1000 may need 1064 descriptors, and this system allows 1063; raise "
            "it, or lower limits.connections"});
}

TEST_CASE("a text fits into a line") {
  CHECK(
      complaint("[limits]\ntext = \"16KiB\"") ==
      R"(hubbubd.toml:2: limits.text: "16KiB" and the 512 bytes around it do not fit into limits.line, which is "16KiB"; lower the one or raise the other)");
  CHECK(complaint("[limits]\ntext = \"16KiB\"\nline = 0") == "no complaint");
  CHECK(complaint("[limits]\nline = 100") ==
        R"(hubbubd.toml:2: limits.line: 100 is too short for a request; write at least "1KiB")");
  CHECK(parsed("[limits]\nline = 1024").chat.text_bytes == 512);
}

TEST_CASE("where sessions may say more, their address may too, unless the file says how much") {
  const auto limits = [](const std::string& keys) { return parsed("[limits]\n" + keys); };
  CHECK(limits("").chat.messages_per_second_per_address == 50);
  CHECK(limits("").chat.messages_burst_per_address == 400);
  CHECK(limits("messages_per_second = 0").chat.messages_per_second_per_address == 0);
  CHECK(limits("messages_burst = 0").chat.messages_per_second_per_address == 0);
  CHECK(limits("messages_burst = 0").chat.queries_per_second == 0);
  CHECK(limits("messages_burst = 0\nqueries_burst = 5").chat.queries_per_second == 20);
  CHECK(limits("messages_per_second = 100").chat.messages_per_second_per_address == 500);
  CHECK(limits("messages_burst = 1000").chat.messages_burst_per_address == 4000);
  const auto both = limits("messages_per_second = 0\nmessages_per_second_per_address = 7");
  CHECK(both.chat.messages_per_second_per_address == 7);
  CHECK(limits("connections_per_address = 0").net.connects_per_second_per_address == 0);
  CHECK(limits("connections_per_address = 5000").net.connects_burst_per_address == 5000);
  CHECK(limits("connects_burst_per_address = 3").net.connects_burst_per_address == 3);
}
