#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// Hundreds of connections that mean no good, while a pair of people chats.
namespace hubbub::test {
namespace {

using Clock = std::chrono::steady_clock;

/// The test and the daemon, which inherits it, get as many descriptors as the system allows.
void allow_many_descriptors() {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_cur > 1500);
}

/// Two in a room of their own.
class Pair {
 public:
  explicit Pair(const Address& address)
      : one_(member(address, "one", "den")), other_(member(address, "other", "den")) {}

  /// A word from one to the other, and one back. Returns how long it took.
  std::chrono::milliseconds exchange() {
    const auto start = Clock::now();
    pass(one_, other_);
    pass(other_, one_);
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  }

  JsonClient& one() { return one_; }

 private:
  void pass(JsonClient& from, JsonClient& to) {
    const std::string word = "word " + std::to_string(++words_);
    from.send({{"type", "say"}, {"room", "den"}, {"text", word}});
    while (text_of(to.expect("message"), "text") != word) {
    }
  }

  JsonClient one_;
  JsonClient other_;
  int words_ = 0;
};

using Sockets = std::vector<Socket>;

/// Opens connections that send this and then nothing more.
Sockets open_many(const Address& address, std::size_t count, std::string_view first_bytes) {
  Sockets sockets;
  while (sockets.size() < count) {
    sockets.emplace_back(address);
    sockets.back().send(first_bytes);
  }
  return sockets;
}

/// Drops those that the server has closed; what it has said to them is read and forgotten. Waits a
/// little for something to happen.
void drop_closed(Sockets& sockets) {
  std::vector<pollfd> polled;
  for (const auto& socket : sockets) polled.push_back({socket.descriptor(), POLLIN, 0});
  ::poll(polled.data(), polled.size(), 10);
  std::size_t at = 0;
  std::erase_if(sockets, [&](const Socket& socket) {
    return polled[at++].revents != 0 && socket.receive().value_or("x").empty();
  });
}

/// How many there are whom the server has answered anything.
std::size_t count_answered(const Sockets& sockets) {
  return static_cast<std::size_t>(std::count_if(sockets.begin(), sockets.end(), [](const Socket& socket) {
    const auto bytes = socket.receive(std::chrono::milliseconds(0));
    return bytes && !bytes->empty();
  }));
}

constexpr auto for_crowds = R"(
  [limits]
  connections = 2000
  connections_per_address = 0
  messages_per_second = 0
  presence_members = 10
)";

}  // namespace

TEST_CASE("500 silent and 500 trickling connections are closed in time while a pair chats") {
  allow_many_descriptors();
  const Daemon daemon({.config = std::string(for_crowds) + R"(
    [timeouts]
    sniff = "100ms"
    hello = "3s"
    idle = "4s"
    idle_text = "4s"
  )"});
  Pair pair(daemon.address());
  Sockets silent = open_many(daemon.address(), 500, "");
  Sockets trickling = open_many(daemon.address(), 250, "{");
  for (auto& typist : open_many(daemon.address(), 250, "x")) trickling.push_back(std::move(typist));

  std::chrono::milliseconds slowest{0};
  const Deadline deadline(patience);
  auto last_drop = Clock::now();
  while (!(silent.empty() && trickling.empty()) && deadline.left() > 0) {
    slowest = std::max(slowest, pair.exchange());
    if (Clock::now() - last_drop > std::chrono::milliseconds(300)) {
      last_drop = Clock::now();
      for (const auto& socket : trickling) socket.send_some(" ");
    }
    drop_closed(silent);
    drop_closed(trickling);
  }
  CHECK(silent.empty());
  CHECK(trickling.empty());
  CHECK(slowest < std::chrono::seconds(2));
  pair.exchange();
}

TEST_CASE("200 connections where 64 descriptors are") {
  allow_many_descriptors();
  const Daemon daemon({.config = std::string(for_crowds) + "[timeouts]\nsniff = \"1h\"\nping = \"500ms\"\n",
                       .descriptors = 64});
  Pair pair(daemon.address());
  Sockets crowd = open_many(daemon.address(), 200, "{\"type\":\"ping\"}\n");
  pair.exchange();

  SECTION("those who are in keep chatting and the processor is idle meanwhile") {
    const auto start = Clock::now();
    const auto used = daemon.cpu_time();
    // The server's own questions are the clock: two of them, 500 ms apart.
    for (int i = 0; i < 2; ++i) {
      pair.exchange();
      pair.one().expect("ping");
    }
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    CHECK(daemon.cpu_time() - used < elapsed / 4);
    CHECK(count_answered(crowd) > 20);
  }
  SECTION("it accepts again when some leave") {
    crowd.clear();
    std::vector<JsonClient> late;
    const Deadline deadline(patience);
    while (late.size() < 20 && deadline.left() > 0) {
      JsonClient client(daemon.address());
      client.send({{"type", "hello"}, {"version", 1}});
      // One who comes before the daemon has seen the others go is turned away, and comes again.
      if (text_of(client.next(), "type") == "welcome") late.push_back(std::move(client));
    }
    CHECK(late.size() == 20);
    pair.exchange();
  }
}

TEST_CASE("one who is turned away for want of descriptors is told so") {
  const Daemon daemon({.config = for_crowds, .descriptors = 24});
  std::vector<JsonClient> members;
  // As many as fit: the first one that does not is sent off with the reason.
  for (int i = 0; i < 24; ++i) {
    JsonClient client(daemon.address());
    client.send({{"type", "hello"}, {"version", 1}});
    const auto line = client.read_line();
    if (!line || line->find("welcome") == std::string::npos) {
      REQUIRE(line.has_value());
      CHECK(line->find("too_many_connections") != std::string::npos);
      return;
    }
    members.push_back(std::move(client));
  }
  FAIL("more connections than descriptors");
}

}  // namespace hubbub::test
