#include "server/journal/shared/etcd_replay.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hubbub::journal::shared::etcd {

Replay::Replay(Keys keys, const Mark& from)
    : keys_(std::move(keys)), from_(from), at_(from.revision), position_(from.position) {}

const KeyValue* Replay::log_in(const Range& range) const {
  const auto found = std::find_if(range.found.begin(), range.found.end(),
                                  [&](const KeyValue& each) { return each.key == keys_.log(); });
  return found == range.found.end() ? nullptr : &*found;
}

Replay::Nodes Replay::nodes_in(const Range& range) const {
  Nodes nodes;
  for (const auto& each : range.found)
    if (const auto node = keys_.node_of(each.key)) nodes.emplace(*node, each.create_revision);
  return nodes;
}

Replay::Found Replay::look(const Range& now) {
  const auto* const log = log_in(now);
  if (tells_nodes()) {
    // The log's story begins with the nodes that were there before it.
    base_ = log == nullptr ? now.revision : log->create_revision - 1;
    return Found::fine;
  }
  base_ = at_;
  if (now.revision < at_) return Found::behind;
  if (log == nullptr) return position_ == 0 ? Found::fine : Found::behind;
  // It was begun after the mark if that has no entry, and before it otherwise.
  if ((position_ == 0) != (log->create_revision > at_)) return Found::behind;
  const bool has_more = log->mod_revision > at_;
  if (log->version < position_ || has_more != (log->version > position_)) return Found::behind;
  return Found::fine;
}

Replay::Found Replay::look_back(const Range& then, std::vector<Item>& items) {
  const auto* const log = log_in(then);
  if ((log == nullptr ? 0 : log->version) != position_) return Found::behind;
  auto nodes = nodes_in(then);
  const bool is_told = tells_nodes();
  if (begun_ && nodes != nodes_) return Found::behind;
  nodes_ = std::move(nodes);
  begun_ = true;
  at_ = base_;
  if (!is_told) return Found::fine;
  std::vector<const KeyValue*> came;
  for (const auto& each : then.found)
    if (keys_.node_of(each.key)) came.push_back(&each);
  std::sort(came.begin(), came.end(), [](const KeyValue* left, const KeyValue* right) {
    return left->create_revision < right->create_revision;
  });
  for (const auto* const each : came) {
    items.push_back({.revision = each->create_revision,
                     .what = Came{.node = std::string(*keys_.node_of(each->key)),
                                  .epoch = each->create_revision,
                                  .about = each->value}});
  }
  return Found::fine;
}

Replay::Found Replay::look_back_failed(const Range& now) {
  // Another user of the engine may have compacted it. If nothing has changed, nothing is missed.
  const auto* const log = log_in(now);
  const bool is_same = (log == nullptr ? 0 : log->version) == position_ && nodes_in(now) == nodes_;
  if (!begun_ || !is_same) return Found::trimmed;
  at_ = now.revision;
  return Found::fine;
}

Replay::Found Replay::take(Watched watched, std::vector<Item>& items) {
  auto events = std::exchange(fragment_, {});
  std::move(watched.events.begin(), watched.events.end(), std::back_inserter(events));
  if (watched.is_fragment && !events.empty()) {
    // Items of one revision are handed over together.
    const auto newest = events.back().of.mod_revision;
    const auto open = std::find_if(events.begin(), events.end(),
                                   [&](const Event& each) { return each.of.mod_revision == newest; });
    fragment_.assign(std::make_move_iterator(open), std::make_move_iterator(events.end()));
    events.erase(open, events.end());
  }
  std::uint64_t newest = at_;
  for (auto& event : events) {
    const auto revision = event.of.mod_revision;
    if (revision <= at_) continue;
    if (revision < newest) return Found::gap;
    newest = revision;
    const auto found = take(event, items);
    if (found != Found::fine) {
      // Those before it stand.
      at_ = std::max(at_, items.empty() ? 0 : items.back().revision);
      return found;
    }
  }
  at_ = newest;
  return Found::fine;
}

Replay::Found Replay::take(Event& event, std::vector<Item>& items) {
  if (event.of.key == keys_.log()) return take_entry(event, items);
  if (const auto node = keys_.node_of(event.of.key)) take_node(*node, event, items);
  return Found::fine;
}

Replay::Found Replay::take_entry(Event& event, std::vector<Item>& items) {
  if (event.is_delete) return Found::behind;
  if (event.of.version != position_ + 1) return Found::gap;
  position_ = event.of.version;
  items.push_back({.revision = event.of.mod_revision,
                   .what = Entry{.position = position_, .bytes = std::move(event.of.value)}});
  return Found::fine;
}

void Replay::take_node(std::string_view node, Event& event, std::vector<Item>& items) {
  const auto revision = event.of.mod_revision;
  if (event.is_delete) {
    const auto known = nodes_.find(node);
    if (known == nodes_.end()) return;
    items.push_back({.revision = revision, .what = Gone{.node = known->first, .epoch = known->second}});
    nodes_.erase(known);
  } else if (event.of.create_revision == revision) {
    nodes_.insert_or_assign(std::string(node), revision);
    items.push_back(
        {.revision = revision,
         .what = Came{.node = std::string(node), .epoch = revision, .about = std::move(event.of.value)}});
  }
}

bool Replay::has_all_of(const Range& now) const {
  if (position_ > 0 && log_in(now) == nullptr) return false;  // its end is still to come
  const auto nodes = nodes_in(now);
  for (const auto& each : now.found)
    if (each.mod_revision > at_) return false;
  // Those that have gone by then.
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& known) {
    return known.second > now.revision || nodes.contains(known.first);
  });
}

}  // namespace hubbub::journal::shared::etcd
