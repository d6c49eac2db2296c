#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/journal/shared/shared_journal.hpp"
#include "test/journal/shared/fake_log.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal {

/// The journal that outlives its process, with nothing else set.
inline Settings on_disk() {
  Settings settings;
  settings.engine = "sqlite";
  return settings;
}

/// A journal on its own: appends, turns, and everything that it has handed back.
class Bench {
 public:
  static constexpr protocol::Timestamp some_day{std::chrono::hours{24 * 365 * 55}};

  /// `start`: the time of the first start.
  explicit Bench(const Settings& settings, protocol::Timestamp start = some_day)
      : now(start), settings_(settings) {
    if (settings_.directory.empty()) settings_.directory = directory_.path().string();
    open();
  }

  /// A new start on what the last one left.
  void reopen() {
    settle();
    journal_.reset();
    open();
  }
  void reopen(const Settings& settings) {
    const auto directory = settings_.directory;
    settings_ = settings;
    settings_.directory = directory;
    reopen();
  }

  Journal& journal() { return *journal_; }
  const std::string& directory() const { return settings_.directory; }

  void append(const std::string& room, const std::string& sender, const std::string& text,
              const std::string& id = "") {
    journal_->append(
        {.room = room,
         .sender = sender,
         .message = {.room = room, .to = {}, .seq = 0, .time = now, .from = sender, .text = text, .id = id},
         .ticket = ++tickets});
  }

  void set(const std::string& room, const std::string& sender, const std::string& attribute,
           const std::string& value) {
    journal_->append({.room = room,
                      .sender = sender,
                      .ticket = ++tickets,
                      .state = std::make_shared<const StateRecord>(StateRecord{
                          .room = room, .attribute = attribute, .value = value, .by = sender, .at = now})});
  }
  /// An edit or a deletion; `audit` stands beside it.
  void change(const std::string& room, ChangeRecord record, AuditPtr audit = {}) {
    record.at = now;
    journal_->append({.room = room,
                      .ticket = ++tickets,
                      .change = std::make_shared<const ChangeRecord>(std::move(record)),
                      .audit = std::move(audit)});
  }
  void edit(const std::string& room, std::uint64_t seq, const std::string& text) {
    change(room, {.what = protocol::Change::What::edited, .seqs = {seq}, .text = text, .by = "alice"});
  }
  void erase(const std::string& room, std::vector<std::uint64_t> seqs, const std::string& reason = "") {
    change(room,
           {.what = protocol::Change::What::deleted, .seqs = std::move(seqs), .by = "mod", .reason = reason});
  }
  AuditPage read_audit(const AuditQuery& query) {
    std::optional<AuditPage> page;
    journal_->read_audit(query,
                         [&](protocol::Result<AuditPage> result) { page = std::move(result.value()); });
    settle();
    return std::move(page.value());
  }
  void append_account(account::Any body) {
    journal_->append({.ticket = ++tickets,
                      .account = std::make_shared<const AccountRecord>(
                          AccountRecord{.at = now, .body = std::move(body)})});
  }
  void set_topic(const std::string& room, const std::string& sender, const std::string& text) {
    set(room, sender, std::string(topic_attribute), text);
  }

  /// Ends a turn, and returns when everything appended has been handed back.
  void turn() {
    journal_->commit(moment());
    settle();
  }

  /// One message through a turn of its own; what came back.
  Committed say(const std::string& room, const std::string& sender, const std::string& text,
                const std::string& id = "") {
    append(room, sender, text, id);
    turn();
    return delivered.back();
  }

  Page read(const Query& query) {
    std::optional<Page> page;
    journal_->read(query, [&](protocol::Result<Page> result) { page = std::move(result.value()); });
    settle();
    return std::move(page.value());
  }

  /// The clock moves on, and what that brings about is done.
  void later(std::chrono::milliseconds by) {
    now += by;
    turn();
  }

  std::string topic(const std::string& room) const { return std::string(journal_->tail(room).topic()); }
  std::vector<std::string> history(const std::string& room) {
    return texts(read({.room = room, .limit = 1'000'000}));
  }

  static std::vector<std::string> texts(const Page& page) {
    std::vector<std::string> texts;
    for (const auto& message : page.messages) texts.push_back(message->text);
    return texts;
  }

  protocol::Timestamp now;
  std::vector<std::vector<Committed>> batches;
  std::vector<Committed> delivered;
  std::function<void()> on_batch;
  std::function<void()> on_turn;  ///< after each turn of settle()
  std::uint64_t tickets = 0;

  /// An engine that works in the background gets its loop run here, until it has nothing more to do.
  void settle() {
    for (loop_.restart(); loop_.run_one() > 0; loop_.restart()) {
      journal_->commit(moment());
      if (on_turn) on_turn();
    }
  }

  /// The same until that is so.
  template <class Done>
  void run_until(Done done) {
    for (loop_.restart(); !done() && loop_.run_one() > 0; loop_.restart()) journal_->commit(moment());
  }

  /// As time passes, both clocks go on; only the wall's goes back.
  Moment moment() {
    steady_ += std::max(now - told_, protocol::Timestamp::duration{0});
    told_ = now;
    return {.wall = now, .steady = steady_};
  }
  /// The wall clock alone is set to another time.
  void set_clock(protocol::Timestamp time) {
    moment();
    told_ = now = time;
  }

 private:
  void open() {
    if (settings_.engine == "shared") {
      auto settings = settings_;
      settings.engine = "sqlite";
      journal_ = std::make_unique<shared::SharedJournal>(
          settings, shared::ClusterSettings{.name = "test", .node = "a"}, moment(), loop_,
          std::make_unique<shared::FakeLog>(engine_, &loop_));
    } else {
      journal_ = make_journal(settings_, moment(), loop_).value();
    }
    journal_->on_commit([this](std::span<const Committed> batch) {
      auto& own = batches.emplace_back(batch.begin(), batch.end());
      std::erase_if(own,
                    [](const Committed& committed) { return committed.presence && committed.ticket == 0; });
      if (own.empty()) return batches.pop_back();
      delivered.insert(delivered.end(), own.begin(), own.end());
      if (on_batch) on_batch();
    });
    settle();
  }

  test::TemporaryDirectory directory_;
  Settings settings_;
  shared::FakeEngine engine_;  ///< of the engine "shared", which outlives each start
  boost::asio::io_context loop_{1};
  Steady steady_;
  protocol::Timestamp told_ = now;  ///< when the journal was told the time last
  std::unique_ptr<Journal> journal_;
};

}  // namespace hubbub::journal
