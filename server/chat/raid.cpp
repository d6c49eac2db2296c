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
  auto& said = texts_[hash_(gist(text))];
  if (said.last + text_span < now) said = {};
  said.last = now;
  const auto is_new_in = [](const auto& known, std::uint64_t one) {
    return std::find(known.begin(), known.end(), one) == known.end();
  };
  const auto address = who.address.empty() ? who.number : hash_(who.address);
  if (said.addresses.size() < least_addresses && is_new_in(said.addresses, address))
    said.addresses.push_back(address);
  Verdict verdict{.may_go_out = said.who.size() < most_alike};
  if (verdict.may_go_out && is_new_in(said.who, who.number)) said.who.push_back(who.number);
  verdict.is_raid = said.who.size() >= most_alike && said.addresses.size() >= least_addresses;
  return verdict;
}

void Raid::tidy(Time now) {
  if (tidied_ + std::chrono::seconds{1} > now) return;
  tidied_ = now;
  std::erase_if(texts_, [now](const auto& each) { return each.second.last + text_span < now; });
}

}  // namespace hubbub::chat
