#pragma once

#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/connection/connection.hpp"
#include "test/client/fake_server.hpp"
#include "test/client/recorder.hpp"

namespace hubbub::test {

/// A server in the test's hands, a connection to it and what that tells.
struct Scene {
  FakeServer server;
  Recorder told{server.io()};
  client::Settings settings;
  std::shared_ptr<client::Connection> connection;

  Scene() {
    settings.servers.push_back({.host = "127.0.0.1", .port = server.port()});
    settings.profile.name = "alice";
    settings.patience.first_retry = std::chrono::milliseconds(1);
    settings.patience.longest_retry = std::chrono::milliseconds(20);
    settings.seed = 1;
  }
  ~Scene() {
    if (connection) connection->stop();
    server.io().restart();
    server.io().poll();
  }

  void open() { connection = client::Connection::open(server.io().get_executor(), settings, told); }
  void say(const std::string& text) { connection->send(protocol::request::Say{"lobby", text, {}, false}); }

  /// A first link, into the lobby, where `last` was the last that was said.
  boost::asio::awaitable<Peer> enter(std::uint64_t last = 0) {
    open();
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    const std::string joined = "\"last\":" + std::to_string(last) + R"(,"history":[],"complete":true)";
    co_await peer.let_in(joined);
    co_await told.until("ready");
    co_return peer;
  }

  /// A first link, where `last` was the last that was said, and a second one, which has been welcomed.
  boost::asio::awaitable<Peer> come_back(std::uint64_t last = 0) {
    Peer first = co_await enter(last);
    first.close();
    Peer second = co_await server.accept();
    co_await second.welcome("alice");
    co_return second;
  }
};

/// As one string, because GCC 12 destroys a braced list twice when it stands in a coroutine.
inline std::string list(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

inline std::string reply(const boost::json::object& asked, const std::string& fields) {
  return "{\"ref\":" + boost::json::serialize(asked.at("ref")) + "," + fields + "}";
}

/// The fields of an answer to `history`, with such messages, separated by commas.
inline std::string history_page(const std::string& messages, bool complete) {
  return R"("type":"history","room":"lobby","messages":[)" + messages + R"(],"complete":)" +
         (complete ? "true" : "false");
}

}  // namespace hubbub::test
