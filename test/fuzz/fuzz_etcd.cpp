#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/journal/shared/etcd_gateway.hpp"
#include "server/journal/shared/etcd_replay.hpp"
#include "test/fuzz/require.hpp"

// Bytes in the place of etcd's answers: the first byte says to what. What is made of them is a log with a
// position behind the other.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hubbub::journal::shared;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 't':
      etcd::parse_txn(bytes);
      etcd::parse_grant(bytes);
      etcd::parse_keep_alive(bytes);
      etcd::parse_status(bytes);
      etcd::parse_token(bytes);
      if (const auto refusal = etcd::parse_refusal(bytes)) etcd::fate_of(*refusal);
      break;
    case 'r': {
      const auto range = etcd::parse_range(bytes);
      if (!range) break;
      etcd::Replay replay(etcd::Keys("x"), {});
      std::vector<Item> items;
      replay.look(*range);
      replay.look_back(*range, items);
      replay.has_all_of(*range);
      break;
    }
    default: {
      etcd::Replay replay(etcd::Keys("x"), {});
      std::vector<Item> items;
      replay.look({.revision = 1});
      replay.look_back({.revision = 1}, items);
      for (std::size_t begin = 0; begin < bytes.size();) {
        const auto end = std::min(bytes.find('\n', begin), bytes.size());
        if (auto watched = etcd::parse_watch(bytes.substr(begin, end - begin)))
          replay.take(*std::move(watched), items);
        begin = end + 1;
      }
      std::uint64_t position = 0;
      for (const auto& item : items) {
        const auto* const entry = std::get_if<Entry>(&item.what);
        if (entry != nullptr) hubbub::fuzz::require(entry->position == ++position, "positions have no gap");
      }
      break;
    }
  }
  return 0;
}
