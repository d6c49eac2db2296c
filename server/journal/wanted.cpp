#include "server/journal/wanted.hpp"

#include "protocol/name.hpp"

namespace hubbub::journal {

Wanted::Wanted(const Query& query, protocol::Timestamp oldest) : from_(query.from), oldest_(oldest) {
  if (!query.search.empty()) words_.emplace(query.search);
}

bool Wanted::is(std::string_view name, std::string_view text, protocol::Timestamp time) {
  return time >= oldest_ && (from_.empty() || is_from(name)) && (!words_ || words_->matches(text));
}

bool Wanted::is_from(std::string_view name) {
  if (name == name_) return is_theirs_;
  const auto parsed = protocol::parse_name(name);
  name_ = name;
  return is_theirs_ = parsed && parsed->key == from_;
}

}  // namespace hubbub::journal
