#include "protocol/settings/file.hpp"

#include <cerrno>
#include <filesystem>

#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace fs = std::filesystem;
using namespace hubbub::settings;
using hubbub::test::TemporaryDirectory;

namespace {

std::string text_of(const fs::path& path) { return std::get<std::string>(contents(path.string())); }

}  // namespace

TEST_CASE("a file is read as a whole, or errno says why not") {
  const TemporaryDirectory directory;
  CHECK(text_of(directory.write("some", "a\n\r\n")) == "a\n\r\n");
  CHECK(text_of(directory.write("none", "")).empty());
  CHECK(std::get<int>(contents((directory.path() / "missing").string())) == ENOENT);
  CHECK(std::get<int>(contents(directory.path().string())) == EISDIR);
  CHECK(std::get<int>(contents((directory.path() / "some" / "below").string())) == ENOTDIR);
}

TEST_CASE("a file is put in place whole, with the mode of the old one and where a link leads") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "a" / "b" / "file";
  REQUIRE(replace(file.string(), "first") == 0);
  CHECK(text_of(file) == "first");
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  fs::permissions(file, fs::perms::owner_all | fs::perms::group_read);
  const auto link = directory.path() / "link";
  fs::create_symlink(file, link);
  REQUIRE(replace(link.string(), "second") == 0);
  CHECK(fs::is_symlink(link));
  CHECK(text_of(file) == "second");
  CHECK(fs::status(file).permissions() == (fs::perms::owner_all | fs::perms::group_read));
  CHECK(std::distance(fs::directory_iterator(file.parent_path()), {}) == 1);
  CHECK(replace((file / "below").string(), "third") == ENOTDIR);
}

TEST_CASE("a file is put where a link leads, though nothing is there yet, if its folder is there") {
  const TemporaryDirectory directory;
  const auto folder = directory.path() / "folder";
  const auto link = directory.path() / "link";
  const auto second = directory.path() / "second";
  fs::create_symlink("second", link);
  fs::create_symlink("folder/file", second);
  CHECK(replace(link.string(), "text") == ENOENT);
  CHECK_FALSE(fs::exists(folder));
  fs::create_directory(folder);
  REQUIRE(replace(link.string(), "text") == 0);
  CHECK(text_of(folder / "file") == "text");
  CHECK(fs::is_symlink(link));
  CHECK(fs::is_symlink(second));
}

TEST_CASE("a link that leads to itself is left alone") {
  const TemporaryDirectory directory;
  const auto link = directory.path() / "link";
  fs::create_symlink("link", link);
  CHECK(replace(link.string(), "text") == ELOOP);
  CHECK(fs::is_symlink(link));
}

TEST_CASE("a file is put in place where the program stands") {
  const TemporaryDirectory directory;
  const auto before = fs::current_path();
  fs::current_path(directory.path());
  const int error = replace("file", "text");
  fs::current_path(before);
  CHECK(error == 0);
  CHECK(text_of(directory.path() / "file") == "text");
}
