#include "server/journal/sqlite/message_row.hpp"

#include <memory>

#include "server/journal/conversation.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Change;
using protocol::MessageKind;

// Columns behind those of MessageColumn.
constexpr int id = 4;
constexpr int kind = 5;
constexpr int account = 6;
constexpr int reply_to = 7;
constexpr int change_what = 8;
constexpr int change_time = 9;
constexpr int change_who = 10;
constexpr int recipient = 11;
constexpr int sender = 12;
constexpr int change_number = 13;
constexpr int change_reason = 14;

/// Before version 3 `kind` was called `action`, with the same numbers for the kinds of that time, and the
/// other columns were missing.
constexpr std::int64_t first_with_changes = 3;
constexpr std::int64_t first_with_conversations = 5;
constexpr std::int64_t first_with_reasons = 7;

std::shared_ptr<const Change> change_of(const Statement::Rows& row) {
  if (row.is_null(change_what)) return nullptr;
  return std::make_shared<const Change>(Change{.what = static_cast<Change::What>(row.number(change_what)),
                                               .time = row.time(change_time),
                                               .by = std::string(row.text(change_who)),
                                               .number = row.count(change_number),
                                               .reason = std::string(row.text(change_reason))});
}

/// Of tables with changes, from "SELECT" on.
std::string columns(std::string_view besides, std::int64_t version) {
  std::string text =
      "SELECT m.seq, m.time, m.name, m.text, m.id, m.kind, m.account, m.reply_to, c.what, c.time, c.who, ";
  text += version < first_with_conversations ? "NULL" : "m.recipient";
  text += ", m.sender, c.number, ";
  text += version < first_with_reasons ? "NULL" : "c.reason";
  return text.append(besides);
}

}  // namespace

std::string select_messages(std::string_view besides, std::int64_t version) {
  if (version < first_with_changes) {
    return "SELECT m.seq, m.time, m.name, m.text, m.id, m.action, NULL, NULL, NULL, NULL, NULL, NULL, "
           "m.sender, NULL, NULL" +
           std::string(besides) + " FROM message m ";
  }
  return columns(besides, version) +
         " FROM message m LEFT JOIN change c ON c.room = m.room AND c.seq = m.seq ";
}

std::string select_changed_messages() {
  return columns({}, schema_version) +
         " FROM change c CROSS JOIN message m ON m.room = c.room AND m.seq = c.seq ";
}

std::string is_deleted() { return "c.what IS " + std::to_string(static_cast<int>(Change::What::deleted)); }

protocol::Message message_of(const Statement::Rows& row, const std::string& room) {
  const bool is_private = !row.is_null(recipient);
  return {.room = is_private ? std::string() : room,
          .to = is_private ? std::string(row.text(recipient)) : std::string(),
          .seq = row.count(MessageColumn::seq),
          .time = row.time(MessageColumn::time),
          .from = std::string(row.text(MessageColumn::name)),
          .text = std::string(row.text(MessageColumn::text)),
          .id = std::string(row.text(id)),
          .kind = static_cast<MessageKind>(row.number(kind)),
          .account = std::string(row.text(account)),
          .reply_to = row.count(reply_to),
          .change = change_of(row),
          .author = author_of(row.text(sender))};
}

}  // namespace hubbub::journal::sqlite
