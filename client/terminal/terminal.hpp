#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/connection/connection.hpp"
#include "client/model/model.hpp"
#include "client/options.hpp"
#include "client/script/spare_name.hpp"
#include "client/settings.hpp"
#include "client/terminal/history_file.hpp"
#include "client/terminal/line_editor.hpp"
#include "client/terminal/look_back.hpp"
#include "client/terminal/notifier.hpp"
#include "client/terminal/own_command.hpp"
#include "client/terminal/screen.hpp"
#include "client/tokens.hpp"
#include "client/view/look.hpp"
#include "protocol/listed.hpp"

namespace hubbub::client::terminal {

/// The client of a person at a terminal, with messages above the typed line. Passes events from the
/// connection to the model, the model's news to the screen, and typed lines to the connection.
class Terminal : public Listener {
 public:
  /// `codeset`: the terminal's encoding, from use_utf8().
  Terminal(const Options& options, PersonalSettings settings, std::string codeset);

  /// Runs until the connection is over; returns the exit status.
  int run();

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;
  void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override;
  void on_untrusted(std::string_view why) override;
  void on_no_tls() override;
  void on_link_back() override;
  void on_ready() override;
  void on_correspondence(const std::vector<Correspondence>& conversations) override;
  void on_lag(std::chrono::milliseconds lag) override;
  void on_held_back(std::string_view ref, std::chrono::milliseconds wait) override;
  void on_name_refused(const protocol::Error& error) override;
  void on_name_awaited(const protocol::Error& error) override;
  void on_closed(Ending ending, std::string_view sentence) override;

 private:
  using Request = protocol::request::Any;

  // Typed lines: terminal_typed.cpp
  LineEditor::Handlers handlers();
  void on_line(std::string line);
  void obey(const std::string& line);
  void take_line(const std::string& line);
  void carry_out(const Request& asked, const std::string& line);
  void carry_out(const own::Any& command);
  void carry_out(const own::Go& go);
  void carry_out(const own::Clear& clear);
  void carry_out(const own::Help& help);
  void show_self();

  // Passwords, which are asked for: terminal_secrets.cpp
  /// What is being asked for: of which command, with which questions, and what was answered.
  struct Inquiry {
    std::string line;     ///< the command as it was typed, without its secrets
    std::string command;  ///< its name
    std::string account;  ///< whose password it is; empty: no name is known
    int tries = 1;
    bool was_sent = false;  ///< an earlier try was
    std::vector<std::string> questions{};
    std::vector<protocol::Secret> answers{};
    std::string ref{};  ///< of the request with the answers; empty: they went with the `hello`
  };
  /// How often a password is asked for in all, as login(1) has it. The server closes a connection after as
  /// many that were wrong.
  static constexpr int most_tries = 3;
  bool withholds(const std::string& line);
  bool asks_for_secrets(const std::string& line);
  bool is_unknown(const std::string& account) const;
  void ask_whether_meant(Inquiry inquiry);
  void set_about(Inquiry inquiry);
  void begin(Inquiry inquiry);
  void ask_next();
  void take_answer(std::optional<protocol::Secret> answer);
  void refuse_answer(const std::string& fault, bool repeats);
  void send_answers();

  // The wait for the server's answer to them: terminal_waiting.cpp
  /// What follows when the person's typing has ended.
  struct Next {
    std::optional<Inquiry> ask{};  ///< what is asked for again
    std::string line{};            ///< what comes back otherwise; empty: nothing
  };
  void wait_for_answer();
  void take_while_waiting(const std::optional<protocol::Secret>& typed);
  void settle_try(const protocol::Event& event);
  bool asks_again(const protocol::Error& error);
  void go_on_with(Next next);
  void go_on();
  void hold_until_typed();
  void end_typing();
  void end_when_silent();

  // Preferences and settings: terminal_settings.cpp
  void carry_out(const own::Ignore& ignore);
  void carry_out(const own::Unignore& unignore);
  void carry_out(const own::Mute& mute);
  void carry_out(const own::Unmute& unmute);
  void carry_out(const own::Set& set);
  using NameList = std::vector<std::string> Preferences::*;
  bool keep_listed(std::string_view key, NameList list, const std::string& name, bool is_in);
  std::string doubt_of_name(const std::string& name) const;
  std::string listed_until(const std::vector<std::string>& names, NameList list) const;
  void show_settings(const std::string& key, const std::string& until);

  // Private messages: terminal_private.cpp
  void carry_out(const own::Reply& reply);
  void carry_out(const own::Query& query);
  std::string conversation() const;
  bool concerns_view(const Request& asked);
  void carry_out_in_view(const Request& asked);
  void show_past_of_view(const Room& view, const protocol::request::History& asked);
  void tell(std::string_view person, const std::string& text);
  void close_view(const std::string& view);

  // Conversations of the account: terminal_marks.cpp
  void tell_read();
  void tell_all_read();
  bool notes_read(const protocol::Event& event);
  void list_on(const protocol::Event& event);
  void number_on(News& news, const protocol::Event& event);

  void send(const Request& asked, const std::string& line);
  std::string next_ref() { return "t." + std::to_string(++refs_); }
  protocol::Request addressed(const Request& asked);
  Request meaning_own_last(Request asked) const;
  void may_come_back(const std::string& ref, const std::string& line);
  void give_back(const std::string& line);
  void keep_within_reach(const std::string& line);
  void keep(const std::string& line);
  bool keeps_another() const;
  void keep_token(const protocol::Event& event);
  static protocol::request::Any labelled(protocol::request::Any asked);
  void turn_to(const std::string& room);
  void leave(std::optional<std::string> text);

  // Earlier messages: terminal_past.cpp
  void note_search(const protocol::request::History& asked, const std::string& ref);
  void forget_search();
  bool shows_search(const protocol::Event& event);
  bool looks_back(const protocol::Event& event);
  void carry_out(const own::Around& command);
  std::string why_no_hits() const;
  bool looks_around(const protocol::Event& event);

  // Events.
  void give_back_refused(const protocol::Event& event);
  void show(const News& news);
  void show_all(News news);
  void settle_when_due();
  void count_silence();
  void tell_missed(const Missed& missed);

  // The screen and the connection's state.
  std::string prompt_text(std::size_t columns) const;
  std::string state() const;
  std::string link_state() const;
  std::string whereabouts() const;
  bool has_several_servers() const { return options_.servers.size() > 1; }
  bool is_lost() const { return link_ == Link::lost || link_ == Link::name_awaited; }
  void connect();
  void take_name(const std::string& name);
  void count_down();
  void refuse(const protocol::Error& error);
  void refuse(const protocol::Error& error, const std::string& line);
  void notice(std::string text);

  Palette palette() const;
  void read_input();
  void wait_for_signal();
  void on_signal(int signal);

  Options options_;
  PersonalSettings settings_;
  SpareNames names_;  ///< used until the first `welcome`
  std::string codeset_;
  const Glyphs* glyphs_;
  boost::asio::io_context io_{1};
  boost::asio::posix::stream_descriptor input_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer settle_;
  boost::asio::steady_timer count_down_;
  boost::asio::steady_timer read_again_;
  boost::asio::steady_timer speak_again_;
  Model model_;
  Notifier notifier_;
  HistoryFile history_;
  std::optional<LineEditor> editor_;
  std::optional<Screen> screen_;
  std::shared_ptr<Connection> connection_;

  /// Sent lines that may have to be given back, with the refs of their requests.
  std::deque<std::pair<std::string, std::string>> said_;
  bool refused_ = false;                                ///< the line that is being carried out was refused
  std::uint64_t refs_ = 0;                              ///< number of refs given out
  std::optional<protocol::request::History> searched_;  ///< the last search
  std::optional<Inquiry> inquiry_;
  std::optional<Inquiry> tried_;  ///< sent, and not answered by the server yet: it may be asked again
  std::optional<Next> next_;      ///< the server has answered, while something was being typed
  std::string registration_;      ///< Welcome::registration
  std::string search_ref_;        ///< its ref, until it is answered
  Tokens tokens_{tokens_path()};
  protocol::Listed listed_;
  std::string bans_ref_;                                 ///< of the further page that was asked for last
  std::optional<protocol::request::History> search_on_;  ///< the request for older hits of the last search
  std::vector<protocol::MessagePtr> found_;              ///< hits of the last search; index: number less one
  bool found_hidden_ = false;                            ///< some hits were by ignored people
  /// The open /around: the refs of its two requests, and the messages received so far.
  struct Around {
    std::string before;
    std::string after;
    protocol::event::History page;
    bool refused = false;
  };
  std::optional<Around> around_;
  std::map<std::string, LookBack> looking_back_;            ///< open /history requests, by the page's ref
  std::map<std::string, protocol::request::Read> reading_;  ///< without an answer, by ref
  bool reading_pause_ = false;                              ///< read_again_ runs
  std::uint64_t text_limit_;                                ///< most bytes of a message's text

  /// slow: connecting for so long that the user was told; nameless: not connected, because the name is
  /// refused; name_awaited: lost, and the name is taken; back: connected again, and missed messages are
  /// coming in.
  enum class Link { connecting, slow, nameless, up, lost, name_awaited, back } link_ = Link::connecting;
  /// What was told last about the certificate of each server, by its address.
  std::map<std::string, std::string> untrusted_;
  bool name_typed_ = false;        ///< the user typed the name for the next `hello`
  bool was_name_refused_ = false;  ///< by the last server; on_link_lost() follows
  bool is_name_told_ = false;      ///< that it is taken, since there was a `welcome`
  bool was_let_in_ = false;        ///< there was a `welcome`
  boost::asio::steady_timer slow_;
  std::chrono::steady_clock::time_point retry_at_{};
  std::chrono::milliseconds lag_{0};
  bool leaving_ = false;
  bool is_held_ = false;  ///< it is over, but for the end of what is being typed
  boost::asio::steady_timer silence_;
  std::string last_word_;  ///< printed after the terminal was restored
  int status_ = 0;
};

}  // namespace hubbub::client::terminal
