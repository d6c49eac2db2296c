#include "client/terminal/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "client/connection/names.hpp"
#include "client/script/output.hpp"
#include "client/terminal/completion.hpp"
#include "client/view/local_time.hpp"
#include "hubbub_version.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {

namespace asio = boost::asio;
using boost::system::error_code;
namespace event = protocol::event;
namespace request = protocol::request;
namespace slash = protocol::slash;

namespace {

/// What the refs of searches begin with, by which their answers are known.
constexpr std::string_view search_ref = "search.";

/// https://no-color.org: set, and not empty.
Palette::Depth depth(const Options& options) {
  const char* forbidden = std::getenv("NO_COLOR");
  const bool plain = !options.color || (forbidden != nullptr && *forbidden != '\0');
  return plain ? Palette::Depth::none : depth_of(std::getenv("TERM"), std::getenv("COLORTERM"));
}

protocol::Timestamp now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// A duplicate, because the descriptor closes what it is given.
int duplicate_of_input() {
  const int duplicate = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) throw std::system_error(errno, std::generic_category(), "standard input");
  return duplicate;
}

}  // namespace

Terminal::Terminal(const Options& options)
    : options_(options),
      color_(depth(options) != Palette::Depth::none),
      transcript_(Palette(depth(options))),
      input_(io_, duplicate_of_input()),
      signals_(io_, SIGINT, SIGTERM, SIGHUP) {
  signals_.add(SIGWINCH);
  signals_.add(SIGTSTP);
  signals_.add(SIGQUIT);
}

int Terminal::run() {
  Settings settings;
  settings.address = options_.address;
  settings.profile.rooms = options_.rooms;
  settings.profile.program = std::string("hubbub/") + version;
  settings.ask_for_name = true;
  connection_ = Connection::open(io_.get_executor(), std::move(settings), *this);
  LineEditor::Handlers handlers;
  handlers.on_line = [this](std::string line) { on_line(std::move(line)); };
  handlers.on_end = [this] { on_line(std::nullopt); };
  handlers.on_room = [](std::size_t) {};
  handlers.on_urgent_room = [] {};
  handlers.on_next_room = [](bool) {};
  handlers.on_repaint = [] {};
  handlers.complete = [this](std::string_view before) { return completions(before, roster_); };
  editor_.emplace(std::move(handlers));
  read_input();
  wait_for_signal();
  io_.run();
  show_unshown();
  editor_.reset();
  if (!last_word_.empty()) complain(last_word_);
  return status_;
}

void Terminal::read_input() {
  input_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
    if (error) return leave(std::nullopt);
    editor_->read();
    if (!leaving_) read_input();
  });
}

void Terminal::wait_for_signal() {
  signals_.async_wait([this](const error_code& error, int signal) {
    if (error) return;
    on_signal(signal);
    wait_for_signal();
  });
}

void Terminal::on_signal(int signal) {
  switch (signal) {
    case SIGWINCH:
      editor_->resize();
      return editor_->repaint({});
    case SIGTSTP:
      return editor_->suspend();
    case SIGINT:
      if (editor_->clear()) return;
      [[fallthrough]];
    default:
      if (leaving_) return on_closed(Ending::asked, "");
      leave(std::nullopt);
  }
}

void Terminal::on_line(std::optional<std::string> line) {
  if (!line) return leave(std::nullopt);
  if (line->empty()) return;
  editor_->remember(*line);
  // What is typed ahead of the answer to /join is meant for that room.
  const auto parsed = slash::parse(*line, {going_to_.empty() ? roster_.current() : going_to_, search_on_});
  if (!parsed) return show(transcript_.error(parsed.error(), now()));
  if (std::holds_alternative<slash::Help>(*parsed)) return show(slash::help());
  if (const auto* question = std::get_if<slash::ShowTopic>(&*parsed)) {
    const Roster::Room* room = roster_.find(question->room);
    return show(transcript_.topic(question->room, room == nullptr ? "" : room->topic, now()));
  }
  if (const auto* asked = std::get_if<request::Any>(&*parsed)) carry_out(*asked, *line);
}

void Terminal::carry_out(const request::Any& asked, const std::string& line) {
  if (const auto* quit = std::get_if<request::Quit>(&asked)) return leave(quit->text);
  if (const auto* rename = std::get_if<request::Rename>(&asked); rename != nullptr && !connection_->is_up()) {
    return connection_->rename(rename->name);
  }
  if (!turns_to_room(asked)) send(asked, line);
}

/// Whether it is about a room that one is in already and only has to turn to.
bool Terminal::turns_to_room(const request::Any& asked) {
  const auto* join = std::get_if<request::Join>(&asked);
  if (join == nullptr) return false;
  const bool there = roster_.turn_to(join->room);
  going_to_ = there ? std::string() : join->room;
  show_prompt();
  return there;
}

void Terminal::send(const request::Any& asked, const std::string& line) {
  if (!protocol::is_utf8(line)) return notice("this terminal does not send UTF-8; set a UTF-8 locale");
  if (!connection_->send(addressed(asked))) {
    notice("too much waits to be sent already; here is your line back");
    return editor_->put_back(line);
  }
  if (offline_) notice("this goes out when the connection is back: " + line);
}

/// A search is marked, so that its answer is not taken for another history.
protocol::Request Terminal::addressed(const request::Any& asked) {
  const auto* history = std::get_if<request::History>(&asked);
  if (history == nullptr || !history->search) return {asked, {}};
  searched_ = *history;
  search_on_.reset();
  return {asked, std::string(search_ref) + std::to_string(++searches_)};
}

void Terminal::leave(std::optional<std::string> text) {
  if (std::exchange(leaving_, true)) return;
  connection_->quit(std::move(text));
}

void Terminal::on_event(const protocol::Event& event, std::string_view, Arrival) {
  const bool known = offline_ && std::holds_alternative<event::Welcome>(event.body);
  if (!known && !shows_search(event)) {
    show(transcript_.of(event, {connection_->name(), roster_.several()}, now()));
  }
  roster_.note(event);
  if (std::holds_alternative<event::Failure>(event.body)) going_to_.clear();
  if (const auto* joined = std::get_if<event::Joined>(&event.body);
      joined && same_name(joined->room, going_to_)) {
    roster_.turn_to(joined->room);
    going_to_.clear();
  }
  show_prompt();
}

/// Whether it is the answer to a search, which is shown in its own way.
bool Terminal::shows_search(const protocol::Event& event) {
  const auto* history = std::get_if<event::History>(&event.body);
  if (history == nullptr || !event.ref.starts_with(search_ref)) return false;
  const bool is_last = event.ref == std::string(search_ref) + std::to_string(searches_);
  if (is_last && searched_) search_on_ = slash::older_hits(*searched_, *history);
  show(transcript_.found(*history, {connection_->name(), roster_.several()}, now()));
  return true;
}

void Terminal::on_link_lost(std::string_view why, std::chrono::milliseconds) {
  if (std::exchange(offline_, true)) return;
  notice("the connection is lost: " + std::string(why) + "; trying to get it back");
  show_prompt();
}

void Terminal::on_link_back() { notice("connected again as " + connection_->name()); }

void Terminal::on_ready() {
  offline_ = false;
  show_prompt();
}

void Terminal::on_name_refused(const protocol::Error& error) {
  show(transcript_.error(error, now()));
  notice("choose another name: /name NEW");
}

void Terminal::on_closed(Ending ending, std::string_view sentence) {
  if (ending == Ending::closed) {
    status_ = 1;
    last_word_ = sentence;
  } else if (const std::size_t unsaid = connection_->outstanding(); unsaid > 1 || (unsaid > 0 && offline_)) {
    last_word_ = "what was typed last was not sent, or the server has not said that it has it";
  }
  connection_->stop();
  io_.stop();
}

/// Shows them in this turn of the loop, together with what else has come in with it.
void Terminal::show(std::string_view lines) {
  if (lines.empty()) return;
  if (unshown_.empty()) asio::post(io_, [this] { show_unshown(); });
  unshown_ += lines;
}

void Terminal::show_unshown() {
  if (!unshown_.empty()) editor_->print(std::exchange(unshown_, {}));
}

void Terminal::show_prompt() {
  editor_->set_prompt(protocol::for_terminal(roster_.current()) + (offline_ ? " (offline)> " : "> "));
}

void Terminal::notice(std::string_view text) { show(transcript_.notice(text, now())); }

}  // namespace hubbub::client::terminal
