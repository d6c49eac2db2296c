#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Frames of the WebSocket protocol (RFC 6455, 5), as pure functions and a state machine without sockets.
namespace hubbub::front {

/// Why a WebSocket is closed (RFC 6455, 7.4.1).
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported = 1003,  ///< binary messages
  bad_utf8 = 1007,
  policy = 1008,
  too_big = 1009,
};

/// Puts the header of a frame before the text that `out` has from `begin` to its end, which becomes a whole
/// text message. A server's frames are not masked, and so are the same for every reader.
void frame_text(std::string& out, std::size_t begin);
/// A control frame; `payload` has at most 125 bytes.
std::string pong(std::string_view payload);
/// `reason`: at most 123 bytes of UTF-8.
std::string close_frame(CloseCode code, std::string_view reason);

/// Reads a client's frames. Messages are lines, or several with a line feed between them: what is taken from
/// the input at a time is never more than a line, so that no more than that is held here.
class FrameReader {
 public:
  struct Taken {
    enum class What : std::uint8_t {
      more,   ///< nothing whole yet: go on when more has come
      line,   ///< `content` is a line, without its line feed
      ping,   ///< `content` is to be sent back as a pong
      pong,   ///< a sign of life
      close,  ///< the client closes; nothing of what follows counts
      fault,  ///< the client does not keep to the protocol, as `code` and `content` say
    };
    What what = What::more;
    std::size_t used = 0;        ///< bytes of the input, which are not to be offered again
    std::string_view content{};  ///< until the next call
    CloseCode code = CloseCode::protocol_error;
    bool too_long = false;  ///< a line has more than `most` bytes, whole or not
  };

  /// `most`: limit of a line's bytes; 0: none.
  Taken take(std::string_view bytes, std::size_t most);

 private:
  /// A frame's header, and how much of the frame is yet to come.
  struct Frame {
    std::uint64_t left = 0;
    std::array<char, 4> mask{};
    std::uint8_t phase = 0;  ///< of the mask
    bool is_final = false;
  };
  struct Header;

  std::optional<std::string_view> fault_of(const Header& header) const;
  Taken take_control(const Header& header, std::string_view bytes);
  Taken take_text(std::string_view bytes, std::size_t used, std::size_t most);
  Taken give(std::size_t used, std::size_t most);
  static void unmask(std::string_view bytes, const Frame& frame, std::string& out);

  Frame frame_;
  std::string line_;
  std::string control_;  ///< the payload of the last control frame
  bool in_frame_ = false;
  bool in_message_ = false;  ///< a frame that was not final has come
  bool gave_line_ = false;   ///< what is in line_ has been taken
};

}  // namespace hubbub::front
