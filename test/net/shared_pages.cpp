#include "server/net/shared_pages.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/net/stream_pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using boost::system::error_code;
using protocol::Bytes;

/// A stream that is sent to here; what has arrived can be read.
class Stream {
 public:
  Stream() {
    const auto [near, far] = stream_pair(AF_INET);
    near_ = near;
    far_ = far;
    const int least = 1;  // the kernel makes it a few KiB
    ::setsockopt(near_, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least));
  }
  Stream(Stream&& other) noexcept
      : near_(std::exchange(other.near_, -1)), far_(std::exchange(other.far_, -1)) {}
  Stream& operator=(Stream&&) = delete;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (near_ >= 0) ::close(near_);
    hang_up();
  }

  int near() const { return near_; }
  /// What has arrived, `most` bytes at most.
  std::string read(std::size_t most) const {
    std::string got(most, '\0');
    const auto n = ::recv(far_, got.data(), got.size(), MSG_DONTWAIT);
    got.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return got;
  }
  /// So many bytes, as soon as they are there.
  std::string await(std::size_t size) const {
    std::string got(size, '\0');
    const auto n = ::recv(far_, got.data(), got.size(), MSG_WAITALL);
    got.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return got;
  }
  void hang_up() {
    if (far_ >= 0) ::close(std::exchange(far_, -1));
  }

 private:
  int near_ = -1;
  int far_ = -1;
};

/// Text in which every place looks different.
std::string numbers(std::size_t size, std::size_t from = 0) {
  std::string text;
  while (text.size() < size) text += std::to_string(from++) + ' ';
  text.resize(size);
  return text;
}

struct PagesFixture {
  PagesFixture() {
    std::signal(SIGPIPE, SIG_IGN);
    pages.open();
  }

  /// A text that `readers` hold, as their outboxes would.
  const Bytes& share(std::string text, std::size_t readers = 20) {
    held.assign(readers, protocol::make_bytes(std::move(text)));
    return held.front();
  }
  /// All of it, from its beginning.
  std::optional<std::size_t> send(const Stream& stream) {
    return pages.send(stream.near(), *held.front(), held.front()->text, ec);
  }

  SharedPages pages;
  std::vector<Bytes> held;
  error_code ec;
};

constexpr std::size_t large = 10'000;  // and yet small enough for any socket

}  // namespace

TEST_CASE_METHOD(PagesFixture, "every reader gets all of a shared text, however little its socket takes") {
  const auto text = share(numbers(1'000'000));
  std::vector<Stream> streams(8);
  std::vector<std::size_t> sent(streams.size());
  std::vector<std::string> got(streams.size());
  std::size_t in_parts = 0;
  for (bool all = false; !all;) {
    all = true;
    pages.open();
    for (std::size_t i = 0; i < streams.size(); ++i) {
      const auto rest = std::string_view(text->text).substr(sent[i]);
      ec.clear();
      if (const auto n = pages.send(streams[i].near(), *text, rest, ec)) {
        REQUIRE((*n > 0 || ec == boost::system::errc::operation_would_block));
        sent[i] += *n;
        in_parts += *n < rest.size() ? 1 : 0;
      } else {
        REQUIRE(rest.size() < 8 * 1024);  // what is left is too little for it
        const auto written = ::send(streams[i].near(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (written > 0) sent[i] += static_cast<std::size_t>(written);
      }
      got[i] += streams[i].read(50'000);
      all = all && got[i].size() == text->text.size();
    }
    pages.close();
  }
  for (const auto& each : got) CHECK((each == text->text));
  CHECK(in_parts > streams.size());
}

TEST_CASE_METHOD(PagesFixture, "what has been sent stays as it was, whatever is sent after it") {
  const Stream early;
  const Stream late;
  share(numbers(large));
  REQUIRE(send(early) == large);
  if (GENERATE(true, false)) {  // in the same turn, or in another
    pages.close();
    pages.open();
  }
  share(numbers(large, 50'000));
  REQUIRE(send(late) == large);
  pages.close();
  CHECK(early.await(large) == numbers(large));
  CHECK(late.await(large) == numbers(large, 50'000));
}

TEST_CASE_METHOD(PagesFixture, "a stretch of a shared text is sent alone") {
  const Stream stream;
  const auto text = share(numbers(50'000));
  const auto stretch = std::string_view(text->text).substr(12'345, large);
  REQUIRE(pages.send(stream.near(), *text, stretch, ec) == stretch.size());
  CHECK(stream.await(large) == stretch);
  CHECK(stream.read(1).empty());
}

TEST_CASE_METHOD(PagesFixture,
                 "small texts, those that few read, and those that nobody waits for are left to the caller") {
  const Stream stream;
  SECTION("small") {
    share(numbers(1000));
    CHECK(send(stream) == std::nullopt);
  }
  SECTION("few readers") {
    share(numbers(100'000), 2);
    CHECK(send(stream) == std::nullopt);
  }
  SECTION("not at the end of a turn") {
    share(numbers(100'000));
    pages.close();
    CHECK(send(stream) == std::nullopt);
    pages.open();
    CHECK(send(stream).value_or(0) > 0);
  }
}

TEST_CASE_METHOD(PagesFixture, "a socket that takes no more says so") {
  const Stream stream;
  share(numbers(1'000'000));
  auto sent = send(stream);
  for (int i = 0; i < 1000 && sent && *sent > 0; ++i) sent = send(stream);
  CHECK(sent == 0);
  CHECK(ec == boost::system::errc::operation_would_block);
}

TEST_CASE_METHOD(PagesFixture, "a socket that has broken is left to the caller, and others are served") {
  const Stream broken;
  const Stream stream;
  share(numbers(large));
  ::shutdown(broken.near(), SHUT_WR);
  CHECK(send(broken) == std::nullopt);
  CHECK(send(stream) == large);
}

TEST_CASE_METHOD(PagesFixture, "where there are no such pages, everything is left to the caller") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const Stream stream;
  const rlimit none{0, limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  SharedPages without;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  share(numbers(large));
  without.open();
  CHECK(without.send(stream.near(), *held.front(), held.front()->text, ec) == std::nullopt);
  without.close();
}

TEST_CASE_METHOD(PagesFixture, "where there is no room for the pages, the caller writes, until there is") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const Stream stream;
  share(numbers(large));
  const rlimit none{0, limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  const auto without = send(stream);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK(without == std::nullopt);
  pages.close();
  pages.open();
  CHECK(send(stream) == large);
}

}  // namespace hubbub::net
