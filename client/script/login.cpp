#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>

#include "client/script/controlling_terminal.hpp"
#include "client/script/device_label.hpp"
#include "client/script/script.hpp"
#include "client/script/standard_streams.hpp"
#include "client/tokens.hpp"
#include "protocol/name.hpp"
#include "protocol/secret.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::Code;
using protocol::Error;
using protocol::Secret;
using std::chrono::milliseconds;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

constexpr int misused = 2;
/// Passwords that are asked for in all. The server closes a connection after as many that were wrong.
constexpr int most_tries = 3;
/// To wait for a server that is busy and does not say how long; and the longest that it may say.
constexpr milliseconds usual_wait{2'000};
constexpr milliseconds longest_wait{60'000};
/// After this time without an answer a person is told.
constexpr std::chrono::seconds slow_answer{3};

constexpr std::string_view insecure =
    "no password is taken over a connection that is not encrypted, as others could read it; connect with "
    "--tls";

std::string in_seconds(milliseconds wait) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
}

/// Logs this device in to an account, or makes one, and keeps the token. The password is asked for once the
/// server is there, so that nobody types it for nothing.
class LoginMode : public Script {
 public:
  LoginMode(const Options& options, LoginSecrets given)
      : Script(options),
        given_(std::move(given)),
        signals_(io(), SIGINT, SIGTERM, SIGHUP),
        later_(io()),
        slow_(io()),
        account_(options.name) {
    signals_.add(SIGQUIT);
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      terminal_.restore();
      die_of(signal);
    });
  }

  /// What has to be asked for before anything else. Nothing: the rest can begin; or a sentence on what is
  /// missing.
  std::optional<std::string> begin();

  void on_event(const protocol::Event& event, std::string_view, Arrival) override;
  void on_ready() override;
  void on_name_refused(const Error& error) override;
  void on_held_back(std::string_view, milliseconds wait) override {
    slow_.cancel();
    tell("the server takes no more tries for now; trying again in " + in_seconds(wait));
  }
  void on_link_lost(std::string_view why, milliseconds retry_in) override {
    terminal_.interrupt([&] { Script::on_link_lost(why, retry_in); });
  }
  void on_link_back() override {
    terminal_.interrupt([&] { Script::on_link_back(); });
  }
  void on_closed(Ending ending, std::string_view sentence) override {
    terminal_.restore();
    if (!unkept_.empty()) return tell_unkept(ending != Ending::asked);
    Script::on_closed(ending, sentence);
  }

 protected:
  void prepare(Settings& settings) override;

 private:
  bool is_new() const { return options().login.is_new; }
  /// A script, which hands the password over, is asked for nothing.
  bool may_ask() const { return terminal_.is_there() && !options().login.password; }
  std::string where() { return to_string(connection().server()); }

  void ask();
  void ask_again();
  void ask_for_invitation();
  void send_with_invitation();
  bool take(std::optional<Secret> answer, Secret& to);
  void send();
  void hand_over();
  void tell_when_slow_to_answer();

  void refused(const Error& error, milliseconds retry_after);
  void try_once_more(std::string_view why, milliseconds retry_after);
  void give_up(std::string_view sentence) {
    fail(sentence);
    stop();
  }
  void succeed(const std::string& account, const std::string& token);
  void tell_unkept(bool is_logged_out);

  LoginSecrets given_;
  ControllingTerminal terminal_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer later_;
  boost::asio::steady_timer slow_;
  std::string account_;
  std::string registration_;  ///< Welcome::registration
  Secret password_;
  Secret invite_;
  int tries_ = 0;
  bool has_waited_ = false;   ///< for a server that was busy, or takes no more tries for now
  bool is_done_ = false;      ///< logged in
  std::string unkept_;        ///< why the token could not be kept; empty: it could
  bool at_the_door_ = false;  ///< not let in without a login: the next hello has it
};

std::optional<std::string> LoginMode::begin() {
  if (tokens_path().empty())
    return "there is no place for the token: neither XDG_CONFIG_HOME nor HOME has an absolute path";
  // Before anybody types a password for nothing.
  const auto kept = Tokens(tokens_path()).find(options().servers);
  if (!kept) return kept.error().text;
  if (!kept->warning.empty()) complain(kept->warning);
  if (!options().login.password && !may_ask())
    return "there is no terminal to ask for the password; --password-fd N reads it from descriptor N";
  const bool asks = !options().name_typed && may_ask();
  while (asks) {
    const std::string usual = account_.empty() ? "" : " [" + account_ + "]";
    const auto answer = terminal_.ask("Account" + usual + ": ");
    if (!answer) return "no account was named";
    if (!answer->empty()) account_ = *answer;
    if (protocol::parse_name(account_)) break;
    complain("that cannot be a name");
    account_.clear();
  }
  if (account_.empty()) return "say which account: hubbub login NAME@SERVER";
  return std::nullopt;
}

/// To register one has to bear the name. To log in one needs none, and takes nobody's.
void LoginMode::prepare(Settings& settings) {
  settings.profile.rooms.clear();
  settings.profile.outside = true;
  go_by({}, settings);
  if (is_new()) settings.profile.name = account_;
  settings.ask_for_name = true;  // so that on_name_refused() is told
}

void LoginMode::on_ready() {
  if (ready() || is_done_) return;
  Script::on_ready();
  if (!connection().may_carry_secrets()) return give_up(insecure);
  if (is_new() && registration_ == "closed")
    return give_up(where() + ": this server takes no new accounts; ask its operator for one");
  ask();
}

void LoginMode::on_name_refused(const Error& error) {
  const bool needs_login = error.code == Code::login_required && !is_new() && !at_the_door_;
  if (!needs_login && !at_the_door_) {
    const bool is_taken = is_new() && error.code == Code::name_taken;
    return give_up(where() + ": " + error.text +
                   (is_taken ? "; if it is your account, log in to it without --register" : ""));
  }
  at_the_door_ = true;
  needs_login ? ask() : refused(error, connection().retry_after());
}

void LoginMode::on_event(const protocol::Event& event, std::string_view, Arrival) {
  if (!unkept_.empty()) {
    const bool is_logged_out = std::holds_alternative<event::LoggedOut>(event.body);
    if (is_logged_out || std::holds_alternative<event::Failure>(event.body)) tell_unkept(is_logged_out);
  } else if (const auto* welcome = std::get_if<event::Welcome>(&event.body)) {
    registration_ = welcome->registration;
    if (welcome->account) succeed(welcome->account_name, welcome->token);
  } else if (const auto* logged_in = std::get_if<event::LoggedIn>(&event.body)) {
    succeed(logged_in->account, logged_in->token);
  } else if (const auto* registered = std::get_if<event::Registered>(&event.body)) {
    succeed(registered->name, registered->token);
  } else if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
    refused(failure->error, milliseconds(failure->retry_after_ms));
  }
}

// ---- what is asked for

void LoginMode::ask() {
  ++tries_;
  if (given_.password) {
    password_ = *std::exchange(given_.password, std::nullopt);
    return send_with_invitation();
  }
  terminal_.ask_hidden(io().get_executor(),
                       is_new() ? "New password: " : "Password: ", [this](std::optional<Secret> answer) {
                         if (!take(std::move(answer), password_)) return;
                         is_new() ? ask_again() : send();
                       });
}

void LoginMode::ask_again() {
  terminal_.ask_hidden(io().get_executor(), "New password again: ", [this](std::optional<Secret> answer) {
    Secret again;
    if (!take(std::move(answer), again)) return;
    if (again.text() == password_.text()) return send_with_invitation();
    if (tries_ >= most_tries) return give_up("these are not the same; nothing was sent");
    tell("these are not the same; try again");
    ask();
  });
}

void LoginMode::send_with_invitation() {
  if (!is_new() || registration_ != "invite" || !invite_.empty()) return send();
  if (given_.invite) {
    invite_ = *std::exchange(given_.invite, std::nullopt);
    return send();
  }
  if (!may_ask())
    return give_up(where() + ": one needs an invitation to have an account here; --invite-fd N reads it");
  terminal_.ask_hidden(io().get_executor(), "Invitation: ", [this](std::optional<Secret> answer) {
    if (take(std::move(answer), invite_)) send();
  });
}

/// Takes an answer. False: there is none that could be sent, and it is over.
bool LoginMode::take(std::optional<Secret> answer, Secret& to) {
  std::string_view fault;
  if (!answer || answer->empty()) fault = "nothing was sent";
  if (answer && !protocol::is_utf8(answer->text()))
    fault = "this terminal does not send UTF-8; nothing was sent";
  if (!fault.empty()) {
    give_up(fault);
    return false;
  }
  to = *std::move(answer);
  return true;
}

// ---- what is sent, and what comes of it

void LoginMode::send() {
  if (!protocol::is_utf8(password_.text()) || !protocol::is_utf8(invite_.text()))
    return give_up("a password is in UTF-8; nothing was sent");
  tell_when_slow_to_answer();
  hand_over();
}

void LoginMode::hand_over() {
  if (is_new()) {
    request::Register asked{
        .password = std::string(password_.text()), .invite = {}, .device = device_label()};
    if (!invite_.empty()) asked.invite = std::string(invite_.text());
    connection().send(std::move(asked));
  } else {
    request::Login asked{.account = account_,
                         .password = std::string(password_.text()),
                         .token = {},
                         .device = device_label()};
    at_the_door_ ? connection().log_in(std::move(asked)) : void(connection().send(std::move(asked)));
  }
}

void LoginMode::tell_when_slow_to_answer() {
  slow_.expires_after(slow_answer);
  slow_.async_wait([this](const boost::system::error_code& error) {
    if (error || !status_line().is_seen()) return;
    tell("the server has not answered yet; after many wrong passwords it has one wait; Ctrl-C gives up");
  });
}

void LoginMode::refused(const Error& error, milliseconds retry_after) {
  slow_.cancel();
  const bool is_full = error.code == Code::rate_limited;  // at the door; later on_held_back() tells
  if ((error.code == Code::busy || is_full) && !std::exchange(has_waited_, true)) {
    return try_once_more(is_full ? "the server takes no more tries for now" : "the server is busy",
                         retry_after);
  }
  if (error.code == Code::login_insecure) return give_up(where() + ": " + std::string(insecure));
  const bool is_typed = error.code == Code::login_failed || error.code == Code::password_weak;
  const bool asks_again = is_typed && may_ask();
  if (!asks_again || tries_ >= most_tries) return give_up(where() + ": " + error.text);
  tell(error.text + "; try again");
  ask();
}

void LoginMode::try_once_more(std::string_view why, milliseconds retry_after) {
  if (retry_after.count() == 0) retry_after = usual_wait;
  retry_after = std::min(retry_after, longest_wait);
  tell(std::string(why) + "; trying again in " + in_seconds(retry_after));
  later_.expires_after(retry_after);
  later_.async_wait([this](const boost::system::error_code& error) {
    if (!error) send();
  });
}

/// `account`: as the server writes it.
void LoginMode::succeed(const std::string& account, const std::string& token) {
  slow_.cancel();
  is_done_ = true;
  if (const auto fault = Tokens(tokens_path()).keep(options().servers, token)) {
    unkept_ = *fault;
    connection().send(request::Logout{});  // nobody could use it, and nobody would know of it
    return;
  }
  const std::string typed = typed_server(options());
  print("You are logged in to " + to_string(options().servers) + " as " + protocol::for_terminal(account) +
        "; `hubbub" + (typed.empty() ? "" : " " + typed) + "` now comes in by itself.\n");
  connection().quit();
}

void LoginMode::tell_unkept(bool is_logged_out) {
  give_up("the token of this device could not be kept, and so " +
          std::string(is_logged_out ? "it was logged out again"
                                    : "it is of no use; /devices lists it, and "
                                      "/revoke logs it out") +
          ": " + unkept_);
}

}  // namespace

int run_login(const Options& options, LoginSecrets given) {
  LoginMode login(options, std::move(given));
  if (const auto fault = login.begin()) {
    complain(*fault);
    return misused;
  }
  return login.run();
}

}  // namespace hubbub::client
