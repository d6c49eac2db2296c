// Whatever the locale says, what is typed arrives as typed.
#include <filesystem>

#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {
namespace {

using Strings = std::vector<std::string>;

/// Of a terminal with just these variables for its locale.
Strings environment(const Strings& locale) {
  Strings variables = {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"};
  Strings unset = {"LC_ALL=", "LC_CTYPE=", "LANG="};  // empty is as good as unset (POSIX)
  variables.insert(variables.end(), locale.begin(), locale.end());
  variables.insert(variables.end(), unset.begin(), unset.end());
  return variables;
}

struct Talk {
  Daemon daemon;
  PseudoTerminal alice;
  JsonClient bob;

  explicit Talk(const Strings& locale)
      : alice({hubbub_program, "alice@" + target(daemon.address())}, environment(locale)),
        bob(enter(alice, daemon)) {}

  static JsonClient enter(PseudoTerminal& terminal, const Daemon& daemon) {
    terminal.expect("you are in lobby");
    JsonClient bob = member(daemon.address(), "bob");
    terminal.expect("bob has joined lobby");
    return bob;
  }

  std::string said() { return text_of(bob.expect("message"), "text"); }
};

const std::string hello = "Привет, мир";
const std::string hello_in_koi8 = "\xF0\xD2\xC9\xD7\xC5\xD4, \xCD\xC9\xD2";

void check_koi8(Talk& talk) {
  talk.alice.type(hello_in_koi8 + "\r");
  CHECK(talk.said() == hello);
  talk.alice.expect("alice | " + hello_in_koi8);
  talk.bob.say("lobby", "И тебе — 世界,");
  talk.alice.expect("bob | \xE9 \xD4\xC5\xC2\xC5 - ????,");
  // Wider than the terminal, edited in its middle, and brought back.
  talk.alice.type(std::string(100, '\xC1') + "\x01\xC2\r");
  std::string wide = "б";
  for (int letter = 0; letter < 100; ++letter) wide += "а";
  CHECK(talk.said() == wide);
  talk.alice.type("\x1b[A\x1b[A!\r");
  CHECK(talk.said() == hello + "!");
}

}  // namespace

TEST_CASE("Russian and Chinese arrive as typed where the locale is C, POSIX, none or one that is missing") {
  const Strings locale = GENERATE(Strings{"LC_ALL=C"}, Strings{"LC_ALL=POSIX"}, Strings{},
                                  Strings{"LANG=C", "LC_CTYPE=POSIX"}, Strings{"LANG=xx_XX.UTF-8"},
                                  Strings{"LANG=C.UTF-8", "LC_ALL=C"}, Strings{"LANG=xx_XX.nonesuch"});
  Talk talk(locale);
  talk.alice.type("first\r");
  CHECK(talk.said() == "first");
  talk.alice.type(hello + ", 世界\r");
  CHECK(talk.said() == hello + ", 世界");
  talk.alice.expect("alice │ " + hello + ", 世界");
  talk.alice.type("\x1b[200~粘贴 вставка\x1b[201~\r");
  CHECK(talk.said() == "粘贴 вставка");
}

TEST_CASE("what is typed in KOI8-R arrives as typed, and what is shown there is KOI8-R") {
  Talk talk({"LANG=ru_RU.KOI8-R", "LOCPATH=/nonexistent"});
  check_koi8(talk);
}

TEST_CASE("a terminal that speaks UTF-8 where the locale says KOI8-R is taken at its word") {
  Talk talk({"LANG=ru_RU.KOI8-R"});
  for (const std::string text : {"Как где?", "Он. Нет: Мы. Привет, мир", "世界 👩‍👩‍👧 ёж"}) {
    talk.alice.type(text + "\r");
    CHECK(talk.said() == text);
  }
  talk.bob.say("lobby", "И тебе — 世界");
  talk.alice.expect("И тебе — 世界");
}

TEST_CASE("the same where that locale is installed") {
  const TemporaryDirectory locales;
  const std::string made = (locales.path() / "ru_RU.KOI8-R").string();
  const std::string localedef = "/usr/bin/localedef";  // package libc-bin; what it works from: locales
  if (std::filesystem::exists(localedef)) {
    run({.arguments = {localedef, "-i", "ru_RU", "-f", "KOI8-R", made}, .environment = {}});
  }
  if (!std::filesystem::exists(made)) {
    WARN("skipped: localedef makes no ru_RU.KOI8-R here");
    return;
  }
  Talk talk({"LC_ALL=ru_RU.KOI8-R", "LOCPATH=" + locales.path().string()});
  check_koi8(talk);
}

TEST_CASE(
    "arguments that were typed in KOI8-R are that, and those of a script that is in UTF-8 are left alone") {
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  for (const std::string& text : {hello_in_koi8, hello}) {
    const Outcome outcome =
        run({.arguments = {hubbub_program, "say", "lobby", text},
             .environment = {"LC_ALL=ru_RU.KOI8-R", "HUBBUB_SERVER=" + target(daemon.address()),
                             "XDG_CONFIG_HOME=" + daemon.directory().path().string()}});
    CHECK(outcome.exit_code == 0);
    CHECK(text_of(bob.expect("message"), "text") == hello);
  }
}

TEST_CASE("what was pasted in KOI8-R is read as that, too") {
  Talk talk({"LANG=ru_RU.KOI8-R"});
  talk.alice.type("\x1b[200~" + hello_in_koi8 + "\x1b[201~\r");
  CHECK(talk.said() == hello);
}

}  // namespace hubbub::test
