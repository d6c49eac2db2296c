// Operators and those whose accounts they look after, in random orders, against a model that knows which
// password, token and invitation is good, who is suspended, and who must have been told to go.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "test/chat/doors.hpp"
#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;

/// What is known of an account.
struct Known {
  std::string name;
  std::string word;  ///< its password
  std::optional<protocol::Timestamp> until{};
  bool is_suspended = false;
  std::map<std::uint64_t, std::string> tokens{};

  bool is_shut(protocol::Timestamp now) const { return is_suspended && (!until || now < *until); }
};

/// Somebody who is logged in, or was.
struct Visitor {
  std::unique_ptr<Peer> peer;
  std::size_t account = 0;     ///< of the model
  std::uint64_t device = 0;    ///< 0: none
  std::optional<Code> told{};  ///< why it must have been closed
};

class Counter : public Doors {
 public:
  explicit Counter(std::uint32_t seed) : dice_(seed) {
    clerk_->is_of_operators = true;
    account_settings.registration = accounts::Settings::Registration::invite;
  }

  void step() {
    switch (dice_.below(12)) {
      case 0:
      case 1:
        return add();
      case 2:
        return enter_by_password();
      case 3:
        return enter_by_token();
      case 4:
        return make_token();
      case 5:
        return revoke();
      case 6:
        return suspend();
      case 7:
        return resume();
      case 8:
        return change();
      case 9:
        return erase();
      case 10:
        return disconnect();
      default:
        return clock.pass(std::chrono::seconds{static_cast<int>(dice_.below(50))});
    }
  }

  /// Everybody is here, or has been told why not; and the lists say what the model says.
  void judge() {
    for (const auto& each : visitors_) {
      const auto* const bye = std::get_if<event::Bye>(&each.peer->events.back().body);
      const auto told = bye == nullptr ? std::nullopt : std::optional(bye->error.code);
      REQUIRE(told == each.told);
    }
    ask(*clerk_, request::Accounts{});
    const auto listed = clerk_->last<event::Accounts>().accounts;
    std::size_t there = 0;
    for (const auto& known : accounts_) {
      if (!known) continue;
      const auto found = std::find_if(listed.begin(), listed.end(),
                                      [&](const auto& each) { return each.name == known->name; });
      REQUIRE(found != listed.end());
      REQUIRE(found->suspended == known->is_shut(clock.now().wall));
      REQUIRE(found->tokens == known->tokens.size());
      ++there;
    }
    REQUIRE(listed.size() == there);
  }

 private:
  /// One that is there; nothing: none is.
  std::optional<std::size_t> any_account() {
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < accounts_.size(); ++i)
      if (accounts_[i]) there.push_back(i);
    if (there.empty()) return std::nullopt;
    return there[dice_.below(there.size())];
  }
  template <class Body>
  const Body& answer(request::Any body) {
    ask(*clerk_, std::move(body));
    REQUIRE(std::holds_alternative<Body>(clerk_->events.back().body));
    return clerk_->last<Body>();
  }
  /// Those of the account that are here must have been closed for that reason.
  template <class Which>
  void gone(std::size_t account, Code why, Which which) {
    for (auto& each : visitors_)
      if (each.account == account && !each.told && which(each)) each.told = why;
  }

  void add() {
    Known made{.name = "p" + std::to_string(accounts_.size()),
               .word = "password " + std::to_string(dice_.below(1000))};
    answer<event::Account>(request::AddAccount{.name = made.name, .password = made.word, .role = {}});
    accounts_.emplace_back(std::move(made));
  }
  void enter(std::size_t account, request::Hello asked, std::uint64_t device, bool is_right) {
    auto peer = connect();
    ask(*peer, std::move(asked));
    const auto& known = *accounts_[account];
    if (!is_right) {
      REQUIRE(code_of(*peer) == Code::login_failed);
    } else if (known.is_shut(clock.now().wall)) {
      REQUIRE(code_of(*peer) == Code::suspended);
    } else {
      REQUIRE(std::holds_alternative<event::Welcome>(peer->events.back().body));
      visitors_.push_back({.peer = std::move(peer), .account = account, .device = device});
    }
  }
  void enter_by_password() {
    const auto account = any_account();
    if (!account) return;
    const bool is_right = !dice_.one_in(4);
    auto asked = hello(accounts_[*account]->name);
    asked.password = is_right ? accounts_[*account]->word : "not the password";
    enter(*account, asked, 0, is_right);
  }
  void enter_by_token() {
    const auto account = any_account();
    if (!account || accounts_[*account]->tokens.empty()) return;
    const auto& [device, token] = *accounts_[*account]->tokens.begin();
    auto asked = hello(accounts_[*account]->name);
    asked.token = token;
    enter(*account, asked, device, true);
    // One that was taken back stays so.
    if (spoiled_.empty()) return;
    const auto bad = connect();
    asked.token = spoiled_[dice_.below(spoiled_.size())];
    ask(*bad, asked);
    REQUIRE(code_of(*bad) == Code::login_failed);
  }
  void make_token() {
    const auto account = any_account();
    if (!account) return;
    const auto made =
        answer<event::Token>(request::MakeToken{.account = accounts_[*account]->name, .device = {}});
    accounts_[*account]->tokens.emplace(made.id, made.token);
  }
  void spoil_tokens(std::size_t account) {
    for (const auto& [device, token] : accounts_[account]->tokens) spoiled_.push_back(token);
    accounts_[account]->tokens.clear();
  }
  void revoke() {
    const auto account = any_account();
    if (!account) return;
    auto& known = *accounts_[*account];
    if (dice_.one_in(3)) {
      answer<event::Done>(request::RevokeToken{.account = known.name, .id = {}, .all = true});
      spoil_tokens(*account);
      return gone(*account, Code::logged_out, [](const Visitor&) { return true; });
    }
    if (known.tokens.empty()) return;
    const auto [device, token] = *known.tokens.begin();
    answer<event::Done>(request::RevokeToken{.account = known.name, .id = device, .all = false});
    spoiled_.push_back(token);
    known.tokens.erase(device);
    gone(*account, Code::logged_out,
         [device = device](const Visitor& each) { return each.device == device; });
  }
  void suspend() {
    const auto account = any_account();
    if (!account) return;
    auto& known = *accounts_[*account];
    request::Suspend asked{.account = known.name, .for_ms = {}, .reason = {}};
    known.until.reset();
    if (dice_.one_in(2)) {
      asked.for_ms = 1000 * (1 + dice_.below(100));
      known.until = clock.now().wall + std::chrono::milliseconds(*asked.for_ms);
    }
    known.is_suspended = true;
    answer<event::Account>(asked);
    gone(*account, Code::suspended, [](const Visitor&) { return true; });
  }
  void resume() {
    const auto account = any_account();
    if (!account) return;
    auto& known = *accounts_[*account];
    ask(*clerk_, request::Resume{.account = known.name});
    REQUIRE(std::holds_alternative<event::Account>(clerk_->events.back().body) == known.is_suspended);
    known.is_suspended = false;
  }
  void change() {
    const auto account = any_account();
    if (!account) return;
    auto& known = *accounts_[*account];
    request::ChangeAccount asked{.name = known.name, .rename = {}, .password = {}, .role = {}};
    const bool is_new_word = dice_.one_in(2);
    const bool is_new_name = !is_new_word;
    if (is_new_name) asked.rename = known.name = "r" + std::to_string(++renamed_);
    if (is_new_word) asked.password = known.word = "another " + std::to_string(dice_.below(1000));
    answer<event::Account>(asked);
    if (!is_new_word) return;
    spoil_tokens(*account);
    gone(*account, Code::logged_out, [](const Visitor&) { return true; });
  }
  void erase() {
    const auto account = any_account();
    if (!account || !dice_.one_in(3)) return;
    answer<event::Done>(request::EraseAccount{.name = accounts_[*account]->name});
    spoil_tokens(*account);
    const auto word = accounts_[*account]->word;
    const auto name = accounts_[*account]->name;
    accounts_[*account].reset();
    gone(*account, Code::logged_out, [](const Visitor&) { return true; });
    auto asked = hello(name);
    asked.password = word;
    const auto late = connect();
    ask(*late, asked);
    REQUIRE(code_of(*late) == Code::login_failed);
  }
  void disconnect() {
    ask(*clerk_, request::Sessions{});
    const auto listed = clerk_->last<event::Sessions>().sessions;
    for (const auto& each : listed) REQUIRE(each.session != 0);
    const auto account = any_account();
    if (!account) return;
    const auto name = accounts_[*account]->name;
    std::size_t here = 0;
    for (const auto& each : listed) here += each.name == name ? 1 : 0;
    ask(*clerk_, request::Disconnect{.name = name, .session = {}, .reason = {}});
    REQUIRE(std::holds_alternative<event::Done>(clerk_->events.back().body) == (here > 0));
    // Who has come in under an earlier name of the account still bears that.
    for (auto& each : visitors_)
      if (!each.told && each.peer->session().name().shown == name) each.told = Code::kicked;
  }

  test::Dice dice_;
  std::unique_ptr<Peer> clerk_ = connect();
  std::vector<std::optional<Known>> accounts_;  ///< nothing: erased
  std::vector<Visitor> visitors_;
  std::vector<std::string> spoiled_;  ///< tokens that are not taken any more
  int renamed_ = 0;
};

}  // namespace

TEST_CASE(
    "whatever operators do, in any order, those who may come in do, and the others have been told to go",
    "[random]") {
  const auto runs = test::number_from("HUBBUB_RUNS", 300) / 10;
  const auto first = test::number_from("HUBBUB_SEED", 1);
  for (auto seed = first; seed < first + runs; ++seed) {
    CAPTURE(seed);
    Counter play(seed);
    for (int i = 0; i < 60; ++i) play.step();
    play.judge();
  }
}

}  // namespace hubbub::chat
