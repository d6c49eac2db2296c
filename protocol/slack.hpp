#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// What a program says that posts a message in the form of Slack's incoming webhooks
/// (https://api.slack.com/messaging/webhooks), as plain text: its "text", and of each of its "attachments"
/// the title with its link, the text, or else the fallback. `body`: JSON, or a form whose "payload" is JSON
/// (as `is_form` says). Links <URL|WORDS> become "WORDS (URL)", and the escapes &lt; &gt; &amp; their
/// characters. Nothing: it is no such message. An empty text: it says nothing.
std::optional<std::string> slack_text(std::string_view body, bool is_form);

}  // namespace hubbub::protocol
