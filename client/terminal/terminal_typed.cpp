// The terminal's handling of typed lines, which gives refused lines back.
#include <algorithm>
#include <string>
#include <utility>

#include "client/connection/wipe.hpp"
#include "client/script/device_label.hpp"
#include "client/terminal/completion.hpp"
#include "client/terminal/secret_line.hpp"
#include "client/terminal/terminal.hpp"
#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::terminal {

using protocol::Code;
using protocol::key_of;
using protocol::now;
using protocol::number_in;
namespace request = protocol::request;
namespace slash = protocol::slash;
namespace event = protocol::event;

namespace {

std::size_t lines_of(std::string_view text) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// The text of a message; nullptr: the request has none.
const std::string* text_of(const request::Any& asked) {
  if (const auto* say = std::get_if<request::Say>(&asked)) return &say->text;
  if (const auto* tell = std::get_if<request::Tell>(&asked)) return &tell->text;
  if (const auto* edit = std::get_if<request::Edit>(&asked)) return &edit->text;
  return nullptr;
}

/// Whether an erased account is called so; no other name can begin with that sign.
bool is_of_erased(std::string_view name) {
  return name.size() > 1 && name.starts_with('#') && protocol::typed::is_digits(name.substr(1));
}

/// The room for a name, an unambiguous beginning of one, or a number; empty: none.
std::string meant(const Model& model, std::string_view where) {
  if (const Room* room = model.find(where)) return room->name();
  if (const Room* view = model.find(view_name(where))) return view->name();
  if (const auto number = number_in<std::size_t>(where).value_or(0); number > 0) return model.room_at(number);
  std::string found;
  for (const Room& room : model.rooms()) {
    if (!key_of(room.name()).starts_with(key_of(where))) continue;
    if (!found.empty()) return {};  // ambiguous
    found = room.name();
  }
  return found;
}

/// Most lines remembered to be given back; the oldest are forgotten.
constexpr std::size_t most_said = 300;

}  // namespace

LineEditor::Handlers Terminal::handlers() {
  LineEditor::Handlers handlers;
  handlers.on_line = [this](std::string line) { on_line(std::move(line)); };
  handlers.on_begun = [this] { model_.begin_line(); };
  handlers.on_parted = [this](const std::string& line) { keep_within_reach(line); };
  handlers.on_end = [this] { leave(std::nullopt); };
  handlers.on_room = [this](std::size_t nth) { carry_out(own::Go{std::to_string(nth)}); };
  handlers.on_urgent_room = [this] { carry_out(own::Go{}); };
  handlers.on_next_room = [this](bool forward) { turn_to(model_.room_beside(forward ? 1 : -1)); };
  handlers.on_repaint = [this] { screen_->repaint(); };
  handlers.on_printed = [this](std::string_view lines) { screen_->note(lines); };
  handlers.complete = [this](std::string_view before) { return completions(before, model_); };
  return handlers;
}

void Terminal::on_line(std::string line) {
  if (is_held_) return;                                          // typed ahead, and perhaps another try
  while (!line.empty() && line.back() == '\n') line.pop_back();  // from a paste
  if (line.find_first_not_of(" \t\n") == std::string::npos) return connection_->retry_now();
  if (withholds(line)) return;
  const std::size_t lines = lines_of(line);
  const std::size_t most = settings_.input.paste_confirm_lines;
  if (most == 0 || lines <= most) return obey(line);
  const std::string question = "send these " + std::to_string(lines) + " lines as one message? (y/n) ";
  editor_->ask(question,
               [this, line = std::move(line)](bool yes) { yes ? obey(line) : editor_->put_back(line); });
}

void Terminal::take_line(const std::string& line) {
  if (const auto own = own::parse(line)) {
    keep(line);
    return *own ? carry_out(**own) : refuse(own->error());
  }
  if (asks_for_secrets(line)) return;
  // A line typed before the answer to /join is meant for that room.
  const auto parsed = slash::parse(line, {.room = model_.speaking_in(),
                                          .with = conversation(),
                                          .search_on = search_on_,
                                          .has_searched = searched_ && search_ref_.empty(),
                                          .where = protocol::suggestion::FrontEnd::terminal,
                                          .devices = listed_.devices(),
                                          .bans = listed_.bans(),
                                          .reports = listed_.reports(),
                                          .webhooks = listed_.webhooks()});
  if (!parsed) {
    keep(line);
    return refuse(parsed.error(), line);
  }
  if (const auto* question = std::get_if<slash::ShowTopic>(&*parsed)) {
    keep(line);
    const Room* room = model_.find(question->room);
    if (room != nullptr && room->is_private()) return carry_out_in_view(request::Topic{question->room, {}});
    return screen_->show(Item{now(), TopicIs{question->room, room == nullptr ? "" : room->topic()}});
  }
  if (std::holds_alternative<slash::WhoAmI>(*parsed)) {
    keep(line);
    return show_self();
  }
  const auto* asked = std::get_if<request::Any>(&*parsed);
  if (asked == nullptr) return;
  concerns_view(*asked) ? carry_out_in_view(*asked) : carry_out(*asked, line);
}

void Terminal::refuse(const protocol::Error& error, const std::string& line) {
  const auto given = protocol::typed::command(line);
  refuse(given && error.code == Code::unknown_type ? own::unknown(given->name) : error);
}

void Terminal::carry_out(const Request& asked, const std::string& line) {
  if (const auto* tell = std::get_if<request::Tell>(&asked); tell && is_of_erased(tell->to)) {
    return refuse({Code::no_such_user,
                   "the account " + tell->to + " has been erased, and nothing can be said to it any more"});
  }
  if (const std::string* text = text_of(asked)) {
    if (const auto clean = protocol::clean_text(*text, text_limit_); !clean) {
      return refuse(clean.error());
    }
  }
  keep(line);
  if (const auto* quit = std::get_if<request::Quit>(&asked)) return leave(quit->text);
  if (const auto* rename = std::get_if<request::Rename>(&asked); rename && !connection_->has_greeted()) {
    return take_name(rename->name);
  }
  if (const auto* login = std::get_if<request::Login>(&asked); login && link_ == Link::nameless) {
    connection_->log_in(std::get<request::Login>(labelled(*login)));
    return connect();
  }
  if (const auto* join = std::get_if<request::Join>(&asked); join && model_.find(join->room) != nullptr) {
    return turn_to(join->room);
  }
  send(meaning_own_last(asked), line);
}

/// With the number of the message, if it is known: sent again after a broken link, it is still about the
/// same.
request::Any Terminal::meaning_own_last(Request asked) const {
  const auto name_it = [this](auto* about) {
    if (about == nullptr || about->seq) return;
    about->seq = model_.own_last(about->with ? view_name(*about->with) : about->room.value_or(""));
  };
  name_it(std::get_if<request::Edit>(&asked));
  name_it(std::get_if<request::Delete>(&asked));
  return asked;
}

/// Says which device it is, for the account's list of them.
request::Any Terminal::labelled(request::Any asked) {
  const auto label = [](auto* login) {
    if (login != nullptr) login->device = device_label();
  };
  label(std::get_if<request::Register>(&asked));
  label(std::get_if<request::Login>(&asked));
  return asked;
}

void Terminal::send(const Request& asked, const std::string& line) {
  if (!protocol::is_utf8(line)) {
    notice("this terminal does not send UTF-8; set a UTF-8 locale");
    return give_back(line);
  }
  protocol::Request request = addressed(labelled(asked));
  may_come_back(request.ref, line);
  const bool is_sent = connection_->send(request);
  wipe(request.body);
  if (!is_sent) {
    if (std::holds_alternative<request::Join>(asked)) model_.go_to({});
    if (request.ref == search_ref_) forget_search();
    notice("too much waits to be sent already; here is your line back");
    return give_back(line);
  }
  if (is_lost() || link_ == Link::nameless || link_ == Link::slow)
    notice("this goes out when the connection is back: " + (may_be_kept(line) ? line : "the line"));
}

/// Gives a request a `ref`. Notes it for a search, so that the answer is not taken for another history, and
/// for a join, so that a refusal can be matched.
protocol::Request Terminal::addressed(const Request& asked) {
  std::string ref = next_ref();
  const auto* history = std::get_if<request::History>(&asked);
  if (history != nullptr && history->with && !person_of(*history->with).empty()) {
    request::History with_person = *history;
    with_person.with = std::string(person_of(*history->with));
    return addressed(with_person);
  }
  const bool is_search = history != nullptr && (history->search || history->from);
  if (is_search) note_search(*history, ref);
  if (const auto* join = std::get_if<request::Join>(&asked)) model_.go_to(join->room, ref);
  if (history != nullptr && history->limit && !is_search) {
    const LookBack look(*history,
                        [this](const protocol::Message& said) { return !model_.ignores(said.from); });
    looking_back_.emplace(ref, look);
    return {look.next(), std::move(ref)};
  }
  return {asked, std::move(ref)};
}

/// Adds a line to the history, for the arrow keys and Ctrl-R in this and later runs.
void Terminal::keep(const std::string& line) {
  if (!may_be_kept(line)) return;
  if (editor_->remember(line)) history_.append(line);
}

void Terminal::carry_out(const own::Any& command) {
  std::visit([this](const auto& one) { carry_out(one); }, command);
}

void Terminal::carry_out(const own::Clear&) { screen_->clear(); }

void Terminal::carry_out(const own::Help& help) {
  if (help.about.empty()) return notice(own::help());
  const auto text = own::help_on(help.about);
  text ? notice(*text) : refuse(text.error());
}

void Terminal::show_self() {
  const std::string rooms = protocol::listed(model_.rooms(), [this](const Room& room) {
    return room.name() + (room.name() == model_.current() ? " (here)" : "");
  });
  notice("you are " + model_.me() + "\n" + (rooms.empty() ? "you are in no room" : "you are in " + rooms) +
         '\n' + whereabouts());
}

void Terminal::carry_out(const own::Go& go) {
  const std::string room = go.where.empty() ? model_.most_urgent() : meant(model_, go.where);
  if (!room.empty()) return turn_to(room);
  if (go.where.empty()) return notice("nothing is unread in your other rooms");
  if (number_in<std::size_t>(go.where).value_or(0) > 0) return notice("you have no room " + go.where);
  refuse({Code::not_joined, "you are not in " + go.where + "; /join " + go.where + " takes you there"});
}

void Terminal::turn_to(const std::string& room) {
  if (room.empty()) return;
  model_.go_to({});
  if (auto items = model_.turn_to(room, now())) screen_->show(std::move(*items));
  screen_->show_prompt();
  settle_when_due();
  tell_read();
}

void Terminal::leave(std::optional<std::string> text) {
  if (std::exchange(leaving_, true)) return;
  if (is_held_) return io_.stop();
  tell_all_read();
  connection_->quit(std::move(text));
}

/// Carries out a line, or else gives it back.
void Terminal::obey(const std::string& line) {
  refused_ = false;
  take_line(line);
  if (refused_) give_back(line);
}

/// Remembers a line, in case the server refuses the request with that ref.
void Terminal::may_come_back(const std::string& ref, const std::string& line) {
  said_.emplace_back(ref, line);
  if (said_.size() > most_said) said_.pop_front();
}

void Terminal::give_back_refused(const protocol::Event& event) {
  if (event.ref.empty()) return;
  const auto said = std::ranges::find(said_, event.ref, &std::pair<std::string, std::string>::first);
  if (said == said_.end()) return;
  const std::string line = std::move(said->second);
  said_.erase(said);
  if (std::holds_alternative<event::Failure>(event.body)) give_back(line);
}

void Terminal::give_back(const std::string& line) {
  if (editor_->empty()) return editor_->bring_back(line);
  keep_within_reach(line);
}

/// Keeps a refused line in the history while another line is being typed, unless it seems to hold a secret.
void Terminal::keep_within_reach(const std::string& line) {
  if (!may_be_kept(line)) return;
  editor_->remember(line);
  notice("the arrow key up brings back what was refused");
}

}  // namespace hubbub::client::terminal
