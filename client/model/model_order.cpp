// The model's knowledge of what was changed, of roles and rules, and of why the reader cannot speak.
#include <algorithm>
#include <tuple>
#include <utility>

#include "client/model/changes.hpp"
#include "client/model/model.hpp"
#include "protocol/name.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client {

using protocol::Code;
using protocol::same_name;
namespace event = protocol::event;

namespace {

/// Whether the pattern, in which "*" stands for anything and "?" for one character, is the name's.
bool matches(std::string_view pattern, std::string_view name) {
  std::optional<std::pair<std::string_view, std::string_view>>
      again;  // behind the last "*", and what it began at
  for (;;) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      again = {pattern, name};
    } else if (!pattern.empty() && !name.empty() &&
               (pattern.front() == '?' || pattern.front() == name.front())) {
      name.remove_prefix(pattern.front() == '?' ? protocol::front_code_point(name).bytes : 1);
      pattern.remove_prefix(1);
    } else if (pattern.empty() && name.empty()) {
      return true;
    } else if (!again || again->second.empty()) {
      return false;
    } else {
      again->second.remove_prefix(1);
      std::tie(pattern, name) = *again;
    }
  }
}

}  // namespace

std::optional<Said> Model::as_changed(const Said& old, const event::Changed& change) const {
  if (!concerns(change, *old.message)) return std::nullopt;
  const auto message = after(*old.message, change);
  if (!message) return std::nullopt;
  Said changed = said(message);
  changed.own = old.own;  // the reader may bear another name now
  return changed;
}

News Model::note_change(const event::Changed& change, bool missed, Timestamp now) {
  News news;
  const auto& [room_name, with, by] =
      std::visit([](const auto& one) { return std::tie(one.room, one.with, one.by); }, change);
  bool is_known = false;
  bool is_news = false;
  std::optional<protocol::Meant> meant;
  const auto changed_from = [&](const Said& old) {
    auto changed = as_changed(old, change);
    if (!concerns(change, *old.message)) return changed;
    is_known = true;
    meant = protocol::Meant{old.message->from, old.message->time};
    if (changed && (changed->message->is_deleted() || changed->message->text != old.message->text))
      is_news = true;
    return changed;
  };
  Room* room = entered(with.empty() ? room_name : view_name(with));
  if (room != nullptr) room->amend(changed_from);
  for (Whisper& whisper : whispers_) {
    if (auto changed = changed_from(whisper.said)) whisper.said = *std::move(changed);
  }
  news.changes.push_back(change);
  // What was not here while the link was down, or comes twice, is shown in its place alone.
  const bool told = is_known ? is_news : !missed;
  const bool here =
      with.empty() ? room != nullptr && is_current(*room) : room == nullptr || is_current(*room);
  if (!told || !here || ignores(by)) return news;
  Fact fact = to_reader(std::visit([](const auto& one) { return protocol::Event{one, {}}; }, change));
  const auto* deleted = std::get_if<event::Deleted>(&change);
  if (deleted == nullptr || deleted->seqs.size() == 1) fact.meant = std::move(meant);
  news.items.push_back({now, std::move(fact)});
  return news;
}

std::optional<std::uint64_t> Model::own_last(std::string_view room) const {
  const Room* found = find(room);
  if (found == nullptr) return std::nullopt;
  const auto& held = found->held();
  const auto last = std::find_if(held.rbegin(), held.rend(), [](const Said& said) {
    return said.own && said.message->seq > 0 && !said.message->is_deleted();
  });
  return last == held.rend() ? std::nullopt : std::optional(last->message->seq);
}

Fact Model::to_reader(protocol::Event event) const {
  Fact fact{std::move(event)};
  fact.reader = me_;
  return fact;
}

void Model::note_role(const event::Role& role) {
  Room* room = entered(role.room);
  if (room == nullptr) return;
  room->set_role(role.name, role.role);
}

/// Of hosts only the server knows whose they are.
bool Model::is_about_me(std::string_view mask) const {
  constexpr std::string_view account = "account:";
  constexpr std::string_view name = "name:";
  if (mask.starts_with(account)) return is_logged_in() && same_name(mask.substr(account.size()), account_);
  return mask.starts_with(name) && matches(protocol::key_of(mask.substr(name.size())), protocol::key_of(me_));
}

void Model::note_ban(const event::Banned& banned) {
  const event::Ban& ban = banned.ban;
  const bool is_told = std::ranges::find(banned.matches, me_) != banned.matches.end();
  if (ban.action != "mute" || ban.id == 0 || !(is_told || is_about_me(ban.mask))) return;
  std::erase_if(mutes_of_me_, [&](const Mute& mute) { return mute.id == ban.id; });
  mutes_of_me_.push_back({ban.id, ban.room, ban.until});
  constexpr std::size_t most = 100;
  if (mutes_of_me_.size() > most) mutes_of_me_.erase(mutes_of_me_.begin());
}

/// What the server says of it holds instead of what was known.
void Model::note_mute(const event::Joined& joined) {
  std::erase_if(mutes_of_me_, [&](const Mute& mute) { return same_name(mute.room, joined.room); });
  if (joined.muted) mutes_of_me_.push_back({joined.muted->id, joined.room, joined.muted->until});
}

void Model::note_unban(const event::Unbanned& unbanned) {
  std::erase_if(mutes_of_me_, [&](const Mute& mute) {
    return mute.id == unbanned.id || (mute.id == 0 && same_name(mute.room, unbanned.room));
  });
}

/// What was said in the current room was not taken.
void Model::note_refusal(const event::Failure& failure, Timestamp now) {
  Room* room = entered(current_);
  if (room == nullptr || room->is_private()) return;
  if (failure.error.code == Code::muted && !silence(now)) mutes_of_me_.push_back({0, room->name(), {}});
  const auto pause = std::chrono::milliseconds(room->rules().slow_mode.value_or(0));
  const auto left = std::chrono::milliseconds(failure.retry_after_ms);
  if (failure.error.code == Code::slow_mode && left <= pause) room->spoke(now + left - pause);
}

/// Whoever is heard in a room is not silenced there.
void Model::note_heard(Room& room, Timestamp now) {
  std::erase_if(mutes_of_me_,
                [&](const Mute& mute) { return mute.room.empty() || same_name(mute.room, room.name()); });
  room.spoke(now);
}

std::optional<Silence> Model::silence(Timestamp now) const {
  const Room* room = find(current_);
  if (room == nullptr || room->is_private()) return std::nullopt;
  const std::string role = room->role_of(me_);
  const bool judges = !office_.empty() || role == "moderator" || role == "owner";
  for (const Mute& mute : mutes_of_me_) {
    if (judges) break;
    const bool holds = mute.room.empty() || same_name(mute.room, room->name());
    if (holds && (!mute.until || *mute.until > now)) return Silence{Silence::Why::muted, mute.until};
  }
  if (judges || !role.empty()) return std::nullopt;
  if (room->rules().moderated.value_or(false)) return Silence{Silence::Why::moderated, {}};
  const auto pause = std::chrono::milliseconds(room->rules().slow_mode.value_or(0));
  const auto next = room->last_said() ? *room->last_said() + pause : now;
  // A time far in the future means that the clock was set back since.
  if (next > now && next - now <= pause) return Silence{Silence::Why::slow_mode, next};
  return std::nullopt;
}

}  // namespace hubbub::client
