// Several servers of one chat, in the test's hands: which is gone to, when, and with what.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

#include "test/client/scene.hpp"
#include "test/support/catch.hpp"

using namespace std::chrono_literals;

namespace hubbub::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Catch::Matchers::ContainsSubstring;
using Script = asio::awaitable<void>;

/// A further server on the scene's loop.
class Node {
 public:
  explicit Node(asio::io_context& io) : io_(io), acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {}

  std::uint16_t port() const { return port_; }
  asio::awaitable<Peer> accept() {
    tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    co_return Peer(std::move(socket));
  }
  void close() { acceptor_.close(); }
  void open_again() { acceptor_ = tcp::acceptor(io_, {asio::ip::address_v4::loopback(), port_}); }
  /// Whether somebody has come who has not been accepted.
  bool has_visitor() {
    acceptor_.non_blocking(true);
    boost::system::error_code error;
    const tcp::socket socket = acceptor_.accept(error);
    acceptor_.non_blocking(false);
    return !error;
  }

 private:
  asio::io_context& io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = acceptor_.local_endpoint().port();
};

/// A scene whose connection knows `further` servers more.
struct Nodes : Scene {
  std::deque<Node> nodes;

  explicit Nodes(std::size_t further = 1) {
    settings.patience.first_retry = 4ms;  // so that no pause is told as 0
    for (std::size_t count = 0; count < further; ++count) {
      nodes.emplace_back(server.io());
      settings.servers.push_back({.host = "127.0.0.1", .port = nodes.back().port()});
    }
  }

  std::string first() const { return to_string(settings.servers.front()); }
  std::string at(std::size_t node) const { return to_string(settings.servers.at(node + 1)); }
  std::string now_at() const { return to_string(connection->server()); }
};

const std::string refused = " (connection refused; is hubbubd running there?)";

std::string bye(const std::string& code) {
  return R"({"type":"bye","code":")" + code + R"(","text":"it ends"})";
}

std::string refusal(const std::string& code) {
  return R"({"type":"error","code":")" + code + R"(","text":"not now"})";
}

/// How long each wait was, as far as it matters: "0" for none, "+" for a pause.
std::string waits(const Recorder& told) {
  std::string all;
  for (const auto delay : told.delays) all += delay.count() == 0 ? "0" : "+";
  return all;
}

}  // namespace

TEST_CASE_METHOD(Nodes, "a server that shuts down is left at once for the next one, with all that is open") {
  settings.profile.token = "hub_secret";
  settings.patience.first_retry = settings.patience.longest_retry = 1h;
  server.run([&]() -> Script {
    open();
    Peer first = co_await server.accept();
    const auto hello = co_await first.welcome("alice");
    CHECK(hello.at("token") == "hub_secret");
    co_await first.let_in("\"last\":7,\"epoch\":\"e\",\"history\":[],\"complete\":true");
    co_await told.until("ready");
    CHECK(now_at() == this->first());
    say("one");
    say("two");
    const auto one = co_await first.expect("say");
    const auto two = co_await first.expect("say");
    co_await first.send(bye("shutting_down"));
    Peer second = co_await nodes[0].accept();
    const auto again = co_await second.welcome("alice");
    CHECK(again.at("token") == "hub_secret");
    const auto join = co_await second.let_in(
        "\"last\":8,\"epoch\":\"e\",\"complete\":true,\"history\":[" +
        message_json("lobby", 8, "alice", "one", R"(,"id":)" + boost::json::serialize(one.at("id"))) + "]");
    CHECK(join.at("since") == 7);
    CHECK(join.at("epoch") == "e");
    co_await told.until("missed alice: one");
    const auto repeated = co_await second.take_say(9);
    CHECK(repeated.at("id") == two.at("id"));
    co_await told.until("alice: two");
    CHECK(list(told.said) == "one, two");
    CHECK(list(told.notes).find("lost: it ends, back") != std::string::npos);
    CHECK(waits(told) == "0");
    CHECK(now_at() == at(0));
  });
}

TEST_CASE_METHOD(Nodes, "a name that is taken at another server is waited for there") {
  server.run([&]() -> Script {
    Peer first = co_await enter();
    first.close();
    for (int times = 0; times < 3; ++times) {
      Peer second = co_await nodes[0].accept();
      co_await second.expect("hello");
      co_await second.send(refusal("name_taken"));
      co_await second.expect_end();
    }
    Peer second = co_await nodes[0].accept();
    co_await second.welcome("alice");
    co_await second.let_in();
    co_await told.until("back");
    CHECK(list(told.notes).find("awaited name_taken") != std::string::npos);
    CHECK(waits(told) == "0+++");
    CHECK_FALSE(told.ending);
  });
}

TEST_CASE_METHOD(Nodes, "who has come to another server stays there, and comes round to the first one") {
  settings.patience.settled = 0ms;
  server.run([&]() -> Script {
    Peer first = co_await enter();
    first.close();
    Peer second = co_await nodes[0].accept();
    co_await second.welcome("alice");
    co_await second.let_in();
    co_await told.until("back");
    say("hi");
    co_await second.take_say(1);
    co_await told.until("alice: hi");
    CHECK(now_at() == at(0));
    CHECK(to_string(connection->next_server()) == at(0));
    second.close();
    Peer third = co_await server.accept();
    co_await third.welcome("alice");
    CHECK(waits(told) == "00");
    CHECK_FALSE(nodes[0].has_visitor());
  });
}

TEST_CASE("a server that cannot be reached at first, or does not let one in, is passed over") {
  Nodes scene(3);
  scene.nodes[0].close();
  scene.settings.patience.first_retry = scene.settings.patience.longest_retry = 1h;
  scene.server.run([&]() -> Script {
    scene.server.close();
    scene.open();
    Peer full = co_await scene.nodes[1].accept();
    co_await full.expect("hello");
    co_await full.send(bye("too_many_connections"));
    Peer last = co_await scene.nodes[2].accept();
    co_await last.welcome("alice");
    co_await last.let_in();
    co_await scene.told.until("ready");
    const std::string down = "lost: connection refused; is hubbubd running there?, ";
    CHECK(list(scene.told.notes).starts_with(down + down + "lost: it ends, "));
    CHECK(waits(scene.told) == "000");
    CHECK(scene.now_at() == scene.at(2));
  });
}

TEST_CASE_METHOD(Nodes, "where no server lets one in at first it is over, and each has its reason") {
  server.run([&]() -> Script {
    server.close();
    open();
    Peer second = co_await nodes[0].accept();
    co_await second.expect("hello");
    co_await second.send(bye("too_many_connections"));
    co_await told.until_closed();
    CHECK(told.ending == client::Ending::closed);
    CHECK(told.notes.back() == "closed: none of the servers lets this client in: " + this->first() + refused +
                                   ", " + at(0) + " (it ends)");
  });
}

TEST_CASE_METHOD(Nodes, "what one server has refused for good is not tried at another one") {
  const std::string code = GENERATE("kicked", "banned", "logged_out");
  server.run([&]() -> Script {
    Peer first = co_await enter();
    co_await first.send(bye(code));
    co_await told.until_closed();
    CHECK(told.notes.back() == "closed: " + this->first() + ": it ends");
    CHECK_FALSE(nodes[0].has_visitor());
  });
}

TEST_CASE_METHOD(Nodes, "a name that is refused at first is no reason to try another server") {
  settings.ask_for_name = true;
  server.run([&]() -> Script {
    open();
    Peer first = co_await server.accept();
    co_await first.expect("hello");
    co_await first.send(refusal("name_taken"));
    co_await told.until("refused name_taken");
    connection->rename("alice-2");
    Peer again = co_await server.accept();
    co_await again.welcome("alice-2");
    CHECK_FALSE(nodes[0].has_visitor());
  });
}

TEST_CASE_METHOD(
    Nodes, "a server that cannot store anything is left for another one, also when it says so at once") {
  server.run([&]() -> Script {
    Peer first = co_await enter(5);
    first.close();
    Peer second = co_await nodes[0].accept();
    if (GENERATE(true, false)) {
      co_await second.expect("hello");
      co_await second.send(refusal("storage_failed"));
    } else {
      co_await second.welcome("alice");
      const auto join = co_await second.expect("join");
      co_await second.send(reply(join, R"("type":"error","code":"storage_failed","text":"not now")"));
    }
    Peer third = co_await server.accept();
    co_await third.welcome("alice");
    const auto join = co_await third.let_in();
    CHECK(join.at("since") == 5);
    CHECK(waits(told) == "0+");  // both have had their turn
  });
}

TEST_CASE("when all servers are lost there is a pause before each round of all of them") {
  Nodes scene(2);
  scene.server.run([&]() -> Script {
    Peer first = co_await scene.enter();
    scene.server.close();
    for (Node& node : scene.nodes) node.close();
    first.close();
    // No coroutine's own braces here: GCC 12 destroys them twice.
    std::function<bool()> enough = [&] { return scene.told.delays.size() >= 9; };
    co_await scene.told.until_true(enough);
    CHECK(waits(scene.told).starts_with("00+00+00+"));
    scene.nodes[1].open_again();
    Peer back = co_await scene.nodes[1].accept();
    co_await back.welcome("alice");
    co_await back.let_in();
    co_await scene.told.until("back");
    CHECK(scene.now_at() == scene.at(1));
  });
}

TEST_CASE_METHOD(Nodes, "servers that let everybody in and lose them are not hammered at") {
  server.run([&]() -> Script {
    Peer first = co_await enter();
    first.close();
    for (int times = 0; times < 3; ++times) {
      Peer second = co_await nodes[0].accept();
      co_await second.welcome("alice");
      co_await second.let_in();
      second.close();
      Peer again = co_await server.accept();
      co_await again.welcome("alice");
      co_await again.let_in();
      again.close();
    }
    std::function<bool()> all = [&] { return told.delays.size() == 7; };
    co_await told.until_true(all);
    CHECK(waits(told) == "0+0+0+0");
  });
}

TEST_CASE_METHOD(Nodes, "a script gives up when all servers have been away for so long") {
  settings.patience.offline = 50ms;
  server.run([&]() -> Script {
    Peer first = co_await enter();
    server.close();
    nodes[0].close();
    first.close();
    co_await told.until_closed();
    CHECK_THAT(told.notes.back(),
               ContainsSubstring("gave up on " + this->first() + ", " + at(0) + ": connection refused"));
  });
}

TEST_CASE_METHOD(Scene, "a connection to no server is a mistake of the program") {
  settings.servers.clear();
  CHECK_THROWS_AS(open(), std::invalid_argument);
}

}  // namespace hubbub::test
