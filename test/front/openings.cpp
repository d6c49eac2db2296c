#include "server/front/openings.hpp"

#include <string>
#include <string_view>

#include "test/support/catch.hpp"

namespace hubbub::front {
namespace {

using namespace std::string_literals;
using net::Verdict;

/// Who claims the bytes: the name of a row, "json", "text" when nobody does, "" while it is open.
std::string claimed(std::string_view bytes) {
  const auto json = is_json(bytes);
  if (json != Verdict::no) return json == Verdict::yes ? "json" : "";
  const auto http = is_http(bytes);
  if (http != Verdict::no) return http == Verdict::yes ? "http" : "";
  for (const auto& row : turned_away()) {
    const auto verdict = row.recognises(bytes);
    if (verdict != Verdict::no) return verdict == Verdict::yes ? std::string(row.name) : "";
  }
  return "text";
}

/// What is claimed when the bytes come one at a time; a claim that changes later is a failure.
std::string claimed_slowly(std::string_view bytes) {
  std::string first;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto now = claimed(bytes.substr(0, size));
    if (!first.empty() && now != first) return "first " + first + ", then " + now;
    first = now;
  }
  return first;
}

const auto signature = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C"s;
const auto rdp = "\x03\0\0\x2F\x2A\xE0\0\0\0\0\0Cookie: mstshash=admin\r\n"s;

}  // namespace

TEST_CASE("each opening is known for what it is, at once or byte by byte") {
  const auto [bytes, name] = GENERATE(table<std::string, std::string>({
      {"{\"type\":\"hello\"}\n", "json"},
      {"\xEF\xBB\xBF{", "json"},
      {" \t\r\n\n  {", "json"},
      {"\n\xEF\xBB\xBF\n{", "json"},
      {"GET / HTTP/1.1\r\n", "http"},
      {"GET / HTTP/1.0\n", "http"},
      {"CONNECT example.org:443 HTTP/1.1\r\n", "http"},
      {"DELETE /x HTTP/1.1\r\n", "http"},
      {"PATCH /x?a=b%20c HTTP/1.1\r\n", "http"},
      {"PROPFIND /dav/ HTTP/1.1\r\n", "http"},
      {"VERSION-CONTROL /x HTTP/1.1\r\n", "http"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http"},
      {"\r\nGET http://example.org/ HTTP/1.1\r\n", "http"},
      {"get /\xC3\xA9 HTTP/3\r\n", "http"},
      {"\x16\x03\x01\x02", "tls"},
      {"NICK nina\r\n", "irc"},
      {"nick nina\r\n", "irc"},
      {"Cap LS 302\r\n", "irc"},
      {"USER nina 0 * :nina\r\n", "irc"},
      {"PASS secret\r\n", "irc"},
      {"WEBIRC secret gateway host 192.0.2.1\r\n", "irc"},
      {"AUTHENTICATE PLAIN\r\n", "irc"},
      {"\r\nNICK nina\r\n", "irc"},
      {"SSH-2.0-OpenSSH_9.2p1\r\n", "ssh"},
      {"SSH-1.99-x\r\n", "ssh"},
      {"\x05\x01\x00"s, "socks"},
      {"\x05\x03\x00\x01\x02"s, "socks"},
      {"\x04\x01\x01\xBB\x7F\x00\x00\x01\x00"s, "socks"},
      {"\x04\x02\x00"s, "socks"},
      {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "proxy"},
      {"PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "proxy"},
      {"PROXY UNKNOWN\r\n", "proxy"},
      {signature, "proxy"},
      {rdp, "rdp"},
      {"\0\0\0\x85\xFFSMBr"s, "smb"},
      {"\0\0\0\x85\xFESMB@"s, "smb"},
      {"\0\x01\xFF\xFF\xFDSMB@"s, "smb"},
      {"\x81\0\0\x44 CKFDENECFDEFFCFGEFFCCACACACACACA\0"s, "smb"},
      {"\xFFSMBr"s, "smb"},
      {"\xFESMB@"s, "smb"},
  }));
  CAPTURE(bytes);
  CHECK(claimed(bytes) == name);
  CHECK(claimed_slowly(bytes) == name);
}

TEST_CASE("what people and telnet say first is nobody else's") {
  const auto bytes = GENERATE(
      as<std::string>{}, "GET well soon\n", "GET well\n", "GET\n", "GET / HTTPS is better\n",
      "we like HTTP/2 a lot\n", "see /x HTTP/\n", "NICKel\n", "NICK\n", "CAPital\n", "passing by\n", "USER\n",
      "SSH-keys\n", "SSH\n", "PROXY war\n", "PROXY TCP\n", "PROXY UNKNOWNS\n", "hello\n",
      "\xEF\xBB\xBFhello\n", "  hello\n", "[1]\n", "\xFF\xFB\x1F", "\xFF\xFD\x03hello\n", "\x03hello\n",
      "\x04\n", "\x05\n", "\x16\n", std::string("\0\x02", 2), std::string("\0\0\0\x04hello", 9),
      std::string("\x03\0\0\x0B\x06\xD0", 6), "привет\n", "hi\r", "\r\0"s + "hello\r\0"s);
  CAPTURE(bytes);
  CHECK(claimed_slowly(bytes) == "text");
}

TEST_CASE("a word that nothing follows yet is still open") {
  CHECK(claimed("h").empty());
  CHECK(claimed("hello").empty());
  CHECK(claimed("GET /").empty());
  CHECK(claimed("GET / HTTP/1.1").empty());
}

TEST_CASE("a method and a path are most likely HTTP, before their line has ended") {
  CHECK(is_likely_http("GET /"));
  CHECK(is_likely_http("\r\nPOST /x HTT"));
  for (const auto* const other : {"", "G", "GET", "GET ", "GET well", "get /", "TEA /"}) {
    CAPTURE(other);
    CHECK_FALSE(is_likely_http(other));
  }
  CHECK(is_http_perhaps_unfinished("GET / HTTP/1.1") == Verdict::yes);
  CHECK(is_http_perhaps_unfinished("GET / is a path\n") == Verdict::no);
  CHECK(is_http_perhaps_unfinished("PROPFIND /x") == Verdict::perhaps);
}

TEST_CASE("what is meant as a request line is one, and what a person says is none") {
  for (const auto* const meant :
       {"GET  /health HTTP/1.1\r\n", "GET /health HTTP/1.1 \r\n", "GET\t/health\tHTTP/1.1\n",
        " GET / HTTP/1.0\r\n", "GET /he alth HTTP/1.1\r\n", "POST / http/1.1\r\n",
        "\r\nHEAD  / HTTP/2\r\n"}) {
    CAPTURE(meant);
    CHECK(claimed_slowly(meant) == "http");
  }
  for (const auto* const said :
       {"GET well soon\n", "get / HTTP/1.1 for me\n", "GET me some HTTP/\n", "GET HTTP/1.1 done\n", "PUT\n",
        "DELETE HTTP/1.1\n", "GETTING on with HTTP/1.1\n"}) {
    CAPTURE(said);
    CHECK(claimed_slowly(said) == "text");
  }
}

TEST_CASE("the preamble of JSON is counted to its last byte") {
  CHECK(json_preamble("{") == 0);
  CHECK(json_preamble("") == 0);
  CHECK(json_preamble(" \r\n\xEF\xBB\xBF\t{") == 7);
  CHECK(json_preamble("\xEF\xBB") == 0);
  CHECK(json_preamble("\n\n") == 2);
}

TEST_CASE("a person who has been asked to type is taken for IRC by capitals alone") {
  CHECK(is_irc_in_capitals("NICK nina\r\n") == Verdict::yes);
  CHECK(is_irc_in_capitals("PASS") == Verdict::perhaps);
  CHECK(is_irc_in_capitals("nick nina\n") == Verdict::no);
  CHECK(is_irc_in_capitals("Pass the salt\n") == Verdict::no);
}

TEST_CASE("each row says no to whoever speaks another protocol, and in one plain line why") {
  for (const auto& row : turned_away()) {
    CAPTURE(row.name);
    CHECK(row.recognises("") == Verdict::perhaps);
    CHECK(row.refusal.find('\n') == row.refusal.size() - 1);
    CHECK(row.refusal.size() > 20);
  }
}

}  // namespace hubbub::front
