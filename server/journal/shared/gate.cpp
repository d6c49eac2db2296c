#include "server/journal/shared/gate.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace hubbub::journal::shared {

Gate::Gate(Standing standing) : now_(std::move(standing)), chains_{now_.chain} {}

/// It has been read, whatever it is.
void Gate::pass(const Entry& entry, std::uint64_t revision) {
  now_.mark = {.position = entry.position, .revision = revision};
  now_.chain = chained(now_.chain, entry.bytes);
  chains_.push_back(now_.chain);
  if (chains_.size() > most_chains) chains_.pop_front();
}

Gate::Judged Gate::judge(const Entry& entry, std::uint64_t revision) {
  if (entry.position == 1) {
    auto beginning = decode_beginning(entry.bytes);
    if (!beginning) return {.verdict = Verdict::later_level};
    pass(entry, revision);
    now_.generation = beginning->generation;
    return {.verdict = Verdict::begun, .beginning = beginning};
  }
  auto decoded = decode(entry.bytes);
  const auto* const fault = std::get_if<Fault>(&decoded);
  auto* const batch = std::get_if<Batch>(&decoded);
  // A program that cannot read it must not go past it.
  if (fault != nullptr && *fault == Fault::later_level) return {.verdict = Verdict::later_level};
  if (batch != nullptr && is_another_log(batch->head)) return {.verdict = Verdict::split};
  pass(entry, revision);
  if (batch == nullptr) return {.verdict = Verdict::void_damaged};
  const auto& head = batch->head;
  const auto node = now_.nodes.find(head.node);
  if (node == now_.nodes.end() || node->second.epoch != head.epoch) return {.verdict = Verdict::void_gone};
  if (head.number != node->second.number + 1) return {.verdict = Verdict::void_again};
  node->second.number = head.number;
  return {.verdict = Verdict::valid, .batch = std::move(*batch)};
}

/// It cannot have read what comes behind itself, either.
bool Gate::is_another_log(const Head& head) const {
  if (head.generation != now_.generation || head.seen.position > now_.mark.position) return true;
  const auto back = now_.mark.position - head.seen.position;
  return back < chains_.size() &&
         chains_[chains_.size() - 1 - static_cast<std::size_t>(back)] != head.seen.chain;
}

void Gate::came(const Came& came, std::uint64_t revision) {
  now_.mark.revision = revision;
  now_.nodes.erase(came.node);
  if (const auto about = decode_about(came.about))
    now_.nodes[came.node] = {.epoch = came.epoch, .number = 0, .about = *about};
}

bool Gate::gone(const Gone& gone, std::uint64_t revision) {
  now_.mark.revision = revision;
  const auto node = now_.nodes.find(gone.node);
  if (node == now_.nodes.end() || node->second.epoch != gone.epoch) return false;
  now_.nodes.erase(node);
  return true;
}

std::uint32_t Gate::level_in_force() const {
  auto least = level;
  for (const auto& [id, node] : now_.nodes) least = std::min(least, node.about.level);
  return least;
}

}  // namespace hubbub::journal::shared
