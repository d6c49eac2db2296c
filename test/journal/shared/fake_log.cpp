#include "test/journal/shared/fake_log.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <variant>

namespace hubbub::journal::shared {

void FakeEngine::add_item(std::variant<Entry, Came, Gone> what) {
  items_.push_back({.revision = ++revision_, .what = std::move(what)});
  for (auto* log : logs_) log->turn_soon();
}

std::uint64_t FakeEngine::add(std::string bytes) {
  add_item(Entry{.position = ++position_, .bytes = std::move(bytes)});
  return position_;
}

void FakeEngine::add_node(const std::string& node, std::string about) {
  remove_node(node);
  const auto epoch = revision_ + 1;
  nodes_[node] = {.epoch = epoch, .about = about};
  add_item(Came{.node = node, .epoch = epoch, .about = std::move(about)});
}

void FakeEngine::remove_node(const std::string& node) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return;
  const auto epoch = found->second.epoch;
  nodes_.erase(found);
  add_item(Gone{.node = node, .epoch = epoch});
}

void FakeEngine::remove_all() {
  items_.clear();
  nodes_.clear();
  position_ = 0;
  began_ = trimmed_ = ++revision_;
  ++life_;
  for (auto* log : logs_) log->turn_soon();
}

void FakeEngine::trim(std::uint64_t revision) {
  trimmed_ = std::max(trimmed_, revision);
  std::erase_if(items_, [&](const Item& item) { return item.revision <= revision; });
}

/// The engine looks whether it may be when it comes.
void FakeEngine::arrive(std::size_t which) {
  const auto late = late_.at(which);
  late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(which));
  const auto node = nodes_.find(late.node);
  if (node != nodes_.end() && node->second.epoch == late.epoch) add(late.bytes);
}

FakeLog::FakeLog(FakeEngine& engine, boost::asio::io_context* loop) : engine_(engine), loop_(loop) {
  if (loop_ != nullptr) engine_.logs_.push_back(this);
}

FakeLog::~FakeLog() { std::erase(engine_.logs_, this); }

void FakeLog::turn_soon() {
  if (loop_ == nullptr) return;
  boost::asio::post(*loop_, [this, alive = std::weak_ptr<const bool>(alive_)] {
    if (!alive.expired()) turn();
  });
}

void FakeLog::turn() {
  answer();
  if (append_) decide(Fate::stored);
  read(engine_.items_.size());
}

/// Of the newest entry up to that revision, from which on nothing is trimmed.
std::uint64_t FakeEngine::position_at(std::uint64_t revision) const {
  auto position = position_;
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    const auto* const entry = std::get_if<Entry>(&item->what);
    if (entry == nullptr) continue;
    if (item->revision <= revision) return entry->position;
    position = entry->position - 1;
  }
  return position;
}

void FakeLog::open(const Mark& from, Reader reader) {
  reader_ = std::move(reader);
  mark_ = from;
  is_open_ = true;
  turn_soon();
}

void FakeLog::begin(std::string bytes, bool anew, Done done) {
  asked_.emplace_back([this, bytes = std::move(bytes), anew, done = std::move(done)]() mutable {
    if (anew && !engine_.nodes_.empty()) return done(Result::in_use);
    if (anew) engine_.remove_all();
    const bool is_first = engine_.position_ == 0;
    if (is_first) engine_.add(std::move(bytes));
    done(is_first ? Result::stored : Result::refused);
  });
  turn_soon();
}

void FakeLog::enter(std::string node, std::string about, std::function<void(std::uint64_t epoch)> done) {
  asked_.emplace_back(
      [this, node = std::move(node), about = std::move(about), done = std::move(done)]() mutable {
        node_ = node;
        engine_.add_node(node, std::move(about));
        epoch_ = engine_.nodes_.at(node).epoch;
        is_fenced_ = false;
        done(epoch_);
      });
  turn_soon();
}

void FakeLog::append(std::string bytes, Done done) {
  if (append_) throw std::logic_error("an append is under way already");
  append_ = {.bytes = std::move(bytes), .done = std::move(done)};
  turn_soon();
}

void FakeLog::hold(bool held) {
  is_held_ = held;
  if (!held) turn_soon();
}

void FakeLog::close(std::function<void()> done) {
  append_.reset();
  asked_.clear();
  is_closed_ = true;
  asked_.emplace_back([this, done = std::move(done)] {
    if (!is_cut_ && is_let_in()) engine_.remove_node(node_);
    done();
  });
  turn_soon();
}

bool FakeLog::is_let_in() const {
  const auto node = engine_.nodes_.find(node_);
  return !is_fenced_ && epoch_ != 0 && node != engine_.nodes_.end() && node->second.epoch == epoch_;
}

void FakeLog::answer() {
  if (is_cut_ && !is_closed_) return;
  for (const auto& each : std::exchange(asked_, {})) each();
}

bool FakeLog::store(const std::string& bytes) {
  if (!is_let_in()) return false;
  engine_.add(bytes);
  return true;
}

void FakeLog::decide(Fate fate) {
  const auto append = std::exchange(append_, std::nullopt);
  if (!append) return;
  if (is_fenced_) return append->done(Result::refused);
  switch (fate) {
    case Fate::stored: {
      const bool is_stored = store(append->bytes);
      append->done(is_stored ? Result::stored : Result::refused);
      if (!is_stored) give_up();
      return;
    }
    case Fate::stored_unknown:
      store(append->bytes);
      return append->done(Result::unknown);
    case Fate::lost:
      return append->done(Result::unknown);
    case Fate::unsent:
      return append->done(Result::unsent);
    case Fate::refused:
      return append->done(Result::refused);
    case Fate::late:
      engine_.late_.push_back({.node = node_, .epoch = epoch_, .bytes = append->bytes});
      return append->done(Result::unknown);
  }
}

void FakeLog::tell(State state) {
  if (told_ == state) return;
  told_ = state;
  if (!is_closed_) reader_.changed(state);
}

void FakeLog::cut(bool is_cut) {
  is_cut_ = is_cut;
  if (is_open_ && is_cut) tell(State::waiting);
}

void FakeLog::give_up() {
  if (is_fenced_ || epoch_ == 0) return;
  is_fenced_ = true;
  if (!is_closed_) reader_.changed(State::fenced);
}

std::size_t FakeLog::unread() const {
  return static_cast<std::size_t>(
      std::count_if(engine_.items_.begin(), engine_.items_.end(),
                    [&](const Item& item) { return item.revision > mark_.revision; }));
}

void FakeLog::read(std::size_t most) {
  if (!is_open_ || is_cut_ || is_over_ || is_held_ || is_closed_) return;
  if (life_ == 0) {
    life_ = engine_.life_;
    const bool is_new = mark_ == Mark{};
    const bool is_other =
        mark_.revision >= engine_.trimmed_ && engine_.position_at(mark_.revision) != mark_.position;
    if (engine_.position_ < mark_.position || engine_.revision_ < mark_.revision || is_other) {
      is_over_ = true;
      return tell(State::behind);
    }
    // An engine that has nothing of the log, or all of it, may have had something else.
    if (is_new && (engine_.position_ == 0 || engine_.trimmed_ == engine_.began_))
      mark_.revision = engine_.trimmed_;
  }
  if (life_ != engine_.life_ && told_ != State::empty) {
    is_over_ = true;
    return tell(State::behind);
  }
  if (mark_.revision < engine_.trimmed_) {
    is_over_ = true;
    return tell(State::trimmed);
  }
  std::vector<Item> items;
  for (const auto& item : engine_.items_) {
    if (item.revision > mark_.revision && items.size() < most) items.push_back(item);
  }
  if (!items.empty()) {
    mark_.revision = items.back().revision;
    for (const auto& item : items)
      if (const auto* entry = std::get_if<Entry>(&item.what)) mark_.position = entry->position;
    reader_.take(items);
  }
  if (unread() > 0) return;
  tell(mark_.position == 0 && engine_.position_ == 0 ? State::empty : State::reading);
}

}  // namespace hubbub::journal::shared
