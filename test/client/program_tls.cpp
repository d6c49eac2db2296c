// The programs over TLS: what a person and a script are told, and the example's bot.
#include "test/client/pseudo_terminal.hpp"
#include "test/client/shell.hpp"
#include "test/support/catch.hpp"
#include "test/support/certificates.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using Texts = std::vector<std::string>;

/// A daemon with a certificate for 127.0.0.1, by an authority in $ca that no system knows.
struct Secured {
  TemporaryDirectory directory;
  Authority authority{directory.path(), "Tea House"};
  CertificateFiles files = authority.sign("127.0.0.1");
  Daemon daemon{{.config = files.config()}};
  std::string to = target(daemon.address());

  Outcome run(const std::string& command) const {
    return shell(daemon, "ca='" + authority.file().string() + "' fp=" + files.fingerprint + "; " + command);
  }
  void configure(const std::string& server) const {
    std::filesystem::create_directory(daemon.directory().path() / "hubbub");
    daemon.directory().write("hubbub/config.toml", "[servers.home]\naddress = \"" + to + "\"\n" + server);
  }
};

}  // namespace

TEST_CASE_METHOD(Secured,
                 "scripts speak TLS with whom they are told to trust, by options, address and settings") {
  const auto* const command =
      GENERATE("$hubbub say --tls --ca \"$ca\" -s $to lobby hi",
               "$hubbub say --ca \"$ca\" -s tls://$to lobby hi", "$hubbub say --fingerprint $fp lobby hi",
               "$hubbub say -s home lobby hi", "SSL_CERT_FILE=\"$ca\" $hubbub say -s tls://$to lobby hi");
  configure("fingerprint = \"" + files.fingerprint + "\"\n");
  const Outcome outcome = run(command);
  CAPTURE(command, outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Secured,
                 "one logs in and out over TLS, and what is kept holds for either way to name the server") {
  member(daemon.address(), "alice").answer({{"type", "register"}, {"password", "correct-horse"}});
  const Outcome login = run("echo correct-horse | $hubbub login --password-fd 0 --ca \"$ca\" alice@$to");
  CHECK(login.exit_code == 0);
  CHECK_THAT(login.out,
             ContainsSubstring("You are logged in to tls://" + to + " as alice; `hubbub " + to + "`"));
  CHECK(run("$hubbub say --fingerprint $fp lobby hi").err.empty());
  const Outcome untrusted = run("$hubbub logout tls://$to");
  CHECK(untrusted.exit_code == 1);
  CHECK_THAT(untrusted.err, ContainsSubstring("its certificate is not trusted"));
  CHECK_THAT(untrusted.err, ContainsSubstring("the token is kept"));
  CHECK(run("$hubbub logout --fingerprint $fp $to").exit_code == 0);
}

TEST_CASE_METHOD(Secured, "scripts say which certificate it is that nobody trusts, and end with an error") {
  const Outcome outcome = run("$hubbub tail lobby --tls");
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("hubbub: tls://" + to + ": its certificate is not trusted"));
  CHECK_THAT(outcome.err, ContainsSubstring(files.fingerprint));
  CHECK_THAT(outcome.err, ContainsSubstring("--ca FILE"));
}

TEST_CASE_METHOD(Secured, "authorities in a pipe are refused at once, and not waited for") {
  const Outcome outcome = run("mkfifo \"$ca.pipe\" && $hubbub say --ca \"$ca.pipe\" lobby hi");
  CHECK(outcome.exit_code == 1);
  const std::string pipe = authority.file().string() + ".pipe";
  CHECK_THAT(outcome.err, ContainsSubstring("cannot use " + pipe + ": it is no regular file"));
}

TEST_CASE_METHOD(Secured,
                 "a server that changes to a bad certificate is told of once, to a script and to a person") {
  const auto other = authority.sign("elsewhere.example");
  const Daemon bad({.config = other.config()});
  Proxy proxy(daemon.address());
  const std::string where = "tls://" + target(proxy.address());
  JsonClient bob = member(daemon.address(), "bob");
  const Process script(
      {.arguments = {hubbub_program, "tail", "lobby", "-s", where, "--ca", authority.file()}});
  PseudoTerminal person({hubbub_program, "--ca", authority.file(), where},
                        {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"});
  person.expect("the connection is encrypted (TLSv1.3)");
  person.expect("lobby > ");
  person.type("/whoami\r");
  person.expect("you are connected to " + where + ", encrypted (TLSv1.3)");
  // Both are in the room: a script that has never been there gives up at the first bad certificate.
  for (std::size_t joined = 0; joined < 2;) {
    const auto presence = bob.expect("presence");
    if (const auto* const names = presence.if_contains("joined")) joined += names->as_array().size();
  }
  proxy.lead_to(bad.address());
  proxy.cut(Proxy::Cut::reset);
  person.expect("the connection is lost");
  person.expect("its certificate is for another host than 127.0.0.1");
  REQUIRE(script.err().wait_for("its certificate is for another host", 0, patience));
  proxy.lead_to(daemon.address());
  person.type("\r");
  person.expect("connected again");
  REQUIRE(script.err().wait_for("connected again", 0, patience));
  const std::string told = script.err().text();
  CHECK(told.find("its certificate") == told.rfind("its certificate"));
}

TEST_CASE_METHOD(Secured, "the example's bot speaks TLS without a line more") {
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "!vote before its time");
  const Process bot({.arguments = {HUBBUB_EXAMPLE_BOT, "bot@tls://" + to},
                     .environment = {"SSL_CERT_FILE=" + authority.file().string()}});
  alice.expect("presence");
  alice.say("lobby", "!votes");
  CHECK(text_of(alice.expect("message"), "text") == "nobody has voted");
}

}  // namespace hubbub::test
