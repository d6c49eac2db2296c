#include "client/script/script.hpp"

#include <algorithm>
#include <utility>

#include "client/script/spare_name.hpp"
#include "client/view/phrases.hpp"
#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/system.hpp"

namespace hubbub::client {

using protocol::MessagePtr;
namespace event = protocol::event;

namespace {

constexpr std::string_view counting_ref = "count";
constexpr std::string_view changes_ref = "changes";

/// Prints the last messages of a room and those that follow, each once and in order, and what becomes of
/// them, until standard output has no reader. Waits for a server that goes away.
///
/// When more old messages are wanted than the answer to `join` holds, they are first counted backwards, page
/// by page and without keeping them, and then read forwards from there (Connection::go_back), as after a
/// broken link. Memory stays bounded, and new messages come in their place.
class Tail : public Script {
 public:
  explicit Tail(const Options& options) : Script(options) {}

  void on_event(const protocol::Event& event, std::string_view, Arrival arrival) override {
    if (token_is_refused(event, true)) return;
    if (phase_ == Phase::entering) warn_of_new_room(event);
    if (const auto* message = std::get_if<MessagePtr>(&event.body)) {
      show({*message});
    } else if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
      if (phase_ == Phase::entering) return begin(*joined);
      show(joined->history);
      if (phase_ == Phase::reading && arrival == Arrival::missed) caught_up();
    } else if (const auto* history = std::get_if<event::History>(&event.body)) {
      if (event.ref == counting_ref) return count(*history);
      if (event.ref == changes_ref) return show(history->changes);
      show(history->messages);
    } else if (const auto* edited = std::get_if<event::Edited>(&event.body)) {
      show(std::vector<event::Changed>{*edited});
    } else if (const auto* deleted = std::get_if<event::Deleted>(&event.body)) {
      show(std::vector<event::Changed>{*deleted});
    } else if (const auto why = put_out(event)) {
      fail(*why);
      stop();
    } else if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
      // Going on without the refused messages would leave an invisible gap.
      fail(failure->error.text);
      stop();
    }
  }

  void on_ready() override {
    if (!ready()) reader_.emplace(io().get_executor(), [this] { stop(); });
    Script::on_ready();
    if (phase_ == Phase::following) caught_up();
  }

 protected:
  void prepare(Settings& settings) override {
    const auto& tail = options().tail;
    // Never a person's own name, which that person may need at any moment.
    go_by(derived_name(options().name, "tail"), settings);
    settings.patience.name = std::chrono::milliseconds(0);  // never waits for a taken name
    settings.profile.replay = tail.since ? 0 : std::min<std::uint64_t>(tail.lines, protocol::page_messages);
    if (tail.follow) settings.patience.offline = std::chrono::milliseconds(0);
  }

 private:
  enum class Phase { entering, counting, reading, following };

  void begin(const event::Joined& joined) {
    const auto& tail = options().tail;
    room_ = joined.room;
    if (tail.since) {
      const std::string since = std::to_string(*tail.since);
      if (joined.last < *tail.since)
        tell("in " + room_ + " nothing is as new as " + since + "; going on from now");
      if (joined.last > *tail.since) return read_after(*tail.since);
      // The number may be that of a change, behind which there may be others.
      protocol::request::History page;
      page.room = room_;
      page.after = *tail.since;
      connection().send(protocol::Request{page, std::string(changes_ref)});
    } else if (joined.history.size() < tail.lines && !joined.complete) {
      oldest_ = joined.history.empty() ? joined.last + 1 : joined.history.front()->seq;
      uncounted_ = tail.lines - joined.history.size();
      return count_on();
    }
    phase_ = Phase::following;
    show(joined.history);
  }

  void count(const event::History& page) {
    if (!page.messages.empty()) oldest_ = page.messages.front()->seq;
    uncounted_ -= std::min<std::uint64_t>(uncounted_, page.messages.size());
    if (uncounted_ == 0 || page.complete || page.messages.empty()) return read_after(oldest_ - 1);
    count_on();
  }

  void count_on() {
    phase_ = Phase::counting;
    protocol::request::History page;
    page.room = room_;
    page.before = oldest_;
    page.limit = std::min<std::uint64_t>(uncounted_, protocol::page_messages);
    connection().send(protocol::Request{page, std::string(counting_ref)});
  }

  void read_after(std::uint64_t seq) {
    phase_ = Phase::reading;
    connection().go_back(room_, seq);
  }

  void caught_up() {
    phase_ = Phase::following;
    if (!options().tail.follow && !std::exchange(leaving_, true)) connection().quit();
  }

  void show(const std::vector<MessagePtr>& messages) {
    if (phase_ == Phase::entering || phase_ == Phase::counting) return;
    std::string lines;
    for (const MessagePtr& message : messages) {
      if (message->room.empty()) continue;  // a private message, sent by mistake
      if (options().json) {
        protocol::encode(*message, {}, lines);
      } else {
        lines += log_line(*message);
      }
    }
    print(lines);
  }

  void show(const std::vector<event::Changed>& changes) {
    if (phase_ == Phase::entering || phase_ == Phase::counting) return;
    std::string lines;
    for (const event::Changed& change : changes) {
      if (std::visit([this](const auto& one) { return one.room != room_; }, change)) continue;
      if (options().json) {
        std::visit([&lines](const auto& one) { protocol::encode({one, {}}, lines); }, change);
      } else {
        lines += log_line(change, protocol::now());
      }
    }
    print(lines);
  }

  Phase phase_ = Phase::entering;
  std::string room_;             ///< as the server spells it
  std::uint64_t uncounted_ = 0;  ///< old messages still wanted from before `oldest_`
  std::uint64_t oldest_ = 0;     ///< sequence number of the oldest counted message
  bool leaving_ = false;
  std::optional<ReaderWatch> reader_;
};

}  // namespace

int run_tail(const Options& options) { return Tail(options).run(); }

}  // namespace hubbub::client
