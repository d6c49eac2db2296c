#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/event.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"

namespace hubbub::journal::sqlite {

/// A message in the tables: what to select, and how to read a row. The first columns:
struct MessageColumn {
  static constexpr int seq = 0;
  static constexpr int time = 1;
  static constexpr int name = 2;
  static constexpr int text = 3;
  static constexpr int count = 15;  ///< further columns come behind these
};

/// "SELECT … FROM message m …": conditions, on columns of `m`, follow. `besides`: further columns. `version`:
/// of the tables, since the tools read older ones too.
std::string select_messages(std::string_view besides = {}, std::int64_t version = schema_version);

/// The same for those that were changed, found by columns of `c` (`room`, `seq`, and the `number` of the
/// change).
std::string select_changed_messages();

/// A condition on what select_messages() has: the message is deleted. Not for tables of older versions.
std::string is_deleted();

/// `room`: its name, as shown.
protocol::Message message_of(const Statement::Rows& row, const std::string& room);

}  // namespace hubbub::journal::sqlite
