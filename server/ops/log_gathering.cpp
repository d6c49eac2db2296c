#include "server/ops/log_gathering.hpp"

namespace hubbub::ops::log {

void Gathering::note(std::string_view source, std::string_view kind, Time now, Fields fields) {
  if (!enabled(Level::info)) return;
  if (source.empty()) source = "local";
  std::string key(source);
  if (may_tell(key, now)) {
    info(channel_, what_, fields);
  } else if (kind.empty()) {
    gathered_.note(key, now, {{"address", source}});
  } else {
    gathered_.note(key.append(1, '\n').append(kind), now, {{"address", source}, {"reason", kind}});
  }
}

/// Whether one more line is to be told, which is counted then.
bool Gathering::may_tell(const std::string& source, Time now) {
  if (begun_ == Time::min() || now - begun_ >= interval) {
    told_.clear();
    begun_ = now;
  }
  if (told_.size() >= most_sources && !told_.contains(source)) return false;
  auto& told = told_[source];
  if (told == most_told) return false;
  ++told;
  return true;
}

}  // namespace hubbub::ops::log
