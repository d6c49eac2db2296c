// The journal on a disk that is full, that fails, and that takes its time.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/journal/sqlite/writer.hpp"
#include "test/journal/disk.hpp"
#include "test/journal/late.hpp"
#include "test/journal/remains.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal {
namespace {

using Texts = std::vector<std::string>;

/// An engine that works while its loop goes on, as in the daemon.
class Engine {
 public:
  explicit Engine(const std::filesystem::path& directory)
      : journal_(make_journal({.engine = "sqlite", .directory = directory.string()}, {.wall = now_}, loop_)
                     .value()) {
    journal_->on_commit([this](std::span<const Committed> batch) {
      sizes.push_back(batch.size());
      for (const auto& committed : batch) {
        if (committed.outcome == Outcome::stored) stored.push_back(committed.message->text);
        if (committed.outcome == Outcome::failed) failed.push_back(committed.ticket);
        last = committed;
        ++answered_;
      }
    });
  }
  ~Engine() {
    try {
      stop();
    } catch (const std::exception& error) {
      WARN(error.what());
    }
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Journal& journal() { return *journal_; }

  std::uint64_t append(const std::string& text) {
    journal_->append({.room = "lobby",
                      .sender = "alice",
                      .message = {.room = "lobby",
                                  .to = {},
                                  .time = now_,
                                  .from = "alice",
                                  .text = text,
                                  .id = "id " + text.substr(0, 40)},
                      .ticket = ++tickets_});
    return tickets_;
  }
  void commit() { journal_->commit({.wall = now_}); }
  /// Until every draft has been answered.
  void settle() {
    commit();
    run_until([this] { return answered_ == tickets_; });
  }
  /// One message, and what becomes of it.
  Outcome say(const std::string& text) {
    append(text);
    settle();
    return last.outcome;
  }
  /// Says it again, once a second, until it is taken: what a sender does that was refused.
  void insist(const std::string& text) {
    for (int tries = 0; say(text) == Outcome::failed; ++tries) {
      if (tries == 10) throw std::runtime_error("writing has not resumed");
      later(std::chrono::seconds{1});
    }
  }
  Texts read() {
    std::optional<Texts> texts;
    journal_->read({.room = "lobby", .limit = 1'000'000}, [&](protocol::Result<Page> page) {
      texts.emplace();
      for (const auto& message : page.value().messages) texts->push_back(message->text);
    });
    run_until([&] { return texts.has_value(); });
    return *texts;
  }
  void stop() {
    bool done = std::exchange(stopped_, true);
    if (done) return;
    journal_->stop(now_, [&] { done = true; });
    run_until([&] { return done; });
  }
  /// The clock moves on.
  void later(std::chrono::milliseconds by) { now_ += by; }
  void run_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done()) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds{10});
      commit();  // the end of each turn
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the engine does not answer");
    }
  }
  /// The same with turns that end only when something has happened in them, as in the daemon.
  void run_while_something_happens(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done()) {
      loop_.restart();
      if (loop_.run_one_for(patience / 10) > 0) commit();
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the engine does not answer");
    }
  }

  Texts stored;
  std::vector<std::uint64_t> failed;
  std::vector<std::size_t> sizes;  ///< of what was delivered at a time
  Committed last;

 private:
  static constexpr std::chrono::seconds patience{20};

  protocol::Timestamp now_{std::chrono::hours{24 * 365 * 55}};
  boost::asio::io_context loop_{1};
  std::unique_ptr<Journal> journal_;
  std::uint64_t tickets_ = 0;
  std::uint64_t answered_ = 0;
  bool stopped_ = false;
};

/// A text of that many bytes that differs from the others.
std::string text_of(std::size_t size, int number) {
  auto text = std::to_string(number) + " ";
  text.resize(size, 'x');
  return text;
}

/// Lets the syncs go on, however the test ends.
struct Hold {
  explicit Hold(test::Disk& held) : disk(held) { disk.hold_syncs(); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() { disk.release_syncs(); }
  test::Disk& disk;
};

/// Whoever starts on this directory, and on what power cuts leave of it, finds all of `texts`.
void require_durable(const test::Disk& disk, const Texts& texts) {
  {
    Engine again(disk.directory());
    REQUIRE(again.read() == texts);
  }
  test::Remains remains(disk.records());
  const auto position = disk.position();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const test::TemporaryDirectory left;
    remains.write_to(left.path(), position, seed);
    Engine again(left.path());
    REQUIRE(again.read() == texts);
  }
}

}  // namespace

TEST_CASE("a full disk refuses what is said until there is room") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Texts stored;
  {
    Engine engine(directory.path());
    REQUIRE(engine.say("before") == Outcome::stored);
    disk.limit(disk.used() + 100'000);
    // A spare file may be given up for a while, but in the end nothing is left to give.
    int number = 0;
    int refused = 0;
    while (refused < 20 && number < 20'000)
      refused = engine.say(text_of(4000, ++number)) == Outcome::failed ? refused + 1 : 0;
    REQUIRE(refused == 20);
    CHECK(engine.stored.back() != text_of(4000, number));
    CHECK(engine.read() == engine.stored);

    disk.unlimit();
    engine.insist("after");
    REQUIRE(engine.say("and on") == Outcome::stored);
    CHECK(engine.read() == engine.stored);
    stored = engine.stored;
  }
  require_durable(disk, stored);
}

TEST_CASE("the operator is told of the spare room when it is used, once for a while") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  const protocol::Timestamp now{std::chrono::hours{24 * 365 * 55}};
  sqlite::Writer writer(directory.path().string(), {}, now);
  disk.limit(disk.used() + 100'000);
  std::size_t told = 0;
  std::size_t batches = 0;
  bool is_full = false;
  while (!is_full && ++batches < 1000) {
    std::vector<Draft> drafts;
    drafts.push_back({.room = "lobby",
                      .sender = "alice",
                      .message = {.room = "lobby",
                                  .to = {},
                                  .time = now,
                                  .from = "alice",
                                  .text = text_of(4000, static_cast<int>(batches)),
                                  .id = {}},
                      .ticket = batches});
    const auto written = writer.commit(std::move(drafts), now);
    is_full = written.batch.front().outcome == Outcome::failed;
    told += static_cast<std::size_t>(std::ranges::count_if(written.notices, [](const auto& notice) {
      return notice.what.find("spare room") != std::string::npos;
    }));
  }
  CHECK(is_full);
  CHECK(told == 1);
}

TEST_CASE("what a full disk has refused is new when it is said again") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Engine engine(directory.path());
  disk.limit(0);
  int number = 0;
  while (engine.say(text_of(4000, ++number)) == Outcome::stored && number < 20'000) {
  }
  REQUIRE(engine.last.outcome == Outcome::failed);
  disk.unlimit();
  engine.insist(text_of(4000, number));
  CHECK(engine.last.outcome == Outcome::stored);
  CHECK(engine.read() == engine.stored);
}

TEST_CASE("a failure reaches the drafts of its batch") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Engine engine(directory.path());
  REQUIRE(engine.say("before") == Outcome::stored);
  disk.fail_syncs(true);
  for (const auto* const text : {"a", "b", "c"}) engine.append(text);
  engine.settle();
  CHECK(engine.failed == std::vector<std::uint64_t>{2, 3, 4});
  CHECK(engine.read() == Texts{"before"});
}

TEST_CASE("a batch that has failed does not wait for one that is stored") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Engine engine(directory.path());
  REQUIRE(engine.say("before") == Outcome::stored);
  engine.later(std::chrono::milliseconds{500});
  disk.fail_syncs(true);
  REQUIRE(engine.say("breaks it") == Outcome::failed);
  engine.later(std::chrono::milliseconds{500});  // housekeeping is due, and done before "lost"
  REQUIRE(engine.say("is too early") == Outcome::failed);
  REQUIRE(engine.say("lost") == Outcome::failed);
  engine.append("fails");
  engine.commit();
  // Nobody can see when it has failed. Without being late there is nothing to go wrong.
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  disk.fail_syncs(false);
  engine.later(std::chrono::milliseconds{500});
  engine.append("opens it anew");
  engine.settle();
  CHECK(engine.stored == Texts{"before", "opens it anew"});
  CHECK(engine.failed == std::vector<std::uint64_t>{2, 3, 4, 5});
  CHECK(engine.sizes == std::vector<std::size_t>(6, 1));
}

TEST_CASE("a batch does not wait for long for one that the disk is slow with") {
  // Whether it waits at all is a matter of time, and so is when it ceases to: all there is to see is that
  // it comes while the other one is held.
  for (int tries = 0; tries < 20; ++tries) {
    const test::TemporaryDirectory directory;
    test::Disk disk(directory.path());
    Engine engine(directory.path());
    REQUIRE(engine.say("before") == Outcome::stored);
    engine.append("first");
    engine.commit();
    be_late_for(directory.path(), "first");
    const Hold hold(disk);
    engine.append("second");
    engine.run_until([&] { return engine.stored == Texts{"before", "first"}; });
    disk.wait_for_sync();
    CHECK(engine.stored == Texts{"before", "first"});
    disk.release_syncs();
    engine.settle();
    CHECK(engine.stored == Texts{"before", "first", "second"});
  }
}

TEST_CASE("a batch that waits is delivered in time, though nothing else happens") {
  for (int tries = 0; tries < 20; ++tries) {
    const test::TemporaryDirectory directory;
    test::Disk disk(directory.path());
    Engine engine(directory.path());
    REQUIRE(engine.say("before") == Outcome::stored);
    engine.append("first");
    engine.commit();
    be_late_for(directory.path(), "first");
    const Hold hold(disk);
    engine.append("second");
    engine.run_while_something_happens([&] { return engine.stored == Texts{"before", "first"}; });
    CHECK(engine.stored == Texts{"before", "first"});
    disk.release_syncs();
    engine.settle();
  }
}

TEST_CASE("a sync that fails acknowledges nothing, nor does anything after it while it lasts") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Texts stored;
  {
    Engine engine(directory.path());
    for (int i = 0; i < 20; ++i) REQUIRE(engine.say(text_of(500, i)) == Outcome::stored);
    disk.fail_syncs(true);
    for (int i = 20; i < 40; ++i) REQUIRE(engine.say(text_of(500, i)) == Outcome::failed);
    CHECK(disk.failed_syncs() > 0);
    CHECK(engine.read() == engine.stored);

    disk.fail_syncs(false);
    engine.insist("after");
    for (int i = 40; i < 50; ++i) REQUIRE(engine.say(text_of(500, i)) == Outcome::stored);
    CHECK(engine.read() == engine.stored);
    stored = engine.stored;

    // The power may be cut while it runs on, with what the failed sync was for still in doubt.
    const auto records = disk.records_so_far();
    test::Remains remains(records);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      CAPTURE(seed);
      const test::TemporaryDirectory left;
      remains.write_to(left.path(), records.size(), seed);
      Engine again(left.path());
      REQUIRE(again.read() == stored);
    }
  }
  require_durable(disk, stored);
}

TEST_CASE("a journal that was moved away under it is not begun anew") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Engine engine(directory.path());
  REQUIRE(engine.say("before") == Outcome::stored);
  const auto journal = directory.path() / "journal.sqlite3";
  std::filesystem::rename(journal, directory.path() / "moved");
  disk.fail_syncs(true);
  REQUIRE(engine.say("lost") == Outcome::failed);
  disk.fail_syncs(false);
  CHECK_THROWS(engine.insist("after"));
  CHECK_FALSE(std::filesystem::exists(journal));
  CHECK(engine.read() == Texts{"before"});
}

TEST_CASE("a sync that takes its time keeps nobody from reading") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Engine engine(directory.path());
  REQUIRE(engine.say("before") == Outcome::stored);
  const Hold hold(disk);
  engine.append("slow");
  engine.commit();
  disk.wait_for_sync();
  CHECK(engine.read() == Texts{"before"});
  CHECK(engine.stored == Texts{"before"});

  // What waits meanwhile is bounded.
  int number = 0;
  while (!engine.journal().full() && number < 100'000) engine.append(text_of(4000, ++number));
  CHECK(engine.journal().full());
  CHECK(engine.read() == Texts{"before"});

  disk.release_syncs();
  engine.settle();
  CHECK_FALSE(engine.journal().full());
  CHECK(engine.stored.size() == 2U + static_cast<std::size_t>(number));
  CHECK(engine.read() == engine.stored);
}

TEST_CASE("a fault that comes and goes takes nothing that was acknowledged") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  Texts stored;
  {
    Engine engine(directory.path());
    int number = 0;
    for (int round = 0; round < 10; ++round) {
      for (int i = 0; i < 10 + round; ++i) engine.say(text_of(300, ++number));
      if (round % 2 == 0) {
        disk.fail_syncs(true);
      } else {
        disk.limit(0);
      }
      for (int i = 0; i < 5; ++i) engine.say(text_of(6000, ++number));
      disk.fail_syncs(false);
      disk.unlimit();
      engine.insist(text_of(300, ++number));
      CHECK(engine.read() == engine.stored);
    }
    stored = engine.stored;
  }
  require_durable(disk, stored);
}

}  // namespace hubbub::journal
