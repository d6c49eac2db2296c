// Memory whose size is known at run time alone: _FORTIFY_SOURCE=3 checks what is written there, 2 does not.
// And an index of which the C++ library's assertions check that it is within its text.
#include <cstdlib>
#include <cstring>
#include <string_view>

int main(int count, char** arguments) {
  const auto size = static_cast<std::size_t>(count) * 16;
  auto* const memory = static_cast<char*>(std::malloc(size));
  if (memory == nullptr) return 1;
  std::memset(memory, 'x', static_cast<std::size_t>(std::rand()) % size);
  const std::string_view name = arguments[0];
  const bool is_written = memory[0] == 'x' && name[static_cast<std::size_t>(count) - 1] != 'x';
  std::free(memory);
  return is_written ? 0 : 1;
}
