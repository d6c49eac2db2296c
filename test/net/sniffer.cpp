#include "server/net/sniffer.hpp"

#include <map>

#include "test/net/wire_pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

/// Keeps the bytes it is given.
class Keeper final : public Handler {
 public:
  Keeper(std::string& kept, bool& ended) : kept_(kept), ended_(ended) {}
  std::size_t on_input(std::string_view bytes) override {
    kept_ += bytes;
    return bytes.size();
  }
  bool on_end(std::string_view /*rest*/) override { return ended_ = true; }
  void on_too_slow() override {}
  void on_closed() override {}
  Time deadline() const override { return never; }
  void on_deadline(Time /*now*/) override {}
  bool reads_lines() const override { return false; }

 private:
  std::string& kept_;
  bool& ended_;
};

struct SnifferFixture : WirePair {
  SnifferFixture() {
    const auto row = [this](std::string_view name, Verdict (*recognises)(std::string_view)) {
      return Protocol{name, recognises, [this, name](Connection& /*connection*/, bool pinned) {
                        chosen = name;
                        was_pinned = pinned;
                        return std::make_unique<Keeper>(kept, ended);
                      }};
    };
    protocols = {row("json", [](std::string_view bytes) { return begins_with(bytes, "{"); }),
                 row("http", [](std::string_view bytes) { return begins_with(bytes, "GET "); }),
                 row("text", [](std::string_view) { return Verdict::yes; })};
    settings.sniff = std::chrono::milliseconds{10};
  }
  SnifferFixture(const SnifferFixture&) = delete;
  SnifferFixture& operator=(const SnifferFixture&) = delete;
  ~SnifferFixture() { hang_up(); }  // what still comes is kept in members of ours
  void start() { connection->start(std::make_unique<Sniffer>(*connection, protocols)); }

  Protocols protocols;
  std::string chosen;
  std::string kept;
  bool was_pinned = false;
  bool ended = false;
};

}  // namespace

TEST_CASE("a verdict is certain as soon as it can be") {
  CHECK(begins_with("", "GET ") == Verdict::perhaps);
  CHECK(begins_with("G", "GET ") == Verdict::perhaps);
  CHECK(begins_with("GET ", "GET ") == Verdict::yes);
  CHECK(begins_with("GET /", "GET ") == Verdict::yes);
  CHECK(begins_with("Go", "GET ") == Verdict::no);
}

TEST_CASE_METHOD(SnifferFixture, "the first bytes decide, and are not lost") {
  start();
  const auto [bytes, name] = GENERATE(table<std::string, std::string>({{"{\"type\":1}", "json"},
                                                                       {"{", "json"},
                                                                       {"GET / HTTP", "http"},
                                                                       {"hello", "text"},
                                                                       {"GEnug", "text"}}));
  feed(bytes);
  CHECK(chosen == name);
  CHECK(kept == bytes);
  CHECK_FALSE(was_pinned);
}

TEST_CASE_METHOD(SnifferFixture, "one byte at a time decides the same") {
  settings.sniff = std::chrono::milliseconds{0};  // for ever
  start();
  feed("G");
  feed("E");
  feed("T");
  CHECK(chosen.empty());
  feed(" ");
  CHECK(chosen == "http");
  CHECK(kept == "GET ");
}

TEST_CASE_METHOD(SnifferFixture, "silence is a person's") {
  start();
  while (chosen.empty()) io.run_one(), turn.poll();
  CHECK(chosen == "text");
}

TEST_CASE_METHOD(SnifferFixture, "an undecided beginning that ends is text") {
  start();
  feed("GE");
  end_input();
  CHECK(chosen == "text");
  CHECK(kept == "GE");
  CHECK(ended);
  CHECK_FALSE(was_pinned);
}

TEST_CASE_METHOD(SnifferFixture, "what has no end of line because it is the end is judged as a line") {
  protocols.front().recognises = [](std::string_view bytes) {
    return bytes.find('\n') == std::string_view::npos ? Verdict::perhaps : begins_with(bytes, "whole\n");
  };
  start();
  feed("whole");
  CHECK(chosen.empty());
  end_input();
  CHECK(chosen == "json");
  CHECK(kept == "whole");
}

TEST_CASE_METHOD(SnifferFixture, "what stays undecided for a whole line is text") {
  protocols.front().recognises = [](std::string_view) { return Verdict::perhaps; };
  settings.sniff = std::chrono::milliseconds{0};
  settings.line_bytes = GENERATE(0U, 100U);
  start();
  // A request line may be longer than a line.
  const std::size_t most = settings.line_bytes == 0 ? std::size_t{64} * 1024 : 8000;
  const std::string half(most / 2, 'x');
  feed(half);
  feed(half);
  CHECK(chosen.empty());
  feed("x");
  CHECK(chosen == "text");
  CHECK(kept.size() == most + 1);
}

TEST_CASE_METHOD(SnifferFixture, "a preamble is not handed over") {
  protocols.front().recognises = [](std::string_view bytes) {
    return bytes == "  " ? Verdict::perhaps : begins_with(bytes, "  {");
  };
  protocols.front().preamble = [](std::string_view) { return std::size_t{2}; };
  start();
  feed("  ");
  CHECK(chosen.empty());
  feed("{}");
  CHECK(chosen == "json");
  CHECK(kept == "{}");
}

TEST_CASE_METHOD(SnifferFixture, "a pinned listener asks for nothing but a preamble") {
  protocols.front().preamble = [](std::string_view bytes) {
    return std::min(bytes.find_first_not_of(' '), bytes.size());
  };
  protocols = pinned_to(protocols, "json");
  REQUIRE(protocols.size() == 1);
  start();
  feed("  ");
  CHECK(chosen.empty());
  feed(" GET / HTTP/1.1");
  CHECK(chosen == "json");
  CHECK(was_pinned);
  CHECK(kept == "GET / HTTP/1.1");
  CHECK(pinned_to(protocols, "irc").empty());
}

TEST_CASE_METHOD(SnifferFixture,
                 "where the server speaks first and nothing else is spoken it does so at once") {
  settings.sniff = std::chrono::hours{1};
  protocols.back().greets = true;
  protocols = pinned_to(protocols, "text");
  start();
  io.run_one();
  turns();
  CHECK(chosen == "text");
  CHECK(was_pinned);
}

TEST_CASE_METHOD(SnifferFixture, "one who comes and goes without a word is nobody") {
  start();
  hang_up();
  CHECK(chosen.empty());
  connection.reset();
  turns();
  CHECK(admission.connections() == 0);
}

}  // namespace hubbub::net
