#include "test/journal/remains.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

#include "test/support/dice.hpp"

namespace hubbub::test {

/// How one cut chooses. Some leave all that was done up to some moment and nothing later, as when the
/// system writes back in order; others leave more or less of it, here and there.
class Remains::Chance {
 public:
  Chance(std::size_t cut, std::uint64_t seed) : dice_(seed) {
    in_order_ = dice_.one_in(3);
    const auto back = dice_.below(std::size_t{1} << dice_.below(12));
    until_ = cut - std::min(cut, back);
    static constexpr std::array<unsigned, 5> kept_of_hundred{0, 10, 50, 90, 99};
    kept_ = kept_of_hundred.at(dice_.below(kept_of_hundred.size()));
    rubbish_ = dice_.one_in(2);
  }

  template <class State>
  const State& pick(const Doubt<State>& doubt) {
    return doubt.after(changes_that_happen(doubt));
  }
  /// A sector of which nothing was sure may be any that was used before, for something else. It is in a state
  /// in which it was from the record `from` on, if that is one of its changes, and before the record `until`.
  Sector pick_sector(const Doubt<Sector>& doubt, std::size_t from, std::size_t until) {
    const auto known = doubt.changes_before(from + 1);
    const auto least = known > 0 && doubt.made_by(known) == from ? known : 0;
    const auto changes =
        std::clamp(changes_that_happen(doubt), least, std::max(least, doubt.changes_before(until)));
    auto sector = doubt.after(changes);
    if (changes == 0 && doubt.in_doubt() && doubt.is_new() && rubbish_)
      std::generate(sector.begin(), sector.end(), [this] { return static_cast<char>(dice_.below(256)); });
    return sector;
  }

  template <class State>
  std::size_t changes_that_happen(const Doubt<State>& doubt) {
    if (!doubt.in_doubt()) return 0;
    if (in_order_) return doubt.changes_before(until_);
    return dice_.below(100) < kept_ ? doubt.changes() : dice_.below(doubt.changes() + 1);
  }

 private:
  test::Dice dice_;
  bool in_order_;
  std::size_t until_;
  unsigned kept_;
  bool rubbish_;
};

void Remains::write_to(const std::filesystem::path& directory, std::size_t cut, std::uint64_t seed) {
  if (cut < applied_) {
    files_.clear();
    names_.clear();
    applied_ = 0;
  }
  for (; applied_ < cut; ++applied_) apply(applied_, records_.at(applied_));

  Chance chance(cut, seed);
  for (const auto& [name, entry] : names_) {
    const auto file = chance.pick(entry);
    if (!file) continue;
    std::ofstream out(directory / name, std::ios::binary);
    const auto bytes = content(files_[*file], chance);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + (directory / name).string());
  }
}

void Remains::apply(std::size_t index, const DiskRecord& record) {
  if (record.kind == DiskRecord::Kind::create) files_.resize(std::max(files_.size(), record.file + 1));
  switch (record.kind) {
    case DiskRecord::Kind::create:
      names_[record.name].set(index, record.file);
      break;
    case DiskRecord::Kind::remove:
      names_[record.name].set(index, std::nullopt);
      break;
    case DiskRecord::Kind::write:
      write(files_[record.file], index, record);
      break;
    case DiskRecord::Kind::truncate:
      truncate(files_[record.file], index, record.offset);
      break;
    case DiskRecord::Kind::sync: {
      auto& file = files_[record.file];
      file.size.settle(record.since);  // fdatasync(2) syncs the size too
      if (file.size.changes_before(record.since) == 0)
        std::erase_if(file.cuts, [&](std::size_t cut) { return cut < record.since; });
      for (const auto sector : file.doubtful) file.sectors[sector].settle(record.since);
      std::erase_if(file.doubtful, [&](std::size_t sector) { return !file.sectors[sector].in_doubt(); });
      break;
    }
    case DiskRecord::Kind::failed_sync: {
      auto& file = files_[record.file];
      file.size.lose(record.since);
      for (const auto sector : file.doubtful) file.sectors[sector].lose(record.since);
      break;
    }
    case DiskRecord::Kind::sync_directory:
      for (auto& [name, entry] : names_) entry.settle(record.since);
      break;
  }
}

void Remains::set_sector(File& file, std::size_t sector, std::size_t index, const Sector& content) {
  auto& changed = file.sectors[sector];
  if (!changed.in_doubt()) file.doubtful.push_back(sector);
  changed.set(index, content);
}

void Remains::write(File& file, std::size_t index, const DiskRecord& record) {
  const auto end = record.offset + record.bytes.size();
  if (file.sectors.size() * sector_size < end) file.sectors.resize((end + sector_size - 1) / sector_size);
  for (auto at = record.offset; at < end;) {
    const auto sector = at / sector_size;
    const auto within = at % sector_size;
    const auto count = std::min(sector_size - within, end - at);
    auto content = file.sectors[sector].last();
    std::copy_n(record.bytes.data() + (at - record.offset), count, content.data() + within);
    set_sector(file, sector, index, content);
    at += count;
  }
  if (end > file.size.last()) file.size.set(index, end);
}

void Remains::truncate(File& file, std::size_t index, std::uint64_t size) {
  for (auto sector = size / sector_size; sector < file.sectors.size(); ++sector) {
    auto content = file.sectors[sector].last();
    const auto kept = sector == size / sector_size ? size % sector_size : 0;
    std::fill(content.begin() + static_cast<std::ptrdiff_t>(kept), content.end(), '\0');
    set_sector(file, sector, index, content);
  }
  file.size.set(index, size);
  file.cuts.push_back(index);
}

std::string Remains::content(const File& file, Chance& chance) {
  const auto changes = chance.changes_that_happen(file.size);
  const auto size = file.size.after(changes);
  // The last cut that has happened, and the first that has not.
  const auto undone = std::upper_bound(file.cuts.begin(), file.cuts.end(), file.size.made_by(changes));
  const auto from = undone == file.cuts.begin() ? 0 : *std::prev(undone);
  const auto until = undone == file.cuts.end() ? std::numeric_limits<std::size_t>::max() : *undone;
  std::string bytes;
  bytes.reserve(size + sector_size);
  for (const auto& sector : file.sectors) {
    if (bytes.size() >= size) break;
    const auto content = chance.pick_sector(sector, from, until);
    bytes.append(content.data(), content.size());
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace hubbub::test
