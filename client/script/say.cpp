#include "client/script/say.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include "client/script/output.hpp"
#include "client/script/spare_name.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
namespace event = protocol::event;

namespace {

std::string messages(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " message" : " messages");
}

}  // namespace

Say::Say(const Options& options) : Feeding(options), signals_(io(), SIGINT, SIGTERM), text_(options.say) {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    complain("interrupted; " + how_far());
    die_of(signal);
  });
}

void Say::prepare(Settings& settings) {
  settings.profile.replay = 0;
  if (options().name_typed) return;
  go_by(settings.profile.name.empty() ? user_name() : settings.profile.name, settings);
}

void Say::on_name_refused(const protocol::Error& error) {
  // Under another name the server would not know again what it has had already.
  if (!ready()) return Feeding::on_name_refused(error);
  on_closed(Ending::closed, error.text);
}

void Say::on_closed(Ending ending, std::string_view sentence) {
  if (ending == Ending::closed && queued_ > 0) {
    fail(std::string(sentence) + "; " + how_far());
    stop();
  } else {
    Feeding::on_closed(ending, sentence);
  }
}

void Say::on_event(const protocol::Event& event, std::string_view, Arrival) {
  if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
    refused(event, failure->error);
  } else if (std::holds_alternative<event::Left>(event.body)) {
    stop();  // why was told by the refusal before it
  }
}

void Say::refused(const protocol::Event& event, const protocol::Error& error) {
  if (!ready()) {
    fail(error);
    return stop();
  }
  ++refused_;
  const std::string where = from_lines() && !event.ref.empty() ? "line " + event.ref + ": " : "";
  fail(where + error.text);
}

bool Say::take(const std::string& line) {
  if (line.empty()) return true;
  const protocol::request::Say say{options().rooms.front(), line, {}, false};
  if (!connection().send(protocol::Request{say, std::to_string(line_)})) return false;
  ++queued_;
  return true;
}

asio::awaitable<std::optional<std::string>> Say::next_line() {
  ++line_;
  if (from_lines()) co_return co_await input().next();
  if (std::exchange(taken_, true)) co_return std::nullopt;
  if (text_) co_return std::exchange(text_, std::nullopt);
  co_return co_await whole_input();
}

/// Without the line feeds at its end, as $(…) of the shell has it.
asio::awaitable<std::optional<std::string>> Say::whole_input() {
  std::string text;
  while (const auto line = co_await input().next()) {
    text += *line;
    text += '\n';
    if (text.size() <= Input::most_line_bytes) continue;
    fail("the input is too long for one message");
    stop();
    co_return std::nullopt;
  }
  text.erase(text.find_last_not_of('\n') + 1);
  co_return text;
}

std::string Say::how_far() {
  const std::size_t said = queued_ - std::min(queued_, connection().outstanding() + refused_);
  const std::size_t sent = connection().perhaps_done();
  const std::string perhaps = sent > 0 ? ", and perhaps up to " + std::to_string(sent) + " more" : "";
  return messages(said) + (said == 1 ? " was said" : " were said") + perhaps;
}

}  // namespace hubbub::client
