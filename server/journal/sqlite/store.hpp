#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/journal/attendance.hpp"
#include "server/journal/drop_log.hpp"
#include "server/journal/fair_queue.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/keeping.hpp"
#include "server/journal/sqlite/pages.hpp"
#include "server/journal/sqlite/room_table.hpp"
#include "server/journal/sqlite/search_index.hpp"
#include "server/journal/sqlite/state_directory.hpp"
#include "server/journal/sqlite/writer.hpp"

namespace hubbub::journal::sqlite {

/// Logs the writer's notices for the operator.
void tell(const std::vector<Notice>& notices);

/// What engines on disk have in common: everything but the way of a batch to its place. Three threads work
/// for it, each alone with the objects that it uses, and hand results back through the loop: one writes, one
/// reads pages, one searches. No other class knows of these threads.
class Store : public Journal {
 public:
  /// Throws Unusable and DatabaseError.
  Store(const Settings& settings, const Moment& now, boost::asio::io_context& loop);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Waiting reads are dropped, and no handler is called any more.
  ~Store() override;

  void read(const Query& query, ReadHandler handler) override;
  void read_audit(const AuditQuery& query, AuditHandler handler) override;
  Tail tail(const std::string& room) const override { return rooms_.tail(room); }
  std::string_view epoch() const override { return epoch_; }
  std::vector<RoomEntry> rooms(std::string_view after, std::size_t limit) const override {
    return rooms_.list(after, limit);
  }
  std::size_t room_count() const override { return rooms_.size(); }
  void each_conversation(const std::function<void(std::string_view key)>& take) const override {
    rooms_.each_conversation(take);
  }
  void each_state(
      const std::function<void(const std::string& key, const RoomState& state)>& take) const override {
    rooms_.each_state(take);
  }
  std::optional<protocol::Error> load_accounts(
      const std::function<void(const AccountRecord&)>& take) const override;
  void occupy(const std::string& room) override;
  void abandon(const std::string& room) override;
  void configure(const Settings& settings) override;
  std::optional<PendingDrop> pending_drop() const override { return keeping_.pending(); }
  std::vector<FileSize> files() const override;

 protected:
  /// Reads the file by a connection of its own. `what`: for an error, storage_failed.
  std::optional<protocol::Error> read_file(const std::function<void(Database& journal)>& read,
                                           std::string_view what) const;
  /// The clocks go on.
  void advance(const Moment& now);
  protocol::Timestamp now() const { return now_; }
  Steady steady() const { return steady_; }
  boost::asio::io_context& loop() { return loop_; }
  struct Timing {
    std::chrono::steady_clock::duration took{};   ///< to store a batch
    std::chrono::steady_clock::time_point end{};  ///< when it was stored
  };
  using Stored = std::function<void(std::vector<Committed> batch, const Timing& timing)>;
  /// Stores a batch in the writing thread. `done` is called in the loop.
  void store(std::vector<Draft> drafts, Stored done);
  /// The same of what a log says. It is tried again until it has been stored.
  using Applied = std::function<void(std::vector<Committed> batch)>;
  void apply(std::vector<shared::Placed> items, shared::Gate::Standing upto, Applied done);
  /// What a log had said when this was opened; see Ledger.
  const shared::Gate::Standing& log_standing() const { return log_standing_; }
  bool is_untouched() const { return is_untouched_; }
  std::uint64_t last_number() const { return last_number_; }
  std::uint64_t epoch_number() const { return epoch_number_; }
  /// It goes on that of a log.
  void set_epoch(std::uint64_t epoch);
  /// The log that there was is none of this daemon's any more.
  void leave_log();
  /// Before a batch is delivered: what the loop is to know of the rooms as of then.
  void about_to_deliver(std::span<const Committed> batch);
  /// After it has been.
  void have_delivered();
  /// From time to time, after a turn.
  void keep_house_when_due();
  /// The end is near: nothing is looked after any more.
  void prepare_to_end(protocol::Timestamp now);
  /// No batch is to come any more: calls `done` when nothing that was changed is left in the files.
  void end(std::function<void()> done);

  /// Delivers what has been stored and is known: before the loop learns what has been stored after it.
  virtual void deliver_stored() = 0;
  /// Whether a batch is being stored.
  virtual bool is_storing() const = 0;
  /// A room has nothing but attributes, and nobody has been in it for state_age: it is to lose them.
  virtual void lose_state(const std::string& room);

 private:
  /// The jobs of one of the two reading threads, which gets one at a time.
  struct Lane {
    FairQueue queue;
    bool busy = false;
  };

  struct Housekeeping {
    protocol::Timestamp last;  ///< when it last began
    bool is_under_way = false;
    bool has_written = true;  ///< the journal, since then
    bool is_to_scrub = true;  ///< texts that were changed may stand somewhere in the files
  };
  /// What the search index has not been told of yet.
  struct NotIndexed {
    std::set<std::string, std::less<>> rooms{};
    std::size_t messages = 0;
    bool is_under_way = false;  ///< the index is being told
    bool is_behind = true;      ///< it has more to read of what it was told of; at the start nobody knows
  };

  /// Runs `work` in a thread that may wait for the disk; the function that it returns is called in the loop,
  /// unless this object is gone by then. The work guard moves into the loop, too: if the other thread
  /// released it, that could stop a later run of the loop.
  template <class Work>
  void in_background(boost::asio::thread_pool& thread, Work work) {
    boost::asio::post(thread, [this, work = std::move(work), alive = std::weak_ptr<const bool>(alive_),
                               guard = boost::asio::make_work_guard(loop_)]() mutable {
      boost::asio::post(loop_, [done = work(), alive = std::move(alive), guard = std::move(guard)]() mutable {
        if (!alive.expired()) done();
      });
    });
  }

  /// Runs work with the ledger in the writing thread; only notices come back.
  void in_ledger(std::function<void(Ledger&)> work) {
    in_background(writing_thread_, [this, now = now_, work = std::move(work)] {
      return [notices = writer_.run(now, work)] { tell(notices); };
    });
  }

  void take_notice(const Written& written);
  struct Reading;
  void try_to_apply(std::shared_ptr<Reading> reading);
  void load_rooms();
  void begin_keeping(const Settings& settings);
  void learn(const Committed& committed);

  // Reading.
  template <class Find, class Handler>
  void answer_in_background(Lane& lane, boost::asio::thread_pool& thread, std::uint64_t reader, Find find,
                            Handler handler);
  void serve(Lane& lane);

  // Housekeeping.
  void learn(const Ledger::Swept& swept);
  void tell_abandoned(const std::string& room);
  void finish_scrubbing();
  void report_end();
  void foresee(const Question& question);
  Ageing ageing() const { return {.too_old = keeping_.too_old(), .age_now = keeping_.age_now()}; }
  void put_in_force();
  void keep_house();
  void index();

  boost::asio::io_context& loop_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
  StateDirectory directory_;
  RoomTable rooms_;
  Attendance attendance_;
  protocol::Timestamp now_;     ///< of the last advance()
  Steady steady_;               ///< the same by the other clock
  std::function<void()> done_;  ///< set by end()
  Housekeeping housekeeping_;
  NotIndexed not_indexed_;
  bool is_stopped_ = false;
  std::atomic<bool> must_stop_{false};  ///< ends reading and searching, for good
  Lane pages_lane_;
  Lane search_lane_;

  Writer writer_;
  std::uint64_t epoch_number_;
  std::string epoch_;
  const shared::Gate::Standing log_standing_;
  const bool is_untouched_;
  const std::uint64_t last_number_;
  boost::asio::steady_timer retry_;  ///< of what is to be applied
  Keeping keeping_;
  DropLog drop_log_;
  Pages pages_;
  SearchIndex search_index_;
  // The threads are built last and destroyed first.
  boost::asio::thread_pool searching_thread_{1};
  boost::asio::thread_pool reading_thread_{1};
  boost::asio::thread_pool writing_thread_{1};
};

}  // namespace hubbub::journal::sqlite
