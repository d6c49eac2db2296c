#include "client/connection/repeats.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "protocol/limits.hpp"

namespace hubbub::client {

bool Repeats::has(const protocol::Message& message, TimePoint now) {
  if (message.id.empty()) return false;
  while (!seen_.empty() && now - seen_.front().time > protocol::dedupe_age) seen_.pop_front();
  Seen seen{now, message.from, message.id, std::hash<std::string>()(message.text)};
  if (std::any_of(seen_.begin(), seen_.end(), [&](const Seen& one) { return one.is(seen); })) return true;
  if (seen_.size() >= most) seen_.pop_front();
  seen_.push_back(std::move(seen));
  return false;
}

}  // namespace hubbub::client
