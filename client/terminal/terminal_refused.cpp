// What was refused comes back, to be mended.
#include <algorithm>
#include <string>
#include <utility>

#include "client/terminal/terminal.hpp"

namespace hubbub::client::terminal {

namespace event = protocol::event;

namespace {

/// Lines that may have to be given back; of more than that the oldest are forgotten.
constexpr std::size_t most_said = 300;

}  // namespace

/// Carries out a line, or else gives it back.
void Terminal::obey(const std::string& line) {
  refused_ = false;
  take_line(line);
  if (refused_) give_back(line);
}

/// Should the server refuse the request of that ref.
void Terminal::may_come_back(const std::string& ref, const std::string& line) {
  said_.emplace_back(ref, line);
  if (said_.size() > most_said) said_.pop_front();
}

void Terminal::give_back_refused(const protocol::Event& event) {
  if (event.ref.empty()) return;
  const auto said =
      std::find_if(said_.begin(), said_.end(), [&](const auto& one) { return one.first == event.ref; });
  if (said == said_.end()) return;
  const std::string line = std::move(said->second);
  said_.erase(said);
  if (std::holds_alternative<event::Failure>(event.body)) give_back(line);
}

void Terminal::give_back(const std::string& line) {
  if (editor_->empty()) return editor_->bring_back(line);
  keep_within_reach(line);
}

/// Something else is being typed.
void Terminal::keep_within_reach(const std::string& line) {
  editor_->remember(line);
  notice("the arrow key up brings back what was refused");
}

}  // namespace hubbub::client::terminal
