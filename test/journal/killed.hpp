#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "test/journal/disk_record.hpp"

namespace hubbub::test {

/// Writes what is on a disk when the process was killed after so many records: all that it had done.
inline void write_killed(const std::vector<DiskRecord>& records, std::size_t cut,
                         const std::filesystem::path& directory) {
  using Kind = DiskRecord::Kind;
  std::vector<std::string> files;
  std::map<std::string, std::size_t> names;
  for (const auto& record : std::span(records).first(cut)) {
    if (record.kind == Kind::create) {
      files.resize(std::max(files.size(), record.file + 1));
      names[record.name] = record.file;
    } else if (record.kind == Kind::remove) {
      names.erase(record.name);
    } else if (record.kind == Kind::write) {
      auto& bytes = files[record.file];
      bytes.resize(std::max<std::size_t>(bytes.size(), record.offset + record.bytes.size()));
      bytes.replace(record.offset, record.bytes.size(), record.bytes);
    } else if (record.kind == Kind::truncate) {
      files[record.file].resize(record.offset);
    }
  }
  for (const auto& [name, file] : names) std::ofstream(directory / name, std::ios::binary) << files[file];
}

}  // namespace hubbub::test
