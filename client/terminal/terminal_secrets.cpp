// The terminal's questions for passwords, where a command was typed without one: what is typed on the line
// can be seen by whoever looks over the person's shoulder.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "client/connection/wipe.hpp"
#include "client/terminal/hidden_answer.hpp"
#include "client/terminal/terminal.hpp"
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

/// The questions of a command that was typed without a word behind it. One that ends in "again: " has to be
/// answered as the one before it.
struct Form {
  std::string_view command;
  std::array<std::string_view, 3> questions;  ///< empty: no more
};
constexpr std::array<Form, 3> forms = {{
    {"login", {"Password: "}},
    {"register", {"Password: ", "Password again: "}},
    {"password", {"Old password: ", "New password: ", "New password again: "}},
}};

/// What is wrong with an answer; empty: nothing.
std::string fault_of(std::string_view answer) {
  if (answer.size() > HiddenAnswer::most_bytes) return "that is too long for a password";
  if (answer.find('\n') != std::string_view::npos) return "that was several lines, and a password is one";
  if (!protocol::is_utf8(answer)) return "this terminal does not send UTF-8; set a UTF-8 locale";
  return {};
}

std::string copy_of(const Secret& answer) { return std::string(answer.text()); }

/// What is asked of the server with these answers, which are in the order of the questions.
request::Any asked_with(std::string_view command, const std::vector<Secret>& answers) {
  if (command == "login")
    return request::Login{.account = {}, .password = copy_of(answers[0]), .token = {}, .device = {}};
  if (command == "password")
    return request::Password{.before = copy_of(answers[0]), .after = copy_of(answers[1])};
  request::Register asked{.password = copy_of(answers[0]), .invite = {}, .device = {}};
  if (answers.size() > 2) asked.invite = copy_of(answers[2]);
  return asked;
}

}  // namespace

/// Whether the line is a command whose passwords are left out: then they are asked for.
bool Terminal::asks_for_secrets(const std::string& line) {
  const auto given = protocol::typed::command(line);
  const auto* const command = given && given->rest.empty() ? protocol::slash::find(given->name) : nullptr;
  if (command == nullptr) return false;
  const auto* const form = std::ranges::find(forms, command->name, &Form::command);
  if (form == forms.end()) return false;
  keep(line);
  if (connection_->is_up() && !connection_->may_carry_secrets()) {
    refuse({Code::denied,
            "no password is sent, as the connection is not encrypted and others could read it; connect with "
            "tls://"});
    return true;
  }
  inquiry_ = Inquiry{.line = line, .command = std::string(command->name), .questions = {}, .answers = {}};
  std::ranges::copy_if(form->questions, std::back_inserter(inquiry_->questions),
                       [](std::string_view question) { return !question.empty(); });
  if (command->name == "register" && registration_ == "invite")
    inquiry_->questions.push_back(invitation_question);
  ask_next();
  return true;
}

void Terminal::ask_next() {
  const std::string_view question = inquiry_->questions[inquiry_->answers.size()];
  editor_->ask_hidden(question, [this](std::optional<Secret> answer) { take_answer(std::move(answer)); });
}

void Terminal::take_answer(std::optional<Secret> answer) {
  auto& answers = inquiry_->answers;
  std::string fault = answer ? fault_of(answer->text()) : "/" + inquiry_->command + " was given up";
  const bool repeats = inquiry_->questions[answers.size()].ends_with(repeat_sign);
  if (fault.empty() && repeats && answers.back().text() != answer->text()) fault = "these are not the same";
  if (!fault.empty()) {
    inquiry_.reset();
    return notice(fault + "; nothing was sent");
  }
  if (!repeats) answers.push_back(*std::move(answer));
  if (repeats)
    inquiry_->questions.erase(inquiry_->questions.begin() + static_cast<std::ptrdiff_t>(answers.size()));
  answers.size() < inquiry_->questions.size() ? ask_next() : send_answers();
}

void Terminal::send_answers() {
  const Inquiry answered = *std::exchange(inquiry_, std::nullopt);
  request::Any asked = asked_with(answered.command, answered.answers);
  refused_ = false;
  carry_out(asked, answered.line);
  if (refused_) give_back(answered.line);
  wipe(asked);
}

}  // namespace hubbub::client::terminal
