// Several nodes on one log, in every order of what can happen to them: whatever is lost, late, sent again or
// cut off, and whoever dies, all have the same, and nobody is told what is not so.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/journal/shared/shared_journal.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/shared/fake_log.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal::shared {
namespace {

namespace fs = std::filesystem;
using protocol::Timestamp;
using std::chrono::milliseconds;

constexpr Timestamp some_day{std::chrono::hours{24 * 365 * 55}};
constexpr std::size_t count_of_nodes = 3;

/// What becomes of a text that somebody has appended.
struct Fate {
  bool is_told_stored = false;
  bool may_be_stored = true;  ///< not, once it is told to have failed
};

std::string digest(const Committed& committed) {
  if (committed.message)
    return committed.room + ' ' + committed.message->from + ": " + committed.message->text;
  if (committed.state)
    return committed.room + ' ' + committed.state->attribute + "=" + committed.state->value;
  if (committed.account) return "account " + std::to_string(committed.account->body.index());
  if (committed.change) {
    std::string text = "change";
    for (const auto seq : committed.change->seqs) text += ' ' + std::to_string(seq);
    return text;
  }
  if (committed.presence)
    return committed.presence->node + " presence " + std::to_string(committed.presence->body.index());
  return "note";
}

std::uint64_t number_in(const Committed& committed) {
  if (committed.message) return committed.message->seq;
  if (committed.state) return committed.state->seq;
  if (committed.account) return committed.account->seq;
  if (committed.change) return committed.change->number;
  return committed.presence ? committed.presence->seq : 0;
}

class Cluster {
 public:
  explicit Cluster(std::uint64_t seed) : dice_(seed) {
    for (std::size_t i = 0; i < count_of_nodes; ++i) {
      auto& node = nodes_.emplace_back(std::make_unique<Node>());
      node->id = std::string(1, static_cast<char>('a' + i));
      node->skew = milliseconds(dice_.below(4000)) - milliseconds(2000);
    }
    start(*nodes_[0]);
    quiet();
    for (auto& node : nodes_)
      if (!node->journal) start(*node);
    quiet();
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      INFO("step " << step);
      auto& node = *nodes_[dice_.below(nodes_.size())];
      get_better(node);
      const auto what = dice_.below(100);
      if (what < 25) {
        append(node);
      } else if (what < 40) {
        turn(node);
      } else if (what < 50) {
        if (node.log != nullptr) node.log->read(1 + dice_.below(4));
      } else if (what < 60) {
        decide(node);
      } else if (what < 63) {
        if (node.log != nullptr) node.log->answer();
      } else if (what < 88) {
        if (node.log != nullptr) round(node);
      } else if (what < 90) {
        if (engine_.has_late()) engine_.arrive(dice_.below(engine_.late()));
      } else if (what < 91) {
        if (node.log != nullptr) node.log->cut(true);
      } else if (what < 92) {
        if (dice_.one_in(2)) lose_lease(node);
      } else if (what < 93) {
        if (node.log != nullptr && dice_.one_in(2)) node.log->give_up();
      } else if (what < 94) {
        if (node.journal) die(node);
      } else {
        clock_ += milliseconds(dice_.below(dice_.one_in(20) ? 1'500'000 : 3000));
      }
      settle();
      judge_service(node);
    }
  }

  void finish() {
    for (auto& node : nodes_) {
      if (node->journal && node->journal->service() == Service::lost) drop(*node);
      if (!node->journal) start(*node);
      node->log->cut(false);
    }
    while (engine_.has_late()) engine_.arrive(0);
    quiet();
    for (auto& node : nodes_) {
      // It has been away for longer than the log goes back: an operator copies the file of another.
      if (node->journal->service() != Service::lost) continue;
      drop(*node);
      copy_file(ready_one(), *node);
      start(*node);
    }
    quiet();
    for (const auto& node : nodes_) {
      INFO("node " << node->id);
      REQUIRE(node->journal->service() == Service::ready);
      REQUIRE(node->waiting.empty());
    }
  }

  void judge() {
    const auto all = contents(*nodes_[0]);
    for (const auto& node : nodes_) {
      INFO("node " << node->id);
      CHECK(differences(contents(*node), all) == "");
    }
    sqlite::Database journal(file_of(*nodes_[0]), sqlite::Database::Access::read);
    std::map<std::string, int> texts;
    {
      sqlite::Statement statement(journal, "SELECT text FROM message");
      for (auto rows = statement.query(); rows.next();) ++texts[std::string(rows.text(0))];
    }
    for (const auto& [text, fate] : fates_) {
      INFO(text);
      const auto found = texts.find(text);
      const bool is_there = found != texts.end();
      if (is_there) CHECK(found->second == 1);
      if (fate.is_told_stored) CHECK((is_there || erased_.contains(text)));
      if (!fate.may_be_stored) CHECK_FALSE(is_there);
    }
    CHECK(journal.number("SELECT count(*) FROM (SELECT 1 FROM message WHERE id IS NOT NULL GROUP BY room, "
                         "coalesce(sender, name), id HAVING count(*) > 1)") == 0);
    CHECK(journal.number(
              "SELECT count(*) FROM person p JOIN person q ON p.key = q.key AND (p.epoch, p.number) < "
              "(q.epoch, q.number) AND (p.account = 0 OR p.account <> q.account)") == 0);
    CHECK(journal.number("SELECT count(*) FROM person WHERE epoch NOT IN (SELECT epoch FROM node)") == 0);
    CHECK(
        journal.number("SELECT count(*) FROM here h WHERE NOT EXISTS(SELECT 1 FROM person p WHERE p.epoch = "
                       "h.epoch AND p.number = h.number)") == 0);
    judge_deliveries();
    judge_rulings();
  }

  std::size_t delivered() const { return by_number_.size(); }
  std::uint64_t entries() const { return engine_.position(); }

 private:
  struct Node {
    std::string id;
    test::TemporaryDirectory directory;
    std::optional<test::TemporaryDirectory> older;  ///< a copy of it
    std::unique_ptr<SharedJournal> journal;
    FakeLog* log = nullptr;
    milliseconds skew{};
    std::map<std::uint64_t, std::string> waiting;  ///< texts, by ticket
    std::uint64_t tickets = 0;
    std::map<std::uint64_t, std::uint64_t> first_tickets;  ///< of what was appended again, by ticket
    /// The first ticket of what was stored last in this start, by room and sender.
    std::map<std::string, std::uint64_t> newest;
    /// The number that had come last when that was appended, by ticket.
    std::map<std::uint64_t, std::uint64_t> heard;
    std::uint64_t people = 0;
    /// Numbers in the order in which they were delivered, of each start.
    std::vector<std::vector<std::uint64_t>> lives;
  };

  const Node& ready_one() const {
    const auto found = std::find_if(nodes_.begin(), nodes_.end(), [](const auto& node) {
      return node->journal && node->journal->service() == Service::ready;
    });
    REQUIRE(found != nodes_.end());
    return **found;
  }

  static std::string file_of(const Node& node) {
    return sqlite::journal_file(node.directory.path().string());
  }

  Moment moment(const Node& node) const {
    return {.wall = clock_ + node.skew, .steady = Steady{} + (clock_ - some_day)};
  }

  void start(Node& node) {
    Settings settings;
    settings.engine = "sqlite";
    settings.sync = Sync::off;
    settings.directory = node.directory.path().string();
    auto log = std::make_unique<FakeLog>(engine_, nullptr);
    node.log = log.get();
    node.journal = std::make_unique<SharedJournal>(
        settings, ClusterSettings{.name = "test", .node = node.id, .window = 1}, moment(node), loop_,
        std::move(log));
    node.lives.emplace_back();
    node.journal->on_commit([this, &node](std::span<const Committed> batch) { take(node, batch); });
  }

  void drop(Node& node) {
    // Whether what was under way is stored, nobody has been told.
    node.journal.reset();
    node.log = nullptr;
    node.waiting.clear();
    settle();
  }

  void copy_file(const Node& from, Node& to) {
    if (&from == &to) return;
    for (const auto& entry : fs::directory_iterator(to.directory.path())) fs::remove_all(entry.path());
    sqlite::Database source(file_of(from), sqlite::Database::Access::read);
    source.execute("VACUUM INTO '" + file_of(to) + "'");
  }

  /// What has gone wrong is over, mostly.
  void get_better(Node& node) {
    if (!node.journal && dice_.one_in(8)) {
      if (node.older && dice_.one_in(3)) {
        for (const auto& entry : fs::directory_iterator(node.directory.path())) fs::remove_all(entry.path());
        fs::copy(node.older->path(), node.directory.path(), fs::copy_options::recursive);
      }
      return start(node);
    }
    if (!node.journal) return;
    if (node.log->is_cut() && dice_.one_in(8)) node.log->cut(false);
    if (node.log->is_given_up() && dice_.one_in(4)) engine_.remove_node(node.id);
    if (node.journal->service() == Service::lost) {
      drop(node);
      copy_file(*nodes_[dice_.below(nodes_.size())], node);
    }
  }

  /// As it goes where nothing is wrong.
  void round(Node& node) {
    turn(node);
    node.log->answer();
    decide(node);
    node.log->read(dice_.below(10));
    settle();
    turn(node);
    settle();
    turn(node);
  }

  void die(Node& node) {
    if (dice_.one_in(3)) {
      bool is_done = false;
      node.journal->stop(moment(node).wall, [&] { is_done = true; });
      for (int i = 0; i < 20 && !is_done; ++i) {
        node.log->answer();
        node.log->decide(FakeLog::Fate::stored);
        node.log->read(100);
        node.journal->commit(moment(node));
        settle();
      }
      CHECK(is_done);
    }
    drop(node);
    if (!dice_.one_in(3)) return;
    node.older.emplace();
    fs::copy(node.directory.path(), node.older->path(), fs::copy_options::recursive);
  }

  void lose_lease(Node& node) {
    if (node.log != nullptr && dice_.one_in(2)) node.log->give_up();
    engine_.remove_node(node.id);
  }

  void turn(Node& node) {
    if (node.journal) node.journal->commit(moment(node));
  }

  void decide(Node& node) {
    if (node.log == nullptr || !node.log->is_appending()) return;
    if (node.log->is_cut())
      return node.log->decide(dice_.one_in(2) ? FakeLog::Fate::unsent : FakeLog::Fate::lost);
    switch (dice_.below(10)) {
      case 0:
        return node.log->decide(FakeLog::Fate::stored_unknown);
      case 1:
        return node.log->decide(FakeLog::Fate::lost);
      case 2:
        return node.log->decide(FakeLog::Fate::late);
      case 3:
        return node.log->decide(dice_.one_in(3) ? FakeLog::Fate::refused : FakeLog::Fate::unsent);
      default:
        return node.log->decide(FakeLog::Fate::stored);
    }
  }

  /// Everything that is on its way comes.
  void quiet() {
    for (int round = 0; round < 60; ++round) {
      clock_ += milliseconds(50);
      for (auto& node : nodes_) {
        if (!node->journal) continue;
        // Nobody asks for its lease any more.
        if (node->log->is_given_up()) engine_.remove_node(node->id);
        node->log->answer();
        node->log->decide(FakeLog::Fate::stored);
        node->log->read(1000);
        node->journal->commit(moment(*node));
        settle();
      }
    }
  }

  void settle() {
    loop_.restart();
    loop_.run();
  }

  // --- what is appended

  void append(Node& node) {
    if (!node.journal || node.journal->service() == Service::away || node.journal->service() == Service::lost)
      return;
    Draft draft{.room = "room" + std::to_string(dice_.below(3)), .ticket = ++node.tickets};
    const std::string sender = "guest" + std::to_string(dice_.below(3));
    std::string waits_for = "-";
    switch (dice_.below(10)) {
      case 0:
        draft.state = std::make_shared<const StateRecord>(
            StateRecord{.room = draft.room,
                        .attribute = dice_.one_in(2) ? "topic" : "ban/" + std::to_string(dice_.below(2)),
                        .value = dice_.one_in(3) ? "" : std::to_string(++texts_),
                        .by = sender,
                        .at = moment(node).wall});
        break;
      case 1:
        draft.change = std::make_shared<const ChangeRecord>(
            ChangeRecord{.what = protocol::Change::What::deleted,
                         .seqs = {by_number_.empty() ? 1 : some_number()},
                         .by = sender,
                         .at = moment(node).wall});
        break;
      case 2:
        draft.account = std::make_shared<const AccountRecord>(AccountRecord{
            .at = moment(node).wall,
            .body = account::Begun{.name = owned_name(), .password = {}, .device = std::nullopt}});
        break;
      case 3:
      case 4:
      case 5:
        draft.presence = std::make_shared<const PresenceRecord>(PresenceRecord{.body = presence_body(node)});
        break;
      default: {
        // Some say again what was said somewhere, with its id.
        const bool is_again = dice_.one_in(4) && !said_.empty();
        auto said =
            is_again ? said_[dice_.below(said_.size())]
                     : Said{.room = draft.room, .sender = sender, .text = "text " + std::to_string(++texts_)};
        if (!is_again && dice_.one_in(2)) said.id = "id " + said.text;
        if (!is_again && !said.id.empty()) said_.push_back(said);
        draft.room = said.room;
        draft.sender = said.sender;
        draft.message = {.room = said.room,
                         .to = {},
                         .time = moment(node).wall,
                         .from = said.sender,
                         .text = said.text,
                         .id = said.id};
        waits_for = said.text;
        if (is_again) {
          fates_[said.text].may_be_stored = true;
        } else {
          fates_[said.text];
        }
      }
    }
    node.waiting[draft.ticket] = waits_for;
    node.heard[draft.ticket] = heard(node);
    node.journal->append(std::move(draft));
  }

  static std::uint64_t heard(const Node& node) {
    return node.lives.back().empty() ? 0 : node.lives.back().back();
  }
  /// A start of a node.
  static std::string author(const Node& node) { return node.id + std::to_string(node.lives.size()); }

  std::uint64_t some_number() {
    auto place = by_number_.begin();
    std::advance(place, static_cast<std::ptrdiff_t>(dice_.below(by_number_.size())));
    return place->first;
  }

  account::OwnedName owned_name() {
    const auto name = "owner" + std::to_string(dice_.below(4));
    return {.shown = name, .key = name, .look = name};
  }

  presence::Any presence_body(Node& node) {
    const auto person = 1 + dice_.below(4);
    switch (dice_.below(6)) {
      case 0:
      case 1: {
        const auto name = dice_.one_in(5) ? "owner" + std::to_string(dice_.below(4))
                                          : "name" + std::to_string(dice_.below(5));
        return presence::Named{.person = person,
                               .account = dice_.one_in(3) ? 1 + dice_.below(2) : 0,
                               .name = {.shown = name,
                                        .key = name,
                                        .look = "look" + std::to_string(dice_.below(8)),
                                        .is_mixed = dice_.one_in(4)}};
      }
      case 2:
        return presence::Departed{.person = person, .reason = "left"};
      case 3:
        return presence::Left{
            .person = person, .room = "room" + std::to_string(dice_.below(3)), .reason = ""};
      case 4:
        if (dice_.one_in(4)) return presence::Deserted{.room = "room" + std::to_string(dice_.below(3))};
        [[fallthrough]];
      default: {
        const auto room = "room" + std::to_string(dice_.below(3));
        ++node.people;
        return presence::Entered{.person = person, .room = room, .name = room};
      }
    }
  }

  // --- what is delivered

  void take(Node& node, std::span<const Committed> batch) {
    for (const auto& committed : batch) {
      if (committed.ticket != 0) answer(node, committed);
      if (committed.outcome != Outcome::stored) continue;
      const auto number = number_in(committed);
      if (number == 0) continue;
      auto& life = node.lives.back();
      REQUIRE((life.empty() || number > life.back()));
      life.push_back(number);
      const auto [known, is_new] = by_number_.try_emplace(number, digest(committed));
      CHECK(known->second == digest(committed));
      if (committed.change) {
        for (const auto seq : committed.change->seqs) erase(seq);
      }
      if (committed.state && may_forbid(*committed.state)) {
        auto& ruling = rulings_[number];
        ruling.room = committed.room;
        if (committed.ticket != 0) ruling.author = author(node);
      }
      if (committed.message && committed.ticket != 0)
        stored_.push_back({.room = committed.room,
                           .author = author(node),
                           .number = number,
                           .heard = node.heard.at(committed.ticket)});
      // Whatever follows from this is asked for at once.
      if (node.journal && dice_.one_in(10)) append(node);
    }
  }

  void erase(std::uint64_t seq) {
    const auto& said = by_number_.at(seq);
    erased_.insert(said.substr(said.find(": ") + 2));
  }

  void answer(Node& node, const Committed& committed) {
    const auto found = node.waiting.find(committed.ticket);
    REQUIRE(found != node.waiting.end());
    const auto text = found->second;
    node.waiting.erase(found);
    if (text == "-") return;
    auto& fate = fates_.at(text);
    const bool is_stored = committed.outcome == Outcome::stored || committed.outcome == Outcome::repeated;
    if (is_stored) fate.is_told_stored = true;
    const auto first = node.first_tickets.try_emplace(committed.ticket, committed.ticket).first->second;
    if (committed.outcome == Outcome::stored) {
      // What one says after something else has its place behind that, also where that had to go again.
      auto& newest = node.newest[committed.room + " " + committed.message->from];
      CHECK(first > newest);
      newest = first;
    }
    if (committed.outcome == Outcome::stale && node.journal && dice_.one_in(2)) {
      Draft again{.room = committed.room,
                  .sender = committed.message->from,
                  .message = *committed.message,
                  .ticket = ++node.tickets};
      node.waiting[again.ticket] = text;
      node.heard[again.ticket] = heard(node);
      node.first_tickets[again.ticket] = first;
      node.journal->append_again(std::move(again));
      return;
    }
    // What somebody else has under way under the same id may be stored all the same.
    const bool is_elsewhere = std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& other) {
      return std::any_of(other->waiting.begin(), other->waiting.end(),
                         [&](const auto& each) { return each.second == text; });
    });
    if (!is_stored && !fate.is_told_stored && !is_elsewhere && !is_in_doubt(text)) fate.may_be_stored = false;
  }

  /// Somebody who has it under way has died.
  bool is_in_doubt(const std::string& text) const {
    return std::any_of(said_.begin(), said_.end(), [&](const Said& said) { return said.text == text; });
  }

  void judge_service(const Node& node) {
    if (!node.journal) return;
    // No start of a node goes wrong but by what the log does not have any more.
    if (node.journal->service() == Service::lost) CHECK(engine_.items().front().revision > 1);
  }

  /// Nothing is stored behind a ruling of somebody else that had not been delivered when it was appended.
  void judge_rulings() {
    for (const auto& said : stored_) {
      if (said.heard == 0) continue;
      for (auto ruling = rulings_.upper_bound(said.heard);
           ruling != rulings_.end() && ruling->first < said.number; ++ruling) {
        const auto& [room, author] = ruling->second;
        if (room != said.room || author.empty() || author == said.author) continue;
        INFO(said.number << " is said in " << room << ", behind " << ruling->first << ", and only "
                         << said.heard << " was known");
        CHECK(false);
      }
    }
  }

  /// Each start was delivered all that there is between its first and its last.
  void judge_deliveries() {
    for (const auto& node : nodes_) {
      for (const auto& life : node->lives) {
        if (life.empty()) continue;
        std::vector<std::uint64_t> all;
        for (auto place = by_number_.lower_bound(life.front());
             place != by_number_.end() && place->first <= life.back(); ++place)
          all.push_back(place->first);
        CHECK(life == all);
      }
    }
  }

  /// Lines that only one of the two has.
  static std::string differences(const std::string& a, const std::string& b) {
    const auto lines = [](const std::string& text) {
      std::multiset<std::string> all;
      for (std::size_t from = 0; from < text.size();) {
        const auto to = text.find('\n', from);
        all.insert(text.substr(from, to - from));
        from = to + 1;
      }
      return all;
    };
    const auto of_a = lines(a);
    const auto of_b = lines(b);
    std::vector<std::string> differing;
    std::set_symmetric_difference(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                                  std::back_inserter(differing));
    std::string all;
    for (const auto& line : differing) all += (of_a.contains(line) ? "- " : "+ ") + line + '\n';
    return all;
  }

  static std::string contents(const Node& node) {
    sqlite::Database journal(file_of(node), sqlite::Database::Access::read);
    std::string all;
    for (const auto* const sql :
         {"SELECT key, name, last, known_from, ruled, ruled_by, ruled_before, 0 FROM room WHERE last > 0 OR "
          "ruled > 0 "
          "ORDER BY key",
          "SELECT r.key, m.seq, m.time, m.name, m.text, m.id, m.ordinal, m.sender FROM message m JOIN room r "
          "ON "
          "r.id = m.room ORDER BY m.seq",
          "SELECT r.key, attribute, value, who, s.time, s.seq, 0, 0 FROM state s JOIN room r ON r.id = "
          "s.room "
          "ORDER BY s.seq, attribute",
          "SELECT seq, number, what, time, who, reason, 0, 0 FROM change ORDER BY seq",
          "SELECT number, name, key, look, begun, role, 0, 0 FROM account ORDER BY number",
          "SELECT id, epoch, number, about, 0, 0, 0, 0 FROM node ORDER BY id",
          "SELECT position, time, 0, 0, 0, 0, 0, 0 FROM log_time ORDER BY position",
          "SELECT epoch, number, account, shown, key, look, mixed, 0 FROM person ORDER BY epoch, number",
          "SELECT epoch, number, room, name, 0, 0, 0, 0 FROM here ORDER BY epoch, number, room",
          "SELECT key, value, 0, 0, 0, 0, 0, 0 FROM meta WHERE key IN ('generation', 'base', 'position', "
          "'revision', 'chain', 'log_now', 'epoch') ORDER BY key"}) {
      sqlite::Statement statement(journal, sql);
      for (auto rows = statement.query(); rows.next();) {
        for (int column = 0; column < 8; ++column) all += std::string(rows.text(column)) + '|';
        all += '\n';
      }
      all += '\n';
    }
    return all;
  }

  struct Said {
    std::string room;
    std::string sender;
    std::string text;
    std::string id{};
  };

  struct Ruling {
    std::string room;
    std::string author;  ///< empty: it has gone, and was not told
  };
  struct Stored {
    std::string room;
    std::string author;
    std::uint64_t number;
    std::uint64_t heard;
  };

  test::Dice dice_;
  Timestamp clock_ = some_day;
  FakeEngine engine_;
  boost::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::uint64_t texts_ = 0;
  std::vector<Said> said_;  ///< with an id
  std::map<std::string, Fate> fates_;
  std::set<std::string> erased_;
  std::map<std::uint64_t, std::string> by_number_;  ///< all that was delivered anywhere
  std::map<std::uint64_t, Ruling> rulings_;
  std::vector<Stored> stored_;  ///< messages of which their authors were told so
};

}  // namespace

TEST_CASE("in every order of faults all nodes of a log have the same, and what was told is so", "[random]") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100) / 10 + 1;
  std::size_t delivered = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    Cluster cluster(seed + run);
    cluster.run(400);
    cluster.finish();
    cluster.judge();
    delivered += cluster.delivered();
  }
  CHECK(delivered > 25 * runs);
}

}  // namespace hubbub::journal::shared
