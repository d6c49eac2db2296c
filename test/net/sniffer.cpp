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

struct Fixture : WirePair {
  Fixture() {
    const auto row = [this](std::string_view name, Verdict (*recognises)(std::string_view)) {
      return Protocol{name, recognises, [this, name](Connection& /*connection*/, bool greeted) {
                        chosen = name;
                        was_greeted = greeted;
                        return std::make_unique<Keeper>(kept, ended);
                      }};
    };
    protocols = {row("json", [](std::string_view bytes) { return begins_with(bytes, "{"); }),
                 row("http", [](std::string_view bytes) { return begins_with(bytes, "GET "); }),
                 row("text", [](std::string_view) { return Verdict::yes; })};
    settings.sniff = std::chrono::milliseconds{10};
  }
  void start() { connection->start(std::make_unique<Sniffer>(*connection, protocols)); }

  Protocols protocols;
  std::string chosen;
  std::string kept;
  bool was_greeted = false;
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

TEST_CASE_METHOD(Fixture, "the first bytes decide, and are not lost") {
  start();
  const auto [bytes, name] = GENERATE(table<std::string, std::string>({{"{\"type\":1}", "json"},
                                                                       {"{", "json"},
                                                                       {"GET / HTTP", "http"},
                                                                       {"hello", "text"},
                                                                       {"GEnug", "text"}}));
  feed(bytes);
  CHECK(chosen == name);
  CHECK(kept == bytes);
  CHECK_FALSE(was_greeted);
}

TEST_CASE_METHOD(Fixture, "one byte at a time decides the same") {
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

TEST_CASE_METHOD(Fixture, "silence is a person's") {
  start();
  while (chosen.empty()) io.run_one(), turn.poll();
  CHECK(chosen == "text");
  CHECK(was_greeted);
}

TEST_CASE_METHOD(Fixture, "an undecided beginning that ends is text") {
  start();
  feed("GE");
  end_input();
  CHECK(chosen == "text");
  CHECK(kept == "GE");
  CHECK(ended);
  CHECK_FALSE(was_greeted);
}

TEST_CASE_METHOD(Fixture, "one who comes and goes without a word is nobody") {
  start();
  hang_up();
  CHECK(chosen.empty());
  connection.reset();
  turns();
  CHECK(admission.connections() == 0);
}

}  // namespace hubbub::net
