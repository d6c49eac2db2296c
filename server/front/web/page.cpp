#include "server/front/web/page.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "protocol/ascii.hpp"
#include "server/front/web/field_text.hpp"

namespace hubbub::front::http {
namespace {

#ifdef HUBBUB_WEB_DIR
constexpr std::string_view folder = HUBBUB_WEB_DIR;
#else
constexpr std::string_view folder;
#endif

std::string_view type_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> types{
      {{".html", "text/html; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".svg", "image/svg+xml"},
       {".png", "image/png"},
       {".webmanifest", "application/manifest+json"},
       {".txt", "text/plain; charset=utf-8"}}};
  const auto* const found =
      std::find_if(types.begin(), types.end(), [&](const auto& row) { return path.ends_with(row.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

/// Whether the path leads to a file below a folder: each of its names has plain letters, and none is hidden.
bool stays_below(std::string_view path) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./";
  return path.starts_with('/') && path.find_first_not_of(allowed) == std::string_view::npos &&
         path.find("/.") == std::string_view::npos;
}

}  // namespace

bool takes_coding(std::string_view accept_encoding, std::string_view coding) {
  const auto parts = split(accept_encoding, ',');
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view each) {
    const auto semicolon = std::min(each.find(';'), each.size());
    if (protocol::ascii_lower(trimmed(each.substr(0, semicolon))) != coding) return false;
    const auto weight = each.substr(semicolon);
    const auto digits = weight.find('=');
    return digits == std::string_view::npos ||
           weight.find_first_of("123456789", digits) != std::string_view::npos;
  });
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  const auto parts = split(if_none_match, ',');
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view each) {
    if (each.starts_with("W/")) each.remove_prefix(2);
    return each == "*" || each == tag;
  });
}

Page::Page() : files_(built_in_page()) {}

bool Page::is_there() const { return !files_.empty() || !folder.empty(); }

std::optional<Page::Form> Page::find(std::string_view path, std::string_view accept_encoding) const {
  if (files_.empty()) return find_in_folder(path);
  const auto file =
      std::find_if(files_.begin(), files_.end(), [&](const PageFile& each) { return each.path == path; });
  if (file == files_.end()) return std::nullopt;
  std::string_view chosen = file->plain;
  Form form{.bytes = {},
            .type = type_of(path),
            .encoding = {},
            .tag = std::string(file->hash),
            .is_for_ever = path.starts_with("/a/")};
  for (const auto& [encoding, bytes] : {std::pair("br", file->brotli), std::pair("gzip", file->gzip)}) {
    if (bytes.empty() || bytes.size() >= chosen.size() || !takes_coding(accept_encoding, encoding)) continue;
    chosen = bytes;
    form.encoding = encoding;
  }
  // Each form is another representation, with a tag of its own.
  if (!form.encoding.empty()) form.tag.append("-").append(form.encoding);
  form.tag = '"' + form.tag + '"';
  auto& made = made_[chosen.data()];
  if (!made) made = protocol::make_bytes(std::string(chosen));
  form.bytes = made;
  return form;
}

std::optional<Page::Form> Page::find_in_folder(std::string_view path) const {
  if (folder.empty() || !stays_below(path)) return std::nullopt;
  const std::string whole = std::string(folder) + std::string(path);
  std::error_code unknown;
  std::ifstream file(whole, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(whole, unknown)) return std::nullopt;
  std::string content(std::istreambuf_iterator<char>(file), {});
  return Form{
      .bytes = protocol::make_bytes(std::move(content)),
      .type = type_of(path),
      .encoding = {},
      .tag = '"' +
             std::to_string(std::filesystem::last_write_time(whole, unknown).time_since_epoch().count()) +
             '"',
      .is_for_ever = path.starts_with("/a/")};
}

}  // namespace hubbub::front::http
