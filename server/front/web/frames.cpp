#include "server/front/web/frames.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::front {
namespace {

// Opcodes (RFC 6455, 11.8).
constexpr unsigned continuation = 0x0;
constexpr unsigned text = 0x1;
constexpr unsigned binary = 0x2;
constexpr unsigned first_control = 0x8;
constexpr unsigned close = 0x8;
constexpr unsigned ping = 0x9;
constexpr unsigned pong_frame = 0xA;

constexpr unsigned final_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned opcode_bits = 0x0F;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_bits = 0x7F;

// What a length of seven bits says when it stands for a longer one behind it (5.2).
constexpr unsigned two_bytes = 126;
constexpr unsigned eight_bytes = 127;
constexpr std::size_t most_control = 125;

// Bytes that are unmasked before they are appended to the line.
constexpr std::size_t piece = 512;

unsigned byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

void append_number(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(number >> static_cast<unsigned>(shift) & 0xFFU));
}

std::string header_of(unsigned opcode, std::size_t size) {
  std::string header(1, static_cast<char>(final_bit | opcode));
  if (size < two_bytes) {
    append_number(header, size, 1);
  } else if (size <= 0xFFFF) {
    append_number(header, two_bytes, 1);
    append_number(header, size, 2);
  } else {
    append_number(header, eight_bytes, 1);
    append_number(header, size, 8);
  }
  return header;
}

}  // namespace

void frame_text(std::string& out, std::size_t begin) {
  if (out.size() > begin && out.back() == '\n') out.pop_back();
  out.insert(begin, header_of(text, out.size() - begin));
}

std::string pong(std::string_view payload) { return header_of(pong_frame, payload.size()).append(payload); }

std::string close_frame(CloseCode code, std::string_view reason) {
  auto frame = header_of(close, reason.size() + 2);
  append_number(frame, static_cast<std::uint16_t>(code), 2);
  return frame.append(reason);
}

// --- reading

struct FrameReader::Header {
  unsigned opcode = 0;
  bool is_final = false;
  bool has_reserved = false;
  bool is_masked = false;
  bool is_minimal = true;  ///< the length is written in as few bytes as can be
  std::uint64_t length = 0;
  std::array<char, 4> mask{};
  std::size_t size = 0;  ///< of the header

  bool is_control() const { return opcode >= first_control; }

  /// Nothing: it is not whole.
  static std::optional<Header> read(std::string_view bytes) {
    if (bytes.size() < 2) return std::nullopt;
    Header header;
    const auto first = byte_at(bytes, 0);
    const auto second = byte_at(bytes, 1);
    header.opcode = first & opcode_bits;
    header.is_final = (first & final_bit) != 0;
    header.has_reserved = (first & reserved_bits) != 0;
    header.is_masked = (second & mask_bit) != 0;
    header.length = second & length_bits;
    const std::size_t more = header.length == two_bytes ? 2 : header.length == eight_bytes ? 8 : 0;
    header.size = 2 + more + (header.is_masked ? header.mask.size() : 0);
    if (bytes.size() < header.size) return std::nullopt;
    if (more > 0) {
      header.length = 0;
      for (std::size_t i = 0; i < more; ++i) header.length = header.length << 8U | byte_at(bytes, 2 + i);
      header.is_minimal = more == 2 ? header.length >= two_bytes : header.length > 0xFFFF;
    }
    if (header.is_masked) bytes.substr(2 + more).copy(header.mask.data(), header.mask.size());
    return header;
  }
};

/// What is wrong with the frame, if anything.
std::optional<std::string_view> FrameReader::fault_of(const Header& header) const {
  if (header.has_reserved) return "a frame has reserved bits set, and no extension was agreed on";
  if (!header.is_masked) return "a client's frames must be masked";
  if (!header.is_minimal || header.length >> 63U != 0) return "a frame's length is not written as it must be";
  if (header.is_control()) {
    if (!header.is_final || header.length > most_control) return "a control frame is too long or fragmented";
    const bool is_known = header.opcode == close || header.opcode == ping || header.opcode == pong_frame;
    return is_known ? std::nullopt : std::optional<std::string_view>("a frame has an unknown opcode");
  }
  if (header.opcode > binary) return "a frame has an unknown opcode";
  if ((header.opcode == continuation) != in_message_)
    return in_message_ ? "a message begins before the one before it has ended" : "a message has no beginning";
  return std::nullopt;
}

FrameReader::Taken FrameReader::take(std::string_view bytes, std::size_t most) {
  if (std::exchange(gave_line_, false)) line_ = std::string();  // an idle client is to hold no memory for it
  if (in_frame_) return take_text(bytes, 0, most);
  const auto header = Header::read(bytes);
  if (!header) return {};
  if (const auto wrong = fault_of(*header)) return {.what = Taken::What::fault, .content = *wrong};
  if (header->is_control()) return take_control(*header, bytes);
  if (header->opcode == binary) {
    return {.what = Taken::What::fault,
            .content = "messages must be text, not binary",
            .code = CloseCode::unsupported};
  }
  frame_ = {.left = header->length, .mask = header->mask, .is_final = header->is_final};
  in_frame_ = true;
  in_message_ = !header->is_final;
  return take_text(bytes, header->size, most);
}

FrameReader::Taken FrameReader::take_control(const Header& header, std::string_view bytes) {
  const auto length = static_cast<std::size_t>(header.length);
  if (bytes.size() < header.size + length) return {};
  control_.clear();
  unmask(bytes.substr(header.size, length), {.mask = header.mask}, control_);
  auto what = header.opcode == ping ? Taken::What::ping : Taken::What::pong;
  if (header.opcode == close) what = Taken::What::close;
  return {.what = what, .used = header.size + length, .content = control_};
}

/// Unmasks up to the end of a line, of the frame or of the input, whichever comes first, and no byte twice.
FrameReader::Taken FrameReader::take_text(std::string_view bytes, std::size_t used, std::size_t most) {
  auto fresh = bytes.substr(used);
  if (fresh.size() > frame_.left) fresh = fresh.substr(0, static_cast<std::size_t>(frame_.left));
  bool has_line = false;
  while (!fresh.empty() && !has_line) {
    std::array<char, piece> clear;  // NOLINT(cppcoreguidelines-pro-type-member-init): what is used is written
    std::size_t size = 0;
    std::size_t taken = 0;
    while (taken < fresh.size() && size < clear.size() && !has_line) {
      const auto byte =
          static_cast<char>(fresh[taken] ^ frame_.mask[(frame_.phase + taken) % frame_.mask.size()]);
      ++taken;
      has_line = byte == '\n';
      if (!has_line) clear[size++] = byte;
    }
    line_.append(clear.data(), size);
    fresh.remove_prefix(taken);
    used += taken;
    frame_.left -= taken;
    frame_.phase = static_cast<std::uint8_t>((frame_.phase + taken) % frame_.mask.size());
    if (most > 0 && line_.size() > most + 1) return {.used = used, .too_long = true};  // it may end with "\r"
  }
  in_frame_ = frame_.left > 0;
  const bool is_over = !in_frame_ && !in_message_ && !line_.empty();
  return has_line || is_over ? give(used, most) : Taken{.used = used};
}

FrameReader::Taken FrameReader::give(std::size_t used, std::size_t most) {
  gave_line_ = true;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  const bool too_long = most > 0 && line_.size() > most;
  return {.what = Taken::What::line, .used = used, .content = line_, .too_long = too_long};
}

/// Appends the bytes, which are the next of the frame.
void FrameReader::unmask(std::string_view bytes, const Frame& frame, std::string& out) {
  const auto begin = out.size();
  out.append(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto& byte = out[begin + i];
    byte = static_cast<char>(byte ^ frame.mask[(frame.phase + i) % frame.mask.size()]);
  }
}

}  // namespace hubbub::front
