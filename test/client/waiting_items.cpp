#include "client/terminal/screen.hpp"

#include "test/client/news.hpp"
#include "test/support/catch.hpp"

namespace hubbub::client::terminal {
namespace {

Item item(std::size_t number) { return {test::noon, Notice{std::to_string(number)}}; }

std::string front(const std::vector<Item>& items) { return test::gist(items.front()); }

}  // namespace

TEST_CASE("of many that pass by the oldest are left out, and nothing else is") {
  WaitingItems waiting;
  waiting.add(item(0), false);
  for (std::size_t number = 1; number <= 2 * WaitingItems::most_passing; ++number)
    waiting.add(item(number), true);
  CHECK(waiting.take_left_out() == 0);
  waiting.leave_out(2);
  CHECK(waiting.take_left_out() == 2 * WaitingItems::most_passing - 2);
  CHECK(waiting.take_left_out() == 0);
  CHECK(test::gist(waiting.take()) == std::vector<std::string>{"notice 0", "notice 1999", "notice 2000"});
  CHECK(waiting.passing() == 0);
}

TEST_CASE("however much it is that waits, it is bounded") {
  WaitingItems waiting;
  for (std::size_t number = 0; number < WaitingItems::most + 7; ++number) waiting.add(item(number), false);
  CHECK(waiting.size() == WaitingItems::most);
  CHECK(waiting.take_left_out() == 7);
  CHECK(front(waiting.take()) == "notice 7");
  for (std::size_t number = 0; number < 5 * WaitingItems::most_passing; ++number)
    waiting.add(item(number), true);
  CHECK(waiting.passing() <= 2 * WaitingItems::most_passing);
  CHECK(waiting.size() == waiting.passing());
}

}  // namespace hubbub::client::terminal
