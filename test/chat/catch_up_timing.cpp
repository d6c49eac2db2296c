// Whatever comes between what: a slow reader gets every message once, in order.
#include <random>
#include <string>

#include "test/chat/slow_journal.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;

/// Talk, commits, reads of the journal and a reader who stops and goes on, in an order drawn from a seed.
struct Chance : SlowHouse {
  Chance() : alice(enter("alice")), bob(enter("bob")) {
    settings.messages_burst = 0;
    turn();
    slow.slow_reads = true;
    alice->heard();
    bob->heard();
  }

  void step(std::mt19937& random) {
    switch (random() % 7) {
      case 0:
      case 1:
        alice->say("lobby", std::to_string(++said));
        break;
      case 2:
        hub.end_turn();
        break;
      case 3:
        slow.finish_commit();
        break;
      case 4:
        slow.finish_reads();
        break;
      case 5:
        if (random() % 8 == 0) bob->full = !bob->full;
        break;
      default:
        drain();
    }
  }
  /// Bob has taken what he was given.
  bool drain() const {
    if (bob->full || !std::exchange(bob->wants_drained, false)) return false;
    bob->session().go_on();
    return true;
  }
  void finish() {
    bob->full = false;
    do {
      turn();
      slow.finish_reads();
    } while (drain());
  }

  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;
  int said = 0;
};

}  // namespace

TEST_CASE("whatever comes between what, a slow reader gets every message once, in order") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Chance chance;
    std::mt19937 random(seed);
    for (int steps = 0; steps < 3000; ++steps) chance.step(random);
    chance.finish();
    Lines expected;
    for (int i = 1; i <= chance.said; ++i) expected.push_back("message lobby alice: " + std::to_string(i));
    Lines heard;
    for (auto& line : chance.bob->heard()) {
      if (line.starts_with("message")) heard.push_back(std::move(line));
    }
    REQUIRE(heard == expected);
  }
}

}  // namespace hubbub::chat
