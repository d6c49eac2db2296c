#include "server/front/web/web_hook.hpp"

#include <optional>
#include <string>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/slack.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"
#include "server/chat/hub.hpp"
#include "server/net/connection.hpp"

namespace hubbub::front::http {
namespace {

using protocol::Code;

int status_for(Code code) {
  switch (code) {
    case Code::login_failed:
      return 404;
    case Code::rate_limited:
      return 429;
    case Code::busy:
    case Code::storage_failed:
      return 503;
    default:
      return 400;
  }
}

Response response_to(const std::optional<chat::Webhooks::Refused>& refused) {
  if (!refused) return sentence(200, "ok");
  auto response = sentence(status_for(refused->error.code), refused->error.text);
  if (refused->retry_after.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(refused->retry_after).count();
    response.fields.push_back({"Retry-After", std::to_string(seconds)});
  }
  return response;
}

/// Until the journal has it.
class WebHook final : public Pending {
 public:
  WebHook(std::string_view token, std::string_view text, chat::Hub& hub, net::Connection& connection) {
    // The connection may have gone by then, and this with it.
    hub.webhooks().post(token, text,
                        [outcome = std::weak_ptr(outcome_),
                         &connection](const std::optional<chat::Webhooks::Refused>& refused) {
                          const auto still = outcome.lock();
                          if (!still) return;
                          *still = response_to(refused);
                          connection.resume();
                        });
  }

  std::optional<Response> go_on() override { return std::exchange(*outcome_, std::nullopt); }

 private:
  const std::shared_ptr<std::optional<Response>> outcome_ = std::make_shared<std::optional<Response>>();
};

}  // namespace

std::variant<Response, std::unique_ptr<Pending>> begin_hook(const Request& request, chat::Hub& hub,
                                                            net::Connection& connection) {
  if (request.method != Method::post) {
    auto not_allowed = sentence(405, "Programs post here what they have to say.");
    not_allowed.fields.push_back({"Allow", "POST"});
    return not_allowed;
  }
  const auto type = protocol::ascii_lower(request.field("content-type"));
  const bool is_form = type.starts_with("application/x-www-form-urlencoded");
  const auto text =
      protocol::is_utf8(request.content) ? protocol::slack_text(request.content, is_form) : std::nullopt;
  if (!text) {
    return sentence(
        400,
        "The content is to be JSON such as {\"text\": \"the build is broken\"}, or a form with that "
        "as its payload.");
  }
  if (text->empty())
    return sentence(400, "The content has neither a \"text\" nor attachments that say anything.");
  const std::string_view token = std::string_view(request.path).substr(hooks_path.size());
  return std::make_unique<WebHook>(token, *text, hub, connection);
}

}  // namespace hubbub::front::http
