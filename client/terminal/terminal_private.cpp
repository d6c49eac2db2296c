// Private messages: /reply and private views.
#include <algorithm>

#include "client/terminal/terminal.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {

using protocol::Code;
using protocol::now;
using protocol::same_name;
namespace request = protocol::request;

namespace {

/// The room in a request, as typed; empty: none.
std::string_view room_of(const request::Any& asked) {
  const auto room = [](const auto& body) -> std::string_view {
    if constexpr (requires { std::string_view(body.room); }) {
      return body.room;
    } else if constexpr (requires { std::string_view(*body.room); }) {
      return body.room ? std::string_view(*body.room) : std::string_view();
    } else {
      return {};
    }
  };
  return std::visit(room, asked);
}

}  // namespace

void Terminal::carry_out(const own::Reply& reply) {
  if (!model_.addressee().empty()) return tell(model_.addressee(), reply.text);
  refuse(
      {Code::no_such_user, model_.correspondent().empty()
                               ? "nobody has written to you in private; /msg NAME TEXT writes to somebody"
                               : protocol::for_terminal(model_.correspondent()) +
                                     " has written to you since you began to type; Enter sends it to them"});
  model_.begin_line();  // the line comes back
}

/// In the history, and when it is given back, the line is a /msg with the person's name, so that entering it
/// elsewhere cannot send it to others.
void Terminal::tell(std::string_view person, const std::string& text) {
  const std::string to(person);
  carry_out(Request(request::Tell{.to = to, .text = text, .id = {}}), "/msg " + to + ' ' + text);
}

void Terminal::carry_out(const own::Query& query) {
  const Room* here = model_.find(model_.current());
  if (query.name.empty()) {
    if (here != nullptr && here->is_private()) return close_view(here->name());
    return refuse(
        {Code::bad_request, "/query NAME opens a private view of somebody; /query alone closes it"});
  }
  const std::string person(person_of(query.name).empty() ? query.name : person_of(query.name));
  const auto name = protocol::parse_name(person);
  if (!name) return refuse(name.error());
  if (same_name(person, model_.me())) return refuse({Code::name_invalid, "that is you"});
  model_.go_to({});
  const std::string doubt = model_.ignores(name->shown)
                                ? "you ignore " + name->shown + ": what they write is not shown; /unignore " +
                                      name->shown + " hears them again"
                                : doubt_of_name(name->shown);
  screen_->show(model_.open_view(name->shown, now()));
  if (!doubt.empty()) notice(doubt);
  screen_->show_prompt();
  tell_read();
  if (!query.text.empty()) tell(name->shown, query.text);
}

/// With whom the current private view is, if the server may have the conversation; empty: it has none. What
/// was not kept, and so is with a guest, is known here alone.
std::string Terminal::conversation() const {
  const std::string& here = model_.speaking_in();
  const Room* view = person_of(here).empty() ? nullptr : model_.find(here);
  if (view == nullptr || !model_.is_logged_in()) return {};
  return view->newest() > 0 || view->held().empty() ? std::string(person_of(view->name())) : std::string();
}

/// Whether a request was typed in a private view, or names one.
bool Terminal::concerns_view(const Request& asked) { return !person_of(room_of(asked)).empty(); }

/// Carries out a request in a private view, which the server does not know.
void Terminal::carry_out_in_view(const Request& asked) {
  const std::string_view where = room_of(asked);
  const std::string person(person_of(where));
  const Room* view = model_.find(where);
  const auto* say = std::get_if<request::Say>(&asked);
  if (say != nullptr && !say->action) return tell(person, say->text);
  if (std::holds_alternative<request::Join>(asked)) return carry_out(own::Query{person, {}});
  if (view == nullptr)
    return refuse({Code::not_joined, "there is no private view of " + protocol::for_terminal(person)});
  if (std::holds_alternative<request::Leave>(asked)) return close_view(view->name());
  const auto* history = std::get_if<request::History>(&asked);
  if (history != nullptr && !history->search && !history->from) return show_past_of_view(*view, *history);
  refuse({Code::bad_request, "this is a private view of " + protocol::for_terminal(person) +
                                 ", where one can say things; commands for a room work after /go ROOM"});
}

void Terminal::show_past_of_view(const Room& view, const request::History& asked) {
  const auto& held = view.held();
  const auto wanted = std::min<std::uint64_t>(asked.limit.value_or(held.size()), held.size());
  std::vector<Item> items{{now(), Past{view.name(), false}}};
  for (auto said = held.end() - static_cast<std::ptrdiff_t>(wanted); said != held.end(); ++said)
    items.push_back({said->message->time, *said});
  items.push_back({now(), Past{view.name(), true}});
  screen_->show_all(std::move(items));
}

void Terminal::close_view(const std::string& view) {
  show(model_.take({protocol::event::Left{view}, {}}, false, now()));
}

}  // namespace hubbub::client::terminal
