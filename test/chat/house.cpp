#include "test/chat/house.hpp"

#include <algorithm>
#include <stdexcept>

#include "protocol/line_splitter.hpp"

namespace hubbub::chat {
namespace {

namespace event = protocol::event;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += ' ' + word;
  return text;
}

/// One overload for each event that these tests look at.
struct Brief {
  std::string operator()(const protocol::MessagePtr& message) const {
    const auto where = message->to.empty() ? message->room : "to " + message->to;
    return "message " + where + ' ' + message->from + ": " + message->text +
           (message->id.empty() ? "" : " #" + message->id);
  }
  std::string operator()(const event::Presence& presence) const {
    std::string text = "presence " + presence.room + ' ' + std::to_string(presence.count);
    for (const auto& name : presence.joined) text += " +" + name;
    for (const auto& gone : presence.left) text += " -" + gone.name + '(' + gone.reason + ')';
    return text;
  }
  std::string operator()(const event::Welcome& welcome) const { return "welcome " + welcome.name; }
  std::string operator()(const event::Joined& place) const {
    std::string text = "joined " + place.room + joined(place.members);
    for (const auto& message : place.history) text += " <" + message->text + '>';
    return text + (place.complete ? "" : " incomplete");
  }
  std::string operator()(const event::History& history) const {
    std::string text = "history";
    for (const auto& message : history.messages) text += " <" + message->text + '>';
    return text + (history.complete ? "" : " incomplete");
  }
  std::string operator()(const event::Left& left) const { return "left " + left.room; }
  std::string operator()(const event::Renamed& renamed) const {
    return "renamed " + renamed.old_name + ' ' + renamed.new_name;
  }
  std::string operator()(const event::Topic& topic) const {
    return "topic " + topic.room + ' ' + topic.from + ": " + topic.text;
  }
  std::string operator()(const event::Members& members) const {
    return "members " + std::to_string(members.count) + joined(members.names) + (members.more ? " more" : "");
  }
  std::string operator()(const event::Rooms& rooms) const {
    std::string text = "rooms";
    for (const auto& room : rooms.rooms) text += ' ' + room.room + '=' + std::to_string(room.count);
    return text + (rooms.more ? " more" : "");
  }
  std::string operator()(const event::Registered& registered) const {
    return "registered " + registered.name;
  }
  std::string operator()(const event::LoggedIn& logged_in) const { return "logged_in " + logged_in.account; }
  std::string operator()(const event::LoggedOut& logged_out) const { return "logged_out " + logged_out.name; }
  std::string operator()(const event::Done& /*done*/) const { return "done"; }
  std::string operator()(const event::Devices& devices) const {
    std::string text = "devices";
    for (const auto& device : devices.devices) text += " " + device.label + (device.here ? "*" : "");
    return text;
  }
  std::string operator()(const event::Export& page) const {
    std::string text = "export";
    for (const auto& message : page.messages) text += " <" + message->text + '>';
    return text + (page.next.empty() ? "" : " more");
  }
  std::string operator()(const event::ForOperators auto& /*told*/) const { return "for operators"; }
  std::string operator()(const event::NameClaimed& claimed) const { return "name_claimed " + claimed.name; }
  std::string operator()(const event::Conversations& page) const {
    std::string text = "conversations";
    for (const auto& each : page.conversations)
      text += ' ' + each.with + (each.unread == 0 ? "" : "=" + std::to_string(each.unread));
    return text + (page.more ? " more" : "");
  }
  std::string operator()(const event::Read& read) const {
    return "read " + (read.with.empty() ? read.room : "with " + read.with);
  }
  std::string operator()(const event::Typing& typing) const {
    return "typing " + (typing.to.empty() ? typing.room : "to " + typing.to) + ' ' + typing.from + ' ' +
           typing.state;
  }
  std::string operator()(const event::Ping& /*ping*/) const { return "ping"; }
  std::string operator()(const event::Pong& /*pong*/) const { return "pong"; }
  std::string operator()(const event::Failure& failure) const {
    return "error " + std::string(to_string(failure.error.code)) +
           (failure.id.empty() ? "" : " #" + failure.id);
  }
  std::string operator()(const event::Bye& bye) const {
    return "bye " + std::string(to_string(bye.error.code));
  }
};

}  // namespace

std::vector<protocol::Event> read_events(const std::string& text) {
  std::vector<protocol::Event> events;
  protocol::LineSplitter lines(text, 0);
  while (const auto line = lines.next()) events.push_back(protocol::decode_event(*line).value());
  return events;
}

/// No event may claim what has not been delivered before it, or in it.
void Peer::check_claims(const protocol::Event& event) {
  if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) {
    if ((*message)->room.empty()) return;
    auto& newest = newest_[(*message)->room];
    newest = std::max(newest, (*message)->seq);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    newest_.erase(left->room);
  } else if (const auto* place = std::get_if<event::Joined>(&event.body)) {
    const bool is_new = !newest_.contains(place->room);
    auto& newest = newest_[place->room];
    if (!place->history.empty()) newest = place->history.back()->seq;
    const bool is_all = place->last == newest || !place->complete || (is_new && place->history.empty());
    if (!is_all) throw std::logic_error("joined tells of more than has been delivered");
    newest = place->last;
  }
}

std::vector<std::string> Peer::heard() {
  std::vector<std::string> lines;
  for (; heard_ < events.size(); ++heard_) {
    const auto& event = events[heard_];
    check_claims(event);
    lines.push_back(std::visit(Brief{}, event.body) + (event.ref.empty() ? "" : " ref=" + event.ref));
  }
  return lines;
}

std::unique_ptr<Peer> House::enter(const std::string& name, const std::string& room) {
  auto person = connect();
  person->ask(
      protocol::request::Hello{.version = 1, .name = name, .password = {}, .token = {}, .client = {}});
  person->join(room);
  hub.end_turn();
  person->heard();
  return person;
}

}  // namespace hubbub::chat
