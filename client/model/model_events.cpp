// The model's handling of events.
#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

#include "client/model/model.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::MessagePtr;
using protocol::same_name;
namespace event = protocol::event;

namespace {

/// In a room of up to this many people, all joins and departures are shown.
constexpr std::size_t small_room = 5;
/// In a larger room, those of people who have spoken within this time.
constexpr std::chrono::minutes of_late{10};
constexpr std::size_t most_correspondents = 50;

}  // namespace

/// The handling of one event.
struct Model::Taking {
  Model& model;
  const protocol::Event& event;
  bool missed;
  Timestamp now;
  News news{};

  void show(decltype(Item::what) what) { news.items.push_back({now, std::move(what)}); }
  void show(std::vector<Item> items) { std::ranges::move(items, std::back_inserter(news.items)); }
  void show_gathered(std::string_view speaker = {}) {
    if (auto moves = model.doorway_.take(model.current_, now, speaker)) show(*std::move(moves));
  }

  void show(News more) {
    show(std::move(more.items));
    std::ranges::move(more.changes, std::back_inserter(news.changes));
  }
  void tell() { show(model.to_reader(event)); }

  Said said(const MessagePtr& message) const { return model.said(message); }

  void in_private(const MessagePtr& message) {
    Said told = said(message);
    const std::string other = model.person_in(*message, told.own);
    if (!told.own && (model.ignores(other) || model.ignores(message->from))) return;
    if (model.has_private(other, message->seq)) return;
    // A view that was opened for the name that an account bears is the account's.
    if (!told.own && other != message->from && model.find(view_name(other)) == nullptr)
      model.rename_views(message->from, other, news, now);
    auto& all = model.correspondents_;
    std::erase(all, other);
    all.insert(all.begin(), other);
    if (all.size() > most_correspondents) all.pop_back();
    model.note_whisper(other, told);
    if (!told.own && !missed) news.alerts.push_back(told);
    Room* view = model.entered(view_name(other));
    const bool shown = view != nullptr && model.is_current(*view);
    if (view == nullptr || shown || told.own) news.items.push_back({message->time, told});
    // Who answers without a view has read what was shown.
    if (view == nullptr && told.own) model.marks_.look(view_name(other), message->seq);
    if (view != nullptr) view->add(std::move(told), shown);
  }

  void in_room(Room& room, const MessagePtr& message) {
    if (model.ignores(message->from)) return;
    Said told = said(message);
    const bool shown = model.is_current(room);
    if (missed && !told.own) count_missed(room, told);
    if (shown && !missed) show_gathered(message->from);
    if (!missed && !told.mentions.empty() && !model.mutes(room.name())) news.alerts.push_back(told);
    room.note_speaker(message->from, missed ? message->time : now);
    if (told.own && !missed) model.note_heard(room, now);
    if (shown) news.items.push_back({message->time, told});
    room.add(std::move(told), shown);
  }

  void count_missed(const Room& room, const Said& told) {
    if (!model.catching_up_) return;
    auto& rooms = model.missed_.rooms;
    auto found = std::ranges::find(rooms, room.name(), &Missed::Of::room);
    if (found == rooms.end()) found = rooms.insert(found, {room.name()});
    ++found->messages;
    if (!told.mentions.empty()) ++found->mentions;
    if (model.is_current(room) && !std::exchange(model.marked_, true)) show(UnreadLine{});
  }

  void operator()(const event::Welcome& welcome) {
    const bool known = model.me_ == welcome.name;
    model.me_ = welcome.name;
    model.find_words();
    model.office_ = welcome.role;
    const std::string& account = welcome.account_name.empty() ? welcome.name : welcome.account_name;
    model.belong_to(welcome.account ? account : std::string());
    if (!known) show(Fact{event});
  }

  void operator()(const event::Joined& joined) {
    model.number_anew(joined.epoch);
    model.marks_.know(joined.room, joined.read.value_or(0));
    model.note_mute(joined);
    if (Room* room = model.entered(joined.room)) {
      come_back(*room, joined);
    } else {
      enter(joined);
    }
  }

  void enter(const event::Joined& joined) {
    Room& room = model.add_room(Room(joined));
    const bool first = model.current_.empty();
    const bool wanted = same_name(joined.room, model.going_to_);
    if (first || wanted) model.look_at(room);
    if (wanted) model.going_to_.clear();
    if (!first && wanted) show(Heading{room.name(), {}});
    const bool shown = model.is_current(room);
    bool marked = !shown;
    for (const MessagePtr& message : joined.history) {
      if (model.ignores(message->from)) continue;
      Said told = said(message);
      room.note_speaker(message->from, message->time);
      const bool is_new = joined.read.value_or(0) > 0 && message->seq > *joined.read;
      if (is_new && !told.own && !std::exchange(marked, true)) show(UnreadLine{});
      if (shown) news.items.push_back({message->time, told});
      room.add(std::move(told), shown || !is_new);
    }
    event::Joined fact = joined;
    fact.history.clear();
    fact.changes.clear();
    show(Fact{{std::move(fact), {}}});
  }

  void come_back(Room& room, const event::Joined& joined) {
    const std::string topic = room.topic();
    // Judged by the room as it was before the break: only a few members may be back yet.
    std::vector<std::string> told = room.members();
    std::erase_if(told, [&](const std::string& name) { return !model.tells_presence(room, name, now); });
    std::vector<std::string> gone = room.enter_again(joined);
    for (const MessagePtr& message : joined.history) in_room(room, message);
    for (const event::Changed& change : joined.changes) show(model.note_change(change, true, now));
    if (joined.read) room.read_up_to(*joined.read);
    if (!model.is_current(room)) return;
    std::erase_if(gone, [&](const auto& name) { return std::ranges::find(told, name) == told.end(); });
    model.doorway_.miss(gone, now);
    if (topic != room.topic()) show(TopicIs{room.name(), room.topic()});
  }

  void operator()(const event::Left& left) { go_from(left.room, Fact{event}); }

  /// The reader is not in the room any more.
  void go_from(std::string_view name, Fact why) {
    const Room* room = model.entered(name);
    if (room == nullptr) return;
    const bool looked_at = model.is_current(*room);
    std::erase(model.trail_, room->name());
    model.rooms_.erase(model.rooms_.begin() + (room - model.rooms_.data()));
    show(std::move(why));
    if (!looked_at) return;
    model.current_.clear();
    model.doorway_.clear();
    if (model.rooms_.empty()) return;
    const std::string wanted = std::exchange(model.going_to_, {});
    turn_back();
    model.going_to_ = wanted;
  }

  /// Turns to the room that was current before, or else to the first room; there must be a room.
  void turn_back() {
    const auto trail = std::views::reverse(model.trail_);
    const auto last =
        std::ranges::find_if(trail, [this](const auto& name) { return model.find(name) != nullptr; });
    const std::string room = last == trail.end() ? model.rooms_.front().name() : *last;
    if (auto items = model.turn_to(room, now)) show(*std::move(items));
  }

  void operator()(const MessagePtr& message) {
    if (message->room.empty()) {
      in_private(message);
    } else if (Room* room = model.entered(message->room)) {
      in_room(*room, message);
    }
  }

  void operator()(const event::Presence& presence) {
    Room* room = model.entered(presence.room);
    if (room == nullptr) return;
    const bool shown = model.is_current(*room);
    room->set_count(presence.count);
    for (const std::string& name : presence.joined) {
      room->add_member(name);
      if (shown) model.doorway_.arrive(name, model.tells_presence(*room, name, now), now);
    }
    room->set_roles(presence.roles);
    for (const event::Departure& departure : presence.left) {
      const bool told = shown && model.tells_presence(*room, departure.name, now);
      room->remove_member(departure.name);
      if (!is_anywhere(departure.name)) model.shunned_.remove(departure.name);
      if (shown) model.doorway_.depart(departure, told, now);
    }
    if (shown) show_gathered();
  }

  bool is_anywhere(std::string_view name) const {
    return std::ranges::any_of(model.rooms_,
                               [name](const Room& room) { return !room.is_private() && room.has(name); });
  }

  void operator()(const event::Renamed& renamed) {
    const bool own = renamed.old_name == model.me_;
    const bool ignored = !own && model.ignores(renamed.old_name);
    const Room* room = model.find(model.current_);
    const bool here = room != nullptr && room->has(renamed.old_name);
    const bool told = here && model.tells_presence(*room, renamed.old_name, now);
    // A conversation goes by the account, whatever name it bears.
    if (!model.is_kept(renamed.old_name)) model.rename_views(renamed.old_name, renamed.new_name, news, now);
    for (Room& each : model.rooms_) each.rename(renamed.old_name, renamed.new_name);
    std::ranges::replace(model.correspondents_, renamed.old_name, renamed.new_name);
    model.doorway_.rename(renamed.old_name, renamed.new_name);
    if (model.shunned_.remove(renamed.old_name) || ignored) model.shunned_.add(renamed.new_name);
    if (own) {
      model.me_ = renamed.new_name;
      model.find_words();
    }
    if (own || told) show(Fact{event, own});
  }

  void operator()(const event::Topic& topic) {
    Room* room = model.entered(topic.room);
    if (room == nullptr) return;
    room->set_topic(topic.text);
    if (model.is_current(*room)) news.items.push_back({topic.time, Fact{event}});
  }

  void operator()(const event::Members& members) {
    if (Room* room = model.entered(members.room)) {
      room->set_count(members.count);
      for (const std::string& name : members.names) room->add_member(name);
      room->set_roles(members.roles);
    }
    show(Fact{event});
  }

  RoomRow row(const event::RoomInfo& info) const {
    RoomRow row{info.room, info.topic, info.count};
    row.muted = model.mutes(info.room);
    const Room* room = model.find(info.room);
    if (room == nullptr) return row;
    row.is_private = room->is_private();
    row.number = room->number();
    row.unread = room->unread();
    row.mentions = room->mentions();
    row.current = model.is_current(*room);
    return row;
  }

  void operator()(const event::Rooms& rooms) {
    RoomList list{{}, rooms.more};
    for (const event::RoomInfo& info : rooms.rooms) list.rooms.push_back(row(info));
    for (const Room& room : model.rooms_) {
      if (room.is_private()) list.rooms.push_back(row({room.name(), room.topic(), room.count()}));
    }
    show(std::move(list));
  }

  void operator()(const event::History& history) {
    Room* room = model.entered(history.room);
    if (missed) {
      if (room == nullptr) return;
      for (const MessagePtr& message : history.messages) in_room(*room, message);
      for (const event::Changed& change : history.changes) show(model.note_change(change, true, now));
      return;
    }
    const std::string where = history.with.empty() ? history.room : view_name(history.with);
    show(Past{where, false});
    for (const MessagePtr& message : history.messages) {
      if (!model.ignores(message->from)) news.items.push_back({message->time, said(message)});
    }
    show(Past{where, true});
    for (const event::Changed& change : history.changes) show(model.note_change(change, true, now));
  }

  void operator()(const event::Edited& edited) { show(model.note_change(edited, missed, now)); }
  void operator()(const event::Deleted& deleted) { show(model.note_change(deleted, missed, now)); }
  void operator()(const event::Kicked& kicked) {
    if (kicked.you || same_name(kicked.name, model.me_)) return go_from(kicked.room, model.to_reader(event));
    if (is_here(kicked.room)) tell();
  }
  void operator()(const event::Closed& closed) { go_from(closed.room, model.to_reader(event)); }
  void operator()(const event::Room& told) {
    if (Room* room = model.entered(told.room)) room->set_rules(told.rules);
    if (told.by.empty() || is_here(told.room)) tell();
  }
  void operator()(const event::Role& role) {
    model.note_role(role);
    if (is_here(role.room) || same_name(role.name, model.me_)) tell();
  }
  void operator()(const event::Banned& banned) {
    model.note_ban(banned);
    const bool is_mine = std::ranges::find(banned.matches, model.me_) != banned.matches.end();
    if (banned.ban.room.empty() || is_here(banned.ban.room) || is_mine) tell();
  }
  void operator()(const event::Unbanned& unbanned) {
    model.note_unban(unbanned);
    if (unbanned.room.empty() || is_here(unbanned.room)) tell();
  }
  /// What is not of a room, or answers a question.
  template <class Body>
    requires requires(const protocol::Sentences& sentences, const Body& body) { sentences(body); }
  void operator()(const Body&) {
    tell();
  }
  bool is_here(std::string_view room) const { return same_name(room, model.current_); }

  void operator()(const event::Failure& failure) {
    model.note_refusal(failure, now);
    if (!event.ref.empty() && event.ref == model.going_ref_) model.going_to_.clear();
    show(Fact{event});
  }

  void operator()(const event::Conversations&) { show(Fact{event}); }
  void operator()(const event::Read& read) {
    const std::string place = read.with.empty() ? read.room : view_name(read.with);
    model.marks_.know(place, read.seq);
    if (Room* room = model.entered(place)) room->read_up_to(read.seq);
  }
  void operator()(const event::Typing&) {}

  void operator()(const event::Registered& registered) {
    model.belong_to(registered.name);
    show(Fact{event});
  }
  void operator()(const event::LoggedIn& logged_in) {
    model.belong_to(logged_in.account);
    go_by(logged_in.name);
  }
  void operator()(const event::LoggedOut& logged_out) {
    model.belong_to({});
    go_by(logged_out.name);
  }
  /// What is told in the rooms of it comes by itself.
  void go_by(const std::string& name) {
    if (!name.empty()) model.me_ = name;
    model.find_words();
    show(Fact{event});
  }
  void operator()(const event::Done&) { show(Fact{event}); }
  void operator()(const event::Devices&) { show(Fact{event}); }
  void operator()(const event::NameClaimed&) { show(Fact{event}); }
  /// Which nobody asks for here.
  void operator()(const event::Export&) {}
  /// Of whom there are none here.
  void operator()(const event::ForOperators auto&) {}

  // The connection answers pings itself, and reports a `bye` when the link has closed.
  void operator()(const event::Ping&) {}
  void operator()(const event::Pong&) {}
  void operator()(const event::Bye&) {}
};

News Model::take(const protocol::Event& event, bool missed, Timestamp now) {
  Taking taking{*this, event, missed, now};
  std::visit(taking, event.body);
  look_on();
  return std::move(taking.news);
}

Said Model::said(const MessagePtr& message) const {
  // One's other devices may bear another name.
  const bool by_account = message->room.empty() && message->seq > 0 && !message->account.empty();
  Said result{message, {}, by_account ? same_name(message->account, account_) : message->from == me_};
  if (result.own) return result;
  const auto is_somebody = [this, &message](std::string_view name) {
    const Room* room = find(message->room);
    return room != nullptr && !same_name(name, me_) && room->has(name);
  };
  result.mentions = words_.find(message->text, is_somebody);
  return result;
}

bool Model::tells_presence(const Room& room, std::string_view name, Timestamp now) const {
  if (name == me_ || ignores(name) || preferences_.presence == Preferences::Presence::none) return false;
  if (preferences_.presence == Preferences::Presence::all || room.count() <= small_room) return true;
  const auto spoke = room.last_spoke(name);
  return spoke && now - *spoke < of_late;
}

void Model::link_lost() {
  if (std::exchange(catching_up_, true)) return;
  missed_ = {};
  marked_ = false;
}

News Model::ready(Timestamp now) {
  News news;
  if (std::exchange(catching_up_, false) && !missed_.rooms.empty())
    news.items.push_back({now, std::exchange(missed_, {})});
  marked_ = false;
  return news;
}

News Model::settle(Timestamp now) {
  News news;
  if (auto moves = doorway_.take(current_, now)) news.items.push_back({now, *std::move(moves)});
  return news;
}

}  // namespace hubbub::client
