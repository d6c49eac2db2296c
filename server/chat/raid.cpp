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

Raid::Verdict Raid::says(std::uint64_t who, std::string_view text, Time now) {
  if (text.size() < least_bytes && !is_going_on(now, most_alike)) return Verdict::fine;
  if (texts_.size() >= most_texts) tidy(now);
  if (texts_.size() >= most_texts) return Verdict::fine;
  auto& said = texts_[hash_(gist(text))];
  if (said.last + text_span < now) said.who.clear();
  said.last = now;
  const bool is_known = std::find(said.who.begin(), said.who.end(), who) != said.who.end();
  if (said.who.size() >= most_alike) return Verdict::no;
  if (is_known) return Verdict::fine;
  said.who.push_back(who);
  return said.who.size() == most_alike ? Verdict::last : Verdict::fine;
}

void Raid::tidy(Time now) {
  if (tidied_ + std::chrono::seconds{1} > now) return;
  tidied_ = now;
  std::erase_if(texts_, [now](const auto& each) { return each.second.last + text_span < now; });
}

}  // namespace hubbub::chat
