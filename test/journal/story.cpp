#include "test/journal/story.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

constexpr std::array room_keys{"lobby", "dev", "чай"};
constexpr const char* conversation = "@1-2";
constexpr std::array people{std::pair{"alice", "Alice"}, std::pair{"боб", "боб"}, std::pair{"小明", "小明"}};

template <class What>
std::size_t count_before(const std::vector<Shown<What>>& shown, std::size_t cut) {
  return static_cast<std::size_t>(
      std::count_if(shown.begin(), shown.end(), [&](const auto& one) { return one.at <= cut; }));
}

Draft draft(const std::string& room, std::pair<const char*, const char*> person, const std::string& text,
            const std::string& id, protocol::Timestamp now) {
  return {.room = room,
          .sender = person.first,
          .message = {.room = room,
                      .to = {},
                      .seq = 0,
                      .time = now,
                      .from = person.second,
                      .text = text,
                      .id = id,
                      .kind = protocol::MessageKind(text.size() % 3)}};
}

void stop(Bench& bench) {
  bool done = false;
  bench.journal().stop(bench.now, [&] { done = true; });
  bench.settle();
  REQUIRE(done);
}

/// What SQLite itself says of the journal's file: "ok".
std::string check_integrity(const std::filesystem::path& directory) {
  sqlite3* made = nullptr;
  const int code = sqlite3_open((directory / "journal.sqlite3").c_str(), &made);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle(made, &sqlite3_close);
  if (code != SQLITE_OK) return sqlite3_errstr(code);
  std::string answer;
  sqlite3_exec(
      made, "PRAGMA integrity_check",
      [](void* into, int, char** columns, char**) {
        *static_cast<std::string*>(into) += columns[0];
        return 0;
      },
      &answer, nullptr);
  return answer.empty() ? sqlite3_errmsg(made) : answer;
}

void require_same(const protocol::Message& found, const protocol::Message& shown) {
  REQUIRE(found.seq == shown.seq);
  REQUIRE(found.text == shown.text);
  REQUIRE(found.to == shown.to);
  REQUIRE(found.from == shown.from);
  REQUIRE(found.id == shown.id);
  REQUIRE(found.kind == shown.kind);
  REQUIRE(found.time == shown.time);
}

void apply_to(AccountsLeft& accounts, const AccountRecord& record) {
  if (const auto* begun = std::get_if<account::Begun>(&record.body)) {
    accounts[record.seq] = {.passes = begun->password.passes, .has_device = begun->device.has_value()};
  } else if (const auto* set = std::get_if<account::PasswordSet>(&record.body)) {
    accounts.at(set->account).passes = set->password.passes;
  } else if (const auto* added = std::get_if<account::DeviceAdded>(&record.body)) {
    accounts.at(added->account).has_device = true;
  } else if (const auto* revoked = std::get_if<account::DeviceRevoked>(&record.body)) {
    accounts.at(revoked->account).has_device = false;
  } else if (const auto* read = std::get_if<account::ReadUpTo>(&record.body)) {
    accounts.at(read->account).read = read->seq;
  } else if (const auto* entered = std::get_if<account::RoomEntered>(&record.body)) {
    accounts.at(entered->account).is_in = true;
  } else if (const auto* gone = std::get_if<account::RoomLeft>(&record.body)) {
    accounts.at(gone->account).is_in = false;
  } else {
    FAIL("no such record was written");
  }
}

}  // namespace

std::size_t RoomStory::messages_before(std::size_t cut) const { return count_before(messages, cut); }
std::size_t RoomStory::topics_before(std::size_t cut) const { return count_before(topics, cut); }

Story::Story(const Settings& settings)
    : disk_(directory_.path()), remains_(disk_.records()), settings_(settings) {
  settings_.directory = directory_.path().string();
}

// --- what is said

void Story::live(std::size_t batches) {
  Bench bench(settings_);
  bench.on_batch = [&] {
    for (const auto& committed : bench.batches.back()) take(committed);
  };
  for (std::size_t i = 0; i < batches; ++i) {
    for (auto drafts = random_() % 4 == 0 ? 1 + random_() % 20 : 1; drafts > 0; --drafts)
      say_something(bench);
    bench.turn();
  }
  stop(bench);
}

void Story::say_something(Bench& bench) {
  const std::string room = room_keys.at(random_() % room_keys.size());
  const auto person = people.at(random_() % people.size());
  const auto& told = rooms_[room].messages;
  if (random_() % 20 == 0) {
    bench.set_topic(room, person.second, "topic " + std::to_string(++ids_));
  } else if (random_() % 10 == 0 && !told.empty()) {
    const auto& again = *told[told.size() - 1 - random_() % std::min<std::size_t>(told.size(), 200)].what;
    const auto who = std::find_if(people.begin(), people.end(),
                                  [&](const auto& someone) { return someone.second == again.from; });
    bench.journal().append(draft(room, *who, again.text, again.id, bench.now));
  } else if (random_() % 8 == 0 && !told.empty()) {
    change_messages(bench, random_() % 5 == 0 ? conversation : room);
  } else if (random_() % 10 == 0) {
    change_accounts(bench);
  } else if (random_() % 8 == 0) {
    say_in_private(bench);
  } else {
    const auto number = std::to_string(++ids_);
    const auto text = "word" + number + " " + std::string(random_() % (random_() % 8 == 0 ? 4000 : 200), 'x');
    bench.journal().append(draft(room, person, text, random_() % 4 == 0 ? "" : "id" + number, bench.now));
  }
}

/// One of the last is edited, or some are deleted, some of which may be gone or deleted already.
void Story::change_messages(Bench& bench, const std::string& room) {
  const auto& told = rooms_[room].messages;
  if (told.empty()) return;
  const auto any = [&] {
    return told[told.size() - 1 - random_() % std::min<std::size_t>(told.size(), 60)].what->seq;
  };
  if (random_() % 2 == 0) return bench.edit(room, any(), "edited " + std::to_string(++ids_));
  std::vector<std::uint64_t> seqs;
  for (auto count = 1 + random_() % 4; count > 0; --count) seqs.push_back(any());
  bench.erase(room, std::move(seqs), random_() % 2 == 0 ? "" : "spam");
}

/// Each of these records changes something.
void Story::change_accounts(Bench& bench) {
  const auto passes = static_cast<std::uint32_t>(++ids_);
  if (accounts_.empty() || random_() % 2 == 0) {
    const auto name = "account" + std::to_string(ids_);
    TokenHash token{};
    std::copy(name.begin(), name.end(), token.begin());
    bench.append_account(account::Begun{.name = {.shown = name, .key = name, .look = name},
                                        .password = {.passes = passes},
                                        .device = account::Token{.hash = token, .label = "first"}});
    return;
  }
  const auto& [number, left] =
      *std::next(accounts_.begin(), static_cast<std::ptrdiff_t>(random_() % accounts_.size()));
  if (const auto one = random_() % 4; one == 0) {
    const auto read = left.read + 1 + random_() % 5;
    bench.append_account(
        account::ReadUpTo{.account = number, .place = conversation, .name = {}, .seq = read});
  } else if (one == 1 && left.is_in) {
    bench.append_account(account::RoomLeft{.account = number, .room = "lobby"});
  } else if (one == 1) {
    bench.append_account(account::RoomEntered{.account = number, .room = "lobby", .name = "lobby"});
  } else if (left.has_device && random_() % 2 == 0) {
    bench.append_account(account::DeviceRevoked{.account = number, .device = number});
  } else {
    bench.append_account(
        account::PasswordSet{.account = number, .password = {.passes = passes}, .renews = {}});
  }
}

void Story::say_in_private(Bench& bench) {
  const auto number = std::to_string(++ids_);
  auto said = draft(conversation, {"#1", "Alice"}, "secret" + number, "id" + number, bench.now);
  said.message.room.clear();
  said.message.to = "Bob";
  said.message.author = 1;
  bench.journal().append(std::move(said));
}

void Story::take(const Committed& committed) {
  if (committed.outcome != Outcome::stored) return;
  if (committed.account) {
    account_records_.push_back({committed.account, disk_.position()});
    apply_to(accounts_, *committed.account);
    return;
  }
  auto& room = rooms_[committed.room];
  const auto at = disk_.position();
  if (committed.change) {
    if (!committed.change->seqs.empty()) room.changes.push_back({committed.change, at});
  } else if (committed.state) {
    room.topics.push_back({committed.state->value, at});
  } else {
    room.messages.push_back({committed.message, at});
  }
}

// --- what is left of it

void Story::cut(std::size_t times) {
  for (std::size_t i = 0; i <= times; ++i) cut_at(disk_.position() * i / times, i);
}

void Story::cut_at(std::size_t cut, std::uint64_t seed) {
  CAPTURE(cut, seed);
  const test::TemporaryDirectory left;
  remains_.write_to(left.path(), cut, seed);
  lost_ = false;
  {
    // The start on what is left need not wait for the real disk.
    const test::Disk quick(left.path());
    auto settings = settings_;
    settings.directory = left.path().string();
    {
      Bench bench(settings);
      for (const auto& [room, story] : rooms_) {
        CAPTURE(room);
        judge_messages(bench, room, cut);
        judge_topic(bench, room, cut);
      }
      judge_accounts(bench, cut);
      for (const auto& [room, story] : rooms_) {
        if (is_conversation(room)) continue;
        CAPTURE(room);
        judge_repetition(bench, room, cut);
        judge_new_number(bench, room, cut);
      }
      stop(bench);
    }
    REQUIRE(check_integrity(left.path()) == "ok");
  }
  if (lost_) ++cuts_that_lost_;
}

void Story::judge_messages(Bench& bench, const std::string& room, std::size_t cut) {
  const auto& changes = rooms_[room].changes;
  const auto changed = bench.journal().tail(room).changed;
  std::map<std::uint64_t, ChangePtr> last;  // by message
  std::size_t applied = 0;
  for (const auto& [change, at] : changes) {
    if (change->number > changed) break;
    ++applied;
    for (const auto seq : change->seqs) last[seq] = change;
  }
  REQUIRE((changed == 0 || (applied > 0 && changes[applied - 1].what->number == changed)));
  const auto shown_changes = count_before(changes, cut);
  if (must_keep_all()) REQUIRE(applied >= shown_changes);
  if (applied < shown_changes) lost_ = true;

  const auto& told = rooms_[room].messages;
  const auto shown = rooms_[room].messages_before(cut);
  const auto found = bench.read({.room = room, .limit = std::numeric_limits<std::int32_t>::max()}).messages;

  std::size_t end = 0;
  if (!found.empty()) {
    const auto first = std::find_if(told.begin(), told.end(),
                                    [&](const auto& one) { return one.what->seq == found[0]->seq; });
    REQUIRE(first != told.end());
    const auto begin = static_cast<std::size_t>(first - told.begin());
    end = begin + found.size();
    REQUIRE(end <= told.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      auto expected = *told[begin + i].what;
      const auto change = last.find(expected.seq);
      REQUIRE((found[i]->change != nullptr) == (change != last.end()));
      if (change != last.end()) {
        expected.text = change->second->text;
        REQUIRE(found[i]->change->number == change->second->number);
        REQUIRE(found[i]->change->what == change->second->what);
        REQUIRE(found[i]->change->reason == change->second->reason);
      }
      require_same(*found[i], expected);
    }
    // Retention drops the oldest, and no more of them than it should.
    REQUIRE((begin == 0 || (settings_.keep_messages != 0 && found.size() >= settings_.keep_messages)));
    REQUIRE(bench.journal().tail(room).last >= found.back()->seq);
  }
  if (must_keep_all()) REQUIRE(end >= shown);
  if (end < shown) lost_ = true;
}

void Story::judge_topic(Bench& bench, const std::string& room, std::size_t cut) {
  const auto& topics = rooms_[room].topics;
  const auto shown = rooms_[room].topics_before(cut);
  const std::string found(bench.journal().tail(room).topic());
  const auto place =
      std::find_if(topics.begin(), topics.end(), [&](const auto& topic) { return topic.what == found; });
  REQUIRE((found.empty() || place != topics.end()));
  const auto count = found.empty() ? 0 : static_cast<std::size_t>(place - topics.begin()) + 1;
  if (must_keep_all()) REQUIRE(count >= shown);
  if (count < shown) lost_ = true;
}

/// What so many of the records have made, from the first on.
void Story::judge_accounts(Bench& bench, std::size_t cut) {
  AccountsLeft found;
  REQUIRE_FALSE(bench.journal().load_accounts([&](const AccountRecord& each) { apply_to(found, each); }));
  const auto shown = count_before(account_records_, cut);
  AccountsLeft made;
  std::optional<std::size_t> count;
  if (made == found) count = 0;
  for (std::size_t i = 0; i < account_records_.size(); ++i) {
    apply_to(made, *account_records_[i].what);
    if (made == found) count = i + 1;
  }
  REQUIRE(count.has_value());
  if (must_keep_all()) REQUIRE(*count >= shown);
  if (*count < shown) lost_ = true;
}

/// What has been shown is not said a second time.
void Story::judge_repetition(Bench& bench, const std::string& room, std::size_t cut) {
  if (!must_keep_all()) return;
  const auto& told = rooms_[room].messages;
  const auto shown = rooms_[room].messages_before(cut);
  for (const std::size_t back : {1U, 2U, 10U, 500U}) {
    if (back > shown) break;
    const auto& again = *told[shown - back].what;
    if (again.id.empty()) continue;
    const auto who = std::find_if(people.begin(), people.end(),
                                  [&](const auto& someone) { return someone.second == again.from; });
    bench.journal().append(draft(room, *who, again.text, again.id, bench.now));
    bench.turn();
    REQUIRE(bench.delivered.back().outcome == Outcome::repeated);
    REQUIRE(bench.delivered.back().message->seq == again.seq);
  }
}

/// No number that anybody has seen is given out again.
void Story::judge_new_number(Bench& bench, const std::string& room, std::size_t cut) {
  std::uint64_t last = 0;
  for (const auto& [name, story] : rooms_) {
    const auto shown = story.messages_before(cut);
    if (shown > 0) last = std::max(last, story.messages[shown - 1].what->seq);
  }
  bench.journal().append(draft(room, people[0], "back again", {}, bench.now));
  bench.turn();
  REQUIRE(bench.delivered.back().outcome == Outcome::stored);
  REQUIRE(bench.delivered.back().message->seq > last);
}

}  // namespace hubbub::journal
