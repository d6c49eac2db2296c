// The token that hubbub login keeps, with the real daemon: for scripts, and for hubbub logout.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "test/client/owner.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

TEST_CASE("who logs out is no more let in by the token, which is forgotten") {
  const Owner owner;
  REQUIRE(owner.log_in().exit_code == 0);
  const std::string token = owner.token();
  REQUIRE(owner.accepts(token));
  const Outcome outcome = owner.script("$hubbub logout $to");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "You are logged out of " + owner.to() + ".\n");
  CHECK_FALSE(owner.has_token());
  CHECK_FALSE(owner.accepts(token));
  const Outcome again = owner.script("$hubbub logout $to");
  CHECK(again.exit_code == 0);
  CHECK(again.out == "You are not logged in to " + owner.to() + ": no token of it is kept here.\n");
}

TEST_CASE("a token that the server does not take any more is forgotten by a logout") {
  const Owner owner;
  REQUIRE(owner.log_in().exit_code == 0);
  REQUIRE(owner.script(R"(echo '{"type":"logout"}' | $hubbub --json)").exit_code == 0);
  REQUIRE(owner.has_token());
  const Outcome outcome = owner.script("$hubbub logout $to");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "The token of " + owner.to() + " was not valid any more, and is forgotten.\n");
  CHECK_FALSE(owner.has_token());
}

TEST_CASE("a script with a token that is not accepted any more says nothing under another name") {
  const Owner owner;
  REQUIRE(owner.log_in().exit_code == 0);
  REQUIRE(owner.script(R"(echo '{"type":"logout"}' | $hubbub --json)").exit_code == 0);
  SECTION("the kept one: what only reads goes on as a guest") {
    for (const char* mode : {"who", "rooms", "tail --no-follow lobby"}) {
      INFO(mode);
      const Outcome outcome = owner.script(std::string("$hubbub ") + mode);
      CHECK(outcome.exit_code == 0);
      CHECK(outcome.err ==
            "hubbub: " + owner.to() +
                ": the token that is kept here is not accepted, or not any more; going on as a "
                "guest (`hubbub login` logs in again)\n");
    }
  }
  SECTION("what says something does not") {
    for (const char* command : {"$hubbub say lobby hi", "echo hi | $hubbub"}) {
      INFO(command);
      const Outcome outcome = owner.script(command);
      CHECK(outcome.exit_code == 1);
      CHECK(outcome.err.find("is not accepted, or not any more; `hubbub login` logs in again\n") !=
            std::string::npos);
    }
  }
  SECTION("nor does a token that was handed over") {
    const Outcome outcome = owner.script("HUBBUB_TOKEN=" + owner.token() + " $hubbub who");
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("the token of HUBBUB_TOKEN is not accepted") != std::string::npos);
    CHECK(outcome.err.find("hub_") == std::string::npos);
  }
}

TEST_CASE("a file of tokens that cannot be read stays, and one goes on without it, but does not log in") {
  const Owner owner;
  std::filesystem::create_directories(owner.tokens().parent_path());
  const std::string text = "[tokens]\nno token\n";
  std::ofstream(owner.tokens()) << text;
  std::filesystem::permissions(owner.tokens(), std::filesystem::perms{0600});
  const Outcome who = owner.script("$hubbub who");
  CHECK(who.exit_code == 0);
  CHECK(who.err.find("tokens.toml:2: this is no line with a token") != std::string::npos);
  const Outcome login = owner.log_in();
  CHECK(login.exit_code == 2);
  CHECK(login.err.find("tokens.toml:2: ") != std::string::npos);
  CHECK(bytes_of(owner.tokens()) == text);
  CHECK(owner.script("$hubbub logout").exit_code == 1);
}

TEST_CASE("with a file of tokens that cannot be used nothing is said under another name") {
  const Owner owner;
  std::filesystem::create_directories(owner.tokens().parent_path());
  SECTION("a broken one") {
    std::ofstream(owner.tokens()) << "[tokens]\nno token\n";
    std::filesystem::permissions(owner.tokens(), std::filesystem::perms{0600});
  }
  SECTION("a folder") { std::filesystem::create_directory(owner.tokens()); }
  for (const char* command : {"$hubbub say lobby hi", "echo hi | $hubbub", "$hubbub --say hi"}) {
    INFO(command);
    const Outcome outcome = owner.script(command);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("; nothing is said under another name\n") != std::string::npos);
  }
  CHECK(owner.script("$hubbub tail --no-follow lobby").exit_code == 0);
  CHECK(owner.script("HUBBUB_TOKEN_FILE= $hubbub who").err.find("; no token is used\n") != std::string::npos);
}

TEST_CASE("a session with a token that was handed over leaves the kept one of another account as it is") {
  const Owner owner;
  REQUIRE(owner.log_in().exit_code == 0);
  const std::string kept = bytes_of(owner.tokens());
  JsonClient nina = member(owner.daemon.address(), "nina");
  const auto token = text_of(nina.answer({{"type", "register"}, {"password", owners_password}}), "token");
  PseudoTerminal terminal({hubbub_program, owner.to()},
                          {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1", "HUBBUB_TOKEN=" + token,
                           "XDG_CONFIG_HOME=" + owner.config.path().string()});
  terminal.expect("lobby > ");
  terminal.type("/logout\r");
  terminal.expect("you are logged out");
  CHECK(bytes_of(owner.tokens()) == kept);
  terminal.type("/login alice\r");
  terminal.expect("log in to the account alice? (y or n, and Enter)");
  terminal.type("y\r");
  terminal.expect("Password for alice: ");
  terminal.type(owners_password + "\r");
  terminal.expect("this login is for this session alone");
  terminal.type("/quit\r");
  CHECK(terminal.wait_exit() == 0);
  CHECK(bytes_of(owner.tokens()) == kept);
}

TEST_CASE("a login whose token cannot be kept is logged out again") {
  const Owner owner;
  JsonClient alice = member(owner.daemon.address(), "other");
  alice.answer({{"type", "login"}, {"account", "alice"}, {"password", owners_password}});
  const auto devices = [&] { return alice.answer({{"type", "devices"}}).at("devices").as_array().size(); };
  const auto before = devices();
  std::filesystem::create_directories(owner.tokens().parent_path());
  std::filesystem::create_symlink("/nonexistent/tokens.toml", owner.tokens());
  const Outcome outcome = owner.log_in();
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("the token of this device could not be kept, and so it was logged out again: "
                         "cannot write ") != std::string::npos);
  CHECK(outcome.out.empty());
  CHECK(devices() == before);
}

TEST_CASE("where the server is not there the token is kept, unless it is to be forgotten all the same") {
  Owner owner;
  REQUIRE(owner.log_in().exit_code == 0);
  const std::string token = owner.token();
  SECTION("to be forgotten") {
    const Outcome outcome = owner.script("$hubbub logout --forget $to");
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.find("is forgotten here") != std::string::npos);
    CHECK_FALSE(owner.has_token());
    CHECK(owner.accepts(token));
  }
  SECTION("kept") {
    owner.daemon.signal(SIGTERM);
    owner.daemon.wait_exit();
    const Outcome outcome = owner.script("$hubbub logout $to");
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("the token is kept") != std::string::npos);
    CHECK(owner.token() == token);
  }
}

TEST_CASE("a token comes by a descriptor, before one of the environment, and errors do not have it") {
  const Owner owner;
  REQUIRE(owner.log_in().exit_code == 0);
  const std::string token = owner.token();
  JsonClient bob = member(owner.daemon.address(), "bob");
  const auto script = [&](const std::string& command) {
    return owner.script("XDG_CONFIG_HOME=/nonexistent; export XDG_CONFIG_HOME; " + command);
  };
  SECTION("say") {
    CHECK(script("HUBBUB_TOKEN=hub_other $hubbub say --token-fd 3 lobby hi 3<<END\n" + token + "\nEND")
              .exit_code == 0);
    CHECK(text_of(bob.expect("message"), "account") == "alice");
  }
  SECTION("say, from the input, whose other lines are said") {
    CHECK(script("(echo " + token + "; echo one; echo two) | $hubbub say --token-fd 0 lobby").exit_code == 0);
    CHECK(text_of(bob.expect("message"), "account") == "alice");
    CHECK(text_of(bob.expect("message"), "text") == "two");
  }
  SECTION("the others") {
    for (const char* mode : {"--json", "who --json", "rooms --json", "tail --json --no-follow lobby"}) {
      INFO(mode);
      const Outcome outcome = script("echo ' " + token + " ' | $hubbub --token-fd 0 " + mode);
      CHECK(outcome.exit_code == 0);
      CHECK(outcome.err.empty());
    }
  }
  SECTION("what is none") {
    const auto check = [&](const std::string& command, const std::string& told) {
      const Outcome outcome = script(command);
      INFO(command << ": " << outcome.err);
      CHECK(outcome.exit_code == 2);
      CHECK(outcome.err.find(told) != std::string::npos);
      CHECK(outcome.err.find("hub_s3cret") == std::string::npos);
    };
    check("$hubbub who --token-fd hub_s3cret", "--token-fd takes the number of a descriptor");
    check("$hubbub who --token-fd 7", "--token-fd: cannot read descriptor 7");
    check("$hubbub who --token-fd 0 < /dev/null", "--token-fd: nothing came from descriptor");
    check("echo 'hub_s3cret!' | $hubbub who --token-fd 0", "--token-fd has no token; it begins with hub_");
    check("$hubbub login --token-fd 3", "there is no option --token-fd");
  }
}

}  // namespace hubbub::test
