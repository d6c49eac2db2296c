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
/// A say to one person.
Outgoing tell(const std::string& text, const std::string& to) { return {text + " ", text, text, true, to}; }
/// A request without an id.
Outgoing ask(const std::string& text) { return {text + " ", text, "", false}; }

std::string sent(Outbox& outbox, Outbox::TimePoint now = outbox_start) {
  std::string out;
  outbox.send(now, out);
  return out;
}

}  // namespace

TEST_CASE("requests go out in order, each once, and leave when they are answered") {
  Outbox outbox;
  outbox.push(say("a"));
  outbox.push(say("b"));
  CHECK(sent(outbox) == "a b ");
  CHECK(sent(outbox).empty());
  CHECK(outbox.answered("a", outbox_start));
  CHECK_FALSE(outbox.answered("a", outbox_start));
  CHECK(outbox.size() == 1);
  CHECK(outbox.answered("b", outbox_start));
  CHECK(outbox.size() == 0);
}

TEST_CASE("an answer is one to the requests without an id before it, but not to the says") {
  Outbox outbox;
  for (const auto& request : {ask("who"), say("a"), ask("rooms"), say("b")}) outbox.push(request);
  sent(outbox);
  CHECK(outbox.answered("b", outbox_start));
  outbox.rewind(Pacer());
  CHECK(sent(outbox) == "a ");
}

TEST_CASE("after a broken link what was not answered goes again, in order") {
  Outbox outbox;
  for (const auto* text : {"a", "b", "c"}) outbox.push(say(text));
  sent(outbox);
  outbox.answered("a", outbox_start);
  outbox.push(say("d"));
  outbox.rewind(Pacer());
  CHECK(outbox.came_back("b", outbox_start));
  CHECK_FALSE(outbox.came_back("b", outbox_start));
  CHECK(sent(outbox) == "c d ");
}

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

TEST_CASE("a refused say goes again at its time, and nothing overtakes it") {
  Outbox outbox;
  for (const auto* text : {"a", "b", "c"}) outbox.push(say(text));
  sent(outbox);
  CHECK(outbox.refused("a", outbox_start + 1s, outbox_start));
  CHECK(outbox.refused("b", outbox_start + 1s, outbox_start));
  CHECK(outbox.refused("c", outbox_start + 2s, outbox_start));
  CHECK(outbox.next(outbox_start) == outbox_start + 2s);
  CHECK(sent(outbox, outbox_start + 1s).empty());
  CHECK(sent(outbox, outbox_start + 2s) == "a ");
  CHECK(sent(outbox, outbox_start + 2s).empty());
  outbox.answered("a", outbox_start + 2s);
  CHECK(sent(outbox, outbox_start + 2s) == "b ");
  outbox.answered("b", outbox_start + 2s);
  outbox.push(say("d"));
  CHECK(sent(outbox, outbox_start + 2s) == "c ");
  outbox.answered("c", outbox_start + 2s);
  CHECK(sent(outbox, outbox_start + 2s) == "d ");
}

TEST_CASE("what is put off goes again at its time, and holds up nothing, but only what was carried over") {
  Outbox outbox;
  for (const auto* text : {"a", "b"}) outbox.push(say(text));
  outbox.rewind(Pacer());
  outbox.push(say("c"));
  CHECK(sent(outbox) == "a b c ");
  CHECK(outbox.put_off("a", outbox_start + 1s, outbox_start));
  CHECK(outbox.put_off("b", outbox_start + 1s, outbox_start));
  CHECK_FALSE(outbox.put_off("c", outbox_start + 1s, outbox_start));
  CHECK_FALSE(outbox.put_off("nonesuch", outbox_start + 1s, outbox_start));
  outbox.push(say("d"));
  CHECK(sent(outbox) == "d ");
  CHECK(outbox.next(outbox_start) == outbox_start + 1s);
  CHECK(sent(outbox, outbox_start + 1s) == "a b ");
  CHECK(outbox.size() == 4);
}

TEST_CASE("what is for somebody for whom something is put off waits behind it, and nothing else does") {
  Outbox outbox;
  outbox.push(tell("a", "bob"));
  outbox.push(tell("b", "bob"));
  outbox.rewind(Pacer());
  CHECK(sent(outbox) == "a b ");
  for (const auto* text : {"a", "b"}) CHECK(outbox.put_off(text, outbox_start + 1s, outbox_start));
  outbox.push(tell("c", "bob"));
  outbox.push(tell("d", "carol"));
  CHECK(sent(outbox) == "d ");
  CHECK(outbox.next(outbox_start) == outbox_start + 1s);
  CHECK(sent(outbox, outbox_start + 1s) == "a ");
  CHECK_FALSE(outbox.next(outbox_start + 1s));  // but for the answer
  CHECK(outbox.put_off("a", outbox_start + 2s, outbox_start + 1s));
  CHECK(outbox.next(outbox_start + 1s) == outbox_start + 2s);
  CHECK(sent(outbox, outbox_start + 2s) == "a ");
  CHECK(outbox.answered("a", outbox_start + 2s));
  CHECK(sent(outbox, outbox_start + 2s) == "b ");
  CHECK(outbox.answered("b", outbox_start + 2s));
  CHECK(sent(outbox, outbox_start + 2s) == "c ");
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
