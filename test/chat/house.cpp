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
  std::string operator()(const event::Invite& invite) const { return "invite " + invite.invitation.room; }
  std::string operator()(const event::Invites& list) const {
    return "invites " + std::to_string(list.invites.size());
  }
  std::string operator()(const event::Room& room) const {
    return "room " + room.room + (room.owner.empty() ? "" : " of " + room.owner);
  }
  std::string operator()(const event::Role& role) const {
    return "role " + role.room + ' ' + role.name + ' ' + role.role;
  }
  std::string operator()(const event::Closed& closed) const { return "closed " + closed.room; }
  std::string operator()(const event::Kicked& kicked) const {
    return "kicked " + kicked.room + ' ' + kicked.name + " by " + kicked.by;
  }
  std::string operator()(const event::Banned& banned) const {
    return "banned " + banned.ban.room + ' ' + banned.ban.action + ' ' + banned.ban.mask +
           joined(banned.matches);
  }
  std::string operator()(const event::Unbanned& unbanned) const {
    return "unbanned " + unbanned.room + ' ' + unbanned.mask;
  }
  std::string operator()(const event::Bans& page) const {
    std::string text = "bans";
    for (const auto& ban : page.bans) text += ' ' + ban.action + ' ' + ban.mask;
    return text;
  }
  std::string operator()(const event::Invited& invited) const {
    return "invited " + invited.room + ' ' + invited.name;
  }
  std::string operator()(const event::Redeemed& redeemed) const { return "redeemed " + redeemed.room; }
  std::string operator()(const event::Edited& edited) const {
    return "edited " + (edited.with.empty() ? edited.room : "with " + edited.with) + ": " + edited.text;
  }
  std::string operator()(const event::Deleted& deleted) const {
    return "deleted " + (deleted.with.empty() ? deleted.room : "with " + deleted.with) + ' ' +
           std::to_string(deleted.seqs.size());
  }
  std::string operator()(const event::Reported& /*reported*/) const { return "reported"; }
  std::string operator()(const event::Report& report) const {
    return "report " + report.report.room + ' ' + report.report.of + ": " + report.report.text;
  }
  std::string operator()(const event::Reports& page) const {
    return "reports " + std::to_string(page.reports.size());
  }
  std::string operator()(const event::Audit& page) const {
    std::string text = "audit";
    for (const auto& entry : page.entries) text += ' ' + entry.action;
    return text;
  }
  std::string operator()(const event::Announcement& announcement) const {
    return "announcement " + announcement.text;
  }
  std::string operator()(const event::Lockdown& lockdown) const {
    return "lockdown " + std::to_string(lockdown.level);
  }
  std::string operator()(const event::Webhook& webhook) const { return "webhook " + webhook.webhook.name; }
  std::string operator()(const event::Webhooks& list) const {
    return "webhooks " + std::to_string(list.webhooks.size());
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
    if ((*message)->change) changed_.insert((*message)->room);
  } else if (const auto* edited = std::get_if<event::Edited>(&event.body)) {
    if (!edited->room.empty()) newest_[edited->room] = std::max(newest_[edited->room], edited->change);
  } else if (const auto* deleted = std::get_if<event::Deleted>(&event.body)) {
    if (!deleted->room.empty()) newest_[deleted->room] = std::max(newest_[deleted->room], deleted->change);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    newest_.erase(left->room);
  } else if (const auto* place = std::get_if<event::Joined>(&event.body)) {
    const bool is_new = !newest_.contains(place->room);
    auto& newest = newest_[place->room];
    if (!place->history.empty()) newest = place->history.back()->seq;
    for (const auto& change : place->changes)
      newest = std::max(newest, std::visit([](const auto& one) { return one.change; }, change));
    bool has_changes = changed_.erase(place->room) > 0;
    for (const auto& each : place->history) has_changes = has_changes || each->change;
    // The number of the last change of a message is not told with the message.
    const bool is_all = place->last == newest || !place->complete || (is_new && place->history.empty()) ||
                        (has_changes && place->last > newest);
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
