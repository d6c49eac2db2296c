#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/journal/journal.hpp"
#include "server/journal/words.hpp"

namespace hubbub::journal {

/// Tells which messages a search is for, apart from its bounds.
class Wanted {
 public:
  /// `oldest`: what was said before it has aged, though it may not have been dropped yet.
  explicit Wanted(const Query& query, protocol::Timestamp oldest = protocol::Timestamp::min());

  bool is(std::string_view name, std::string_view text, protocol::Timestamp time);
  bool is(const protocol::Message& message) { return is(message.from, message.text, message.time); }

 private:
  bool is_from(std::string_view name);

  std::string from_;
  std::optional<Matcher> words_;
  protocol::Timestamp oldest_;
  // Of the name that was asked about last: people speak several times in a row.
  std::string name_;
  bool is_theirs_ = false;
};

}  // namespace hubbub::journal
