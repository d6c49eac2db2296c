#include "client/view/transcript.hpp"

#include "client/view/local_time.hpp"

namespace hubbub::client {

using protocol::MessagePtr;
using protocol::Timestamp;
namespace event = protocol::event;

std::string Transcript::of(const protocol::Event& event, const Scene& scene, Timestamp now) const {
  struct {
    const Transcript& self;
    const Scene& scene;
    Timestamp now;

    std::string operator()(const event::Welcome& welcome) const { return at_once(self.welcome(welcome)); }
    std::string operator()(const event::Joined& joined) const {
      return self.messages(joined.history, scene, now) + at_once(self.wording_.entered(joined));
    }
    std::string operator()(const event::Left& left) const { return at_once(self.wording_.left(left.room)); }
    std::string operator()(const MessagePtr& message) const { return self.messages({message}, scene, now); }
    std::string operator()(const event::Presence& presence) const {
      return at_once(self.wording_.presence(presence, scene));
    }
    std::string operator()(const event::Renamed& renamed) const {
      return at_once(self.wording_.renamed(renamed, scene));
    }
    std::string operator()(const event::Topic& topic) const {
      return self.stamped_at(self.wording_.topic(topic), topic.time, now);
    }
    std::string operator()(const event::Members& members) const {
      return at_once(self.wording_.members(members));
    }
    std::string operator()(const event::Rooms& rooms) const { return at_once(self.wording_.rooms(rooms)); }
    std::string operator()(const event::History& history) const {
      return self.messages(history.messages, scene, now);
    }
    std::string operator()(const event::Failure& failure) const { return self.error(failure.error, now); }
    // The client answers for itself, or tells it when the link has closed.
    std::string operator()(const event::Ping&) const { return {}; }
    std::string operator()(const event::Pong&) const { return {}; }
    std::string operator()(const event::Bye&) const { return {}; }

    std::string at_once(const std::string& lines) const { return self.stamped_at(lines, now, now); }
  } telling{*this, scene, now};
  return std::visit(telling, event.body);
}

std::string Transcript::found(const event::History& history, const Scene& scene, Timestamp now) const {
  if (history.messages.empty()) return stamped_at(wording_.found_nothing(history.room), now, now);
  const std::string more = history.complete ? "" : wording_.found_more();
  // The first line names the room.
  return stamped_at(wording_.found(history.room), now, now) +
         messages(history.messages, {scene.me, false}, now) + stamped_at(more, now, now);
}

std::string Transcript::notice(std::string_view text, Timestamp now) const {
  return stamped_at(wording_.notice(text), now, now);
}

std::string Transcript::error(const protocol::Error& error, Timestamp now) const {
  return stamped_at(wording_.error(error), now, now);
}

std::string Transcript::topic(std::string_view room, std::string_view topic, Timestamp now) const {
  return stamped_at(wording_.topic_of(room, topic), now, now);
}

std::string Transcript::messages(const std::vector<MessagePtr>& messages, const Scene& scene,
                                 Timestamp now) const {
  std::string lines;
  for (const MessagePtr& message : messages) {
    lines += stamped_at(wording_.message(*message, scene), message->time, now);
  }
  return lines;
}

std::string Transcript::stamped_at(std::string_view lines, Timestamp time, Timestamp now) const {
  return lines.empty() ? std::string() : stamped(lines, palette_.faint(local_time(time, now)));
}

std::string Transcript::welcome(const event::Welcome& welcome) const {
  std::string text = wording_.notice("you are " + welcome.name + " on " + welcome.server);
  if (!welcome.motd.empty()) text += wording_.notice(welcome.motd);
  return text +
         wording_.notice("/help shows the commands; Ctrl-D leaves, and so does Ctrl-C on an empty line");
}

}  // namespace hubbub::client
