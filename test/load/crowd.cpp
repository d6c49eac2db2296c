#include "test/load/crowd.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace hubbub::load {

namespace {

/// Read at once. It fits into the second-level cache, so what is looked at was not far away.
constexpr std::size_t read_size = std::size_t{256} * 1024;
/// In front of it there is room for the beginning of a line that came earlier.
constexpr std::size_t line_size = std::size_t{128} * 1024;
/// One source address has about 28,000 ports.
constexpr std::size_t connections_per_address = 16'384;
/// Times of so many messages of each sender are remembered.
constexpr std::size_t remembered = std::size_t{1} << 16U;

}  // namespace

Crowd::Crowd(const Options& options)
    : options_(options),
      wire_(make_wire(options.wire, {.ids = options.ids})),
      tail_(wire_->tail()),
      end_(wire_->end()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(line_size + read_size) {
  if (epoll_ < 0) fail("epoll_create1");
  if (options.tls) tls_.emplace(options.mode == "idle");
  add_members();
  add_senders();
  credited_.reserve(senders_.size());
  unsent_.reserve(connections_.size());
}

Crowd::~Crowd() { ::close(epoll_); }

void Crowd::add_members() {
  for (std::size_t room = 0; room < options_.rooms; ++room) {
    for (std::size_t i = 0; i < options_.members; ++i) {
      Connection& added = connections_.emplace_back();
      added.who = {.number = connections_.size() - 1, .room = room};
      added.expected.resize(options_.senders);
      added.slow = options_.mode == "slow" && i + options_.slow >= options_.members;
    }
  }
}

/// The senders of a room are spread over its members, since whoever came first may be served first. One whose
/// own messages do not come back to it looks for them at the next member.
void Crowd::add_senders() {
  const std::string filler(options_.text - mark_size - mark_sign.size(), 'x');
  const std::string text = filler + std::string(mark_sign) + std::string(mark_blank);
  for (std::size_t i = 0; i < options_.rooms * options_.senders; ++i) {
    const std::size_t room = i / options_.senders;
    const std::size_t first = room * options_.members;
    const std::size_t place = (i % options_.senders) * options_.members / options_.senders;
    Sender& added = senders_.emplace_back();
    added.connection = first + place;
    connections_[first + (place + (wire_->echoes() ? 0 : 1)) % options_.members].watched = i;
    if (wire_->speaks_apart()) {
      added.connection = connections_.size();
      connections_.emplace_back().who = {.number = connections_.size() - 1, .room = room, .listens = false};
    }
    added.request = wire_->say(connections_[added.connection].who, text);
    for (auto at = added.request.find(mark_blank); at != std::string::npos;
         at = added.request.find(mark_blank, at + mark_size)) {
      added.marks.push_back(at);
    }
    if (options_.mode == "paced" || options_.mode == "slow") added.times.resize(remembered);
    connections_[added.connection].unsent.reserve(2 * options_.window * added.request.size());
  }
}

void Crowd::gather() {
  std::size_t begun = 0;
  auto deadline = Clock::now() + std::chrono::duration<double>(options_.patience);
  for (std::size_t known = 0; ready_ < connections_.size();) {
    while (begun < connections_.size() && begun - ready_ < options_.at_once) connect(begun++);
    turn();
    if (faults_.total() > 0)
      throw std::runtime_error("the server does not let everybody in: " + faults_.first);
    if (ready_ != known) deadline = Clock::now() + std::chrono::duration<double>(options_.patience);
    known = ready_;
    if (Clock::now() > deadline) {
      throw std::runtime_error("only " + std::to_string(ready_) + " of " +
                               std::to_string(connections_.size()) + " got into their rooms");
    }
  }
}

void Crowd::connect(std::size_t index) {
  Connection& connection = connections_[index];
  connection.socket = Socket::make();
  if (connection.slow) connection.socket.hold_at_most(options_.slow_buffer);
  if (connections_.size() > connections_per_address) {
    connection.socket.bind(static_cast<std::uint32_t>(2 + index / connections_per_address));
  }
  connection.socket.connect(options_.port);
  heed(index);
  if (!tls_ || !wire_->greets_in_the_clear()) begin(connection);
}

void Crowd::begin(Connection& connection) {
  if (tls_) connection.socket.secure(*tls_);
  send(connection, wire_->hello(connection.who));
}

void Crowd::heed(std::size_t index) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[index].socket.descriptor(), &event) != 0)
    fail("epoll_ctl");
}

void Crowd::turn() {
  flush();
  std::array<epoll_event, 1024> events;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) read(events[static_cast<std::size_t>(i)].data.u64);
}

void Crowd::say(std::size_t index, Clock::time_point when) {
  Sender& sender = senders_[index];
  for (const std::size_t place : sender.marks) {
    write_mark(&sender.request[place], {.sender = static_cast<std::uint32_t>(index), .count = sender.said});
  }
  if (!sender.times.empty()) sender.times[sender.said % remembered] = when;
  ++sender.said;
  ++said_;
  send(connections_[sender.connection], sender.request);
}

void Crowd::fill_windows(std::size_t window) {
  const auto now = Clock::time_point();
  for (const std::size_t index : credited_) {
    senders_[index].credited = false;
    while (under_way(index) < window) say(index, now);
  }
  credited_.clear();
}

std::size_t Crowd::under_way(std::size_t sender) const {
  return senders_[sender].said - senders_[sender].returned;
}

void Crowd::stop_reading(std::size_t members) {
  for (std::size_t i = options_.members - members; i < options_.members; ++i) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, connections_[i].socket.descriptor(), nullptr);
  }
}

void Crowd::read_again() {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i].slow) heed(i);
  }
}

void Crowd::drain(std::chrono::duration<double> patience) {
  auto deadline = Clock::now() + patience;
  for (auto known = delivered_; missing() > 0 && Clock::now() < deadline; known = delivered_) {
    for (int i = 0; i < 1000; ++i) turn();
    if (delivered_ != known) deadline = Clock::now() + patience;
  }
  // What comes twice would come now.
  for (int i = 0; i < 1000; ++i) turn();
  faults_.lost += missing();
}

std::uint64_t Crowd::missing() const {
  std::uint64_t count = 0;
  for (const Connection& connection : connections_) {
    for (std::size_t i = 0; i < connection.expected.size(); ++i) {
      const Sender& sender = senders_[connection.who.room * options_.senders + i];
      const bool own = !wire_->echoes() && &connections_[sender.connection] == &connection;
      if (!own) count += sender.said - connection.expected[i];
    }
  }
  return count;
}

/// Several messages of one turn make one write.
void Crowd::send(Connection& connection, std::string_view bytes) {
  if (connection.unsent.empty())
    unsent_.push_back(static_cast<std::size_t>(&connection - connections_.data()));
  connection.unsent += bytes;
}

void Crowd::flush() {
  std::erase_if(unsent_, [this](std::size_t index) {
    Connection& connection = connections_[index];
    connection.unsent.erase(0, connection.socket.write(connection.unsent));
    return connection.unsent.empty();
  });
}

void Crowd::read(std::size_t index) {
  Connection& connection = connections_[index];
  while (read_some(connection)) {
  }
}

/// Returns whether there may be more of which epoll does not tell.
bool Crowd::read_some(Connection& connection) {
  char* const begin = buffer_.data() + line_size;
  const ssize_t got = connection.socket.read(begin, read_size);
  if (got == Socket::nothing_yet) return false;
  if (got == 0) {
    close(connection);
    return false;
  }
  ++reads_;
  const auto before = connection.unread.size();
  std::ranges::copy(connection.unread, begin - static_cast<std::ptrdiff_t>(before));
  std::string_view bytes(begin - before, before + static_cast<std::size_t>(got));
  if (tls_ && !connection.socket.is_secured()) {
    hear_in_the_clear(connection, bytes);
  } else if (!connection.ready) {
    greet(connection, bytes);
  }
  if (connection.ready) {
    const char* const end = bytes.data() + bytes.size();
    const char* const rest =
        take(connection, bytes.data(), end, timing_ ? Clock::now() : Clock::time_point());
    bytes = {rest, static_cast<std::size_t>(end - rest)};
  }
  if (bytes.size() > line_size) throw std::runtime_error("the server sends a line without end");
  connection.unread = bytes;
  return connection.socket.is_secured() && got == static_cast<ssize_t>(read_size);
}

/// What a server says before TLS is one line, which says that it wants TLS.
void Crowd::hear_in_the_clear(Connection& connection, std::string_view& bytes) {
  if (!bytes.ends_with(end_)) return;
  bytes = {};
  begin(connection);
}

void Crowd::greet(Connection& connection, std::string_view& bytes) {
  for (auto size = bytes.size() + 1; !connection.ready && bytes.size() < size;) {
    size = bytes.size();
    const auto cause = bytes;
    const auto reaction = wire_->greet(connection.who, bytes);
    react(connection, reaction, cause);
  }
}

/// Looks first where the end was in the last two messages, as all of them have the same length. (The
/// last one alone may have had something else before it: then the same distance may lead over several
/// messages.) Returns the beginning of the line that is not complete.
const char* Crowd::take(Connection& connection, const char* at, const char* end, Clock::time_point now) {
  while (at < end) {
    if (connection.stride > 0 && connection.stride <= end - at) {
      const char* const guess = at + (connection.stride - 1);
      if (*guess == end_ && is_message(at, guess)) {
        check(connection, read_mark(guess - tail_ - mark_size), now);
        at = guess + 1;
        continue;
      }
    }
    // A message may have lines before that of the text, so its stride begins with them.
    const char* start = at;
    const char* last = nullptr;
    while (
        (last = static_cast<const char*>(std::memchr(start, end_, static_cast<std::size_t>(end - start))))) {
      if (is_message(start, last)) break;
      const std::string_view what(start, static_cast<std::size_t>(last - start));
      react(connection,
            wire_->on_line(connection.who, what.ends_with('\r') ? what.substr(0, what.size() - 1) : what),
            what);
      start = last + 1;
    }
    if (!last) return start;
    check(connection, read_mark(last - tail_ - mark_size), now);
    const std::ptrdiff_t length = last + 1 - at;
    connection.stride = length == connection.last_length ? length : 0;
    connection.last_length = length;
    at = last + 1;
  }
  return at;
}

bool Crowd::is_message(const char* start, const char* last) const {
  const auto least = static_cast<std::ptrdiff_t>(tail_ + mark_size + mark_sign.size());
  return last - start >= least && std::memcmp(last - least, mark_sign.data(), mark_sign.size()) == 0;
}

void Crowd::check(Connection& connection, Mark mark, Clock::time_point now) {
  ++delivered_;
  const std::size_t place = mark.sender - connection.who.room * options_.senders;
  if (place >= connection.expected.size() || mark.count >= senders_[mark.sender].said) {
    ++faults_.strayed;
    return;
  }
  Sender& sender = senders_[mark.sender];
  std::uint32_t& expected = connection.expected[place];
  if (mark.count < expected) {
    ++faults_.repeated;
    return;
  }
  faults_.lost += mark.count - expected;
  expected = mark.count + 1;
  if (connection.watched == mark.sender) {
    sender.returned = expected;
    if (!sender.credited) {
      sender.credited = true;
      credited_.push_back(mark.sender);
    }
  }
  if (timing_ && !connection.slow) {
    times_.add(static_cast<std::uint64_t>((now - sender.times[mark.count % remembered]).count()));
  }
}

void Crowd::react(Connection& connection, const Reaction& reaction, std::string_view cause) {
  if (!reaction.reply.empty()) send(connection, reaction.reply);
  if (reaction.fault) {
    ++faults_.refused;
    if (faults_.first.empty()) faults_.first = cause.substr(0, cause.find('\n'));
  }
  if (reaction.ready && !connection.ready) {
    connection.ready = true;
    connection.socket.acknowledge_as_listener();
    ++ready_;
  }
}

void Crowd::close(Connection& connection) {
  ++faults_.closed;
  if (faults_.first.empty()) faults_.first = "a connection was closed";
  connection.socket.close();
}

}  // namespace hubbub::load
