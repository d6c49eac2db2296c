#include "server/net/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "protocol/slice.hpp"
#include "protocol/text.hpp"
#include "server/net/connection.hpp"
#include "server/net/turn.hpp"

namespace hubbub::net {
namespace {

using namespace std::string_view_literals;
namespace ip = boost::asio::ip;
using boost::system::error_code;

// --- version 1: a line

// With its ending (2.1).
constexpr std::size_t longest_line = 107;

/// Takes the word before the next blank, or the rest.
std::string_view take_word(std::string_view& line) {
  const auto blank = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, blank);
  line.remove_prefix(std::min(blank + 1, line.size()));
  return word;
}

std::optional<Endpoint> endpoint_of(std::string_view family, std::string_view host, std::string_view port) {
  error_code ec;
  const auto address = ip::make_address(std::string(host), ec);
  const auto number = protocol::number_in<std::uint16_t>(port);
  const bool is_of_family = !ec && (family == "TCP4" ? address.is_v4() : address.is_v6());
  if (!number || !is_of_family) return std::nullopt;
  return ip::tcp::endpoint(address, *number);
}

ParsedProxyHeader parse_line(std::string_view bytes) {
  const auto end = bytes.substr(0, longest_line).find("\r\n");
  if (end == std::string_view::npos)
    return {.verdict = bytes.size() < longest_line ? Verdict::perhaps : Verdict::no};
  auto line = bytes.substr(0, end);
  if (line.find('\0') != std::string_view::npos) return {};
  ParsedProxyHeader parsed{.verdict = Verdict::yes, .header = {.size = end + 2}};
  take_word(line);  // PROXY
  const auto family = take_word(line);
  if (family == "UNKNOWN") return parsed;
  if (family != "TCP4" && family != "TCP6") return {};
  const auto from = take_word(line);
  const auto to = take_word(line);
  const auto from_port = take_word(line);
  parsed.header.source = endpoint_of(family, from, from_port);
  if (!parsed.header.source || !endpoint_of(family, to, line)) return {};
  return parsed;
}

// --- version 2: binary

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t fixed_size = 16;  // signature, version and command, family, length
// Addresses and what else proxies tell; more is no proxy's. The format's own limit is 64 KiB.
constexpr std::size_t most_behind = 4096;

std::size_t number_at(std::string_view bytes, std::size_t place) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[place])) << 8U |
         static_cast<unsigned char>(bytes[place + 1]);
}

template <class Address>
std::optional<Endpoint> source_in(std::string_view addresses) {
  typename Address::bytes_type bytes;
  if (addresses.size() < 2 * bytes.size() + 4) return std::nullopt;
  std::copy_n(addresses.begin(), bytes.size(), bytes.begin());
  return ip::tcp::endpoint(Address(bytes),
                           static_cast<std::uint16_t>(number_at(addresses, 2 * bytes.size())));
}

ParsedProxyHeader parse_binary(std::string_view bytes) {
  if (bytes.size() < fixed_size) return {.verdict = Verdict::perhaps};
  const auto version = static_cast<unsigned char>(bytes[signature.size()]);
  const auto family = static_cast<unsigned char>(bytes[signature.size() + 1]);
  const auto behind = number_at(bytes, fixed_size - 2);
  constexpr unsigned char local = 0x20;
  constexpr unsigned char proxy = 0x21;
  if ((version != local && version != proxy) || behind > most_behind) return {};
  if (bytes.size() < fixed_size + behind) return {.verdict = Verdict::perhaps};
  ParsedProxyHeader parsed{.verdict = Verdict::yes, .header = {.size = fixed_size + behind}};
  if (version == local) return parsed;
  const auto addresses = bytes.substr(fixed_size, behind);
  constexpr unsigned char tcp_v4 = 0x11;
  constexpr unsigned char tcp_v6 = 0x21;
  if (family != tcp_v4 && family != tcp_v6) return parsed;
  parsed.header.source =
      family == tcp_v4 ? source_in<ip::address_v4>(addresses) : source_in<ip::address_v6>(addresses);
  return parsed.header.source ? parsed : ParsedProxyHeader{};
}

}  // namespace

ParsedProxyHeader parse_proxy_header(std::string_view bytes) {
  const auto line = begins_with(bytes, "PROXY ");
  const auto binary = begins_with(bytes, signature);
  if (std::max(line, binary) != Verdict::yes) return {.verdict = std::max(line, binary)};
  auto parsed = line == Verdict::yes ? parse_line(bytes) : parse_binary(bytes);
  parsed.is_begun = true;
  return parsed;
}

ProxyPreface::ProxyPreface(Connection& connection, Admission& admission, const Protocols& then)
    : connection_(connection), admission_(admission), then_(then), since_(connection.turn().now().steady) {
  const auto patience = connection.settings().sniff;
  if (patience.count() > 0) deadline_ = since_ + patience;
}

std::size_t ProxyPreface::framing_bytes() const { return fixed_size + most_behind; }

std::size_t ProxyPreface::on_input(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto parsed = parse_proxy_header(bytes);
  if (parsed.verdict == Verdict::perhaps) return 0;
  if (parsed.verdict == Verdict::no && parsed.is_begun) {
    refuse("bad_proxy_header", {protocol::Code::bad_request, "the PROXY header is not well formed"});
    return bytes.size();
  }
  const auto& source = parsed.header.source;
  if (source && !connection_.come_from(*source, admission_)) {
    refuse(admission_.reason(), {protocol::Code::too_many_connections, std::string(admission_.refusal())});
    return bytes.size();
  }
  go_on();
  return parsed.header.size;
}

// Bytes without a verdict are no header.
bool ProxyPreface::on_end(std::string_view /*rest*/) {
  go_on();
  return true;
}

void ProxyPreface::on_deadline(Time /*now*/) { go_on(); }

void ProxyPreface::go_on() {
  deadline_ = never;
  connection_.become(std::make_unique<Sniffer>(connection_, then_, since_));
}

void ProxyPreface::refuse(std::string_view reason, const protocol::Error& error) {
  deadline_ = never;
  reason_ = reason;
  connection_.write(protocol::make_bytes(std::string(to_string(error.code)) + ": " + error.text + '\n'));
  connection_.close();
}

}  // namespace hubbub::net
