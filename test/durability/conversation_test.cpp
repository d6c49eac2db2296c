#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/environment.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"

// Conversations while links are cut in the middle of lines and the daemon is killed.
namespace hubbub::test {
namespace {

constexpr const char* no_limits =
    "[limits]\nmessages_per_second = 0\nmessages_per_second_per_address = 0\nqueries_per_second = 0\n"
    "connects_per_second_per_address = 0\n";

/// One device of an account, which comes back by its token, and takes each message by its number.
class Device {
 public:
  Device(std::string token, std::string other) : token_(std::move(token)), other_(std::move(other)) {}

  /// A std::runtime_error if the link does not hold.
  void connect(const Address& address) {
    client_.reset();
    live_.clear();
    client_.emplace(address);
    const Event welcome = ask({{"type", "hello"}, {"version", 1}, {"token", token_}});
    if (text_of(welcome, "type") != "welcome") throw std::runtime_error("not let in");
    for (bool is_all = false; !is_all;) {
      const Event page = ask({{"type", "history"}, {"with", other_}, {"after", last()}, {"limit", 40}});
      for (const Event& message : list_of(page, "messages")) take(message);
      is_all = truth_of(page, "complete");
    }
  }
  bool is_connected() const { return client_.has_value(); }
  void drop() { client_.reset(); }
  JsonClient& client() { return *client_; }

  /// The answer; takes the messages that come before it.
  Event ask(Event request) {
    const std::string ref = "a" + std::to_string(++refs_);
    request["ref"] = ref;
    client_->send(request);
    return answer(ref);
  }
  Event answer(const std::string& ref) {
    while (true) {
      Event event = client_->next();
      if (has(event, "ref") && text_of(event, "ref") == ref) return event;
      hear(event);
    }
  }
  void hear(const Event& event) {
    if (text_of(event, "type") == "bye") throw std::runtime_error("the server goes");
    if (text_of(event, "type") != "message") return;
    // Nothing comes live twice over one connection.
    CHECK(live_.insert(number_of(event, "seq")).second);
    take(event);
  }
  void take(const Event& message) {
    const auto [known, is_new] = seen_.emplace(number_of(message, "seq"), text_of(message, "text"));
    CHECK(known->second == text_of(message, "text"));
  }
  std::uint64_t last() const { return seen_.empty() ? 0 : seen_.rbegin()->first; }
  const std::map<std::uint64_t, std::string>& seen() const { return seen_; }

 private:
  std::string token_;
  std::string other_;
  std::optional<JsonClient> client_;
  std::map<std::uint64_t, std::string> seen_;
  std::set<std::uint64_t> live_;  ///< over this connection
  int refs_ = 0;
};

struct Town {
  Town() {
    restart();
    JsonClient anna = member(daemon->address(), "anna");
    JsonClient bob = member(daemon->address(), "bob");
    const auto token = [](JsonClient& client) {
      return text_of(client.answer({{"type", "register"}, {"password", "correct horse"}}), "token");
    };
    const std::string annas = token(anna);
    const std::string bobs = token(bob);
    devices.emplace_back(annas, "bob");
    for (int i = 0; i < 2; ++i) devices.emplace_back(bobs, "anna");
  }

  void restart() {
    daemon.reset();
    daemon.emplace(DaemonOptions{.config = no_limits, .state_dir = state.path(), .engine = "sqlite"});
    if (proxy) {
      proxy->lead_to(daemon->address());
    } else {
      proxy.emplace(daemon->address());
    }
  }

  TemporaryDirectory state;
  std::optional<Daemon> daemon;
  std::optional<Proxy> proxy;
  std::vector<Device> devices;  ///< anna's, and two of bob's
};

/// Does it until the links hold.
template <class Work>
void insist(Town& town, Work work) {
  for (int tries = 0; tries < 50; ++tries) {
    try {
      for (Device& device : town.devices)
        if (!device.is_connected()) device.connect(town.proxy->address());
      return work();
    } catch (const std::runtime_error&) {
      for (Device& device : town.devices) device.drop();
    }
  }
  FAIL("the links never hold");
}

}  // namespace

// HUBBUB_ROUNDS chooses how many: HUBBUB_ROUNDS=100 test_durability "[conversations]"
TEST_CASE("each device has every private message once, whatever links and daemons do", "[conversations]") {
  Town town;
  std::minstd_rand random(static_cast<std::uint32_t>(number_from("HUBBUB_SEED", 1)));
  const auto below = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  std::map<std::string, std::uint64_t> acknowledged;  ///< by id
  std::uint64_t marker = 0;                           ///< acknowledged
  std::uint64_t wanted = 0;                           ///< the greatest marker that was asked for
  std::size_t said = 0;
  const auto rounds = number_from("HUBBUB_ROUNDS", 12);
  for (std::size_t round = 0; round < rounds; ++round) {
    CAPTURE(round);
    std::vector<std::string> open;
    for (std::size_t i = 0; i < 5 + below(20); ++i) open.push_back("m" + std::to_string(++said));
    const bool is_killed = below(3) == 0;
    insist(town, [] {});
    if (!is_killed) {
      town.proxy->cut_after(below(2) == 0 ? Proxy::Way::to_server : Proxy::Way::to_client, below(4000),
                            below(2) == 0 ? Proxy::Cut::finish : Proxy::Cut::reset);
    }
    bool was_killed = false;
    insist(town, [&] {
      Device& anna = town.devices[0];
      // In the same order, what has been acknowledged already included: it is answered with its number.
      for (const std::string& id : open) {
        anna.client().send(
            {{"type", "tell"}, {"to", "bob"}, {"text", "text of " + id}, {"id", id}, {"ref", id}});
      }
      if (is_killed && !std::exchange(was_killed, true)) {
        const std::size_t heard = below(open.size());
        for (std::size_t i = 0; i < heard; ++i) {
          const Event message = anna.answer(open[i]);
          acknowledged.emplace(open[i], number_of(message, "seq"));
          anna.take(message);
        }
        town.daemon->kill();
        town.restart();
        throw std::runtime_error("killed");
      }
      for (const std::string& id : open) {
        const Event message = anna.answer(id);
        CHECK(acknowledged.emplace(id, number_of(message, "seq")).first->second == number_of(message, "seq"));
        anna.take(message);
      }
    });
    insist(town, [&] {
      Device& bob = town.devices[1 + below(2)];
      const Event list = bob.ask({{"type", "conversations"}});
      const Event conversation = list_of(list, "conversations").at(0);
      const auto read = number_of(conversation, "read");
      CHECK(read >= marker);
      CHECK(read <= wanted);
      const auto unread = std::count_if(bob.seen().begin(), bob.seen().end(),
                                        [&](const auto& one) { return one.first > read; });
      CHECK(number_of(conversation, "unread") >=
            static_cast<std::uint64_t>(std::min<std::ptrdiff_t>(unread, 1)));
      auto next = bob.seen().begin();
      std::advance(next, below(bob.seen().size()));
      wanted = std::max(wanted, next->first);
      const Event told = bob.ask({{"type", "read"}, {"with", "anna"}, {"seq", next->first}});
      CHECK(number_of(told, "seq") >= std::max(marker, next->first));
      marker = number_of(told, "seq");
    });
    insist(town, [&] {
      for (Device& device : town.devices) device.ask({{"type", "ping"}});
    });
    std::map<std::uint64_t, std::string> expected;
    for (const auto& [id, seq] : acknowledged) expected.emplace(seq, "text of " + id);
    CHECK(expected.size() == said);
    for (const Device& device : town.devices) CHECK(device.seen() == expected);
    // Order is that of saying.
    std::string before;
    for (const auto& [seq, text] : expected) {
      CHECK((text.size() > before.size() || (text.size() == before.size() && text > before)));
      before = text;
    }
  }
}

// The same: HUBBUB_ROUNDS=50 test_durability "[accounts]"
TEST_CASE("what was acknowledged of accounts holds after every kill -9", "[accounts]") {
  struct Known {
    std::string password;
    std::optional<std::string> old;     ///< a password that was changed
    std::optional<std::string> wanted;  ///< one that was asked for, and not acknowledged
    std::string token;
    bool is_revoked = false;
    bool may_be_revoked = false;
  };
  const TemporaryDirectory state;
  std::minstd_rand random(static_cast<std::uint32_t>(number_from("HUBBUB_SEED", 1)));
  const auto below = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  std::map<std::string, Known> accounts;
  const auto rounds = number_from("HUBBUB_ROUNDS", 8);
  const std::string config = std::string("[accounts]\nhash_memory = \"1MiB\"\nhash_passes = 1\n") + no_limits;
  for (std::size_t round = 0; round < rounds; ++round) {
    CAPTURE(round);
    Daemon daemon({.config = config, .state_dir = state.path(), .engine = "sqlite"});
    const auto log_in = [&](Event by) {
      JsonClient client(daemon.address());
      by["type"] = "hello";
      by["version"] = 1;
      const Event answer = client.answer(by);
      return text_of(answer, "type") == "welcome" ? std::string() : text_of(answer, "code");
    };
    for (auto& [name, known] : accounts) {
      CAPTURE(name);
      const std::string by_token = log_in({{"token", known.token}});
      if (known.is_revoked) CHECK(by_token == "login_failed");
      if (!known.is_revoked && !known.may_be_revoked) CHECK(by_token.empty());
      known.is_revoked = !by_token.empty();  // either way it stays so
      known.may_be_revoked = false;
      if (known.old) CHECK(log_in({{"account", name}, {"password", *known.old}}) == "login_failed");
      const bool has_wanted =
          known.wanted && log_in({{"account", name}, {"password", *known.wanted}}).empty();
      if (has_wanted) known.old = std::exchange(known.password, *known.wanted);
      known.wanted.reset();
      CHECK(log_in({{"account", name}, {"password", known.password}}).empty());
    }
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string name = "n" + std::to_string(round) + "x" + std::to_string(i);
      JsonClient client = member(daemon.address(), name);
      const Event answer = client.answer({{"type", "register"}, {"password", "the word of " + name}});
      Known& known = accounts[name];
      known = {.password = "the word of " + name, .token = text_of(answer, "token")};
      const auto what = below(4);
      const std::string next = "another of " + name;
      if (what == 0) {
        CHECK(text_of(client.answer({{"type", "password"}, {"old", known.password}, {"new", next}}),
                      "type") == "done");
        known.old = std::exchange(known.password, next);
      } else if (what == 1) {
        CHECK(text_of(client.answer({{"type", "logout"}}), "type") == "logged_out");
        known.is_revoked = true;
      } else if (what == 2) {
        client.send({{"type", "logout"}});
        known.may_be_revoked = true;
      } else {
        client.send({{"type", "password"}, {"old", known.password}, {"new", next}});
        known.wanted = next;
      }
    }
    daemon.kill();
    // The newest ones are looked at first.
    while (accounts.size() > 8) accounts.erase(accounts.begin());
  }
}

}  // namespace hubbub::test
