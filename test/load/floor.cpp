// hubbub_floor: what the kernel lets a single thread do. It accepts, reads, and copies every line to
// everybody; it knows no names, no rooms and no format. What takes longer than this is what a chat server
// adds.
//   hubbub_floor [--port N] [--line BYTES]
// With --line each line goes out at that length, filled up in front, ending counted: ours are longer on their
// way out than on their way in.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// One who is connected; its descriptor is its place in `connections`.
struct Connection {
  bool open = false;
  std::string unfinished{};  ///< a line whose end is still to come
  std::string unsent{};      ///< what the socket did not take
};

constexpr std::size_t read_size = std::size_t{64} * 1024;

int epoll = -1;
std::size_t line_length = 0;  ///< 0: as it came
std::vector<Connection> connections;
std::vector<int> members;  ///< descriptors, in the order of arrival
std::string batch;         ///< what was read in this turn, as it goes out
std::vector<char> bytes(read_size);

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

void watch(int operation, int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  if (epoll_ctl(epoll, operation, descriptor, &event) != 0) die("epoll_ctl");
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  void* const raw = &address;
  if (bind(listener, static_cast<sockaddr*>(raw), size) != 0) die("bind");
  if (listen(listener, 4096) != 0) die("listen");
  getsockname(listener, static_cast<sockaddr*>(raw), &size);
  std::fprintf(stderr, "listening on %d\n", ntohs(address.sin_port));
  watch(EPOLL_CTL_ADD, listener, EPOLLIN);
  return listener;
}

void leave(int descriptor) {
  std::erase(members, descriptor);
  connections[static_cast<std::size_t>(descriptor)] = {};
  close(descriptor);
}

/// Sends at once, and keeps what the socket does not take.
void send_to(int descriptor, std::string_view what) {
  Connection& to = connections[static_cast<std::size_t>(descriptor)];
  if (to.unsent.empty()) {
    const ssize_t sent = send(descriptor, what.data(), what.size(), MSG_NOSIGNAL);
    if (sent >= 0) what.remove_prefix(static_cast<std::size_t>(sent));
    if (what.empty()) return;
    watch(EPOLL_CTL_MOD, descriptor, EPOLLIN | EPOLLOUT);
  }
  to.unsent += what;
}

void send_rest(int descriptor) {
  Connection& to = connections[static_cast<std::size_t>(descriptor)];
  const ssize_t sent = send(descriptor, to.unsent.data(), to.unsent.size(), MSG_NOSIGNAL);
  if (sent > 0) to.unsent.erase(0, static_cast<std::size_t>(sent));
  if (to.unsent.empty()) watch(EPOLL_CTL_MOD, descriptor, EPOLLIN);
}

/// Everybody who has arrived; an empty line tells each that it is in.
void accept_all(int listener) {
  int descriptor = -1;
  while ((descriptor = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto place = static_cast<std::size_t>(descriptor);
    if (place >= connections.size()) connections.resize(place + 1);
    connections[place].open = true;
    members.push_back(descriptor);
    watch(EPOLL_CTL_ADD, descriptor, EPOLLIN);
    send_to(descriptor, "\n");
  }
}

void add_line(std::string_view line) {
  if (line.size() < line_length) batch.append(line_length - line.size(), ' ');
  batch += line;
}

void read_from(int descriptor) {
  const ssize_t got = recv(descriptor, bytes.data(), bytes.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return leave(descriptor);
  std::string& unfinished = connections[static_cast<std::size_t>(descriptor)].unfinished;
  std::string_view what(bytes.data(), static_cast<std::size_t>(got));
  std::size_t end = 0;
  while ((end = what.find('\n')) != std::string_view::npos) {
    if (unfinished.empty()) {
      add_line(what.substr(0, end + 1));
    } else {
      add_line(unfinished.append(what.substr(0, end + 1)));
      unfinished.clear();
    }
    what.remove_prefix(end + 1);
  }
  unfinished += what;
}

/// Whatever is ready is read, and goes to each in one send.
void turn(int listener) {
  static std::array<epoll_event, 1024> ready;
  const int count = epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), -1);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    const int descriptor = event.data.fd;
    if (descriptor == listener) {
      accept_all(listener);
      continue;
    }
    if ((event.events & EPOLLOUT) != 0) send_rest(descriptor);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read_from(descriptor);
  }
  if (batch.empty()) return;
  for (const int member : members) send_to(member, batch);
  batch.clear();
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto value = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--port") port = static_cast<std::uint16_t>(value);
    if (name == "--line") line_length = value;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll = epoll_create1(0);
  const int listener = listen_on(port);
  while (true) turn(listener);
}
