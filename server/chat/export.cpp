// The handlers by which people get and erase what is theirs: export and erase; and the same of an operator's.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/erasing.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/read_in_turn.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
namespace event = protocol::event;
namespace record = journal::account;
namespace request = protocol::request;

// Rooms and conversations that one answer looks into.
constexpr std::size_t places_a_page = 8;
// Bytes of an answer that messages do not get: an account with all its devices.
constexpr std::size_t bytes_beside = 32 * std::size_t{1024};

/// How far an export has come: all conversations of the account before the rooms, each in the order of its
/// key.
struct Cursor {
  std::string key;        ///< of a room or conversation; empty: at the beginning
  std::uint64_t seq = 0;  ///< what has been read of it
};

/// "KEY SEQ". Neither a room's key nor a conversation's has a blank in it.
std::string to_text(const Cursor& cursor) { return cursor.key + ' ' + std::to_string(cursor.seq); }

std::optional<Cursor> cursor_in(const std::string& text) {
  const auto blank = text.find(' ');
  if (blank == std::string::npos || blank == 0) return std::nullopt;
  Cursor cursor{.key = text.substr(0, blank)};
  const auto seq = protocol::number_in<std::uint64_t>(std::string_view(text).substr(blank + 1));
  if (!seq || *seq > protocol::max_integer) return std::nullopt;
  cursor.seq = *seq;
  return cursor;
}

/// The places after that one, at most `limit` of them, and not that one.
std::vector<std::string> places_after(Hub& hub, std::uint64_t account, const std::string& key,
                                      std::size_t limit) {
  std::vector<std::string> places;
  if (key.empty() || journal::is_conversation(key)) {
    for (auto& each : hub.conversations().list(account)) {
      if (each.key > key) places.push_back(std::move(each.key));
    }
    std::sort(places.begin(), places.end());
    if (places.size() >= limit) {
      places.resize(limit);
      return places;
    }
  }
  const auto behind = journal::is_conversation(key) ? std::string() : key;
  for (const auto& room : hub.journal().rooms(behind, limit - places.size())) places.emplace_back(room.key);
  return places;
}

Authorship authorship_of(const accounts::Account& account) {
  return {.account = account.number, .name_key = name_of(account).key, .begun = account.begun};
}

/// One page of an export.
class Exporting : public std::enable_shared_from_this<Exporting> {
 public:
  explicit Exporting(Authorship author) : author_(std::move(author)) {}

  event::Export page;

  /// What to read, and from where on.
  std::vector<std::string> places;
  std::uint64_t after = 0;

  void take(std::size_t index, journal::Page read) {
    if (is_full_) return;
    const bool is_private = journal::is_conversation(places[index]);
    std::uint64_t seq = index == 0 ? after : 0;
    for (auto& message : read.messages) {
      const bool is_theirs = is_private || author_.is_of(*message);
      const auto bytes = is_theirs ? protocol::encoded_size(*message) : 0;
      if (bytes_ + bytes > protocol::reply_bytes - bytes_beside && !page.messages.empty())
        return stop_at(index, seq);
      bytes_ += bytes;
      seq = message->seq;
      if (is_theirs) page.messages.push_back(std::move(message));
    }
    if (read.more) stop_at(index, seq);
  }
  /// There are further places, or there may be.
  void reached(bool is_last) {
    if (!is_full_ && !is_last) page.next = to_text({.key = places.back(), .seq = protocol::max_integer});
  }

 private:
  void stop_at(std::size_t index, std::uint64_t seq) {
    is_full_ = true;
    page.next = to_text({.key = places[index], .seq = seq});
  }

  const Authorship author_;
  std::size_t bytes_ = 0;
  bool is_full_ = false;
};

void export_page(Call& call, const accounts::Account& account, const std::optional<std::string>& next) {
  const auto cursor = next ? cursor_in(*next) : Cursor{};
  if (!cursor)
    return call.answer.fail({Code::bad_request, "the \"next\" of export is not one that the last page had"});
  const bool is_conversation = journal::is_conversation(cursor->key);
  const auto parties = is_conversation ? journal::parties_in(cursor->key) : std::nullopt;
  // Whoever makes a cursor up sees nothing of others.
  if (is_conversation &&
      (!parties || (parties->first != account.number && parties->second != account.number))) {
    return call.answer.fail({Code::bad_request, "the \"next\" of export is not one that the last page had"});
  }
  const auto state = std::make_shared<Exporting>(authorship_of(account));
  if (cursor->key.empty()) {
    state->page.account = described(call.hub, account, true);
    state->page.rooms = call.hub.logins().rooms_of(account.number);
  } else {
    state->places.push_back(cursor->key);
    state->after = cursor->seq;
  }
  const auto first = state->places.size();
  for (auto& each : places_after(call.hub, account.number, cursor->key, places_a_page - first))
    state->places.push_back(std::move(each));
  const bool is_last = state->places.size() < places_a_page;
  std::vector<journal::Query> queries;
  for (std::size_t i = 0; i < state->places.size(); ++i) {
    queries.push_back({.room = state->places[i],
                       .after = i == 0 ? state->after : 0,
                       .limit = protocol::page_messages,
                       .newest = false,
                       .reader = call.session.number()});
  }
  ReadInTurn::begin(
      std::move(call.answer), std::move(queries),
      [state](std::size_t index, journal::Page read) { state->take(index, std::move(read)); },
      [state, is_last](Answer& answer) {
        state->reached(is_last);
        answer.reply(std::move(state->page));
      });
}

/// Erases the account of that number; the session of the answer, if it is one of the account's, is told so.
void erase_account_of(Answer&& answer, std::uint64_t number) {
  auto& hub = answer.session().hub();
  const auto* const account = hub.logins().registry().book().find(number);
  if (account == nullptr) return answer.fail({Code::no_such_account, "the account has just been erased"});
  const auto stored = [](Answer& held, const std::optional<InFlight::Stored>& outcome) {
    if (!outcome || outcome->applied != journal::Applied::done) return held.fail(not_stored());
    const auto self = held.session().shared_from_this();
    const auto ref = held.ref();
    self->close({Code::logged_out, "your account is erased"}, ref, to_string(Code::logged_out));
  };
  hub.moderation().disown(number);
  hub.logins().append(erasure_of(*account, hub.now().wall), answering(std::move(answer), stored));
}

}  // namespace

void handler::export_own(Call& call, const request::Export& asked) {
  export_page(call, *call.hub.logins().account_of(call.session.person()), asked.next);
}

void handler::export_account(Call& call, const request::ExportAccount& asked) {
  if (const auto* const account = account_named(call, asked.name)) export_page(call, *account, asked.next);
}

void handler::erase(Call& call, const request::Erase& asked) {
  if (!is_private(call.answer)) return;
  const auto* const account = call.hub.logins().account_of(call.session.person());
  const bool deletes = asked.messages.value_or("keep") == "delete";
  const auto erase = [deletes](Answer& held, std::uint64_t number, const Proof& /*proof*/) {
    if (!deletes) return erase_account_of(std::move(held), number);
    const auto* const found = held.session().hub().logins().registry().book().find(number);
    Erasing::begin(std::move(held), authorship_of(*found),
                   [number](Answer&& last) { erase_account_of(std::move(last), number); });
  };
  try_password(std::move(call.answer), name_of(*account), asked.password, erase);
}

}  // namespace hubbub::chat
