// hubbub login and hubbub logout, with the real daemon: on a terminal, and with descriptors as scripts have
// them.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "test/client/alice.hpp"
#include "test/client/secrecy.hpp"
#include "test/client/shell.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

const std::string owners_password = "correct-horse";

/// A server on which alice has an account, and somebody at this machine who logs in to it.
struct Owner {
  Daemon daemon;
  TemporaryDirectory config;

  explicit Owner(const std::string& settings = "", bool registers = true) {
    if (registers)
      member(daemon.address(), "alice").answer({{"type", "register"}, {"password", owners_password}});
    if (settings.empty()) return;
    const auto from = daemon.log().size();
    daemon.rewrite_config(settings);
    daemon.signal(SIGHUP);
    daemon.wait_for_log("configuration read again", from);
  }

  std::string to() const { return target(daemon.address()); }
  std::filesystem::path tokens() const { return config.path() / "hubbub" / "tokens.toml"; }
  bool has_token() const { return bytes_of(tokens()).find("hub_") != std::string::npos; }
  /// The token, without the quotes around it.
  std::string token() const {
    const std::string text = bytes_of(tokens());
    const auto at = text.find("hub_");
    return text.substr(at, text.find('"', at) - at);
  }

  PseudoTerminal at_terminal(Strings arguments) const {
    arguments.insert(arguments.begin(), hubbub_program);
    return PseudoTerminal(arguments, {"USER=alice", "TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1",
                                      "HUBBUB_SERVER=", "XDG_CONFIG_HOME=" + config.path().string()});
  }
  /// Without a terminal.
  Outcome script(const std::string& command) const {
    Command shell = shell_command(daemon, command);
    shell.arguments.insert(shell.arguments.begin(), {"/usr/bin/setsid", "-w", "/usr/bin/timeout", "60"});
    std::erase_if(shell.environment, [](const auto& each) { return each.starts_with("XDG_CONFIG_HOME="); });
    shell.environment.push_back("XDG_CONFIG_HOME=" + config.path().string());
    return run(shell);
  }
  Outcome log_in() const {
    return script("echo " + owners_password + " | $hubbub login --password-fd 0 alice@$to");
  }
  bool accepts(const std::string& token) const {
    return script("HUBBUB_TOKEN=" + token + " $hubbub --json < /dev/null").out.find(R"("account":true)") !=
           std::string::npos;
  }
};

/// The program has ended in this way, and has left the terminal as it was, without the password on it.
void check_end(PseudoTerminal& terminal, int exit_code) {
  CHECK(terminal.wait_exit() == exit_code);
  CHECK(terminal.is_sane());
  CHECK(terminal.text().find("horse") == std::string::npos);
  CHECK(terminal.text().find("hub_") == std::string::npos);
}

}  // namespace

TEST_CASE("who logs in is asked for the password, and comes in by himself from then on") {
  const Owner owner;
  {
    auto terminal = owner.at_terminal({"login", "alice@" + owner.to()});
    terminal.expect("Password: ");
    terminal.type("wrong-horse\r");
    terminal.expect("the name or the password is wrong");
    terminal.expect("Password: ");
    check_arguments_are_without("-horse");
    terminal.type("no\x15" + owners_password + "\r");
    terminal.expect("You are logged in to " + owner.to() + " as alice; `hubbub " + owner.to() +
                    "` now comes in by itself.");
    check_end(terminal, 0);
  }
  struct stat file {};
  REQUIRE(::stat(owner.tokens().c_str(), &file) == 0);
  CHECK((file.st_mode & 0777U) == 0600U);
  check_files_are_without(owner.config.path(), owners_password);
  auto terminal = owner.at_terminal({owner.to()});
  terminal.expect("you are alice on");
  terminal.expect("lobby > ");
  terminal.type("/devices\r");
  terminal.expect("hubbub on ");
}

TEST_CASE("a password that is wrong three times is enough") {
  const Owner owner;
  auto terminal = owner.at_terminal({"login", "alice@" + owner.to()});
  for (int time = 1; time <= 3; ++time) {
    terminal.expect("Password: ");
    terminal.type("wrong-horse\r");
  }
  terminal.expect("the name or the password is wrong, three times");
  check_end(terminal, 1);
  CHECK_FALSE(owner.has_token());
}

TEST_CASE("who names no account is asked for it, and an empty answer means oneself") {
  const Owner owner;
  auto terminal = owner.at_terminal({"login", owner.to()});
  terminal.expect("Account [alice]: ");
  terminal.type("no/name\r");
  terminal.expect("that cannot be a name");
  terminal.expect("Account: ");
  terminal.type("alice\r");
  terminal.expect("Password: ");
  terminal.type(owners_password + "\r");
  terminal.expect("as alice");
  check_end(terminal, 0);
}

TEST_CASE("an account is registered with a password that is typed twice in the same way") {
  const Owner owner("", false);
  auto terminal = owner.at_terminal({"login", "--register", "alice@" + owner.to()});
  terminal.expect("New password: ");
  terminal.type(owners_password + "\r");
  terminal.expect("New password again: ");
  terminal.type("correct-hrose\r");
  terminal.expect("these are not the same");
  terminal.expect("New password: ");
  terminal.type("horse\r");
  terminal.expect("New password again: ");
  terminal.type("horse\r");
  terminal.expect("8 characters");
  terminal.expect("New password: ");
  terminal.type(owners_password + "\r");
  terminal.expect("New password again: ");
  terminal.type(owners_password + "\r");
  terminal.expect("You are logged in to");
  check_end(terminal, 0);
  CHECK(owner.accepts(owner.token()));
}

TEST_CASE("a name that belongs to somebody, and a server that takes no accounts, are told of") {
  SECTION("the name") {
    const Owner owner;
    auto terminal = owner.at_terminal({"login", "--register", "alice@" + owner.to()});
    terminal.expect("alice belongs to an account");
    terminal.expect("log in to it without --register");
    check_end(terminal, 1);
  }
  SECTION("the server") {
    const Owner owner("[accounts]\nregistration = \"closed\"\n", false);
    auto terminal = owner.at_terminal({"login", "--register", "alice@" + owner.to()});
    terminal.expect("this server takes no new accounts");
    check_end(terminal, 1);
  }
}

TEST_CASE("one logs in where guests are not let in") {
  const Owner owner("[accounts]\nguests = \"none\"\n");
  auto terminal = owner.at_terminal({"login", "alice@" + owner.to()});
  terminal.expect("Password: ");
  terminal.type("wrong-horse\r");
  terminal.expect("is wrong");
  terminal.expect("Password: ");
  terminal.type(owners_password + "\r");
  terminal.expect("You are logged in to");
  check_end(terminal, 0);
  const std::string all = terminal.text();
  CHECK(all.find("Password: ", all.find("You are logged in to")) == std::string::npos);
  CHECK(owner.script("$hubbub logout $to").exit_code == 0);
}

TEST_CASE(
    "a login is given up by Ctrl-C, Ctrl-D or an empty answer, and the terminal shows again what is typed") {
  const Owner owner;
  auto terminal = owner.at_terminal({"login", "alice@" + owner.to()});
  terminal.expect("Password: ");
  CHECK_FALSE(terminal.is_sane());
  SECTION("Ctrl-C") {
    terminal.type("correct-ho\x03");
    check_end(terminal, 128 + SIGINT);
  }
  SECTION("a signal") {
    terminal.signal(SIGTERM);
    check_end(terminal, 128 + SIGTERM);
  }
  SECTION("Ctrl-D") {
    terminal.type("\x04");
    terminal.expect("nothing was sent");
    check_end(terminal, 1);
  }
  SECTION("nothing") {
    terminal.type("\r");
    terminal.expect("nothing was sent");
    check_end(terminal, 1);
  }
  CHECK_FALSE(owner.has_token());
}

TEST_CASE("a link that is cut while the password is typed comes back, and the question is there again") {
  const Owner owner;
  Proxy proxy(owner.daemon.address());
  auto terminal = owner.at_terminal({"login", "alice@" + target(proxy.address())});
  terminal.expect("Password: ");
  terminal.type("correct-");
  proxy.cut(Proxy::Cut::reset);
  terminal.expect("the connection is lost");
  terminal.expect("Password: ");
  terminal.expect("connected again");
  terminal.expect("Password: ");
  terminal.type("horse\r");
  terminal.expect("You are logged in to");
  check_end(terminal, 0);
}

TEST_CASE("a script hands the password over by a descriptor") {
  const Owner owner;
  SECTION("the input, of which the first line counts") {
    const Outcome outcome = owner.script("(echo " + owners_password +
                                         "; echo rest) | ($hubbub login --password-fd 0 alice@$to; cat)");
    CHECK(outcome.out.starts_with("You are logged in to " + owner.to() + " as alice; "));
    CHECK(outcome.out.ends_with("\nrest\n"));
    CHECK(outcome.err.empty());
    CHECK(owner.accepts(owner.token()));
  }
  SECTION("another, with the name of the user") {
    const Outcome outcome =
        owner.script("USER=alice $hubbub login --password-fd 5 $to 5<<END\n" + owners_password + "\r\nEND");
    CHECK(outcome.exit_code == 0);
    CHECK(owner.has_token());
  }
  SECTION("a wrong one is asked for no other") {
    const Outcome outcome = owner.script("echo wrong-horse | $hubbub login --password-fd 0 alice@$to");
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err == "hubbub: " + owner.to() + ": the name or the password is wrong\n");
    CHECK(outcome.out.empty());
  }
  SECTION("one that is not UTF-8") {
    const Outcome outcome =
        owner.script(R"(printf 'correct-\377\n' | $hubbub login --password-fd 0 alice@$to)");
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err == "hubbub: a password is in UTF-8; nothing was sent\n");
  }
}

TEST_CASE(
    "a descriptor without a password, and no terminal, are wrong usage, told without what may be the "
    "password") {
  const Owner owner;
  const auto check = [&](const std::string& command, const std::string& told) {
    const Outcome outcome = owner.script(command);
    INFO(command << ": " << outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find(told) != std::string::npos);
    CHECK(outcome.err.find("horse") == std::string::npos);
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  };
  check("$hubbub login alice@$to", "there is no terminal to ask for the password; --password-fd N reads it");
  check("$hubbub login --password-fd 7 alice@$to", "--password-fd: cannot read descriptor 7: Bad file");
  check("$hubbub login --password-fd 0 alice@$to < /dev/null", "nothing came from descriptor 0");
  check("$hubbub login --password-fd 0 alice@$to <&-", "nothing came from descriptor 0");
  check("echo | $hubbub login --password-fd 0 alice@$to", "nothing came from descriptor 0");
  check("head -c 5000 /dev/zero | $hubbub login --password-fd 0 alice@$to", "the first line is too long");
  check("$hubbub login --password-fd correct-horse alice@$to", "takes the number of a descriptor");
  check("$hubbub login --password-fd -1 alice@$to", "takes the number of a descriptor");
  for (const char* address : {"alice:correct-horse@$to", "tls://alice:correct-horse@$to"})
    check(std::string("$hubbub login ") + address, "a password is never given in an address");
  check("$hubbub login alice@$to correct-horse", "there is one word too many");
  check("$hubbub login --invite-fd 3 alice@$to", "--invite-fd goes with --register");
  check("echo correct-horse | USER=no/name $hubbub login --password-fd 0 $to", "say which account");
  CHECK(owner.script("echo x | $hubbub login --password-fd 0 alice@127.0.0.1:1").exit_code == 1);
}

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
