// `hubbubd ctl` with a daemon, without one, and by somebody who may not.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "test/ops/restore_scene.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using CtlWords = std::vector<std::string>;

const std::string secret_word = "correct horse battery";

/// A daemon, and its operator.
struct Desk {
  Daemon daemon;

  Outcome ctl(CtlWords words) const {
    words.insert(words.begin(), "ctl");
    return tool(daemon.state_dir(), std::move(words));
  }
  /// With the password in a pipe.
  Outcome with_password(const std::string& words, const std::string& word = secret_word) const {
    return run(
        {.arguments = {"/bin/sh", "-c", "printf '%s\\n' \"$WORD\" | \"$0\" --state-dir \"$1\" ctl " + words,
                       HUBBUBD, daemon.state_dir().string()},
         .environment = {"WORD=" + word}});
  }
  std::string told(CtlWords words) const {
    const auto outcome = ctl(std::move(words));
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
    return outcome.out;
  }
  std::string refused(CtlWords words, int exit_code = 1) const {
    const auto outcome = ctl(std::move(words));
    CAPTURE(outcome.out);
    CHECK(outcome.exit_code == exit_code);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.starts_with("hubbubd: "));
    return outcome.err;
  }
  void add(const std::string& name, const std::string& flags = "") const {
    const auto outcome = with_password("account add " + name + " --password-fd 0 " + flags);
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
};

/// One of each sub-command that there is, which goes well on the desk's accounts.
const std::vector<CtlWords> all_commands = {
    {"status"},
    {"nodes"},
    {"account", "list"},
    {"account", "show", "anna"},
    {"account", "role", "anna", "moderator"},
    {"account", "suspend", "anna", "--for", "1h", "--reason", "late"},
    {"account", "resume", "anna"},
    {"account", "rename", "anna", "Anna"},
    {"account", "export", "anna"},
    {"token", "make", "anna", "--label", "bot", "--scopes", "read say"},
    {"token", "list", "anna"},
    {"token", "revoke", "anna", "all"},
    {"invite", "make", "--uses", "2", "--for", "7d"},
    {"invite", "list"},
    {"who"},
    {"ban", "name:spam*", "--for", "1h", "--reason", "noise"},
    {"ban", "address:192.0.2.0/24", "--dry-run"},
    {"bans"},
    {"room", "list"},
    {"room", "show", "lobby"},
    {"room", "set", "lobby", "slow_mode", "10s"},
    {"webhook", "make", "lobby", "alerts"},
    {"webhook", "list", "--room", "lobby"},
    {"room", "close", "lobby", "--yes"},
    {"lockdown", "1", "--for", "1h"},
    {"lockdown", "0"},
    {"announce", "a new version comes tonight"},
    {"reports"},
    {"audit"},
    {"disconnect", "guest"},
    {"reload"},
    {"log", "debug"},
    {"account", "erase", "anna", "--yes"},
};

}  // namespace

TEST_CASE("every sub-command of ctl does what it says, as text and as lines of the protocol") {
  const bool is_json = GENERATE(false, true);
  CAPTURE(is_json);
  const Desk desk;
  desk.add("anna", "--admin");
  const JsonClient guest = member(desk.daemon.address(), "guest", "lobby");
  for (auto words : all_commands) {
    if (is_json) words.emplace_back("--json");
    CAPTURE(words);
    const auto out = desk.told(words);
    CHECK_FALSE(out.empty());
    CHECK((out.front() == '{') == (is_json || (words.size() > 1 && words[1] == "export")));
  }
  CHECK_THAT(desk.refused({"account", "show", "anna"}), ContainsSubstring("there is no account anna"));
  const auto json = desk.ctl({"--json", "account", "show", "anna"});
  CHECK(json.exit_code == 1);
  CHECK_THAT(json.out, ContainsSubstring(R"("code":"no_such_account")"));
}

TEST_CASE("what ctl tells is fit for people") {
  const Desk desk;
  desk.add("Нина", "--moderator");
  desk.add("bob");
  CHECK(desk.told({"nodes"}) == "this server is alone: there is no [cluster] in its configuration\n");
  CHECK_THAT(desk.told({"status"}),
             ContainsSubstring("accounts      2\n") && ContainsSubstring("engine        sqlite\n"));
  CHECK_THAT(desk.told({"account", "list"}),
             ContainsSubstring("Нина  moderator  ") && ContainsSubstring("bob   -          "));
  desk.told({"account", "suspend", "bob", "--reason", "\x1b[31mloud"});
  const auto shown = desk.told({"account", "show", "bob"});
  CHECK_THAT(shown, ContainsSubstring("suspended"));
  CHECK(shown.find('\x1b') == std::string::npos);
  const JsonClient member_here = member(desk.daemon.address(), "dora", "大厅");
  CHECK_THAT(desk.told({"who"}),
             ContainsSubstring("dora  guest  tcp://127.0.0.1:") && ContainsSubstring("大厅"));
}

TEST_CASE("a token and an invitation that ctl prints are good for what they are for") {
  const Desk desk{.daemon = Daemon({.config = "[accounts]\nregistration = \"invite\"\n"})};
  desk.add("bot");
  auto token = desk.told({"token", "make", "bot"});
  token.pop_back();
  JsonClient bot(desk.daemon.address());
  CHECK(text_of(bot.answer({{"type", "hello"}, {"version", 1}, {"token", token}}), "name") == "bot");
  auto invite = desk.told({"invite", "make"});
  invite.pop_back();
  JsonClient newcomer = member(desk.daemon.address(), "newcomer");
  CHECK(text_of(newcomer.answer({{"type", "register"}, {"password", secret_word}, {"invite", invite}}),
                "type") == "registered");
  desk.told({"token", "revoke", "bot", "all"});
  CHECK(text_of(bot.expect("bye"), "code") == "logged_out");
  CHECK_THAT(desk.told({"invite", "list"}), !ContainsSubstring("use"));
}

TEST_CASE("a new password by ctl is the only one, and stands nowhere") {
  const Desk desk;
  desk.add("anna");
  const auto outcome = desk.with_password("account passwd anna --password-fd 0", "battery staple 123");
  REQUIRE(outcome.exit_code == 0);
  JsonClient old(desk.daemon.address());
  CHECK(text_of(old.answer({{"type", "hello"}, {"version", 1}, {"name", "anna"}, {"password", secret_word}}),
                "code") == "login_failed");
  JsonClient back(desk.daemon.address());
  CHECK(
      text_of(back.answer(
                  {{"type", "hello"}, {"version", 1}, {"name", "anna"}, {"password", "battery staple 123"}}),
              "type") == "welcome");
  CHECK(desk.daemon.log().find("battery") == std::string::npos);
  for (const auto& each : fs::directory_iterator(desk.daemon.state_dir())) {
    if (each.is_regular_file()) CHECK(bytes_of(each.path()).find("battery staple") == std::string::npos);
  }
  CHECK_THAT(desk.with_password("account passwd anna --password-fd 0", "short").err,
             ContainsSubstring("hubbubd: "));
  CHECK_THAT(desk.with_password("account passwd anna --password-fd 9").err,
             ContainsSubstring("descriptor 9 of --password-fd is not open"));
  // The number that the daemon's socket would get.
  CHECK_THAT(desk.with_password("account passwd anna --password-fd 3 3<&-").err,
             ContainsSubstring("descriptor 3 of --password-fd is not open"));
  CHECK_THAT(run({.arguments = {"/usr/bin/setsid", "--wait", HUBBUBD, "--state-dir",
                                desk.daemon.state_dir().string(), "ctl", "account", "passwd", "anna"}})
                 .err,
             ContainsSubstring("no terminal to ask at"));
}

TEST_CASE("where the answer would be lost nothing is done") {
  const Desk desk;
  desk.add("anna");
  const auto outcome =
      run({.arguments = {"/bin/sh", "-c", "exec \"$0\" --state-dir \"$1\" ctl token make anna >&-", HUBBUBD,
                         desk.daemon.state_dir().string()}});
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("nothing was done"));
  CHECK_THAT(desk.told({"token", "list", "anna"}), !ContainsSubstring("label"));
  CHECK_THAT(desk.told({"account", "list"}), ContainsSubstring("anna"));
}

TEST_CASE("accounts that are added side by side are all made") {
  const Desk desk;
  const std::string all = R"(
    for n in a b c d e f g h i j k m; do
      printf '%s\n' "$WORD" | "$0" --state-dir "$1" ctl account add $n --password-fd 0 &
    done
    wait)";
  const auto outcome = run({.arguments = {"/bin/sh", "-c", all, HUBBUBD, desk.daemon.state_dir().string()},
                            .environment = {"WORD=" + secret_word}});
  CHECK(outcome.err.empty());
  CHECK_THAT(desk.told({"status"}), ContainsSubstring("accounts      12\n"));
}

TEST_CASE("pipes under the names of files in the state directory stop nobody") {
  const TemporaryDirectory home;
  const auto state = home.path() / "state";
  fs::create_directory(state);
  for (const auto* const name : {"spare", "search.sqlite3-trial", "journal.sqlite3-trial"})
    REQUIRE(mkfifo((state / name).c_str(), S_IRUSR | S_IWUSR) == 0);
  const auto added =
      run({.arguments = {"/bin/sh", "-c",
                         "printf '%s\\n' '" + secret_word +
                             "' | \"$0\" --state-dir \"$1\" ctl account add anna --password-fd 0",
                         HUBBUBD, state.string()}});
  CAPTURE(added.err);
  CHECK(added.exit_code == 0);
  const Daemon daemon({.state_dir = state});
  JsonClient anna = member(daemon.address(), "bob", "lobby");
  anna.say("lobby", "is kept");
}

TEST_CASE("where no daemon runs, ctl says so, and an account is added all the same") {
  const TemporaryDirectory home;
  const auto state = home.path() / "state";
  auto commands = all_commands;
  commands.push_back({"account", "passwd", "anna", "--password-fd", "0"});
  for (auto words : commands) {
    words.insert(words.begin(), "ctl");
    CAPTURE(words);
    const auto outcome = tool(state, words);
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, ContainsSubstring("no hubbubd is running here") && ContainsSubstring("ctl.sock"));
  }
  const auto add = [&](const std::string& name, const std::string& flags) {
    return run(
        {.arguments = {"/bin/sh", "-c",
                       "printf '%s\\n' '" + secret_word + "' | \"$0\" --state-dir \"$1\" ctl account add " +
                           name + " --password-fd 0 " + flags,
                       HUBBUBD, state.string()}});
  };
  const auto added = add("anna", "--admin");
  CAPTURE(added.err);
  CHECK(added.exit_code == 0);
  CHECK_THAT(add("ANNA", "").err, ContainsSubstring("anna is an account already"));
  CHECK_THAT(add("an\"na", "").err, ContainsSubstring("hubbubd: "));
  const Daemon daemon({.state_dir = state});
  JsonClient anna(daemon.address());
  const auto welcome =
      anna.answer({{"type", "hello"}, {"version", 1}, {"name", "anna"}, {"password", secret_word}});
  CHECK(text_of(welcome, "role") == "admin");
  CHECK(text_of(anna.answer({{"type", "status"}}), "engine") == "sqlite");
  CHECK_THAT(tool(state, {"verify"}).out, ContainsSubstring("1 account, good"));
}

TEST_CASE("wrong use of ctl is an error of its own") {
  const Desk desk;
  CHECK_THAT(desk.refused({"frob"}, 2), ContainsSubstring("there is no command frob"));
  CHECK_THAT(desk.refused({"account", "add"}, 2), ContainsSubstring("write hubbubd ctl account add NAME"));
  CHECK_THAT(desk.refused({"log", "loud"}, 2), ContainsSubstring("trace, debug, info"));
  CHECK_THAT(desk.refused({"account", "export", "nobody"}), ContainsSubstring("there is no account nobody"));
  CHECK_THAT(desk.refused({"--socket", "/nowhere/ctl.sock", "status"}),
             ContainsSubstring("/nowhere/ctl.sock"));
  CHECK_THAT(desk.refused({"--socket", std::string(200, 'x'), "status"}),
             ContainsSubstring("nothing answers at xxx"));
  desk.daemon.rewrite_config("[server]\nnmae = \"x\"\n");
  CHECK_THAT(desk.refused({"reload"}),
             ContainsSubstring("the configuration stays as it was") && ContainsSubstring("nmae"));
}

TEST_CASE("the socket of operators is for root, the daemon's user, and a group") {
  const Desk desk;
  const auto socket = desk.daemon.state_dir() / "ctl.sock";
  struct stat status {};
  REQUIRE(lstat(socket.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0660);
  if (geteuid() != 0) {
    WARN("skipped: nobody but root can be another");
    return;
  }
  const TemporaryDirectory open_to_all;
  REQUIRE(chmod(open_to_all.path().c_str(), 0755) == 0);
  const auto place = open_to_all.path() / "ctl.sock";
  const auto program = open_to_all.path() / "hubbubd";
  fs::copy_file(HUBBUBD, program);
  REQUIRE(chmod(program.c_str(), 0755) == 0);
  const auto as_another = [&](const std::string& group) {
    return run({.arguments = {"/usr/bin/setpriv", "--reuid=65534", "--regid=" + group, "--clear-groups",
                              program.string(), "ctl", "--socket", place.string(), "status"}});
  };
  const Daemon shared({.config = "[server]\nctl_socket = \"" + place.string() + "\"\nctl_group = \"adm\"\n"});
  CHECK(as_another("4").exit_code == 0);  // adm, on Debian
  CHECK_THAT(as_another("65534").err, ContainsSubstring("this user may not use "));
  // Also where the file lets everybody in: the kernel says who it is.
  REQUIRE(chmod(place.c_str(), 0666) == 0);
  const auto refused = as_another("65534");
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("this socket is for the operators"));
  CHECK(as_another("4").exit_code == 0);
}

TEST_CASE("operators come in where the server is full, and their socket is gone with the daemon") {
  std::filesystem::path socket;
  {
    const Desk desk{.daemon = Daemon({.config = "[limits]\nconnections = 1\n"})};
    const JsonClient only = member(desk.daemon.address(), "anna", "lobby");
    CHECK_THAT(desk.told({"who"}), ContainsSubstring("anna"));
    socket = desk.daemon.state_dir() / "ctl.sock";
    CHECK(fs::exists(socket));
  }
  CHECK_FALSE(fs::exists(socket));
}

TEST_CASE("a group that is not there, and a socket that cannot be made, keep a daemon from starting") {
  const TemporaryDirectory home;
  const auto fault = [&](const std::string& toml) {
    const auto file = home.write("hubbubd.toml", toml);
    return run_hubbubd({"--config", file.string(), "--state-dir", (home.path() / "state").string(),
                        "--listen", "tcp://127.0.0.1:0"});
  };
  const auto named =
      fault("[server]\nctl_socket = \"" + (home.path() / "ctl").string() + "\"\nctl_group = \"nonesuch\"\n");
  CHECK(named.exit_code == 1);
  CHECK_THAT(named.err, ContainsSubstring("server.ctl_group: there is no group called nonesuch"));
  const auto placed = fault("[server]\nctl_socket = \"/nowhere/at/all/ctl\"\n");
  CHECK(placed.exit_code == 1);
  CHECK_THAT(placed.err, ContainsSubstring("/nowhere/at/all/ctl"));
}

}  // namespace hubbub::test
