#include "server/front/web/web_session.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/json.hpp"
#include "protocol/json_fields.hpp"
#include "protocol/text.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/hub.hpp"
#include "server/front/web/rights.hpp"
#include "server/front/web/session_cookie.hpp"
#include "server/front/web/web_login.hpp"
#include "server/net/connection.hpp"

namespace hubbub::front::http {
namespace {

using protocol::Code;
using protocol::JsonFields;
namespace request = protocol::request;

/// What the page is called in the log.
constexpr std::string_view program = "page";
/// What a browser is called that does not say.
constexpr std::string_view some_browser = "browser";

/// With a status that no code of the protocol stands for.
Response refused(int status, Code code, std::string text) {
  auto response = refusal({.error = {code, std::move(text)}});
  response.status = status;
  return response;
}

protocol::DecodedRequest asked(request::Any body) {
  return protocol::Request{.body = std::move(body), .ref = {}};
}

std::optional<std::string> text_of(const JsonFields& fields, std::string_view name) {
  const auto value = fields[name];
  return value.type == JsonFields::Type::string ? std::optional(std::string(value.string)) : std::nullopt;
}

/// What the chat is to be asked, one after the other. Empty: it is not told whose login, or by what.
std::deque<protocol::DecodedRequest> requests_of(const JsonFields& fields) {
  const auto kind = fields["register"];
  const bool registers = kind.type == JsonFields::Type::boolean && kind.boolean;
  auto name = text_of(fields, registers ? "name" : "account");
  auto password = text_of(fields, "password");
  if (!name || !password) return {};
  const auto device = text_of(fields, "device").value_or(std::string(some_browser));
  std::deque<protocol::DecodedRequest> requests;
  if (!registers) {
    requests.push_back(asked(request::Hello{.name = std::nullopt,
                                            .account = std::move(name),
                                            .password = std::move(password),
                                            .token = std::nullopt,
                                            .client = std::string(program),
                                            .device = device}));
    return requests;
  }
  requests.push_back(asked(request::Hello{.name = std::move(name),
                                          .password = std::nullopt,
                                          .token = std::nullopt,
                                          .client = std::string(program)}));
  requests.push_back(asked(request::Register{
      .password = *std::move(password), .invite = text_of(fields, "invite"), .device = device}));
  return requests;
}

bool says_json(const Request& request) {
  const auto type = request.field("content-type");
  return protocol::ascii_lower(std::string_view(type).substr(0, type.find_first_of("; "))) ==
         "application/json";
}

/// The device of the cookie is being forgotten.
class WebLogout final : public Pending {
 public:
  WebLogout(const protocol::Secret& token, const Sender& sender, chat::Hub& hub,
            net::Connection& connection) {
    // The connection may have gone by then, and this with it.
    chat::forget_device(hub, token.text(),
                        [outcome = std::weak_ptr(outcome_), sender, &connection](bool is_stored) {
                          const auto still = outcome.lock();
                          if (!still) return;
                          *still = is_stored ? gone(sender) : refusal({.error = chat::not_stored()});
                          connection.resume();
                        });
  }

  std::optional<Response> go_on() override { return std::exchange(*outcome_, std::nullopt); }

  static Response gone(const Sender& sender) {
    return {.status = 204, .fields = {{"Set-Cookie", clear_cookie(sender)}}};
  }

 private:
  const std::shared_ptr<std::optional<Response>> outcome_ = std::make_shared<std::optional<Response>>();
};

}  // namespace

std::variant<Response, std::unique_ptr<Pending>> begin_session(const Request& request, const Sender& sender,
                                                               const WebSettings& settings, chat::Hub& hub,
                                                               net::Connection& connection) {
  if (request.method != Method::post && request.method != Method::remove) {
    auto not_allowed = sentence(405, "Here the page logs in and out, with POST and DELETE.");
    not_allowed.fields.push_back({"Allow", "POST, DELETE"});
    return not_allowed;
  }
  if (!is_from_own_page(request, sender, settings))
    return refused(403, Code::denied, "only the server's own page may log in or out here");
  if (request.method == Method::remove) {
    const auto token = token_in_cookie(request, sender);
    if (token.empty()) return WebLogout::gone(sender);
    return std::make_unique<WebLogout>(token, sender, hub, connection);
  }
  // What a login takes is short.
  constexpr std::size_t most_bytes = std::size_t{4} * 1024;
  if (request.content.size() > most_bytes)
    return refused(413, Code::bad_request, "the content of a login is 4096 bytes at most");
  if (!says_json(request)) return refused(415, Code::bad_request, "the content is to be application/json");
  if (!sender.is_encrypted && !may_come_plain(sender, settings)) {
    return refused(403, Code::login_insecure,
                   "others on the way could read along, so no password is taken here; come with https");
  }
  JsonFields fields;
  if (!protocol::is_utf8(request.content) || !fields.read(request.content))
    return refused(400, Code::bad_json, "the content is not one object of JSON");
  auto requests = requests_of(fields);
  if (requests.empty()) {
    return refused(
        400, Code::bad_request,
        R"(to log in takes "account" and "password"; to register, "register", "name" and "password")");
  }
  return std::make_unique<WebLogin>(connection, hub, sender, token_in_cookie(request, sender),
                                    std::move(requests));
}

}  // namespace hubbub::front::http
