#include "server/net/shared_pages.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using boost::system::error_code;
using protocol::Bytes;

/// Two ends of a stream; what is sent from here can be read at the other one.
class Stream {
 public:
  explicit Stream(int family) {
    int ends[2];
    if (family == AF_UNIX) {
      REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    } else {
      connect_over_tcp(ends);
    }
    here_ = ends[0];
    there_ = ends[1];
  }
  Stream(Stream&& other) noexcept
      : here_(std::exchange(other.here_, -1)), there_(std::exchange(other.there_, -1)) {}
  Stream& operator=(Stream&&) = delete;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (here_ >= 0) ::close(here_);
    hang_up();
  }

  int here() const { return here_; }
  /// What has arrived, `most` bytes at most; empty when nothing has.
  std::string read(std::size_t most) const {
    std::string got(most, '\0');
    const auto n = ::recv(there_, got.data(), got.size(), MSG_DONTWAIT);
    got.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return got;
  }
  void hang_up() {
    if (there_ >= 0) ::close(std::exchange(there_, -1));
  }

 private:
  static void connect_over_tcp(int (&ends)[2]) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    void* const raw = &address;
    REQUIRE(::bind(listener, static_cast<sockaddr*>(raw), size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    ::getsockname(listener, static_cast<sockaddr*>(raw), &size);
    ends[1] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(ends[1], static_cast<sockaddr*>(raw), size) == 0);
    ends[0] = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    REQUIRE(ends[0] >= 0);
    ::close(listener);
  }

  int here_ = -1;
  int there_ = -1;
};

/// Text in which every place looks different.
std::string numbers(std::size_t size, std::size_t from = 0) {
  std::string text;
  while (text.size() < size) text += std::to_string(from++) + ' ';
  text.resize(size);
  return text;
}

struct Fixture {
  Fixture() { std::signal(SIGPIPE, SIG_IGN); }

  /// A text that `readers` hold, as their outboxes would.
  const Bytes& share(std::string text, std::size_t readers = 20) {
    held.assign(readers, protocol::make_bytes(std::move(text)));
    return held.front();
  }

  /// All of it, from its beginning.
  std::optional<std::size_t> send(const Stream& stream) {
    return pages.send(stream.here(), *held.front(), held.front()->text, ec);
  }

  SharedPages pages;
  std::vector<Bytes> held;
  error_code ec;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "every reader gets all of a shared text, however little its socket takes") {
  const int family = GENERATE(AF_UNIX, AF_INET);
  const auto text = share(numbers(1'000'000));
  std::vector<Stream> streams;
  for (int i = 0; i < 8; ++i) streams.emplace_back(family);
  std::vector<std::string> sent(streams.size());
  std::vector<std::string> got(streams.size());
  for (bool all = false; !all;) {
    all = true;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      const auto rest = std::string_view(text->text).substr(sent[i].size());
      if (!rest.empty()) {
        ec.clear();
        const auto n = pages.send(streams[i].here(), *text, rest, ec);
        if (!n) {
          CHECK(rest.size() < 100'000);  // what is left is too little for it
          REQUIRE(::send(streams[i].here(), rest.data(), rest.size(), 0) >= 0);
          sent[i] += rest;
        } else {
          REQUIRE((*n > 0 || ec == boost::system::errc::operation_would_block));
          sent[i] += rest.substr(0, *n);
        }
      }
      got[i] += streams[i].read(50'000);
      all = all && got[i].size() == text->text.size();
    }
    pages.clear();
  }
  for (const auto& each : got) CHECK((each == text->text));
}

TEST_CASE_METHOD(Fixture, "what has been sent stays as it was, whatever is sent after it") {
  const int family = GENERATE(AF_UNIX, AF_INET);
  Stream early(family);
  Stream late(family);
  const auto size = std::size_t{20'000};
  share(numbers(size));
  REQUIRE(send(early) == size);
  const bool in_another_turn = GENERATE(true, false);
  if (in_another_turn) pages.clear();
  share(numbers(size, 50'000));
  REQUIRE(send(late) == size);
  pages.clear();
  CHECK(early.read(2 * size) == numbers(size));
  CHECK(late.read(2 * size) == numbers(size, 50'000));
}

TEST_CASE_METHOD(Fixture, "a stretch of a shared text is sent alone") {
  Stream stream(AF_INET);
  const auto text = share(numbers(50'000));
  const auto stretch = std::string_view(text->text).substr(12'345, 20'000);
  REQUIRE(pages.send(stream.here(), *text, stretch, ec) == stretch.size());
  CHECK(stream.read(50'000) == stretch);
}

TEST_CASE_METHOD(Fixture, "small texts, and those that few read, are left to the caller") {
  Stream stream(AF_UNIX);
  share(numbers(1000));
  CHECK(send(stream) == std::nullopt);
  share(numbers(100'000), 2);
  CHECK(send(stream) == std::nullopt);
  CHECK(stream.read(1).empty());
}

TEST_CASE_METHOD(Fixture, "a socket that takes no more says so") {
  Stream stream(AF_UNIX);
  share(numbers(100'000));
  auto sent = send(stream);
  for (int i = 0; i < 1000 && sent && *sent > 0; ++i) sent = send(stream);
  CHECK(sent == 0);
  CHECK(ec == boost::system::errc::operation_would_block);
}

TEST_CASE_METHOD(Fixture, "a socket that has broken is left to the caller, and others are served") {
  Stream gone(AF_UNIX);
  Stream stream(AF_UNIX);
  share(numbers(20'000));
  gone.hang_up();
  CHECK(send(gone) == std::nullopt);
  CHECK(send(stream) == 20'000);
}

TEST_CASE_METHOD(Fixture, "where there are no such pages, everything is left to the caller") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  Stream stream(AF_UNIX);
  const rlimit none{0, limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  SharedPages without;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  share(numbers(20'000));
  CHECK(without.send(stream.here(), *held.front(), held.front()->text, ec) == std::nullopt);
  without.clear();
}

}  // namespace hubbub::net
