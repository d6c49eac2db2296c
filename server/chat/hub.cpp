#include "server/chat/hub.hpp"

#include <utility>

#include "server/chat/session.hpp"
#include "server/chat/wire.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

using protocol::Code;

Hub::Hub(const Settings& settings, const Clock& clock, journal::Journal& journal, Directory& directory,
         accounts::Registry& accounts)
    : settings_(settings),
      clock_(clock),
      journal_(journal),
      directory_(directory),
      rooms_(settings, clock, journal, directory),
      in_flight_(journal, rooms_, counters_),
      tells_(directory),
      logins_(*this, accounts),
      conversations_(*this),
      typing_(*this),
      moderation_(*this),
      webhooks_(*this) {}

// Answers that wait for a password or for the journal hold sessions, which must not outlive the hub.
Hub::~Hub() {
  logins_.registry().close();
  in_flight_.abandon();
  directory_.abandon();
}

std::shared_ptr<Session> Hub::open(Wire& wire, std::uint64_t number, const std::string& address,
                                   PersonPtr person) {
  auto session =
      std::make_shared<Session>(*this, wire, number, addresses_.of(address, now().steady), std::move(person));
  sessions_.push_back(*session);
  return session;
}

void Hub::each_session(const std::function<void(Session&)>& visit) {
  for (auto& session : sessions_) visit(session);
}

Hub::Census Hub::census() const {
  Census census;
  for (const auto& session : sessions_) {
    ++census.sessions;
    if (session.delivery().is_behind()) ++census.slow_readers;
  }
  return census;
}

void Hub::end_turn() {
  rooms_.tell_presence();
  if (due() != PrivateMessages::never) private_messages_.look(now());
  in_flight_.end_turn();
  journal_.commit({.wall = now().wall, .steady = now().steady});
  rooms_.tell_presence();  // departures of sessions whose messages were in flight until now
}

void Hub::tick() {
  rooms_.tick();
  directory_.tick();
  addresses_.tidy(now().steady);
  logins_.tick();
  conversations_.tick();
  typing_.tick();
  moderation_.tick();
  webhooks_.tick();
  for (const auto& retrying : std::exchange(retrying_, {})) {
    const auto session = retrying.lock();
    if (!session) continue;
    if (session->delivery().unreadable()) {
      session->close({Code::too_slow, "what you have missed cannot be read now; come back for it"});
    } else {
      session->go_on();
    }
  }
}

void Hub::read(const journal::Query& query, journal::Journal::ReadHandler handler) {
  journal_.read(
      query, [this, room = query.room, handler = std::move(handler)](protocol::Result<journal::Page> page) {
        if (page) logins_.name_accounts(page->messages, room);
        if (page) logins_.name_accounts(page->changed, room);
        handler(std::move(page));
      });
}

void Hub::close_all(const protocol::Error& why) {
  std::vector<std::shared_ptr<Session>> everybody;
  for (auto& session : sessions_) everybody.push_back(session.shared_from_this());
  for (const auto& session : everybody) session->close(why);
}

void Hub::depart(Session& session, std::string_view reason) {
  auto& stays = session.stays();
  while (stays.size() > 0) rooms_.leave(session, Rooms::RoomPtr(stays.all().front().room), reason);
  if (session.is_welcome()) {
    ops::log::debug("chat", "left",
                    {{"connection", session.number()},
                     {"name", session.name().shown},
                     {"reason", session.logged_departure()}});
  } else {
    ops::log::debug("chat", "left without a hello",
                    {{"connection", session.number()}, {"reason", session.logged_departure()}});
  }
  logins_.note_use({.account = session.person().account(), .device = session.device()});
  auto& person = session.person();
  if (session.is_welcome()) person.sessions().erase(Sessions::s_iterator_to(session));
  if (person.sessions().empty()) {
    directory_.release(person, reason);
    logins_.gone(person);
  }
  session.SessionHook::unlink();
}

void Hub::go_on_later(Session& session) { retrying_.push_back(session.weak_from_this()); }

}  // namespace hubbub::chat
