#include "server/journal/shared/etcd_reader.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "server/ops/log.hpp"

namespace hubbub::journal::shared::etcd {

namespace asio = boost::asio;
namespace log = ops::log;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view reader_channel = "cluster";
/// Longest line of a watch: etcd cuts them at its limit of a request, 1.5 MiB unless it was raised.
constexpr std::size_t most_line_bytes = std::size_t{64} * 1024 * 1024;

}  // namespace

Reader::Reader(std::shared_ptr<Members> members, const Keys& keys, const Mark& from, Log::Reader reader,
               std::uint64_t quota)
    : members_(std::move(members)),
      keys_(keys),
      reader_(std::move(reader)),
      quota_(quota),
      replay_(keys, from),
      pause_(members_->executor()),
      progress_(members_->executor()),
      let_go_(members_->executor()),
      proven_(Clock::now()) {}

void Reader::start() {
  asio::co_spawn(
      members_->executor(), [self = shared_from_this()] { return self->run(); }, rethrow);
}

void Reader::stop() {
  stopped_ = true;
  pause_.stop();
  progress_.cancel();
  let_go_.cancel();
  if (watch_) close(*watch_);
}

void Reader::hold(bool held) {
  is_held_ = held;
  if (!held) let_go_.cancel();
}

/// One watch after the other.
asio::awaitable<void> Reader::run() {
  const auto self = shared_from_this();
  while (!stopped_) {
    if (members_->none_left() || tries_ > members_->count()) co_await pause_.wait();
    if (stopped_) co_return;
    ++tries_;
    member_ = members_->pick(member_);
    watch_ = std::make_shared<Watch>(members_, member_);
    co_await follow(watch_);
    replay_.forget_fragment();
    close(*watch_);
    if (stopped_) co_return;
    if (ended_) {
      tell(*ended_);
      co_return stop();
    }
    doubt();
  }
}

/// Until the watch is given up.
asio::awaitable<void> Reader::follow(WatchPtr watch) {
  const bool is_open = co_await open(watch);
  if (!is_open) co_return;
  asio::co_spawn(
      members_->executor(), [self = shared_from_this(), watch] { return self->prove(watch); }, rethrow);
  std::string text;
  for (;;) {
    const bool has_more = co_await watch->feed.read_more(text);
    if (watch->closed) co_return;
    if (!has_more) co_return give_up(*watch, "the watch has ended");
    watch->heard = Clock::now();
    if (!take_lines(*watch, text)) co_return;
    while (is_held_ && !watch->closed && !stopped_) {
      let_go_.expires_at(Clock::time_point::max());
      co_await let_go_.async_wait(as_result);
    }
    watch->heard = Clock::now();
  }
}

/// Looks what there is and what there was, and begins to watch. False: it cannot be, for now or for ever.
asio::awaitable<bool> Reader::open(WatchPtr watch) {
  const auto request = range_of_all(keys_.prefix(), Depth::keys);
  const auto answer = co_await watch->query.ask(request, proof);
  auto now = range_of(*watch, answer);
  if (!now || !act_on(*watch, replay_.look(*now))) co_return false;
  const bool is_same = co_await look_back(watch, *now);
  if (!is_same) co_return false;
  watch->pending = std::move(now);
  watch->heard = Clock::now();
  const auto begun = co_await watch->feed.begin(watch_all(keys_.prefix(), replay_.next_revision()), proof);
  if (watch->closed) co_return false;
  co_return begun.kind == Answer::Kind::ok;
}

asio::awaitable<bool> Reader::look_back(WatchPtr watch, const Range& now) {
  const auto depth = replay_.tells_nodes() ? Depth::values : Depth::keys;
  const auto request = range_of_all(keys_.prefix(), depth, replay_.base());
  const auto answer = co_await watch->query.ask(request, proof);
  if (!watch->closed && answer.kind == Answer::Kind::refused && is_compacted(answer.refusal))
    co_return act_on(*watch, replay_.look_back_failed(now));
  const auto then = range_of(*watch, answer);
  if (!then) co_return false;
  std::vector<Item> items;
  const auto found = replay_.look_back(*then, items);
  deliver(items);
  co_return act_on(*watch, found);
}

/// Asks what is new while the watch lasts, and ends it when it does not bring that.
asio::awaitable<void> Reader::prove(WatchPtr watch) {
  const auto request = range_of_all(keys_.prefix(), Depth::keys);
  while (!watch->closed) {
    watch->timer.expires_after(proof);
    const auto [woken] = co_await watch->timer.async_wait(as_result);
    if (woken || watch->closed) co_return;
    if (is_held_) {
      watch->heard = proven_ = Clock::now();
      continue;
    }
    if (watch->pending) {
      if (Clock::now() - watch->heard >= proof)
        co_return give_up(*watch, "its watch does not bring what is new");
      if (Clock::now() - proven_ >= longest_doubt) tell(Log::State::waiting);
      continue;
    }
    const auto answer = co_await watch->query.ask(request, proof);
    if (watch->closed) co_return;
    watch->pending = range_of(*watch, answer);
    if (!watch->pending) co_return close(*watch);
    watch->heard = Clock::now();
    look_whether_all(*watch);
    const auto between = members_->is_full() ? between_looks_for_space : between_looks_at_size;
    if (!watch->closed && Clock::now() - size_asked_ >= between) co_await look_at_size(watch);
  }
}

asio::awaitable<void> Reader::look_at_size(WatchPtr watch) {
  size_asked_ = Clock::now();
  const auto request = status();
  const auto answer = co_await watch->query.ask_aside(request, proof);
  if (answer.kind != Answer::Kind::ok || watch->closed) co_return;
  const auto now = parse_status(answer.body);
  if (!now) co_return;
  status_ = now;
  // Also where nobody says anything.
  members_->full(now->is_full);
  const bool is_large = now->used > quota_ / 2;
  if (std::exchange(is_large_, is_large) == is_large) co_return;
  if (is_large) {
    log::warning(reader_channel,
                 "etcd's database has filled half of its quota: nothing is taken any more when it is full. "
                 "Is anything else kept there, or cluster.window too large?",
                 {{"member", members_->name(watch->member)}, {"bytes", now->used}});
  } else {
    log::info(reader_channel, "etcd's database has filled less than half of its quota again",
              {{"bytes", now->used}});
  }
}

/// What was asked for; nothing: it is not there, and the watch is of no use.
std::optional<Range> Reader::range_of(Watch& watch, const Answer& answer) {
  if (watch.closed) return std::nullopt;
  if (answer.kind != Answer::Kind::ok) {
    // It has been told of already, unless it is an answer to something else.
    if (answer.kind == Answer::Kind::refused) give_up(watch, members_->clause(answer.refusal));
    return std::nullopt;
  }
  auto range = parse_range(answer.body);
  if (!range) {
    members_->misunderstood(watch.member, "of a range");
    give_up(watch, "it does not answer as etcd does");
    return std::nullopt;
  }
  for (const auto& each : range->found) newest_ = std::max(newest_, each.mod_revision);
  return range;
}

/// Takes the whole lines. False: the watch is over.
bool Reader::take_lines(Watch& watch, std::string& text) {
  std::vector<Item> items;
  bool goes_on = true;
  std::size_t begin = 0;
  auto end = text.find('\n', watch.looked);
  for (; goes_on && end != std::string::npos; end = text.find('\n', begin)) {
    goes_on = take_line(watch, std::string_view(text).substr(begin, end - begin), items);
    begin = end + 1;
  }
  text.erase(0, begin);
  watch.looked = text.size();
  deliver(items);
  if (goes_on && text.size() > most_line_bytes) give_up(watch, "a line of its watch has no end");
  if (watch.closed) return false;
  look_whether_all(watch);
  return goes_on && !watch.closed;
}

bool Reader::take_line(Watch& watch, std::string_view line, std::vector<Item>& items) {
  auto watched = parse_watch(line);
  if (!watched) {
    const auto refusal = parse_refusal(line);
    if (refusal) return refuse(watch, *refusal);
    members_->misunderstood(watch.member, "of a watch");
    give_up(watch, "it does not answer as etcd does");
    return false;
  }
  if (watched->canceled) {
    // What has been compacted is found when the next watch is begun.
    if (watched->compact_revision > 0) return false;
    // etcd gives the reason without a code.
    constexpr int unknown = 2;
    return refuse(watch, {.code = unknown, .text = watched->reason});
  }
  return act_on(watch, replay_.take(*std::move(watched), items));
}

bool Reader::refuse(Watch& watch, const Refusal& refusal) {
  // The token; another one is asked for with the next range.
  if (is_about_token(refusal)) {
    members_->drop_token(members_->token());
    close(watch);
  } else {
    give_up(watch, "it has ended the watch: " + refusal.text);
  }
  return false;
}

/// False: the watch is over.
bool Reader::act_on(Watch& watch, Replay::Found found) {
  switch (found) {
    case Replay::Found::fine:
      return true;
    case Replay::Found::gap:
      members_->misunderstood(watch.member, "something is missing in its watch");
      give_up(watch, "something is missing in its watch");
      return false;
    case Replay::Found::behind:
      ended_ = Log::State::behind;
      return false;
    case Replay::Found::trimmed:
      ended_ = Log::State::trimmed;
      return false;
  }
  return false;
}

void Reader::deliver(const std::vector<Item>& items) {
  if (items.empty() || stopped_) return;
  newest_ = std::max(newest_, items.back().revision);
  progress_.cancel();
  reader_.take(items);
  // Somebody has begun it.
  if (told_ == Log::State::empty && replay_.position() > 0) tell(Log::State::reading);
}

void Reader::give_up(Watch& watch, const std::string& why) {
  if (watch.closed) return;
  close(watch);
  members_->failed(watch.member, why);
}

void Reader::close(Watch& watch) {
  watch.closed = true;
  watch.timer.cancel();
  watch.feed.close();
  watch.query.close();
}

void Reader::look_whether_all(Watch& watch) {
  if (stopped_ || !watch.pending || !replay_.has_all_of(*watch.pending)) return;
  watch.pending.reset();
  proven_ = Clock::now();
  tries_ = 0;
  pause_.reset();
  tell(replay_.position() > 0 ? Log::State::reading : Log::State::empty);
}

/// After a watch that was given up.
void Reader::doubt() {
  if (members_->none_left() || Clock::now() - proven_ >= longest_doubt) tell(Log::State::waiting);
}

void Reader::tell(Log::State state) {
  if (stopped_ || told_ == state) return;
  told_ = state;
  reader_.changed(state);
}

asio::awaitable<bool> Reader::wait_for(std::uint64_t revision, milliseconds limit) {
  const auto until = Clock::now() + limit;
  while (!stopped_ && replay_.revision() < revision && Clock::now() < until) {
    progress_.expires_at(until);
    const auto [woken] = co_await progress_.async_wait(as_result);
    static_cast<void>(woken);
  }
  co_return replay_.revision() >= revision;
}

Reader::Known Reader::known() const {
  return {.member = members_->name(member_),
          .is_reading = told_ == Log::State::reading || told_ == Log::State::empty,
          .revision = newest_,
          .status = status_};
}

}  // namespace hubbub::journal::shared::etcd
