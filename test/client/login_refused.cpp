// hubbub login and a server in the test's hands: one that is busy, that wants an invitation, or takes no
// password.
#include <boost/json/serialize.hpp>

#include "test/client/alice.hpp"
#include "test/client/fake_server.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {
namespace {

namespace asio = boost::asio;

/// Who logs in on a terminal, or registers there.
struct Applicant {
  FakeServer server;
  PseudoTerminal terminal;

  explicit Applicant(const Strings& options)
      : terminal(command(options),
                 {"TERM=xterm-256color", "NO_COLOR=1", "HUBBUB_TOKEN=hub_of_somebody_else"}) {}

  Strings command(const Strings& options) const {
    Strings all = {hubbub_program, "login", "alice@127.0.0.1:" + std::to_string(server.port())};
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }
  void answer(const std::string& question, const std::string& typed) {
    terminal.expect(question);
    terminal.type(typed + "\r");
  }
};

std::string ref_of(const Peer::Json& asked) {
  return R"(,"ref":)" + boost::json::serialize(asked.at("ref")) + "}";
}

std::string refusal(const Peer::Json& asked, const std::string& code, const std::string& more = "") {
  return R"({"type":"error","code":")" + code + R"(","text":"no: )" + code + "\"" + more + ref_of(asked);
}

}  // namespace

TEST_CASE("a server that is busy is asked once more, after as long as it says") {
  Applicant alice({});
  const bool is_twice_busy = GENERATE(false, true);
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.server.accept();
    const auto hello = co_await peer.welcome("guest-1");
    CHECK_FALSE(hello.contains("token"));
    CHECK_FALSE(hello.contains("name"));
    alice.answer("Password: ", "correct-horse");
    const auto first = co_await peer.expect("login");
    CHECK(first.at("account").as_string() == "alice");
    CHECK(first.at("password").as_string() == "correct-horse");
    CHECK(first.at("device").as_string().starts_with("hubbub on "));
    co_await peer.send(refusal(first, "busy", R"(,"retry_after":10)"));
    alice.terminal.expect("the server is busy; trying again in 1 s");
    const auto second = co_await peer.expect("login");
    CHECK(second.at("password").as_string() == "correct-horse");
    // Not in the call: GCC 12 would destroy it twice.
    const std::string answer =
        is_twice_busy
            ? refusal(second, "busy", R"(,"retry_after":10)")
            : R"({"type":"logged_in","account":"Alice","name":"Alice","token":"hub_new")" + ref_of(second);
    co_await peer.send(answer);
    if (!is_twice_busy) co_await peer.expect("quit");
    co_await peer.expect_end();
  });
  CHECK(alice.terminal.wait_exit() == (is_twice_busy ? 1 : 0));
  alice.terminal.expect(is_twice_busy ? "no: busy" : "as Alice");
  const std::string tokens = bytes_of(alice.terminal.home().path() / "hubbub" / "tokens.toml");
  CHECK((tokens.find("\"hub_new\"") != std::string::npos) == !is_twice_busy);
}

TEST_CASE("a server that takes no more tries for now is waited for, and that is told") {
  Applicant alice({});
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.server.accept();
    co_await peer.welcome("guest-1");
    alice.answer("Password: ", "correct-horse");
    const auto first = co_await peer.expect("login");
    co_await peer.send(refusal(first, "rate_limited", R"(,"retry_after":10)"));
    alice.terminal.expect("the server takes no more tries for now; trying again in 1 s");
    const auto second = co_await peer.expect("login");
    CHECK(second.at("password").as_string() == "correct-horse");
    const std::string answer =
        R"({"type":"logged_in","account":"Alice","name":"Alice","token":"hub_new")" + ref_of(second);
    co_await peer.send(answer);
    co_await peer.expect("quit");
  });
  CHECK(alice.terminal.wait_exit() == 0);
}

TEST_CASE("on the screen, too, one is told how long the server takes no more tries") {
  FakeServer server;
  PseudoTerminal terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm);
  server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    co_await peer.let_in(R"("last":0,"history":[],"complete":true)");
    terminal.expect("lobby > ");
    terminal.type("/login\r");
    terminal.expect("Password for alice: ");
    terminal.type("correct-horse\r");
    const auto first = co_await peer.expect("login");
    co_await peer.send(refusal(first, "rate_limited", R"(,"retry_after":10)"));
    terminal.expect("the server takes no more tries for now");
    terminal.expect("login goes out again in");
    const auto second = co_await peer.expect("login");
    CHECK(second.at("password").as_string() == "correct-horse");
  });
}

TEST_CASE("an invitation is asked for where the server wants one, and is not shown either") {
  Applicant alice({"--register"});
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.server.accept();
    const auto hello = co_await peer.welcome("alice", R"(},"registration":"invite","more":{)");
    CHECK(hello.at("name").as_string() == "alice");
    alice.answer("New password: ", "correct-horse");
    alice.answer("New password again: ", "correct-horse");
    alice.answer("Invitation: ", "hub_invited");
    const auto asked = co_await peer.expect("register");
    CHECK(asked.at("password").as_string() == "correct-horse");
    CHECK(asked.at("invite").as_string() == "hub_invited");
    co_await peer.send(R"({"type":"registered","name":"alice","token":"hub_new")" + ref_of(asked));
    co_await peer.expect("quit");
  });
  CHECK(alice.terminal.wait_exit() == 0);
  CHECK(alice.terminal.text().find("hub_") == std::string::npos);
  CHECK(alice.terminal.text().find("horse") == std::string::npos);
}

TEST_CASE("a server that takes no password over this link is told of with what to do") {
  Applicant alice({});
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.server.accept();
    co_await peer.welcome("guest-1");
    alice.answer("Password: ", "correct-horse");
    const auto asked = co_await peer.expect("login");
    co_await peer.send(refusal(asked, "login_insecure"));
    co_await peer.expect_end();
  });
  alice.terminal.expect("as others could read it; connect with --tls");
  CHECK(alice.terminal.wait_exit() == 1);
}

TEST_CASE("at the door, too, a server that is busy is asked once more") {
  Applicant alice({});
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.server.accept();
    co_await peer.expect("hello");
    co_await peer.send(R"({"type":"error","code":"login_required","text":"log in"})");
    alice.answer("Password: ", "correct-horse");
    Peer second = co_await alice.server.accept();
    const auto asked = co_await second.expect("hello");
    CHECK(asked.at("password").as_string() == "correct-horse");
    co_await second.send(R"({"type":"error","code":"busy","text":"busy","retry_after":10})");
    alice.terminal.expect("trying again in 1 s");
    Peer third = co_await alice.server.accept();
    const auto again = co_await third.expect("hello");
    CHECK(again.at("account").as_string() == "alice");
    CHECK(again.at("password").as_string() == "correct-horse");
    co_await third.send(R"({"type":"error","code":"suspended","text":"this account is suspended"})");
  });
  alice.terminal.expect("this account is suspended");
  CHECK(alice.terminal.wait_exit() == 1);
}

}  // namespace hubbub::test
