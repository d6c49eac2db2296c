#include "client/script/pipe.hpp"

#include <utility>

namespace hubbub::client {

namespace event = protocol::event;

Pipe::Pipe(const Options& options)
    : Feeding(options), wording_(Palette(Palette::Depth::none)), several_rooms_(options.rooms.size() > 1) {}

void Pipe::on_event(const protocol::Event& event, std::string_view, Arrival) {
  if (!ready()) warn_of_new_room(event);
  if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) {
    show(**message);
  } else if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
    if (room_.empty()) room_ = joined->room;
    for (const auto& missed : joined->history) show(*missed);
  } else if (const auto* history = std::get_if<event::History>(&event.body)) {
    for (const auto& missed : history->messages) show(*missed);
  } else if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
    refused(failure->error);
  }
}

void Pipe::show(const protocol::Message& message) {
  print(wording_.message(message, {connection().name(), several_rooms_}));
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

Saying::Saying(const Options& options) : Pipe(options), text_(options.say) {}

boost::asio::awaitable<std::optional<std::string>> Saying::next_line() {
  co_return std::exchange(text_, std::nullopt);
}

}  // namespace hubbub::client
