#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/journal/journal.hpp"

/// Chats on several nodes of one log, played in random orders and judged by what their journals handed back.
namespace hubbub::chat::cluster {

/// What has gone wrong, for the one test that plays all of it.
struct Wrong : std::logic_error {
  using std::logic_error::logic_error;
};

/// All that the journals of all nodes have handed back as stored, by its number: each of them the same.
class Record {
 public:
  /// Throws Wrong where another node has been handed something else under that number.
  void take(const std::string& node, const journal::Committed& committed);
  /// And who was refused an entry, since he was in the room still.
  const std::map<std::uint64_t, journal::Committed>& all() const { return all_; }
  /// What was said in the room, and changes of it, behind that number.
  std::vector<std::uint64_t> said_behind(const std::string& room, std::uint64_t from) const;
  /// Where in the log the room was last closed, up to that number; 0: it was not.
  std::uint64_t closed(const std::string& room, std::uint64_t up_to) const;
  /// A message of the room as its changes have made it.
  struct Said {
    std::string text;
    bool is_deleted = false;
    std::uint64_t change = 0;           ///< the number of its last one; 0: none
    std::set<std::string> texts{};      ///< that it has had
    std::set<std::uint64_t> changes{};  ///< all of them
  };
  std::map<std::uint64_t, Said> messages(const std::string& room) const;

 private:
  std::map<std::uint64_t, journal::Committed> all_;
  std::map<std::uint64_t, std::string> told_;  ///< in a form that can be compared
};

/// A node's journal, which tells the record what it hands back.
class Witness final : public journal::Journal {
 public:
  Witness(std::unique_ptr<journal::Journal> inner, std::string node, Record& record)
      : inner_(std::move(inner)), node_(std::move(node)), record_(record) {}

  void on_commit(Deliver deliver) override {
    inner_->on_commit([this, deliver = std::move(deliver)](std::span<const journal::Committed> batch) {
      for (const auto& each : batch) record_.take(node_, each);
      deliver(batch);
    });
  }
  void append(journal::Draft draft) override { inner_->append(std::move(draft)); }
  void append_again(journal::Draft draft) override { inner_->append_again(std::move(draft)); }
  void commit(const journal::Moment& now) override { inner_->commit(now); }
  bool full() const override { return inner_->full(); }
  void read(const journal::Query& query, ReadHandler handler) override {
    inner_->read(query, std::move(handler));
  }
  void read_audit(const journal::AuditQuery& query, AuditHandler handler) override {
    inner_->read_audit(query, std::move(handler));
  }
  journal::Tail tail(const std::string& room) const override { return inner_->tail(room); }
  std::string_view epoch() const override { return inner_->epoch(); }
  std::vector<journal::RoomEntry> rooms(std::string_view after, std::size_t limit) const override {
    return inner_->rooms(after, limit);
  }
  std::size_t room_count() const override { return inner_->room_count(); }
  void each_conversation(const std::function<void(std::string_view key)>& take) const override {
    inner_->each_conversation(take);
  }
  void each_state(const std::function<void(const std::string& key, const journal::RoomState& state)>& take)
      const override {
    inner_->each_state(take);
  }
  std::optional<protocol::Error> load_accounts(
      const std::function<void(const journal::AccountRecord&)>& take) const override {
    return inner_->load_accounts(take);
  }
  std::optional<protocol::Error> load_presence(
      const std::function<void(const journal::PresenceRecord&)>& take) const override {
    return inner_->load_presence(take);
  }
  bool is_first() const override { return inner_->is_first(); }
  void occupy(const std::string& room) override { inner_->occupy(room); }
  void abandon(const std::string& room) override { inner_->abandon(room); }
  void configure(const journal::Settings& settings) override { inner_->configure(settings); }
  std::optional<journal::PendingDrop> pending_drop() const override { return inner_->pending_drop(); }
  journal::Service service() const override { return inner_->service(); }
  void on_service(std::function<void()> changed) override { inner_->on_service(std::move(changed)); }
  std::optional<journal::ClusterState> cluster() const override { return inner_->cluster(); }
  std::vector<journal::FileSize> files() const override { return inner_->files(); }
  void stop(protocol::Timestamp now, std::function<void()> done) override {
    inner_->stop(now, std::move(done));
  }

 private:
  std::unique_ptr<journal::Journal> inner_;
  std::string node_;
  Record& record_;
};

}  // namespace hubbub::chat::cluster
