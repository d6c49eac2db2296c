// Random orders of what happens to somebody at the page, against a model of what he must have seen.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {
namespace {

const std::vector<std::string> both_rooms{"lobby", "机房"};

/// Anna at the page, logged in; a program that talks in both of her rooms; and a network and a server that
/// fail.
class PagePlay {
 public:
  PagePlay(Browser& browser, std::uint32_t seed)
      : dice_(seed),
        daemon_(start({"tcp://127.0.0.1:0"})),
        network_(daemon_->address()),
        page_(browser, network_.address()) {
    for (const auto* const part : {"WebSocket", "net::ERR", "Failed to load resource"})
      page_.expect_complaint(part);
    page_.make_account("anna", "correct horse");
    page_.say("/join " + both_rooms[1]);
    turned_to(1);
    begin_talk();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    come_to_rest();
  }

 private:
  std::unique_ptr<Daemon> start(std::vector<std::string> listen) {
    return std::make_unique<Daemon>(DaemonOptions{
        .config = no_pace, .listen = std::move(listen), .state_dir = state_.path(), .engine = "sqlite"});
  }

  void begin_talk() {
    bot_ = std::make_unique<JsonClient>(member(daemon_->address(), "bot"));
    bot_->join(both_rooms[1]);
  }

  void step() {
    switch (dice_.below(8)) {
      case 0:
      case 1:
        return write();
      case 2:
      case 3:
        return hear();
      case 4:
        return turn_to(1 - at_);
      case 5:
        return break_link();
      case 6:
        return lose_network();
      default:
        return dice_.one_in(2) ? reload() : restart();
    }
  }

  std::string next_text(const std::string& who) {
    return who + " says no. " + std::to_string(++count_) + ".";
  }

  void write() {
    const auto text = next_text("anna");
    page_.say(text);
    page_.wait_for("document.querySelector('.composer textarea').value === ''");
    said_[at_].push_back(text);
  }

  void hear() {
    const auto room = dice_.below(2);
    const auto text = next_text("bot");
    bot_->say(both_rooms[room], text);
    said_[room].push_back(text);
  }

  void turn_to(std::size_t room) {
    page_.click_text(".place a", both_rooms[room]);
    turned_to(room);
  }
  void turned_to(std::size_t room) {
    page_.wait_for("document.querySelector('.bar h1').textContent.includes(" + in_script(both_rooms[room]) +
                   ")");
    at_ = room;
  }

  void break_link() { network_.cut(dice_.one_in(2) ? Proxy::Cut::reset : Proxy::Cut::finish); }

  /// With what is written and said meanwhile.
  void lose_network() {
    network_.freeze();
    page_.tell_of_network(false);
    for (auto left = dice_.below(3); left > 0; --left) dice_.one_in(2) ? write() : hear();
    network_.cut(Proxy::Cut::reset);
    network_.pass();
    page_.tell_of_network(true);
  }

  /// What has not come back is not the server's yet, and a reload would take it away.
  void reload() {
    settle();
    page_.reload();
    page_.wait_for_room();
    turn_to(at_);
  }

  void restart() {
    const auto listen = "tcp://127.0.0.1:" + std::to_string(daemon_->address().port);
    bot_.reset();
    daemon_->kill();
    for (auto left = dice_.below(3); left > 0; --left) write();
    daemon_.reset();
    daemon_ = start({listen});
    begin_talk();
  }

  /// All that was written has come back.
  void settle() {
    page_.wait_for("!document.querySelector('.banner.lost')");
    for (const auto room : {1 - at_, at_}) {
      turn_to(room);
      page_.wait_for("!document.querySelector('article.pending')");
    }
  }

  void come_to_rest() {
    settle();
    for (std::size_t room = 0; room < both_rooms.size(); ++room) {
      INFO(both_rooms[room]);
      if (at_ != room) turn_to(room);
      const auto kept = said(list_of(
          bot_->answer({{"type", "history"}, {"room", both_rooms[room]}, {"limit", 100}}), "messages"));
      // Of one mouth in its order, and each once.
      for (const auto* const who : {"anna", "bot"}) CHECK(of(who, kept) == of(who, said_[room]));
      if (!kept.empty()) page_.sees(kept.back());
      const auto shown = page_.text(
          "[...document.querySelectorAll('article.row:not(.aside) .text')].map((each) => each.textContent)"
          ".join('\\n')");
      std::string all;
      for (const auto& text : kept) all += (all.empty() ? "" : "\n") + text;
      CHECK(shown == all);
    }
  }

  static std::vector<std::string> of(const std::string& who, const std::vector<std::string>& texts) {
    std::vector<std::string> own;
    for (const auto& text : texts)
      if (text.starts_with(who)) own.push_back(text);
    return own;
  }

  Dice dice_;
  TemporaryDirectory state_;
  std::unique_ptr<Daemon> daemon_;
  Proxy network_;
  Visitor page_;
  std::unique_ptr<JsonClient> bot_;
  std::size_t at_ = 0;  ///< the room that she looks at
  int count_ = 0;
  std::vector<std::string> said_[2];  ///< by room
};

}  // namespace

// HUBBUB_SEED and HUBBUB_ROUNDS choose others.
TEST_CASE("at the page nothing is lost and nothing comes twice, whatever happens in whatever order") {
  if (!can_visit()) return;
  const auto first = number_from("HUBBUB_SEED", 1);
  const auto rounds = number_from("HUBBUB_ROUNDS", 3);
  Browser browser;
  for (auto seed = first; seed < first + rounds; ++seed) {
    CAPTURE(seed);
    PagePlay(browser, seed).run(16);
  }
}

}  // namespace hubbub::test
