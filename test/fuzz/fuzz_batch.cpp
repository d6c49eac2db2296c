#include <cstdint>
#include <string_view>
#include <variant>

#include "server/journal/shared/batch.hpp"
#include "test/fuzz/require.hpp"

// Bytes from a log that others write to, read as a batch: what is one is written again as it was.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hubbub::journal::shared;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto result = decode(bytes);
  if (const auto* const batch = std::get_if<Batch>(&result)) {
    BatchWriter writer;
    for (const auto& each : batch->drafts) writer.add(each);
    hubbub::fuzz::require(writer.finish(batch->head) == bytes, "there is one way to write a batch");
  }
  return 0;
}
