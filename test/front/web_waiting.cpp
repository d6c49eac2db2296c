// Requests that wait because their peer does not read what he is owed.
#include <algorithm>
#include <limits>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "server/front/web/http_client.hpp"
#include "test/front/house.hpp"
#include "test/net/scripted_stream.hpp"
#include "test/support/catch.hpp"

namespace hubbub::front {
namespace {

/// A connection that speaks HTTP, and its peer, who reads nothing unless told to.
struct Visit {
  House house;
  net::Script script;
  net::ConnectionPtr connection{net::open_scripted(script, house.turn, house.net_settings, house.admission)};

  Visit() {
    script.room = 0;
    connection->start(std::make_unique<HttpClient>(*connection, house.hub, house.web));
  }
  ~Visit() {
    house.turn.abandon_all();
    script.let_go();
    house.turn.poll();
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  void send(std::string_view bytes) {
    script.input += bytes;
    turns();
  }
  void end() {
    script.ended = true;
    turns();
  }
  /// At most so many bytes.
  void read(std::size_t bytes) {
    script.room = bytes;
    script.ready_to_write();
    turns();
  }
  void turns() {
    for (int i = 0; i < 4; ++i) {
      script.ready_to_read();
      house.turn.poll();
    }
  }
  /// What the peer has read, without the times in it.
  std::string heard() const { return std::regex_replace(script.output, std::regex("Date: [^\r]*\r\n"), ""); }
};

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

}  // namespace

TEST_CASE(
    "who ends his output while responses wait gets each of them whole once he reads, and then the end") {
  const std::string last =
      GENERATE(as<std::string>(), "GET /none HTTP/1.1\r\nHost: a\r\n\r\n",
               "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nHo");
  std::vector<std::string> requests;
  for (int i = 0; i < 20; ++i) {
    for (const auto* const request : {"GET /", "HEAD /", "GET /robots.txt", "GET /none"})
      requests.push_back(std::string(request) + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  requests.push_back(last);
  Visit prompt;  // is given each before he asks for the next
  std::string all;
  for (const auto& request : requests) {
    prompt.send(request);
    prompt.read(std::numeric_limits<std::size_t>::max());
    all += request;
  }
  prompt.end();
  REQUIRE(count(prompt.heard(), "HTTP/1.1 ") == requests.size());

  Visit late;
  const auto piece = GENERATE(std::size_t{50}, std::size_t{100'000});
  for (std::string_view rest = all; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
    late.send(rest.substr(0, piece));
  late.end();
  CHECK(late.connection->output().is_congested());
  CHECK_FALSE(late.script.output_ended);
  const auto step = GENERATE(std::size_t{13}, std::size_t{1'000}, std::size_t{1'000'000});
  for (int rounds = 0; rounds < 100'000 && !late.script.closed; ++rounds) late.read(step);
  CHECK(late.heard() == prompt.heard());
  CHECK(late.script.output_ended);
  CHECK(late.script.closed);
}

}  // namespace hubbub::front
