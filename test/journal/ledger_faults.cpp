// What the writer's ledger believes after something that it could not write.
#include <chrono>
#include <string>
#include <vector>

#include "server/journal/sqlite/ledger.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/disk.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal::sqlite {
namespace {

using namespace std::chrono_literals;
using protocol::Timestamp;

constexpr Timestamp now{std::chrono::hours{24 * 365 * 55}};

struct Scene {
  Scene() {
    ledger.load_rooms(now, [](const Ledger::Record&) {});
  }

  void say(int messages) {
    std::vector<Draft> drafts;
    for (int i = 0; i < messages; ++i) {
      drafts.push_back(
          {.room = "lobby",
           .sender = "alice",
           .message = {.room = "lobby", .time = now, .from = "alice", .text = std::to_string(i)}});
    }
    ledger.commit(drafts, now);
  }
  std::int64_t number(const std::string& sql) const {
    return Database(path, Database::Access::read).number(sql);
  }

  const test::TemporaryDirectory directory;
  test::Disk disk{directory.path()};
  const std::string path = journal_file(directory.path().string());
  Ledger ledger{path, {.engine = "sqlite"}, 0, now};
};

}  // namespace

TEST_CASE("a retention that could not be noted is noted the next time") {
  Scene scene;
  scene.say(10);
  scene.disk.limit(scene.disk.used());
  const Retention retention{.messages = 5, .age = 1h};
  CHECK_THROWS_AS(scene.ledger.keep({.in_force = retention}), DatabaseError);
  CHECK(scene.ledger.standing().in_force == Retention{});
  scene.disk.unlimit();
  scene.ledger.keep({.in_force = retention});
  CHECK(scene.ledger.standing().in_force == retention);
  CHECK(scene.number("SELECT value FROM meta WHERE key = 'keep_messages'") == 5);
  CHECK(scene.number("SELECT value FROM meta WHERE key = 'keep_age'") == 3'600'000);
}

TEST_CASE(
    "a change and a note for the audit that could not be stored leave nothing, and are stored the next "
    "time") {
  Scene scene;
  scene.say(3);
  const auto seq = static_cast<std::uint64_t>(scene.number("SELECT min(seq) FROM message"));
  const auto drafts = [&] {
    std::vector<Draft> batch;
    batch.push_back({.room = "lobby",
                     .change = std::make_shared<const ChangeRecord>(
                         ChangeRecord{.what = protocol::Change::What::deleted, .seqs = {seq}, .by = "mod"}),
                     .audit = std::make_shared<const AuditEntry>(AuditEntry{.at = now, .action = "delete"})});
    return batch;
  };
  scene.disk.limit(scene.disk.used());
  auto batch = drafts();
  CHECK_THROWS_AS(scene.ledger.commit(batch, now), DatabaseError);
  CHECK_FALSE(scene.ledger.is_to_scrub());
  CHECK(scene.number("SELECT count(*) FROM change") == 0);
  CHECK(scene.number("SELECT count(*) FROM audit") == 0);
  CHECK(scene.number("SELECT count(*) FROM message WHERE text = ''") == 0);
  scene.disk.unlimit();
  batch = drafts();
  const auto stored = scene.ledger.commit(batch, now);
  REQUIRE(stored.size() == 1);
  CHECK(stored[0].change->seqs == std::vector<std::uint64_t>{seq});
  CHECK(scene.number("SELECT count(*) FROM audit WHERE seq = (SELECT number FROM change)") == 1);
  CHECK(scene.number("SELECT changed FROM room") == static_cast<std::int64_t>(stored[0].change->number));
  CHECK(scene.ledger.is_to_scrub());
  // While the index may have the text, or somebody reads, it is too early.
  CHECK(scene.ledger.scrub(1000) == Ledger::Scrubbed::later);
  scene.ledger.forget_all_former();
  {
    Database reader(scene.path, Database::Access::read);
    const Snapshot snapshot(reader);
    reader.number("SELECT count(*) FROM message");
    scene.say(1);
    CHECK(scene.ledger.scrub(1000) == Ledger::Scrubbed::later);
  }
  CHECK(scene.ledger.scrub(2) == Ledger::Scrubbed::some);
  CHECK(scene.ledger.scrub(1000) == Ledger::Scrubbed::all);
  CHECK_FALSE(scene.ledger.is_to_scrub());
  CHECK(scene.number("SELECT count(*) FROM meta WHERE key = 'scrub'") == 0);
}

TEST_CASE("a sweep that could not be written is done again, all of it") {
  Scene scene;
  scene.say(10);
  scene.ledger.keep({.in_force = {.messages = 5}});
  scene.disk.limit(scene.disk.used());
  CHECK_THROWS_AS(scene.ledger.sweep(now, now), DatabaseError);
  CHECK(scene.number("SELECT count(*) FROM message") == 10);
  scene.disk.unlimit();
  CHECK(scene.ledger.sweep(now, now).drops.surplus == 5);
  CHECK(scene.number("SELECT count(*) FROM message") == 5);
  CHECK(scene.ledger.known_age() == now);
  CHECK(scene.number("SELECT value FROM meta WHERE key = 'aged'") == now.time_since_epoch().count());
}

}  // namespace hubbub::journal::sqlite
