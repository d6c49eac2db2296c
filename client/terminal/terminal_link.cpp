// The terminal's messages about a link that is not up.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "client/script/standard_streams.hpp"
#include "client/terminal/terminal.hpp"
#include "client/view/prompt.hpp"
#include "protocol/name.hpp"

namespace hubbub::client::terminal {

using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Waits for the first `welcome`.
void Terminal::connect() {
  link_ = Link::connecting;
  slow_.expires_after(slow_welcome);
  slow_.async_wait([this](const error_code& error) {
    if (error || link_ != Link::connecting) return;
    link_ = Link::slow;
    notice(not_answered_yet(connection_->server()));
    screen_->show_prompt();
  });
}

void Terminal::on_link_lost(std::string_view why, milliseconds retry_in) {
  retry_at_ = steady_clock::now() + retry_in;
  const bool was_up = link_ == Link::up;
  if (!was_let_in_) {
    // Another server is left to try.
    notice(going_on(connection_->server(), why, connection_->next_server()));
    return connect();
  }
  // One that could not be had says nothing of the name.
  link_ = std::exchange(was_name_refused_, false) ? Link::name_awaited : Link::lost;
  if (was_up) {
    model_.link_lost();
    const std::string next = has_several_servers() ? "; trying " + to_string(connection_->next_server())
                                                   : "; trying to get it back";
    notice("the connection is lost: " + std::string(why) + next);
  }
  count_down();
}

void Terminal::count_down() {
  screen_->show_prompt();
  const auto left = retry_at_ - steady_clock::now();
  if (!is_lost() || left <= steady_clock::duration::zero()) return;
  count_down_.expires_after(std::min<steady_clock::duration>(left, std::chrono::seconds(1)));
  count_down_.async_wait([this](const error_code& error) {
    if (!error) count_down();
  });
}

void Terminal::on_name_refused(const protocol::Error& error) {
  const auto spare = error.code == protocol::Code::name_taken ? names_.next() : std::nullopt;
  if (spare) return connection_->rename(*spare);
  slow_.cancel();
  link_ = Link::nameless;
  refuse(error);
  if (tried_ && tried_->ref.empty()) {
    if (asks_again(error)) return;
    tried_.reset();
    go_on_with({});
  }
  const bool takes_names = error.code != protocol::Code::login_required;
  notice(takes_names ? "you are not connected: choose another name with /name NEW, or log in to the account "
                       "of that name "
                       "with /login, which asks for the password"
                     : "you are not connected: log in with /login, which asks for the password");
  if (std::exchange(name_typed_, false)) give_back("/name " + connection_->name());
}

void Terminal::on_name_awaited(const protocol::Error& error) {
  if (std::exchange(name_typed_, false)) {
    // The user's own lost connection cannot hold a name that was chosen after the loss.
    const std::string typed = connection_->name();
    refuse(error);
    connection_->rename(model_.me());  // which makes `error` invalid
    notice("you come back as " + model_.me() + " instead");
    return give_back("/name " + typed);
  }
  was_name_refused_ = true;
  if (std::exchange(is_name_told_, true)) return;
  notice("the name " + connection_->name() +
         " is taken, perhaps by your own connection that was lost: it is " +
         "asked for again; /name NEW comes back at once, under another name");
}

void Terminal::on_untrusted(std::string_view why) {
  if (!was_let_in_) return;  // on_link_lost() tells
  const std::string where = to_string(connection_->server());
  if (std::exchange(untrusted_[where], why) == why) return;
  notice(has_several_servers() ? where + ": " + std::string(why) : std::string(why));
}

void Terminal::on_no_tls() { notice(std::string(not_encrypted)); }

/// Which server it is, and who can read along on the way there.
std::string Terminal::whereabouts() const {
  const std::string all = to_string(options_.servers);
  if (!connection_->is_up())
    return std::string("you are not connected to ") + (has_several_servers() ? "any of " : "") + all;
  const std::string where = "you are connected to " + to_string(connection_->server()) +
                            (has_several_servers() ? ", one of " + all : "");
  if (const auto* tls = connection_->tls()) return where + ", encrypted (" + tls->version() + ")";
  return where + (connection_->may_carry_secrets() ? "" : ", not encrypted");
}

/// Sets the name for the next `hello`.
void Terminal::take_name(const std::string& name) {
  const auto parsed = protocol::parse_name(name);
  if (!parsed) return refuse(parsed.error());
  if (link_ == Link::name_awaited) link_ = Link::lost;
  is_name_told_ = false;
  name_typed_ = parsed->shown != model_.me();
  connection_->rename(parsed->shown);
  if (link_ == Link::lost)
    notice("you come back as " + parsed->shown + ", unless somebody else has that name");
  if (link_ == Link::nameless) connect();
  screen_->show_prompt();
}

std::string Terminal::link_state() const {
  constexpr std::string_view offline = "offline";
  const auto left = std::chrono::ceil<milliseconds>(retry_at_ - steady_clock::now());
  const std::string lost = offline_state(std::max(milliseconds(0), left));
  switch (link_) {
    case Link::connecting:
      return "";
    case Link::slow:
      return "connecting";
    case Link::nameless:
      return "not connected, /name NEW";
    case Link::back:
      return "catching up";
    case Link::name_awaited:
      return "name taken" + lost.substr(offline.size());
    default:
      return lost;
  }
}

}  // namespace hubbub::client::terminal
