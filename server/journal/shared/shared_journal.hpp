#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/journal/shared/gate.hpp"
#include "server/journal/shared/log.hpp"
#include "server/journal/shared/placed.hpp"
#include "server/journal/shared/seal.hpp"
#include "server/journal/shared/settings.hpp"
#include "server/journal/sqlite/store.hpp"

namespace hubbub::journal::shared {

/// The engine of a node, one of several daemons that share a log: what is appended goes into the log, and
/// what comes back from it, whoever's it is, is stored and delivered. So a batch has its place when the log
/// has it, and it is the same on every node.
///
/// One batch of this node is under way at a time, from when it is sent until it is read in the log: that
/// alone tells what has become of it, or that this start of the node was given up before it had a place. The
/// next one is sent while it is stored, unless another node has ruled meanwhile: what that makes stale goes
/// first.
class SharedJournal final : public sqlite::Store {
 public:
  /// `begin_anew`: what the log had is thrown away, and it goes on from this journal, with numbers above all
  /// that were given out. Throws Unusable and DatabaseError.
  SharedJournal(const Settings& settings, ClusterSettings cluster, const Moment& now,
                boost::asio::io_context& loop, std::unique_ptr<Log> log, bool begin_anew = false);

  void on_commit(Deliver deliver) override { deliver_ = std::move(deliver); }
  void append(Draft draft) override;
  void append_again(Draft draft) override;
  void commit(const Moment& now) override;
  bool full() const override;
  std::optional<protocol::Error> load_presence(
      const std::function<void(const PresenceRecord&)>& take) const override;
  bool is_first() const override;
  Service service() const override { return service_; }
  void on_service(std::function<void()> changed) override { changed_ = std::move(changed); }
  void stop(protocol::Timestamp now, std::function<void()> done) override;

  std::optional<ClusterState> cluster() const override;
  void configure(const Settings& settings) override;

 private:
  /// The batch of this node that is on its way into the log.
  struct UnderWay {
    std::string bytes{};
    std::uint64_t number = 0;
    std::uint64_t serial = 0;     ///< of all that this journal has sent
    std::vector<Draft> drafts{};  ///< with their tickets
    Steady since{};
    std::chrono::steady_clock::time_point sent{};
    bool may_be_there = false;    ///< the log has it, or it may be that it has: it tells
    bool is_to_be_asked = false;  ///< again
    Steady ask_at{};              ///< not before
  };

  /// Of what has been written, and is to be delivered.
  struct Part {
    std::optional<std::uint64_t> known{};  ///< the position up to which all is known while it is delivered
    std::uint64_t up_to = 0;               ///< the position that all is known up to then; 0: as before
    std::size_t size = 0;                  ///< records, before those are left out that are for others
    std::vector<Committed> batch{};
  };

  // Reading.
  void take(std::span<const Item> items);
  void take(const Entry& entry, std::uint64_t revision);
  void take(const Came& came, std::uint64_t revision);
  void take(const Gone& gone, std::uint64_t revision);
  void begun(const Entry& entry, const Beginning& beginning);
  void place(Placed placed, std::size_t bytes);
  void seal(Draft& draft) const;
  void unseal(Draft& draft) const;
  void place_node(const std::string& node, std::uint64_t epoch, presence::Any body);
  void state_changed(Log::State state);
  void open_log();
  void begin();
  void enter();
  void look_whether_there();
  void apply_some();
  std::vector<Part> parts_of(const std::vector<Placed>& items) const;
  void look_at(const Committed& committed);
  void hold_or_go_on();
  void trim();

  // Sending.
  void send();
  void note_ruling(std::uint64_t position);
  std::size_t rulings_up_to(std::uint64_t position) const;
  std::uint64_t newest_ruling() const { return rulings_.empty() ? 0 : rulings_.back(); }
  bool gathers();
  void ask();
  void answered(std::uint64_t batch, Log::Result result);
  void look_at_time();
  void look_whether_full();
  void fail(std::vector<Draft>& drafts);
  void fail_under_way();
  void fail_queue();

  void deliver_stored() override;
  bool is_storing() const override { return is_applying_; }
  void lose_state(const std::string& room) override;
  void look_at_service();
  bool is_overdue() const;
  void lose(const std::string& why);
  void finish_if_done();
  bool is_mine(const std::string& node) const { return node == cluster_.node; }

  ClusterSettings cluster_;
  Deliver deliver_;
  std::function<void()> changed_;
  Service service_ = Service::away;
  Gate gate_;
  const SealKey seal_key_;
  Log::State state_ = Log::State::waiting;
  Steady waiting_since_;
  std::uint64_t begins_ = 0;  ///< the generation of the log that this node means to begin; 0: none
  bool begins_again_ = false;
  bool begins_anew_;           ///< what the log has is to be thrown away, and it is not open yet
  std::uint64_t entered_ = 0;  ///< the epoch in which this node was let in; 0: it was not
  bool is_entering_ = false;
  std::uint64_t coming_ = 0;         ///< the epoch of its coming that was delivered last
  bool is_there_ = false;            ///< of which one is that in which it was let in, and it has not gone
  std::optional<Steady> enters_at_;  ///< not before
  bool was_there_ = false;           ///< since the start of this process
  std::set<std::string> deserted_;   ///< rooms of which that has been asked
  bool is_fenced_ = false;           ///< it is about to go: nothing more can be appended

  std::deque<Draft> queue_;
  std::size_t again_ = 0;  ///< of the queue: those that were appended again since the last delivery
  std::size_t queued_bytes_ = 0;
  std::optional<UnderWay> under_way_;
  std::uint64_t asks_ =
      0;  ///< serial of the batch that the log is asked to append, and has not answered; 0: none
  /// Positions of rulings of other nodes that were read, at least the newest.
  std::vector<std::uint64_t> rulings_;
  /// The position of the newest, or of an own batch behind it, some of which may come back stale: nothing is
  /// sent until it has been delivered.
  std::uint64_t waits_for_ = 0;
  std::uint64_t serial_ = 0;
  std::optional<Steady> gathers_since_;  ///< see gathers()

  std::vector<Placed> to_apply_;
  std::size_t to_apply_bytes_ = 0;
  bool is_applying_ = false;
  Gate::Standing applied_;  ///< or is being applied
  std::vector<Part> written_;
  std::uint64_t stored_revision_ = 0;  ///< the file goes on behind it
  /// The position up to which nothing that rules is yet to be delivered, but for what this node has ruled.
  std::uint64_t delivered_ = 0;

  struct Heard {
    std::uint64_t position = 0;
    protocol::Timestamp time{};
  };
  std::map<std::uint64_t, Heard> heard_;                     ///< by the epoch of a node
  std::deque<std::pair<std::uint64_t, std::size_t>> sizes_;  ///< of entries, by revision
  std::size_t size_ = 0;                                     ///< of them all
  Steady trimmed_{};
  Steady looked_whether_full_{};
  bool is_full_ = false;  ///< the engine takes nothing more

  std::function<void()> done_;  ///< set by stop()
  std::vector<Draft> late_;     ///< appended after that
  bool is_stopped_ = false;
  bool is_closing_ = false;
  // Its handlers use all of the above.
  std::unique_ptr<Log> log_;
};

}  // namespace hubbub::journal::shared
