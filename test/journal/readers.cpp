// Readers who hold messages, and apply the batches that are handed back and the pages that they ask for, end
// with what a model says of every message, whatever order it comes in.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/journal/disk.hpp"
#include "test/journal/killed.hpp"
#include "test/journal/retention_bench.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;
using protocol::Change;

/// A message as somebody sees it.
struct Seen {
  std::string text;
  bool is_deleted = false;
  std::uint64_t number = 0;  ///< of its last change
  bool operator==(const Seen&) const = default;
};
using View = std::map<std::uint64_t, Seen>;

Seen seen(const protocol::Message& message) {
  return {.text = message.text,
          .is_deleted = message.is_deleted(),
          .number = message.change ? message.change->number : 0};
}

/// Has everything up to `upto`.
struct Reader {
  std::string room;
  View view;
  std::uint64_t upto = 0;
  bool is_live = false;  ///< and gets what is handed back
  std::size_t limit = 1;

  void apply(const Page& page) {
    for (const auto& message : page.messages) view[message->seq] = seen(*message);
    for (const auto& message : page.changed) {
      const auto held = view.find(message->seq);
      // From before it began to read, or dropped for it: then there is nothing to change.
      if (held != view.end()) held->second = seen(*message);
    }
    REQUIRE(page.upto >= upto);
    upto = page.upto;
  }
  void apply(const Committed& committed) {
    if (committed.message) {
      upto = committed.message->seq;
      view[upto] = seen(*committed.message);
    } else if (committed.change) {
      upto = committed.change->number;
      for (const auto seq : committed.change->seqs) {
        const auto held = view.find(seq);
        if (held == view.end()) continue;
        held->second = {.text = committed.change->text,
                        .is_deleted = committed.change->what == Change::What::deleted,
                        .number = upto};
      }
    }
  }
};

class Crowd {
 public:
  Crowd(const Settings& settings, std::uint64_t seed)
      : settings_(settings), disk_(directory_.path()), dice_(seed) {
    settings_.directory = directory_.path().string();
    open();
    for (int i = 0; i < 6; ++i)
      readers_.push_back({.room = rooms.at(dice_.below(rooms.size())), .limit = 1 + dice_.below(7)});
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      CAPTURE(step);
      act();
      for (auto& reader : readers_) {
        if (!reader.is_live && dice_.below(3) == 0) read_on(reader);
      }
      if (step % 10 == 9) judge_rooms();
    }
    for (auto& reader : readers_) {
      while (!reader.is_live) read_on(reader);
      judge(reader);
    }
  }
  std::size_t pages() const { return pages_; }

 private:
  static constexpr std::array<const char*, 3> rooms{"lobby", "den", "@1-2"};

  void open(protocol::Timestamp at = Bench::some_day) {
    bench_ = std::make_unique<Bench>(settings_, at);
    bench_->on_batch = [this] {
      for (const auto& committed : bench_->batches.back()) take(committed);
    };
  }

  void act() {
    const std::string room = rooms.at(dice_.below(rooms.size()));
    const auto& said = said_[room];
    const auto any = [&] {
      return said[said.size() - 1 - dice_.below(std::min<std::size_t>(said.size(), 12))].first;
    };
    for (auto drafts = 1 + dice_.below(4); drafts > 0; --drafts) {
      const auto what = dice_.below(10);
      if (said.empty() || what < 4) {
        const auto number = std::to_string(++number_);
        bench_->append(room, "alice", "text " + number, "id " + number);
      } else if (what == 4) {
        const auto& again = said[said.size() - 1 - dice_.below(std::min<std::size_t>(said.size(), 5))];
        bench_->append(room, "alice", "text " + again.second, "id " + again.second);
      } else if (what < 8) {
        // Sometimes it is what it was.
        bench_->edit(room, any(), "edit " + std::to_string(dice_.below(3) == 0 ? 0 : ++number_));
      } else {
        std::vector<std::uint64_t> seqs;
        for (auto count = 1 + dice_.below(4); count > 0; --count) seqs.push_back(any());
        bench_->erase(room, std::move(seqs));
      }
    }
    if (dice_.below(4) == 0) bench_->now += 1s;
    bench_->turn();
    if (dice_.below(2) == 0) {
      auto& reader = readers_[dice_.below(readers_.size())];
      reader.is_live = false;  // it is behind from now on
    }
    if (settings_.engine == "sqlite" && dice_.below(15) == 0) dice_.below(2) == 0 ? restart() : kill();
  }

  void restart() {
    const auto now = bench_->now;
    bench_.reset();
    open(now);
    behind();
  }
  /// What was handed back is there after it, and nothing else was.
  void kill() {
    const test::TemporaryDirectory left;
    test::write_killed(disk_.records(), disk_.position(), left.path());
    auto settings = settings_;
    settings.directory = left.path().string();
    Bench other(settings, bench_->now);
    for (const auto& [room, view] : model_) judge_room(other, room);
  }
  void behind() {
    for (auto& reader : readers_) reader.is_live = false;
  }

  void read_on(Reader& reader) {
    ++pages_;
    const auto page = bench_->read(
        {.room = reader.room, .after = reader.upto, .limit = reader.limit, .newest = false, .changes = true});
    REQUIRE(page.messages.size() <= reader.limit);
    REQUIRE(page.changed.size() <= std::max<std::size_t>(reader.limit, 4));
    REQUIRE((!page.more || page.upto > reader.upto));
    reader.apply(page);
    if (!page.more) reader.is_live = true;  // all that was handed back so far was in it
  }

  void take(const Committed& committed) {
    auto& model = model_[committed.room];
    if (committed.outcome == Outcome::stored && committed.message) {
      model[committed.message->seq] = seen(*committed.message);
      said_[committed.room].emplace_back(committed.message->seq, committed.message->text.substr(5));
    } else if (committed.message) {
      const auto kept = model.find(committed.message->seq);
      REQUIRE(kept != model.end());
      if (!settings_.keep_messages) REQUIRE(seen(*committed.message) == kept->second);
    }
    if (committed.change) {
      for (const auto seq : committed.change->seqs) {
        REQUIRE_FALSE(model.at(seq).is_deleted);
        model.at(seq) = {.text = committed.change->text,
                         .is_deleted = committed.change->what == Change::What::deleted,
                         .number = committed.change->number};
      }
    }
    if (committed.outcome != Outcome::stored) return;
    for (auto& reader : readers_)
      if (reader.is_live && reader.room == committed.room) reader.apply(committed);
  }

  /// What it holds is as the model has it; it has seen all that is kept.
  void judge(const Reader& reader) {
    const auto kept = bench_->read({.room = reader.room, .limit = 1'000'000}).messages;
    for (const auto& message : kept) {
      REQUIRE(reader.view.contains(message->seq));
      REQUIRE(reader.view.at(message->seq) == model_[reader.room].at(message->seq));
    }
    // What retention has dropped may have been changed before, without its having heard of it.
    if (settings_.keep_messages == 0) REQUIRE(reader.view == model_[reader.room]);
  }
  void judge_rooms() {
    for (const auto& [room, view] : model_) judge_room(*bench_, room);
  }
  void judge_room(Bench& bench, const std::string& room) {
    const auto& model = model_[room];
    const auto kept = bench.read({.room = room, .limit = 1'000'000}).messages;
    REQUIRE(kept.size() == (settings_.keep_messages == 0
                                ? model.size()
                                : std::min<std::size_t>(model.size(), settings_.keep_messages)));
    std::uint64_t changed = 0;
    for (const auto& message : kept) REQUIRE(seen(*message) == model.at(message->seq));
    for (const auto& [seq, one] : model) changed = std::max(changed, one.number);
    REQUIRE(bench.journal().tail(room).changed >= changed);
    if (kept.empty()) return;
    const auto& one = model.at(kept[dice_.below(kept.size())]->seq);
    if (one.is_deleted) return;
    const auto found = bench.read({.room = room, .limit = 1000, .search = one.text, .count = true});
    REQUIRE(found.found == found.messages.size());
    const auto is_it = [&](const auto& message) { return message->text == one.text; };
    REQUIRE(std::any_of(found.messages.begin(), found.messages.end(), is_it));
    for (const auto& message : found.messages) REQUIRE(seen(*message) == model.at(message->seq));
  }

  const test::TemporaryDirectory directory_;
  Settings settings_;
  test::Disk disk_;
  test::Dice dice_;
  std::unique_ptr<Bench> bench_;
  std::vector<Reader> readers_;
  std::map<std::string, View> model_;
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::string>>> said_;  ///< seqs, and their texts
  std::uint64_t number_ = 0;
  std::size_t pages_ = 0;
};

}  // namespace

TEST_CASE("whoever applies what is handed back, and pages wherever something is missing, has what is there") {
  auto settings = each_engine();
  settings.sync = Sync::normal;
  std::size_t pages = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(settings.engine, seed);
    settings.keep_messages = seed % 3 == 0 ? 9 : 0;
    Crowd crowd(settings, seed);
    crowd.run(120);
    pages += crowd.pages();
  }
  CHECK(pages > 500);
}

}  // namespace hubbub::journal
