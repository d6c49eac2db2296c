#include "server/front/json/control_client.hpp"

#include "server/chat/session.hpp"

namespace hubbub::front {

using protocol::Code;

net::Time ControlClient::deadline() const {
  return session().is_welcome() ? JsonClient::deadline() : patience().idle_due();
}

void ControlClient::on_deadline(net::Time now) {
  if (session().is_welcome()) return JsonClient::on_deadline(now);
  if (now >= patience().idle_due()) session().close({Code::idle_timeout, "nothing came for too long"});
}

}  // namespace hubbub::front
