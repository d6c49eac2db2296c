#include "server/journal/shared/shared_journal.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <random>
#include <variant>

#include "server/journal/sqlite/writer.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal::shared {
namespace {

using protocol::Timestamp;

// Limits of the backlog for the next batch: beyond either, clients with messages to send are not read.
constexpr std::size_t most_in_queue = 8192;
constexpr std::size_t most_queue_bytes = std::size_t{8} * 1024 * 1024;

// Bytes of entries that have been read and wait to be stored, from which on nothing more is read.
constexpr std::size_t most_unapplied = std::size_t{8} * 1024 * 1024;

constexpr std::chrono::seconds between_trims{10};
constexpr std::chrono::seconds between_looks{1};

// A batch that may be there is refused as long as the engine is full.
constexpr std::chrono::milliseconds between_refusals{200};

// Records that wait for those to come that are said next, where very much is said.
constexpr std::size_t worth_gathering = 16;
constexpr std::size_t most_gathered = 400;
constexpr std::size_t most_gathered_bytes = std::size_t{128} * 1024;
constexpr std::chrono::milliseconds longest_gathering{10};

// Rulings from which on those are forgotten that tell nothing apart any more.
constexpr std::size_t most_rulings = 1000;

// After this start of the node was given up.
constexpr std::chrono::seconds before_coming_back{1};

std::size_t cost_of(const Draft& draft) {
  return sizeof(Draft) + draft.message.text.size() + (draft.state ? draft.state->value.size() : 0) +
         (draft.change ? draft.change->text.size() : 0);
}

/// Whether it may make stale what other nodes have appended meanwhile.
bool rules(const Draft& draft) {
  if (draft.presence) return presence::ruled_room(draft.presence->body) != nullptr;
  return draft.state && may_forbid(*draft.state);
}

/// What a node's file lacks after a power cut it reads again: the log has been synced.
Settings of_node(Settings settings) {
  if (settings.sync == Sync::full) settings.sync = Sync::normal;
  return settings;
}

std::uint64_t number_of_chance() {
  std::random_device device;
  const std::uint64_t number = (std::uint64_t{device()} << 32U) | device();
  return std::max<std::uint64_t>(1, number >> 1U);
}

}  // namespace

SharedJournal::SharedJournal(const Settings& settings, ClusterSettings cluster, const Moment& now,
                             boost::asio::io_context& loop, std::unique_ptr<Log> log, bool begin_anew)
    : Store(of_node(settings), now, loop),
      cluster_(std::move(cluster)),
      gate_(begin_anew ? Gate::Standing{} : log_standing()),
      waiting_since_(now.steady),
      begins_anew_(begin_anew),
      applied_(gate_.standing()),
      delivered_(gate_.mark().position),
      log_(std::move(log)) {
  if (begins_anew_) {
    begin();
  } else {
    open_log();
  }
}

void SharedJournal::open_log() {
  log_->open(gate_.mark(), {.take = [this](std::span<const Item> items) { take(items); },
                            .changed = [this](Log::State state) { state_changed(state); }});
}

// --- reading

void SharedJournal::take(std::span<const Item> items) {
  for (const auto& item : items) {
    if (service_ == Service::lost) return;
    std::visit([&](const auto& what) { take(what, item.revision); }, item.what);
  }
  hold_or_go_on();
}

void SharedJournal::take(const Entry& entry, std::uint64_t revision) {
  auto judged = gate_.judge(entry, revision);
  sizes_.emplace_back(revision, entry.bytes.size());
  size_ += entry.bytes.size();
  switch (judged.verdict) {
    case Gate::Verdict::begun:
      return begun(entry, *judged.beginning);
    case Gate::Verdict::later_level:
      return lose("a later hubbubd has written to the cluster; replace this one by it");
    case Gate::Verdict::split:
      return lose(
          "another node has read another log than this one; stop all nodes, start the one that has read "
          "furthest (hubbubd verify) with --cluster-begin, and copy its journal to the others");
    case Gate::Verdict::void_again:
    case Gate::Verdict::void_gone:
    case Gate::Verdict::void_damaged:
      return;
    case Gate::Verdict::valid:
      break;
  }
  auto& head = judged.batch->head;
  heard_[head.epoch] = {.position = head.seen.position, .time = head.time};
  Placed placed{.position = entry.position,
                .time = head.time,
                .node = std::move(head.node),
                .epoch = head.epoch,
                .drafts = std::move(judged.batch->drafts)};
  const bool is_own =
      is_mine(placed.node) && placed.epoch == entered_ && under_way_ && under_way_->number == head.number;
  if (is_own) {
    for (std::size_t i = 0; i < placed.drafts.size(); ++i)
      placed.drafts[i].ticket = under_way_->drafts.at(i).ticket;
    const auto took = std::chrono::steady_clock::now() - under_way_->sent;
    measures_.append_seconds.observe(std::chrono::duration<double>(took).count());
    under_way_.reset();
    // Some of it comes back stale, and goes first then.
    const bool is_early = std::any_of(placed.drafts.begin(), placed.drafts.end(),
                                      [this](const Draft& draft) { return draft.checked < newest_ruling(); });
    if (is_early) waits_for_ = entry.position;
  } else if (std::any_of(placed.drafts.begin(), placed.drafts.end(), rules)) {
    note_ruling(entry.position);
  }
  for (auto& draft : placed.drafts) unseal(draft);
  place(std::move(placed), entry.bytes.size());
}

void SharedJournal::note_ruling(std::uint64_t position) {
  waits_for_ = position;
  rulings_.push_back(position);
  if (rulings_.size() < most_rulings) return;
  // Those that all know which wait here tell none of them apart.
  auto oldest = delivered_;
  for (const auto& draft : queue_) oldest = std::min(oldest, draft.checked);
  const auto last = std::prev(rulings_.end());
  rulings_.erase(rulings_.begin(), std::upper_bound(rulings_.begin(), last, oldest));
}

/// How many of them are at that position, or before.
std::size_t SharedJournal::rulings_up_to(std::uint64_t position) const {
  return static_cast<std::size_t>(std::upper_bound(rulings_.begin(), rulings_.end(), position) -
                                  rulings_.begin());
}

/// What is private can be read by the nodes that it is for.
void SharedJournal::seal(Draft& draft) const {
  const auto* const told = draft.presence ? std::get_if<presence::Told>(&draft.presence->body) : nullptr;
  if (told == nullptr) return;
  auto record = *draft.presence;
  auto& body = std::get<presence::Told>(record.body);
  const auto text = encoded_message(*body.message);
  body.message.reset();
  for (auto& each : body.sealed) {
    const auto node = std::find_if(gate_.nodes().begin(), gate_.nodes().end(),
                                   [&](const auto& known) { return known.second.epoch == each.epoch; });
    if (node != gate_.nodes().end()) each.bytes = sealed(text, node->second.about.seal_key);
  }
  draft.presence = std::make_shared<const PresenceRecord>(std::move(record));
}

void SharedJournal::unseal(Draft& draft) const {
  const auto* const told = draft.presence ? std::get_if<presence::Told>(&draft.presence->body) : nullptr;
  if (told == nullptr) return;
  auto record = *draft.presence;
  auto& body = std::get<presence::Told>(record.body);
  for (auto& each : body.sealed) {
    const auto bytes = std::exchange(each.bytes, {});
    if (each.epoch != entered_ || entered_ == 0) continue;
    if (const auto text = seal_key_.open(bytes)) body.message = decode_message(*text);
  }
  draft.presence = std::make_shared<const PresenceRecord>(std::move(record));
}

/// A journal that has something of its own cannot go on a log that somebody else has begun.
void SharedJournal::begun(const Entry& entry, const Beginning& beginning) {
  if (beginning.generation != begins_ && is_untouched() && !beginning.is_from_nothing) {
    return lose(
        "the cluster has a history from before its log; copy the journal of one of its nodes here (hubbubd "
        "backup), and start again");
  }
  if (beginning.generation != begins_ && !is_untouched()) {
    return lose(
        "the cluster has a log already, and this journal is not of it: is it the right cluster "
        "(cluster.name)? "
        "Then copy the journal of one of its nodes here (hubbubd backup)");
  }
  set_epoch(beginning.epoch);
  place({.position = entry.position, .time = beginning.time, .beginning = beginning}, entry.bytes.size());
  // Who was here when the former log ended has gone with it.
  for (const auto& [id, node] : log_standing().nodes) place_node(id, node.epoch, presence::NodeGone{});
}

void SharedJournal::take(const Came& came, std::uint64_t revision) {
  gate_.came(came, revision);
  const auto about = decode_about(came.about);
  const bool is_own = about && about->seal_key == seal_key_.public_half();
  if (is_mine(came.node) && was_there_ && !is_own) {
    return lose("another hubbubd has come with the node id " + cluster_.node +
                "; give each its own (cluster.node), and start this one again");
  }
  place_node(came.node, came.epoch, presence::NodeCame{});
}

void SharedJournal::take(const Gone& gone, std::uint64_t revision) {
  heard_.erase(gone.epoch);
  if (!gate_.gone(gone, revision)) return;
  place_node(gone.node, gone.epoch, presence::NodeGone{});
  if (!is_mine(gone.node) || gone.epoch != entered_) return;
  // Nothing of this start can be stored any more, and what has not come back was not.
  entered_ = 0;
  is_there_ = is_fenced_ = false;
  if (under_way_) fail_under_way();
  fail_queue();
  // Another start of this node may be about to come: then it is read before that.
  enters_at_ = steady() + before_coming_back;
  look_at_service();
}

void SharedJournal::place(Placed placed, std::size_t bytes) {
  to_apply_bytes_ += bytes;
  to_apply_.push_back(std::move(placed));
}

void SharedJournal::place_node(const std::string& node, std::uint64_t epoch, presence::Any body) {
  Placed placed{.position = gate_.mark().position, .node = node, .epoch = epoch};
  placed.drafts.emplace_back().presence =
      std::make_shared<const PresenceRecord>(PresenceRecord{.body = std::move(body)});
  place(std::move(placed), 0);
}

void SharedJournal::hold_or_go_on() { log_->hold(to_apply_bytes_ > most_unapplied); }

void SharedJournal::state_changed(Log::State state) {
  if (state == Log::State::fenced) {
    // What this start has under way is decided by what is read; then it is let in anew.
    is_fenced_ = entered_ != 0;
    return look_at_service();
  }
  if (state != state_ && state == Log::State::waiting) waiting_since_ = steady();
  state_ = state;
  if (service_ == Service::lost || is_stopped_) return;
  switch (state) {
    case Log::State::empty:
      return begin();
    case Log::State::reading:
      enter();
      if (under_way_ && asks_ == 0) under_way_->is_to_be_asked = true;
      return look_at_service();
    case Log::State::waiting:
    case Log::State::fenced:
      return look_at_service();
    case Log::State::trimmed:
      return lose(
          "this node was away for longer than the log goes back; copy the journal of another node here "
          "(hubbubd "
          "backup), and start again");
    case Log::State::behind:
      return lose(
          "the log ends before what this node has read of it: the engine has lost something, or was "
          "restored from a backup, or another node has begun it anew, or cluster.name is not what it was. If "
          "all nodes say so: start the one that has read furthest (hubbubd verify) with --cluster-begin, and "
          "copy its journal to the others; if this one alone does: copy the journal of another node here");
  }
}

/// Whoever comes first does it; the others go on from there. Nothing is read of a log that is to be thrown
/// away.
void SharedJournal::begin() {
  if (begins_ == 0) begins_ = number_of_chance();
  begins_again_ = false;
  const auto clock = std::chrono::duration_cast<std::chrono::microseconds>(now().time_since_epoch()).count();
  const Beginning beginning{.generation = begins_,
                            .base = std::max(last_number(), static_cast<std::uint64_t>(clock)),
                            .epoch = epoch_number(),
                            .is_from_nothing = is_untouched(),
                            .time = now()};
  log_->begin(encoded(beginning), begins_anew_, [this](Log::Result result) {
    if (result == Log::Result::in_use) {
      return lose(
          "nodes of this cluster are in service, so its log is not begun anew; start without "
          "--cluster-begin, or stop all other nodes before");
    }
    // If it is stored, or somebody else's is, that is read.
    begins_again_ = result != Log::Result::stored && result != Log::Result::refused;
    if (!begins_again_ && std::exchange(begins_anew_, false)) open_log();
  });
}

void SharedJournal::enter() {
  if (is_entering_ || entered_ != 0 || state_ != Log::State::reading || gate_.standing().generation == 0)
    return;
  if (enters_at_ && steady() < *enters_at_) return;
  enters_at_.reset();
  is_entering_ = true;
  log_->enter(
      cluster_.node, encoded(About{.seal_key = seal_key_.public_half()}), [this](std::uint64_t epoch) {
        is_entering_ = false;
        const auto node = gate_.nodes().find(cluster_.node);
        const bool has_gone =
            gate_.mark().revision >= epoch && (node == gate_.nodes().end() || node->second.epoch != epoch);
        if (has_gone) return enter();
        entered_ = epoch;
        look_whether_there();
      });
}

void SharedJournal::look_whether_there() {
  if (is_there_ || entered_ == 0 || coming_ != entered_) return;
  is_there_ = was_there_ = true;
  look_at_service();
}

/// Stores what has been read, all of it at once.
void SharedJournal::apply_some() {
  if (service_ == Service::lost || is_applying_) return;
  if (to_apply_.empty() && gate_.standing() == applied_) return;
  if (gate_.standing().generation == 0) return;
  is_applying_ = true;
  applied_ = gate_.standing();
  to_apply_bytes_ = 0;
  measures_.batch_messages.observe(static_cast<double>(to_apply_.size()));
  auto parts = parts_of(to_apply_);
  apply(std::exchange(to_apply_, {}), applied_,
        [this, mark = applied_.mark, parts = std::move(parts)](std::vector<Committed> batch) mutable {
          is_applying_ = false;
          stored_revision_ = mark.revision;
          auto next = batch.begin();
          for (auto& part : parts) {
            const auto end = next + static_cast<std::ptrdiff_t>(part.size);
            // What others were refused is for them alone.
            std::copy_if(std::make_move_iterator(next), std::make_move_iterator(end),
                         std::back_inserter(part.batch), [](const Committed& committed) {
                           return committed.ticket != 0 || committed.outcome == Outcome::stored;
                         });
            next = end;
          }
          parts.back().up_to = mark.position;
          std::move(parts.begin(), parts.end(), std::back_inserter(written_));
        });
  hold_or_go_on();
}

/// Whatever is asked for while a record is delivered has been checked with what was delivered before it. So
/// an entry that rules is a part for itself. At least one part, the last of which may be empty.
std::vector<SharedJournal::Part> SharedJournal::parts_of(const std::vector<Placed>& items) const {
  std::vector<Part> parts(1);
  for (const auto& item : items) {
    const bool is_ruling = !is_mine(item.node) && std::any_of(item.drafts.begin(), item.drafts.end(), rules);
    if (is_ruling) parts.push_back({.known = item.position - 1});
    auto& part = parts.back();
    part.size += item.drafts.size();
    part.up_to = item.position;
    if (is_ruling) parts.emplace_back();
  }
  return parts;
}

void SharedJournal::deliver_stored() {
  if (written_.empty()) return;
  again_ = 0;
  bool is_any = false;
  for (const auto& part : std::exchange(written_, {})) {
    delivered_ = std::max(delivered_, part.known.value_or(part.up_to));
    if (!part.batch.empty()) {
      is_any = true;
      about_to_deliver(part.batch);
      if (deliver_) deliver_(part.batch);
      for (const auto& committed : part.batch) look_at(committed);
    }
    delivered_ = std::max(delivered_, part.up_to);
  }
  if (!is_any) return;
  have_delivered();
  look_whether_there();
}

/// What of it is for the journal itself.
void SharedJournal::look_at(const Committed& committed) {
  const auto* const presence = committed.presence.get();
  if (presence == nullptr) return;
  if (const auto* deserted = std::get_if<presence::Deserted>(&presence->body))
    deserted_.erase(deserted->room);
  if (is_mine(presence->node) && std::holds_alternative<presence::NodeCame>(presence->body))
    coming_ = presence->epoch;
}

// --- sending

void SharedJournal::append(Draft draft) {
  if (is_stopped_) return late_.push_back(std::move(draft));
  // What was said by people of a start that is over is not said by this one.
  if (!is_there_ || is_fenced_) {
    std::vector<Draft> drafts;
    drafts.push_back(std::move(draft));
    return fail(drafts);
  }
  draft.checked = delivered_;
  queued_bytes_ += cost_of(draft);
  queue_.push_back(std::move(draft));
}

void SharedJournal::append_again(Draft draft) {
  if (is_closing_ || !is_there_ || is_fenced_) return append(std::move(draft));
  draft.checked = delivered_;
  queued_bytes_ += cost_of(draft);
  queue_.insert(queue_.begin() + static_cast<std::ptrdiff_t>(again_++), std::move(draft));
}

bool SharedJournal::full() const {
  return queue_.size() >= most_in_queue || queued_bytes_ >= most_queue_bytes;
}

void SharedJournal::commit(const Moment& now) {
  advance(now);
  deliver_stored();
  apply_some();
  look_at_time();
  look_whether_full();
  send();
  trim();
  keep_house_when_due();
  finish_if_done();
  if (is_closing_) deliver_stored();
}

void SharedJournal::send() {
  if (!is_there_ || is_fenced_ || state_ != Log::State::reading || under_way_ || asks_ != 0 ||
      queue_.empty() || delivered_ < waits_for_)
    return;
  if (gathers()) return;
  const auto& nodes = gate_.nodes();
  const auto self = nodes.find(cluster_.node);
  if (self == nodes.end() || self->second.epoch != entered_) return;
  UnderWay next{.number = self->second.number + 1, .serial = ++serial_, .since = steady()};
  BatchWriter writer;
  // Of one batch all in a room comes back stale, or nothing: what is said behind something stays behind it
  // when that has to go again.
  const auto known = rulings_up_to(queue_.front().checked);
  while (!queue_.empty() && writer.fits(queue_.front()) && rulings_up_to(queue_.front().checked) == known) {
    seal(queue_.front());
    writer.add(queue_.front());
    queued_bytes_ -= std::min(queued_bytes_, cost_of(queue_.front()));
    next.drafts.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  next.bytes = writer.finish({.generation = gate_.standing().generation,
                              .node = cluster_.node,
                              .epoch = entered_,
                              .number = next.number,
                              .seen = gate_.seen(),
                              .time = now()});
  again_ -= std::min(again_, next.drafts.size());
  gathers_since_.reset();
  next.sent = std::chrono::steady_clock::now();
  under_way_ = std::move(next);
  ask();
}

/// Where very much is said, what clients say next, when they have seen what was just read, makes the batch
/// larger, and so cheaper for the log.
bool SharedJournal::gathers() {
  const bool are_to_see = is_applying_ || !written_.empty() || !to_apply_.empty();
  const bool is_worth_it = queue_.size() >= worth_gathering && queue_.size() < most_gathered &&
                           queued_bytes_ < most_gathered_bytes;
  if (!are_to_see || !is_worth_it || is_stopped_) return false;
  if (!gathers_since_) gathers_since_ = steady();
  return steady() - *gathers_since_ < longest_gathering;
}

void SharedJournal::ask() {
  asks_ = under_way_->serial;
  under_way_->is_to_be_asked = false;
  log_->append(under_way_->bytes, [this, batch = asks_](Log::Result result) { answered(batch, result); });
}

/// What it was asked for may have been decided by what was read meanwhile.
void SharedJournal::answered(std::uint64_t batch, Log::Result result) {
  asks_ = 0;
  if (!under_way_ || under_way_->serial != batch) return;
  if (result == Log::Result::refused && !under_way_->may_be_there) return fail_under_way();
  if (result == Log::Result::unknown || result == Log::Result::stored) under_way_->may_be_there = true;
  if (result == Log::Result::stored) return;
  if (result == Log::Result::refused) under_way_->ask_at = steady() + between_refusals;
  under_way_->is_to_be_asked = true;
}

/// Asks again, and gives up what has waited for too long.
void SharedJournal::look_at_time() {
  if (service_ == Service::lost) return;
  if (enters_at_) enter();
  if (begins_again_ && (begins_anew_ || state_ == Log::State::empty)) begin();
  const bool is_time = under_way_ && (is_stopped_ || steady() >= under_way_->ask_at);
  const bool is_to_ask = is_time && under_way_->is_to_be_asked && asks_ == 0;
  if (is_to_ask && entered_ != 0 && !is_fenced_) ask();
  const bool is_waiting = state_ != Log::State::reading && steady() - waiting_since_ > cluster_.patience;
  if (under_way_ && steady() - under_way_->since > cluster_.patience) {
    const bool was_never_taken = asks_ == 0 && !under_way_->may_be_there;
    if (was_never_taken) fail_under_way();
  }
  if (is_waiting) fail_queue();
  look_at_service();
}

/// For operators: nothing can be said then, though what there is can be stored.
void SharedJournal::look_whether_full() {
  if (steady() - looked_whether_full_ >= between_looks) {
    looked_whether_full_ = steady();
    const bool was_full = std::exchange(is_full_, log_->health().is_full);
    if (was_full && !is_full_) measures_.is_writable = true;
  }
  if (is_full_) measures_.is_writable = false;
}

/// Whether nobody knows for very long what has become of the batch under way.
bool SharedJournal::is_overdue() const {
  return under_way_ && steady() - under_way_->since > 2 * cluster_.patience;
}

void SharedJournal::fail(std::vector<Draft>& drafts) {
  if (drafts.empty()) return;
  auto failed = sqlite::all_failed(drafts);
  if (written_.empty() || written_.back().up_to != 0) written_.emplace_back();
  auto& batch = written_.back().batch;
  std::move(failed.begin(), failed.end(), std::back_inserter(batch));
}

void SharedJournal::fail_under_way() {
  auto drafts = std::move(under_way_->drafts);
  under_way_.reset();
  fail(drafts);
}

void SharedJournal::fail_queue() {
  std::vector<Draft> drafts(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  queued_bytes_ = again_ = 0;
  fail(drafts);
}

void SharedJournal::configure(const Settings& settings) { Store::configure(of_node(settings)); }

std::optional<ClusterState> SharedJournal::cluster() const {
  const auto health = log_->health();
  const auto& mark = gate_.mark();
  ClusterState state{.name = cluster_.name,
                     .position = delivered_,
                     .lag = mark.position - delivered_ + health.newest_revision -
                            std::min(health.newest_revision, mark.revision),
                     .engine = health.member};
  for (const auto& [id, node] : gate_.nodes()) {
    auto& known = state.nodes.emplace_back();
    known.id = id;
    known.is_here = is_mine(id) && node.epoch == entered_;
    known.epoch = node.epoch;
    const auto heard = heard_.find(node.epoch);
    if (heard == heard_.end()) continue;
    known.position = heard->second.position;
    known.heard = heard->second.time;
  }
  return state;
}

// --- what one node does for all

std::optional<protocol::Error> SharedJournal::load_presence(
    const std::function<void(const PresenceRecord&)>& take) const {
  return read_file([&](sqlite::Database& journal) { sqlite::read_presence(journal, take); }, "who was here");
}

bool SharedJournal::is_first() const {
  return is_there_ && !gate_.nodes().empty() && is_mine(gate_.nodes().begin()->first);
}

void SharedJournal::trim() {
  if (steady() - trimmed_ < between_trims) return;
  trimmed_ = steady();
  deserted_.clear();  // what was not done is asked for again
  std::uint64_t revision = 0;
  // This node's own file goes on from what is left, in any case.
  while (size_ > cluster_.window && sizes_.size() > 1 && sizes_.front().first <= stored_revision_) {
    revision = sizes_.front().first;
    size_ -= sizes_.front().second;
    sizes_.pop_front();
  }
  if (revision > 0 && is_first()) log_->trim(revision);
}

/// The first node asks for it, and all decide alike.
void SharedJournal::lose_state(const std::string& room) {
  if (!is_first() || !deserted_.insert(room).second) return;
  Draft draft{.room = room};
  draft.presence =
      std::make_shared<const PresenceRecord>(PresenceRecord{.body = presence::Deserted{.room = room}});
  append(std::move(draft));
}

// --- the end

void SharedJournal::look_at_service() {
  if (service_ == Service::lost || is_stopped_) return;
  auto now = Service::ready;
  if (!is_there_ || is_fenced_ || is_overdue()) {
    now = Service::away;
  } else if (state_ != Log::State::reading) {
    now = Service::waiting;
  }
  if (std::exchange(service_, now) != now && changed_) changed_();
}

void SharedJournal::lose(const std::string& why) {
  if (service_ == Service::lost) return;
  ops::log::error("cluster", "this node cannot go on", {{"reason", why}});
  if (under_way_ && !under_way_->may_be_there && asks_ == 0) fail_under_way();
  fail_queue();
  service_ = Service::lost;
  if (changed_) changed_();
}

void SharedJournal::stop(Timestamp now, std::function<void()> done) {
  prepare_to_end(now);
  is_stopped_ = true;
  done_ = std::move(done);
  if (state_ != Log::State::reading || !is_there_) fail_queue();
  apply_some();
  send();
  finish_if_done();
}

/// Gives the node's place back when all that was appended has its own, or cannot have one any more: so the
/// names of its people are free at once.
void SharedJournal::finish_if_done() {
  if (!is_stopped_) return;
  const bool is_hopeless =
      service_ == Service::lost || state_ != Log::State::reading || !is_there_ || is_fenced_;
  if (is_closing_) {
    fail(late_);
    return late_.clear();
  }
  if (is_applying_ || !written_.empty() || !to_apply_.empty()) return;
  if (!is_hopeless && (under_way_ || !queue_.empty())) return;
  is_closing_ = true;
  log_->close([this] {
    // Of what may be stored nobody is told anything.
    if (under_way_ && !under_way_->may_be_there && asks_ == 0) fail_under_way();
    under_way_.reset();
    fail_queue();
    fail(late_);
    late_.clear();
    deliver_stored();
    end(std::exchange(done_, nullptr));
  });
}

}  // namespace hubbub::journal::shared
