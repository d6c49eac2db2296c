#include "server/ops/log_digest.hpp"

#include <iterator>
#include <type_traits>

namespace hubbub::ops::log {
namespace {

/// The kind of all further events: no kind has an empty name.
const std::string the_others;

}  // namespace

Digest::~Digest() {
  for (auto& kind : kinds_) tell(kind.second);
}

Digest::Kinds::iterator Digest::find_or_make(const std::string& kind, Time now, Fields fields) {
  const auto known = kinds_.find(kind);
  if (known != kinds_.end()) return known;
  if (kinds_.size() >= most_kinds && kind != the_others) {
    return find_or_make(the_others, now, {{"reason", "too many clients at once to tell of each"}});
  }
  const auto made = kinds_.try_emplace(kind).first;
  made->second.told = now;
  for (const auto& field : fields) {
    std::visit(
        [&](auto value) {
          using Kept = std::conditional_t<std::is_same_v<decltype(value), std::string_view>, std::string,
                                          decltype(value)>;
          made->second.fields.emplace_back(field.key, Kept(value));
        },
        field.value);
  }
  made->second.untold = 1;
  tell(made->second);
  return made;
}

void Digest::note(const std::string& kind, Time now, Fields fields) {
  if (!enabled(Level::info)) return;
  const auto kinds_before = kinds_.size();
  auto& noted = find_or_make(kind, now, fields)->second;
  if (kinds_.size() == kinds_before) ++noted.untold;
}

void Digest::tell_due(Time now) {
  for (auto next = kinds_.begin(); next != kinds_.end();) {
    auto& kind = next->second;
    const bool is_due = now - kind.told >= interval;
    const bool is_over = is_due && kind.untold == 0;
    if (is_due && !is_over) {
      tell(kind);
      kind.told = now;
    }
    next = is_over ? kinds_.erase(next) : std::next(next);
  }
}

void Digest::tell(Kind& kind) const {
  if (kind.untold == 0) return;
  std::vector<Field> fields;
  for (const auto& [key, value] : kind.fields) {
    std::visit([&, &name = key](const auto& kept) { fields.emplace_back(Field{.key = name, .value = kept}); },
               value);
  }
  fields.emplace_back(Field{.key = "count", .value = std::exchange(kind.untold, 0)});
  write(Level::info, channel_, what_, fields);
}

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

/// Whether the source may have one more line, which is counted then.
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
