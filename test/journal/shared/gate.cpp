// Which batches of a log are valid: the same for all who read it, and each once, whatever was sent again.
#include "server/journal/shared/gate.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::journal::shared {
namespace {

using Verdict = Gate::Verdict;

std::string batch_of(const Head& head, const std::string& text = "hi") {
  BatchWriter writer;
  writer.add({.room = "tea",
              .sender = "anna",
              .message = {.room = "tea", .to = {}, .time = {}, .from = "anna", .text = text, .id = {}},
              .checked = head.seen.position});
  return writer.finish(head);
}

std::string beginning() {
  return encoded(Beginning{
      .generation = 5, .base = 0, .epoch = 1, .is_from_nothing = true, .time = protocol::Timestamp{}});
}

/// A gate that is fed by hand.
struct Fed {
  Fed() { CHECK(entry(beginning()) == Verdict::begun); }
  Verdict entry(std::string bytes) {
    ++position;
    return gate.judge({.position = position, .bytes = std::move(bytes)}, ++revision).verdict;
  }
  /// The next batch of that node, as it should be.
  Verdict batch(const std::string& node, std::uint64_t epoch, std::uint64_t number) {
    return entry(batch_of({.generation = gate.standing().generation,
                           .node = node,
                           .epoch = epoch,
                           .number = number,
                           .seen = gate.seen()}));
  }
  void came(const std::string& node, std::uint64_t epoch, std::uint32_t its_level = level) {
    gate.came({.node = node, .epoch = epoch, .about = encoded(About{.level = its_level})}, ++revision);
  }
  bool gone(const std::string& node, std::uint64_t epoch) {
    return gate.gone({.node = node, .epoch = epoch}, ++revision);
  }

  Gate gate;
  std::uint64_t position = 0;
  std::uint64_t revision = 0;
};

}  // namespace

TEST_CASE("a batch counts when its node is there, and its number is the next") {
  Fed fed;
  CHECK(fed.batch("a", 1, 1) == Verdict::void_gone);
  fed.came("a", 3);
  CHECK(fed.batch("a", 1, 1) == Verdict::void_gone);  // of a former start
  CHECK(fed.batch("a", 3, 1) == Verdict::valid);
  CHECK(fed.batch("a", 3, 1) == Verdict::void_again);
  CHECK(fed.batch("a", 3, 3) == Verdict::void_again);
  CHECK(fed.batch("a", 3, 2) == Verdict::valid);
  fed.came("b", 9);
  CHECK(fed.batch("b", 9, 1) == Verdict::valid);
  CHECK(fed.batch("a", 3, 3) == Verdict::valid);
  CHECK(fed.gone("a", 3));
  CHECK_FALSE(fed.gone("a", 3));
  CHECK(fed.batch("a", 3, 4) == Verdict::void_gone);
  CHECK(fed.batch("b", 9, 2) == Verdict::valid);
  // Another start begins with 1, and the end of the former one is none of it.
  fed.came("a", 20);
  CHECK_FALSE(fed.gone("a", 3));
  CHECK(fed.batch("a", 20, 1) == Verdict::valid);
  CHECK(fed.gate.mark() == Mark{.position = fed.position, .revision = fed.revision});
}

TEST_CASE("the first entry says which log it is, and whoever has read another one is found out") {
  Gate gate;
  CHECK(gate.standing().generation == 0);
  CHECK(gate.judge({.position = 1, .bytes = beginning()}, 1).verdict == Verdict::begun);
  CHECK(gate.standing().generation == 5);
  gate.came({.node = "a", .epoch = 2, .about = encoded(About{})}, 2);
  const Head of_another{.generation = 6, .node = "a", .epoch = 2, .number = 1, .seen = gate.seen()};
  CHECK(gate.judge({.position = 2, .bytes = batch_of(of_another)}, 3).verdict == Verdict::split);
  // One that cannot be read is that of a later program.
  Gate other;
  CHECK(other.judge({.position = 1, .bytes = "\x01"}, 1).verdict == Verdict::later_level);
  CHECK(other.mark() == Mark{});
}

TEST_CASE(
    "what a node says of itself can have more in it than is known, and is no node where it says nothing") {
  About about{.level = level + 1};
  about.seal_key[3] = 7;
  auto bytes = encoded(about);
  CHECK(decode_about(bytes) == about);
  bytes.front() = static_cast<char>(level + 1);
  CHECK(decode_about(bytes + "more") == about);
  Gate gate;
  gate.came({.node = "a", .epoch = 2, .about = "\xFF"}, 2);
  CHECK(gate.nodes().empty());
}

TEST_CASE("what is no batch is passed over by all, and what is of a later program by nobody") {
  Fed fed;
  fed.came("a", 1);
  CHECK(fed.entry("") == Verdict::void_damaged);
  CHECK(fed.entry(std::string(50, '\xFF')) == Verdict::void_damaged);
  CHECK(fed.batch("a", 1, 1) == Verdict::valid);
  const auto before = fed.gate.mark();
  auto later = batch_of({.generation = 5, .node = "a", .epoch = 1, .number = 2, .seen = fed.gate.seen()});
  later.front() = static_cast<char>(level + 1);
  CHECK(fed.entry(later) == Verdict::later_level);
  CHECK(fed.gate.mark() == before);
}

TEST_CASE("the level in force is what all who are there understand") {
  Fed fed;
  CHECK(fed.gate.level_in_force() == level);
  fed.came("a", 1, level);
  fed.came("b", 2, level - 1);
  CHECK(fed.gate.level_in_force() == level - 1);
  fed.gone("b", 2);
  CHECK(fed.gate.level_in_force() == level);
  fed.came("c", 3, level + 5);
  CHECK(fed.gate.level_in_force() == level);
}

TEST_CASE("who has read another log is found out by his first batch") {
  Fed one;
  Fed other;
  for (auto* fed : {&one, &other}) {
    fed->came("a", 1);
    fed->came("b", 2);
    CHECK(fed->batch("a", 1, 1) == Verdict::valid);
  }
  const auto same = one.gate.seen();
  CHECK(same == other.gate.seen());
  // From here on they differ.
  one.entry(batch_of({.generation = 5, .node = "a", .epoch = 1, .number = 2, .seen = same}, "one"));
  other.entry(batch_of({.generation = 5, .node = "a", .epoch = 1, .number = 2, .seen = same}, "other"));
  const Head old{.generation = 5, .node = "b", .epoch = 2, .number = 1, .seen = same};
  const Head split{.generation = 5, .node = "b", .epoch = 2, .number = 1, .seen = other.gate.seen()};
  CHECK(one.entry(batch_of(split)) == Verdict::split);
  one.position -= 1;
  CHECK(one.entry(batch_of(old)) == Verdict::valid);
  // One that says it has read what does not exist yet.
  auto ahead = one.gate.seen();
  ahead.position += 1;
  CHECK(one.entry(batch_of({.generation = 5, .node = "b", .epoch = 2, .number = 2, .seen = ahead})) ==
        Verdict::split);
}

TEST_CASE("only so many chains are remembered, and what is older is taken as it is") {
  Fed fed;
  fed.came("a", 1);
  const auto first = fed.gate.seen();
  for (std::uint64_t i = 1; i <= Gate::most_chains + 10; ++i)
    if (fed.batch("a", 1, i) != Verdict::valid) FAIL(i);
  auto wrong = first;
  wrong.chain = 77;
  const auto number = Gate::most_chains + 11;
  CHECK(fed.entry(batch_of({.generation = 5, .node = "a", .epoch = 1, .number = number, .seen = wrong})) ==
        Verdict::valid);
}

namespace {

/// A log, the nodes that append to it, and those that read it, some from a state that was kept.
class Play {
 public:
  explicit Play(std::uint64_t seed) : dice_(seed), authors_(3), readers_(4) {
    add(Entry{.position = ++position_, .bytes = beginning()});
  }

  void run() {
    for (int step = 0; step < 400; ++step) {
      auto& author = authors_[dice_.below(authors_.size())];
      switch (dice_.below(8)) {
        case 0:
          if (dice_.one_in(5)) start(author);
          break;
        case 1:
        case 2:
          read(author.reader, 1 + dice_.below(5));
          learn(author);
          break;
        case 3:
          say(author);
          break;
        case 4:
        case 5:
          send(author);
          break;
        case 6:
          arrive();
          break;
        default:
          keep(readers_[dice_.below(readers_.size())]);
      }
    }
    while (!underway_.empty()) arrive();
    for (auto& author : authors_) {
      read(author.reader, items_.size());
      learn(author);
    }
    for (auto& reader : readers_) read(reader, items_.size());
  }

  void judge() const {
    for (const auto& reader : readers_) {
      CHECK(reader.gate.standing() == authors_[0].reader.gate.standing());
      CHECK(reader.valid == authors_[0].reader.valid);
    }
    std::map<std::string, int> seen;
    for (const auto& text : authors_[0].reader.valid) ++seen[text];
    for (const auto& [text, count] : seen) CHECK(count == 1);
    // What somebody knows to be stored is, and what each has said is in the order in which he said it.
    for (const auto& author : authors_) {
      for (const auto& text : author.stored) CHECK(seen.contains(text));
    }
    std::map<char, int> newest;
    for (const auto& text : authors_[0].reader.valid) {
      const auto number = std::stoi(text.substr(1));
      CHECK(number > newest[text.front()]);
      newest[text.front()] = number;
    }
  }
  std::size_t stored() const { return authors_[0].reader.valid.size(); }

 private:
  struct Reader {
    Gate gate;
    std::size_t next = 0;            ///< item
    std::vector<std::string> valid;  ///< the texts of valid batches
  };
  struct Author {
    Reader reader;
    std::uint64_t epoch = 0;  ///< 0: it has not been started
    std::uint64_t number = 0;
    std::string bytes;  ///< what is to be stored, and sent until that is known; empty: nothing
    std::string text;
    std::vector<std::string> stored;
  };
  struct Sent {
    std::string node;
    std::uint64_t epoch;
    std::string bytes;
  };

  std::string id_of(const Author& author) const {
    return std::string(1, static_cast<char>('a' + (&author - authors_.data())));
  }

  void add(std::variant<Entry, Came, Gone> what) {
    items_.push_back({.revision = items_.size() + 1, .what = std::move(what)});
  }
  /// Another start: what the former one had under way may still be on the way, and is fenced.
  void start(Author& author) {
    const auto id = id_of(author);
    if (author.epoch != 0 && live_[id] == author.epoch) add(Gone{.node = id, .epoch = author.epoch});
    author.epoch = items_.size() + 1;
    live_[id] = author.epoch;
    add(Came{.node = id, .epoch = author.epoch, .about = encoded(About{})});
    author.number = 0;
    author.bytes.clear();
  }
  void say(Author& author) {
    const bool has_read = author.reader.gate.standing().generation != 0;
    if (author.epoch == 0 || !has_read || !author.bytes.empty()) return;
    author.text = id_of(author) + std::to_string(++texts_);
    author.bytes = batch_of({.generation = author.reader.gate.standing().generation,
                             .node = id_of(author),
                             .epoch = author.epoch,
                             .number = ++author.number,
                             .seen = author.reader.gate.seen()},
                            author.text);
  }
  void send(Author& author) {
    if (author.bytes.empty()) return;
    underway_.push_back({.node = id_of(author), .epoch = author.epoch, .bytes = author.bytes});
  }
  /// One of those that are under way comes to the engine, or is lost; and its answer comes back or is lost.
  void arrive() {
    if (underway_.empty()) return;
    const auto which = underway_.begin() + static_cast<std::ptrdiff_t>(dice_.below(underway_.size()));
    const auto sent = *which;
    underway_.erase(which);
    if (dice_.one_in(4)) return;
    const bool is_let_in = live_[sent.node] == sent.epoch;
    if (is_let_in) add(Entry{.position = ++position_, .bytes = sent.bytes});
  }
  /// What it reads of itself is what has become of its batch: nothing else tells.
  void learn(Author& author) {
    if (author.bytes.empty()) return;
    const auto& nodes = author.reader.gate.nodes();
    const auto own = nodes.find(id_of(author));
    const bool is_here = own != nodes.end() && own->second.epoch == author.epoch;
    if (is_here && own->second.number >= author.number) {
      author.stored.push_back(author.text);
      author.bytes.clear();
    }
  }
  /// It is stopped, and goes on from what it has kept.
  void keep(Reader& reader) {
    read(reader, dice_.below(10));
    reader.gate = Gate(reader.gate.standing());
  }
  void read(Reader& reader, std::size_t count) {
    for (; count > 0 && reader.next < items_.size(); --count) {
      const auto& item = items_[reader.next++];
      if (const auto* came = std::get_if<Came>(&item.what)) reader.gate.came(*came, item.revision);
      if (const auto* gone = std::get_if<Gone>(&item.what)) reader.gate.gone(*gone, item.revision);
      if (const auto* entry = std::get_if<Entry>(&item.what)) {
        const auto judged = reader.gate.judge(*entry, item.revision);
        REQUIRE(judged.verdict != Verdict::split);
        REQUIRE((judged.verdict == Verdict::begun) == (entry->position == 1));
        if (judged.verdict == Verdict::valid) reader.valid.push_back(judged.batch->drafts.at(0).message.text);
      }
    }
  }

  test::Dice dice_;
  std::vector<Item> items_;
  std::uint64_t position_ = 0;
  std::map<std::string, std::uint64_t> live_;
  std::vector<Sent> underway_;
  std::vector<Author> authors_;
  std::vector<Reader> readers_;
  int texts_ = 0;
};

}  // namespace

TEST_CASE("whatever is lost, late and sent again, all read the same, and each batch once") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100);
  std::size_t stored = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    Play play(seed + run);
    play.run();
    play.judge();
    stored += play.stored();
  }
  CHECK(stored > 5 * runs);
}

}  // namespace hubbub::journal::shared
