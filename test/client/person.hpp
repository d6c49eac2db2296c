#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "test/client/scene.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"

// People who talk over networks that fail, and what has really been said.
namespace hubbub::test {

using Texts = std::vector<std::string>;

/// `more`: further sections of the configuration.
inline DaemonOptions unlimited(const std::filesystem::path& state_dir = {}, const std::string& more = {}) {
  DaemonOptions options;
  options.config = "[limits]\nmessages_per_second = 0\n[history]\nengine = \"sqlite\"\n" + more;
  options.state_dir = state_dir;
  return options;
}

/// Somebody who comes back quickly.
struct Person {
  Recorder told;
  std::shared_ptr<client::Connection> connection;

  Person(Scene& scene, const Proxy& proxy, const std::string& name)
      : Person(scene, with_port(scene.settings, proxy.address().port), name) {}
  Person(Scene& scene, client::Settings settings, const std::string& name) : told(scene.server.io()) {
    settings.profile.name = name;
    settings.profile.replay = 0;
    connection = client::Connection::open(scene.server.io().get_executor(), settings, told);
  }
  ~Person() { connection->stop(); }

  static client::Settings with_port(client::Settings settings, std::uint16_t port) {
    settings.servers.front().port = port;
    return settings;
  }

  bool say(const std::string& text) {
    return connection->send(protocol::request::Say{"lobby", text, {}, false});
  }
  // No coroutines: GCC 12 destroys the functions twice when they stand in a co_await.
  boost::asio::awaitable<void> until_heard(const std::string& text) {
    return told.until_true(
        [this, text] { return std::find(told.said.rbegin(), told.said.rend(), text) != told.said.rend(); });
  }
  boost::asio::awaitable<void> until_all_is_said() {
    return told.until_true([this] { return connection->outstanding() == 0; });
  }
};

/// What the room's history has: what was really said, in its order.
inline Texts history(const Address& address) {
  JsonClient witness = member(address, "witness");
  Texts all;
  std::uint64_t after = 0;
  for (bool complete = false; !complete;) {
    const Event page =
        witness.answer({{"type", "history"}, {"room", "lobby"}, {"after", after}, {"limit", 500}});
    for (const Event& message : list_of(page, "messages")) {
      all.push_back(text_of(message, "text"));
      after = number_of(message, "seq");
    }
    complete = truth_of(page, "complete");
  }
  return all;
}

/// "alice 1", "alice 2" …: of what somebody said, each once and in order.
inline bool in_order(const Texts& all, const std::string& name, int count) {
  int expected = 0;
  for (const std::string& text : all) {
    if (text.starts_with(name + " ") && text != name + " " + std::to_string(++expected)) return false;
  }
  return expected == count;
}

}  // namespace hubbub::test
