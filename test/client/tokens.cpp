// The tokens that the client keeps, and where else one comes from.
#include "client/tokens.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "client/descriptor.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/descriptor.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::client {
namespace {

using Catch::Matchers::ContainsSubstring;

Addresses at(const std::string& text) { return parse_addresses(text).value(); }

std::string found(const Tokens& tokens, const std::string& server) {
  return tokens.find(at(server)).value().token;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

/// The variables of the environment while it exists.
struct Environment {
  explicit Environment(const char* token, const char* file = "") {
    ::setenv("HUBBUB_TOKEN", token, 1);
    ::setenv("HUBBUB_TOKEN_FILE", file, 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    ::unsetenv("HUBBUB_TOKEN");
    ::unsetenv("HUBBUB_TOKEN_FILE");
  }
};

}  // namespace

TEST_CASE("a token is kept for each server, for this user alone, and over others that are there") {
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "deeper" / "tokens.toml").string();
  const Tokens tokens(path);
  CHECK(found(tokens, "chat.example.org").empty());
  CHECK_FALSE(tokens.keep(at("chat.example.org"), ""));
  REQUIRE_FALSE(tokens.keep(at("chat.example.org"), "hub_one"));
  CHECK(mode_of(path) == 0600U);
  REQUIRE_FALSE(tokens.keep(at("unix:/run/a \"b\"\\c.sock"), "hub_two"));
  REQUIRE_FALSE(tokens.keep(at("[::1]:7718"), "hub_three"));
  // By whatever name and way: it is the same server.
  CHECK(found(tokens, "anna@tls://chat.example.org:7717") == "hub_one");
  CHECK(found(tokens, "chat.example.org:7718").empty());
  CHECK(found(tokens, "unix:/run/a \"b\"\\c.sock") == "hub_two");
  CHECK(found(tokens, "[::1]:7718") == "hub_three");
  ::chmod(path.c_str(), 0644);
  REQUIRE_FALSE(tokens.keep(at("chat.example.org"), ""));
  CHECK(mode_of(path) == 0600U);
  CHECK(found(tokens, "chat.example.org").empty());
  CHECK(found(tokens, "[::1]:7718") == "hub_three");
  CHECK(test::bytes_of(path).find("hub_one") == std::string::npos);
}

TEST_CASE("servers of one chat have the token together, and with another one it is another chat's") {
  const test::TemporaryDirectory folder;
  const Tokens tokens((folder.path() / "tokens.toml").string());
  REQUIRE_FALSE(tokens.keep(at("a,b:1"), "hub_one"));
  for (const auto* const where : {"a", "b:1", "c,b:1", "a,c"}) CHECK(found(tokens, where) == "hub_one");
  REQUIRE_FALSE(tokens.keep(at("c"), "hub_two"));
  CHECK(found(tokens, "c,a") == "hub_two");
  CHECK(found(tokens, "a,c") == "hub_one");
  REQUIRE_FALSE(tokens.keep(at("a,c"), ""));  // which forgets that of a alone
  CHECK(found(tokens, "a").empty());
  CHECK(found(tokens, "c") == "hub_two");
  CHECK(found(tokens, "b:1") == "hub_one");
  REQUIRE_FALSE(tokens.keep(at("b:1,a"), ""));
  CHECK(found(tokens, "b:1").empty());
}

TEST_CASE("a file of tokens with anything else in it is not used, and not overwritten") {
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "tokens.toml").string();
  const auto [text, line] = GENERATE(table<std::string, int>({
      {"[tokens]\n\"chat:7717\" = \"hub_\\u001b[31m\"\n", 2},
      {"# mine\n[tokens]\n\"chat:7717\" = \"hub_one\"\n\"other:7717\" = 5\n", 4},
      {"[tokens]\n\"chat:7717\" = hub_one\n", 2},
      {"hub_one", 1},
      {"chat = \"hub_one\"\n", 1},
  }));
  CAPTURE(text);
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
  const Tokens tokens(path);
  const auto kept = tokens.find(at("chat"));
  REQUIRE_FALSE(kept.has_value());
  CHECK_THAT(kept.error().text, ContainsSubstring(path + ":" + std::to_string(line) + ": "));
  CHECK(kept.error().text.find("hub_one") == std::string::npos);
  const auto fault = tokens.keep(at("new"), "hub_two");
  REQUIRE(fault.has_value());
  CHECK_THAT(*fault, ContainsSubstring("it was left as it is"));
  CHECK(test::bytes_of(path) == text);
  const auto whole = find_token(tokens, at("chat")).value();
  CHECK(whole.token.empty());
  CHECK(whole.fault == kept.error().text);
}

TEST_CASE("what is no file is not waited for, and a file that others can read is taken from them once") {
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "tokens.toml").string();
  const Tokens tokens(path);
  SECTION("a pipe") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK_THAT(tokens.find(at("chat")).error().text, ContainsSubstring("is no regular file"));
    CHECK(tokens.keep(at("chat"), "hub_one").has_value());
  }
  SECTION("a folder") {
    REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    CHECK_FALSE(tokens.find(at("chat")).has_value());
  }
  SECTION("a link of one's own") {
    const auto elsewhere = (folder.path() / "elsewhere").string();
    REQUIRE_FALSE(Tokens(elsewhere).keep(at("chat"), "hub_one"));
    REQUIRE(::symlink(elsewhere.c_str(), path.c_str()) == 0);
    CHECK(found(tokens, "chat") == "hub_one");
  }
  SECTION("a file that others can read") {
    REQUIRE_FALSE(tokens.keep(at("chat"), "hub_one"));
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    const auto first = tokens.find(at("chat")).value();
    CHECK(first.token == "hub_one");
    CHECK_THAT(first.warning, ContainsSubstring(path + " could be read by others"));
    CHECK(mode_of(path) == 0600U);
    CHECK(tokens.find(at("chat")).value().warning.empty());
  }
}

TEST_CASE("what cannot be written is told") {
  const auto fault = Tokens("/dev/null/tokens.toml").keep(at("chat"), "hub_one");
  REQUIRE(fault.has_value());
  CHECK_THAT(*fault, ContainsSubstring("cannot write /dev/null/tokens.toml"));
  CHECK(fault->find("hub_one") == std::string::npos);
  CHECK_FALSE(Tokens("").keep(at("chat"), "hub_one"));
  CHECK(found(Tokens(""), "chat").empty());
}

TEST_CASE("the environment goes before what is kept, and keeps no token") {
  const test::TemporaryDirectory folder;
  const Tokens kept((folder.path() / "tokens.toml").string());
  REQUIRE_FALSE(kept.keep(at("chat"), "hub_kept"));
  const auto file = (folder.path() / "token").string();
  std::ofstream(file) << "  hub_file\n";
  {
    const Environment environment("hub_environment", file.c_str());
    CHECK(find_token(kept, at("chat")).value().token == "hub_environment");
    CHECK(std::getenv("HUBBUB_TOKEN") == nullptr);
    CHECK(find_token(kept, at("chat")).value().token == "hub_file");
  }
  CHECK(find_token(kept, at("chat")).value().token == "hub_kept");
  CHECK(find_token(kept, at("other")).value().token.empty());
  {
    const Environment environment("hub_environment", file.c_str());
    CHECK(find_token(kept, at("chat"), "hub_given").value().token == "hub_given");
    CHECK(std::getenv("HUBBUB_TOKEN") == nullptr);
  }
  {
    const Environment environment("not a token");
    const auto fault = find_token(kept, at("chat"));
    REQUIRE_FALSE(fault.has_value());
    CHECK_THAT(fault.error().text, ContainsSubstring("HUBBUB_TOKEN"));
    CHECK(fault.error().text.find("not a token") == std::string::npos);
  }
  {
    const Environment environment("", "/nowhere/token");
    CHECK_THAT(find_token(kept, at("chat")).error().text, ContainsSubstring("cannot read /nowhere/token"));
  }
  std::ofstream(file) << "\n";
  const Environment environment("", file.c_str());
  CHECK_THAT(find_token(kept, at("chat")).error().text, ContainsSubstring("there is no token in " + file));
}

TEST_CASE("a descriptor gives its first line, and leaves what stands behind it") {
  const test::TemporaryDirectory folder;
  const auto file = (folder.path() / "file").string();
  const auto open_with = [&](const std::string& bytes) {
    std::ofstream(file) << bytes;
    return test::Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  };
  const auto two = open_with("one\r\n two \n");
  CHECK(first_line(two.get(), "--it").value().text() == "one");
  CHECK(first_line(two.get(), "--it").value().text() == " two ");
  const std::string where = "descriptor " + std::to_string(two.get());
  CHECK(first_line(two.get(), "--it").error().text ==
        "--it: nothing came from " + where + ", or its first line is empty");
  const auto token = open_with(" hub_one\t\n");
  CHECK(token_in(token.get()).value() == "hub_one");
  const auto long_line = open_with(std::string(most_descriptor_bytes + 1, 'x'));
  CHECK_THAT(first_line(long_line.get(), "--it").error().text, ContainsSubstring("too long"));
  const auto longest = open_with(std::string(most_descriptor_bytes, 'x'));
  CHECK(first_line(longest.get(), "--it").value().text().size() == most_descriptor_bytes);
  const auto folders = test::Descriptor(::open(folder.path().c_str(), O_RDONLY | O_CLOEXEC));
  CHECK_THAT(first_line(folders.get(), "--it").error().text, ContainsSubstring("cannot read descriptor"));
  const auto wrong = open_with("no token\n");
  CHECK(token_in(wrong.get()).error().text == "--token-fd has no token; it begins with hub_");
}

}  // namespace hubbub::client
