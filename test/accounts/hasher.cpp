// Hashes of passwords, made and tried beside the loop.
#include "server/accounts/hasher.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "test/support/catch.hpp"

namespace hubbub::accounts {
namespace {

using protocol::Secret;
using Verdict = Hasher::Verdict;

constexpr Line::Time now{std::chrono::hours(1)};

struct Fixture {
  Hasher::Client client(const std::string& address = "192.0.2.7") {
    return {.address = address, .is_wanted = [this] { return is_wanted; }};
  }
  bool try_one(const std::string& password, const std::optional<PasswordHash>& hash,
               const std::string& address = "192.0.2.7") {
    return hasher.try_password(client(address), Secret(std::string(password)), hash,
                               [this](const Hasher::Tried& tried) { outcomes.push_back(tried); });
  }
  void run() {
    const auto stays = boost::asio::make_work_guard(loop);
    loop.restart();
    while (worker.under_way() > 0) loop.run_one();
  }

  boost::asio::io_context loop;
  ops::Worker worker{loop};
  Settings settings{.hash_memory = std::size_t{64} * 1024, .hash_passes = 1};
  Hasher hasher{worker, settings};
  bool is_wanted = true;
  std::vector<Hasher::Tried> outcomes;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a password is hashed and tried beside the loop") {
  REQUIRE_FALSE(worker.begin());
  std::optional<PasswordHash> made;
  CHECK(hasher.make(client(), Secret(std::string("correct horse")), [&](const auto& hash) { made = hash; }));
  CHECK_FALSE(made);
  run();
  REQUIRE(made);
  CHECK(try_one("correct horse", made));
  CHECK(try_one("wrong horse", made));
  run();
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].verdict == Verdict::right);
  CHECK_FALSE(outcomes[0].renewed);
  CHECK(outcomes[1].verdict == Verdict::wrong);
}

TEST_CASE_METHOD(Fixture, "without an account a password is wrong, and as much work") {
  const auto hash = hash_password("correct horse", settings.cost());
  settings.hash_memory = std::size_t{16} * 1024 * 1024;
  const auto dear = hash_password("correct horse", settings.cost());
  using Clock = std::chrono::steady_clock;
  const auto time_of = [&](const std::optional<PasswordHash>& one) {
    const auto began = Clock::now();
    CHECK(try_one("wrong horse", one));
    run();
    return Clock::now() - began;
  };
  // The shortest of some is the work itself.
  auto known = Clock::duration::max();
  auto unknown = Clock::duration::max();
  auto cheap = Clock::duration::max();
  for (int i = 0; i < 10; ++i) {
    known = std::min(known, time_of(dear));
    unknown = std::min(unknown, time_of(std::nullopt));
    cheap = std::min(cheap, time_of(hash));
  }
  CHECK(unknown > 3 * cheap);  // it is no matter of what else is done
  CHECK(unknown < 3 * known);
  CHECK(known < 3 * unknown);
  for (const auto& outcome : outcomes) CHECK(outcome.verdict == Verdict::wrong);
}

TEST_CASE_METHOD(Fixture, "a right password whose hash has another cost is hashed anew") {
  const auto hash = hash_password("correct horse", settings.cost());
  settings.hash_passes = 2;
  CHECK(try_one("correct horse", hash));
  CHECK(try_one("wrong horse", hash));
  run();
  REQUIRE(outcomes.size() == 2);
  REQUIRE(outcomes[0].renewed);
  CHECK(cost_of(*outcomes[0].renewed) == settings.cost());
  CHECK(is_password("correct horse", *outcomes[0].renewed));
  CHECK_FALSE(outcomes[1].renewed);
}

TEST_CASE_METHOD(Fixture, "a right password is right also where there is no memory to hash it anew") {
  const auto hash = hash_password("correct horse", settings.cost());
  settings.hash_memory = std::size_t{4} * 1024;  // less than Argon2 works with
  CHECK(try_one("correct horse", hash));
  run();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].verdict == Verdict::right);
  CHECK(outcomes[0].against == hash);
  CHECK_FALSE(outcomes[0].renewed);
}

TEST_CASE_METHOD(Fixture, "what is longer than any password is no password, and costs no more") {
  const auto hash = hash_password(std::string(longest_password, 'x'), settings.cost());
  CHECK(try_one(std::string(longest_password, 'x'), hash));
  CHECK(try_one(std::string(longest_password + 1, 'x'), hash));
  run();
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].verdict == Verdict::right);
  CHECK(outcomes[1].verdict == Verdict::wrong);
}

TEST_CASE_METHOD(Fixture, "unix sockets are one client") {
  const auto hash = hash_password("correct horse", settings.cost());
  CHECK(try_one("x", hash, ""));
  CHECK(try_one("x", hash, ""));
  CHECK(try_one("x", hash, ""));
  CHECK_FALSE(try_one("x", hash, ""));
  CHECK(try_one("x", hash, "192.0.2.1"));
  run();
}

TEST_CASE_METHOD(Fixture, "so many wait and no more, in all and of each address, and those know how long") {
  const auto hash = hash_password("correct horse", settings.cost());
  CHECK(try_one("x", hash, "192.0.2.1"));  // the worker has it
  CHECK(try_one("x", hash, "192.0.2.1"));
  CHECK(try_one("x", hash, "192.0.2.1"));
  CHECK_FALSE(try_one("x", hash, "192.0.2.1"));
  std::size_t taken = 3;
  for (int address = 0; address < 100; ++address)
    taken += try_one("x", hash, "198.51.100." + std::to_string(address)) ? 1 : 0;
  CHECK(taken == Hasher::most_waiting + 1);
  CHECK(hasher.waiting() == Hasher::most_waiting);
  run();
  CHECK(outcomes.size() == taken);
  const auto alone = hasher.wait("192.0.2.7", now);
  CHECK(try_one("x", hash, "192.0.2.1"));
  CHECK(try_one("x", hash, "192.0.2.1"));
  CHECK(try_one("x", hash, "192.0.2.1"));
  CHECK(hasher.wait("192.0.2.7", now) == 3 * alone);
  run();
  CHECK(try_one("correct horse", hash, "192.0.2.1"));
  run();
  CHECK(outcomes.back().verdict == Verdict::right);
}

TEST_CASE_METHOD(Fixture,
                 "what nobody waits for any more is not done, and an impossible cost is no verdict") {
  const auto hash = hash_password("correct horse", settings.cost());
  is_wanted = false;
  CHECK(try_one("correct horse", hash));
  run();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].verdict == Verdict::not_tried);
  is_wanted = true;
  CHECK(try_one("correct horse", hash, "192.0.2.1"));  // the worker has it
  CHECK(try_one("correct horse", hash, "192.0.2.2"));
  is_wanted = false;
  run();
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[1].verdict == Verdict::right);
  CHECK(outcomes[2].verdict == Verdict::not_tried);
  is_wanted = true;
  auto impossible = hash;
  impossible.memory_kib = 1;  // less than Argon2 works with
  CHECK(try_one("correct horse", impossible));
  run();
  CHECK(outcomes.back().verdict == Verdict::not_tried);
}

TEST_CASE_METHOD(Fixture, "who comes back when he was told to gets his turn, however many ask all the time") {
  const auto address = [](int number) { return "198.51.100." + std::to_string(number); };
  auto at = now;
  int tried = 0;
  const auto ask = [&](const std::string& who) {
    if (!hasher.takes(who, at)) return false;
    REQUIRE(try_one("wrong horse", {}, who));
    ++tried;
    return true;
  };
  const auto all_ask = [&] {
    for (int number = 0; number < 200; ++number) ask(address(number));
  };
  all_ask();
  CHECK(tried == static_cast<int>(Hasher::most_waiting) + 1);
  const std::string late = "203.0.113.9";
  CHECK_FALSE(ask(late));
  const auto wait = hasher.wait(late, at);
  // All of them ask again and again; a hash takes as long as was reckoned.
  const auto each = wait / 200;
  bool has_got_in = false;
  int before = 0;
  for (int done = 0; done < 400 && !has_got_in; ++done) {
    loop.restart();
    loop.poll_one();
    at += each;
    all_ask();
    before = tried;
    has_got_in = ask(late);
  }
  CHECK(has_got_in);
  CHECK(before <= 2 * 200);  // each of those before him has had a turn, and hardly anybody two
}

TEST_CASE("who does not come back loses his turn, and the line has an end") {
  Line line;
  line.join("a", now, std::chrono::milliseconds(100));
  line.join("b", now, std::chrono::milliseconds(5000));
  CHECK(line.ahead_of("a", now) == 0);
  CHECK(line.ahead_of("b", now) == 1);
  CHECK(line.ahead_of("c", now) == 2);
  line.join("b", now, std::chrono::milliseconds(1));
  CHECK(line.size() == 2);
  CHECK(line.ahead_of("b", now + std::chrono::milliseconds(2200)) == 0);
  line.leave("b");
  CHECK(line.size() == 0);
  for (std::size_t i = 0; i < 2 * Line::most; ++i) line.join(std::to_string(i), now, {});
  CHECK(line.size() == Line::most);
}

}  // namespace hubbub::accounts
