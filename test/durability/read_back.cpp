#include "test/durability/read_back.hpp"

#include <algorithm>
#include <cstdint>

#include "test/durability/peer.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::durability {
namespace {

/// Numbers on the wire are below 2^53.
constexpr std::uint64_t beyond_all = (std::uint64_t{1} << 53) - 1;

std::vector<Sighting> page_through(test::JsonClient& client, const std::string& room, Direction direction) {
  const bool up = direction == Direction::up;
  std::vector<Sighting> all;
  while (true) {
    const std::uint64_t from = all.empty() ? (up ? 0 : beyond_all) : all.back().seq;
    const Event page =
        client.answer({{"type", "history"}, {"room", room}, {up ? "after" : "before", from}, {"limit", 500}});
    auto messages = page.at("messages").as_array();
    if (!up) std::ranges::reverse(messages);
    for (const auto& message : messages) all.push_back(sighting_of(message.as_object()));
    if (page.at("complete").as_bool() || messages.empty()) break;
  }
  if (!up) std::ranges::reverse(all);
  return all;
}

}  // namespace

Witness read_back(const test::Address& address, const std::string& name,
                  const std::vector<std::string>& rooms, Direction direction) {
  test::JsonClient client(address);
  client.hello(name);
  Witness witness{.name = name, .unbroken = true, .seen = {}};
  for (const auto& room : rooms) {
    client.answer({{"type", "join"}, {"room", room}, {"replay", 0}});
    witness.seen[room] = page_through(client, room, direction);
  }
  return witness;
}

}  // namespace hubbub::durability
