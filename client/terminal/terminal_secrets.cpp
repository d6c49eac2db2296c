// The terminal's questions for passwords: what is typed on the line can be seen by whoever looks over the
// person's shoulder, and so no command takes one there.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "client/connection/wipe.hpp"
#include "client/terminal/hidden_answer.hpp"
#include "client/terminal/secret_line.hpp"
#include "client/terminal/terminal.hpp"
#include "protocol/name.hpp"
#include "protocol/secret.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::terminal {

using protocol::Code;
using protocol::Secret;
namespace request = protocol::request;

namespace {

constexpr std::string_view repeat_sign = "again: ";
constexpr std::string_view invitation_question = "Invitation: ";

/// The questions of a command. One that ends in "for " goes on with the account's name; one that ends in
/// "again: " has to be answered as the one before it.
struct Form {
  std::string_view command;
  std::array<std::string_view, 3> questions;  ///< empty: no more
};
constexpr std::array<Form, 3> forms = {{
    {"login", {"Password for "}},
    {"register", {"Password for ", "Password again: "}},
    {"password", {"Old password: ", "New password: ", "New password again: "}},
}};

/// `account`: a name that the server has accepted, or that can be one; empty: none is known.
std::string question_for(std::string_view form, const std::string& account) {
  constexpr std::string_view naming = " for ";
  if (!form.ends_with(naming)) return std::string(form);
  if (account.empty()) return std::string(form.substr(0, form.size() - naming.size())) + ": ";
  return std::string(form) + protocol::for_terminal(account) + ": ";
}

/// What is wrong with an answer; empty: nothing.
std::string fault_of(std::string_view answer) {
  if (answer.size() > HiddenAnswer::most_bytes) return "that is too long for a password";
  if (answer.find('\n') != std::string_view::npos) return "that was several lines, and a password is one";
  if (!protocol::is_utf8(answer)) return "this terminal does not send UTF-8; set a UTF-8 locale";
  return {};
}

std::string copy_of(const Secret& answer) { return std::string(answer.text()); }

/// What is asked of the server with these answers, which are in the order of the questions.
request::Any asked_with(std::string_view command, const std::string& account,
                        const std::vector<Secret>& answers) {
  if (command == "login") {
    request::Login asked{.account = {}, .password = copy_of(answers[0]), .token = {}, .device = {}};
    if (!account.empty()) asked.account = account;
    return asked;
  }
  if (command == "password")
    return request::Password{.before = copy_of(answers[0]), .after = copy_of(answers[1])};
  request::Register asked{.password = copy_of(answers[0]), .invite = {}, .device = {}};
  if (answers.size() > 2) asked.invite = copy_of(answers[2]);
  return asked;
}

}  // namespace

/// Whether the line is not said, or not before the person has said yes: it is a secret, or seems to have one.
bool Terminal::withholds(const std::string& line) {
  if (is_token_alone(line)) {
    notice(
        "that is a token or an invitation, by which others could come in, and it was not said; /msg NAME "
        "TEXT "
        "hands an invitation to one person alone");
    return true;
  }
  const std::string command(secret_command_without_slash(line));
  if (command.empty()) return false;
  const std::string question = "say this to others? it looks like /" + command + " (y/n) ";
  editor_->ask(question, [this, line, command](bool yes) {
    yes ? obey(line)
        : notice("it was not said; /" + command + " asks for the password, and does not show it");
  });
  return true;
}

/// Whether the line is a command that needs passwords: they are asked for.
bool Terminal::asks_for_secrets(const std::string& line) {
  const auto given = protocol::typed::command(line);
  const auto* const command = given ? protocol::slash::find(given->name) : nullptr;
  if (command == nullptr) return false;
  const std::string name(command->name);
  if (std::ranges::find(forms, name, &Form::command) == forms.end()) return false;
  std::string account;
  if (!given->rest.empty()) {
    const auto named = protocol::parse_name(given->rest);
    if (name != "login" || !named) {
      // Neither the sentence nor the line that is offered next has it again.
      notice("/" + name + " takes no password on the line, where it is seen; nothing was sent: type " +
             (name == "login" ? "/login NAME or /login" : "/" + name) + " alone, and it is asked for");
      return true;
    }
    account = named->shown;
  }
  if (name == "login" && !account.empty() && is_unknown(account)) {
    ask_whether_meant({.line = line, .command = name, .account = account});
    return true;
  }
  set_about({.line = line, .command = name, .account = std::move(account)});
  return true;
}

/// Whether an account's name may as well be a password: it is that of nobody here.
bool Terminal::is_unknown(const std::string& account) const {
  return !protocol::same_name(account, connection_->name()) && model_.find(view_name(account)) == nullptr &&
         !doubt_of_name(account).empty();
}

/// The answer is hidden: it may be typed in the belief that the password is asked for.
void Terminal::ask_whether_meant(Inquiry inquiry) {
  const std::string question =
      "log in to the account " + protocol::for_terminal(inquiry.account) + "? (y or n, and Enter) ";
  inquiry_ = std::move(inquiry);
  editor_->ask_hidden(question, [this](const std::optional<Secret>& answer) {
    Inquiry meant = *std::exchange(inquiry_, std::nullopt);
    const bool yes = answer && (answer->empty() || answer->text() == "y" || answer->text() == "Y");
    if (!yes) {
      return notice("nothing was sent; a password is not typed on the line, but when it is asked for");
    }
    const std::string line = meant.line;
    refused_ = false;
    set_about(std::move(meant));
    if (refused_) give_back(line);
  });
}

/// Begins, where a password may be sent.
void Terminal::set_about(Inquiry inquiry) {
  keep(inquiry.line);
  if (connection_->is_up() && !connection_->may_carry_secrets()) {
    refuse({Code::denied,
            "no password is sent, as the connection is not encrypted and others could read it; connect with "
            "tls://"});
    return;
  }
  begin(std::move(inquiry));
}

/// Asks the first question.
void Terminal::begin(Inquiry inquiry) {
  tried_.reset();
  inquiry_ = std::move(inquiry);
  const auto* const form = std::ranges::find(forms, inquiry_->command, &Form::command);
  // From now on it is that account, whatever name one bears when the answers go out.
  if (inquiry_->account.empty()) inquiry_->account = connection_->name();
  for (const auto question : form->questions) {
    if (!question.empty()) inquiry_->questions.push_back(question_for(question, inquiry_->account));
  }
  if (inquiry_->command == "register" && registration_ == "invite")
    inquiry_->questions.emplace_back(invitation_question);
  ask_next();
}

void Terminal::ask_next() {
  const std::string& question = inquiry_->questions[inquiry_->answers.size()];
  editor_->ask_hidden(question, [this](std::optional<Secret> answer) { take_answer(std::move(answer)); });
}

void Terminal::take_answer(std::optional<Secret> answer) {
  if (!answer || answer->empty()) {
    const bool was_sent = inquiry_->was_sent;
    return notice("/" + std::exchange(inquiry_, std::nullopt)->command + " was given up" +
                  (was_sent ? "" : "; nothing was sent"));
  }
  auto& answers = inquiry_->answers;
  std::string fault = fault_of(answer->text());
  const bool repeats = inquiry_->questions[answers.size()].ends_with(repeat_sign);
  if (fault.empty() && repeats && answers.back().text() != answer->text()) fault = "these are not the same";
  if (!fault.empty()) return refuse_answer(fault, repeats);
  if (!repeats) answers.push_back(*std::move(answer));
  if (repeats)
    inquiry_->questions.erase(inquiry_->questions.begin() + static_cast<std::ptrdiff_t>(answers.size()));
  answers.size() < inquiry_->questions.size() ? ask_next() : send_answers();
}

/// Asks again at once: whoever types the next try would say it aloud otherwise.
void Terminal::refuse_answer(const std::string& fault, bool repeats) {
  if (inquiry_->tries >= most_tries) {
    const bool was_sent = std::exchange(inquiry_, std::nullopt)->was_sent;
    return notice(fault + (was_sent ? "; that was the last try" : "; nothing was sent"));
  }
  ++inquiry_->tries;
  if (repeats) inquiry_->answers.pop_back();
  notice(fault + "; try again");
  ask_next();
}

void Terminal::send_answers() {
  Inquiry answered = *std::exchange(inquiry_, std::nullopt);
  request::Any asked = asked_with(answered.command, answered.account, answered.answers);
  answered.answers.clear();
  answered.questions.clear();
  const std::string line = answered.line;
  const bool is_another = answered.command == "register" && connection_->name() != answered.account;
  if (is_another || connection_->full()) {
    wipe(asked);
    notice(is_another
               ? "you are no longer called " + protocol::for_terminal(answered.account) + "; nothing was sent"
               : "too much waits to be sent already; nothing was sent");
    return give_back(line);
  }
  const auto before = refs_;
  refused_ = false;
  // A refusal may come before this is over.
  answered.ref = "t." + std::to_string(before + 1);
  tried_ = std::move(answered);
  carry_out(asked, line);
  wipe(asked);
  if (refused_) {
    tried_.reset();
    return give_back(line);
  }
  if (!tried_) return;
  if (refs_ == before) tried_->ref.clear();
  wait_for_answer();
}

/// Other requests go out again soon, and nobody waits for them as for a login.
void Terminal::on_held_back(std::string_view ref, std::chrono::milliseconds wait) {
  if (!tried_ || tried_->ref != ref) return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  notice("the server takes no more tries for now; /" + tried_->command + " goes out again in " +
         std::to_string(seconds) + " s");
}

}  // namespace hubbub::client::terminal
