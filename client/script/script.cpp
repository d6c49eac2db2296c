#include "client/script/script.hpp"

#include <csignal>

#include "client/script/standard_streams.hpp"
#include "client/view/phrases.hpp"
#include "hubbub_version.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::same_name;

namespace event = protocol::event;

namespace {

/// Time without a server after which a script gives up, since no person is there to end it.
constexpr std::chrono::minutes offline{2};

}  // namespace

int Script::run() {
  Settings settings;
  settings.servers = options_.servers;
  settings.profile.name = options_.name;
  settings.profile.rooms = options_.rooms;
  settings.profile.token = options_.token;
  settings.profile.program = std::string("hubbub/") + version;
  settings.patience.offline = offline;
  if (options_.name_typed) {
    settings.ask_for_name = true;  // so that on_name_refused() can say why, and suggest another name
  } else {
    go_by(options_.name, settings);
  }
  prepare(settings);
  connection_ = Connection::open(io_.get_executor(), std::move(settings), *this);
  if (status_line_.is_seen()) tell_when_slow();
  io_.run();
  if (signal_ != 0) {
    std::signal(signal_, SIG_DFL);
    std::raise(signal_);
  }
  return status_;
}

/// Tells a person at a terminal that the server has not answered yet.
void Script::tell_when_slow() {
  slow_.expires_after(slow_welcome);
  slow_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !offline_ && !connection_->is_up()) tell(not_answered_yet(connection_->server()));
  });
}

void Script::go_by(std::string name, Settings& settings) {
  settings.ask_for_name = !name.empty();
  settings.profile.name = name;
  names_ = SpareNames(std::move(name));
}

void Script::warn_of_new_room(const protocol::Event& event) {
  if (const auto* welcome = std::get_if<event::Welcome>(&event.body)) default_room_ = welcome->default_room;
  const auto* joined = std::get_if<event::Joined>(&event.body);
  if (options_.new_room || joined == nullptr || same_name(joined->room, default_room_)) return;
  if (joined->count > 1 || joined->last != 0 || !joined->topic.empty()) return;
  tell(joined->room +
       " is a new room: nobody else is in it, and nothing was said there before; hubbub rooms " +
       "lists those that there are (--new: no such warning)");
}

std::optional<std::string> Script::put_out(const protocol::Event& event) {
  const auto* kicked = std::get_if<event::Kicked>(&event.body);
  const bool is_out = std::holds_alternative<event::Closed>(event.body) ||
                      (kicked != nullptr && (kicked->you || same_name(kicked->name, connection().name())));
  return is_out ? std::optional(plain_words(event, connection().name())) : std::nullopt;
}

bool Script::token_is_refused(const protocol::Event& event, bool goes_on) {
  const auto* const failure = std::get_if<event::Failure>(&event.body);
  if (options_.token.empty() || failure == nullptr || failure->error.code != protocol::Code::login_failed)
    return false;
  const bool is_kept = options_.token_from.empty();
  const std::string what = is_kept ? "the token that is kept here" : "the token of " + options_.token_from;
  const std::string sentence =
      to_string(connection_->server()) + ": " + what + " is not accepted, or not any more";
  const std::string typed = typed_server(options_);
  const std::string again = "`hubbub login" + (typed.empty() ? "" : " " + typed) + "` logs in again";
  if (is_kept && goes_on) {
    tell(sentence + "; going on as a guest (" + again + ")");
    return true;
  }
  fail(sentence + "; " + again + (is_kept ? "" : ", or leave that token out"));
  stop();
  return true;
}

void Script::on_ready() {
  ready_ = true;
  names_.begin_again();
}

void Script::on_name_refused(const protocol::Error& error) {
  slow_.cancel();  // the server has answered
  const auto spare = error.code == protocol::Code::name_taken ? names_.next() : std::nullopt;
  if (spare) return connection_->rename(*spare);
  const std::string& typed = options_.name;
  const bool has_others = options_.name_typed && error.code == protocol::Code::name_taken;
  fail(to_string(connection_->server()) + ": " + error.text +
       (has_others ? ", or leave " + typed + "@ out: then one that is free is found" : ""));
  stop();
}

void Script::on_link_lost(std::string_view why, std::chrono::milliseconds) {
  if (has_several_servers()) {
    if (ready_ && std::exchange(offline_, true)) return;
    if (!ready_ && status_line_.is_seen()) tell_when_slow();
    return tell(going_on(connection_->server(), why, connection_->next_server()));
  }
  if (!std::exchange(offline_, true)) tell("the connection is lost: " + std::string(why) + "; trying again");
}

void Script::on_untrusted(std::string_view why) {
  if (!ready_ && has_several_servers()) return;  // on_link_lost() tells
  const std::string where = to_string(connection_->server());
  if (std::exchange(untrusted_[where], why) == why) return;
  tell(has_several_servers() ? where + ": " + std::string(why) : std::string(why));
}

void Script::on_link_back() {
  offline_ = false;
  untrusted_.clear();
  tell("connected again" + (has_several_servers() ? ", to " + to_string(connection_->server()) : ""));
}

void Script::on_closed(Ending ending, std::string_view sentence) {
  if (ending == Ending::closed) fail(sentence);
  stop();
}

void Script::print(std::string_view bytes) {
  if (bytes.empty() || stopped_) return;
  const Output output = write_out(bytes);
  if (output == Output::failed) status_ = 1;
  if (output != Output::written) stop();
}

void Script::tell(std::string_view sentence) {
  status_line_.erase();
  complain(sentence);
}

void Script::fail(std::string_view sentence) {
  status_ = 1;
  tell(sentence);
}

void Script::stop() {
  stopped_ = true;
  connection_->stop();
  io_.stop();
}

void Script::die_of(int signal) {
  signal_ = signal;
  stop();
}

}  // namespace hubbub::client
