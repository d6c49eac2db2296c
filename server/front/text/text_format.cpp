#include "server/front/text/text_format.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "protocol/limits.hpp"
#include "protocol/listed.hpp"
#include "protocol/sentences.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "protocol/timestamp.hpp"
#include "protocol/typed.hpp"

/// What can begin a line here: "* " and "! " begin the server's own lines only. All that people write stands
/// behind their name, the name of a room, a bracket, a time, "~ " or four blanks; and what could end a line
/// or reorder it is taken out. "(edited) " and "(deleted) " before the name of its author mark a message that
/// was changed: no message begins so, as no name has a bracket. Error codes are for programs: people are
/// shown sentences.
namespace hubbub::front {
namespace {

using protocol::Message;
namespace event = protocol::event;

// Further lines of a message are indented, so that they cannot pass for another person's.
constexpr std::string_view next_line = "\n    ";

std::string shown(std::string_view text, std::string_view newline = " ") {
  return protocol::for_terminal(text, newline);
}

/// "alice (owner), bob, carol"
std::string listed(const std::vector<std::string>& names, const std::vector<event::RoleHeld>& roles) {
  return protocol::listed(names, [&roles](const std::string& name) {
    const auto held = std::ranges::find(roles, name, &event::RoleHeld::name);
    return shown(name) + (held == roles.end() ? "" : " (" + shown(held->role) + ')');
  });
}

void say(const Message& message, const Reader& reader, std::string& out) {
  const auto from = shown(message.from);
  const auto text = message.is_deleted() ? std::string() : shown(message.text, next_line);
  const std::string_view mark = !message.change ? "" : message.is_deleted() ? "(deleted) " : "(edited) ";
  if (!message.to.empty()) {
    // What is kept is between accounts, whatever names they bore; the rest is for its sender and its
    // recipient.
    const bool is_kept = message.seq != 0;
    const bool is_mine =
        is_kept ? !reader.account.empty() && message.account == reader.account : message.from == reader.self;
    const bool is_to_me = is_kept ? message.to == reader.account : !is_mine;
    out.append(mark) +=
        '[' + (is_mine ? "you" : from) + " -> " + (is_to_me ? "you" : shown(message.to)) + ']';
    if (!message.is_deleted()) out += ' ' + text;
  } else {
    if (reader.in_several_rooms) out += '[' + shown(message.room) + "] ";
    out += mark;
    if (message.is_deleted()) {
      out += from;
    } else {
      out += message.is_action() ? "~ " + from + ' ' + text : from + ": " + text;
    }
  }
  out += '\n';
}

/// "2026-11-21" and "09:30", of RFC 3339's 2026-11-21T09:30:00.125Z.
struct DateAndTime {
  explicit DateAndTime(protocol::Timestamp when) {
    constexpr std::size_t length = 10;
    constexpr std::size_t minutes = 5;
    const auto text = protocol::to_string(when);
    date = text.substr(0, length);
    time = text.substr(length + 1, minutes);
  }
  std::string date;
  std::string time;
};

class TextWording final : public protocol::Wording {
 public:
  std::string name(std::string_view person) const override { return shown(person); }
  std::string text(std::string_view written) const override { return shown(written); }
  std::string at_length(std::string_view written) const override { return shown(written, next_line); }
  std::string moment(protocol::Timestamp time) const override {
    const DateAndTime when(time);
    return when.date + ' ' + when.time + " UTC";
  }
  std::string time_of_day(protocol::Timestamp time) const override { return DateAndTime(time).time + " UTC"; }
};

/// Who said what was said last and when, by its number, so that it can be told what a change is about: of the
/// text nothing is kept. As many as a room's people may still have on their screens.
class LatelySaid {
 public:
  static constexpr std::size_t most = 1000;

  void note(const Message& message) {
    if (message.seq == 0) return;
    auto& place = said_.at(next_);
    next_ = (next_ + 1) % most;
    place = {message.seq, {message.from, message.time}};
  }

  std::optional<protocol::Meant> find(std::uint64_t seq) const {
    const auto* const found = std::ranges::find(said_, seq, &Said::seq);
    return seq == 0 || found == said_.end() ? std::nullopt : std::optional(found->meant);
  }

 private:
  struct Said {
    std::uint64_t seq = 0;
    protocol::Meant meant;
  };
  std::array<Said, most> said_{};
  std::size_t next_ = 0;
};

/// One overload for each event.
class Writer {
 public:
  Writer(const Reader& reader, const LatelySaid& said, std::string& out)
      : reader_(reader), said_(said), out_(out), sentences_(wording_, reader.self) {
    if (reader.in_several_rooms) sentences_.name_rooms();
    sentences_.number_from(reader.listed);
  }

  void operator()(const event::Welcome& welcome) {
    if (!welcome.motd.empty()) line(shown(welcome.motd, "\n* "));
    const DateAndTime now(reader_.now);
    line("you are " + shown(welcome.name) + " on " + shown(welcome.server) + ", from " +
         shown(reader_.address) + "; it is " + now.date + ' ' + now.time + " UTC");
    line("/name NEW changes your name, /help lists the commands");
  }

  void operator()(const event::Joined& joined) {
    const auto others = joined.count > joined.members.size() ? ", and others" : "";
    line("you are in " + shown(joined.room) + " (" + std::to_string(joined.count) +
         "): " + listed(joined.members, joined.roles) + others);
    if (!joined.topic.empty()) line("topic: " + shown(joined.topic));
    if (const auto rules = sentences_.rules(joined.rules, false); !rules.empty()) line("rules: " + rules);
    if (const auto role = sentences_.role_in(joined.role, joined.room); !role.empty())
      line("you are " + role);
    if (joined.muted) line(sentences_.mute(*joined.muted));
    replay("earlier", joined.history);
    tell_changes(joined.changes);
  }

  void operator()(const event::Left& left) { line("you have left " + shown(left.room)); }

  void operator()(const protocol::MessagePtr& message) { say(*message, reader_, out_); }

  void operator()(const event::Presence& presence) {
    for (const auto& name : presence.joined) line(shown(name) + " has joined " + shown(presence.room));
    for (const auto& gone : presence.left) {
      line(shown(gone.name) + " has left " + shown(presence.room) + " (" + shown(gone.reason) + ')');
    }
    if (presence.joined.empty() && presence.left.empty()) {
      line(std::to_string(presence.count) + " are in " + shown(presence.room));
    }
  }

  void operator()(const event::Renamed& renamed) {
    const bool is_mine = !reader_.self.empty() && renamed.new_name == reader_.self;
    line((is_mine ? "you are" : shown(renamed.old_name) + " is") + " now known as " +
         shown(renamed.new_name));
  }

  void operator()(const event::Topic& topic) {
    const auto room = shown(topic.room);
    line(shown(topic.from) + (topic.text.empty()
                                  ? " has cleared the topic of " + room
                                  : " has set the topic of " + room + ": " + shown(topic.text)));
  }

  void operator()(const event::Members& members) {
    const auto where = members.room.empty() ? "on the server" : "in " + shown(members.room);
    line(where + " (" + std::to_string(members.count) + "): " + listed(members.names, members.roles) +
         (members.more ? ", and others" : ""));
  }

  void operator()(const event::Rooms& rooms) {
    for (const auto& room : rooms.rooms) {
      line(shown(room.room) + " (" + std::to_string(room.count) + ")" +
           (room.topic.empty() ? "" : ": " + shown(room.topic)));
    }
    if (rooms.more) line("and other rooms");
  }

  void operator()(const event::History& history) {
    if (reader_.searched != nullptr) return found(history);
    const auto where = history.with.empty() ? "in " + shown(history.room) : "with " + shown(history.with);
    if (history.messages.empty()) line("nothing was said " + where + " before");
    replay("said " + where, history.messages);
    tell_changes(history.changes);
  }

  void operator()(const event::Registered& registered) {
    line("the name " + shown(registered.name) +
         " is yours from now on; /login NAME PASSWORD brings you back to it");
  }
  void operator()(const event::LoggedIn& logged_in) {
    line("you are logged in, and now known as " + shown(logged_in.name));
  }
  void operator()(const event::LoggedOut& logged_out) {
    line("you are logged out, and now known as " + shown(logged_out.name));
  }
  void operator()(const event::Done& /*done*/) { line("done"); }
  void operator()(const event::Devices& devices) {
    if (devices.devices.empty()) return line("no device has a token of your account");
    std::size_t number = 0;
    for (const auto& device : devices.devices) {
      line("device " + std::to_string(++number) + ": " +
           (device.label.empty() ? "no label" : shown(device.label)) + ", since " +
           DateAndTime(device.created).date + ", used " + DateAndTime(device.used).date +
           (device.scopes.empty() ? "" : ", for " + shown(device.scopes)) +
           (device.here ? ", this one" : ""));
    }
  }
  /// What is told in the same words elsewhere.
  template <class Body>
    requires requires(const protocol::Sentences& sentences, const Body& body) { sentences(body); }
  void operator()(const Body& body) {
    for (const auto& sentence : sentences_(body)) line(sentence);
  }
  void operator()(const event::Bans& bans) {
    for (const auto& sentence : sentences_(bans)) line(sentence);
    if (bans.more && reader_.listed + bans.bans.size() >= protocol::Listed::most) line("and others");
  }
  void operator()(const event::Edited& edited) {
    for (const auto& sentence : sentences_(edited, said_.find(edited.seq))) line(sentence);
  }
  void operator()(const event::Deleted& deleted) {
    const auto meant = deleted.seqs.size() == 1 ? said_.find(deleted.seqs.front()) : std::nullopt;
    for (const auto& sentence : sentences_(deleted, meant)) line(sentence);
  }
  /// Which nobody can ask for here.
  void operator()(const event::Export& /*page*/) {}
  /// Of whom there are none here.
  void operator()(const event::ForOperators auto& /*told*/) {}
  void operator()(const event::NameClaimed& claimed) {
    line("the name " + shown(claimed.name) + " belongs to an account now; at " +
         DateAndTime(claimed.until).time +
         " UTC you get another, unless you log in or take one with /name NEW");
  }

  void operator()(const event::Conversations& page) {
    if (page.conversations.empty()) line("you have no conversations; /msg NAME TEXT begins one");
    for (const auto& each : page.conversations) {
      const bool is_many = each.unread >= protocol::most_counted;
      line((each.erased ? "an erased account, " : "") + shown(each.with) +
           (each.unread == 0 ? ""
                             : ": " + std::to_string(each.unread) + (is_many ? " or more" : "") +
                                   " unread; /history " + shown(each.with) +
                                   (protocol::typed::is_digits(each.with) ? " 50" : "") + " shows them"));
    }
    if (page.more) line("and others");
  }
  void operator()(const event::Read& /*read*/) {}
  void operator()(const event::Typing& /*typing*/) {}

  void operator()(const event::Ping& /*ping*/) {}
  void operator()(const event::Pong& /*pong*/) {}

  void operator()(const event::Failure& failure) { out_ += "! " + shown(failure.error.text) + '\n'; }

  void operator()(const event::Bye& bye) {
    line(bye.error.code == protocol::Code::quit ? "goodbye" : "goodbye: " + shown(bye.error.text));
  }

 private:
  void tell_changes(const std::vector<event::Changed>& changes) {
    for (const auto& change : changes) std::visit(*this, change);
  }

  /// Earlier messages: each with its time, each day named once, and a mark where they end.
  void replay(const std::string& what, const std::vector<protocol::MessagePtr>& messages) {
    std::string day;
    for (const auto& message : messages) {
      const DateAndTime when(message->time);
      if (day.empty()) {
        line(what + " on " + when.date + " (times are UTC):");
      } else if (day != when.date) {
        line("on " + when.date + ':');
      }
      day = when.date;
      out_ += when.time + ' ';
      say(*message, {.self = reader_.self, .account = reader_.account, .in_several_rooms = false}, out_);
    }
    if (!messages.empty()) line("now:");
  }

  /// Hits of a search, which may be of any day.
  void found(const event::History& history) {
    const bool everywhere = history.room.empty() && history.with.empty();
    const auto where = everywhere ? "your rooms" : shown(history.with.empty() ? history.room : history.with);
    if (history.messages.empty()) return line("nothing was found in " + where);
    line("found in " + where + " (times are UTC):");
    for (const auto& message : history.messages) {
      const DateAndTime when(message->time);
      out_ += when.date + ' ' + when.time + ' ';
      say(*message, {.self = reader_.self, .account = reader_.account, .in_several_rooms = everywhere}, out_);
    }
    line(protocol::slash::tally(*reader_.searched, history) +
         (history.complete ? "" : "; /search shows what is older"));
  }

  void line(const std::string& text) { out_ += "* " + text + '\n'; }

  const Reader& reader_;
  const LatelySaid& said_;
  std::string& out_;
  TextWording wording_;
  protocol::Sentences sentences_;
};

/// Of all text users of this program.
LatelySaid& lately_said() {
  static LatelySaid said;
  return said;
}

class TextFormat final : public chat::Format {
 public:
  explicit TextFormat(bool in_several_rooms) : reader_{.self = {}, .in_several_rooms = in_several_rooms} {}

  void render(const protocol::Event& event, std::string& out) const override { to_text(event, reader_, out); }
  void render(const Message& message, std::string_view /*ref*/, std::string& out) const override {
    lately_said().note(message);
    say(message, reader_, out);
  }

 private:
  Reader reader_;
};

}  // namespace

void to_text(const protocol::Event& event, const Reader& reader, std::string& out) {
  std::visit(Writer(reader, lately_said(), out), event.body);
}

const chat::Format& text_format(bool in_several_rooms) {
  static const TextFormat one(false);
  static const TextFormat several(true);
  return in_several_rooms ? several : one;
}

}  // namespace hubbub::front
