// Order in words: who is put out, what was changed, and what moderators are told.
#include "protocol/sentences.hpp"
#include "protocol/text.hpp"

namespace hubbub::protocol {

/// "lobby", or "the server".
std::string Sentences::where(std::string_view room) const {
  return room.empty() ? "the server" : wording_.text(room);
}

/// Where something was changed, if the reader does not know it: " in lobby".
std::string Sentences::place(std::string_view room, std::string_view with) const {
  if (!with.empty()) return " in the conversation with " + wording_.name(with);
  return names_rooms_ ? " in " + wording_.text(room) : std::string();
}

Sentences::Lines Sentences::operator()(const event::Kicked& kicked) const {
  return {has(kicked.by) + " put " + (kicked.you ? "you" : person(kicked.name)) + " out of " +
          wording_.text(kicked.room) + reason(kicked.reason)};
}

Sentences::Lines Sentences::operator()(const event::Banned& banned) const {
  const event::Ban& ban = banned.ban;
  const std::string here = listed(banned.matches, [this](const std::string& name) { return person(name); });
  if (ban.id == 0) {
    return {"it would be about " + (here.empty() ? "nobody who is here" : here) + ": " +
            wording_.text(ban.mask)};
  }
  const std::string does = ban.action == "mute"     ? " silenced "
                           : ban.action == "except" ? " excepted from bans "
                                                    : " banned ";
  const std::string there = (ban.action == "ban" ? " from " : " in ") + where(ban.room);
  return {(ban.by.empty() ? "the server has" : has(ban.by)) + does + wording_.text(ban.mask) +
          (here.empty() ? "" : " (" + here + ')') + there + until(ban.until) + reason(ban.reason)};
}

Sentences::Lines Sentences::operator()(const event::Unbanned& unbanned) const {
  const std::string of =
      unbanned.mask.empty() ? "number " + std::to_string(unbanned.id) : wording_.text(unbanned.mask);
  const std::string there = " in " + where(unbanned.room);
  if (unbanned.by.empty()) return {"what was decided about " + of + there + " is over"};
  return {has(unbanned.by) + " ended what was decided about " + of + there};
}

std::string Sentences::ban(const event::Ban& ban) const {
  const std::string does = ban.action == "mute"     ? " is silent in "
                           : ban.action == "except" ? " is excepted from bans in "
                                                    : " is kept out of ";
  return wording_.text(ban.mask) + does + where(ban.room) + until(ban.until) +
         (ban.by.empty() ? "" : ", by " + wording_.name(ban.by)) +
         (ban.time ? ", since " + wording_.moment(*ban.time) : "") + reason(ban.reason);
}

std::string Sentences::mute(const event::Mute& mute) const {
  return "you are muted" + until(mute.until) + reason(mute.reason);
}

Sentences::Lines Sentences::operator()(const event::Bans& list) const {
  if (list.bans.empty() && before_ == 0) return {"nobody is kept out or silent"};
  Lines lines;
  for (const event::Ban& each : list.bans)
    lines.push_back("ban " + std::to_string(before_ + lines.size() + 1) + ": " + ban(each));
  return lines;
}

Sentences::Lines Sentences::operator()(const event::Reported& /*reported*/) const {
  return {"the moderators have been told"};
}

Sentences::Lines Sentences::operator()(const event::Report& report) const {
  const event::ReportInfo& one = report.report;
  return {wording_.name(one.by) + " reports message " + std::to_string(one.seq) +
          (one.of.empty() ? "" : " of " + wording_.name(one.of)) + " in " + wording_.text(one.room) +
          reason(one.text)};
}

Sentences::Lines Sentences::operator()(const event::Reports& list) const {
  if (list.reports.empty()) return {"nothing that was reported is open"};
  Lines lines;
  for (const event::ReportInfo& one : list.reports) {
    lines.push_back("report " + std::to_string(before_ + lines.size() + 1) + ": " +
                    wording_.moment(one.time) + ", " + wording_.name(one.by) + " on message " +
                    std::to_string(one.seq) + (one.of.empty() ? "" : " of " + wording_.name(one.of)) +
                    " in " + wording_.text(one.room) + reason(one.text));
  }
  if (list.more) lines.emplace_back("and others");
  return lines;
}

Sentences::Lines Sentences::operator()(const event::Audit& list) const {
  if (list.entries.empty()) return {"nothing is noted"};
  Lines lines;
  for (const event::AuditEntry& one : list.entries) {
    std::string line = wording_.moment(one.time) + ' ' +
                       (one.by.empty() ? std::string("the server") : wording_.name(one.by));
    if (!one.account.empty() && one.account != one.by)
      line += " (account " + wording_.name(one.account) + ')';
    line += ": " + wording_.text(one.action);
    if (!one.whom.empty()) line += ' ' + wording_.text(one.whom);
    if (!one.room.empty()) line += " in " + wording_.text(one.room);
    if (!one.before.empty() || !one.after.empty()) {
      line += ", from " + (one.before.empty() ? std::string("nothing") : wording_.text(one.before)) + " to " +
              (one.after.empty() ? std::string("nothing") : wording_.text(one.after));
    }
    if (!one.front.empty()) line += ", by way of " + wording_.text(one.front);
    lines.push_back(std::move(line));
  }
  if (list.more) lines.emplace_back("and what was before");
  return lines;
}

Sentences::Lines Sentences::operator()(const event::Announcement& announcement) const {
  return {"announcement" + (announcement.by.empty() ? "" : " by " + wording_.name(announcement.by)) + ": " +
          wording_.at_length(announcement.text)};
}

Sentences::Lines Sentences::operator()(const event::Lockdown& lockdown) const {
  const std::string by = lockdown.by.empty() ? "" : ", by " + person(lockdown.by);
  if (lockdown.level == 0) return {"the lockdown of the server is over" + by};
  return {"lockdown of the server" + until(lockdown.until) + by +
          (lockdown.level == 1 ? ", guests only read and nobody makes an account"
                               : ", no new guest comes in, and those who are here only read") +
          reason(lockdown.reason)};
}

Sentences::Lines Sentences::operator()(const event::Edited& edited, const std::optional<Meant>& meant) const {
  const bool by_another = meant && meant->from != edited.by;
  return {(edited.by.empty() ? "the author has" : has(edited.by)) + " edited a message" +
          (by_another ? " of " + person(meant->from) : "") +
          (meant ? " of " + wording_.time_of_day(meant->time) : "") + place(edited.room, edited.with) + ": " +
          wording_.at_length(edited.text)};
}

Sentences::Lines Sentences::operator()(const event::Deleted& deleted,
                                       const std::optional<Meant>& meant) const {
  const bool is_one = deleted.seqs.size() == 1;
  const bool of_another = is_one && meant && meant->from != deleted.by;
  return {(deleted.by.empty() ? "the server has" : has(deleted.by)) + " deleted " +
          (is_one ? "a message" : counted(deleted.seqs.size(), "message")) +
          (of_another ? " of " + person(meant->from) : "") +
          (is_one && meant ? " of " + wording_.time_of_day(meant->time) : "") +
          place(deleted.room, deleted.with) + reason(deleted.reason)};
}

}  // namespace hubbub::protocol
