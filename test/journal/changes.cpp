// What every engine promises of changes, of the audit, and of rooms that last or keep less than the others.
#include <algorithm>
#include <numeric>

#include "protocol/limits.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/retention_bench.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;
using protocol::Change;
using Texts = std::vector<std::string>;
using Seqs = std::vector<std::uint64_t>;

/// "0", "1", … in the lobby; their numbers.
Seqs say_some(Bench& bench, int count, const std::string& room = "lobby") {
  const auto before = bench.delivered.size();
  fill(bench, room, count);
  Seqs seqs;
  for (auto i = before; i < bench.delivered.size(); ++i) seqs.push_back(bench.delivered[i].message->seq);
  return seqs;
}

Seqs seqs_of(const std::vector<protocol::MessagePtr>& messages) {
  Seqs seqs;
  for (const auto& message : messages) seqs.push_back(message->seq);
  return seqs;
}

Texts found(Bench& bench, const std::string& words, const std::string& room = "lobby") {
  const auto page = bench.read({.room = room, .limit = 100, .search = words, .count = true});
  CHECK(page.found == page.messages.size());
  return Bench::texts(page);
}

const ChangeRecord& changed(Bench& bench) {
  bench.turn();
  REQUIRE(bench.delivered.back().change != nullptr);
  CHECK(bench.delivered.back().outcome == Outcome::stored);
  CHECK(bench.delivered.back().message == nullptr);
  return *bench.delivered.back().change;
}

/// The journal on disk is looked at once more after another start.
void after_a_start_too(Bench& bench, const Settings& settings, const std::function<void()>& check) {
  check();
  if (settings.engine == "memory") return;
  bench.reopen();
  check();
}

AuditPtr note(const Bench& bench, const std::string& room, const std::string& action) {
  return std::make_shared<const AuditEntry>(AuditEntry{.at = bench.now,
                                                       .room = room,
                                                       .room_name = room,
                                                       .by = "root",
                                                       .account = 7,
                                                       .front = "json",
                                                       .action = action,
                                                       .whom = "bob",
                                                       .before = "none",
                                                       .after = "voice"});
}

Texts actions(const AuditPage& page) {
  Texts texts;
  for (const auto& entry : page.entries) texts.push_back(entry->action);
  return texts;
}

}  // namespace

TEST_CASE("an edit comes back in its place, and every read shows the new text") {
  const auto settings = each_engine();
  Bench bench(settings);
  const auto seqs = say_some(bench, 3);
  bench.append("lobby", "bob", "before");
  bench.edit("lobby", seqs[1], "edited");
  bench.append("lobby", "bob", "after");
  bench.now += 1min;
  bench.turn();
  REQUIRE(bench.delivered.size() == 6);
  const auto& committed = bench.delivered[4];
  CHECK(committed.outcome == Outcome::stored);
  CHECK(committed.ticket == 5);
  CHECK(committed.room == "lobby");
  REQUIRE(committed.change != nullptr);
  CHECK(committed.change->number > bench.delivered[3].message->seq);
  CHECK(committed.change->number < bench.delivered[5].message->seq);
  CHECK(committed.change->seqs == Seqs{seqs[1]});
  CHECK(committed.change->text == "edited");
  CHECK(committed.change->by == "alice");
  after_a_start_too(bench, settings, [&] {
    const auto page = bench.read({.room = "lobby", .limit = 10});
    REQUIRE(Bench::texts(page) == Texts{"0", "edited", "2", "before", "after"});
    REQUIRE(page.messages[1]->change != nullptr);
    CHECK(page.messages[1]->change->what == Change::What::edited);
    CHECK(page.messages[1]->change->by == "alice");
    CHECK(page.messages[1]->change->number == committed.change->number);
    CHECK(page.messages[1]->change->time == bench.now - 1min);
    CHECK(page.messages[1]->seq == seqs[1]);
    CHECK(page.messages[0]->change == nullptr);
    CHECK(bench.journal().tail("lobby").changed == committed.change->number);
    CHECK(bench.journal().tail("lobby").last == bench.delivered[5].message->seq);
  });
}

TEST_CASE("a change is decided by what is there when it is stored") {
  const auto settings = each_engine();
  Bench bench(settings);
  const auto seqs = say_some(bench, 6);
  bench.erase("lobby", {seqs[4], seqs[1], 12, seqs[1], seqs[4] + 1'000'000}, "spam");
  const auto& deletion = changed(bench);
  CHECK(deletion.seqs == Seqs{seqs[1], seqs[4]});
  const auto number = deletion.number;
  // Of what is deleted nothing is left to change; what has the text already is not edited.
  for (const auto& [seq, text] : std::vector<std::pair<std::uint64_t, std::string>>{
           {seqs[1], "again"}, {seqs[0], "0"}, {12, "never said"}}) {
    bench.edit("lobby", seq, text);
    CHECK(changed(bench).seqs.empty());
    CHECK(bench.delivered.back().change->number > number);
  }
  bench.erase("lobby", {seqs[1]});
  CHECK(changed(bench).seqs.empty());
  bench.erase("lobby", {});
  CHECK(changed(bench).seqs.empty());
  CHECK(bench.journal().tail("lobby").changed == number);
  // Within one batch each sees what those before it have done.
  bench.edit("lobby", seqs[2], "once");
  bench.edit("lobby", seqs[2], "once");
  bench.edit("lobby", seqs[2], "twice");
  bench.append("lobby", "bob", "said and deleted in one batch");
  bench.erase("lobby", {seqs[2], seqs[3]});
  bench.edit("lobby", seqs[2], "too late");
  bench.turn();
  std::vector<std::size_t> counts;
  for (auto i = bench.delivered.size() - 6; i < bench.delivered.size(); ++i) {
    if (bench.delivered[i].change) counts.push_back(bench.delivered[i].change->seqs.size());
  }
  CHECK(counts == std::vector<std::size_t>{1, 0, 1, 2, 0});
  after_a_start_too(bench, settings, [&] {
    const auto page = bench.read({.room = "lobby", .limit = 10, .count = true});
    CHECK(Bench::texts(page) == Texts{"0", "", "", "", "", "5", "said and deleted in one batch"});
    CHECK(page.found == 7);  // what is deleted counts
    for (const std::size_t i : {1U, 2U, 3U, 4U}) CHECK(page.messages[i]->is_deleted());
    CHECK(page.messages[1]->change->reason == "spam");
    CHECK(page.messages[1]->change->by == "mod");
    CHECK(page.messages[4]->change->number == number);
    CHECK(page.messages[2]->change->reason.empty());
    CHECK(page.messages[2]->from == "alice");
  });
}

TEST_CASE("a change for a room that is not known does nothing, and makes no room") {
  const auto settings = each_engine();
  Bench bench(settings);
  const auto seqs = say_some(bench, 1);
  bench.edit("den", seqs[0], "edited");
  CHECK(changed(bench).seqs.empty());
  CHECK(bench.delivered.back().change->number > seqs[0]);
  bench.erase("@1-2", {seqs[0]});
  CHECK(changed(bench).seqs.empty());
  after_a_start_too(bench, settings, [&] {
    CHECK(bench.journal().room_count() == 1);
    CHECK(bench.journal().tail("den").name.empty());
    CHECK(bench.journal().tail("den").changed == 0);
    std::size_t conversations = 0;
    bench.journal().each_conversation([&](std::string_view) { ++conversations; });
    CHECK(conversations == 0);
    CHECK(bench.history("lobby") == Texts{"0"});
  });
}

TEST_CASE("what is repeated is answered with the original as it is now") {
  const auto settings = each_engine();
  Bench bench(settings);
  const auto edited = bench.say("lobby", "alice", "first", "x").message->seq;
  const auto deleted = bench.say("lobby", "alice", "second", "y").message->seq;
  bench.edit("lobby", edited, "better");
  bench.erase("lobby", {deleted});
  bench.turn();
  after_a_start_too(bench, settings, [&] {
    const auto again = bench.say("lobby", "alice", "first", "x");
    CHECK(again.outcome == Outcome::repeated);
    CHECK(again.message->seq == edited);
    CHECK(again.message->text == "better");
    CHECK(again.message->change != nullptr);
    const auto gone = bench.say("lobby", "alice", "second", "y");
    CHECK(gone.outcome == Outcome::repeated);
    CHECK(gone.message->seq == deleted);
    CHECK(gone.message->is_deleted());
    CHECK(gone.message->text.empty());
    CHECK(bench.history("lobby") == Texts{"better", ""});
  });
}

TEST_CASE("what else a message is stays, when it is changed") {
  const auto settings = each_engine();
  Bench bench(settings);
  bench.journal().append({.room = "@3-17",
                          .sender = author_key(3),
                          .message = {.to = "bob",
                                      .time = bench.now,
                                      .from = "anna",
                                      .text = "tea",
                                      .id = "i",
                                      .kind = protocol::MessageKind::action,
                                      .account = "anna",
                                      .reply_to = 12,
                                      .author = 3},
                          .ticket = 1});
  bench.turn();
  const auto seq = bench.delivered.back().message->seq;
  bench.edit("@3-17", seq, "coffee");
  CHECK(changed(bench).seqs == Seqs{seq});
  const auto check = [&](const std::string& text) {
    const auto page = bench.read({.room = "@3-17", .limit = 1});
    REQUIRE(page.messages.size() == 1);
    const auto& message = *page.messages[0];
    CHECK(message.text == text);
    CHECK(message.to == "bob");
    CHECK(message.from == "anna");
    CHECK(message.account == "anna");
    CHECK(message.author == 3);
    CHECK(message.reply_to == 12);
    CHECK(message.is_action());
    CHECK(message.id == "i");
  };
  after_a_start_too(bench, settings, [&] { check("coffee"); });
  CHECK(found(bench, "coffee", "@3-17") == Texts{"coffee"});
  bench.erase("@3-17", {seq});
  bench.turn();
  after_a_start_too(bench, settings, [&] { check(""); });
  CHECK(bench.journal().room_count() == 0);
}

TEST_CASE("a search follows a change at once, whether the index has it or not") {
  const auto settings = each_engine();
  Bench bench(settings);
  const auto seqs = say_some(bench, 20);
  for (const auto i : {2U, 5U, 9U, 14U}) bench.edit("lobby", seqs[i], "apple " + std::to_string(i));
  bench.turn();
  const auto index = [&] {
    // The index gets on while time passes.
    for (int second = 0; second < 4; ++second) bench.later(1s);
  };
  if (GENERATE(true, false)) index();
  CHECK(found(bench, "apple") == Texts{"apple 2", "apple 5", "apple 9", "apple 14"});
  CHECK(found(bench, "2") == Texts{"apple 2"});
  bench.edit("lobby", seqs[2], "pear");
  bench.erase("lobby", {seqs[5], seqs[14]});
  bench.edit("lobby", seqs[3], "apple pie");
  bench.edit("lobby", seqs[3], "apple cake");
  bench.turn();
  const auto check = [&] {
    CHECK(found(bench, "apple") == Texts{"apple cake", "apple 9"});
    CHECK(found(bench, "pear") == Texts{"pear"});
    CHECK(found(bench, "pie").empty());
    CHECK(found(bench, "3").empty());
    CHECK(found(bench, "4") == Texts{"4"});
    const auto newest = bench.read({.room = "lobby", .limit = 1, .search = "apple", .count = true});
    CHECK(Bench::texts(newest) == Texts{"apple 9"});
    CHECK(newest.more);
    CHECK(newest.found == 2U);
    const auto oldest = bench.read({.room = "lobby", .limit = 1, .newest = false, .search = "apple"});
    CHECK(Bench::texts(oldest) == Texts{"apple cake"});
    CHECK(oldest.more);
    const auto before = bench.read({.room = "lobby", .before = seqs[9], .limit = 5, .search = "apple"});
    CHECK(Bench::texts(before) == Texts{"apple cake"});
    const auto after = bench.read({.room = "lobby", .after = seqs[3], .limit = 5, .search = "apple"});
    CHECK(Bench::texts(after) == Texts{"apple 9"});
    CHECK(bench.read({.room = "lobby", .limit = 100, .from = "alice", .count = true}).found == 18U);
  };
  after_a_start_too(bench, settings, check);
  index();
  after_a_start_too(bench, settings, check);
}

TEST_CASE("who has all up to a number misses neither a message nor a change, page after page") {
  const auto settings = each_engine();
  Bench bench(settings);
  auto seqs = say_some(bench, 5);
  const auto held = seqs.back();
  bench.edit("lobby", seqs[0], "0b");
  bench.turn();
  const auto later = say_some(bench, 3);
  bench.edit("lobby", seqs[3], "3b");
  bench.edit("lobby", later[0], "5b");
  bench.edit("lobby", seqs[0], "0c");
  bench.erase("lobby", {seqs[1], seqs[2], later[1]});
  bench.turn();
  const auto number = [&](std::size_t i) { return bench.delivered[i].change->number; };
  // 5 messages, an edit, 3 messages, 4 changes.
  const auto check = [&] {
    const auto all =
        bench.read({.room = "lobby", .after = held, .limit = 10, .newest = false, .changes = true});
    CHECK(Bench::texts(all) == Texts{"5b", "", "2"});
    if (all.messages.size() > 1) CHECK(all.messages[1]->is_deleted());
    CHECK(seqs_of(all.changed) == Seqs{seqs[3], seqs[0], seqs[1], seqs[2]});
    CHECK(all.changed[1]->text == "0c");
    CHECK(all.upto == number(12));
    CHECK_FALSE(all.more);
    CHECK(bench.read({.room = "lobby", .after = held, .limit = 10, .newest = false}).changed.empty());
  };
  after_a_start_too(bench, settings, check);

  SECTION("it ends where the messages do") {
    auto page = bench.read({.room = "lobby", .after = held, .limit = 2, .newest = false, .changes = true});
    CHECK(seqs_of(page.messages) == Seqs{later[0], later[1]});
    CHECK(page.upto == later[1]);
    CHECK(page.changed.empty());  // they were changed last after it
    CHECK(page.more);
    page = bench.read({.room = "lobby", .after = page.upto, .limit = 2, .newest = false, .changes = true});
    CHECK(seqs_of(page.messages) == Seqs{later[2]});
    CHECK(seqs_of(page.changed) == Seqs{seqs[3], later[0]});
    CHECK(page.upto == number(10));
    CHECK(page.more);
    page = bench.read({.room = "lobby", .after = page.upto, .limit = 2, .newest = false, .changes = true});
    CHECK(page.messages.empty());
    CHECK(seqs_of(page.changed) == Seqs{seqs[0]});
    CHECK(page.upto == number(11));
    CHECK(page.more);
    // What one record has deleted is not parted.
    page = bench.read({.room = "lobby", .after = page.upto, .limit = 2, .newest = false, .changes = true});
    CHECK(seqs_of(page.changed) == Seqs{seqs[1], seqs[2], later[1]});
    CHECK(page.upto == number(12));
    CHECK_FALSE(page.more);
  }
  SECTION("it ends where the changes do") {
    bench.append("lobby", "alice", "8");
    bench.turn();
    const auto page =
        bench.read({.room = "lobby", .after = later[2], .limit = 1, .newest = false, .changes = true});
    CHECK(page.messages.empty());  // it is beyond the page
    CHECK(seqs_of(page.changed) == Seqs{seqs[3]});
    CHECK(page.upto == number(9));
    CHECK(page.more);
  }
  SECTION("before a number") {
    const auto page = bench.read({.room = "lobby",
                                  .after = held,
                                  .before = number(10),
                                  .limit = 10,
                                  .newest = false,
                                  .changes = true});
    CHECK(seqs_of(page.messages) == later);
    CHECK(seqs_of(page.changed) == Seqs{seqs[3]});
    CHECK(page.upto == number(10) - 1);
    CHECK_FALSE(page.more);
  }
  SECTION("the newest") {
    auto page = bench.read({.room = "lobby", .after = held, .limit = 10, .changes = true});
    CHECK(page.changed.size() == 4);
    CHECK_FALSE(page.more);
    page = bench.read({.room = "lobby", .after = held, .limit = 3, .changes = true});
    CHECK(page.messages.size() == 3);
    CHECK(seqs_of(page.changed) == Seqs{seqs[3], seqs[0], seqs[1]});
    CHECK(page.more);
    CHECK(bench.read({.room = "lobby", .limit = 3, .changes = true}).changed.empty());
  }
  SECTION("nothing after the last") {
    const auto page =
        bench.read({.room = "lobby", .after = number(12), .limit = 3, .newest = false, .changes = true});
    CHECK(page.messages.empty());
    CHECK(page.changed.empty());
    CHECK(page.upto == number(12));
    CHECK_FALSE(page.more);
    const auto nowhere =
        bench.read({.room = "den", .after = 7, .limit = 3, .newest = false, .changes = true});
    CHECK(nowhere.upto == 7);
    CHECK_FALSE(nowhere.more);
  }
  SECTION("no limit at all") {
    const auto page =
        bench.read({.room = "lobby", .after = held, .limit = 0, .newest = false, .changes = true});
    CHECK(page.messages.empty());
    CHECK(page.changed.empty());
    CHECK(page.upto == held);
    CHECK(page.more);
  }
  SECTION("what retention has dropped is in no page") {
    auto less = settings;
    less.keep_messages = 2;
    less.grace = 0s;
    configure(bench, less);
    bench.later(2s);
    const auto page =
        bench.read({.room = "lobby", .after = held, .limit = 10, .newest = false, .changes = true});
    CHECK(seqs_of(page.messages) == Seqs{later[1], later[2]});
    CHECK(page.changed.empty());
    CHECK(page.dropped);
    CHECK(bench.journal().tail("lobby").changed == number(12));
  }
}

TEST_CASE("five hundred messages are deleted by one record") {
  const auto settings = each_engine();
  Bench bench(settings);
  auto seqs = say_some(bench, static_cast<int>(most_deleted) + 2);
  const auto last = seqs.back();
  bench.erase("lobby", Seqs(seqs.begin() + 1, seqs.end() - 1));
  CHECK(changed(bench).seqs.size() == most_deleted);
  const auto page =
      bench.read({.room = "lobby", .after = last, .limit = 50, .newest = false, .changes = true});
  CHECK(page.changed.size() == most_deleted);
  CHECK_FALSE(page.more);
  CHECK(bench.read({.room = "lobby", .after = last, .limit = 50, .changes = true}).changed.size() == 50);
}

TEST_CASE("what is deleted counts for retention, and its change goes with it") {
  auto settings = each_engine();
  settings.keep_messages = 3;
  Bench bench(settings);
  const auto seqs = say_some(bench, 3);
  bench.erase("lobby", {seqs[0], seqs[1]});
  bench.turn();
  bench.say("lobby", "alice", "3");
  after_a_start_too(bench, settings, [&] {
    CHECK(bench.history("lobby") == Texts{"", "2", "3"});
    const auto page =
        bench.read({.room = "lobby", .after = seqs[2], .limit = 9, .newest = false, .changes = true});
    CHECK(seqs_of(page.changed) == Seqs{seqs[1]});
  });
}

TEST_CASE("a note for the audit stands beside its record, or by itself") {
  const auto settings = each_engine();
  Bench bench(settings);
  const auto seqs = say_some(bench, 2);
  bench.erase("lobby", {seqs[0]});
  bench.journal().append({.room = "lobby", .ticket = 20, .audit = note(bench, "lobby", "kick")});
  bench.change("lobby", {.what = Change::What::deleted, .seqs = {seqs[1]}, .by = "mod"},
               note(bench, "lobby", "delete"));
  bench.journal().append(
      {.room = "den",
       .sender = "root",
       .ticket = 21,
       .state = std::make_shared<const StateRecord>(
           StateRecord{.room = "den", .attribute = "ban/+", .value = "x", .by = "root", .at = bench.now}),
       .audit = note(bench, "den", "ban")});
  bench.journal().append({.ticket = 22, .audit = note(bench, "", "announce")});
  bench.turn();
  REQUIRE(bench.delivered.size() == 7);
  const auto& kick = bench.delivered[3];
  CHECK(kick.ticket == 20);
  CHECK(kick.outcome == Outcome::stored);
  CHECK(kick.message == nullptr);
  CHECK(kick.change == nullptr);
  REQUIRE(kick.audit != nullptr);
  CHECK(kick.audit->seq > bench.delivered[2].change->number);
  CHECK(bench.delivered[2].audit == nullptr);
  REQUIRE(bench.delivered[4].audit != nullptr);
  CHECK(bench.delivered[4].audit->seq == bench.delivered[4].change->number);
  REQUIRE(bench.delivered[5].audit != nullptr);
  CHECK(bench.delivered[5].audit->seq == bench.delivered[5].state->seq);
  CHECK(bench.delivered[5].state->attribute == "ban/" + std::to_string(bench.delivered[5].state->seq));
  REQUIRE(bench.delivered[6].audit != nullptr);
  CHECK(bench.journal().tail("lobby").last == seqs[1]);
  CHECK(bench.journal().room_count() == 2);
  const auto kicked = kick.audit->seq;
  const auto check = [&] {
    const auto all = bench.read_audit({.limit = 10});
    CHECK(actions(all) == Texts{"announce", "ban", "delete", "kick"});
    CHECK_FALSE(all.more);
    const auto& entry = *all.entries.back();
    CHECK(entry.seq == kicked);
    CHECK(entry.at == bench.now);
    CHECK(entry.room == "lobby");
    CHECK(entry.room_name == "lobby");
    CHECK(entry.by == "root");
    CHECK(entry.account == 7);
    CHECK(entry.front == "json");
    CHECK(entry.whom == "bob");
    CHECK(entry.before == "none");
    CHECK(entry.after == "voice");
    CHECK(actions(bench.read_audit({.room = "lobby", .limit = 10})) == Texts{"delete", "kick"});
    CHECK(actions(bench.read_audit({.room = "", .limit = 10})) == Texts{"announce"});
    CHECK(bench.read_audit({.room = "attic", .limit = 10}).entries.empty());
    const auto first = bench.read_audit({.limit = 2});
    CHECK(actions(first) == Texts{"announce", "ban"});
    CHECK(first.more);
    const auto second = bench.read_audit({.before = first.entries.back()->seq, .limit = 2});
    CHECK(actions(second) == Texts{"delete", "kick"});
    CHECK_FALSE(second.more);
    CHECK(actions(bench.read_audit({.after = kicked, .limit = 9})) == Texts{"announce", "ban", "delete"});
    const auto none = bench.read_audit({.limit = 0});
    CHECK(none.entries.empty());
    CHECK(none.more);
  };
  after_a_start_too(bench, settings, check);
  // It is not kept for ever.
  pass(bench, audit_age - 1h);
  CHECK(bench.read_audit({.limit = 10}).entries.size() == 4);
  bench.journal().append({.ticket = 23, .audit = note(bench, "", "late")});
  bench.turn();
  for (int hour = 0; hour < 50; ++hour) pass(bench, 1h);
  CHECK(actions(bench.read_audit({.limit = 10})) == Texts{"late"});
}

TEST_CASE("a message may have a note for the audit, unless it is a repeated one") {
  Bench bench(each_engine());
  const auto say = [&] {
    bench.journal().append(
        {.room = "lobby",
         .sender = "root",
         .message = {.room = "lobby", .time = bench.now, .from = "root", .text = "x", .id = "i"},
         .ticket = ++bench.tickets,
         .audit = note(bench, "lobby", "announce")});
    bench.turn();
    return bench.delivered.back();
  };
  const auto first = say();
  REQUIRE(first.audit != nullptr);
  CHECK(first.audit->seq == first.message->seq);
  const auto again = say();
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.audit == nullptr);
  CHECK(bench.read_audit({.limit = 10}).entries.size() == 1);
}

TEST_CASE("after the end changes and notes for the audit fail") {
  Bench bench(each_engine());
  const auto seqs = say_some(bench, 1);
  bool done = false;
  bench.journal().stop(bench.now, [&] { done = true; });
  bench.settle();
  REQUIRE(done);
  bench.change("lobby", {.what = Change::What::deleted, .seqs = seqs, .by = "mod"},
               note(bench, "lobby", "delete"));
  bench.journal().append({.ticket = 9, .audit = note(bench, "", "kick")});
  bench.turn();
  REQUIRE(bench.delivered.size() == 3);
  for (const std::size_t i : {1U, 2U}) {
    CHECK(bench.delivered[i].outcome == Outcome::failed);
    CHECK(bench.delivered[i].change == nullptr);
    CHECK(bench.delivered[i].audit == nullptr);
  }
}

TEST_CASE("a room with an owner keeps its attributes when it is empty, and so does one that is kept") {
  const auto settings = each_engine();
  Bench bench(settings);
  for (const auto* room : {"owned", "kept", "other", "lost"}) bench.set(room, "alice", "topic", "tea");
  bench.set("owned", "alice", "owner", "#12");
  bench.set("kept", "root", "kept", "1");
  bench.set("lost", "alice", "owner", "#12");
  bench.turn();
  bench.set("lost", "root", "owner", "");
  bench.turn();
  pass(bench, 59min);
  CHECK(bench.topic("lost") == "tea");
  CHECK(bench.topic("other") == "tea");
  pass(bench, 3min);
  after_a_start_too(bench, settings, [&] {
    pass(bench, 3h);
    CHECK(bench.topic("owned") == "tea");
    CHECK(bench.topic("kept") == "tea");
    CHECK(bench.topic("other").empty());
    CHECK(bench.topic("lost").empty());
    CHECK(bench.journal().room_count() == 2);
  });
  // From then on it is a room like any other.
  bench.set("owned", "root", "owner", "");
  bench.turn();
  pass(bench, 59min);
  CHECK(bench.topic("owned") == "tea");
  pass(bench, 3min);
  CHECK(bench.topic("owned").empty());
  CHECK(bench.topic("kept") == "tea");
}

TEST_CASE("a room that is occupied and lasts no more is abandoned when it is left") {
  Bench bench(each_engine());
  bench.journal().occupy("den");
  bench.set("den", "alice", "topic", "tea");
  bench.set("den", "alice", "owner", "#12");
  bench.turn();
  bench.journal().abandon("den");
  pass(bench, 5h);
  bench.journal().occupy("den");
  bench.set("den", "root", "owner", "");
  bench.turn();
  pass(bench, 5h);
  CHECK(bench.topic("den") == "tea");
  bench.journal().abandon("den");
  pass(bench, 62min);
  CHECK(bench.topic("den").empty());
}

TEST_CASE("the server has attributes, lasts, and stands in no list of rooms") {
  const auto settings = each_engine();
  Bench bench(settings);
  bench.set(std::string(server_key), "root", "ban/+", "mask one");
  bench.set(std::string(server_key), "root", "ban/+", "mask two");
  bench.set("lobby", "alice", "owner", "#1");
  bench.turn();
  const auto first = bench.delivered[0].state->attribute;
  CHECK(first == "ban/" + std::to_string(bench.delivered[0].state->seq));
  after_a_start_too(bench, settings, [&] {
    pass(bench, 5h);
    CHECK(bench.journal().room_count() == 1);
    CHECK(bench.journal().rooms({}, 10).size() == 1);
    const auto tail = bench.journal().tail(std::string(server_key));
    CHECK(tail.name.empty());
    REQUIRE(tail.state != nullptr);
    CHECK(tail.state->records().size() == 2);
    CHECK(tail.state->value(first) == "mask one");
    Texts keys;
    bench.journal().each_state([&](const std::string& key, const RoomState&) { keys.push_back(key); });
    CHECK(keys == Texts{"!", "lobby"});
  });
}

TEST_CASE("a room's own number of messages holds at once, and never keeps more than the server") {
  auto settings = each_engine();
  settings.keep_messages = 8;
  Bench bench(settings);
  say_some(bench, 8, "strict");
  say_some(bench, 8, "lax");
  say_some(bench, 8, "odd");
  bench.set("strict", "alice", std::string(keep_messages_attribute), "3");
  bench.set("lax", "alice", std::string(keep_messages_attribute), "100");
  bench.set("odd", "alice", std::string(keep_messages_attribute), "three");
  bench.turn();
  CHECK(bench.history("strict") == Texts{"5", "6", "7"});
  bench.append("strict", "alice", "8");
  for (int i = 0; i < 4; ++i) bench.append("lax", "alice", "more");
  bench.turn();
  after_a_start_too(bench, settings, [&] {
    CHECK(bench.history("strict") == Texts{"6", "7", "8"});
    CHECK(bench.read({.room = "strict", .limit = 10}).dropped);
    CHECK(bench.history("lax").size() == 8);
    CHECK(bench.history("odd").size() == 8);
  });
  bench.set("strict", "alice", std::string(keep_messages_attribute), "");
  bench.turn();
  for (int i = 9; i < 12; ++i) bench.say("strict", "alice", std::to_string(i));
  CHECK(bench.history("strict") == Texts{"6", "7", "8", "9", "10", "11"});
}

TEST_CASE("a room's own number drops many messages, too, without a number for the server") {
  const auto settings = each_engine();
  Bench bench(settings);
  say_some(bench, 3000);
  bench.set("lobby", "alice", std::string(keep_messages_attribute), "5");
  bench.turn();
  pass(bench, 1s);
  CHECK(bench.history("lobby") == Texts{"2995", "2996", "2997", "2998", "2999"});
}

TEST_CASE(
    "a room's own age holds at once, for reads and for searches, and never keeps more than the server") {
  auto settings = each_engine();
  const bool has_age = GENERATE(true, false);
  if (has_age) settings.keep_age = 10h;
  Bench bench(settings);
  for (const auto* room : {"lobby", "lax", "other"}) bench.say(room, "alice", "old tea");
  bench.now += 2h;
  for (const auto* room : {"lobby", "lax", "other"}) bench.say(room, "alice", "young tea");
  bench.set("lobby", "alice", std::string(keep_age_attribute), std::to_string((1h) / 1ms));
  bench.set("lax", "alice", std::string(keep_age_attribute), std::to_string((30h) / 1ms));
  bench.turn();
  CHECK(bench.history("lobby") == Texts{"young tea"});
  CHECK(found(bench, "tea") == Texts{"young tea"});
  CHECK(found(bench, "tea", "other").size() == 2);
  after_a_start_too(bench, settings, [&] {
    CHECK(bench.history("lobby") == Texts{"young tea"});
    CHECK(bench.history("lax").size() == 2);
    CHECK(bench.history("other").size() == 2);
  });
  bench.later(59min);
  CHECK(bench.history("lobby") == Texts{"young tea"});
  bench.later(2min);
  CHECK(bench.history("lobby").empty());
  pass(bench, 2s);
  CHECK_FALSE(bench.journal().tail("lobby").kept);
  CHECK(bench.history("lax").size() == 2);
  if (!has_age) return;
  pass(bench, 8h);
  CHECK(bench.history("lax") == Texts{"young tea"});
  CHECK(bench.history("other") == Texts{"young tea"});
}

TEST_CASE(
    "in a room with an age of its own a message from the future is no older and no younger than it was "
    "said") {
  const auto settings = each_engine();
  Bench bench(settings);
  bench.journal().occupy("lobby");
  bench.set("lobby", "alice", std::string(keep_age_attribute), std::to_string((1h) / 1ms));
  bench.turn();
  bench.now += std::chrono::hours{24 * 3650};
  bench.say("lobby", "alice", "from the future");
  bench.now -= std::chrono::hours{24 * 3650};
  bench.turn();
  bench.later(30min);
  CHECK(bench.history("lobby") == Texts{"from the future"});
  bench.later(32min);
  CHECK(bench.history("lobby").empty());
}

}  // namespace hubbub::journal
