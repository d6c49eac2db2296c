// Work beside the loop.
#include "server/ops/worker.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/support/catch.hpp"

namespace hubbub::ops {
namespace {

void run_until_done(boost::asio::io_context& loop, const Worker& worker) {
  const auto stays = boost::asio::make_work_guard(loop);
  loop.restart();
  while (worker.under_way() > 0) loop.run_one();
}

}  // namespace

TEST_CASE("work is done beside the loop and told of on it, in the order in which it was asked for") {
  boost::asio::io_context loop{1};
  Worker worker(loop);
  REQUIRE_FALSE(worker.begin());
  std::vector<std::size_t> told;
  // A place for each: while one is told, the next is under way.
  std::vector<std::thread::id> workers(100);
  for (std::size_t i = 0; i < workers.size(); ++i) {
    worker.run([&done_by = workers[i]] { done_by = std::this_thread::get_id(); },
               [&told, &done_by = workers[i], i] {
                 CHECK(done_by != std::thread::id());
                 told.push_back(i);
               });
  }
  CHECK(worker.under_way() == 100);
  run_until_done(loop, worker);
  REQUIRE(told.size() == 100);
  CHECK(std::is_sorted(told.begin(), told.end()));
  CHECK(workers.front() != std::this_thread::get_id());
  CHECK(std::count(workers.begin(), workers.end(), workers.front()) == 100);
}

TEST_CASE("who is told that work is done may ask for more") {
  for (const bool has_thread : {true, false}) {
    boost::asio::io_context loop{1};
    Worker worker(loop);
    if (has_thread) REQUIRE_FALSE(worker.begin());
    int rounds = 0;
    std::function<void()> again = [&] {
      if (++rounds < 50) worker.run([] {}, again);
    };
    worker.run([] {}, again);
    run_until_done(loop, worker);
    CHECK(rounds == 50);
  }
}

TEST_CASE("at its end a worker waits for what is under way, and drops the rest untold") {
  boost::asio::io_context loop{1};
  std::latch begun{1};
  int done = 0;
  bool told = false;
  const auto held = std::make_shared<int>(0);
  {
    Worker worker(loop);
    REQUIRE_FALSE(worker.begin());
    worker.run([&] { begun.count_down(), ++done; }, [&told, held] { told = true; });
    begun.wait();
    for (int i = 0; i < 3; ++i) worker.run([&] { ++done; }, [&told, held] { told = true; });
  }
  CHECK(done >= 1);
  CHECK(done <= 4);
  CHECK(held.use_count() == 1);
  loop.poll();
  CHECK_FALSE(told);
}

TEST_CASE("what the loop has not come to when the worker ends is dropped, too") {
  boost::asio::io_context loop{1};
  int calls = 0;
  {
    Worker worker(loop);
    worker.run([&] { ++calls; }, [&] { ++calls; });
    worker.run(nullptr, [&] { ++calls; });
  }
  loop.poll();
  CHECK(calls == 0);
}

TEST_CASE("without work there is only its end, on the loop") {
  boost::asio::io_context loop{1};
  Worker worker(loop);
  REQUIRE_FALSE(worker.begin());
  bool told = false;
  worker.run(nullptr, [&] { told = true; });
  CHECK_FALSE(told);
  run_until_done(loop, worker);
  CHECK(told);
}

TEST_CASE("without a thread the loop does the work, in a later handler") {
  boost::asio::io_context loop{1};
  Worker worker(loop);
  std::string order;
  worker.run([&] { order += 'w'; }, [&] { order += 'd'; });
  order += '-';
  run_until_done(loop, worker);
  CHECK(order == "-wd");
}

}  // namespace hubbub::ops
