#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/journal/shared/log.hpp"

namespace hubbub::journal::shared {

class FakeLog;

/// What an engine keeps, in memory.
class FakeEngine {
 public:
  struct Node {
    std::uint64_t epoch = 0;
    std::string about;
  };

  /// Adds an entry; its position.
  std::uint64_t add(std::string bytes);
  void add_node(const std::string& node, std::string about);
  /// As if its lease had ended.
  void remove_node(const std::string& node);
  /// All is gone, and positions begin anew.
  void remove_all();
  void trim(std::uint64_t revision);
  /// An append that was sent long ago comes at last, whatever has become of its node meanwhile.
  bool has_late() const { return !late_.empty(); }
  void arrive(std::size_t which);
  std::size_t late() const { return late_.size(); }

  std::uint64_t position() const { return position_; }
  std::uint64_t revision() const { return revision_; }
  const std::map<std::string, Node>& nodes() const { return nodes_; }
  const std::vector<Item>& items() const { return items_; }

 private:
  friend class FakeLog;

  void add_item(std::variant<Entry, Came, Gone> what);
  std::uint64_t position_at(std::uint64_t revision) const;

  std::vector<Item> items_;  ///< those that are not trimmed
  std::uint64_t trimmed_ = 0;
  std::uint64_t began_ = 0;  ///< the revision behind which the log of this life is
  std::uint64_t revision_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t life_ = 1;  ///< of the log; another one after remove_all()
  std::map<std::string, Node> nodes_;
  struct Late {
    std::string node;
    std::uint64_t epoch;
    std::string bytes;
  };
  std::vector<Late> late_;
  std::vector<FakeLog*> logs_;  ///< those that turn by themselves
};

/// A log of such an engine. With a loop it does at once what it is asked for; without one, when a test says
/// so.
class FakeLog final : public Log {
 public:
  /// What becomes of an append.
  enum class Fate : std::uint8_t {
    stored,
    stored_unknown,  ///< the answer is lost
    lost,            ///< the request is
    unsent,
    refused,  ///< as when the engine is full
    late,     ///< the answer is that nothing is known; it may be stored later (FakeEngine::arrive())
  };

  /// `loop`: null, where the test turns it.
  FakeLog(FakeEngine& engine, boost::asio::io_context* loop);
  FakeLog(const FakeLog&) = delete;
  FakeLog& operator=(const FakeLog&) = delete;
  ~FakeLog() override;

  void open(const Mark& from, Reader reader) override;
  void begin(std::string bytes, bool anew, Done done) override;
  void enter(std::string node, std::string about, std::function<void(std::uint64_t epoch)> done) override;
  void append(std::string bytes, Done done) override;
  void hold(bool held) override;
  void trim(std::uint64_t revision) override { engine_.trim(revision); }
  void close(std::function<void()> done) override;
  Health health() const override {
    return {.is_reading = told_ == State::reading, .newest_revision = engine_.revision()};
  }

  // For the test.
  bool is_appending() const { return append_.has_value(); }
  /// Does what it was asked for, but for an append.
  void answer();
  void decide(Fate fate);
  /// Hands over so many items, if there are as many; and tells State::reading when there are no more.
  void read(std::size_t most);
  /// It cannot reach the engine; or can again.
  void cut(bool is_cut);
  bool is_cut() const { return is_cut_; }
  bool is_given_up() const { return is_fenced_; }
  /// What its own clock says when nothing was heard from the engine for the time of its lease.
  void give_up();
  std::size_t unread() const;
  /// With a loop: something is new.
  void turn_soon();

 private:
  struct Append {
    std::string bytes;
    Done done;
  };

  void turn();
  void tell(State state);
  bool is_let_in() const;
  bool store(const std::string& bytes);

  FakeEngine& engine_;
  boost::asio::io_context* loop_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
  Reader reader_;
  bool is_open_ = false;
  bool is_over_ = false;
  std::uint64_t life_ = 0;
  Mark mark_;
  std::optional<State> told_;
  std::string node_;
  std::uint64_t epoch_ = 0;
  bool is_fenced_ = false;
  bool is_held_ = false;
  bool is_cut_ = false;
  bool is_closed_ = false;
  std::vector<std::function<void()>> asked_;
  std::optional<Append> append_;
};

}  // namespace hubbub::journal::shared
