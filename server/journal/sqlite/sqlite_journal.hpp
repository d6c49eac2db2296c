#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "server/journal/sqlite/store.hpp"

namespace hubbub::journal::sqlite {

/// The engine on disk of a daemon that is alone: a batch has its place when it is stored.
class SqliteJournal final : public Store {
 public:
  /// Throws Unusable and DatabaseError.
  SqliteJournal(const Settings& settings, const Moment& now, boost::asio::io_context& loop);

  void on_commit(Deliver deliver) override { deliver_ = std::move(deliver); }
  void append(Draft draft) override;
  void commit(const Moment& now) override;
  bool full() const override;
  void stop(protocol::Timestamp now, std::function<void()> done) override;

 private:
  /// The batch that came back last.
  struct LastBatch {
    std::chrono::steady_clock::duration took{};  ///< to store it
    bool was_left = false;                       ///< the loop took no notice of it for longer than that
    bool waited = false;                         ///< it waits for the batch that is under way, or did
  };

  void go_on();
  bool pays_to_wait() const;
  void deliver_stored() override;
  bool is_storing() const override { return writing_; }
  void finish();

  Deliver deliver_;
  std::vector<Draft> queue_;
  std::vector<Draft> last_;         ///< drafts that were waiting when stop() was called
  std::vector<Committed> written_;  ///< stored, and to be delivered at the end of a turn
  std::size_t queued_bytes_ = 0;
  bool writing_ = false;  ///< a batch is under way
  LastBatch last_batch_;
  boost::asio::steady_timer waits_;  ///< for how long it waits; the end of that ends a turn of the loop
  std::function<void()> done_;       ///< set by stop()
  bool stopped_ = false;
};

}  // namespace hubbub::journal::sqlite
