#include "protocol/slack.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "protocol/hex.hpp"
#include "protocol/limits.hpp"

namespace hubbub::protocol {
namespace {

namespace json = boost::json;

/// "+" and "%2B" of a form (WHATWG URL, application/x-www-form-urlencoded).
std::string decoded(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto byte = text.front() == '%' && text.size() > 2 ? from_hex(text.substr(1, 2)) : std::nullopt;
    plain += byte ? byte->front() : text.front() == '+' ? ' ' : text.front();
    text.remove_prefix(byte ? 3 : 1);
  }
  return plain;
}

std::optional<std::string> payload_of(std::string_view form) {
  constexpr std::string_view name = "payload=";
  while (!form.empty()) {
    const auto end = form.find('&');
    const auto field = form.substr(0, end);
    if (field.starts_with(name)) return decoded(field.substr(name.size()));
    form.remove_prefix(end == std::string_view::npos ? form.size() : end + 1);
  }
  return std::nullopt;
}

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 3> signs{
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}}};
  std::string plain;
  while (!text.empty()) {
    const std::pair<std::string_view, char>* found = nullptr;
    for (const auto& sign : signs)
      if (text.starts_with(sign.first)) found = &sign;
    plain += found != nullptr ? found->second : text.front();
    text.remove_prefix(found != nullptr ? found->first.size() : 1);
  }
  return plain;
}

/// A link, or a mention such as <!here>, without its brackets.
std::string in_brackets(std::string_view inside) {
  const auto bar = inside.find('|');
  const auto target = inside.substr(0, bar);
  const std::string words = bar == std::string_view::npos ? std::string() : unescaped(inside.substr(bar + 1));
  if (target.starts_with('!') || target.starts_with('@') || target.starts_with('#'))
    return words.empty() ? "@" + unescaped(target.substr(1)) : words;
  const auto url = unescaped(target);
  return words.empty() || words == url ? url : words + " (" + url + ")";
}

std::string without_markup(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const auto open = text.find('<');
    const auto close = open == std::string_view::npos ? open : text.find('>', open);
    if (close == std::string_view::npos) return all + unescaped(text);
    all += unescaped(text.substr(0, open)) + in_brackets(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return all;
}

std::string text_in(const json::object& object, std::string_view name) {
  const auto* const found = object.if_contains(json::string_view(name.data(), name.size()));
  const auto* const text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

void add(std::string& all, std::string_view more) {
  if (more.empty()) return;
  if (!all.empty()) all += '\n';
  all += more;
}

void add_attachment(std::string& all, const json::object& attachment) {
  const auto title = text_in(attachment, "title");
  const auto link = text_in(attachment, "title_link");
  const auto text = text_in(attachment, "text");
  add(all, without_markup(text_in(attachment, "pretext")));
  add(all, link.empty() || title.empty() ? without_markup(title) : without_markup(title) + " (" + link + ")");
  add(all, without_markup(text));
  if (title.empty() && text.empty()) add(all, without_markup(text_in(attachment, "fallback")));
}

}  // namespace

std::optional<std::string> slack_text(std::string_view body, bool is_form) {
  const auto form = is_form ? payload_of(body) : std::nullopt;
  if (is_form && !form) return std::nullopt;
  if (form) body = *form;
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 4 * json_depth;
  const auto tree = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  const auto* const object = error ? nullptr : tree.if_object();
  if (object == nullptr) return std::nullopt;
  auto all = without_markup(text_in(*object, "text"));
  const auto* const found = object->if_contains("attachments");
  if (const auto* const attachments = found == nullptr ? nullptr : found->if_array()) {
    for (const auto& each : *attachments)
      if (const auto* const attachment = each.if_object()) add_attachment(all, *attachment);
  }
  return all;
}

}  // namespace hubbub::protocol
