#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "test/support/bytes_of.hpp"
#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"
#include "test/support/text_client.hpp"

// Accounts, from the outside.
namespace hubbub::test {
namespace {

Event login_of(const std::string& account, const std::string& password) {
  return {{"type", "login"}, {"account", account}, {"password", password}};
}

/// Every file below the directory that has one of the secrets in it.
std::vector<std::string> files_with(const std::vector<std::string>& secrets,
                                    const std::filesystem::path& below) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(below)) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = bytes_of(entry.path());
    for (const auto& secret : secrets)
      if (bytes.find(secret) != std::string::npos) found.push_back(entry.path().string() + ": " + secret);
  }
  return found;
}

/// The arguments of every process, as everybody on this machine can see them (proc(5)), that have one of the
/// secrets among them.
std::vector<std::string> arguments_with(const std::vector<std::string>& secrets) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto arguments = bytes_of(entry.path() / "cmdline");
    for (const auto& secret : secrets)
      if (arguments.find(secret) != std::string::npos) found.push_back(entry.path().string() + ": " + secret);
  }
  return found;
}

}  // namespace

TEST_CASE("an account outlives kill -9, and so does what became of its passwords and tokens") {
  const TemporaryDirectory state;
  std::string token;
  std::string revoked;
  {
    Daemon daemon({.state_dir = state.path(), .engine = "sqlite"});
    JsonClient anna = member(daemon.address(), "Anna");
    token = text_of(anna.answer({{"type", "register"}, {"password", "correct horse"}}), "token");
    JsonClient other = member(daemon.address(), "other");
    revoked = text_of(other.answer(login_of("anna", "correct horse")), "token");
    CHECK(text_of(other.answer({{"type", "logout"}}), "type") == "logged_out");
    CHECK(text_of(anna.answer({{"type", "password"}, {"old", "correct horse"}, {"new", "battery staple"}}),
                  "type") == "done");
    daemon.kill();
  }
  const Daemon daemon({.state_dir = state.path(), .engine = "sqlite"});
  JsonClient anna(daemon.address());
  CHECK(anna.refusal({{"type", "hello"}, {"version", 1}, {"token", revoked}}) == "login_failed");
  CHECK(
      anna.refusal({{"type", "hello"}, {"version", 1}, {"account", "anna"}, {"password", "correct horse"}}) ==
      "login_failed");
  const Event welcome = anna.answer({{"type", "hello"}, {"version", 1}, {"token", token}});
  CHECK(text_of(welcome, "name") == "Anna");
  CHECK(truth_of(welcome, "account"));
  JsonClient guest = member(daemon.address(), "guest");
  CHECK(text_of(guest.answer(login_of("anna", "battery staple")), "name") == "Anna");
}

TEST_CASE("passwords and tokens stand in no file, in no log and among no arguments") {
  const TemporaryDirectory state;
  std::vector<std::string> secrets{"correct horse", "battery staple", "a wrong one", "over the open way"};
  std::string log;
  {
    Daemon daemon({.config = "[log]\nlevel = \"trace\"\n[accounts]\nplain_login = \"loopback\"\n",
                   .state_dir = state.path(),
                   .engine = "sqlite"});
    JsonClient anna = member(daemon.address(), "Anna");
    TextClient bob(daemon.address());
    bob.take_name("bob");
    secrets.push_back(text_of(anna.answer({{"type", "register"}, {"password", "correct horse"}}), "token"));
    CHECK(anna.refusal({{"type", "password"}, {"old", "a wrong one"}, {"new", "battery staple"}}) ==
          "login_failed");
    anna.answer({{"type", "password"}, {"old", "correct horse"}, {"new", "battery staple"}});
    JsonClient other = member(daemon.address(), "other");
    CHECK(other.refusal(login_of("nobody", "over the open way")) == "login_failed");
    secrets.push_back(text_of(other.answer(login_of("anna", "battery staple")), "token"));
    bob.send_line("/login anna a-wrong-one-2");
    bob.send_line("/register correct-horse-2");
    secrets.emplace_back("a-wrong-one-2");
    secrets.emplace_back("correct-horse-2");
    bob.expect("the name bob is yours");
    for (const auto& line : bob.sync())
      for (const auto& secret : secrets) CHECK(line.find(secret) == std::string::npos);
    // One who takes the port for another server's, and one whom an operator gives a new password.
    TextClient lost(daemon.address());
    lost.send_line(R"({"type":"hello","version":1,"name":"anna","password":"to the wrong port"})");
    secrets.emplace_back("to the wrong port");
    const TemporaryDirectory elsewhere;
    const auto word = elsewhere.write("word", "of the operator\n");
    const auto changed =
        run({.arguments = {"/bin/sh", "-c",
                           "\"$0\" --state-dir \"$1\" ctl account passwd bob --password-fd 3 3<\"$2\"",
                           HUBBUBD, state.path().string(), word.string()}});
    CHECK(changed.exit_code == 0);
    secrets.emplace_back("of the operator");
    const auto made = run_hubbubd({"--state-dir", state.path().string(), "ctl", "token", "make", "bob"});
    secrets.push_back(made.out.substr(0, made.out.find('\n')));
    CHECK(secrets.back().starts_with("hub_"));
    CHECK(arguments_with(secrets).empty());
    log = daemon.log();
    daemon.kill();
  }
  CHECK(files_with(secrets, state.path()).empty());
  for (const auto& secret : secrets) CHECK(log.find(secret) == std::string::npos);
}

TEST_CASE("with nc one registers, logs in from elsewhere, and gets one's name back") {
  const Daemon daemon;
  TextClient anna(daemon.address());
  anna.send_line("/register correct-horse");
  anna.expect("! the account gets the name that you bear");
  anna.send_line("/name Anna");
  anna.send_line("/register correct-horse");
  anna.expect("* the name Anna is yours from now on");
  TextClient guest(daemon.address());
  guest.send_line("/name anna");
  CHECK(guest.expect("! the name anna belongs to an account").find("/login Anna PASSWORD") !=
        std::string::npos);
  guest.send_line("/login Anna correct-horsf");
  guest.expect("! the name or the password is wrong");
  guest.send_line("/login Anna correct-horse");
  guest.expect("* you are logged in, and now known as Anna");
  guest.send_line("hello");
  anna.expect("Anna: hello");
  anna.send_line("/devices");
  anna.send_line("/logout");
  anna.expect("* no device has a token");
  anna.expect("* you are logged out, and now known as guest-");
  guest.send_line("/logout");
  guest.send_line("hello again");
  anna.expect("guest-");
}

TEST_CASE("with nc one reads what was said in private while one was away") {
  const Daemon daemon;
  JsonClient anna = member(daemon.address(), "anna");
  anna.answer({{"type", "register"}, {"password", "correct-horse"}});
  {
    TextClient bob(daemon.address());
    bob.send_line("/name bob");
    bob.send_line("/register correct-horse");
    bob.expect("* the name bob is yours from now on");
    CHECK(number_of(anna.answer({{"type", "tell"}, {"to", "bob"}, {"text", "live"}}), "seq") > 0);
    bob.expect("[anna -> bob] live");
  }
  anna.expect_departure("bob");
  const auto last = number_of(anna.answer({{"type", "tell"}, {"to", "bob"}, {"text", "while away"}}), "seq");
  TextClient bob(daemon.address());
  bob.send_line("/login bob correct-horse");
  bob.expect("* you are logged in, and now known as bob");
  bob.expect("* anna: 2 unread; /history anna shows them");
  bob.send_line("/history anna");
  bob.expect("* said with anna on ");
  bob.expect("[anna -> you] live");
  bob.expect("[anna -> you] while away");
  bob.send_line("/conversations");
  CHECK(bob.expect("anna") == "* anna");  // nothing is unread any more
  bob.send_line("/history nobody");
  bob.expect("! no account has the name nobody");
  bob.send_line("/msg anna thanks");
  CHECK(text_of(anna.expect("message"), "text") == "thanks");
  JsonClient phone(daemon.address());
  phone.send({{"type", "hello"}, {"version", 1}, {"account", "bob"}, {"password", "correct-horse"}});
  const Event page = phone.answer({{"type", "conversations"}});
  CHECK(number_of(list_of(page, "conversations").at(0), "read") == last);
  CHECK(number_of(list_of(page, "conversations").at(0), "unread") == 0);
}

TEST_CASE("who may register and what guests may do is told, and held to") {
  const Daemon daemon({.config = "[accounts]\nregistration = \"closed\"\nguests = \"read\"\n"});
  JsonClient anna(daemon.address());
  const Event welcome = anna.hello("anna");
  CHECK(text_of(welcome, "registration") == "closed");
  CHECK(text_of(welcome, "guests") == "read");
  CHECK(anna.refusal({{"type", "register"}, {"password", "correct horse"}}) == "registration_closed");
  CHECK(text_of(anna.answer({{"type", "join"}, {"room", "lobby"}}), "type") == "joined");
  CHECK(anna.refusal({{"type", "say"}, {"room", "lobby"}, {"text", "hi"}}) == "login_required");
  TextClient bob(daemon.address());
  bob.send_line("hello");
  bob.expect("! guests can only read here");
}

TEST_CASE("where other machines can connect, registering takes an invitation") {
  const Daemon daemon({.listen = {"tcp://0.0.0.0:0"}});
  JsonClient anna({.host = "127.0.0.1", .port = daemon.address().port, .path = {}});
  CHECK(text_of(anna.hello("anna"), "registration") == "invite");
  CHECK(anna.refusal({{"type", "register"}, {"password", "correct horse"}}) == "registration_closed");
  CHECK(anna.refusal({{"type", "register"}, {"password", "correct horse"}, {"invite", "hub_x"}}) ==
        "invite_invalid");
}

TEST_CASE("where guests are not let in, one logs in from each front end") {
  const Daemon daemon({.config = "[accounts]\nguests = \"speak\"\n"});
  JsonClient anna = member(daemon.address(), "Anna");
  anna.answer({{"type", "register"}, {"password", "correct-horse"}});
  daemon.rewrite_config("[accounts]\nguests = \"none\"\n");
  const auto from = daemon.log().size();
  daemon.signal(SIGHUP);
  daemon.wait_for_log("configuration read again", from);
  TextClient nc(daemon.address());
  nc.expect("! this server is for those who have an account");
  nc.expect("* /login NAME PASSWORD lets you in");
  nc.send_line("/login anna correct-horsf");
  nc.expect("! the name or the password is wrong");
  nc.send_line("/login anna correct-horse");
  nc.expect("* you are Anna on");
  nc.expect("* you are in lobby");
  JsonClient json(daemon.address());
  CHECK(json.refusal({{"type", "hello"}, {"version", 1}, {"name", "guest"}}) == "login_required");
  const Event welcome = json.answer({{"type", "hello"},
                                     {"version", 1},
                                     {"account", "anna"},
                                     {"password", "correct-horse"},
                                     {"device", "laptop"}});
  CHECK(text_of(welcome, "token").starts_with("hub_"));
}

}  // namespace hubbub::test
