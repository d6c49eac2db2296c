#include "server/chat/log_book.hpp"

#include <string>

#include "protocol/text.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

/// Bytes of a refused name in the log: more than any valid name has.
constexpr std::size_t asked_bytes = 64;

/// Bytes of a program's name.
constexpr std::size_t client_bytes = 64;

/// The peer without its port, which differs with each connection.
std::string_view host(std::string_view peer) { return peer.substr(0, peer.rfind(':')); }

std::string kind_of(std::string_view peer, std::string_view name, std::string_view reason) {
  return std::string(host(peer)).append(1, '\n').append(name).append(1, '\n').append(reason);
}

}  // namespace

void LogBook::welcomed(const Session& session, std::string_view client, Time now) {
  welcomed_.note(session.address(), {}, now,
                 {{"connection", session.number()},
                  {"address", session.peer()},
                  {"name", session.name().shown},
                  {"client", protocol::prefix(client, client_bytes)}});
}

void LogBook::renamed(const Session& session, std::string_view before, Time now) {
  renamed_.note(session.address(), {}, now,
                {{"connection", session.number()},
                 {"address", session.peer()},
                 {"name", session.name().shown},
                 {"before", before}});
}

void LogBook::too_fast(const Session& session, std::string_view done, std::string_view limit, Time now) {
  const auto peer = session.peer();
  const auto& name = session.name().shown;
  too_fast_.note(kind_of(peer, name, limit), now,
                 {{"connection", session.number()},
                  {"address", peer},
                  {"name", name},
                  {"done", done},
                  {"reason", limit}});
}

void LogBook::name_refused(const Session& session, std::string_view asked, const protocol::Error& why,
                           Time now) {
  const auto peer = session.peer();
  const auto shown = protocol::prefix(asked, asked_bytes);
  names_.note(kind_of(peer, shown, to_string(why.code)), now,
              {{"connection", session.number()},
               {"address", peer},
               {"name", session.name().shown},
               {"asked", shown},
               {"reason", to_string(why.code)}});
}

void LogBook::registered(const Session& session, Time now) {
  registered_.note(
      session.address(), {}, now,
      {{"connection", session.number()}, {"address", session.peer()}, {"name", session.name().shown}});
}

void LogBook::login_failed(const Session& session, Time now) {
  const auto peer = session.peer();
  logins_.note(kind_of(peer, {}, {}), now, {{"connection", session.number()}, {"address", peer}});
}

void LogBook::tell_due(Time now) {
  registered_.tell_due(now);
  logins_.tell_due(now);
  welcomed_.tell_due(now);
  renamed_.tell_due(now);
  too_fast_.tell_due(now);
  names_.tell_due(now);
}

}  // namespace hubbub::chat
