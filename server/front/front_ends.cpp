#include "server/front/front_ends.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "server/front/json/control_client.hpp"
#include "server/front/json/json_client.hpp"
#include "server/front/openings.hpp"
#include "server/front/text/text_client.hpp"
#include "server/front/web/http_client.hpp"
#include "server/net/connection.hpp"
#include "server/net/handler.hpp"

namespace hubbub::front {
namespace {

using net::Verdict;

/// The handler for a protocol that is not spoken here: one line that says so, and the end.
class TurnAway final : public net::Handler {
 public:
  TurnAway(net::Connection& connection, std::string_view name, std::string_view refusal)
      : reason_("speaks " + std::string(name)) {
    connection.write(protocol::make_bytes(std::string(refusal)));
    connection.close();
  }

  std::size_t on_input(std::string_view bytes) override { return bytes.size(); }
  bool on_end(std::string_view /*rest*/) override { return true; }
  std::string_view reason() const override { return reason_; }

 private:
  const std::string reason_;
};

Verdict is_anything(std::string_view /*bytes*/) { return Verdict::yes; }

std::unique_ptr<net::Handler> make_json(net::Connection& connection, chat::Hub& hub) {
  return std::make_unique<JsonClient>(connection, hub, json_lines());
}

/// `refusal` stays where it is.
net::Protocol away(const Opening& opening, std::string_view refusal) {
  return {opening.name, opening.recognises,
          [name = opening.name, refusal](net::Connection& connection, bool /*pinned*/) {
            return std::make_unique<TurnAway>(connection, name, refusal);
          }};
}

net::Protocol web_protocol(chat::Hub& hub, Web& web) {
  return {
      .name = "web",
      .recognises = is_http,
      .make = [&hub, &web](net::Connection& connection,
                           bool /*pinned*/) { return std::make_unique<HttpClient>(connection, hub, web); },
      .is_likely = is_likely_http,
      .agreed_name = "http/1.1"};
}

/// What a client that was silent, and so was greeted as a person, may turn out to be.
SecondLook second_look(chat::Hub& hub, Web& web) {
  SecondLook look{.make_json = make_json, .is_json = is_json, .json_preamble = json_preamble, .others = {}};
  look.others.push_back(web_protocol(hub, web));
  look.others.back().recognises = is_http_perhaps_unfinished;
  for (const auto& opening : turned_away()) {
    look.others.push_back(away(opening, opening.late_refusal));
    if (opening.recognises == is_irc) look.others.back().recognises = is_irc_in_capitals;
  }
  return look;
}

}  // namespace

net::Protocols front_ends(chat::Hub& hub, Web& web) {
  net::Protocols protocols;
  protocols.push_back(
      {.name = "json",
       .recognises = is_json,
       .make = [&hub](net::Connection& connection, bool /*pinned*/) { return make_json(connection, hub); },
       .preamble = json_preamble});
  protocols.push_back(web_protocol(hub, web));
  for (const auto& opening : turned_away()) protocols.push_back(away(opening, opening.refusal));
  const auto look = std::make_shared<const SecondLook>(second_look(hub, web));
  protocols.push_back({.name = "text",
                       .recognises = is_anything,
                       .make =
                           [&hub, look](net::Connection& connection, bool pinned) {
                             return std::make_unique<TextClient>(connection, hub,
                                                                 pinned ? nullptr : look.get());
                           },
                       .greets = true});
  return protocols;
}

net::Protocols control_protocols(chat::Hub& hub) {
  return {{.name = "control",
           .recognises = is_anything,
           .make = [&hub](net::Connection& connection, bool /*pinned*/) {
             return std::make_unique<ControlClient>(connection, hub);
           }}};
}

}  // namespace hubbub::front
