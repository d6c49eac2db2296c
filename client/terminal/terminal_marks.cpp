// The account's conversations: what is new in them, what has been read, and their list.
#include <utility>

#include "client/terminal/terminal.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {

using boost::system::error_code;
using protocol::now;
using std::chrono::steady_clock;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// The least time between two tellings of what has been read.
constexpr std::chrono::seconds pause{1};

}  // namespace

void Terminal::on_correspondence(const std::vector<Correspondence>& conversations) {
  for (const Correspondence& each : conversations)
    show_all(model_.catch_up(each.conversation, each.messages, each.whole, now(), each.changes));
  const Mail mail = model_.mail();
  std::size_t messages = 0;
  for (const Mail::From& from : mail.from) messages += from.messages;
  if (messages > 0) screen_->show(Item{now(), mail});
  screen_->show_prompt();
  tell_read();
  if (messages == 0 || !settings_.notify.on_private) return;
  screen_->signal(notifier_.tell("while you were away", protocol::counted(messages, "private message"),
                                 settings_.notify, steady_clock::now()));
}

/// Tells the server what has been read: at once, and of a burst from time to time.
void Terminal::tell_read() {
  if (!reading_pause_ && !leaving_) tell_all_read();
}

void Terminal::tell_all_read() {
  bool any = false;
  if (link_ != Link::up) return;
  while (const auto read = model_.next_read()) {
    any = true;
    std::string ref = next_ref();
    if (connection_->send({*read, ref})) {
      reading_.emplace(std::move(ref), *read);
    } else {
      model_.settle_read(*read);
    }
  }
  if (!any || leaving_) return;
  reading_pause_ = true;
  read_again_.expires_after(pause);
  read_again_.async_wait([this](const error_code& error) {
    if (error) return;
    reading_pause_ = false;
    tell_read();
  });
}

/// Whether the event answers such a request. A refusal is not shown, as nobody has asked for anything.
bool Terminal::notes_read(const protocol::Event& event) {
  const auto asked = event.ref.empty() ? reading_.end() : reading_.find(event.ref);
  if (asked == reading_.end()) return false;
  const request::Read read = asked->second;
  reading_.erase(asked);
  model_.settle_read(read);
  tell_read();
  return std::holds_alternative<event::Failure>(event.body);
}

/// Asks for the next page of the list that is being shown.
void Terminal::list_on(const protocol::Event& event) {
  const auto* list = std::get_if<event::Conversations>(&event.body);
  if (list != nullptr && list->more && !list->conversations.empty())
    connection_->send({request::Conversations{.before = list->conversations.back().last}, next_ref()});
  const auto* bans = std::get_if<event::Bans>(&event.body);
  if (!event.ref.empty() && event.ref == bans_ref_) bans_ref_.clear();
  if (bans == nullptr || !bans->more || bans->bans.empty() ||
      listed_.bans().size() >= protocol::Listed::most) {
    return;
  }
  // They are all of one room, or of the server.
  request::Bans next{.room = {}, .after = bans->bans.back().id};
  if (!bans->bans.back().room.empty()) next.room = bans->bans.back().room;
  bans_ref_ = next_ref();
  connection_->send({std::move(next), bans_ref_});
}

/// Remembers what a list numbers, and numbers a further page behind the one before.
void Terminal::number_on(News& news, const protocol::Event& event) {
  const bool goes_on = !event.ref.empty() && event.ref == bans_ref_;
  const std::size_t before = goes_on ? listed_.bans().size() : 0;
  listed_.note(event, goes_on);
  for (Item& item : news.items) {
    if (auto* fact = std::get_if<Fact>(&item.what)) fact->listed = before;
  }
}

/// All missed messages are shown, however many there are.
void Terminal::show_all(News news) {
  auto items = std::exchange(news.items, {});
  show(news);
  screen_->show_all(std::move(items));
}

}  // namespace hubbub::client::terminal
