#include "client/script/feeding.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <utility>

#include "protocol/text.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
namespace event = protocol::event;

namespace {

/// ", the server takes 10 a second"; empty: the server has no limit.
std::string pace(double per_second) {
  if (per_second <= 0) return {};
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), "%.3g", per_second);
  return std::string(", the server takes ") + number.data() + " a second";
}

/// Interval between progress messages; a shorter run shows none.
constexpr std::chrono::milliseconds patient{500};

/// Sends each line of the input, or one text, to a room, and prints nothing. Skips empty lines. Reports its
/// progress when it is interrupted, and on a terminal also while it runs.
class Say : public Feeding {
 public:
  explicit Say(const Options& options)
      : Feeding(options), signals_(io(), SIGINT, SIGTERM), progress_(io()), text_(options.say) {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      tell("interrupted; " + how_far());
      die_of(signal);
    });
  }

  void on_event(const protocol::Event& event, std::string_view, Arrival) override {
    if (token_is_refused(event, false)) return;  // nothing is said under another name
    if (!ready()) warn_of_new_room(event);
    if (const auto* welcome = std::get_if<event::Welcome>(&event.body)) {
      pace_ = pace(welcome->messages_per_second);
    } else if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
      refused(event, failure->error);
    } else if (std::holds_alternative<event::Left>(event.body)) {
      stop();  // the refusal before it told why
    }
  }

  void on_ready() override {
    const bool first = !ready();
    Feeding::on_ready();
    if (!first || !status_line().is_seen()) return;
    if (::isatty(STDIN_FILENO) == 0) return watch_progress();
    // A person who types the input needs a hint that it is being read, not a progress line.
    if (options().say) return;
    tell(std::string(options().one_message ? "what" : "each line that") + " you type is a message in " +
         options().rooms.front() + "; Ctrl-D ends");
  }

  void on_closed(Ending ending, std::string_view sentence) override {
    if (ending == Ending::closed && queued_ > 0) {
      fail(std::string(sentence) + "; " + how_far());
      stop();
    } else {
      Feeding::on_closed(ending, sentence);
    }
  }

 protected:
  void prepare(Settings& settings) override { settings.profile.replay = 0; }

  bool take(const std::string& line) override {
    if (line.empty()) return true;
    const protocol::request::Say say{options().rooms.front(), line, {}, false};
    if (!connection().send(protocol::Request{say, std::to_string(line_)})) return false;
    ++queued_;
    return true;
  }

  asio::awaitable<std::optional<std::string>> next_line() override {
    ++line_;
    if (from_lines()) co_return co_await input().next();
    if (std::exchange(taken_, true)) co_return std::nullopt;
    if (text_) co_return std::exchange(text_, std::nullopt);
    co_return co_await whole_input();
  }

 private:
  /// The whole input without the line feeds at its end, as in the shell's $(…).
  asio::awaitable<std::optional<std::string>> whole_input() {
    std::string text;
    while (const auto line = co_await input().next()) {
      text += *line;
      text += '\n';
      if (text.size() <= Input::most_line_bytes) continue;
      fail("the input is too long for one message");
      stop();
      co_return std::nullopt;
    }
    text.erase(text.find_last_not_of('\n') + 1);
    co_return text;
  }

  void refused(const protocol::Event& event, const protocol::Error& error) {
    if (!ready()) {
      fail(error.text);
      return stop();
    }
    ++refused_;
    const std::string where = from_lines() && !event.ref.empty() ? "line " + event.ref + ": " : "";
    const bool is_long = options().one_message && error.code == protocol::Code::text_too_long;
    fail(where + error.text + (is_long ? "; without --one each line is a message of its own" : ""));
  }

  bool from_lines() const { return !options().say && !options().one_message; }
  std::string how_far() {
    const std::size_t said = answered() - std::min(answered(), refused_);
    const std::size_t sent = connection().perhaps_done();
    const std::string perhaps = sent > 0 ? ", and perhaps up to " + std::to_string(sent) + " more" : "";
    return protocol::counted(said, "message") + (said == 1 ? " was said" : " were said") + perhaps;
  }

  void watch_progress() {
    progress_.expires_after(patient);
    progress_.async_wait([this](const boost::system::error_code& error) {
      if (error || stopped()) return;
      show_progress();
      watch_progress();
    });
  }

  void show_progress() {
    const bool waits = queued_ > 1 && connection().outstanding() > 0 && connection().is_up();
    if (!waits) return status_line().erase();
    const std::string of_all = ended() ? " of " + std::to_string(queued_) : "";
    status_line().show("hubbub: " + std::to_string(answered()) + of_all + " sent" + pace_);
  }

  /// Messages that the server has accepted or refused.
  std::size_t answered() { return queued_ - std::min(queued_, connection().outstanding()); }

  boost::asio::signal_set signals_;
  boost::asio::steady_timer progress_;
  std::string pace_;                 ///< the server's rate, in words
  std::optional<std::string> text_;  ///< still to be sent
  bool taken_ = false;               ///< the only message has been taken
  std::size_t line_ = 0;             ///< number of the input's line that was read last
  std::size_t queued_ = 0;           ///< number of messages
  std::size_t refused_ = 0;          ///< of the queued messages
};

}  // namespace

int run_say(const Options& options) { return Say(options).run(); }

}  // namespace hubbub::client
