// Jobs of many clients for one worker.
#include "server/ops/work_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "test/support/catch.hpp"

namespace hubbub::ops {
namespace {

using Names = std::vector<std::string>;

struct Fixture {
  explicit Fixture(const WorkQueue::Limits& limits = {}) : queue(worker, limits) {}

  bool push(const std::string& client, const std::string& name) {
    return queue.push(client, {.is_wanted = [this] { return is_wanted; },
                               .work = [this, name] { worked.push_back(name); },
                               .done = [this, name] { done.push_back(name); }});
  }
  void run() {
    loop.restart();
    loop.poll();
  }

  boost::asio::io_context loop;
  Worker worker{loop};
  WorkQueue queue;
  bool is_wanted = true;
  Names worked;
  Names done;
};

}  // namespace

TEST_CASE("clients are served by turns, and the jobs of each in their order") {
  Fixture with;
  for (const auto* const name : {"a1", "a2", "a3", "a4", "a5"}) CHECK(with.push("a", name));
  CHECK(with.push("b", "b1"));
  CHECK(with.push("b", "b2"));
  CHECK(with.push("", "nobody's"));
  CHECK(with.worked.empty());
  CHECK(with.worker.under_way() == 2);
  CHECK(with.queue.waiting() == 6);
  with.run();
  CHECK(with.worked == Names{"a1", "a2", "b1", "nobody's", "a3", "b2", "a4", "a5"});
  CHECK(with.done == with.worked);
  CHECK(with.queue.waiting() == 0);
}

TEST_CASE("a job that nobody wants any more when its turn comes is no work, and its end is told") {
  Fixture with;
  for (const auto* const name : {"1", "2", "3", "4"}) with.push("a", name);
  with.is_wanted = false;
  with.run();
  CHECK(with.worked == Names{"1", "2"});
  CHECK(with.done.size() == 4);
}

TEST_CASE("no more jobs wait than the limits allow, in all and of each client that has a name") {
  Fixture with({.waiting = 5, .waiting_of_client = 2, .under_way = 1});
  CHECK(with.push("a", "a1"));  // the worker has it
  CHECK(with.push("a", "a2"));
  CHECK(with.push("a", "a3"));
  CHECK_FALSE(with.push("a", "a4"));
  CHECK(with.push("", "1"));
  CHECK(with.push("", "2"));
  CHECK(with.push("", "3"));
  CHECK_FALSE(with.push("b", "b1"));
  with.run();
  CHECK(with.done.size() == 6);
  CHECK(with.push("b", "b1"));
  with.run();
  CHECK(with.done.back() == "b1");
}

TEST_CASE("whoever is told of the end of a job may push another") {
  Fixture with({.waiting = 1, .waiting_of_client = 1, .under_way = 1});
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds < 50)
      REQUIRE(with.queue.push("a", {.is_wanted = [] { return true; }, .work = [] {}, .done = again}));
  };
  again();
  with.run();
  CHECK(rounds == 50);
}

}  // namespace hubbub::ops
