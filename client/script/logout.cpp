#include <string>

#include "client/script/script.hpp"
#include "client/script/standard_streams.hpp"
#include "client/tokens.hpp"

namespace hubbub::client {

using protocol::Code;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// Ends the session of this device at the server, and forgets its token. Where the server has not said that
/// it is ended, the token is kept.
class LogoutMode : public Script {
 public:
  explicit LogoutMode(const Options& options) : Script(options) {}

  void on_event(const protocol::Event& event, std::string_view, Arrival) override {
    if (std::holds_alternative<event::LoggedOut>(event.body)) {
      forget("You are logged out of " + where() + ".");
    } else if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
      if (failure->error.code == Code::login_failed)
        return forget("The token of " + where() + " was not valid any more, and is forgotten.");
      keep(where() + ": " + failure->error.text);
    }
  }

  void on_ready() override {
    if (ready()) return;
    Script::on_ready();
    if (!connection().may_carry_secrets())
      return keep("no token is sent over a connection that is not encrypted; connect with --tls");
    connection().send(request::Logout{});
  }

  void on_name_refused(const protocol::Error& error) override { keep(where() + ": " + error.text); }

  void on_closed(Ending ending, std::string_view sentence) override {
    ending == Ending::closed ? keep(std::string(sentence)) : Script::on_closed(ending, sentence);
  }

 protected:
  void prepare(Settings& settings) override {
    settings.profile.rooms.clear();
    settings.profile.outside = true;
    go_by({}, settings);
    settings.ask_for_name = true;  // so that on_name_refused() is told
  }

 private:
  std::string where() const { return to_string(options().servers); }

  void forget(const std::string& sentence) {
    if (const auto fault = Tokens(tokens_path()).keep(options().servers, {})) return keep(*fault);
    print(sentence + "\n");
    stop();
  }

  void keep(const std::string& why) {
    fail(why + "; the token is kept (--forget forgets it all the same)");
    stop();
  }
};

}  // namespace

int run_logout(const Options& options) {
  const std::string where = to_string(options.servers);
  const Tokens tokens(tokens_path());
  Options with_token = options;
  auto kept = tokens.find(options.servers);
  if (!kept) {
    complain(kept.error().text);
    return 1;
  }
  if (!kept->warning.empty()) complain(kept->warning);
  with_token.token = std::move(kept->token);
  if (with_token.token.empty()) {
    write_out("You are not logged in to " + where + ": no token of it is kept here.\n");
    return 0;
  }
  if (!options.login.forget) return LogoutMode(with_token).run();
  if (const auto fault = tokens.keep(options.servers, {})) {
    complain(*fault);
    return 1;
  }
  write_out("The token of " + where + " is forgotten here; the server takes it until /revoke there.\n");
  return 0;
}

}  // namespace hubbub::client
