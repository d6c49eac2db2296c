#include "server/tools/interruption.hpp"

#include <cstddef>
#include <stdexcept>

namespace hubbub::tools {
namespace {

// What a signal handler may touch must be lock-free (signal-safety(7)).
static_assert(std::atomic<bool>::is_always_lock_free);
std::atomic<bool> has_come{false};

void note(int) { has_come = true; }

}  // namespace

Interruption::Interruption() {
  has_come = false;
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    sigaction(signals.at(i), nullptr, &before_.at(i));
    if (before_.at(i).sa_handler != SIG_IGN) sigaction(signals.at(i), &action, nullptr);
  }
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals.at(i), &before_.at(i), nullptr);
}

const std::atomic<bool>& Interruption::came() const { return has_come; }

void Interruption::check() const {
  if (has_come) throw std::runtime_error("interrupted; what was begun has been removed again");
}

}  // namespace hubbub::tools
