#include "client/connection/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "client/connection/wipe.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::Code;
using protocol::MessagePtr;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// Closing codes after which reconnecting automatically is pointless.
bool is_final(Code code) {
  // After line_too_long the outbox would send the same line again.
  constexpr std::array closings = {Code::unsupported_version,
                                   Code::auth_failed,
                                   Code::line_too_long,
                                   Code::flooding,
                                   Code::kicked,
                                   Code::banned,
                                   Code::suspended,
                                   Code::logged_out,
                                   Code::quit};
  return std::ranges::find(closings, code) != closings.end();
}

/// What another name, or a login, mends.
bool is_about_name(Code code) {
  constexpr std::array codes = {
      Code::name_taken,     Code::name_invalid, Code::login_required, Code::login_failed,
      Code::login_insecure, Code::suspended,    Code::rate_limited,   Code::busy};
  return std::ranges::find(codes, code) != codes.end();
}

/// What an `error` that answers `hello` means.
Verdict::Step refusal_of(Code code) {
  if (is_about_name(code)) return Verdict::Step::name_refused;
  // A server that cannot store anything at the moment, as one that is cut off from the others.
  return code == Code::storage_failed ? Verdict::Step::turned_away : Verdict::Step::closed_for_good;
}

}  // namespace

Session::Session(Profile profile, std::string tag, Listener& listener)
    : profile_(std::move(profile)),
      tag_(std::move(tag)),
      listener_(listener),
      line_limit_(protocol::default_line_bytes),
      unentered_(profile_.rooms) {}

void Session::link_up(bool may_carry_secrets) {
  is_open_to_all_ = !may_carry_secrets;
  request::Hello hello;
  if (!profile_.name.empty()) hello.name = profile_.name;
  if (!profile_.program.empty()) hello.client = profile_.program;
  if (login_ && may_carry_secrets) {
    hello.name.reset();
    hello.account = login_->account ? login_->account : profile_.name;
    hello.password = login_->password;
    hello.device = login_->device.value_or("");
  } else if (!profile_.token.empty() && may_carry_secrets) {
    hello.token = profile_.token;
  }
  if (login_ && !may_carry_secrets) refuse_secret({});
  forget_login();
  protocol::Request greeting{std::move(hello), {}};
  write(greeting);
  wipe(greeting.body);
  if (!is_open_to_all_) return;
  for (const Outgoing& secret : outbox_.take_secrets()) refuse_secret(secret);
}

/// It goes out once: the password is not kept.
void Session::forget_login() {
  if (!login_) return;
  request::Any used = *std::exchange(login_, std::nullopt);
  wipe(used);
}

void Session::link_down() {
  is_open_to_all_ = false;
  phase_ = Phase::greeting;
  output_.clear();
  asked_.reset();
  entering_.clear();
  paging_.clear();
  later_.clear();
  close_mail();
  for (Feed& feed : feeds_) feed.forget_held();
}

Verdict Session::read(std::string_view line, TimePoint now) {
  // A server to which `hello` came late takes the client for a plain-text user, and sends a greeting in plain
  // text.
  if (!welcome() && !line.starts_with('{')) {
    last_words_ = line;
    return {};
  }
  auto event = protocol::decode_event(line);
  if (!event) {
    listener_.on_unknown_line(line);
    return {};
  }
  const Incoming in{*event, line, now};
  if (is_mail(event->ref) && takes_mail(in)) return {};
  const Verdict verdict = std::visit([&](auto& body) { return handle(body, in); }, event->body);
  if (std::exchange(answered_, false)) listener_.on_answered();
  return verdict;
}

Verdict Session::handle(event::Welcome& welcome, const Incoming& in) {
  const bool again = std::exchange(was_welcome_, true);
  phase_ = Phase::entering;
  last_words_.clear();
  go_by(welcome.name);
  if (!welcome.token.empty()) profile_.token = welcome.token;
  if (welcome.line_bytes > 0) line_limit_ = welcome.line_bytes;
  outbox_.rewind(Pacer(welcome.messages_per_second, welcome.messages_burst));
  if (!again && profile_.rooms.empty() && !profile_.outside && !welcome.default_room.empty()) {
    unentered_.push_back(welcome.default_room);
  }
  const std::string account = welcome.account ? welcome.account_name : std::string();
  remember_rooms(account, welcome.rooms);
  if (again) {
    back_at_ = in.now;
    listener_.on_link_back();
  }
  const Verdict verdict = pass_on(in);
  enter_rooms();
  open_mail(account);
  return verdict;
}

Verdict Session::handle(MessagePtr& message, const Incoming& in) {
  Feed* feed = message->room.empty() ? nullptr : find_feed(message->room);
  if (feed != nullptr && feed->catching_up()) {
    feed->hold(in.event);
    return {};
  }
  // The answer to the client's own say is delivered even if the message is old: an earlier run of a bot may
  // have sent it with the same id, so that the server did not add a second one.
  const bool own =
      outbox_.answered(in.event.ref, in.now) || (is_own(*message) && outbox_.came_back(message->id, in.now));
  answered_ = answered_ || own;
  if (!own && message->room.empty() && !is_own(*message) && repeats_.has(*message, in.now)) return {};
  if (message->room.empty() && holds_mail(*message, in)) return {};
  const bool unseen = feed == nullptr || feed->take(*message);
  return own || unseen ? pass_on(in) : Verdict{};
}

Verdict Session::handle(event::Presence& presence, const Incoming& in) {
  return pass_on_in_its_place(presence.room, in);
}

Verdict Session::handle(event::Topic& topic, const Incoming& in) {
  settle(in.event.ref, in.now);
  return pass_on_in_its_place(topic.room, in);
}

Verdict Session::handle(event::Left& left, const Incoming& in) {
  settle(in.event.ref, in.now);
  forget_room(left.room);
  return pass_on(in);
}

Verdict Session::handle(event::Edited& edited, const Incoming& in) {
  settle(in.event.ref, in.now);
  return edited.with.empty() ? pass_on_change(edited, in) : mail_in_its_place(edited.with, in);
}

Verdict Session::handle(event::Deleted& deleted, const Incoming& in) {
  settle(in.event.ref, in.now);
  return deleted.with.empty() ? pass_on_change(deleted, in) : mail_in_its_place(deleted.with, in);
}

/// One who was put out does not come back by himself.
Verdict Session::handle(event::Kicked& kicked, const Incoming& in) {
  settle(in.event.ref, in.now);
  if (!kicked.you && !protocol::same_name(kicked.name, profile_.name))
    return pass_on_in_its_place(kicked.room, in);
  forget_room(kicked.room);
  const Verdict verdict = pass_on(in);
  open_when_entered();
  return verdict;
}

Verdict Session::handle(event::Closed& closed, const Incoming& in) {
  settle(in.event.ref, in.now);
  forget_room(closed.room);
  const Verdict verdict = pass_on(in);
  open_when_entered();
  return verdict;
}

Verdict Session::handle(event::Room& room, const Incoming& in) {
  settle(in.event.ref, in.now);
  return pass_on_in_its_place(room.room, in);
}

Verdict Session::handle(event::Role& role, const Incoming& in) {
  settle(in.event.ref, in.now);
  return pass_on_in_its_place(role.room, in);
}

Verdict Session::handle(event::Banned& banned, const Incoming& in) {
  settle(in.event.ref, in.now);
  return pass_on_in_its_place(banned.ban.room, in);
}

Verdict Session::handle(event::Unbanned& unbanned, const Incoming& in) {
  settle(in.event.ref, in.now);
  return pass_on_in_its_place(unbanned.room, in);
}

Verdict Session::handle(event::Renamed& renamed, const Incoming& in) {
  settle(in.event.ref, in.now);
  if (renamed.old_name == profile_.name) go_by(renamed.new_name);
  return pass_on(in);
}

Verdict Session::handle(event::Ping&, const Incoming& in) {
  write({request::Pong{}, {}});
  return pass_on(in);
}

Verdict Session::handle(event::Pong&, const Incoming& in) {
  if (is_ping(in.event.ref)) {
    if (in.event.ref == ping_ref()) asked_.reset();
    return {};
  }
  settle(in.event.ref, in.now);
  return pass_on(in);
}

Verdict Session::handle(event::Failure& failure, const Incoming& in) {
  const protocol::Error error = failure.error;
  if (!welcome() && error.code == Code::login_failed && !profile_.token.empty()) {
    // Not accepted any more: it goes on as a guest.
    profile_.token.clear();
    profile_.name.clear();  // it may be the account's
    pass_on(in);
    link_up(!is_open_to_all_);
    return {};
  }
  if (!welcome()) return {refusal_of(error.code), error, failure.retry_after_ms};
  const auto later = retry_time(failure, in.now);
  const bool is_ours = entering_.contains(in.event.ref) || paging_.contains(in.event.ref);
  if (error.code == Code::rate_limited && is_ours) {
    later_.emplace(later, in.event.ref);
    return {};
  }
  if (entering_.contains(in.event.ref)) return entry_refused(in);
  if (const auto asked = paging_.find(in.event.ref); asked != paging_.end()) {
    if (is_setback(error)) return {Verdict::Step::turned_away, error};
    // The missing messages cannot be read: the gap stays, and the held events are released.
    Feed* feed = find_feed(asked->second);
    paging_.erase(asked);
    if (feed != nullptr) {
      pass_on(in);
      close_gap(*feed, in.now);
    } else {
      open_when_entered();  // one has been put out of the room meanwhile
    }
    return {};
  }
  if (error.code == Code::rate_limited && outbox_.refused(in.event.ref, later, in.now)) {
    listener_.on_held_back(in.event.ref, std::chrono::ceil<std::chrono::milliseconds>(later - in.now));
    return {};
  }
  if (put_off(error, in)) return {};
  settle(in.event.ref, in.now);
  return pass_on(in);
}

Session::TimePoint Session::retry_time(const event::Failure& failure, TimePoint now) {
  constexpr std::uint64_t longest_ms = 3'600'000;
  return now + std::chrono::milliseconds(std::min(failure.retry_after_ms, longest_ms));
}

/// After a restart of the server, other people may come back later than this client: tells from before the
/// restart that fail with no_such_user are sent again for a while. All are sent again at common times, so
/// that they keep their order.
bool Session::put_off(const protocol::Error& error, const Incoming& in) {
  constexpr std::chrono::seconds grace{15};
  constexpr std::chrono::milliseconds step{500};
  if (error.code != Code::no_such_user || !back_at_ || in.now - *back_at_ >= grace) return false;
  const auto steps = (in.now - *back_at_) / step + 1;
  return outbox_.put_off(in.event.ref, *back_at_ + steps * step, in.now);
}

Verdict Session::handle(event::Bye& bye, const Incoming& in) {
  const protocol::Error error = bye.error;
  pass_on(in);
  return {is_final(error.code) ? Verdict::Step::closed_for_good : Verdict::Step::turned_away, error};
}

Verdict Session::handle(event::Registered& registered, const Incoming& in) {
  profile_.token = registered.token;
  mailbox_.belong_to(registered.name);
  settle(in.event.ref, in.now);
  return pass_on(in);
}

Verdict Session::handle(event::LoggedIn& logged_in, const Incoming& in) {
  if (!logged_in.token.empty()) profile_.token = logged_in.token;
  if (!logged_in.name.empty()) go_by(logged_in.name);
  settle(in.event.ref, in.now);
  const std::string account = logged_in.account;
  const std::vector<event::RememberedRoom> rooms = logged_in.rooms;
  const Verdict verdict = pass_on(in);
  remember_rooms(account, rooms);
  enter_remembered();
  open_mail(account);
  return verdict;
}

Verdict Session::handle(event::LoggedOut& logged_out, const Incoming& in) {
  profile_.token.clear();
  if (!logged_out.name.empty()) go_by(logged_out.name);
  if (mailbox_.is_busy()) deliver_mail();
  settle(in.event.ref, in.now);
  return pass_on(in);
}

Verdict Session::handle(auto&, const Incoming& in) {
  settle(in.event.ref, in.now);
  return pass_on(in);
}

Verdict Session::pass_on(const Incoming& in) {
  listener_.on_event(in.event, in.line, Arrival::live);
  return {};
}

/// Delivers an event of a room, or holds it while the room is catching up, so that it follows the held
/// `joined`.
Verdict Session::pass_on_in_its_place(std::string_view room, const Incoming& in) {
  Feed* feed = find_feed(room);
  if (feed == nullptr || !feed->catching_up()) return pass_on(in);
  feed->hold(in.event);
  return {};
}

/// Delivers a change of a message in a room, in its place.
Verdict Session::pass_on_change(const event::Changed& change, const Incoming& in) {
  const std::string& room =
      std::visit([](const auto& one) -> const std::string& { return one.room; }, change);
  Feed* feed = find_feed(room);
  if (feed != nullptr && !feed->catching_up()) feed->take(change);
  return pass_on_in_its_place(room, in);
}

void Session::go_by(const std::string& name) {
  constexpr std::size_t enough = 16;
  profile_.name = name;
  std::erase(names_, name);
  names_.push_back(name);
  if (names_.size() > enough) names_.erase(names_.begin());
}

/// Whether the client sent the message, under any of its latest names: a client that had to reconnect under
/// another name still recognises messages that were under way when the link broke.
bool Session::is_own(const protocol::Message& message) const {
  return std::find(names_.begin(), names_.end(), message.from) != names_.end();
}

void Session::settle(std::string_view ref, TimePoint now) {
  if (!ref.empty() && outbox_.answered(ref, now)) answered_ = true;
}

Feed* Session::find_feed(std::string_view room) {
  const auto feed = std::ranges::find(feeds_, room, &Feed::room);
  return feed == feeds_.end() ? nullptr : &*feed;
}

}  // namespace hubbub::client
