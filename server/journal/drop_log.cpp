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

std::string reason(const Drops& drops) {
  std::string text;
  const auto add = [&text](std::uint64_t messages, std::string_view cause) {
    if (messages > 0) text.append(text.empty() ? "" : " and ").append(cause);
  };
  add(drops.aged, "history.keep_age");
  add(drops.surplus, "history.keep_messages");
  add(drops.by_rule, "rules of these rooms");
  return text;
}

}  // namespace

/// Who talks with whom in private stands in no log.
void Drops::add(Drops more) {
  aged += more.aged;
  surplus += more.surplus;
  by_rule += more.by_rule;
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
