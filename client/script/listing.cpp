#include "client/script/script.hpp"

#include <algorithm>

#include "protocol/json.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::for_terminal;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// A room's object from the protocol's `rooms`, as a line of its own.
std::string json(const event::RoomInfo& room) {
  std::string line;
  protocol::JsonWriter json(line, "room");
  json.field("room", room.room);
  json.field("topic", room.topic);
  json.field("count", std::uint64_t{room.count});
  json.end_line();
  return line;
}

std::string columns(const event::RoomInfo& room) {
  std::string topic = for_terminal(room.topic);
  std::replace(topic.begin(), topic.end(), '\t', ' ');
  return for_terminal(room.room) + '\t' + std::to_string(room.count) + '\t' + topic + '\n';
}

/// Lists people or rooms, page by page, without joining any room. The client's own name is left out of the
/// list.
class Listing : public Script {
 public:
  explicit Listing(const Options& options) : Script(options) {}

  void on_event(const protocol::Event& event, std::string_view, Arrival) override {
    if (token_is_refused(event, true)) return;
    if (const auto* members = std::get_if<event::Members>(&event.body)) {
      take(*members);
    } else if (const auto* rooms = std::get_if<event::Rooms>(&event.body)) {
      take(*rooms);
    } else if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
      fail(failure->error.text);
      stop();
    }
  }

  void on_ready() override {
    if (ready()) return;
    Script::on_ready();
    ask(std::nullopt);
  }

 protected:
  void prepare(Settings& settings) override {
    settings.profile.rooms.clear();
    settings.profile.outside = true;
    go_by({}, settings);  // without a name, the client takes no other person's name
  }

 private:
  void ask(std::optional<std::string> after) {
    const auto& rooms = options().rooms;
    if (options().mode == Mode::rooms) {
      connection().send(request::Rooms{std::move(after)});
    } else {
      connection().send(
          request::Who{rooms.empty() ? std::nullopt : std::optional(rooms.front()), std::move(after)});
    }
  }

  void take(const event::Members& page) {
    members_.room = page.room;
    members_.count = page.count;
    members_.names.insert(members_.names.end(), page.names.begin(), page.names.end());
    members_.roles.insert(members_.roles.end(), page.roles.begin(), page.roles.end());
    if (page.more && !page.names.empty()) return ask(page.names.back());
    show_members();
    connection().quit();
  }

  void take(const event::Rooms& page) {
    std::string lines;
    for (const event::RoomInfo& room : page.rooms) lines += options().json ? json(room) : columns(room);
    print(lines);
    if (page.more && !page.rooms.empty()) return ask(page.rooms.back().room);
    connection().quit();
  }

  void show_members() {
    if (std::erase(members_.names, connection().name()) > 0 && members_.count > 0) --members_.count;
    std::string lines;
    if (options().json) {
      protocol::encode(protocol::Event{members_, {}}, lines);
    } else {
      for (const std::string& name : members_.names) lines += for_terminal(name) + '\n';
    }
    print(lines);
  }

  event::Members members_;  ///< the members on all pages so far
};

}  // namespace

int run_listing(const Options& options) { return Listing(options).run(); }

}  // namespace hubbub::client
