// The wait for the server's answer to passwords: whoever takes it that one was wrong types the next, and what
// is typed then must not be said.
#include <string>
#include <utility>
#include <variant>

#include "client/terminal/terminal.hpp"

namespace hubbub::client::terminal {

using protocol::Code;
using protocol::Secret;
namespace event = protocol::event;

void Terminal::wait_for_answer() {
  const std::string question = "waiting for the answer to /" + tried_->command + " (Ctrl-C: no longer) ";
  editor_->ask_hidden(question, [this](const std::optional<Secret>& typed) { take_while_waiting(typed); });
}

void Terminal::take_while_waiting(const std::optional<Secret>& typed) {
  if (!typed) {
    return notice("no longer waiting for the answer to /" + std::exchange(tried_, std::nullopt)->command +
                  ", which may still come");
  }
  if (!typed->empty()) {
    notice("what you typed was discarded, as the answer to /" + tried_->command + " is not there yet");
  }
  wait_for_answer();
}

/// Ends the wait, if that event is what was waited for.
void Terminal::settle_try(const protocol::Event& event) {
  // With a `bye` it is all over: on_closed.
  if (!tried_ || std::holds_alternative<event::Bye>(event.body)) return;
  if (tried_->ref.empty()) {
    if (!std::holds_alternative<event::Welcome>(event.body)) return;
  } else if (event.ref != tried_->ref) {
    return;
  }
  std::erase_if(said_, [&event](const auto& said) { return said.first == event.ref; });
  const auto* const failure = std::get_if<event::Failure>(&event.body);
  if (failure != nullptr && asks_again(failure->error)) return;
  const std::string line = std::exchange(tried_, std::nullopt)->line;
  go_on_with({.line = failure == nullptr ? std::string() : line});
}

/// What was tried was refused: asks for other answers, if they may do.
bool Terminal::asks_again(const protocol::Error& error) {
  const bool is_mendable = error.code == Code::login_failed || error.code == Code::password_weak;
  if (!is_mendable || tried_->tries >= most_tries) return false;
  const Inquiry last = *std::exchange(tried_, std::nullopt);
  go_on_with({.ask = Inquiry{.line = last.line,
                             .command = last.command,
                             .account = last.account,
                             .tries = last.tries + 1,
                             .was_sent = true}});
  return true;
}

/// What has been begun may be the next try, and is neither said nor a part of another answer.
void Terminal::go_on_with(Next next) {
  next_ = std::move(next);
  if (!LineEditor::is_answering() && !LineEditor::has_input()) {
    editor_->stop_asking();
    return go_on();
  }
  editor_->ask_instead("the answer is there; Enter goes on, and what you typed is discarded ",
                       [this](const std::optional<Secret>& typed) {
                         if (typed && !typed->empty()) notice("what you typed meanwhile was discarded");
                         go_on();
                       });
}

/// The session is over while a password is asked for or waited for. What is typed next would go to the shell
/// otherwise, which shows it and keeps it.
void Terminal::hold_until_typed() {
  is_held_ = true;
  notice(last_word_);
  editor_->ask_instead("the session is over; Enter ends hubbub, and what you typed is discarded ",
                       [this](const std::optional<Secret>&) { end_typing(); });
  end_when_silent();
}

/// Ends; what was typed ahead is not shown either.
void Terminal::end_typing() {
  io_.stop();
  editor_->ask_hidden("", [this](const std::optional<Secret>&) { end_typing(); });
}

/// Nobody may be there any more.
void Terminal::end_when_silent() {
  constexpr std::chrono::minutes patience{1};
  silence_.expires_after(patience);
  silence_.async_wait([this](const boost::system::error_code& error) {
    if (!error) io_.stop();
  });
}

void Terminal::go_on() {
  Next next = *std::exchange(next_, std::nullopt);
  if (next.ask) return begin(*std::move(next.ask));
  if (!next.line.empty()) give_back(next.line);
}

}  // namespace hubbub::client::terminal
