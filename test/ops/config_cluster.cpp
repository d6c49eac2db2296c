#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/config.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace config = hubbub::config;
using Catch::Matchers::ContainsSubstring;
using hubbub::test::TemporaryDirectory;

namespace {

constexpr std::string_view no_complaint = "no complaint";

template <class Outcome>
std::string sentence_of(const Outcome& outcome) {
  const auto* const invalid = std::get_if<config::Invalid>(&outcome);
  return invalid == nullptr ? std::string(no_complaint) : invalid->sentence;
}

/// What is said of a file that has [cluster] and one line more.
std::string said_of(const std::string& line) {
  return sentence_of(config::parse("[cluster]\n" + line, "hubbubd.toml"));
}

std::vector<std::string> doubts_of(const std::string& engines) {
  const auto read = config::parse("[cluster]\nengine = " + engines, "hubbubd.toml");
  return config::doubts(std::get<config::Config>(read), {});
}

/// A node's configuration, of which one key has another value, or which has one key more.
std::string node_file(const TemporaryDirectory& folder, const std::string& key = {},
                      const std::string& value = {}) {
  const std::array<std::pair<std::string, std::string>, 3> usual{
      {{"name", "\"chat\""}, {"node", "\"a\""}, {"engine", "[\"http://127.0.0.1:2379\"]"}}};
  std::string text = "[cluster]\n";
  bool is_there = key.empty();
  for (const auto& [name, usual_value] : usual) {
    text += name + " = " + (name == key ? value : usual_value) + '\n';
    is_there = is_there || name == key;
  }
  if (!is_there) text += key + " = " + value + '\n';
  return folder.write("node.toml", text);
}

/// What is said when a daemon is to start with that file, without the file's name.
std::string said_at_start(const std::string& file, bool begins = false) {
  const auto said =
      sentence_of(config::load({.config_file = file, .state_dir = "s", .cluster_begin = begins}));
  return said.starts_with(file + ": ") ? said.substr(file.size() + 2) : said;
}

}  // namespace

TEST_CASE("a cluster and its nodes have plain names") {
  for (const auto* good : {"a", "node-1", "a.chat.example", "12345678901234567890123456789012"})
    CHECK(said_of("node = \"" + std::string(good) + "\"") == no_complaint);
  CHECK(
      said_of("node = \"A\"") ==
      R"(hubbubd.toml:2: cluster.node: "A" cannot be one; write up to 32 small letters, digits, "-" and ".")");
  for (const auto* bad : {"a/b", "a b", "узел", "a_b", "123456789012345678901234567890123"}) {
    CHECK_THAT(said_of("node = \"" + std::string(bad) + "\""),
               ContainsSubstring("cluster.node: \"") && ContainsSubstring("\" cannot be one"));
  }
  CHECK_THAT(said_of("node = 1"), ContainsSubstring("cluster.node: 1 is no name"));
  CHECK_THAT(said_of("name = \"Talk\""), ContainsSubstring("cluster.name: \"Talk\" cannot be one"));
}

TEST_CASE("addresses of etcd") {
  for (const auto* good :
       {"http://127.0.0.1:2379", "https://etcd.example:2379", "https://[::1]:1", "http://a:2379/"})
    CHECK(said_of("engine = [\"" + std::string(good) + "\"]") == no_complaint);
  for (const auto* bad : {"", "127.0.0.1:2379", "tcp://127.0.0.1:2379", "http://127.0.0.1", "https://:2379",
                          "http://a:0", "http://a:65536", "http://a:2379/v3", "http://user:secret@a:2379"}) {
    INFO(bad);
    CHECK_THAT(
        said_of("engine = [\"http://a:2379\", \"" + std::string(bad) + "\"]"),
        ContainsSubstring("hubbubd.toml:2: cluster.engine: ") &&
            ContainsSubstring(R"( is no address of etcd; write "http://HOST:PORT" or "https://HOST:PORT")"));
  }
  CHECK_THAT(said_of("engine = \"http://a:2379\""),
             ContainsSubstring(R"(cluster.engine: "http://a:2379" is no list of addresses)"));
}

TEST_CASE("etcd on another machine without TLS is doubted, once") {
  CHECK(doubts_of("[]").empty());
  CHECK(doubts_of(R"(["http://127.0.0.1:2379", "http://[::1]:2379", "http://localhost:2379"])").empty());
  CHECK(doubts_of(R"(["https://a.example:2379"])").empty());
  const auto doubts =
      doubts_of(R"(["http://127.0.0.1:2379", "http://a.example:2379", "http://b.example:2379"])");
  REQUIRE(doubts.size() == 1);
  CHECK_THAT(doubts.front(),
             ContainsSubstring("cluster.engine: ") && ContainsSubstring("a.example without TLS"));
}

TEST_CASE("a node has a cluster, an id, an engine and a history on disk") {
  const TemporaryDirectory folder;
  const auto said_with = [&](const std::string& key, const std::string& value) {
    return said_at_start(node_file(folder, key, value));
  };
  CHECK(said_at_start(node_file(folder)) == no_complaint);
  CHECK(
      said_with("name", "\"\"") ==
      "cluster.name: a cluster needs a name, the same on all of its nodes; write one, or take out [cluster]");
  CHECK(said_with("node", "\"\"") ==
        R"(cluster.node: each node of a cluster needs an id of its own; write one, such as "a")");
  CHECK(said_with("engine", "[]") ==
        R"(cluster.engine: where etcd is must be told; write ["http://127.0.0.1:2379"])");
  CHECK(said_with("user", "\"u\"\npassword_file = \"p\"\n[history]\nengine = \"memory\"") ==
        R"(history.engine: a node of a cluster keeps the history on disk; write "sqlite")");
}

TEST_CASE("a node's times are not too short") {
  const TemporaryDirectory folder;
  const auto said_with = [&](const std::string& key, const std::string& value) {
    return said_at_start(node_file(folder, key, value));
  };
  CHECK(said_with("lease", "\"2s\"") == no_complaint);
  for (const auto* lease : {"\"1999ms\"", "\"1s\"", "0"})
    CHECK(said_with("lease", lease) == "cluster.lease: etcd takes no lease under 2s; write \"5s\"");
  CHECK(said_with("patience", "\"1s\"") == no_complaint);
  for (const auto* patience : {"\"999ms\"", "0"}) {
    CHECK(said_with("patience", patience) ==
          "cluster.patience: with less than 1s a pause of etcd fails what is said; write \"15s\"");
  }
}

TEST_CASE("what is shown to etcd is whole") {
  const TemporaryDirectory folder;
  const auto said_with = [&](const std::string& key, const std::string& value) {
    return said_at_start(node_file(folder, key, value));
  };
  CHECK(said_with("user", "\"u\"\npassword_file = \"p\"") == no_complaint);
  CHECK(said_with("user", "\"u\"") ==
        "cluster.user: a user needs a password; name its file, cluster.password_file");
  CHECK(said_with("password_file", "\"p\"") ==
        "cluster.password_file: whose password it is must be told; set cluster.user");
  CHECK(said_with("certificate_file", "\"c\"\nkey_file = \"k\"") == no_complaint);
  for (const auto* half : {"certificate_file", "key_file"}) {
    CHECK(said_with(half, "\"f\"") ==
          "cluster.certificate_file: a certificate and its key go together; set cluster.key_file, too, or "
          "neither");
  }
}

TEST_CASE("a log is begun anew by a node alone") {
  const TemporaryDirectory folder;
  CHECK(said_at_start(node_file(folder), true) == no_complaint);
  CHECK(sentence_of(config::load({.state_dir = "s", .cluster_begin = true})) ==
        "--cluster-begin: there is no [cluster] in the configuration");
  const std::array<const char*, 2> words{"hubbubd", "--cluster-begin"};
  const auto flags = config::parse_flags(static_cast<int>(words.size()), words.data());
  REQUIRE(sentence_of(flags) == no_complaint);
  CHECK(std::get<config::Flags>(flags).cluster_begin);
}
