#include "client/terminal/look_back.hpp"

#include <algorithm>

#include "client/model/item.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"

namespace hubbub::client::terminal {
namespace {

namespace event = protocol::event;
namespace request = protocol::request;

request::History asked(std::uint64_t limit) {
  return {.room = "lobby", .before = {}, .after = {}, .limit = limit, .search = {}};
}

bool everybody(const protocol::Message&) { return true; }

/// A room in which so many messages were said, numbered from 1; the server gives at most 100 at once.
struct Past {
  std::uint64_t last;

  event::History page(const request::History& wanted) const {
    const std::uint64_t end = wanted.before.value_or(last + 1);
    const std::uint64_t count = std::min({*wanted.limit, end - 1, std::uint64_t{100}});
    event::History page{wanted.room, {}, end - count == 1};
    for (std::uint64_t seq = end - count; seq < end; ++seq)
      page.messages.push_back(test::message("lobby", seq % 2 == 0 ? "bob" : "eve", "", seq));
    return page;
  }
  event::History all(LookBack look) const {
    while (!look.add(page(look.next()))) {
    }
    return look.take();
  }
};

}  // namespace

TEST_CASE("a long history comes page by page, and the oldest message first") {
  const event::History all = Past{1000}.all({asked(250), everybody});
  REQUIRE(all.messages.size() == 250);
  for (std::size_t at = 0; at < 250; ++at) CHECK(all.messages[at]->seq == 751 + at);
  CHECK_FALSE(all.complete);
}

TEST_CASE("a history ends where the room does, and has a bound") {
  CHECK(Past{1000}.all({asked(5000), everybody}).messages.size() == 1000);
  CHECK(Past{1000}.all({asked(5000), everybody}).complete);
  CHECK(Past{2 * most_past}.all({asked(2 * most_past), everybody}).messages.size() == most_past);
  LookBack look(asked(10), everybody);
  CHECK(look.add({"lobby", {}, false}));
}

TEST_CASE("messages that are not shown do not count") {
  const auto not_eve = [](const protocol::Message& message) { return message.from != "eve"; };
  const event::History all = Past{1000}.all({asked(250), not_eve});
  CHECK(all.messages.size() == 250);
  CHECK(all.messages.front()->seq == 502);
}

}  // namespace hubbub::client::terminal
