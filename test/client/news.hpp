#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/model/model.hpp"

/// Events made by hand, and what a model makes of them, for tests.
namespace hubbub::test {

using Strings = std::vector<std::string>;

/// What Model::take is told of an event: that it was received as it happened, or later.
inline constexpr bool live = false;
inline constexpr bool missed = true;

/// "2026-11-21T09:30:00Z"
inline protocol::Timestamp at(std::string_view text) { return *protocol::timestamp_from(text); }

inline const protocol::Timestamp noon = at("2026-11-21T12:00:00Z");

inline protocol::MessagePtr message(std::string room, std::string from, std::string text,
                                    std::uint64_t seq = 0, protocol::Timestamp time = noon) {
  protocol::Message made;
  made.room = std::move(room);
  made.from = std::move(from);
  made.text = std::move(text);
  made.seq = seq;
  made.time = time;
  return std::make_shared<const protocol::Message>(std::move(made));
}

inline protocol::MessagePtr whisper(std::string from, std::string to, std::string text) {
  protocol::Message made;
  made.from = std::move(from);
  made.to = std::move(to);
  made.text = std::move(text);
  made.time = noon;
  return std::make_shared<const protocol::Message>(std::move(made));
}

inline protocol::Event event_of(protocol::event::Any body) { return {std::move(body), {}}; }

inline protocol::Event welcome(std::string name) {
  protocol::event::Welcome body;
  body.server = "hubbub";
  body.name = std::move(name);
  return event_of(std::move(body));
}

inline protocol::Event joined(std::string room, Strings members,
                              std::vector<protocol::MessagePtr> history = {}) {
  protocol::event::Joined body;
  body.room = std::move(room);
  body.count = members.size();
  body.members = std::move(members);
  body.history = std::move(history);
  return event_of(std::move(body));
}

/// An item in a few words: "alice: hi", "heading dev", "unread 3 @1", so that a test can compare a list.
inline std::string gist(const client::Item& item) {
  struct {
    std::string operator()(const client::Said& said) const {
      const std::string to = said.is_private() ? " to " + said.message->to : "";
      return (said.mentions.empty() ? "" : "@") + said.message->from + to + ": " + said.message->text;
    }
    std::string operator()(const client::Hit& hit) const { return "hit " + (*this)(hit.said); }
    std::string operator()(const client::Moves& moves) const {
      std::string text;
      for (const std::string& name : moves.joined) text += " +" + name;
      for (const auto& departure : moves.left) text += " -" + departure.name;
      return "moves" + text;
    }
    std::string operator()(const client::Fact& fact) const {
      return "fact " + std::to_string(fact.event.body.index());
    }
    std::string operator()(const client::RoomList& list) const {
      std::string text = "rooms";
      for (const client::RoomRow& row : list.rooms)
        text += " " + std::to_string(row.number) + row.name + "+" + std::to_string(row.unread);
      return text;
    }
    std::string operator()(const client::Heading& heading) const { return "heading " + heading.room; }
    std::string operator()(const client::TopicIs& topic) const { return "topic " + topic.topic; }
    std::string operator()(const client::Past& past) const { return past.over ? "past over" : "past"; }
    std::string operator()(const client::UnreadLine& line) const {
      return "unread " + std::to_string(line.unread) + " @" + std::to_string(line.mentions) +
             (line.not_held > 0 ? " not held " + std::to_string(line.not_held) : "");
    }
    std::string operator()(const client::Missed& left_out) const {
      std::string text = "missed";
      for (const auto& of : left_out.rooms)
        text += " " + of.room + " " + std::to_string(of.messages) + " @" + std::to_string(of.mentions);
      return text;
    }
    std::string operator()(const client::Mail& mail) const {
      std::string text = "mail";
      for (const auto& from : mail.from) text += " " + from.person + " " + std::to_string(from.messages);
      return text;
    }
    std::string operator()(const client::Notice& notice) const { return "notice " + notice.text; }
  } gist;
  return std::visit(gist, item.what);
}

inline Strings gist(const std::vector<client::Item>& items) {
  Strings all;
  for (const client::Item& item : items) all.push_back(gist(item));
  return all;
}
inline Strings gist(const client::News& news) { return gist(news.items); }

}  // namespace hubbub::test
