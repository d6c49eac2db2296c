#include "client/connection/outbox.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Outbox;
using hubbub::client::Outgoing;
using hubbub::client::Pacer;
using namespace std::chrono_literals;

namespace {

const Outbox::TimePoint outbox_start{};

/// A say: its text is its line, its ref and its id.
Outgoing say(const std::string& text) { return {text + " ", text, text, true}; }
/// A request without an id.
Outgoing ask(const std::string& text) { return {text + " ", text, "", false}; }

std::string sent(Outbox& outbox, Outbox::TimePoint now = outbox_start) {
  std::string out;
  outbox.send(now, out);
  return out;
}

}  // namespace

TEST_CASE("only so many are under way at once") {
  Outbox outbox;
  for (std::size_t number = 0; number < Outbox::window + 1; ++number)
    outbox.push(say(std::to_string(number)));
  sent(outbox);
  CHECK(sent(outbox).empty());
  outbox.answered("0", outbox_start);
  CHECK(sent(outbox) == std::to_string(Outbox::window) + " ");
}

TEST_CASE("what went out over an earlier link may have been done, also before it goes again") {
  Outbox outbox;
  for (const auto* text : {"a", "b", "c"}) outbox.push(say(text));
  outbox.rewind(Pacer(1, 2));
  CHECK(outbox.perhaps_done() == 0);
  CHECK(sent(outbox) == "a b ");
  outbox.rewind(Pacer(1, 1));
  CHECK(outbox.perhaps_done() == 2);
  outbox.came_back("a", outbox_start);
  CHECK(outbox.perhaps_done() == 1);
}

TEST_CASE("what is paced holds up what comes after it") {
  Outbox outbox;
  outbox.rewind(Pacer(10, 1));
  outbox.push(say("a"));
  outbox.push(say("b"));
  outbox.push(ask("who"));
  CHECK(sent(outbox) == "a ");
  CHECK_FALSE(outbox.next(outbox_start));
  outbox.answered("a", outbox_start);
  const auto next = outbox.next(outbox_start);
  REQUIRE(next);
  CHECK(sent(outbox, *next) == "b who ");
}

TEST_CASE("it says when it is full, by number or by bytes") {
  Outbox outbox;
  const std::string text(GENERATE(std::size_t{1}, std::size_t{4000}), 'x');
  std::size_t count = 0;
  for (; !outbox.full(); ++count) outbox.push({text, std::to_string(count), "", false});
  CHECK(count == (text.size() == 1 ? Outbox::most_requests : (Outbox::most_bytes + 3999) / 4000));
  sent(outbox);
  outbox.answered("0", outbox_start);
  CHECK_FALSE(outbox.full());
}
