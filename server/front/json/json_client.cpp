#include "server/front/json/json_client.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "server/chat/session.hpp"
#include "server/net/connection.hpp"

namespace hubbub::front {
namespace {

using protocol::Code;
namespace event = protocol::event;

class JsonFormat final : public chat::Format {
 public:
  void render(const protocol::Event& event, std::string& out) const override { protocol::encode(event, out); }
  void render(const protocol::Message& message, std::string_view ref, std::string& out) const override {
    protocol::encode(message, ref, out);
  }
};

}  // namespace

const chat::Format& json_format() {
  static const JsonFormat format;
  return format;
}

bool JsonClient::take_line(std::string_view line) {
  if (!line.empty()) take(protocol::decode_request(line));
  return true;
}

net::Time JsonClient::deadline() const {
  if (!session().is_welcome()) return std::min(patience().hello_due(), patience().idle_due());
  return std::min(patience().idle_due(), patience().ping_due());
}

void JsonClient::on_deadline(net::Time now) {
  patience().took(connection().output().last_taken());
  if (patience().is_asked() && connection().output().may_be_reading(now)) patience().put_off(now);
  if (!session().is_welcome() && now >= patience().hello_due()) {
    session().close({Code::hello_timeout, "no hello came in time"});
  } else if (now >= patience().idle_due()) {
    session().close({Code::idle_timeout,
                     patience().is_doubted()
                         ? "your side did not answer in time whether it is there, which others wanted to know"
                         : "nothing came from you for too long; send a ping now and then"});
  } else if (session().is_welcome() && now >= patience().ping_due()) {
    ask();
  }
}

void JsonClient::ask() {
  connection().output().before_question(now());
  session().delivery().tell({.body = event::Ping{}, .ref = {}});
  patience().asked();
}

void JsonClient::doubt() {
  if (!patience().doubt(now(), connection().output().last_taken())) return;
  ask();
  connection().deadline_moved();
}

void JsonClient::send(const protocol::Event& event) {
  std::string line;
  protocol::encode(event, line);
  write(std::move(line));
}

}  // namespace hubbub::front
