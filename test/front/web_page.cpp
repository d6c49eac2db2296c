// The page: in which form each file is given, to whom, and for how long.
#include "server/front/web/page.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "server/front/web/site.hpp"
#include "test/front/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::front::http {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr std::array<PageFile, 3> some_files{
    {{"/index.html", "1234", "<!doctype html>", "br", "gzip"},
     {"/a/cafe/page.js", "5678", "export const here = true;", "brotli", "gz"},
     {"/a/cafe/icon.png", "9abc", "png", {}, {}}}};

struct Shop {
  House house;
  Shop() {
    house.web.page = Page(some_files);
    house.web_settings.plain = WebSettings::Plain::loopback;
  }

  Response ask(const std::string& line, const std::string& fields = {}, bool is_encrypted = true) const {
    const auto parsed = parse_request(line + " HTTP/1.1\r\nHost: chat.example.org\r\n" + fields + "\r\n");
    const Sender sender{
        .endpoint = boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address("192.0.2.7"), 4000),
        .is_encrypted = is_encrypted};
    return respond(std::get<Request>(parsed), sender, house.web);
  }
};

std::string field(const Response& response, std::string_view name) {
  for (const auto& each : response.fields)
    if (each.name == name) return each.value;
  return {};
}

std::string text(const Response& response) {
  return response.shared ? response.shared->text : response.content;
}

}  // namespace

TEST_CASE("a reader is given the smallest form of a file that it takes") {
  const Page page(some_files);
  const auto form = [&](const std::string& accepted) {
    const auto found = page.find("/a/cafe/page.js", accepted);
    return std::string(found->encoding) + ' ' + found->bytes->text + ' ' + found->tag;
  };
  CHECK(form("") == " export const here = true; \"5678\"");
  CHECK(form("gzip, deflate, br") == "gzip gz \"5678-gzip\"");
  CHECK(form("br") == "br brotli \"5678-br\"");
  CHECK(form("BR;q=1.0, gzip;q=0") == "br brotli \"5678-br\"");
  CHECK(form("gzip;q=0.000,br;q=0") == " export const here = true; \"5678\"");
  CHECK(form("brotli, xgzip") == " export const here = true; \"5678\"");
  CHECK(page.find("/a/cafe/icon.png", "br, gzip")->encoding.empty());
  CHECK_FALSE(page.find("/a/cafe", ""));
  CHECK_FALSE(page.find("", ""));
  // All who are given it share it.
  CHECK(page.find("/index.html", "br")->bytes == page.find("/index.html", "br")->bytes);
}

TEST_CASE("what is built in is whole", "[page]") {
  const auto files = built_in_page();
  if (files.empty()) return;  // built without the page
  const Page page;
  const auto start = page.find("/index.html", "");
  REQUIRE(start);
  CHECK(start->type == "text/html; charset=utf-8");
  CHECK_FALSE(start->is_for_ever);
  CHECK_THAT(start->bytes->text, ContainsSubstring("<!doctype html>"));
  for (const auto& file : files) {
    CAPTURE(file.path);
    CHECK_FALSE(file.plain.empty());
    CHECK(page.find(file.path, "")->type != "application/octet-stream");
    CHECK(file.path.starts_with("/a/") == page.find(file.path, "")->is_for_ever);
    if (!file.gzip.empty()) CHECK(file.gzip.starts_with("\x1f\x8b"));
  }
  // What the start names is there.
  const std::string_view names = start->bytes->text;
  for (auto at = names.find("\"/a/"); at != std::string_view::npos; at = names.find("\"/a/", at + 1)) {
    const auto path = names.substr(at + 1, names.find('"', at + 1) - at - 1);
    CAPTURE(path);
    CHECK(page.find(path, ""));
  }
  for (const auto* const path : {"/sw.js", "/manifest.webmanifest"}) CHECK(page.find(path, ""));
}

TEST_CASE("the page is asked for again each time, and what belongs to a version never") {
  const Shop shop;
  for (const auto* const path : {"GET /", "GET /index.html"}) {
    const auto start = shop.ask(path);
    CHECK(start.status == 200);
    CHECK(text(start) == "<!doctype html>");
    CHECK(start.type == "text/html; charset=utf-8");
    CHECK(field(start, "Cache-Control") == "no-cache");
    CHECK(field(start, "ETag") == "\"1234\"");
    CHECK(field(start, "Vary") == "Accept-Encoding");
  }
  const auto module = shop.ask("GET /a/cafe/page.js", "Accept-Encoding: br\r\n");
  CHECK(module.type == "text/javascript; charset=utf-8");
  CHECK(field(module, "Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(field(module, "Content-Encoding") == "br");
  CHECK(text(module) == "brotli");
  CHECK(shop.ask("GET /a/other/page.js").status == 404);
  CHECK(shop.ask("POST /").status == 405);
  CHECK(field(shop.ask("DELETE /a/cafe/page.js"), "Allow") == "GET, HEAD");
}

TEST_CASE("who has the file already is told that it is the same") {
  const Shop shop;
  const auto status = [&](const std::string& tags, const std::string& accepted) {
    return shop.ask("GET /", "If-None-Match: " + tags + "\r\nAccept-Encoding: " + accepted + "\r\n").status;
  };
  CHECK(status("\"1234\"", "identity") == 304);
  CHECK(status("W/\"1234\"", "identity") == 304);
  CHECK(status("\"0000\", \"1234-br\"", "br") == 304);
  CHECK(status("*", "br") == 304);
  // Another form is something else.
  CHECK(status("\"1234\"", "br") == 200);
  CHECK(status("1234", "identity") == 200);
  const auto same = shop.ask("GET /", "If-None-Match: \"1234\"\r\n");
  const auto bytes = render(same, false, true, {});
  CHECK_THAT(bytes, ContainsSubstring("HTTP/1.1 304 Not Modified\r\n"));
  CHECK_THAT(bytes, ContainsSubstring("ETag: \"1234\"\r\n"));
  CHECK(bytes.find("Content-Length") == std::string::npos);
  CHECK(bytes.ends_with("\r\n\r\n"));
}

TEST_CASE("the page may load from its server alone, and connect to it") {
  const Shop shop;
  const auto policy = field(shop.ask("GET /"), "Content-Security-Policy");
  CHECK_THAT(policy, ContainsSubstring("default-src 'none'; script-src 'self'; style-src 'self'; "));
  CHECK_THAT(policy, ContainsSubstring("connect-src 'self' wss://chat.example.org; "));
  CHECK_THAT(policy, ContainsSubstring("require-trusted-types-for 'script'; trusted-types hubbub"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK_FALSE(field(shop.ask("GET /"), "Permissions-Policy").empty());
}

TEST_CASE("no file of the page is given in the clear to who comes from elsewhere") {
  Shop shop;
  for (const auto* const path : {"GET /", "GET /a/cafe/page.js"}) {
    CAPTURE(path);
    shop.house.web_settings.public_url.clear();
    CHECK(shop.ask(path, {}, false).status == 403);
    shop.house.web_settings.public_url = "https://chat.example.org";
    CHECK(shop.ask(path, {}, false).status == 308);
  }
  shop.house.web_settings.plain = WebSettings::Plain::anywhere;
  CHECK_THAT(field(shop.ask("GET /", {}, false), "Content-Security-Policy"),
             ContainsSubstring("connect-src 'self' ws://chat.example.org; "));
}

TEST_CASE("a daemon without the page tells how to join at the address one has come by") {
  Shop shop;
  shop.house.web.page = Page(std::span<const PageFile>());
  if (shop.house.web.page.is_there()) return;  // it reads a folder
  shop.house.chat_settings.server_name = "Tom & <Jerry>";
  const auto page = shop.ask("GET /");
  CHECK(page.status == 200);
  CHECK(page.type == "text/html; charset=utf-8");
  CHECK_THAT(field(page, "Content-Security-Policy"),
             ContainsSubstring("default-src 'none'; style-src 'sha256-"));
  CHECK_THAT(page.content, ContainsSubstring("<title>Tom &amp; &lt;Jerry&gt;</title>"));
  CHECK_THAT(page.content, ContainsSubstring("hubbub tls://YOUR_NAME@chat.example.org:443"));
  CHECK_THAT(page.content, ContainsSubstring("openssl s_client -quiet -connect chat.example.org:443"));
  CHECK_THAT(page.content, ContainsSubstring("wss://chat.example.org/ws"));
  CHECK(page.content.find("Jerry>") == std::string::npos);
}

}  // namespace hubbub::front::http
