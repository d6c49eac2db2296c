// The model's private messages and views.
#include <algorithm>
#include <iterator>
#include <utility>

#include "client/model/model.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::MessagePtr;
using protocol::same_name;
namespace event = protocol::event;

using Strings = std::vector<std::string>;

namespace {

/// Most private messages of this run that are remembered for views opened later.
constexpr std::size_t most_whispers = 500;

}  // namespace

/// With whom the conversation is: an account by its own name, whatever name it bears.
std::string Model::person_in(const protocol::Message& message, bool own) const {
  if (own) return message.to;
  return message.seq > 0 && !message.account.empty() ? message.account : message.from;
}

/// Whether that message was taken before, however it came.
bool Model::has_private(std::string_view person, std::uint64_t seq) const {
  if (seq == 0) return false;
  const Room* view = find(view_name(person));
  const auto is_it = [&](const Whisper& one) {
    return one.said.message->seq == seq && same_name(one.person, person);
  };
  return (view != nullptr && view->has_seq(seq)) || std::ranges::any_of(whispers_, is_it);
}

/// Whether messages exchanged with the person were kept: it is an account's name.
bool Model::is_kept(std::string_view person) const {
  const Room* view = find(view_name(person));
  return view != nullptr && view->newest() > 0;
}

void Model::note_whisper(const std::string& person, Said said) {
  whispers_.push_back({person, std::move(said)});
  if (whispers_.size() > most_whispers) whispers_.pop_front();
}

/// With the messages exchanged in this run.
Room& Model::add_view(const std::string& person) {
  Room& view = add_room(Room::with(person, is_logged_in()));
  for (const Whisper& whisper : whispers_) {
    if (same_name(whisper.person, person)) view.add(whisper.said, true);
  }
  return view;
}

std::vector<Item> Model::open_view(std::string_view person, Timestamp now) {
  if (const Room* open = find(view_name(person))) return *turn_to(open->name(), now);
  const Strings known = people();
  const auto as_known =
      std::ranges::find_if(known, [&](const auto& name) { return same_name(name, person); });
  const Room& view = add_view(as_known == known.end() ? std::string(person) : *as_known);
  return *turn_to(view.name(), now, Room::most_messages);
}

News Model::catch_up(const event::Conversation& conversation, const std::vector<MessagePtr>& messages,
                     bool whole, Timestamp now, const std::vector<event::Changed>& changes) {
  News news;
  const std::string& person = conversation.with;
  if (ignores(person)) return news;
  marks_.know(view_name(person), conversation.read);
  for (const event::Changed& each : changes) {
    News told = note_change(each, true, now);
    std::ranges::move(told.items, std::back_inserter(news.items));
    std::ranges::move(told.changes, std::back_inserter(news.changes));
  }
  std::vector<Said> fresh;
  for (const MessagePtr& message : messages) {
    if (!has_private(person, message->seq)) fresh.push_back(said(message));
  }
  const auto is_unread = [&](const Said& each) { return !each.own && each.message->seq > conversation.read; };
  auto unread = static_cast<std::size_t>(std::ranges::count_if(fresh, is_unread));
  Room* view = entered(view_name(person));
  if (view == nullptr && unread > 0) view = &add_view(person);
  const bool shown = view != nullptr && is_current(*view);
  if (!whole && unread > 0 && conversation.unread > unread) {
    if (!shown) view->skip(conversation.unread - unread);
    unread = conversation.unread;
  }
  if (unread > 0 && shown) news.items.push_back({now, UnreadLine{.unread = unread}});
  if (unread > 0 && !shown) mail_.from.push_back({person, unread});
  for (Said& each : fresh) {
    note_whisper(person, each);
    if (shown) news.items.push_back({each.message->time, each});
    if (view != nullptr) view->add(each, shown || each.message->seq <= conversation.read);
  }
  if (view != nullptr) view->read_up_to(conversation.read);
  look_on();
  return news;
}

/// Renames the view of a renamed person. A view of another person who had the new name before is closed, so
/// that no text meant for one person reaches the other.
void Model::rename_views(const std::string& old_name, const std::string& new_name, News& news,
                         Timestamp now) {
  for (Whisper& whisper : whispers_) {
    if (same_name(whisper.person, old_name)) whisper.person = new_name;
  }
  if (addressee_ == old_name) addressee_ = new_name;
  const Room* renamed = find(view_name(old_name));
  if (renamed == nullptr) return;
  if (Room* other = entered(view_name(new_name)); other != nullptr && other != renamed) {
    const auto show = [&news](auto items) { std::ranges::move(items, std::back_inserter(news.items)); };
    const std::string closed = other->name();
    show(other->take_unread(0, now));
    // A line being typed for the closed view must not end up in a room.
    if (is_current(*other)) show(*turn_to(renamed->name(), now));
    show(take({event::Left{closed}, {}}, false, now).items);
  }
  for (std::string* name : {&current_, &going_to_}) {
    if (same_name(person_of(*name), old_name)) *name = view_name(new_name);
  }
  for (std::string& name : trail_) {
    if (same_name(person_of(name), old_name)) name = view_name(new_name);
  }
  marks_.rename(view_name(old_name), view_name(new_name));
  entered(view_name(old_name))->set_person(new_name);
}

}  // namespace hubbub::client
