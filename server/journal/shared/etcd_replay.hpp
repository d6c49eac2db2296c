#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/journal/shared/etcd_gateway.hpp"
#include "server/journal/shared/log.hpp"

namespace hubbub::journal::shared::etcd {

/// Makes items of what etcd says about a cluster's keys, each once and in order, whatever watch they come
/// from. No sockets, no clock.
///
/// A watch is begun in two steps. What is there now (`look`) tells whether the log can be the one of the mark
/// at all. What was there at the mark's revision (`look_back`, the `base`) tells that it is, and which nodes
/// had come: an event that deletes a node's key does not say its epoch.
class Replay {
 public:
  enum class Found : std::uint8_t {
    fine,
    behind,   ///< as Log::State::behind
    trimmed,  ///< as Log::State::trimmed
    gap,      ///< something is missing in what the watch brought: it is to be begun again
  };

  Replay(Keys keys, const Mark& from);

  /// All keys as they are now, without values.
  Found look(const Range& now);
  /// The revision whose keys are asked for then.
  std::uint64_t base() const { return base_; }
  /// Whether with values: the nodes that are there are told of.
  bool tells_nodes() const { return !begun_ && from_ == Mark{}; }
  /// All keys as they were then. Appends the items that come before all others.
  Found look_back(const Range& then, std::vector<Item>& items);
  /// What was then is not there any more.
  Found look_back_failed(const Range& now);

  /// From where a watch goes on.
  std::uint64_t next_revision() const { return at_ + 1; }
  /// What a watch has brought. Appends the items.
  Found take(Watched watched, std::vector<Item>& items);
  /// The watch has ended: what was not complete comes again.
  void forget_fragment() { fragment_.clear(); }

  /// Whether all has been taken that was there then; without values.
  bool has_all_of(const Range& now) const;
  /// Of the newest entry.
  std::uint64_t position() const { return position_; }
  /// Up to which everything has been taken.
  std::uint64_t revision() const { return at_; }

 private:
  using Nodes = std::map<std::string, std::uint64_t, std::less<>>;  ///< their epochs

  const KeyValue* log_in(const Range& range) const;
  Nodes nodes_in(const Range& range) const;
  Found take(Event& event, std::vector<Item>& items);
  Found take_entry(Event& event, std::vector<Item>& items);
  void take_node(std::string_view node, Event& event, std::vector<Item>& items);

  const Keys keys_;
  const Mark from_;
  bool begun_ = false;  ///< looked back once
  std::uint64_t base_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t position_ = 0;
  Nodes nodes_;
  /// Of the newest revision, which may go on in the next answer.
  std::vector<Event> fragment_;
};

}  // namespace hubbub::journal::shared::etcd
