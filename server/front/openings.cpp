#include "server/front/openings.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "protocol/ascii.hpp"
#include "server/net/tls.hpp"

namespace hubbub::front {
namespace {

using namespace std::string_view_literals;
using net::Verdict;

template <std::size_t size>
Verdict begins_with_any(std::string_view bytes, const std::array<std::string_view, size>& magics) {
  auto best = Verdict::no;
  for (const auto magic : magics) best = std::max(best, net::begins_with(bytes, magic));
  return best;
}

std::string_view after_empty_lines(std::string_view bytes) {
  return bytes.substr(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
}

// --- HTTP

/// The characters of a method (RFC 9110, 5.6.2: token).
bool is_token(char byte) {
  const char letter = protocol::ascii_lower(byte);
  return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9') ||
         "!#$%&'*+-.^_`|~"sv.find(byte) != std::string_view::npos;
}

/// Neither a blank nor a control character: near enough to what a target may hold.
bool is_target(char byte) { return static_cast<unsigned char>(byte) > 0x20 && byte != '\x7F'; }

/// Takes one or more bytes that `belongs` accepts from the front, and the blank behind them; yes: both were
/// there.
template <class Belongs>
Verdict take_word(std::string_view& line, Belongs belongs) {
  const auto size = static_cast<std::size_t>(
      std::distance(line.begin(), std::find_if_not(line.begin(), line.end(), belongs)));
  if (size == line.size()) return Verdict::perhaps;
  if (size == 0 || line[size] != ' ') return Verdict::no;
  line.remove_prefix(size + 1);
  return Verdict::yes;
}

/// "HTTP/1.1" and the end of the line.
Verdict is_version(std::string_view rest) {
  const auto name = net::begins_with(rest, "HTTP/");
  if (name != Verdict::yes) return name;
  rest.remove_prefix("HTTP/"sv.size());
  const auto size = std::min(rest.find_first_not_of("0123456789."), rest.size());
  if (size == rest.size()) return Verdict::perhaps;
  if (size == 0) return Verdict::no;
  rest.remove_prefix(size);
  return rest.front() == '\n' ? Verdict::yes : net::begins_with(rest, "\r\n");
}

/// A request line: METHOD SP target SP HTTP/x (RFC 9112, 3), whatever the method.
Verdict is_request_line(std::string_view bytes) {
  const auto method = take_word(bytes, is_token);
  if (method != Verdict::yes) return method;
  const auto target = take_word(bytes, is_target);
  return target == Verdict::yes ? is_version(bytes) : target;
}

constexpr auto blanks = " \t"sv;
constexpr std::array methods{"GET"sv,     "HEAD"sv,  "POST"sv,  "PUT"sv,    "DELETE"sv,
                             "OPTIONS"sv, "PATCH"sv, "TRACE"sv, "CONNECT"sv};

std::string_view after_blanks(std::string_view bytes) {
  return bytes.substr(std::min(bytes.find_first_not_of(blanks), bytes.size()));
}

bool is_method(std::string_view word) {
  return std::find(methods.begin(), methods.end(), word) != methods.end();
}

/// A line that a program has meant for one, with blanks where none belong: a common method in front, HTTP/x
/// at the end. What follows it is not to be said aloud.
Verdict is_meant_as_request_line(std::string_view bytes) {
  bytes = after_blanks(bytes);
  const auto size = bytes.find_first_of(blanks);
  const auto word = bytes.substr(0, size);
  if (size == std::string_view::npos) {
    const bool may_become_one = std::any_of(
        methods.begin(), methods.end(), [&](std::string_view method) { return method.starts_with(word); });
    return may_become_one ? Verdict::perhaps : Verdict::no;
  }
  if (!is_method(word)) return Verdict::no;
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return Verdict::perhaps;
  auto line = bytes.substr(0, end);
  line.remove_suffix(line.size() - (line.find_last_not_of(" \t\r") + 1));
  const auto version = protocol::ascii_lower(line.substr(line.find_last_of(blanks) + 1));
  // Between them is something.
  const auto target = line.substr(size, line.size() - version.size() - size);
  const bool ends_so = !after_blanks(target).empty() && version.starts_with("http/") &&
                       version.size() > "http/"sv.size() &&
                       version.find_first_not_of("0123456789.", "http/"sv.size()) == std::string::npos;
  return ends_so ? Verdict::yes : Verdict::no;
}

// --- what programs of other kinds send first

/// The identification string of version 2, or of a server of both versions (RFC 4253, 4.2 and 5.1).
Verdict is_ssh(std::string_view bytes) {
  static constexpr std::array magics{"SSH-2.0-"sv, "SSH-1."sv};
  return begins_with_any(bytes, magics);
}

/// Version 4: CONNECT or BIND. Version 5: a count of methods and the methods, of which few exist (RFC 1928,
/// 3).
Verdict is_socks(std::string_view bytes) {
  constexpr char most_methods = 8;  // so that no line ending is taken for a count
  if (bytes.empty()) return Verdict::perhaps;
  if (bytes[0] != '\x04' && bytes[0] != '\x05') return Verdict::no;
  if (bytes.size() == 1) return Verdict::perhaps;
  const char most = bytes[0] == '\x04' ? '\x02' : most_methods;
  return bytes[1] >= 1 && bytes[1] <= most ? Verdict::yes : Verdict::no;
}

/// A header of HAProxy's protocol, versions 1 and 2 (proxy-protocol.txt, 2.1 and 2.2).
Verdict is_proxy(std::string_view bytes) {
  static constexpr std::array magics{"PROXY TCP4 "sv, "PROXY TCP6 "sv, "PROXY UNKNOWN\r"sv,
                                     "PROXY UNKNOWN "sv, "\r\n\r\n\0\r\nQUIT\n"sv};
  return begins_with_any(bytes, magics);
}

/// A TPKT of version 3 (RFC 1006, 6) with an X.224 connection request (MS-RDPBCGR, 2.2.1.1).
Verdict is_rdp(std::string_view bytes) {
  constexpr std::size_t code = 5;  // behind TPKT's version, zero and length, and the length of X.224
  const auto tpkt = net::begins_with(bytes, "\x03\0"sv);
  if (tpkt != Verdict::yes) return tpkt;
  if (bytes.size() <= code) return Verdict::perhaps;
  return bytes[code] == '\xE0' ? Verdict::yes : Verdict::no;
}

/// A message of SMB, bare or in a NetBIOS session message; or a NetBIOS session request (RFC 1002, 4.3).
Verdict is_smb(std::string_view bytes) {
  static constexpr std::array signatures{"\xFFSMB"sv, "\xFESMB"sv, "\xFDSMB"sv};
  constexpr std::size_t header = 4;
  const auto session = std::max(net::begins_with(bytes, "\x81\0"sv), begins_with_any(bytes, signatures));
  if (session != Verdict::no) return session;
  // The three bytes behind the type are the length of the message, of which 17 bits count.
  if (bytes.front() != '\0' || (bytes.size() > 1 && (bytes[1] & '\xFE') != 0)) return Verdict::no;
  return bytes.size() < header ? Verdict::perhaps : begins_with_any(bytes.substr(header), signatures);
}

constexpr std::array<std::string_view, 6> irc_words{"cap ",  "nick ",   "user ",
                                                    "pass ", "webirc ", "authenticate "};

}  // namespace

std::size_t json_preamble(std::string_view bytes) {
  auto rest = bytes;
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    if (!rest.starts_with(byte_order_mark)) return bytes.size() - rest.size();
    rest.remove_prefix(byte_order_mark.size());
  }
}

Verdict is_json(std::string_view bytes) {
  const auto rest = bytes.substr(json_preamble(bytes));
  return byte_order_mark.starts_with(rest) ? Verdict::perhaps : net::begins_with(rest, "{");
}

Verdict is_http(std::string_view bytes) {
  bytes = after_empty_lines(bytes);
  return std::max(is_request_line(bytes), is_meant_as_request_line(bytes));
}

bool is_likely_http(std::string_view bytes) {
  bytes = after_blanks(after_empty_lines(bytes));
  const auto size = std::min(bytes.find_first_of(blanks), bytes.size());
  const auto target = after_blanks(bytes.substr(size));
  return is_method(bytes.substr(0, size)) &&
         (target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://"));
}

Verdict is_http_perhaps_unfinished(std::string_view bytes) {
  const auto verdict = is_http(bytes);
  return verdict == Verdict::perhaps && is_likely_http(bytes) ? Verdict::yes : verdict;
}

Verdict is_irc(std::string_view bytes) {
  bytes = after_empty_lines(bytes);
  constexpr auto longest = irc_words.back().size();
  std::array<char, longest> start{};
  const auto size = std::min(bytes.size(), longest);
  std::transform(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), start.begin(),
                 [](char byte) { return protocol::ascii_lower(byte); });
  return begins_with_any({start.data(), size}, irc_words);
}

Verdict is_irc_in_capitals(std::string_view bytes) {
  const auto is_small = [](char byte) { return byte >= 'a' && byte <= 'z'; };
  const auto word = bytes.substr(0, bytes.find(' '));
  return std::any_of(word.begin(), word.end(), is_small) ? Verdict::no : is_irc(bytes);
}

std::span<const Opening> turned_away() {
  static constexpr std::array<Opening, 7> rows{{
      {"tls", net::is_tls, "this server does not speak TLS here; connect without it\n",
       "TLS has to begin with the first byte; this connection is plain text already\n"},
      {"irc", is_irc, "ERROR :this server speaks no IRC here; connect with hubbub or nc\n"},
      {"ssh", is_ssh, "this is a chat server and speaks no SSH; connect with hubbub or nc\n"},
      {"socks", is_socks, "this is a chat server and no SOCKS proxy\n"},
      {"proxy", is_proxy, "this server takes PROXY headers only from those in net.trusted_proxies\n"},
      {"rdp", is_rdp, "this is a chat server and speaks no RDP\n"},
      {"smb", is_smb, "this is a chat server and speaks no SMB\n"},
  }};
  return rows;
}

}  // namespace hubbub::front
