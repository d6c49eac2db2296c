#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "server/front/web/web_session.hpp"

/// POST /hooks/TOKEN: what programs say that speak the form of Slack's webhooks.
namespace hubbub::front::http {

inline constexpr std::string_view hooks_path = "/hooks/";

/// Answers such a request, or begins to. The token is in the path, as programs that know Slack's form expect,
/// and so is written to no log here.
std::variant<Response, std::unique_ptr<Pending>> begin_hook(const Request& request, chat::Hub& hub,
                                                            net::Connection& connection);

}  // namespace hubbub::front::http
