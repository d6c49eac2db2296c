#include "server/journal/shared/gate.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace hubbub::journal::shared {

Gate::Gate(const Mark& mark, std::uint64_t chain, Nodes nodes)
    : mark_(mark), chain_(chain), chains_{chain}, nodes_(std::move(nodes)) {}

Gate::Judged Gate::judge(const Entry& entry, std::uint64_t revision) {
  auto decoded = decode(entry.bytes);
  const auto* const fault = std::get_if<Fault>(&decoded);
  auto* const batch = std::get_if<Batch>(&decoded);
  // A program that cannot read it must not go past it.
  if (fault != nullptr && *fault == Fault::later_level) return {.verdict = Verdict::later_level};
  if (batch != nullptr && is_another_log(batch->head.seen)) return {.verdict = Verdict::split};
  if (chains_.empty()) chains_.push_back(chain_);  // before the first
  mark_ = {.position = entry.position, .revision = revision};
  chain_ = chained(chain_, entry.bytes);
  chains_.push_back(chain_);
  if (chains_.size() > most_chains) chains_.pop_front();
  if (batch == nullptr) return {.verdict = Verdict::void_damaged};
  const auto& head = batch->head;
  const auto node = nodes_.find(head.node);
  if (node == nodes_.end() || node->second.epoch != head.epoch) return {.verdict = Verdict::void_gone};
  if (head.number != node->second.number + 1) return {.verdict = Verdict::void_again};
  node->second.number = head.number;
  return {.verdict = Verdict::valid, .batch = std::move(*batch)};
}

/// It cannot have read what comes behind itself, either.
bool Gate::is_another_log(const Seen& seen) const {
  if (seen.position > mark_.position) return true;
  const auto back = mark_.position - seen.position;
  if (chains_.empty()) return seen.chain != chain_;
  return back < chains_.size() && chains_[chains_.size() - 1 - static_cast<std::size_t>(back)] != seen.chain;
}

void Gate::came(const Came& came, std::uint64_t revision) {
  mark_.revision = revision;
  nodes_[came.node] = {.epoch = came.epoch, .number = 0, .level = came.level};
}

bool Gate::gone(const Gone& gone, std::uint64_t revision) {
  mark_.revision = revision;
  const auto node = nodes_.find(gone.node);
  if (node == nodes_.end() || node->second.epoch != gone.epoch) return false;
  nodes_.erase(node);
  return true;
}

std::uint32_t Gate::level_in_force() const {
  auto least = level;
  for (const auto& [id, node] : nodes_) least = std::min(least, node.level);
  return least;
}

}  // namespace hubbub::journal::shared
