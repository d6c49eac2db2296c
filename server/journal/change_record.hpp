#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// Messages that one record deletes, at most.
inline constexpr std::size_t most_deleted = 500;

/// The record that edits one message, or deletes some, of one room or conversation. Who may is for the chat
/// to say; the journal passes over what is not there, what has been deleted, and, in an edit, what has the
/// same text.
struct ChangeRecord {
  std::uint64_t number = 0;  ///< its place among the messages; 0: none yet
  protocol::Change::What what = protocol::Change::What::edited;
  /// Handed back: those that have been changed, in ascending order; none: the record has done nothing.
  std::vector<std::uint64_t> seqs{};
  std::string text{};    ///< of an edit
  std::string by{};      ///< name of the person who made the change
  std::string reason{};  ///< of a deletion; empty: none was given
  protocol::Timestamp at{};
};
using ChangePtr = std::shared_ptr<const ChangeRecord>;

}  // namespace hubbub::journal
