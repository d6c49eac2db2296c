// Questions for passwords on a terminal, in random order with what is typed, what comes and links that are
// cut: what is sent is what was typed, and what was typed is never seen.
#include <array>
#include <boost/json/serialize.hpp>
#include <random>
#include <string>
#include <vector>

#include "test/client/alice.hpp"
#include "test/client/fake_server.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/client/secrecy.hpp"
#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::test {
namespace {

namespace asio = boost::asio;

/// All secrets are made of these, none of which is in anything else.
const Strings syllables = {"qyx", "жщъ", "鍵鑰", "zzv", "🔑🗝"};

/// How often a question is asked in all.
constexpr int most_tries = 3;

/// A command that asks, and its questions; one that ends in "again: " wants the same answer again, and one
/// that ends in "for " goes on with a name.
struct Asking {
  std::string type;
  Strings questions;
};
const std::vector<Asking> commands = {
    {"login", {"Password for "}},
    {"register", {"Password for ", "Password again: "}},
    {"password", {"Old password: ", "New password: ", "New password again: "}}};

class SecretPlay {
 public:
  explicit SecretPlay(std::uint32_t seed)
      : random_(seed),
        terminal_({hubbub_program, "alice@127.0.0.1:" + std::to_string(server_.port())}, xterm) {}

  void run(int rounds) {
    server_.run([this, rounds]() -> asio::awaitable<void> {
      Peer peer = co_await server_.accept();
      co_await enter(peer);
      terminal_.expect("lobby > ");
      for (int round = 0; round < rounds; ++round) co_await ask(peer);
      // The next thing that is sent: nothing else was.
      terminal_.type("done\r");
      ++seq_;
      const auto said = co_await peer.take_say(seq_);
      CHECK(said.at("text").as_string() == "done");
      terminal_.expect("done");
    });
    for (const std::string& syllable : syllables) {
      CHECK(terminal_.text().find(syllable) == std::string::npos);
      check_files_are_without(terminal_.home().path(), syllable);
    }
  }

 private:
  std::size_t up_to(std::size_t most) { return random_() % (most + 1); }

  asio::awaitable<void> enter(Peer& peer) const {
    co_await peer.welcome("alice");
    const std::string seen = R"("last":)" + std::to_string(seq_) + R"(,"history":[],"complete":true)";
    co_await peer.let_in(seen);
  }

  /// One command, with its questions, what happens meanwhile, and the questions that errors bring back.
  asio::awaitable<void> ask(Peer& peer) {
    const Asking& asking = commands[up_to(commands.size() - 1)];
    const std::string account = asking.type == "login" && up_to(1) == 0 ? "nina" : "";
    terminal_.type("/" + asking.type + (account.empty() ? "" : " " + account) + "\r");
    if (!account.empty()) {
      terminal_.expect("log in to the account nina? ");
      if (up_to(3) == 0) {
        terminal_.type(secret() + "\r");
        terminal_.expect("nothing was sent;");
        terminal_.expect("lobby > ");
        co_return;
      }
      terminal_.type(up_to(1) == 0 ? "y\r" : "\r");
    }
    const std::string named = account.empty() ? "alice" : account;  // not in the call: see login_refused.cpp
    int tries = 1;
    for (;;) {
      Strings answers;
      const bool is_answered = co_await answer(peer, asking, named, tries, answers);
      if (!is_answered) {
        terminal_.expect("lobby > ");
        co_return;
      }
      auto asked = co_await peer.expect(asking.type);
      const char* const first = asking.type == "password" ? "old" : "password";
      CHECK(asked.at(first).as_string() == answers.front());
      CHECK(asked.contains("account") == (asking.type == "login"));
      if (asking.type == "login") CHECK(asked.at("account").as_string() == named);
      if (asking.type == "password") CHECK(asked.at("new").as_string() == answers.back());
      const Meanwhile meanwhile = co_await wait(peer, asking, asked);
      const bool is_mendable = co_await refuse(peer, asked);
      if (meanwhile == Meanwhile::begun) {
        terminal_.expect("the answer is there; Enter");
        terminal_.type(secret() + "\r");
        terminal_.expect("what you typed meanwhile");
      }
      if (meanwhile != Meanwhile::given_up && is_mendable && tries++ < most_tries) continue;
      // The command comes back into the line, without its secrets.
      terminal_.type("\x05\x15");  // to its end, and erase it
      co_return;
    }
  }

  /// Answers the questions; false: they were given up. Another try is counted for answers that differ.
  asio::awaitable<bool> answer(Peer& peer, const Asking& asking, const std::string& account, int& tries,
                               Strings& answers) {
    for (std::size_t at = 0; at < asking.questions.size(); ++at) {
      std::string question = asking.questions[at];
      if (question.ends_with("for ")) question += account + ": ";
      terminal_.expect(question);
      const bool repeats = question.ends_with("again: ");
      const std::string wanted = repeats && up_to(9) > 0 ? answers.back() : secret();
      const std::string typed = co_await type(peer, question, wanted);
      if (typed.empty()) co_return false;
      if (!repeats) {
        answers.push_back(typed);
      } else if (typed != answers.back()) {
        if (tries++ >= most_tries) co_return false;
        answers.pop_back();
        at -= 2;  // to the question before it; the loop adds one
      }
    }
    co_return true;
  }

  std::string secret() {
    std::string text;
    for (std::size_t count = 1 + up_to(5); count > 0; --count) text += syllables[up_to(syllables.size() - 1)];
    return text;
  }

  /// Types an answer in some way, among other things; returns what it is, empty: it was given up.
  asio::awaitable<std::string> type(Peer& peer, const std::string& question, const std::string& wanted) {
    std::string rest = wanted;
    while (!rest.empty()) {
      co_await happen(peer, question);
      if (up_to(15) == 0) {
        const std::array<std::string, 3> ways = {"\x03", "\x04", "\x15\r"};
        terminal_.type(ways[up_to(2)]);
        co_return std::string();
      }
      if (up_to(7) == 0) terminal_.type("qyx\x1b[A\x7F\x7F\x7F");  // mistyped, and mended
      if (up_to(15) == 0) {
        terminal_.type("жщъ\x15");
        rest = wanted;
        continue;
      }
      const std::size_t bytes = up_to(2) == 0 ? rest.size() : next_syllable(rest);
      const std::string piece = rest.substr(0, bytes);
      rest.erase(0, bytes);
      terminal_.type(up_to(2) == 0 ? "\x1b[200~" + piece + (rest.empty() ? "\n" : "") + "\x1b[201~" : piece);
    }
    co_await happen(peer, question);
    terminal_.type("\r");
    co_return wanted;
  }
  static std::size_t next_syllable(const std::string& text) {
    for (const std::string& syllable : syllables) {
      if (text.starts_with(syllable)) return syllable.size();
    }
    return text.size();
  }

  /// Something that has nothing to do with the answer.
  asio::awaitable<void> happen(Peer& peer, const std::string& question) {
    switch (up_to(9)) {
      case 0: {
        const std::string text = "event " + std::to_string(++seq_) + ".";
        co_await peer.send(message_json("lobby", seq_, "bob", text));
        terminal_.expect(text);
        break;
      }
      case 1: {
        // Always another one: else the client would not be told.
        columns_ = 40 + (columns_ - 40 + 1 + up_to(58)) % 60;
        terminal_.resize(static_cast<unsigned short>(columns_), static_cast<unsigned short>(8 + up_to(20)));
        break;
      }
      case 2:
        terminal_.type("\x0C");
        break;
      case 3:
        if (cuts_ >= most_cuts) co_return;
        ++cuts_;
        peer.close();
        peer = co_await server_.accept();
        co_await enter(peer);
        terminal_.expect("connected again as");
        break;
      default:
        co_return;
    }
    terminal_.expect(question);
  }

  /// What the person does until the answer is there.
  enum class Meanwhile { nothing, begun, given_up };

  /// Types, while the answer comes late, what would be said or kept otherwise. A lost link changes nothing.
  asio::awaitable<Meanwhile> wait(Peer& peer, const Asking& asking, Peer::Json& asked) {
    if (up_to(2) == 0) co_return Meanwhile::nothing;
    const std::string question = "waiting for the answer to /" + asking.type;
    terminal_.expect(question);
    for (std::size_t lines = up_to(2); lines > 0; --lines) {
      terminal_.type(up_to(1) == 0 ? secret() + "\r"
                                   : "\x1b[200~" + secret() + "\n" + secret() + "\x1b[201~\r");
      terminal_.expect("what you typed was");
      terminal_.expect(question);
    }
    const int cuts = cuts_;
    co_await happen(peer, question);
    if (cuts_ > cuts) asked = co_await peer.expect(asking.type);
    switch (up_to(2)) {
      case 0:
        terminal_.type(up_to(1) == 0 ? "zzv\x03" : "\x04");
        terminal_.expect("no longer waiting");
        terminal_.expect("lobby > ");
        co_return Meanwhile::given_up;
      case 1:
        terminal_.type(secret());
        co_return Meanwhile::begun;
      default:
        co_return Meanwhile::nothing;
    }
  }

  /// Refuses what was asked; whether another answer may mend that.
  asio::awaitable<bool> refuse(Peer& peer, const Peer::Json& asked) {
    const std::array<std::string, 3> codes = {"denied", "login_failed", "password_weak"};
    const std::string& code = codes[up_to(2)];
    const std::string why = "refused " + std::to_string(++refusals_) + ".";
    const std::string line = R"({"type":"error","code":")" + code + R"(","text":")" + why + R"(","ref":)" +
                             boost::json::serialize(asked.at("ref")) + "}";
    co_await peer.send(line);
    terminal_.expect(why);
    co_return code != "denied";
  }

  /// Each costs the time that the client waits before it connects again.
  static constexpr int most_cuts = 2;

  std::mt19937 random_;
  FakeServer server_;
  PseudoTerminal terminal_;
  std::uint64_t seq_ = 0;
  int refusals_ = 0;
  int cuts_ = 0;
  std::size_t columns_ = 80;  ///< of the terminal
};

}  // namespace

// HUBBUB_SEED and HUBBUB_ROUNDS choose others. Each round is a program on a terminal, which takes a second:
// so HUBBUB_RUNS, which asks for many of what is quick, is not meant.
TEST_CASE("questions for passwords in random order with everything else") {
  const auto first = number_from("HUBBUB_SEED", 1);
  const auto rounds = number_from("HUBBUB_ROUNDS", 4);
  for (auto seed = first; seed < first + rounds; ++seed) {
    CAPTURE(seed);
    SecretPlay(static_cast<std::uint32_t>(seed)).run(8);
  }
}

}  // namespace hubbub::test
