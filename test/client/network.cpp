// Through a network that fails in every way, with the real daemon: nothing is lost, repeated or out of order.
#include <random>

#include "test/client/person.hpp"
#include "test/support/catch.hpp"
#include "test/support/certificates.hpp"

using namespace std::chrono_literals;

namespace hubbub::test {
namespace {

using Script = boost::asio::awaitable<void>;

/// A certificate, for conversations over TLS.
struct Secured {
  TemporaryDirectory directory;
  CertificateFiles files = Authority(directory.path(), "anybody").sign("127.0.0.1");

  void apply(client::Address& address) const {
    address.encryption = client::Encryption::always;
    address.trust.fingerprint = files.fingerprint;
  }
};

}  // namespace

TEST_CASE("byte by byte and late, it is the same conversation, also over TLS") {
  const Secured secured;
  const Daemon daemon(unlimited({}, secured.files.config()));
  Proxy proxy(daemon.address());
  if (GENERATE(true, false)) {
    proxy.trickle(1);
  } else {
    proxy.delay(20ms);
  }
  Scene scene;
  if (GENERATE(true, false)) secured.apply(scene.settings.servers.front());
  scene.server.run([&]() -> Script {
    Person alice(scene, proxy, "alice");
    co_await alice.told.until("ready");
    for (int number = 1; number <= 20; ++number) alice.say("alice " + std::to_string(number));
    co_await alice.until_heard("alice 20");
    CHECK(in_order(alice.told.said, "alice", 20));
  });
}

TEST_CASE("links that are cut anywhere lose nothing and repeat nothing, also over TLS") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  const bool with_tls = seed > 2;
  CAPTURE(seed, with_tls);
  const Secured secured;
  std::mt19937 random(seed);
  const auto up_to = [&](std::size_t most) { return random() % most + 1; };
  const Daemon daemon(unlimited({}, secured.files.config()));
  Proxy proxy(daemon.address());
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  if (with_tls) secured.apply(scene.settings.servers.front());
  scene.server.run([&]() -> Script {
    Person alice(scene, proxy, "alice");
    co_await alice.told.until("ready");
    CHECK((alice.connection->tls() != nullptr) == with_tls);
    int number = 0;
    for (std::size_t cut = 1; cut <= 40; ++cut) {
      const auto way = random() % 2 == 0 ? Proxy::Way::to_server : Proxy::Way::to_client;
      const auto how = random() % 2 == 0 ? Proxy::Cut::finish : Proxy::Cut::reset;
      proxy.cut_after(way, up_to(3000), how);
      while (proxy.cuts() < cut) {
        for (std::size_t more = up_to(8); more > 0; --more) {
          ++number;
          REQUIRE(alice.say("alice " + std::to_string(number)));
          bob.say("lobby", "bob " + std::to_string(number));
        }
        co_await alice.until_heard("bob " + std::to_string(number));
      }
    }
    co_await alice.until_all_is_said();
    const Texts all = history(daemon.address());
    CHECK(in_order(all, "alice", number));
    CHECK(in_order(all, "bob", number));
    CHECK(alice.told.said == all);
  });
}

TEST_CASE("what was said while there was no way to the server comes once, and what was typed is said once") {
  const Daemon daemon(unlimited());
  Proxy proxy(daemon.address());
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.server.run([&]() -> Script {
    Person alice(scene, proxy, "alice");
    co_await alice.told.until("ready");
    alice.say("alice 1");
    co_await alice.until_heard("alice 1");
    proxy.refuse();
    proxy.cut(Proxy::Cut::reset);
    // More than one reply holds, so that it has to be paged for.
    for (int number = 1; number <= 700; ++number) {
      bob.say("lobby", "bob " + std::to_string(number));
      if (number % 100 == 0) alice.say("alice " + std::to_string(number / 100 + 1));
    }
    CHECK(alice.connection->outstanding() == 7);
    proxy.pass();
    co_await alice.until_heard("alice 8");
    co_await alice.until_all_is_said();
    const Texts all = history(daemon.address());
    CHECK(in_order(all, "alice", 8));
    CHECK(in_order(all, "bob", 700));
    CHECK(alice.told.said == all);
  });
}

TEST_CASE(
    "a dead link is found out, also one that is dead from the start, and left as soon as there is a way") {
  const Daemon daemon(unlimited());
  Proxy proxy(daemon.address());
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.settings.patience.silence = 100ms;
  scene.settings.patience.answer = 100ms;
  scene.server.run([&]() -> Script {
    Person alice(scene, proxy, "alice");
    co_await alice.told.until("ready");
    proxy.freeze();
    alice.say("alice 1");
    bob.say("lobby", "bob 1");
    co_await alice.told.until("lost: no answer");
    co_await alice.told.until("lost: no welcome came; is that a hubbub server?");
    proxy.cut(Proxy::Cut::reset);  // as the other end does that has forgotten it
    proxy.pass();
    co_await alice.told.until("back");
    co_await alice.until_heard("alice 1");
    CHECK(alice.told.said == history(daemon.address()));
  });
}

TEST_CASE(
    "a daemon that is killed while people talk has lost nothing and says nothing twice, also over TLS") {
  const TemporaryDirectory state;
  const Secured secured;
  const auto options = unlimited(state.path(), secured.files.config());
  std::optional<Daemon> daemon(std::in_place, options);
  Proxy proxy(daemon->address());
  Scene scene;
  if (GENERATE(true, false)) secured.apply(scene.settings.servers.front());
  scene.server.run([&]() -> Script {
    Person alice(scene, proxy, "alice");
    Person bob(scene, proxy, "bob");
    co_await alice.told.until("ready");
    co_await bob.told.until("ready");
    std::mt19937 random(1);
    int number = 0;
    for (int round = 0; round < 5; ++round) {
      for (int more = 0; more < 200; ++more) {
        ++number;
        REQUIRE(alice.say("alice " + std::to_string(number)));
        REQUIRE(bob.say("bob " + std::to_string(number)));
      }
      const auto some = std::to_string(number - static_cast<int>(random() % 190));
      co_await bob.until_heard("alice " + some);
      daemon->kill();
      daemon.emplace(options);
      proxy.lead_to(daemon->address());
      co_await alice.until_heard("bob " + std::to_string(number));
      co_await bob.until_heard("alice " + std::to_string(number));
    }
    co_await alice.until_all_is_said();
    co_await bob.until_all_is_said();
    const Texts all = history(daemon->address());
    CHECK(in_order(all, "alice", number));
    CHECK(in_order(all, "bob", number));
    // Whoever came first saw the other's first words, and nobody spoke before both were there.
    CHECK(alice.told.said == all);
    CHECK(bob.told.said == all);
  });
}

TEST_CASE("a private message that is sent again after a broken link is shown once") {
  const Daemon daemon(unlimited());
  Proxy proxy(daemon.address());
  JsonClient bob = member(daemon.address(), "bob");
  Scene scene;
  scene.server.run([&]() -> Script {
    Person alice(scene, proxy, "alice");
    co_await alice.told.until("ready");
    for (int times = 0; times < 2; ++times) {
      bob.answer({{"type", "tell"}, {"to", "alice"}, {"text", "psst"}, {"id", "bob.1"}});
    }
    bob.answer({{"type", "tell"}, {"to", "alice"}, {"text", "hey"}, {"id", "bob.2"}});
    co_await alice.until_heard("hey");
    CHECK(alice.told.said == Texts({"psst", "hey"}));
  });
}

}  // namespace hubbub::test
