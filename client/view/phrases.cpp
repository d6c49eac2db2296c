#include "client/view/phrases.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

#include "client/model/room.hpp"
#include "client/view/line.hpp"
#include "protocol/limits.hpp"
#include "protocol/sentences.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::for_terminal;
namespace event = protocol::event;

namespace {

/// Indents further lines of a message, which must not pass for another person's.
constexpr std::string_view next_line = "\n    ";

}  // namespace

std::string_view role_sign(std::string_view role) {
  if (role == "owner") return "~";
  if (role == "moderator") return "@";
  return role == "voice" ? "+" : "";
}

std::string Phrases::people(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " person" : " people");
}

std::string Phrases::mentioning(std::size_t mentions) {
  if (mentions == 0) return {};
  return ", " + std::to_string(mentions) + (mentions == 1 ? " mentions you" : " mention you");
}

std::string Phrases::moves(const Moves& moves) const {
  const bool one = moves.joined.size() + moves.left.size() == 1;
  if (one && moves.left.empty()) return names(moves.joined) + " has joined " + for_terminal(moves.room);
  if (one) {
    const event::Departure& departure = moves.left.front();
    const std::string reason = departure.reason.empty() ? "" : " (" + for_terminal(departure.reason) + ")";
    return name(departure.name) + " has left " + for_terminal(moves.room) + reason;
  }
  std::string text;
  if (!moves.joined.empty()) text = std::to_string(moves.joined.size()) + " joined: " + names(moves.joined);
  if (moves.left.empty()) return text;
  const auto name_of = [this](const event::Departure& departure) { return name(departure.name); };
  return text + (text.empty() ? "" : "; ") + std::to_string(moves.left.size()) +
         " left: " + protocol::listed(moves.left, name_of);
}

std::string Phrases::renamed(const event::Renamed& renamed, bool own) const {
  return (own ? "you are" : name(renamed.old_name) + " is") + " now known as " + name(renamed.new_name);
}

std::string Phrases::topic(const event::Topic& topic) const {
  const std::string room = for_terminal(topic.room);
  if (topic.text.empty()) return name(topic.from) + " has cleared the topic of " + room;
  return name(topic.from) + " has set the topic of " + room + ": " + for_terminal(topic.text);
}

std::string Phrases::topic_of(std::string_view room, std::string_view topic) const {
  const std::string where = for_terminal(room);
  return topic.empty() ? where + " has no topic" : "the topic of " + where + ": " + for_terminal(topic);
}

std::string Phrases::entered(const event::Joined& joined) const {
  const std::string more = joined.count > joined.members.size() ? ", and others" : "";
  return "you are in " + for_terminal(joined.room) + " with " + people(joined.count) + ": " +
         names(joined.members, joined.roles) + more;
}

std::string Phrases::left(std::string_view room) const {
  const std::string_view person = person_of(room);
  return person.empty() ? "you have left " + for_terminal(room)
                        : "the private view of " + name(person) + " is closed";
}

std::string Phrases::members(const event::Members& members) const {
  const std::string where = members.room.empty() ? "on this server" : "in " + for_terminal(members.room);
  const std::string more = members.more ? ", and others" : "";
  return people(members.count) + ' ' + where + ": " + names(members.names, members.roles) + more;
}

std::string Phrases::missed(const Missed& missed) const {
  std::string text;
  for (const Missed::Of& of : missed.rooms) {
    text +=
        (text.empty() ? "" : "; ") + for_terminal(of.room) + ": " + std::to_string(of.messages) + " missed";
    text += mentioning(of.mentions);
  }
  return text;
}

std::string Phrases::mail(const Mail& mail) const {
  std::string text;
  for (const Mail::From& from : mail.from) {
    text += text.empty() ? protocol::counted(from.messages, "unread message")
                         : ", " + std::to_string(from.messages);
    text += " from " + name(from.person);
  }
  return text;
}

std::string Phrases::conversation(const event::Conversation& conversation) const {
  const bool is_all = conversation.unread < protocol::most_counted;
  const std::string unread = (is_all ? "" : "at least ") + std::to_string(conversation.unread) + " unread";
  return (conversation.erased ? "an erased account, " : "") + name(conversation.with) +
         (conversation.unread == 0 ? "" : ": " + unread);
}

std::string Phrases::error(const protocol::Error& error) const {
  return for_terminal(error.text.empty() ? to_string(error.code) : error.text);
}

std::string Phrases::name(std::string_view shown) const { return palette_.name(for_terminal(shown)); }

std::string Phrases::names(const std::vector<std::string>& shown) const {
  return protocol::listed(shown, [this](const std::string& one) { return name(one); });
}

std::string Phrases::names(const std::vector<std::string>& shown,
                           const std::vector<event::RoleHeld>& roles) const {
  return protocol::listed(shown, [&](const std::string& one) {
    const auto held = std::ranges::find(roles, one, &event::RoleHeld::name);
    return (held == roles.end() ? std::string() : std::string(role_sign(held->role))) + name(one);
  });
}

std::string plain_line(const protocol::Message& message, std::string_view me, bool several_rooms) {
  const bool is_deleted = message.is_deleted();
  const std::string text = (is_deleted ? "(deleted)" : for_terminal(message.text, next_line)) + '\n';
  if (message.room.empty()) {
    const auto side = [&](const std::string& who) { return who == me ? "you" : for_terminal(who); };
    return '[' + side(message.from) + " -> " + side(message.to) + "] " + text;
  }
  const std::string room = several_rooms ? '[' + for_terminal(message.room) + "] " : "";
  if (message.is_action()) return room + "* " + for_terminal(message.from) + ' ' + text;
  return room + for_terminal(message.from) + ": " + text;
}

std::string log_line(const protocol::Message& message) {
  const std::string who = for_terminal(message.from);
  const std::string head =
      moment(message.time) + (message.is_action() ? " * " + who + ' ' : ' ' + who + ": ");
  return head + (message.is_deleted() ? "(deleted)" : for_terminal(message.text, "\\n")) + '\n';
}

namespace {

/// For files and pipes: one line, without colours.
class PlainWording final : public protocol::Wording {
 public:
  std::string name(std::string_view person) const override { return for_terminal(person); }
  std::string text(std::string_view written) const override { return for_terminal(written); }
  std::string at_length(std::string_view written) const override { return for_terminal(written, "\\n"); }
  std::string moment(protocol::Timestamp time) const override { return client::moment(time); }
  std::string time_of_day(protocol::Timestamp time) const override {
    return client::time_of_day(time, false);
  }
};

}  // namespace

std::string log_line(const event::Changed& change, protocol::Timestamp now) {
  const PlainWording wording;
  const protocol::Sentences sentences(wording);
  const auto* edited = std::get_if<event::Edited>(&change);
  const auto lines = std::visit([&](const auto& one) { return sentences(one); }, change);
  return moment(edited != nullptr ? edited->time : now) + " - " + protocol::listed(lines) + '\n';
}

std::string plain_words(const protocol::Event& event, std::string_view me) {
  const PlainWording wording;
  const protocol::Sentences sentences(wording, me);
  return std::visit(
      [&]<class Body>(const Body& body) {
        if constexpr (requires { sentences(body); }) {
          return protocol::listed(sentences(body));
        } else {
          return std::string();
        }
      },
      event.body);
}

std::string plain_line(const event::Changed& change, bool several_rooms) {
  const PlainWording wording;
  protocol::Sentences sentences(wording);
  if (several_rooms) sentences.name_rooms();
  const auto lines = std::visit([&](const auto& one) { return sentences(one); }, change);
  return "- " + protocol::listed(lines) + '\n';
}

}  // namespace hubbub::client
