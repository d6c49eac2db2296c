// Edits and deletions: whose they are, who is told, and what those see who come back, page or are slow.
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "test/chat/court.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

request::Edit edit_of(const std::string& room, std::optional<std::uint64_t> seq, const std::string& text) {
  return {.room = room, .with = {}, .seq = seq, .text = text};
}
request::Delete delete_of(const std::string& room, std::optional<std::uint64_t> seq) {
  return {.room = room, .with = {}, .seq = seq, .reason = {}};
}
request::History history_of(const std::string& room, std::optional<std::uint64_t> after = {},
                            std::optional<std::uint64_t> limit = {}) {
  return {.room = room, .before = {}, .after = after, .limit = limit, .search = {}};
}

/// What a client knows that applies what it is given: texts by number, nothing of what is deleted.
class Memory {
 public:
  void take(const std::deque<protocol::Event>& events, std::size_t from = 0) {
    for (; from < events.size(); ++from) std::visit(*this, events[from].body);
  }
  void operator()(const protocol::MessagePtr& message) {
    texts[message->seq] = message->is_deleted() ? "" : message->text;
  }
  void operator()(const event::Edited& edited) { texts[edited.seq] = edited.text; }
  void operator()(const event::Deleted& deleted) {
    for (const auto seq : deleted.seqs) texts[seq].clear();
  }
  void operator()(const event::Joined& joined) {
    for (const auto& change : joined.changes) std::visit(*this, change);
    for (const auto& message : joined.history) (*this)(message);
  }
  void operator()(const event::History& page) {
    for (const auto& change : page.changes) std::visit(*this, change);
    for (const auto& message : page.messages) (*this)(message);
  }
  template <class Other>
  void operator()(const Other& /*other*/) {}

  std::map<std::uint64_t, std::string> texts;
};

/// A room of anna's with a moderator, bob and a guest.
struct Desk : Court {
  Desk() : Desk(fast_journal()) {}
  explicit Desk(std::unique_ptr<journal::Journal> engine) : Court(std::move(engine)) {
    anna = member("anna", "tea");
    mod = member("mod", "tea");
    bob = member("bob", "tea");
    gus = guest("gus", "tea");
    answer<event::Role>(*anna, request::Role{.room = "tea", .name = "mod", .role = "moderator"});
    hear();
  }
  void hear() const {
    for (auto* each : everybody()) each->heard();
  }
  std::vector<Peer*> everybody() const { return {anna.get(), mod.get(), bob.get(), gus.get()}; }
  void denies(Peer& peer, request::Any body, Code code) {
    hear();
    const auto before = picture();
    const auto got = refused(peer, std::move(body));
    CHECK(got == code);
    CHECK(picture() == before);
    for (auto* each : everybody()) CHECK(each->heard().size() == (each == &peer ? 1U : 0U));
  }
  /// The slow reader reads again, until it has everything.
  void drain(Peer& peer) {
    peer.full = false;
    peer.wants_drained = true;
    while (std::exchange(peer.wants_drained, false)) {
      peer.session().go_on();
      finish();
    }
  }
  Memory truth() {
    Memory all;
    journal->read({.room = "tea", .limit = 1000}, [&](const protocol::Result<journal::Page>& page) {
      for (const auto& message : page.value().messages) all(message);
    });
    return all;
  }

  std::unique_ptr<Peer> anna, mod, bob, gus;
};

}  // namespace

TEST_CASE("an edit comes to all in the room, and history has the message as it is now") {
  Desk desk;
  const auto seq = desk.said(*desk.bob, "tea", "helo");
  desk.said(*desk.gus, "tea", "hi");
  desk.hear();
  const auto& told = desk.answer<event::Edited>(*desk.bob, edit_of("tea", seq, "hello"));
  CHECK(told.seq == seq);
  CHECK(told.change > seq);
  CHECK(told.by == "bob");
  for (auto* peer : {desk.anna.get(), desk.gus.get()}) {
    CHECK(peer->heard() == Lines{"edited tea: hello"});
    CHECK(peer->last<event::Edited>().change == told.change);
  }
  const auto& page = desk.answer<event::History>(*desk.gus, history_of("tea"));
  CHECK(page.messages.at(0)->text == "hello");
  REQUIRE(page.messages.at(0)->change);
  CHECK(page.messages.at(0)->change->what == protocol::Change::What::edited);
  CHECK_FALSE(page.messages.at(1)->change);
  // Without a number: one's newest that is there.
  desk.answer<event::Edited>(*desk.gus, edit_of("tea", {}, "hi all"));
  desk.hear();
  desk.answer<event::Deleted>(*desk.gus, delete_of("tea", {}));
  desk.denies(*desk.gus, delete_of("tea", {}), Code::no_such_message);
  desk.denies(*desk.gus, edit_of("tea", {}, "x"), Code::no_such_message);
  desk.denies(*desk.anna, edit_of("tea", {}, "x"), Code::no_such_message);
}

TEST_CASE("what is deleted has no text any more, anywhere, and is not changed again") {
  Desk desk;
  const auto seq = desk.said(*desk.bob, "tea", "secret words");
  desk.hear();
  const auto& told = desk.answer<event::Deleted>(
      *desk.bob, request::Delete{.room = "tea", .with = {}, .seq = seq, .reason = "oops"});
  CHECK(told.seqs == std::vector{seq});
  CHECK(desk.gus->heard() == Lines{"deleted tea 1"});
  CHECK(desk.gus->last<event::Deleted>().reason == "oops");
  const auto& page = desk.answer<event::History>(*desk.gus, history_of("tea"));
  CHECK(page.messages.at(0)->text.empty());
  CHECK(page.messages.at(0)->is_deleted());
  auto search = history_of("tea");
  search.search = "secret";
  CHECK(desk.answer<event::History>(*desk.gus, search).messages.empty());
  desk.denies(*desk.bob, delete_of("tea", seq), Code::no_such_message);
  desk.denies(*desk.bob, edit_of("tea", seq, "again"), Code::no_such_message);
}

TEST_CASE("nobody changes what others have said, but moderators delete it") {
  Desk desk;
  const auto seq = desk.said(*desk.bob, "tea", "hello");
  desk.denies(*desk.gus, edit_of("tea", seq, "x"), Code::denied);
  desk.denies(*desk.gus, delete_of("tea", seq), Code::denied);
  desk.denies(*desk.mod, edit_of("tea", seq, "x"), Code::denied);
  desk.denies(*desk.bob, edit_of("tea", seq, ""), Code::text_empty);
  desk.denies(*desk.bob, edit_of("tea", seq, "hello"), Code::bad_request);
  desk.denies(*desk.bob, edit_of("tea", seq + 1000, "x"), Code::no_such_message);
  desk.denies(*desk.bob, edit_of("tea", 0, "x"), Code::no_such_message);
  desk.denies(*desk.bob, edit_of("lobby", seq, "x"), Code::not_joined);
  CHECK(desk.answer<event::Deleted>(*desk.mod, delete_of("tea", seq)).by == "mod");
  const auto& entry = desk.answer<event::Audit>(*desk.anna, request::Audit{.room = "tea"}).entries.front();
  CHECK(entry.action == "delete");
  CHECK(entry.by == "mod");
  CHECK(entry.before == "bob");
  // One's own is nobody else's business.
  const auto own = desk.said(*desk.mod, "tea", "hello");
  const auto entries = desk.answer<event::Audit>(*desk.anna, request::Audit{.room = "tea"}).entries.size();
  desk.answer<event::Deleted>(*desk.mod, delete_of("tea", own));
  CHECK(desk.answer<event::Audit>(*desk.anna, request::Audit{.room = "tea"}).entries.size() == entries);
}

TEST_CASE(
    "an account owns what it has said in every session and under every name; a guest only while he bears the "
    "name") {
  Desk desk;
  const auto of_bob = desk.said(*desk.bob, "tea", "hello");
  desk.ask(*desk.bob, request::Rename{"robert"});
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", of_bob, "hello!"));
  const auto phone = desk.log_in("bob", "tea");
  desk.answer<event::Edited>(*phone, edit_of("tea", of_bob, "hello!!"));
  // A guest who takes the name is not he.
  desk.clock.pass(seconds{1});
  const auto of_gus = desk.said(*desk.gus, "tea", "hi");
  desk.answer<event::Edited>(*desk.gus, edit_of("tea", of_gus, "hi!"));
  desk.clock.pass(seconds{1});
  desk.ask(*desk.gus, request::Rename{"gustav"});
  CHECK(desk.refused(*desk.gus, edit_of("tea", of_gus, "x")) == Code::denied);
  desk.clock.pass(seconds{1});
  desk.ask(*desk.gus, request::Rename{"gus"});
  CHECK(desk.refused(*desk.gus, edit_of("tea", of_gus, "x")) == Code::denied);
  desk.ask(*desk.gus, request::Rename{"gustav"});
  const auto other = desk.guest("gus", "tea");
  CHECK(desk.refused(*other, delete_of("tea", of_gus)) == Code::denied);
  CHECK(desk.refused(*other, edit_of("tea", of_bob, "x")) == Code::denied);
  // Nor is an account the guest whose name it has.
  desk.begin("gustav2");
  const auto later = desk.said(*desk.gus, "tea", "as a guest");
  desk.ask(*desk.gus, token_login(desk.tokens.at("gustav2")));
  CHECK(desk.refused(*desk.gus, edit_of("tea", later, "x")) == Code::denied);
}

TEST_CASE("one changes what one has said for as long as edit_window says, moderators delete any") {
  Desk desk;
  desk.settings.edit_window = minutes{10};
  const auto seq = desk.said(*desk.bob, "tea", "hello");
  const auto of_mod = desk.said(*desk.mod, "tea", "hello");
  desk.clock.pass(minutes{10} - seconds{1});
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", seq, "hi"));
  desk.clock.pass(seconds{1});
  desk.denies(*desk.bob, edit_of("tea", seq, "hey"), Code::denied);
  desk.denies(*desk.bob, delete_of("tea", seq), Code::denied);
  desk.denies(*desk.mod, edit_of("tea", of_mod, "hey"), Code::denied);
  desk.answer<event::Deleted>(*desk.mod, delete_of("tea", of_mod));
  desk.answer<event::Deleted>(*desk.mod, delete_of("tea", seq));
  desk.settings.edit_window = {};
  const auto old = desk.said(*desk.bob, "tea", "hello");
  desk.clock.pass(hours{24 * 300});
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", old, "hi"));
}

TEST_CASE("who runs a room while he is there deletes nothing from before he came") {
  Desk desk;
  const auto carl = desk.guest("carl", "garden");
  const auto dora = desk.guest("dora", "garden");
  const auto early = desk.said(*dora, "garden", "early");
  desk.answer<event::Deleted>(*carl, delete_of("garden", early));
  const auto old = desk.said(*dora, "garden", "old");
  desk.ask(*dora, request::Leave{"garden"});
  desk.ask(*carl, request::Leave{"garden"});
  desk.join(*carl, "garden");
  CHECK(carl->last<event::Joined>().role == "moderator");
  CHECK(desk.refused(*carl, delete_of("garden", old)) == Code::denied);
  desk.join(*dora, "garden");
  const auto fresh = desk.said(*dora, "garden", "fresh");
  desk.answer<event::Deleted>(*carl, delete_of("garden", fresh));
}

TEST_CASE("who may not speak does not edit either, but deletes") {
  Desk desk;
  const auto seq = desk.said(*desk.bob, "tea", "hello");
  desk.answer<event::Banned>(
      *desk.mod, request::Ban{.room = "tea", .of = "bob", .action = "mute", .for_ms = {}, .reason = {}});
  desk.denies(*desk.bob, edit_of("tea", seq, "x"), Code::muted);
  desk.answer<event::Deleted>(*desk.bob, delete_of("tea", seq));
  const auto of_gus = desk.said(*desk.gus, "tea", "hello");
  desk.answer<event::Room>(*desk.anna, Court::rules_of("tea", {.slow_mode = 60'000}));
  desk.answer<event::Edited>(*desk.gus, edit_of("tea", of_gus, "hi"));
  desk.answer<event::Room>(*desk.anna, Court::rules_of("tea", {.moderated = true}));
  desk.denies(*desk.gus, edit_of("tea", of_gus, "x"), Code::moderated);
  desk.ask(*desk.gus, request::Leave{"tea"});
  CHECK(desk.refused(*desk.gus, delete_of("tea", of_gus)) == Code::not_joined);
}

TEST_CASE("in a conversation each changes his own, and every session of both hears of it") {
  Desk desk;
  const auto phone = desk.log_in("anna", "");
  desk.ask(*desk.bob, request::Tell{.to = "anna", .text = "helo", .id = {}});
  const auto seq = desk.bob->last<protocol::MessagePtr>()->seq;
  desk.hear();
  phone->heard();
  const auto edit = [&](const std::string& with, const std::string& text) {
    return request::Edit{.room = {}, .with = with, .seq = seq, .text = text};
  };
  CHECK(desk.answer<event::Edited>(*desk.bob, edit("anna", "hello")).with == "anna");
  for (auto* peer : {desk.anna.get(), phone.get()}) {
    CHECK(peer->heard() == Lines{"edited with bob: hello"});
    CHECK(peer->last<event::Edited>().seq == seq);
  }
  CHECK(desk.mod->heard().empty());
  desk.denies(*desk.anna, edit("bob", "x"), Code::denied);
  desk.denies(*desk.anna, request::Delete{.room = {}, .with = "bob", .seq = seq, .reason = {}}, Code::denied);
  desk.denies(*desk.mod, edit("bob", "x"), Code::no_such_message);
  desk.denies(*desk.gus, edit("bob", "x"), Code::login_required);
  desk.denies(*desk.bob, edit("nobody", "x"), Code::no_such_account);
  desk.answer<event::Deleted>(*desk.bob,
                              request::Delete{.room = {}, .with = "anna", .seq = {}, .reason = {}});
  CHECK(desk.anna->heard() == Lines{"deleted with bob 1"});
  auto asked = history_of("");
  asked.with = "bob";
  CHECK(desk.answer<event::History>(*desk.anna, asked).messages.at(0)->is_deleted());
}

TEST_CASE("who comes back with since is told what has become of what he has, and once") {
  Desk desk;
  const auto one = desk.said(*desk.bob, "tea", "one");
  const auto two = desk.said(*desk.bob, "tea", "two");
  const auto three = desk.said(*desk.bob, "tea", "three");
  const auto last = desk.answer<event::Edited>(*desk.bob, edit_of("tea", one, "first")).change;
  Memory memory;
  memory.take(desk.gus->events);
  desk.ask(*desk.gus, request::Leave{"tea"});
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", two, "zwei"));
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", two, "deux"));
  desk.answer<event::Deleted>(*desk.mod, delete_of("tea", three));
  const auto four = desk.said(*desk.bob, "tea", "four");
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", four, "vier"));
  auto asked = Court::join_of("tea");
  asked.since = last;
  const auto from = desk.gus->events.size();
  const auto joined = desk.answer<event::Joined>(*desk.gus, asked);
  memory.take(desk.gus->events, from);
  CHECK(memory.texts == desk.truth().texts);
  REQUIRE(joined.changes.size() == 2);
  CHECK(std::get<event::Edited>(joined.changes[0]).text == "deux");
  CHECK(std::get<event::Deleted>(joined.changes[1]).seqs == std::vector{three});
  REQUIRE(joined.history.size() == 1);
  CHECK(joined.history[0]->text == "vier");
  CHECK(joined.complete);
  // Nothing has changed since.
  desk.ask(*desk.gus, request::Leave{"tea"});
  asked.since = joined.last;
  CHECK(desk.answer<event::Joined>(*desk.gus, asked).changes.empty());
  CHECK(desk.gus->last<event::Joined>().history.empty());
}

TEST_CASE("pages forward with next have every message and every change") {
  Desk desk;
  std::vector<std::uint64_t> seqs;
  for (int i = 0; i < 10; ++i) seqs.push_back(desk.said(*desk.bob, "tea", "m" + std::to_string(i)));
  Memory memory;
  memory.take(desk.gus->events);
  const auto from = seqs.back();
  for (int i = 0; i < 10; ++i) {
    const auto index = static_cast<std::size_t>(i);
    i % 3 == 0 ? desk.ask(*desk.bob, delete_of("tea", seqs[index]))
               : desk.ask(*desk.bob, edit_of("tea", seqs[index], "changed " + std::to_string(i)));
    const auto seq = desk.said(*desk.bob, "tea", "later " + std::to_string(i));
    if (i % 2 == 0) desk.ask(*desk.bob, edit_of("tea", seq, "corrected " + std::to_string(i)));
  }
  for (const std::uint64_t limit : {1U, 2U, 3U, 7U}) {
    Memory paged = memory;
    auto after = from;
    for (int pages = 0; pages < 100; ++pages) {
      const auto& page = desk.answer<event::History>(*desk.gus, history_of("tea", after, limit));
      paged(page);
      CHECK(page.complete == !page.next);
      if (page.complete) break;
      REQUIRE(*page.next > after);
      after = *page.next;
    }
    CHECK(paged.texts == desk.truth().texts);
  }
}

TEST_CASE("very many changes fit into lines, page after page") {
  Desk desk;
  desk.settings.text_bytes = protocol::default_text_bytes;
  const std::string text(2000, 'x');
  std::vector<std::uint64_t> seqs;
  for (int i = 0; i < 150; ++i) seqs.push_back(desk.said(*desk.bob, "tea", "short"));
  Memory memory;
  memory.take(desk.gus->events);
  desk.ask(*desk.gus, request::Leave{"tea"});
  for (std::size_t i = 0; i < seqs.size(); ++i)
    desk.answer<event::Edited>(*desk.bob, edit_of("tea", seqs[i], text + std::to_string(i)));
  for (int i = 0; i < 100; ++i) desk.said(*desk.bob, "tea", text);
  auto asked = Court::join_of("tea");
  asked.since = seqs.back();
  const auto joined = desk.answer<event::Joined>(*desk.gus, asked);
  CHECK(protocol::encoded_size({.body = joined, .ref = {}}) <= protocol::reply_bytes);
  CHECK_FALSE(joined.complete);
  CHECK_FALSE(joined.history.empty());
  CHECK(joined.history.back()->seq == joined.last);
  auto after = seqs.back();
  for (int pages = 0; pages < 100; ++pages) {
    const auto& page = desk.answer<event::History>(*desk.gus, history_of("tea", after, 500));
    CHECK(protocol::encoded_size({.body = page, .ref = {}}) <= protocol::reply_bytes);
    memory(page);
    if (page.complete) break;
    REQUIRE(page.next);
    REQUIRE(*page.next > after);
    after = *page.next;
  }
  CHECK(memory.texts == desk.truth().texts);
}

TEST_CASE("a slow reader catches up over changes, also when it falls behind with one") {
  for (const bool begins_with_change : {false, true}) {
    CAPTURE(begins_with_change);
    Desk desk;
    const auto one = desk.said(*desk.bob, "tea", "one");
    const auto two = desk.said(*desk.bob, "tea", "two");
    desk.gus->full = true;
    if (!begins_with_change) desk.said(*desk.bob, "tea", "missed");
    desk.answer<event::Edited>(*desk.bob, edit_of("tea", one, "first"));
    const auto three = desk.said(*desk.bob, "tea", "three");
    desk.answer<event::Deleted>(*desk.mod, delete_of("tea", two));
    desk.answer<event::Edited>(*desk.bob, edit_of("tea", three, "third"));
    desk.drain(*desk.gus);
    Memory memory;
    memory.take(desk.gus->events);
    CHECK(memory.texts == desk.truth().texts);
    CHECK(desk.gus->last<event::Joined>().complete);
    // The numbers rise.
    std::uint64_t newest = 0;
    for (const auto& each : desk.gus->events) {
      std::uint64_t number = 0;
      if (const auto* message = std::get_if<protocol::MessagePtr>(&each.body)) number = (*message)->seq;
      if (const auto* edited = std::get_if<event::Edited>(&each.body)) number = edited->change;
      if (const auto* deleted = std::get_if<event::Deleted>(&each.body)) number = deleted->change;
      if (number == 0) continue;
      CHECK(number > newest);
      newest = number;
    }
    desk.gus->heard();
    desk.said(*desk.bob, "tea", "live again");
    CHECK(desk.gus->heard() == Lines{"message tea bob: live again"});
  }
}

TEST_CASE("a slow reader misses no change while a page of history is being read for it") {
  Desk desk(std::make_unique<SlowJournal>());
  const auto one = desk.said(*desk.bob, "tea", "one");
  desk.gus->most_kept = 10;  // nothing is kept for it
  desk.slow->slow_reads = true;
  desk.gus->ask(history_of("tea"));
  desk.slow->slow_reads = false;
  desk.answer<event::Edited>(*desk.bob, edit_of("tea", one, "first"));
  desk.slow->finish_reads();
  desk.finish();
  desk.gus->most_kept = 100'000;
  desk.drain(*desk.gus);
  Memory memory;
  memory.take(desk.gus->events);
  CHECK(memory.texts == desk.truth().texts);
}

TEST_CASE("who falls behind while a change of his own is under way has it once, and in its place") {
  for (const bool in_conversation : {false, true}) {
    CAPTURE(in_conversation);
    Desk desk(std::make_unique<SlowJournal>());
    const auto room = in_conversation ? std::nullopt : std::optional<std::string>("tea");
    const auto with = in_conversation ? std::optional<std::string>("anna") : std::nullopt;
    if (in_conversation) desk.ask(*desk.bob, request::Tell{.to = "anna", .text = "one", .id = {}});
    const auto seq =
        in_conversation ? desk.bob->last<protocol::MessagePtr>()->seq : desk.said(*desk.bob, "tea", "one");
    desk.hear();
    desk.bob->ask(request::Edit{.room = room, .with = with, .seq = seq, .text = "edited"}, "r");
    desk.settle();
    desk.bob->full = true;
    desk.said(*desk.gus, "tea", "somebody else");
    if (!in_conversation) desk.answer<event::Deleted>(*desk.mod, delete_of("tea", seq));
    desk.drain(*desk.bob);
    Lines changes;
    for (const auto& line : desk.bob->heard())
      if (line.starts_with("edited") || line.starts_with("deleted")) changes.push_back(line);
    CHECK(changes == (in_conversation ? Lines{"edited with anna: edited ref=r"}
                                      : Lines{"edited tea: edited ref=r", "deleted tea 1"}));
  }
}

TEST_CASE("a slow reader of a conversation catches up over changes, also when it falls behind with one") {
  Desk desk;
  desk.ask(*desk.bob, request::Tell{.to = "anna", .text = "helo", .id = {}});
  const auto seq = desk.bob->last<protocol::MessagePtr>()->seq;
  desk.anna->full = true;
  desk.answer<event::Edited>(*desk.bob,
                             request::Edit{.room = {}, .with = "anna", .seq = seq, .text = "hello"});
  desk.drain(*desk.anna);
  CHECK(desk.anna->last<event::Edited>().text == "hello");
  CHECK(desk.anna->last<event::Edited>().with == "bob");
}

TEST_CASE("two changes of one message at once: the journal decides, and all see the same") {
  Desk desk(std::make_unique<SlowJournal>());
  const auto seq = desk.said(*desk.bob, "tea", "hello");
  desk.bob->ask(edit_of("tea", seq, "edited"));
  desk.mod->ask(delete_of("tea", seq));
  desk.finish();
  CHECK(desk.truth().texts.at(seq).empty());
  Memory memory;
  memory.take(desk.gus->events);
  CHECK(memory.texts == desk.truth().texts);
  const auto other = desk.said(*desk.bob, "tea", "hello");
  desk.mod->ask(delete_of("tea", other));
  desk.bob->ask(edit_of("tea", other, "edited"));
  desk.finish();
  CHECK(code_of(*desk.bob) == Code::no_such_message);
  CHECK(desk.truth().texts.at(other).empty());
  // And one that could not be stored has changed nothing.
  const auto third = desk.said(*desk.bob, "tea", "hello");
  desk.slow->fail_next = true;
  desk.denies(*desk.bob, edit_of("tea", third, "x"), Code::storage_failed);
  CHECK(desk.truth().texts.at(third) == "hello");
}

TEST_CASE("an edit that was asked for before a mute does not come behind it") {
  Desk desk(std::make_unique<SlowJournal>());
  const auto seq = desk.said(*desk.bob, "tea", "hello");
  desk.slow->slow_reads = true;
  desk.bob->ask(edit_of("tea", seq, "insult"));
  desk.mod->ask(request::Ban{.room = "tea", .of = "bob", .action = "mute", .for_ms = {}, .reason = {}});
  desk.slow->finish_reads();
  desk.finish();
  CHECK(code_of(*desk.bob) == Code::muted);
  desk.slow->slow_reads = false;
  CHECK(desk.truth().texts.at(seq) == "hello");
}

}  // namespace hubbub::chat
