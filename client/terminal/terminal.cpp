#include "client/terminal/terminal.hpp"

#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "client/script/standard_streams.hpp"
#include "client/view/prompt.hpp"
#include "hubbub_version.hpp"
#include "protocol/limits.hpp"
#include "protocol/system.hpp"

namespace hubbub::client::terminal {

using protocol::now;
namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace event = protocol::event;

namespace {

/// Starts output that Ctrl-S has stopped, for which the exit would wait until Ctrl-Q. Linux restarts output
/// only if it was stopped by the same function.
void start_output() {
  ::tcflow(STDOUT_FILENO, TCOOFF);
  ::tcflow(STDOUT_FILENO, TCOON);
}

/// The prompt with its sequences between \001 and \002, which Readline leaves out of the prompt's width.
std::string marked(const std::vector<Segment>& segments, const Palette& palette) {
  std::string text;
  const auto add_sequence = [&](const std::string& sequence) {
    if (!sequence.empty()) text += "\001" + sequence + "\002";
  };
  for (const Segment& segment : segments) {
    add_sequence(palette.begin(segment.style));
    text += segment.text;
    add_sequence(palette.end(segment.style));
  }
  return text;
}

}  // namespace

Terminal::Terminal(const Options& options, PersonalSettings settings, std::string codeset)
    : options_(options),
      settings_(std::move(settings)),
      names_(options.name_typed ? SpareNames() : SpareNames(options.name)),
      codeset_(std::move(codeset)),
      glyphs_(&glyphs_for(codeset_, protocol::environment("TERM"))),
      input_(io_, wait_set(STDIN_FILENO, EPOLLIN)),
      signals_(io_, SIGINT, SIGTERM, SIGHUP),
      settle_(io_),
      count_down_(io_),
      read_again_(io_),
      speak_again_(io_),
      model_(settings_.preferences),
      notifier_(way_to_notify(), !LineEditor::is_plain()),
      history_(history_path()),
      text_limit_(protocol::default_text_bytes),
      slow_(io_),
      silence_(io_) {
  signals_.add(SIGWINCH);
  signals_.add(SIGTSTP);
  signals_.add(SIGQUIT);
}

int Terminal::run() {
  Settings settings;
  settings.servers = options_.servers;
  settings.profile.name = options_.name;
  settings.profile.rooms = options_.rooms;
  settings.profile.token = options_.token;
  settings.profile.follows_account = true;
  settings.profile.program = std::string("hubbub/") + version;
  settings.ask_for_name = true;
  connection_ = Connection::open(io_.get_executor(), std::move(settings), *this);
  editor_.emplace(handlers(), codeset_);
  for (const std::string& line : history_.load()) editor_->remember(line);
  screen_.emplace(io_, *editor_, Typesetter(palette(), settings_.look, *glyphs_),
                  [this](std::size_t columns) { return prompt_text(columns); });
  connect();
  read_input();
  wait_for_signal();
  io_.run();
  start_output();
  screen_->flush();
  screen_.reset();
  if (is_held_) ::tcflush(STDIN_FILENO, TCIFLUSH);  // further tries, which are not for the shell
  editor_.reset();
  if (!last_word_.empty()) complain(last_word_);
  return status_;
}

/// The colours chosen in the options or settings, or else those that the terminal has, or none if NO_COLOR is
/// set and not empty (https://no-color.org: the program's own settings take precedence).
Palette Terminal::palette() const {
  using Depth = Palette::Depth;
  const Depth able = depth_of(protocol::environment("TERM"), protocol::environment("COLORTERM"));
  if (!options_.color) return Palette(Depth::none);
  switch (settings_.look.color) {
    case Look::Color::never:
      return Palette(Depth::none);
    case Look::Color::always:
      return Palette(able == Depth::none ? Depth::basic : able);
    case Look::Color::basic:
      return Palette(Depth::basic);
    case Look::Color::wide:
      return Palette(Depth::wide);
    default:
      return Palette(protocol::environment("NO_COLOR").empty() ? able : Depth::none);
  }
}

void Terminal::read_input() {
  input_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
    if (error) return leave(std::nullopt);
    editor_->read();
    if (is_held_) end_when_silent();
    if (next_ && LineEditor::is_hiding() && !LineEditor::is_answering()) {
      editor_->stop_asking();
      go_on();
    }
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
      return screen_->resize();
    case SIGTSTP:
      screen_->flush();
      editor_->suspend();
      return screen_->note({});
    case SIGINT:
      if (!leaving_) return editor_->interrupt();
      [[fallthrough]];
    default:
      if (leaving_) return on_closed(Ending::asked, "");
      leave(std::nullopt);
  }
}

/// Whether the token that is kept for this server is none of this session's: where its own was handed over,
/// or another client has kept one since.
bool Terminal::keeps_another() const {
  if (!options_.token_from.empty()) return true;
  const auto kept = tokens_.find(options_.servers);
  return !options_.token.empty() && kept && !kept->token.empty() && kept->token != options_.token;
}

/// For the next run of this client. A token that is not accepted is of no use any more. Another
/// session's stays.
void Terminal::keep_token(const protocol::Event& event) {
  std::optional<std::string> token;
  if (const auto* registered = std::get_if<event::Registered>(&event.body)) token = registered->token;
  if (const auto* logged_in = std::get_if<event::LoggedIn>(&event.body)) token = logged_in->token;
  if (const auto* welcome = std::get_if<event::Welcome>(&event.body)) token = welcome->token;
  if (token && token->empty()) return;  // it has one already, or is to have none
  const auto* failure = std::get_if<event::Failure>(&event.body);
  const bool is_refused = failure != nullptr && failure->error.code == protocol::Code::login_failed &&
                          !connection_->is_up() && !keeps_another();
  if (std::holds_alternative<event::LoggedOut>(event.body) || is_refused) token.emplace();
  if (!token) return;
  const bool stays = keeps_another();
  options_.token = *token;
  if (stays) {
    if (!token->empty())
      notice("this login is for this session alone, as another token is used or kept here");
    return;
  }
  if (const auto fault = tokens_.keep(options_.servers, *token)) notice(*fault);
}

void Terminal::on_event(const protocol::Event& event, std::string_view, Arrival arrival) {
  const auto* welcome = std::get_if<event::Welcome>(&event.body);
  if (welcome != nullptr) {
    if (welcome->text_bytes > 0) text_limit_ = welcome->text_bytes;
    registration_ = welcome->registration;
    name_typed_ = false;  // the server has accepted the name
    was_let_in_ = true;
    is_name_told_ = false;
  }
  keep_token(event);
  settle_try(event);
  if (shows_search(event) || looks_back(event) || looks_around(event) || notes_read(event)) return;
  News told = model_.take(event, arrival == Arrival::missed, now());
  number_on(told, event);
  // A `welcome` after reconnecting is not shown.
  if (welcome != nullptr && link_ == Link::back) told.items.clear();
  // All missed messages are shown, however many there are.
  if (arrival == Arrival::missed) screen_->show_all(std::exchange(told.items, {}));
  show(told);
  give_back_refused(event);
  list_on(event);
  tell_read();
}

void Terminal::show(const News& news) {
  for (const auto& change : news.changes)
    screen_->amend([&](const Said& said) { return model_.as_changed(said, change); });
  screen_->show(news.items);
  screen_->show_prompt();
  settle_when_due();
  count_silence();
  if (news.alerts.empty()) return;
  screen_->signal(notifier_.tell(news.alerts, settings_.notify, steady_clock::now()));
}

/// Shows joins and departures once they have been collected.
void Terminal::settle_when_due() {
  const auto due = model_.next_due();
  if (!due) return;
  settle_.expires_after(std::max(milliseconds(0), *due - now()));
  settle_.async_wait([this](const error_code& error) {
    if (!error) show(model_.settle(now()));
  });
}

/// While the reader has to wait, the prompt tells how long.
void Terminal::count_silence() {
  const auto silence = model_.silence(now());
  if (!silence || !silence->until) return;
  const auto left = std::max(milliseconds(0), *silence->until - now()) + milliseconds(1);
  speak_again_.expires_after(std::min<milliseconds>(left, std::chrono::seconds(1)));
  speak_again_.async_wait([this](const error_code& error) {
    if (error) return;
    screen_->show_prompt();
    count_silence();
  });
}

void Terminal::on_link_back() {
  link_ = Link::back;
  screen_->show_prompt();
}

void Terminal::on_ready() {
  slow_.cancel();
  const bool again = std::exchange(link_, Link::up) == Link::back;
  untrusted_.clear();
  const std::string where = has_several_servers() ? to_string(connection_->server()) : std::string();
  if (again) notice("connected again as " + connection_->name() + (where.empty() ? "" : ", to " + where));
  if (!again && !where.empty()) notice("connected to " + where);
  if (const auto* tls = connection_->tls(); tls != nullptr && !again)
    notice("the connection is encrypted (" + tls->version() + ")");
  if (const auto preferred = std::exchange(names_, {}).wanted();
      !preferred.empty() && preferred != connection_->name()) {
    notice("the name " + preferred + " is taken; going by " + connection_->name() +
           " (/name NEW changes that)");
  }
  const News news = model_.ready(now());
  show(news);
  tell_read();
  for (const Item& item : news.items) {
    const auto* missed = std::get_if<Missed>(&item.what);
    if (missed != nullptr) tell_missed(*missed);
  }
}

/// One notification for all missed messages, if any mention the reader.
void Terminal::tell_missed(const Missed& missed) {
  std::size_t mentions = 0;
  for (const Missed::Of& room : missed.rooms) {
    if (!model_.mutes(room.room)) mentions += room.mentions;
  }
  if (mentions == 0 || !settings_.notify.on_mention) return;
  const std::string text =
      std::to_string(mentions) + (mentions == 1 ? " message mentions" : " messages mention") + " you";
  screen_->signal(notifier_.tell("while you were away", text, settings_.notify, steady_clock::now()));
}

void Terminal::on_lag(milliseconds lag) {
  lag_ = lag;
  screen_->show_prompt();
}

void Terminal::on_closed(Ending ending, std::string_view sentence) {
  if (ending == Ending::closed || !was_let_in_) status_ = 1;
  if (ending == Ending::closed) {
    last_word_ = sentence;
  } else if (const std::size_t unsaid =
                 connection_->outstanding() - std::min(connection_->outstanding(), reading_.size());
             unsaid > 1 || (unsaid > 0 && link_ != Link::up)) {
    last_word_ = "what was typed last was not sent, or the server has not said that it has it";
  }
  connection_->stop();
  if (ending == Ending::closed && !leaving_ && LineEditor::is_hiding()) return hold_until_typed();
  io_.stop();
}

std::string Terminal::prompt_text(std::size_t columns) const {
  std::vector<Segment> segments = prompt(model_.glance(), state(), columns, *glyphs_);
  if (segments.front().text.starts_with(' '))
    segments.front().text.erase(0, 1);  // there is no room before it
  return marked(segments, palette());
}

/// For the prompt: the connection's state, or why the reader cannot speak; empty: nothing is wrong.
std::string Terminal::state() const {
  if (link_ != Link::up) return link_state();
  if (lag_ >= Lag::bad) return lag_state(lag_);
  const auto silence = model_.silence(now());
  return silence ? silence_state(*silence, now()) : std::string();
}

void Terminal::refuse(const protocol::Error& error) {
  refused_ = true;
  screen_->show(Item{now(), Fact{protocol::Event{event::Failure{error, {}, 0}, {}}}});
}

void Terminal::notice(std::string text) { screen_->show(Item{now(), Notice{std::move(text)}}); }

}  // namespace hubbub::client::terminal
