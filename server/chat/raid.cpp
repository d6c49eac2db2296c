#include "server/chat/raid.hpp"

#include <algorithm>
#include <set>

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

bool tells_nothing(std::string_view address) {
  return address.empty() || address.starts_with("127.") || address == "::";  // ::1 is told by its /64
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
  const auto is_raid = [&speakers] {
    std::set<std::uint64_t> addresses;
    for (const auto& each : speakers) addresses.insert(each.address);
    return speakers.size() >= most_alike && addresses.size() >= least_addresses;
  };
  if (speakers.size() >= most_alike) return {.may_go_out = false, .is_raid = is_raid()};
  std::erase_if(speakers, [&who](const Said& each) { return each.number == who.number; });
  const auto address = tells_nothing(who.address) ? who.number : hash_(who.address);
  speakers.push_back({.number = who.number, .address = address, .at = now});
  return {.is_raid = is_raid()};
}

void Raid::tidy(Time now) {
  if (tidied_ + std::chrono::seconds{1} > now) return;
  tidied_ = now;
  std::erase_if(texts_, [now](const auto& each) {
    return each.second.empty() || each.second.back().at + text_span < now;
  });
}

}  // namespace hubbub::chat
