// The rules of a connection that both clients live by.
#include <optional>
#include <string>
#include <vector>

#include "client/connection/feed.hpp"
#include "client/connection/keepalive.hpp"
#include "client/connection/outbox.hpp"
#include "client/connection/wake_watch.hpp"
#include "test/client/cases.hpp"

namespace hubbub::test {
namespace {

using client::Outbox;
using client::Pacer;
using protocol::Event;
namespace event = protocol::event;

// --- the outbox

Outbox::TimePoint moment(const Step& step, std::string_view field) {
  return Outbox::TimePoint(milliseconds(step.at(field)));
}

/// What is sent, of lines that end with a blank.
std::string lines_sent(Outbox& outbox, Outbox::TimePoint now) {
  std::string out;
  outbox.send(now, out);
  if (!out.empty()) out.pop_back();
  return out;
}

client::Outgoing outgoing(const Step& step) {
  const auto text = word(step, "text");
  const bool has_id = word(step, "kind") != "ask";
  return {.line = text + " ", .ref = text, .id = has_id ? text : "", .paced = has_id, .to = word(step, "to")};
}

void carry_out(Outbox& outbox, const Step& step, std::string_view what) {
  if (what == "push") return outbox.push(outgoing(step));
  if (what == "rewind") {
    return outbox.rewind(Pacer(step.at("rate").to_number<double>(), number(step, "burst")));
  }
  if (what == "size") {
    CHECK(outbox.size() == number(step, "is"));
    return;
  }
  const auto now = moment(step, "at");
  if (what == "send") {
    CHECK(lines_sent(outbox, now) == word(step, "sent"));
  } else if (what == "next") {
    const auto next = step.at("is").is_null() ? std::nullopt : std::optional(moment(step, "is"));
    CHECK(outbox.next(now) == next);
  } else if (what == "answered") {
    CHECK(outbox.answered(word(step, "ref"), now) == flag(step, "is"));
  } else if (what == "came back") {
    CHECK(outbox.came_back(word(step, "id"), now) == flag(step, "is"));
  } else if (what == "refused") {
    CHECK(outbox.refused(word(step, "ref"), moment(step, "until"), now) == flag(step, "is"));
  } else {
    REQUIRE(what == "put off");
    CHECK(outbox.put_off(word(step, "ref"), moment(step, "when"), now) == flag(step, "is"));
  }
}

// --- what was missed

using Numbers = std::vector<std::uint64_t>;

protocol::MessagePtr numbered(std::uint64_t seq) {
  protocol::Message made;
  made.room = "lobby";
  made.from = "bob";
  made.seq = seq;
  return std::make_shared<const protocol::Message>(std::move(made));
}

std::vector<protocol::MessagePtr> numbered(const Numbers& all) {
  std::vector<protocol::MessagePtr> messages;
  for (const auto seq : all) messages.push_back(numbered(seq));
  return messages;
}

Numbers numbers_of(const std::vector<protocol::MessagePtr>& messages) {
  Numbers all;
  for (const auto& message : messages) all.push_back(message->seq);
  return all;
}

std::vector<event::Changed> changes(const Numbers& all) {
  std::vector<event::Changed> made;
  for (const auto number : all)
    made.emplace_back(event::Edited{.room = "lobby", .seq = 1, .change = number, .text = "x"});
  return made;
}

Numbers numbers_of(const std::vector<event::Changed>& all) {
  Numbers numbers;
  for (const auto& change : all) numbers.push_back(client::number_of(change));
  return numbers;
}

/// Of events that were held: an entry with its history, and messages behind it.
Numbers numbers_of(const std::vector<Event>& events) {
  Numbers all;
  for (const auto& each : events) {
    if (const auto* const joined = std::get_if<event::Joined>(&each.body)) {
      for (const auto seq : numbers_of(joined->history)) all.push_back(seq);
    } else {
      all.push_back(std::get<protocol::MessagePtr>(each.body)->seq);
    }
  }
  return all;
}

void carry_out(client::Feed& feed, const Step& step, std::string_view what) {
  const auto told = values<std::uint64_t>(step, "told");
  const auto changed = values<std::uint64_t>(step, "changed");
  if (what == "joined") {
    event::Joined joined;
    joined.room = "lobby";
    joined.last = number(step, "last");
    joined.epoch = word(step, "epoch");
    joined.history = numbered(values<std::uint64_t>(step, "history"));
    joined.changes = changes(values<std::uint64_t>(step, "changes"));
    joined.complete = flag(step, "complete");
    Event entry{std::move(joined), {}};
    const bool has_gap = feed.resume(entry);
    CHECK(has_gap == flag(step, "gap"));
    if (has_gap) return;
    CHECK(numbers_of(std::get<event::Joined>(entry.body).history) == told);
    CHECK(numbers_of(std::get<event::Joined>(entry.body).changes) == changed);
  } else if (what == "live") {
    CHECK(feed.take(*numbered(number(step, "seq"))) == flag(step, "new"));
  } else if (what == "change") {
    feed.take(changes({number(step, "seq")}).front());
  } else if (what == "asks") {
    CHECK(feed.read() == number(step, "is"));
  } else if (what == "hold") {
    feed.hold({numbered(number(step, "seq")), {}});
  } else if (what == "forget") {
    feed.forget_held();
  } else if (what == "seen") {
    CHECK(feed.seen() == number(step, "is"));
  } else if (what == "page") {
    event::History page;
    page.room = "lobby";
    page.messages = numbered(values<std::uint64_t>(step, "messages"));
    page.changes = changes(values<std::uint64_t>(step, "changes"));
    if (step.contains("next")) page.next = number(step, "next");
    page.complete = flag(step, "complete");
    CHECK(feed.page(page) == flag(step, "more"));
    CHECK(numbers_of(page.messages) == told);
    CHECK(numbers_of(page.changes) == changed);
  } else {
    REQUIRE(what == "release");
    CHECK(numbers_of(feed.release()) == told);
  }
}

}  // namespace

TEST_CASE("both clients wait before they connect again as the cases say") {
  const auto seed = GENERATE(1U, 2U, 3U);
  each_case("backoff", [&](const Case& one) {
    client::Backoff backoff(milliseconds(one.at("first")), milliseconds(one.at("most")), seed);
    for (const auto& step : one.at("waits").as_array()) {
      if (step.is_null()) {
        backoff.reset();
        continue;
      }
      const auto wait = backoff.next();
      CHECK(wait >= milliseconds(step) / 2);
      CHECK(wait <= milliseconds(step));
    }
  });
}

TEST_CASE("both clients notice that they were away as the cases say") {
  each_case("absence", [](const Case& one) {
    client::Absence absence(milliseconds(one.at("period")), milliseconds(one.at("tolerance")),
                            milliseconds(one.at("begin")));
    each_step(one, [&](const Step& step, std::string_view /*what*/) {
      CHECK(absence.look(milliseconds(step.at("at"))) == flag(step, "away"));
      CHECK(absence.due() == milliseconds(step.at("due")));
    });
  });
}

TEST_CASE("both clients send what has no answer as the cases say") {
  each_case("outbox", [](const Case& one) {
    Outbox outbox;
    each_step(one, [&](const Step& step, std::string_view what) { carry_out(outbox, step, what); });
  });
}

TEST_CASE("both clients catch up with a room as the cases say") {
  each_case("resume", [](const Case& one) {
    const auto& fields = one.as_object();
    client::Feed feed("lobby", number(fields, "seen"), word(fields, "epoch"));
    each_step(one, [&](const Step& step, std::string_view what) { carry_out(feed, step, what); });
  });
}

}  // namespace hubbub::test
