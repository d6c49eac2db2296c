#include "client/script/feeding.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <string>
#include <utility>

#include "client/view/phrases.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
namespace event = protocol::event;

Feeding::Feeding(const Options& options) : Script(options), input_(io().get_executor()), outbox_free_(io()) {}

void Feeding::on_ready() {
  if (ready()) return;
  Script::on_ready();
  tell_name();
  asio::co_spawn(
      io(), [this] { return take_all(); },
      [](const std::exception_ptr& mistake) {
        if (mistake) std::rethrow_exception(mistake);
      });
}

/// Tells the name if the user may expect another one. Whoever logs in goes by that of the account.
void Feeding::tell_name() {
  const std::string& name = connection().name();
  if (wanted_name().empty() && !options().token.empty()) return;
  if (options().name_typed || name == wanted_name()) return;
  if (wanted_name().empty()) {
    tell("no name was given, and that of the user cannot be one here; going by " + name +
         " (NAME@HOST gives one)");
  } else {
    tell("the name " + wanted_name() + " is taken; going by " + name);
  }
}

asio::awaitable<void> Feeding::take_all() {
  while (auto line = co_await next_line()) {
    while (!take(*line)) {
      outbox_free_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await outbox_free_.async_wait(asio::as_tuple(asio::use_awaitable));
      if (stopped()) co_return;
    }
  }
  if (stopped()) co_return;
  if (input_.error() != 0)
    fail(std::string("cannot read what is to be said: ") + std::strerror(input_.error()));
  ended_ = true;
  quit_when_done();
}

void Feeding::on_name_refused(const protocol::Error& error) {
  // Under another name the server would not recognise messages that are sent again.
  if (!ready()) return Script::on_name_refused(error);
  on_closed(Ending::closed, error.text);
}

void Feeding::on_answered() {
  if (!connection().full()) outbox_free_.cancel();
  quit_when_done();
}

void Feeding::quit_when_done() {
  if (ended_ && connection().outstanding() == 0) connection().quit();
}

namespace {

/// For bots: prints every line from the server unchanged, and takes every line of the input as a request. The
/// connection sends `hello`, joins the rooms, reconnects, and sends unanswered requests again.
class JsonMode : public Feeding {
 public:
  using Feeding::Feeding;

  void on_event(const protocol::Event&, std::string_view line, Arrival) override { show(line); }
  void on_unknown_line(std::string_view line) override { show(line); }

 protected:
  bool take(const std::string& line) override { return line.empty() || connection().send_line(line); }

 private:
  void show(std::string_view line) { print(std::string(line) + '\n'); }
};

/// Sends each line of the input unchanged to the first room, even if it begins with a slash, and prints the
/// messages of all rooms as plain text. With Options::say, sends that text instead, and prints nothing.
class Pipe : public Feeding {
 public:
  explicit Pipe(const Options& options) : Feeding(options), text_(options.say) {}

  void on_event(const protocol::Event& event, std::string_view, Arrival) override {
    if (token_is_refused(event, false)) return;  // nothing is said under another name
    if (!ready()) warn_of_new_room(event);
    if (const auto* joined = std::get_if<event::Joined>(&event.body); joined && room_.empty())
      room_ = joined->room;
    for (const auto& message : messages_of(event)) {
      if (!options().say) print(plain_line(*message, connection().name(), options().rooms.size() > 1));
    }
    const auto* edited = std::get_if<event::Edited>(&event.body);
    const auto* deleted = std::get_if<event::Deleted>(&event.body);
    if (edited != nullptr) show(*edited);
    if (deleted != nullptr) show(*deleted);
    if (const auto why = put_out(event)) fail(*why);
    if (const auto* failure = std::get_if<event::Failure>(&event.body)) refused(failure->error);
  }

 protected:
  bool take(const std::string& line) override {
    if (line.empty()) return true;
    return connection().send(protocol::request::Say{room_, line, {}, false});
  }

  asio::awaitable<std::optional<std::string>> next_line() override {
    if (!options().say) co_return co_await input().next();
    co_return std::exchange(text_, std::nullopt);
  }

  void prepare(Settings& settings) override { settings.profile.replay = 0; }

 private:
  void show(const event::Changed& change) {
    if (!options().say) print(plain_line(change, options().rooms.size() > 1));
  }

  void refused(const protocol::Error& error) {
    fail(error.text);
    // The first room was refused: messages must not go to another one.
    if (!ready()) stop();
  }

  std::optional<std::string> text_;  ///< still to be sent
  std::string room_;
};

}  // namespace

int run_json(const Options& options) { return JsonMode(options).run(); }
int run_pipe(const Options& options) { return Pipe(options).run(); }

}  // namespace hubbub::client
