#pragma once

#include <string>

#include "test/client/scene.hpp"
#include "test/support/catch.hpp"
#include "test/support/certificates.hpp"
#include "test/support/daemon.hpp"

namespace hubbub::test {

inline DaemonOptions with(const CertificateFiles& files) {
  return {.config = "[limits]\nmessages_per_second = 0\n" + files.config()};
}

/// An authority, and a connection that trusts it.
struct Certified {
  TemporaryDirectory directory;
  Authority authority{directory.path(), "Tea House"};
  Scene scene;

  Certified() {
    scene.settings.servers.front().encryption = client::Encryption::always;
    scene.settings.servers.front().trust.ca_file = authority.file();
  }

  void go_to(const Address& address) { scene.settings.servers.front().port = address.port; }

  /// Why the first attempt is the last.
  std::string refusal() {
    scene.server.run([&]() -> boost::asio::awaitable<void> {
      scene.open();
      co_await scene.told.until_closed();
    });
    REQUIRE(scene.told.notes.size() == 1);
    CHECK(scene.told.ending == client::Ending::closed);
    return scene.told.notes.back();
  }

  /// What is told of a server that says this instead of going on with TLS.
  std::string answer_to(std::string answer, bool closes) {
    scene.server.run([&]() -> boost::asio::awaitable<void> {
      scene.open();
      Peer peer = co_await scene.server.accept();
      co_await peer.take_bytes();
      co_await peer.send_bytes(answer);
      if (closes) peer.close();
      co_await scene.told.until_closed();
    });
    return scene.told.notes.back();
  }
};

/// Whoever is on this side of a certificate gets in, and out again.
inline void gets_in(Scene& scene) {
  scene.server.run([&]() -> boost::asio::awaitable<void> {
    scene.open();
    co_await scene.told.until("ready");
    REQUIRE(scene.connection->tls() != nullptr);
    CHECK(scene.connection->tls()->version() == "TLSv1.3");
    CHECK(scene.connection->may_carry_secrets());
    scene.say(std::string(3000, 'x'));
    co_await scene.told.until("alice: " + std::string(3000, 'x'));
    scene.connection->quit();
    co_await scene.told.until_closed();
    CHECK(scene.told.ending == client::Ending::asked);
  });
}

}  // namespace hubbub::test
