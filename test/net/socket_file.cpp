#include "server/net/listener.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/descriptor.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::net {
namespace {

using test::Descriptor;
using test::TemporaryDirectory;

/// A unix socket at that path, which listens if it is to.
Descriptor bound(const std::string& path, bool listens) {
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  if (listens) REQUIRE(::listen(fd.get(), 0) == 0);
  return fd;
}

struct SocketFileFixture {
  TemporaryDirectory directory;
  const std::string path = (directory.path() / "chat.sock").string();
};

}  // namespace

TEST_CASE_METHOD(SocketFileFixture, "its own socket file is removed") {
  const auto fd = bound(path, true);
  SocketFile file(path);
  file.remove();
  CHECK_FALSE(std::filesystem::exists(path));
  file.remove();
}

TEST_CASE_METHOD(SocketFileFixture, "a socket that has taken its place stays, and so does anything else") {
  const auto first = bound(path, true);
  SocketFile file(path);
  std::filesystem::remove(path);
  SECTION("a second daemon's") {
    const auto second = bound(path, true);
    file.remove();
    CHECK(std::filesystem::is_socket(path));
  }
  SECTION("a file") {
    std::ofstream(path) << "do not lose this";
    file.remove();
    CHECK(std::filesystem::is_regular_file(path));
  }
  SECTION("nothing") { file.remove(); }
}

TEST_CASE_METHOD(SocketFileFixture, "way is made where a dead socket or nothing is") {
  CHECK_FALSE(make_way(path));
  (void)bound(path, true);
  REQUIRE(std::filesystem::is_socket(path));
  CHECK_FALSE(make_way(path));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE_METHOD(SocketFileFixture, "a socket that somebody serves is in use, also when its queue is full") {
  const auto fd = bound(path, true);
  const auto busy = [&] { return make_way(path).value().text.find("in use") != std::string::npos; };
  // The queue of listen(2) with 0 has room for one; who asks next would wait for ever if it waited at all.
  for (int i = 0; i < 3; ++i) CHECK(busy());
  Descriptor waiting(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  (void)::connect(waiting.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  CHECK(busy());
  CHECK(std::filesystem::is_socket(path));
}

TEST_CASE_METHOD(SocketFileFixture, "what is no socket is told as what it is") {
  const auto told = [&] { return make_way(path).value().text; };
  SECTION("a file") {
    std::ofstream(path) << "do not lose this";
    CHECK(told().find(path + " is a file and no socket") != std::string::npos);
  }
  SECTION("a folder") {
    std::filesystem::create_directory(path);
    CHECK(told().find("is a folder and no socket") != std::string::npos);
  }
  SECTION("a link, whatever it leads to") {
    std::filesystem::create_symlink("nowhere", path);
    CHECK(told().find("is a symbolic link and no socket") != std::string::npos);
  }
  CHECK(std::filesystem::exists(std::filesystem::symlink_status(path)));
}

}  // namespace hubbub::net
