// hubbub login, with the real daemon: on a terminal, and with descriptors as scripts have them.
#include <sys/stat.h>

#include <csignal>
#include <string>

#include "test/client/owner.hpp"
#include "test/client/secrecy.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

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

}  // namespace hubbub::test
