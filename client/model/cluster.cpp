#include "client/model/cluster.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "protocol/utf8.hpp"

namespace hubbub::client {

using protocol::CodePoint;
using protocol::front_code_point;

std::size_t front_cluster(std::string_view text) {
  const auto is_ascii = [text](std::size_t at) { return static_cast<unsigned char>(text[at]) < 0x80; };
  if (is_ascii(0) && (text.size() == 1 || is_ascii(1))) return 1;
  CodePoint one = front_code_point(text);
  std::size_t length = std::max<std::size_t>(one.bytes, 1);
  for (utf8proc_int32_t state = 0; one.bytes > 0 && length < text.size();) {
    const CodePoint next = front_code_point(text.substr(length));
    if (next.bytes == 0 ||
        utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(one.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state))
      break;
    length += next.bytes;
    one = next;
  }
  return length;
}

}  // namespace hubbub::client
