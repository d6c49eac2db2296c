#include "server/tools/put_away.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "server/journal/sqlite/schema.hpp"
#include "server/tools/files.hpp"

namespace hubbub::tools {
namespace {

namespace sqlite = journal::sqlite;

constexpr mode_t folder_for_the_user = 0700;
constexpr std::string_view prefix = "before-restore-";

/// A link counts, wherever it leads.
bool is_there(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0;
}

/// The files in a folder that are moved, in that order.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& file : {sqlite::search_file(folder), sqlite::journal_file(folder)}) {
    for (const char* beside : {"-wal", "-shm", "-journal", ""}) {
      if (is_there(file + beside)) names.emplace_back(std::filesystem::path(file + beside).filename());
    }
  }
  return names;
}

/// The name of a folder with that date; in byte order, earlier dates come first.
std::string name_with_date(std::time_t time) {
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::string date(32, '\0');
  date.resize(std::strftime(date.data(), date.size(), "%Y-%m-%dT%H%M%SZ", &utc));
  return std::string(prefix) + date;
}

bool has_date(std::string_view name) {
  return name.starts_with(prefix) && name.find_first_of("0123456789") == prefix.size();
}

/// An unused name with the current date.
std::string dated_folder(const std::string& directory) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const auto first = directory + '/' + name_with_date(now);
  auto path = first;
  for (int again = 2; is_there(path); ++again) path = first + "-" + std::to_string(again);
  return path;
}

void move(const std::string& name, const std::string& from, const std::string& to) {
  if (is_there(to + '/' + name)) {
    throw std::runtime_error(name + " is in " + from + " and in " + to +
                             "; move one of them elsewhere, and run this again");
  }
  rename_or_throw(from + '/' + name, to + '/' + name);
}

}  // namespace

void rename_or_throw(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return;
  throw std::runtime_error("cannot move " + from + " to " + to + ": " + std::strerror(errno));
}

std::string unfinished_folder(const std::string& directory) {
  return directory + '/' + std::string(prefix) + "unfinished";
}

std::string put_away(const std::string& directory, const Step& step) {
  const auto folder = unfinished_folder(directory);
  const auto names = names_in(directory);
  if (!is_there(folder)) {
    if (names.empty()) return {};
    if (mkdir(folder.c_str(), folder_for_the_user) != 0) refuse_to_write(folder, errno);
    step();
  }
  for (const auto& name : names) {
    move(name, directory, folder);
    step();
  }
  sync(folder);
  sync(directory);
  auto dated = dated_folder(directory);
  rename_or_throw(folder, dated);
  step();
  return dated;
}

std::string put_away_since(const std::string& directory, std::time_t begun) {
  std::string last;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const auto name = entry.path().filename().native();
    if (has_date(name) && name >= name_with_date(begun) && name > last) last = name;
  }
  return last.empty() ? last : directory + '/' + last;
}

bool put_back(const std::string& directory) {
  const auto folder = unfinished_folder(directory);
  for (const auto& name : names_in(folder)) {
    const auto place = directory + '/' + name;
    if (!is_there(place)) (void)!std::rename((folder + '/' + name).c_str(), place.c_str());
  }
  rmdir(folder.c_str());
  return names_in(folder).empty() && is_there(sqlite::journal_file(directory));
}

void date_unfinished(const std::string& directory) {
  const auto folder = unfinished_folder(directory);
  if (is_there(folder)) rename_or_throw(folder, dated_folder(directory));
}

}  // namespace hubbub::tools
