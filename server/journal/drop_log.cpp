#include "server/journal/drop_log.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

#include "server/journal/conversation.hpp"
#include "server/ops/log.hpp"

namespace hubbub::journal {
namespace {

constexpr std::uint64_t most_untold = 1000;
constexpr std::chrono::minutes between_lines{1};
constexpr std::size_t most_named = 5;

std::string list(const std::set<std::string>& rooms) {
  std::string text;
  std::size_t named = 0;
  for (const auto& room : rooms) {
    if (++named > most_named) return text + " and " + std::to_string(rooms.size() - most_named) + " more";
    if (!text.empty()) text += ", ";
    text += room;
  }
  return text;
}

std::string_view reason(const Drops& drops) {
  if (drops.surplus == 0) return "history.keep_age";
  return drops.aged == 0 ? "history.keep_messages" : "history.keep_age and history.keep_messages";
}

}  // namespace

/// Who talks with whom in private stands in no log.
void Drops::add(Drops more) {
  aged += more.aged;
  surplus += more.surplus;
  if (std::erase_if(more.rooms, [](const std::string& room) { return is_conversation(room); }) > 0)
    more.rooms.insert("(private messages)");
  rooms.merge(more.rooms);
}

void DropLog::note(Drops drops, bool more, Steady now) {
  under_way_.add(std::move(drops));
  if (more) return;
  auto over = std::exchange(under_way_, {});
  if (over.messages() > most_untold) untold_.add(std::move(over));
  if (untold_.messages() == 0 || (told_ && now - *told_ < between_lines)) return;
  told_ = now;
  tell();
}

void DropLog::finish() {
  auto over = std::exchange(under_way_, {});
  if (over.messages() > most_untold) untold_.add(std::move(over));
  if (untold_.messages() > 0) tell();
}

void DropLog::tell() {
  const auto drops = std::exchange(untold_, {});
  ops::log::info("journal", "retention has dropped messages",
                 {{"messages", drops.messages()}, {"rooms", list(drops.rooms)}, {"reason", reason(drops)}});
}

}  // namespace hubbub::journal
