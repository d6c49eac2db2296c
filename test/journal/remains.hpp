#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "test/journal/disk_record.hpp"

namespace hubbub::test {

/// Something on a disk, as it is for sure, and as it has been since: after a power cut it is found in any
/// one of these states.
template <class State>
class Doubt {
 public:
  const State& last() const { return since_.empty() ? sure_ : since_.back().second; }
  bool in_doubt() const { return !since_.empty(); }
  /// Whether nothing was ever sure.
  bool is_new() const { return new_; }

  void set(std::size_t record, State state) { since_.emplace_back(record, std::move(state)); }
  /// A sync of what was done before the record `since`.
  void settle(std::size_t since) {
    auto end = since_.begin();
    while (end != since_.end() && end->first < since) ++end;
    if (end == since_.begin() || std::prev(end)->first < lost_) return;
    sure_ = std::move(std::prev(end)->second);
    new_ = false;
    since_.erase(since_.begin(), end);
  }
  /// A sync that failed: the system takes what it could not write for written, and no later sync tries.
  void lose(std::size_t since) { lost_ = since; }

  /// What it was sure to be, for 0; otherwise the state that so manieth of the changes has made.
  const State& after(std::size_t changes) const { return changes == 0 ? sure_ : since_[changes - 1].second; }
  std::size_t changes() const { return since_.size(); }
  /// The record that made the state after so many changes; 0: it is older than all of them.
  std::size_t made_by(std::size_t changes) const { return changes == 0 ? 0 : since_[changes - 1].first; }
  /// How many of the changes were made before that record.
  std::size_t changes_before(std::size_t record) const {
    std::size_t count = 0;
    while (count < since_.size() && since_[count].first < record) ++count;
    return count;
  }

 private:
  State sure_{};
  std::vector<std::pair<std::size_t, State>> since_;
  std::size_t lost_ = 0;  ///< the records before this one have met with a sync that failed
  bool new_ = true;
};

/// What a power cut may leave of what was done to a disk. What was synced is there. Of what was done since,
/// each sector of 512 bytes is in any of the states that it has been in, whatever its neighbours are; each
/// file has any of the sizes that it has had, with zeros or rubbish where it grew; and each name stands for
/// any of the files that it has stood for, until its directory is synced. That a file was cut short has
/// happened in whole or not at all: file systems note it in a journal of theirs, and give its blocks to
/// nobody before (https://docs.kernel.org/filesystems/ext4/journal.html). So what was beyond the end is as it
/// was before, or gone together with the size, and what was written there since is there only behind that.
class Remains {
 public:
  /// `records` must outlive this.
  explicit Remains(const std::vector<DiskRecord>& records) : records_(records) {}

  /// Writes into an empty directory what is left when the power is cut after the first `cut` records.
  /// Different seeds make different choices. Quickest with cuts in ascending order.
  void write_to(const std::filesystem::path& directory, std::size_t cut, std::uint64_t seed);

 private:
  static constexpr std::size_t sector_size = 512;
  using Sector = std::array<char, sector_size>;
  struct File {
    std::vector<Doubt<Sector>> sectors;
    std::vector<std::size_t> doubtful;  ///< which of the sectors are in doubt
    Doubt<std::uint64_t> size;
    std::vector<std::size_t> cuts;  ///< the records that cut it short, and are in doubt
  };
  class Chance;

  void apply(std::size_t index, const DiskRecord& record);
  void set_sector(File& file, std::size_t sector, std::size_t index, const Sector& content);
  void write(File& file, std::size_t index, const DiskRecord& record);
  void truncate(File& file, std::size_t index, std::uint64_t size);
  static std::string content(const File& file, Chance& chance);

  const std::vector<DiskRecord>& records_;
  std::size_t applied_ = 0;
  std::vector<File> files_;
  std::map<std::string, Doubt<std::optional<std::size_t>>> names_;
};

}  // namespace hubbub::test
