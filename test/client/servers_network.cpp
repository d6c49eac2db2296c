// Several servers of one chat over networks that fail, with real daemons: nothing is lost, repeated or out of
// order, and no certificate is passed over.
#include <csignal>
#include <deque>
#include <functional>
#include <optional>

#include "test/client/certified.hpp"
#include "test/client/person.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"

using namespace std::chrono_literals;

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using client::Encryption;
using Script = boost::asio::awaitable<void>;

/// One daemon behind several networks: that is, several nodes of one chat.
struct Networks {
  std::deque<Proxy> proxies;

  Networks(const Daemon& daemon, std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) proxies.emplace_back(daemon.address(index));
  }

  client::Settings known_to(Scene& scene) const {
    client::Settings settings = scene.settings;
    const client::Address like = settings.servers.front();
    settings.servers.clear();
    for (const Proxy& proxy : proxies) {
      settings.servers.push_back(like);
      settings.servers.back().port = proxy.address().port;
    }
    return settings;
  }
  /// The one over which that person is connected, or tries to be.
  Proxy& under(const Person& person) {
    const auto port = person.connection->server().port;
    return *std::find_if(proxies.begin(), proxies.end(),
                         [port](const Proxy& each) { return each.address().port == port; });
  }
};

DaemonOptions listening(std::size_t listeners, DaemonOptions options) {
  options.listen.assign(listeners, "tcp://127.0.0.1:0");
  return options;
}

}  // namespace

TEST_CASE("a reader that is thrown from server to server a hundred times sees each message once") {
  const auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  Dice dice(seed);
  const Daemon daemon(listening(3, unlimited()));
  Networks networks(daemon, 3);
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.settings.patience.silence = scene.settings.patience.answer = 100ms;
  scene.settings.patience.settled = std::chrono::milliseconds(dice.below(2) * 5);
  scene.server.run([&]() -> Script {
    Person alice(scene, networks.known_to(scene), "alice");
    co_await alice.told.until("ready");
    int number = 0;
    std::size_t moves = 0;
    std::string last_at = to_string(alice.connection->server());
    const auto talk = [&] {
      for (std::size_t more = 1 + dice.below(6); more > 0; --more) {
        ++number;
        REQUIRE(alice.say("alice " + std::to_string(number)));
        bob.say("lobby", "bob " + std::to_string(number));
      }
    };
    while (moves < 100) {
      Proxy& proxy = networks.under(alice);
      talk();
      const auto fault = dice.below(10);
      if (fault < 5) {
        const auto way = dice.one_in(2) ? Proxy::Way::to_server : Proxy::Way::to_client;
        proxy.cut_after(way, 1 + dice.below(2000), dice.one_in(2) ? Proxy::Cut::finish : Proxy::Cut::reset);
        const auto cuts = proxy.cuts();
        while (proxy.cuts() == cuts && &networks.under(alice) == &proxy) {
          talk();
          co_await alice.until_heard("bob " + std::to_string(number));
        }
      } else if (fault < 9) {
        proxy.refuse();
        proxy.cut(Proxy::Cut::reset);
      } else {
        proxy.freeze();
      }
      talk();
      if (fault == 9) {
        std::function<bool()> gone = [&] { return &networks.under(alice) != &proxy; };
        co_await alice.told.until_true(gone);
        proxy.cut(Proxy::Cut::reset);  // so that the daemon has done with the old connection, too
      }
      co_await alice.until_heard("bob " + std::to_string(number));
      proxy.pass();
      if (std::exchange(last_at, to_string(alice.connection->server())) != last_at) ++moves;
    }
    co_await alice.until_all_is_said();
    const Texts all = history(daemon.address());
    CHECK(in_order(all, "alice", number));
    CHECK(in_order(all, "bob", number));
    CHECK(alice.told.said == all);
  });
}

TEST_CASE(
    "a daemon that is killed in the middle of a talk, or shuts down, is gone on from at another address") {
  const TemporaryDirectory state;
  const auto options = listening(2, unlimited(state.path()));
  std::optional<Daemon> daemon(std::in_place, options);
  Networks networks(*daemon, 2);
  Scene scene;
  const bool is_killed = GENERATE(true, false);
  scene.server.run([&]() -> Script {
    Person alice(scene, networks.known_to(scene), "alice");
    Person bob(scene, networks.known_to(scene), "bob");
    co_await alice.told.until("ready");
    co_await bob.told.until("ready");
    int number = 0;
    for (int round = 0; round < 4; ++round) {
      for (int more = 0; more < 100; ++more) {
        ++number;
        REQUIRE(alice.say("alice " + std::to_string(number)));
        REQUIRE(bob.say("bob " + std::to_string(number)));
      }
      co_await bob.until_heard("alice " + std::to_string(number - 50));
      Proxy& old = networks.under(alice);
      Proxy& next = &old == &networks.proxies.front() ? networks.proxies.back() : networks.proxies.front();
      old.refuse();
      const std::size_t losses_of_alice = alice.told.delays.size();
      const std::size_t losses_of_bob = bob.told.delays.size();
      if (is_killed) {
        daemon->kill();
      } else {
        daemon->signal(SIGTERM);
        // They have to take their leave, for which the daemon waits.
        std::function<bool()> alice_knows = [&] { return alice.told.delays.size() > losses_of_alice; };
        co_await alice.told.until_true(alice_knows);
        std::function<bool()> bob_knows = [&] { return bob.told.delays.size() > losses_of_bob; };
        co_await bob.told.until_true(bob_knows);
        CHECK(daemon->wait_exit() == 0);
      }
      daemon.emplace(options);
      next.lead_to(daemon->address());
      next.pass();
      ++number;
      alice.say("alice " + std::to_string(number));
      bob.say("bob " + std::to_string(number));
      co_await alice.until_heard("bob " + std::to_string(number));
      co_await bob.until_heard("alice " + std::to_string(number));
      CHECK(&networks.under(alice) == &next);
      CHECK(&networks.under(bob) == &next);
    }
    co_await alice.until_all_is_said();
    co_await bob.until_all_is_said();
    const Texts all = history(daemon->address());
    CHECK(in_order(all, "alice", number));
    CHECK(in_order(all, "bob", number));
    CHECK(alice.told.said == all);
    CHECK(bob.told.said == all);
  });
}

TEST_CASE("a server that is silent is left, and its name is waited for until it has noticed") {
  const Daemon daemon(listening(2, unlimited()));
  Networks networks(daemon, 2);
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.settings.patience.silence = scene.settings.patience.answer = 100ms;
  scene.server.run([&]() -> Script {
    Person alice(scene, networks.known_to(scene), "alice");
    co_await alice.told.until("ready");
    networks.proxies[0].freeze();
    alice.say("alice 1");
    bob.say("lobby", "bob 1");
    co_await alice.told.until("lost: no answer");
    co_await alice.told.until("awaited name_taken");
    networks.proxies[0].cut(Proxy::Cut::reset);
    co_await alice.until_heard("alice 1");
    CHECK(alice.told.delays.front() == 0ms);
    CHECK(&networks.under(alice) == &networks.proxies[1]);
    CHECK(alice.told.said == history(daemon.address()));
  });
}

TEST_CASE("servers that have all gone are come back to, and nothing is missed") {
  const Daemon daemon(listening(3, unlimited()));
  Networks networks(daemon, 3);
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.server.run([&]() -> Script {
    Person alice(scene, networks.known_to(scene), "alice");
    co_await alice.told.until("ready");
    for (Proxy& proxy : networks.proxies) proxy.refuse();
    for (Proxy& proxy : networks.proxies) proxy.cut(Proxy::Cut::reset);
    for (int number = 1; number <= 700; ++number) bob.say("lobby", "bob " + std::to_string(number));
    alice.say("alice 1");
    std::function<bool()> two_rounds = [&] { return alice.told.delays.size() >= 7; };
    co_await alice.told.until_true(two_rounds);
    networks.proxies[2].pass();
    co_await alice.until_heard("alice 1");
    CHECK(&networks.under(alice) == &networks.proxies[2]);
    CHECK(alice.told.said == history(daemon.address()));
  });
}

TEST_CASE("a server may be at a host, and another one at a UNIX socket") {
  DaemonOptions options = unlimited();
  options.listen = {"tcp://127.0.0.1:0", "unix:chat.sock"};
  const Daemon daemon(options);
  Proxy proxy(daemon.address());
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.settings.servers.front().port = proxy.address().port;
  scene.settings.servers.push_back({.path = daemon.address(1).path});
  scene.server.run([&]() -> Script {
    Person alice(scene, scene.settings, "alice");
    co_await alice.told.until("ready");
    proxy.refuse();
    proxy.cut(Proxy::Cut::finish);
    bob.say("lobby", "bob 1");
    co_await alice.until_heard("bob 1");
    CHECK(alice.connection->server().is_unix());
    CHECK(alice.connection->may_carry_secrets());
  });
}

TEST_CASE_METHOD(Certified, "a server whose certificate is not trusted is told of, and not spoken to") {
  const Daemon good(with(authority.sign("127.0.0.1")));
  const Daemon other(with(authority.sign("elsewhere.example")));
  Proxy proxy(good.address());
  go_to(proxy.address());
  scene.settings.servers.push_back(scene.settings.servers.front());
  scene.settings.servers.back().port = other.address().port;
  const std::string untrusted = "its certificate is for another host";
  SECTION("when it is the next one") {
    scene.server.run([&]() -> Script {
      scene.open();
      co_await scene.told.until("ready");
      proxy.refuse();
      proxy.cut(Proxy::Cut::reset);
      std::function<bool()> told = [&] {
        return list(scene.told.notes).find("untrusted: " + untrusted) != std::string::npos;
      };
      co_await scene.told.until_true(told);
      proxy.pass();
      co_await scene.told.until("back");
      CHECK(scene.connection->server().port == proxy.address().port);
    });
  }
  SECTION("when it is the only one that is there") {
    proxy.refuse();
    scene.server.run([&]() -> Script {
      scene.open();
      co_await scene.told.until_closed();
      CHECK_THAT(scene.told.notes.back(), ContainsSubstring("none of the servers lets this client in: "));
      CHECK_THAT(scene.told.notes.back(),
                 ContainsSubstring(std::to_string(other.address().port) + " (" + untrusted));
    });
  }
  SECTION("when it is the first one") {
    std::swap(scene.settings.servers.front(), scene.settings.servers.back());
    scene.server.run([&]() -> Script {
      scene.open();
      co_await scene.told.until("ready");
      CHECK(list(scene.told.notes).starts_with("untrusted: " + untrusted));
      CHECK(scene.connection->server().port == proxy.address().port);
    });
  }
  CHECK(other.log().find("alice") == std::string::npos);
}

TEST_CASE_METHOD(Certified, "each server has the certificate that was named for it") {
  const auto one = authority.sign("127.0.0.1");
  const auto two = authority.sign("127.0.0.1", 1h, 2h);  // of which only the fingerprint is right
  const Daemon first(with(one));
  const Daemon second(with(two));
  Proxy proxy(first.address());
  go_to(proxy.address());
  auto& servers = scene.settings.servers;
  servers.push_back(servers.front());
  servers.back().port = second.address().port;
  servers.front().trust = {.ca_file = {}, .fingerprint = one.fingerprint};
  const bool is_right = GENERATE(true, false);
  servers.back().trust = {.ca_file = {}, .fingerprint = is_right ? two.fingerprint : one.fingerprint};
  scene.server.run([&]() -> Script {
    scene.open();
    co_await scene.told.until("ready");
    proxy.refuse();
    proxy.cut(Proxy::Cut::reset);
    if (is_right) {
      co_await scene.told.until("back");
      CHECK(scene.connection->server().port == second.address().port);
    } else {
      std::function<bool()> told = [&] {
        return list(scene.told.notes).find("not the one that was named") != std::string::npos;
      };
      co_await scene.told.until_true(told);
    }
    scene.connection->stop();
  });
}

TEST_CASE_METHOD(Certified,
                 "if it is offered: whoever had TLS at one server does not go without it at another one") {
  scene.settings.servers.front().encryption = Encryption::if_offered;
  const Daemon daemon(with(authority.sign("127.0.0.1")));
  const Daemon plain;
  Proxy proxy(daemon.address());
  go_to(proxy.address());
  auto& servers = scene.settings.servers;
  servers.push_back(servers.front());
  servers.back().port = plain.address().port;
  const bool is_named = GENERATE(true, false);
  if (is_named) servers.back().encryption = Encryption::never;
  scene.server.run([&]() -> Script {
    scene.open();
    co_await scene.told.until("ready");
    REQUIRE(scene.connection->tls() != nullptr);
    proxy.refuse();
    proxy.cut(Proxy::Cut::reset);
    if (is_named) {  // by its own rule, which says so
      co_await scene.told.until("back");
      CHECK(scene.connection->tls() == nullptr);
    } else {
      std::function<bool()> refused = [&] {
        return list(scene.told.notes).find("it did before, and so it may be somebody else") !=
               std::string::npos;
      };
      co_await scene.told.until_true(refused);
      proxy.pass();
      co_await scene.told.until("back");
      CHECK(scene.connection->tls() != nullptr);
    }
    scene.connection->stop();
  });
  CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "no TLS") == 0);
}

}  // namespace hubbub::test
