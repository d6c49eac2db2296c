#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "server/net/sniffer.hpp"

/// How protocols begin, as pure functions of the first bytes: `perhaps` while more bytes can still decide
/// either way, and then a verdict that no further byte changes.
namespace hubbub::front {

/// The byte-order mark of UTF-8, with which some programs begin a text.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// `{`, also after a preamble.
net::Verdict is_json(std::string_view bytes);
/// Bytes before the `{` that have no meaning: byte-order marks, blanks, tabs, and the ends of empty lines.
std::size_t json_preamble(std::string_view bytes);

/// A request line: METHOD SP target SP HTTP/x (RFC 9112, 3), whatever the method. Decided by the whole line,
/// because people write "GET well soon"; empty lines before it do not count (RFC 9112, 2.2). So does a line
/// with a common method that has blanks where none belong: it is refused as a request, with what follows it.
net::Verdict is_http(std::string_view bytes);

/// Whether the bytes begin with a common method and a path or a URL, as no line of a person does.
bool is_likely_http(std::string_view bytes);
/// As is_http; but what is likely HTTP counts before its line has ended.
net::Verdict is_http_perhaps_unfinished(std::string_view bytes);

/// `CAP`, `NICK`, `USER`, `PASS`, `WEBIRC` or `AUTHENTICATE` in any case, and a blank; also behind empty
/// lines.
net::Verdict is_irc(std::string_view bytes);
/// The same in capitals alone, as programs write it: for when a person may be typing.
net::Verdict is_irc_in_capitals(std::string_view bytes);

/// A protocol that is not spoken here.
struct Opening {
  std::string_view name;
  net::Verdict (*recognises)(std::string_view bytes);
  std::string_view refusal;                 ///< one line for a person who looks into it, with its line feed
  std::string_view late_refusal = refusal;  ///< the same for one who has been greeted in plain text before
};
/// One row for each protocol whose peers are turned away with a line.
std::span<const Opening> turned_away();

}  // namespace hubbub::front
