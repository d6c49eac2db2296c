// Memory whose size is known at run time alone: _FORTIFY_SOURCE=3 checks what is written there, 2 does not.
#include <cstdlib>
#include <cstring>

int main(int count, char**) {
  const auto size = static_cast<std::size_t>(count) * 16;
  auto* const memory = static_cast<char*>(std::malloc(size));
  if (memory == nullptr) return 1;
  std::memset(memory, 'x', static_cast<std::size_t>(std::rand()) % size);
  const bool is_written = memory[0] == 'x';
  std::free(memory);
  return is_written ? 0 : 1;
}
