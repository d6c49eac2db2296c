// The connection over TLS: whom it trusts, what it says of faults, and how it comes back.
#include <sys/stat.h>

#include <functional>

#include "test/client/certified.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Script = boost::asio::awaitable<void>;

}  // namespace

TEST_CASE_METHOD(Certified, "TLS: a certificate for the host, by an authority that is trusted, is accepted") {
  const auto host = GENERATE(as<std::string>(), "127.0.0.1", "localhost");
  const Daemon daemon(with(authority.sign(host)));
  scene.settings.servers.front().host = host;
  go_to(daemon.address());
  gets_in(scene);
}

TEST_CASE_METHOD(Certified, "TLS: a certificate may be its own authority") {
  const auto files = authority.sign("127.0.0.1");
  const Daemon daemon(with(files));
  scene.settings.servers.front().trust.ca_file = files.certificate;
  go_to(daemon.address());
  gets_in(scene);
}

TEST_CASE_METHOD(Certified,
                 "TLS: a certificate that was named by its fingerprint needs nobody to vouch for it") {
  const auto files = authority.sign("elsewhere.example", -48h, -24h);
  const Daemon daemon(with(files));
  scene.settings.servers.front().trust = {.ca_file = {}, .fingerprint = files.fingerprint};
  go_to(daemon.address());
  gets_in(scene);
}

TEST_CASE_METHOD(Certified,
                 "TLS: what is wrong with a certificate is told, and which one it is, and that is final") {
  auto files = authority.sign("127.0.0.1");
  std::string fault;
  std::string remedy = "--fingerprint with it accepts it";
  const int which = GENERATE(range(0, 7));
  auto& trust = scene.settings.servers.front().trust;
  switch (which) {
    case 0:
      trust.ca_file.clear();
      fault = "it is signed by CN = Tea House, and by no authority that this machine trusts";
      break;
    case 1:
      trust.ca_file = Authority(directory.path(), "Coffee House").file();
      fault = "it is signed by CN = Tea House, and by no authority that " + trust.ca_file + " has";
      break;
    case 2:
      files = authority.sign("127.0.0.1", -48h, -24h);
      fault = "its certificate has expired, on 20";
      break;
    case 3:
      files = authority.sign("127.0.0.1", 24h, 48h);
      fault = "is this machine's clock right?";
      break;
    case 4:
      files = authority.sign("chat.example.org");
      fault = "its certificate is for another host than 127.0.0.1; it is that of CN = chat.example.org";
      break;
    case 5:
      files = authority.sign("127.0.0.2");
      fault = "its certificate is for another host than 127.0.0.1; it is that of CN = 127.0.0.2";
      break;
    default:
      trust = {.ca_file = {}, .fingerprint = authority.sign("127.0.0.1").fingerprint};
      fault = "and not the one that was named: it has been replaced, or somebody else answers there";
      remedy = "name the new one with --fingerprint";
  }
  const Daemon daemon(with(files));
  go_to(daemon.address());
  const std::string told = refusal();
  CHECK_THAT(told,
             ContainsSubstring("closed: tls://127.0.0.1:" + std::to_string(daemon.address().port) + ": its"));
  CHECK_THAT(told, ContainsSubstring(fault));
  CHECK_THAT(told, ContainsSubstring(files.fingerprint));
  CHECK_THAT(told, ContainsSubstring(remedy));
}

TEST_CASE_METHOD(Certified, "TLS: an authority that cannot be read is told") {
  auto& file = scene.settings.servers.front().trust.ca_file;
  SECTION("a file that is not there") {
    file = (directory.path() / "none").string();
    scene.settings.servers.front().port = scene.server.port();
    CHECK_THAT(refusal(), ContainsSubstring("cannot use " + file + ": No such file or directory"));
  }
  SECTION("a pipe, which is not waited for") {
    file = (directory.path() / "pipe").string();
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK_THAT(refusal(), ContainsSubstring("cannot use " + file + ": it is no regular file"));
  }
  SECTION("a directory") {
    file = directory.path().string();
    CHECK_THAT(refusal(), ContainsSubstring("cannot use " + file + ": Is a directory"));
  }
  SECTION("a file with something else in it") {
    file = directory.write("nonsense", "nonsense").string();
    CHECK_THAT(refusal(), ContainsSubstring("cannot use " + file + ": it has no certificates in PEM"));
  }
}

TEST_CASE_METHOD(Certified, "TLS: a server that does not speak it is told by what it says") {
  CHECK_THAT(answer_to("this server does not speak TLS here; connect without it\n", true),
             ContainsSubstring(
                 "it does not speak TLS there, but says \"this server does not speak TLS here; connect "
                 "without it\"; with tcp:// before the address it goes without encryption"));
}

TEST_CASE_METHOD(Certified, "TLS: what a stranger says instead of it does not drive a terminal") {
  CHECK_THAT(answer_to("\x1b[2Jgone\n", true), ContainsSubstring("but says \"[2Jgone\""));
}

TEST_CASE_METHOD(Certified, "TLS: a web server without it is told as one") {
  CHECK_THAT(answer_to("HTTP/1.1 400 Bad Request\r\n\r\n", true),
             ContainsSubstring("it is a web server that does not speak TLS there"));
}

TEST_CASE_METHOD(Certified, "TLS: a server that is too old for it is told as such") {
  // A fatal alert: protocol_version (RFC 8446, 6).
  CHECK_THAT(answer_to(std::string("\x15\x03\x01\x00\x02\x02\x46", 7), true),
             ContainsSubstring("it speaks no TLS as new as version 1.2"));
}

TEST_CASE_METHOD(Certified, "TLS: a server that goes in the middle of the handshake is told") {
  CHECK_THAT(answer_to("", true),
             ContainsSubstring("it closed the connection instead of beginning with TLS"));
}

TEST_CASE_METHOD(Certified, "TLS: the time to connect is for the handshake, too") {
  scene.settings.patience.connect = 50ms;
  CHECK_THAT(answer_to(GENERATE(as<std::string>(), "", "\x16"), false),
             ContainsSubstring("no answer to TLS"));
}

TEST_CASE_METHOD(Certified, "TLS: who comes back resumes the session, each time") {
  const Daemon daemon(with(authority.sign("127.0.0.1")));
  Proxy proxy(daemon.address());
  go_to(proxy.address());
  scene.server.run([&]() -> Script {
    scene.open();
    co_await scene.told.until("ready");
    CHECK_FALSE(scene.connection->tls()->is_resumed());
    for (int times = 0; times < 3; ++times) {
      scene.told.notes.clear();
      proxy.cut(times % 2 == 0 ? Proxy::Cut::finish : Proxy::Cut::reset);
      co_await scene.told.until("ready");
      CHECK(scene.connection->tls()->is_resumed());
    }
  });
}

TEST_CASE_METHOD(
    Certified,
    "TLS: a certificate that has changed to a bad one is told, and nothing is said until it is mended") {
  const Daemon daemon(with(authority.sign("127.0.0.1")));
  const Daemon other(with(authority.sign("elsewhere.example")));
  Proxy proxy(daemon.address());
  go_to(proxy.address());
  scene.server.run([&]() -> Script {
    scene.open();
    co_await scene.told.until("ready");
    proxy.lead_to(other.address());
    proxy.cut(Proxy::Cut::finish);
    std::function<bool()> told = [&] {
      return scene.told.notes.back().find("lost: its certificate is for another host") == 0;
    };
    co_await scene.told.until_true(told);
    const std::string before = scene.told.notes[scene.told.notes.size() - 2];
    CHECK(before.find("untrusted: its certificate is for another host") == 0);
    scene.say("for its eyes only");
    proxy.lead_to(daemon.address());
    co_await scene.told.until("alice: for its eyes only");
  });
  JsonClient witness = member(other.address(), "witness");
  CHECK(list_of(witness.answer({{"type", "history"}, {"room", "lobby"}, {"limit", 10}}), "messages").empty());
}

}  // namespace hubbub::test
