#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "server/journal/shared/log.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal::shared {

/// One log that several nodes share, and the loop in which they live.
class LogBench {
 public:
  LogBench() = default;
  LogBench(const LogBench&) = delete;
  LogBench& operator=(const LogBench&) = delete;
  virtual ~LogBench() = default;

  /// One more node's view of the log.
  virtual std::unique_ptr<Log> make_log() = 0;
  /// Runs the loop until that holds; false: it did not, in a time that is enough.
  virtual bool turn_until(const std::function<bool()>& holds) = 0;
  /// Nodes that come from now on wait no longer than needed for those that may have been killed.
  virtual void shorten_leases() {}
};

/// A node that reads the log, and remembers what it was told.
class LogReader {
 public:
  explicit LogReader(LogBench& bench) : bench_(&bench), log_(bench.make_log()) {}

  Log& log() { return *log_; }
  /// Ends it, in the midst of whatever is under way.
  void destroy() { log_.reset(); }

  void open(const Mark& from = {}) {
    mark_ = from;
    call([&] {
      log_->open(from, {.take = [this](std::span<const Item> items) { take(items); },
                        .changed =
                            [this](Log::State state) {
                              CHECK_FALSE(calling_);
                              states_.push_back(state);
                            }});
    });
  }
  /// Opens it, and waits until it has all that there is.
  LogReader& read(const Mark& from = {}) {
    open(from);
    wait_for_state(Log::State::reading);
    return *this;
  }

  Log::Result begin(const std::string& bytes, bool anew = false) {
    std::optional<Log::Result> result;
    start_begin(bytes, anew, result);
    wait([&] { return result.has_value(); }, "the first entry");
    return *result;
  }
  void start_begin(const std::string& bytes, bool anew, std::optional<Log::Result>& result) {
    call([&] { log_->begin(bytes, anew, [this, &result](Log::Result is) { take(result, is); }); });
  }
  /// The epoch.
  std::uint64_t enter(const std::string& node, const std::string& about = "about") {
    std::optional<std::uint64_t> epoch;
    call([&] {
      log_->enter(node, about, [this, &epoch](std::uint64_t is) {
        CHECK_FALSE(calling_);
        CHECK_FALSE(epoch);
        epoch = is;
      });
    });
    wait([&] { return epoch.has_value(); }, "to be let in");
    return *epoch;
  }
  Log::Result append(const std::string& bytes) {
    std::optional<Log::Result> result;
    start_append(bytes, result);
    wait([&] { return result.has_value(); }, "what becomes of " + bytes.substr(0, 20));
    return *result;
  }
  void start_append(const std::string& bytes, std::optional<Log::Result>& result) {
    call([&] { log_->append(bytes, [this, &result](Log::Result is) { take(result, is); }); });
  }
  void close() {
    bool is_done = false;
    call([&] { log_->close([&] { is_done = true; }); });
    wait([&] { return is_done; }, "the end");
  }

  void wait_for_state(Log::State state) {
    wait([&] { return std::find(states_.begin(), states_.end(), state) != states_.end(); },
         "state " + std::to_string(static_cast<int>(state)));
  }
  void wait_for_items(std::size_t count) {
    wait([&] { return items_.size() >= count; }, std::to_string(count) + " items");
  }
  void wait_for_position(std::uint64_t position) {
    wait([&] { return mark_.position >= position; }, "position " + std::to_string(position));
  }
  void wait(const std::function<bool()>& holds, const std::string& what) {
    if (!bench_->turn_until(holds)) throw std::runtime_error("there has not been " + what);
  }

  const Mark& mark() const { return mark_; }
  const std::vector<Item>& items() const { return items_; }
  const std::vector<Log::State>& states() const { return states_; }
  /// The entries, as bytes.
  std::vector<std::string> entries() const {
    std::vector<std::string> all;
    for (const auto& item : items_)
      if (const auto* const entry = std::get_if<Entry>(&item.what)) all.push_back(entry->bytes);
    return all;
  }
  /// All items in a few words: "+a -a 1:bytes".
  std::string story() const {
    std::string all;
    for (const auto& item : items_) all += (all.empty() ? "" : " ") + words_of(item);
    return all;
  }

 private:
  static std::string words_of(const Item& item) {
    if (const auto* const came = std::get_if<Came>(&item.what)) return '+' + came->node;
    if (const auto* const gone = std::get_if<Gone>(&item.what)) return '-' + gone->node;
    const auto& entry = std::get<Entry>(item.what);
    return std::to_string(entry.position) + ':' + entry.bytes;
  }

  /// No handler is called from within a call.
  void call(const std::function<void()>& what) {
    calling_ = true;
    what();
    calling_ = false;
  }
  void take(std::optional<Log::Result>& result, Log::Result is) const {
    CHECK_FALSE(calling_);
    CHECK_FALSE(result);
    result = is;
  }
  void take(std::span<const Item> items) {
    CHECK_FALSE(calling_);
    CHECK_FALSE(items.empty());
    for (const auto& item : items) {
      if (!items_.empty()) CHECK(item.revision > mark_.revision);
      mark_.revision = item.revision;
      if (const auto* const entry = std::get_if<Entry>(&item.what)) {
        CHECK(entry->position == mark_.position + 1);
        mark_.position = entry->position;
      }
      items_.push_back(item);
    }
  }

  LogBench* bench_;
  std::unique_ptr<Log> log_;
  bool calling_ = false;
  Mark mark_;
  std::vector<Item> items_;
  std::vector<Log::State> states_;
};

}  // namespace hubbub::journal::shared
