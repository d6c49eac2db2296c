#include "server/chat/raid.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"

namespace hubbub::chat {
namespace {

// Texts that are known at a time.
constexpr std::size_t most_texts = 4096;
// Bytes of a text that is taken notice of while few come: people say "hi" alike.
constexpr std::size_t least_bytes = 8;
// Arrivals that are remembered.
constexpr std::size_t most_arrivals = 4096;

/// What makes two texts the same.
std::string gist(std::string_view text) {
  std::string kept;
  for (const char each : text) {
    const char small = protocol::ascii_lower(each);
    const bool is_beyond_ascii = static_cast<unsigned char>(each) >= 0x80U;
    if (is_beyond_ascii || (small >= 'a' && small <= 'z')) kept += small;
  }
  return kept.empty() ? std::string(text) : kept;
}

}  // namespace

bool Raid::arrives(Time now, std::size_t most) {
  arrivals_.push_back(now);
  if (arrivals_.size() > most_arrivals) arrivals_.pop_front();
  return is_going_on(now, most);
}

bool Raid::is_going_on(Time now, std::size_t most) {
  while (!arrivals_.empty() && arrivals_.front() + join_span < now) arrivals_.pop_front();
  return most > 0 && arrivals_.size() > most;
}

Raid::Verdict Raid::says(const Newcomer& who, std::string_view text, Time now) {
  if (text.size() < least_bytes && !is_going_on(now, most_alike)) return {};
  if (texts_.size() >= most_texts) tidy(now);
  if (texts_.size() >= most_texts) return {};
  auto& speakers = texts_[hash_(gist(text))];
  std::erase_if(speakers, [now](const Said& each) { return each.at + text_span < now; });
  const auto address = hash_(who.address);
  const auto near = std::count_if(speakers.begin(), speakers.end(),
                                  [address](const Said& each) { return each.address == address; });
  if (counted(speakers) >= most_alike) return {.may_go_out = false, .is_raid = true};
  if (static_cast<std::size_t>(near) >= most_alike) return {.may_go_out = false};
  std::erase_if(speakers, [&who](const Said& each) { return each.number == who.number; });
  speakers.push_back({.number = who.number, .address = address, .at = now});
  return {.is_raid = counted(speakers) >= most_alike};
}

std::size_t Raid::counted(const Speakers& speakers) {
  std::size_t count = 0;
  for (auto each = speakers.begin(); each != speakers.end(); ++each) {
    const auto before = std::count_if(speakers.begin(), each,
                                      [each](const Said& other) { return other.address == each->address; });
    if (static_cast<std::size_t>(before) < most_of_address) ++count;
  }
  return count;
}

void Raid::tidy(Time now) {
  if (tidied_ + std::chrono::seconds{1} > now) return;
  tidied_ = now;
  std::erase_if(texts_, [now](const auto& each) {
    return each.second.empty() || each.second.back().at + text_span < now;
  });
}

}  // namespace hubbub::chat
