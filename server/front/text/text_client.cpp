#include "server/front/text/text_client.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "protocol/line_splitter.hpp"
#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/front/openings.hpp"
#include "server/front/text/text_format.hpp"
#include "server/net/connection.hpp"

namespace hubbub::front {
namespace {

using protocol::Code;
using protocol::DecodedRequest;
using protocol::Request;
namespace event = protocol::event;
namespace request = protocol::request;
namespace slash = protocol::slash;

DecodedRequest ask(request::Any body, std::string ref = {}) {
  return Request{.body = std::move(body), .ref = std::move(ref)};
}
// Of requests that nobody has typed.
constexpr std::string_view unread_ref = "unread";
constexpr std::string_view read_ref = "read";
constexpr std::string_view bans_ref = "bans";

DecodedRequest refuse(protocol::Error error) {
  return protocol::BadRequest{.error = std::move(error), .ref = {}, .id = {}};
}

std::string_view without_byte_order_mark(std::string_view line) {
  if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  return line;
}

bool is_hello(std::string_view line) {
  const auto decoded = protocol::decode_request(line);
  const auto* asked = std::get_if<Request>(&decoded);
  return asked != nullptr && std::holds_alternative<request::Hello>(asked->body);
}

/// Whether it begins and ends as every JSON object does, and hardly any sentence of a person.
bool looks_like_json(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r";  // RFC 8259, 2
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  text = text.substr(0, text.find_last_not_of(blanks) + 1);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  const auto first = text.find_first_not_of(blanks, 1);
  return text[first] == '"' || text[first] == '}';
}

protocol::Error hello_first() {
  return {Code::hello_required,
          "that is JSON, and was not said; a program says hello first, a person something else than JSON"};
}

// RFC 854, "NVT command structure".
constexpr char subnegotiation_end = '\xF0';
constexpr char subnegotiation_begin = '\xFA';
constexpr char will = '\xFB';
constexpr char dont = '\xFE';
constexpr char iac = '\xFF';

/// Bytes of the command that begins at the front of `bytes`, which is IAC.
std::size_t command_size(std::string_view bytes) {
  if (bytes.size() < 2) return bytes.size();
  const auto command = bytes[1];
  if (command >= will && command <= dont) return std::min<std::size_t>(3, bytes.size());
  if (command != subnegotiation_begin) return 2;
  constexpr char end[] = {iac, subnegotiation_end};
  const auto found = bytes.find(std::string_view(end, sizeof(end)), 2);
  return found == std::string_view::npos ? bytes.size() : found + sizeof(end);
}

}  // namespace

std::string without_telnet_commands(std::string_view line) {
  std::string text;
  for (;;) {
    const auto found = line.find(iac);
    text += line.substr(0, found);
    if (found == std::string_view::npos) return text;
    line.remove_prefix(found);
    line.remove_prefix(command_size(line));
  }
}

TextClient::TextClient(net::Connection& connection, chat::Hub& hub, const SecondLook* second_look)
    : SessionClient(connection, hub), hub_(hub), second_look_(second_look) {
  take(ask(request::Hello{}));
  take(ask(request::Join{.room = hub.settings().default_room, .since = {}, .replay = {}, .key = {}}));
}

Framing& TextClient::framing() const {
  static Lines lines(protocol::LineEnding::telnet);
  return lines;
}

/// Not before there is a token for the next line.
std::chrono::milliseconds TextClient::pause_before_next() {
  return std::max(session().throttled(), SessionClient::pause_before_next());
}

/// Offers line by line, as long as the first line may show that no person is typing.
std::size_t TextClient::on_input(std::string_view bytes) {
  std::size_t used = 0;
  while (second_look_ != nullptr) {
    const auto rest = bytes.substr(used);
    if (const auto skipped = turn_into_another(rest)) return used + *skipped;
    const auto line = framing().cut(rest, connection().settings().line_bytes);
    if (!line.message) break;
    const auto taken = SessionClient::on_input(rest.substr(0, line.used));
    if (taken == 0) return used;
    used += taken;
  }
  return used + SessionClient::on_input(bytes.substr(used));
}

bool TextClient::on_end(std::string_view rest) {
  return turn_into_another(std::string(rest) + '\n').has_value() || SessionClient::on_end(rest);
}

/// Hands over to the handler of the protocol that these bytes belong to, if that is not plain text; returns
/// how many bytes that handler is to skip.
std::optional<std::size_t> TextClient::turn_into_another(std::string_view bytes) {
  if (second_look_ == nullptr || session().is_closed()) return std::nullopt;
  const auto other = net::recognise(second_look_->others, bytes);
  if (other.verdict == net::Verdict::yes) {
    connection().speaks(other.protocol->name);
    become(other.protocol->make(connection(), false));
    return 0;
  }
  if (second_look_->is_json(bytes) != net::Verdict::yes) return std::nullopt;
  const auto skipped = second_look_->json_preamble(bytes);
  protocol::LineSplitter lines(bytes.substr(skipped), connection().settings().line_bytes);
  const auto line = lines.next();
  if (!line || !is_hello(*line)) return std::nullopt;
  connection().speaks("json");
  become(second_look_->make_json(connection(), hub_));
  return skipped;
}

void TextClient::become(std::unique_ptr<net::Handler> handler) {
  second_look_ = nullptr;
  session().end("left");
  connection().become(std::move(handler));
}

/// Whether a person says it: a program's JSON before its `hello` is not to be shown to others.
bool TextClient::may_say(std::string_view text) {
  if (has_spoken_) return true;
  const auto clean = protocol::clean_text(text, 0);
  if (clean && looks_like_json(*clean)) return false;
  has_spoken_ = clean.has_value();
  return true;
}

/// False: not now, because what the line says or means depends on an open answer.
bool TextClient::take_message(std::string_view bytes) {
  const auto typed = without_telnet_commands(bytes);
  const auto line = without_byte_order_mark(typed);
  if (session().is_reading() && must_wait()) return false;  // a join may be under way
  forget_lost_places();
  auto parsed = parse(line);
  auto* asked = parsed ? std::get_if<request::Any>(&*parsed) : nullptr;
  const bool is_said = asked != nullptr && std::holds_alternative<request::Say>(*asked);
  if (!is_said && must_wait()) return false;
  if (!protocol::is_utf8(line)) {
    take(refuse({Code::bad_utf8, "that line is not UTF-8; set your terminal to UTF-8"}));
  } else if (!parsed) {
    take(refuse(parsed.error()));
  } else if (asked != nullptr) {
    carry_out(*asked);
  } else {
    answer(*parsed);
  }
  return true;
}

/// What the line asks for; once it is a person's, there is no second look any more.
protocol::Result<slash::Parsed> TextClient::parse(std::string_view line) {
  if (second_look_ != nullptr && second_look_->json_preamble(line) == line.size()) return slash::Parsed();
  auto parsed = slash::parse(line, {.room = current_room(),
                                    .search_on = search_on_,
                                    .has_searched = has_searched_,
                                    .devices = listed_.devices(),
                                    .bans = listed_.bans(),
                                    .reports = listed_.reports(),
                                    .webhooks = listed_.webhooks()});
  const auto* asked = parsed ? std::get_if<request::Any>(&*parsed) : nullptr;
  const auto* said = asked != nullptr ? std::get_if<request::Say>(asked) : nullptr;
  if (said != nullptr && !may_say(said->text)) return hello_first();
  second_look_ = nullptr;
  return parsed;
}

bool TextClient::must_wait() {
  if (!session().must_wait()) return false;
  connection().pause();
  return true;
}

net::Time TextClient::deadline() const {
  return std::min({patience().idle_text_due(), patience().gone_due(), paused_until()});
}

void TextClient::on_deadline(net::Time now) {
  if (goes_on(now)) return;
  if (now >= patience().idle_text_due()) {
    session().close({Code::idle_timeout, "you have typed nothing for too long"});
  } else if (now >= patience().gone_due()) {
    patience().seen(connection().output().last_acknowledged(now));
    if (now < patience().gone_due()) return;  // the system answers
    session().close({Code::idle_timeout, "your system does not answer"});
  }
}

const chat::Format& TextClient::format() const { return text_format(places_.size() > 1); }

void TextClient::deliver_event(const protocol::Event& event) {
  const auto* failure = std::get_if<event::Failure>(&event.body);
  if (failure != nullptr && !session().is_welcome()) return say_how_to_come_in(failure->error);
  const bool goes_on = event.ref == bans_ref;
  const std::size_t listed = goes_on ? listed_.bans().size() : 0;
  note(event);
  if (event.ref == read_ref) return;
  if (event.ref == unread_ref) return tell_unread(event);
  const auto* history = std::get_if<event::History>(&event.body);
  const bool found = history != nullptr && searched_.has_value();
  if (found) {
    search_on_ = slash::older_hits(*searched_, *history);
    has_searched_ = true;
  }
  std::string text;
  const bool greets = std::holds_alternative<event::Welcome>(event.body);
  const std::string address = greets ? connection().peer().shown() : "";
  const auto account = hub_.logins().account_name(session().person());
  const Reader reader{.self = session().name().shown,
                      .account = account,
                      .in_several_rooms = places_.size() > 1,
                      .searched = found ? &*searched_ : nullptr,
                      .address = address,
                      .now = greets ? hub_.now().wall : protocol::Timestamp{},
                      .listed = listed};
  to_text(event, reader, text);
  write(std::move(text));
  go_on_after(event);
}

/// Who types knows nothing of a hello.
void TextClient::say_how_to_come_in(const protocol::Error& why) {
  if (why.code == Code::hello_required) return;
  write("! " + protocol::for_terminal(why.text) + '\n');
  if (why.code == Code::login_required) print("/login NAME PASSWORD lets you in");
}

// --- where one is

void TextClient::note(const protocol::Event& event) {
  listed_.note(event, event.ref == bans_ref);
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
    // It may be told again how a room stands.
    if (std::ranges::find(places_, joined->room) == places_.end()) places_.push_back(joined->room);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    std::erase(places_, left->room);
  }
}

/// Rooms that the user was put out of, or that are no more: they are not left by an event of their own.
void TextClient::forget_lost_places() {
  std::erase_if(places_, [this](const std::string& room) { return session().room(room) == nullptr; });
}

void TextClient::carry_out(request::Any& asked) {
  if (switches_room(asked)) return;
  if (logs_in_first(asked)) return;
  // Whoever types lines has nowhere to keep a token.
  if (auto* login = std::get_if<request::Login>(&asked)) login->once = true;
  if (auto* registration = std::get_if<request::Register>(&asked)) registration->once = true;
  // No other history is answered before this one: a question waits while an answer is open.
  const auto* history = std::get_if<request::History>(&asked);
  searched_ =
      history != nullptr && (history->search || history->from) ? std::optional(*history) : std::nullopt;
  take(ask(std::move(asked)));
}

/// What follows of an answer: after a login it is told what is unread; and of a conversation the newest
/// messages have been shown, so that all has been read.
void TextClient::go_on_after(const protocol::Event& event) {
  const auto* const welcome = std::get_if<event::Welcome>(&event.body);
  const auto* const history = std::get_if<event::History>(&event.body);
  if ((welcome != nullptr && welcome->account) || std::holds_alternative<event::LoggedIn>(event.body)) {
    take(ask(request::Conversations{}, std::string(unread_ref)));
  } else if (history != nullptr && !history->with.empty() && !searched_ && !history->messages.empty()) {
    take(ask(request::Read{.room = {}, .with = history->with, .seq = history->messages.back()->seq},
             std::string(read_ref)));
  } else if (const auto* const bans = std::get_if<event::Bans>(&event.body);
             bans != nullptr && bans->more && !bans->bans.empty() &&
             listed_.bans().size() < protocol::Listed::most) {
    // They are all of one room, or of the server.
    request::Bans next{.room = {}, .after = bans->bans.back().id};
    if (!bans->bans.back().room.empty()) next.room = bans->bans.back().room;
    take(ask(std::move(next), std::string(bans_ref)));
  }
}

/// Tells of the conversations that have something unread, of those where something was said last.
void TextClient::tell_unread(const protocol::Event& event) {
  const auto* const page = std::get_if<event::Conversations>(&event.body);
  if (page == nullptr) return;
  auto unread = *page;
  unread.more = false;
  std::erase_if(unread.conversations, [](const auto& each) { return each.unread == 0; });
  if (unread.conversations.empty()) return;
  std::string text;
  to_text({.body = std::move(unread), .ref = {}}, Reader{.self = session().name().shown}, text);
  write(std::move(text));
}

/// Where nobody is let in without an account, a login is the hello.
bool TextClient::logs_in_first(const request::Any& asked) {
  const auto* login = std::get_if<request::Login>(&asked);
  if (login == nullptr || session().is_welcome()) return false;
  request::Hello hello;
  hello.account = login->account;
  hello.password = login->password;
  if (!hello.account) {
    take(refuse({Code::bad_request, "say who you are: /login NAME PASSWORD"}));
    return true;
  }
  take(ask(std::move(hello)));
  take(ask(request::Join{.room = hub_.settings().default_room, .since = {}, .replay = {}, .key = {}}));
  return true;
}

/// To join a room that the user is in already is to go on speaking there.
bool TextClient::switches_room(const request::Any& asked) {
  const auto* join = std::get_if<request::Join>(&asked);
  const auto room = join == nullptr ? nullptr : session().room(join->room);
  if (!room) return false;
  std::erase(places_, room->name().shown);
  places_.push_back(room->name().shown);
  print("you speak in " + room->name().shown + " now");
  return true;
}

/// Answers what needs no request to the session.
void TextClient::answer(const slash::Parsed& question) {
  if (const auto* help = std::get_if<slash::Help>(&question)) {
    show_help(help->about);
  } else if (const auto* shown = std::get_if<slash::ShowTopic>(&question)) {
    show_topic(shown->room);
  } else if (std::holds_alternative<slash::WhoAmI>(question)) {
    show_self();
  }
}

/// Prints each line as one of the server's.
void TextClient::show_help(const std::string& about) {
  const auto help = about.empty() ? slash::help() : slash::help_on(about);
  if (!help) return take(refuse(help.error()));
  protocol::LineSplitter lines(*help, 0);
  while (const auto line = lines.next()) print(*line);
}

void TextClient::show_self() {
  print("you are " + session().name().shown + ", from " + connection().peer().shown());
  if (places_.empty()) return print("you are in no room");
  std::string rooms = places_.back() + ", where you speak";
  for (std::size_t i = 0; i + 1 < places_.size(); ++i)
    rooms.append(i == 0 ? "; also in " : ", ").append(places_[i]);
  print("you are in " + rooms);
}

void TextClient::show_topic(const std::string& room) {
  const auto joined = session().room(room);
  if (!joined) {
    take(refuse({Code::not_joined, "you are not in " + room}));
  } else if (joined->topic().empty()) {
    print(joined->name().shown + " has no topic");
  } else {
    print("the topic of " + joined->name().shown + " is: " + std::string(joined->topic()));
  }
}

void TextClient::print(std::string_view line) { write("* " + protocol::for_terminal(line) + '\n'); }

const std::string& TextClient::current_room() const {
  static const std::string none;
  return places_.empty() ? none : places_.back();
}

}  // namespace hubbub::front
