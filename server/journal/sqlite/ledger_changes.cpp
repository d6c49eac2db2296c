// Changes of messages, the audit, and what must be removed of texts that are not there any more.
#include <algorithm>
#include <utility>

#include "server/journal/sqlite/ledger.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Change;
using protocol::Timestamp;

// Entries of the audit that are kept, and that are dropped at a time.
constexpr std::uint64_t most_audited = 100'000;
constexpr std::uint64_t audited_at_once = 500;

}  // namespace

// --- changes

/// What is there decides, at this moment. A room that is not known is not made by it.
Ledger::Entry Ledger::store_change(const ChangeRecord& draft, const std::string& key, Timestamp now) {
  auto record = draft;
  record.number = ++last_;
  if (record.what == Change::What::deleted) record.text.clear();
  std::sort(record.seqs.begin(), record.seqs.end());
  record.seqs.erase(std::unique(record.seqs.begin(), record.seqs.end()), record.seqs.end());
  auto* const room = find_room(key);
  std::erase_if(record.seqs,
                [&](std::uint64_t seq) { return room == nullptr || !change_message(*room, record, seq); });
  if (!record.seqs.empty()) {
    touch(*room, now).changed = record.number;
    has_changed_ = true;
  }
  return {.change = std::make_shared<const ChangeRecord>(std::move(record))};
}

/// Whether the message was there, and not so already.
bool Ledger::change_message(const Room& room, const ChangeRecord& change, std::uint64_t seq) {
  const bool deletes = change.what == Change::What::deleted;
  std::uint64_t ordinal = 0;
  std::string former;
  {
    auto row = to_change_.query(room.id, seq);
    if (!row.next()) return false;
    if (!row.is_null(2) && static_cast<Change::What>(row.number(2)) == Change::What::deleted) return false;
    ordinal = row.count(0);
    former = row.text(1);
  }
  if (!deletes && former == change.text) return false;
  set_text_.run(change.text, room.id, seq);
  set_change_.run(room.id, seq, change.number, static_cast<int>(change.what), change.at, change.by,
                  optional_text(change.reason));
  insert_former_.run(room.id, change.number, seq, ordinal, former);
  return true;
}

// --- the audit

/// It has the number of the record that it stands beside, or one of its own.
void Ledger::store_audit(Entry& entry, const Draft& draft) {
  auto audited = *draft.audit;
  audited.seq = entry.state             ? entry.state->seq
                : entry.account         ? entry.account->seq
                : entry.change          ? entry.change->number
                : entry.presence        ? entry.presence->seq
                : draft.is_audit_only() ? ++last_
                                        : draft.message.seq;
  insert_audit_.run(audited.seq, audited.at, audited.room, audited.room_name, audited.by,
                    audited.account == 0 ? std::nullopt : std::optional(audited.account), audited.front,
                    audited.action, audited.whom, audited.before, audited.after);
  if (audited_) ++*audited_;
  entry.audit = std::make_shared<const AuditEntry>(std::move(audited));
}

void Ledger::sweep_audit(Timestamp age, Swept& swept) {
  if (!audited_) audited_ = static_cast<std::uint64_t>(database_.number("SELECT count(*) FROM audit"));
  std::uint64_t last = 0;
  std::uint64_t count = 0;
  {
    auto rows = oldest_audit_.query(audited_at_once);
    while (rows.next() && (*audited_ - count > most_audited || rows.time(1) < age - audit_age)) {
      last = rows.count(0);
      ++count;
    }
  }
  if (count == 0) return;
  delete_audit_.run(last);
  *audited_ -= count;
  if (count == audited_at_once) swept.more = true;
}

// --- what must be removed

void Ledger::forget_former(const std::vector<Forgotten>& forgotten) {
  write([&] {
    for (const auto& one : forgotten) forget_former_.run(one.room, one.number);
  });
}

void Ledger::forget_all_former() {
  if (!has_former_.query().next()) return;
  write([&] { database_.execute("DELETE FROM former_text"); });
}

Ledger::Scrubbed Ledger::scrub(std::uint32_t pages) {
  if (scrub_from_ == 0) return Scrubbed::all;
  if (!checkpoint(true) || has_former_.query().next()) return Scrubbed::later;
  {
    const Transaction nobody_writes(database_);
    scrub_from_ = database_.zero_gaps(scrub_from_, pages);
  }
  if (scrub_from_ != 0) return Scrubbed::some;
  scrub_from_ = 1;  // unless this is noted
  write([&] { database_.execute("DELETE FROM meta WHERE key = 'scrub'"); });
  scrub_from_ = 0;
  return Scrubbed::all;
}

}  // namespace hubbub::journal::sqlite
