#include "client/script/feeding.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <string>
#include <utility>

#include "client/view/phrases.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
namespace event = protocol::event;

Feeding::Feeding(const Options& options) : Script(options), input_(io().get_executor()), room_(io()) {}

void Feeding::on_ready() {
  if (ready()) return;
  Script::on_ready();
  tell_name();
  asio::co_spawn(
      io(), [this] { return take_all(); },
      [](const std::exception_ptr& mistake) {
        if (mistake) std::rethrow_exception(mistake);
      });
}

/// Where it is another one than was to be expected.
void Feeding::tell_name() {
  const std::string& name = connection().name();
  if (options().name_typed || name == wanted_name()) return;
  if (wanted_name().empty()) {
    tell("no name was given, and that of the user cannot be one here; going by " + name +
         " (NAME@HOST gives one)");
  } else {
    tell("the name " + wanted_name() + " is taken; going by " + name);
  }
}

asio::awaitable<void> Feeding::take_all() {
  while (auto line = co_await next_line()) {
    while (!take(*line)) {
      room_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
      if (stopped()) co_return;
    }
  }
  if (stopped()) co_return;
  if (input_.error() != 0)
    fail(std::string("cannot read what is to be said: ") + std::strerror(input_.error()));
  ended_ = true;
  quit_when_done();
}

void Feeding::on_name_refused(const protocol::Error& error) {
  // Under another name the server would not know again what it has had already.
  if (!ready()) return Script::on_name_refused(error);
  on_closed(Ending::closed, error.text);
}

void Feeding::on_answered() {
  if (!connection().full()) room_.cancel();
  quit_when_done();
}

void Feeding::quit_when_done() {
  if (ended_ && connection().outstanding() == 0) connection().quit();
}

void Pipe::on_event(const protocol::Event& event, std::string_view, Arrival) {
  if (!ready()) warn_of_new_room(event);
  if (const auto* joined = std::get_if<event::Joined>(&event.body); joined && room_.empty())
    room_ = joined->room;
  for (const auto& message : messages_of(event)) {
    if (!options().say) print(plain_line(*message, connection().name(), options().rooms.size() > 1));
  }
  if (const auto* failure = std::get_if<event::Failure>(&event.body)) refused(failure->error);
}

void Pipe::refused(const protocol::Error& error) {
  fail(error.text);
  // Without its room it would speak in another one.
  if (!ready()) stop();
}

bool Pipe::take(const std::string& line) {
  if (line.empty()) return true;
  return connection().send(protocol::request::Say{room_, line, {}, false});
}

asio::awaitable<std::optional<std::string>> Pipe::next_line() {
  if (!options().say) co_return co_await input().next();
  co_return std::exchange(text_, std::nullopt);
}

}  // namespace hubbub::client
