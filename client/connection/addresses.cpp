#include "client/connection/addresses.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/name.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

using protocol::Code;
using protocol::Error;
using protocol::Result;

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t end = text.find(','); end != std::string_view::npos; end = text.find(',')) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

/// Without the blanks around it, as after the comma of "a, b".
std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? std::string()
                                    : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// Whether it may be the beginning of a password with a comma in it, as in NAME:PASS,WORD@HOST.
bool may_be_secret(const std::vector<std::string>& texts, std::size_t index) {
  const auto has_at = [](const std::string& text) { return text.find('@') != std::string::npos; };
  return texts[index].find(':') != std::string::npos &&
         std::any_of(texts.begin() + static_cast<std::ptrdiff_t>(index) + 1, texts.end(), has_at);
}

Error wrong(std::size_t index, std::size_t count, const std::string& why) {
  return {Code::bad_request,
          "server " + std::to_string(index + 1) + " of " + std::to_string(count) + ": " + why};
}

/// Whether a scheme has settled it.
bool is_settled(const Address& address) {
  return !address.is_unix() && address.encryption != Encryption::by_host;
}

bool is_same(const Address& a, const Address& b) {
  return a.path == b.path && a.host == b.host && a.port == b.port;
}

/// What keeps the one at `index` from standing beside those before it; empty: nothing.
std::string contradiction(const Addresses& addresses, std::size_t index) {
  const Address& it = addresses[index];
  for (std::size_t before = 0; before < index; ++before) {
    const Address& other = addresses[before];
    if (is_same(it, other)) return to_string(it) + " is there twice";
    if (!it.name.empty() && !other.name.empty() && !protocol::same_name(it.name, other.name))
      return "the name is " + it.name + " here and " + other.name + " before; there is one for all of them";
    if (is_settled(it) && is_settled(other) && it.encryption != other.encryption)
      return "one has tls:// before it and another tcp://; all are with TLS, or all without";
  }
  return {};
}

/// What is said of one of them is for all.
void share(Addresses& addresses) {
  const auto named = std::ranges::find_if(addresses, [](const Address& each) { return !each.name.empty(); });
  const auto settled = std::ranges::find_if(addresses, is_settled);
  const std::string name = named == addresses.end() ? std::string() : named->name;
  const Encryption encryption = settled == addresses.end() ? Encryption::by_host : settled->encryption;
  for (Address& address : addresses) {
    address.name = name;
    if (!address.is_unix()) address.encryption = encryption;
  }
}

}  // namespace

Result<Addresses> parse_addresses(std::string_view text) { return parse_addresses(parts_of(text)); }

Result<Addresses> parse_addresses(const std::vector<std::string>& texts) {
  if (texts.empty()) return Error{Code::bad_request, "the list of servers is empty"};
  if (texts.size() == 1) {
    const auto only = parse_address(texts.front());
    return only ? Result<Addresses>(Addresses{*only}) : only.error();
  }
  Addresses addresses;
  for (std::size_t index = 0; index < texts.size(); ++index) {
    const std::string text = trimmed(texts[index]);
    if (text.empty()) return wrong(index, texts.size(), "it is empty");
    auto address = parse_address(text);
    if (!address) {
      const bool is_hidden = may_be_secret(texts, index);
      return wrong(index, texts.size(),
                   is_hidden
                       ? "it is no HOST:PORT; a password is never given in an address, where others can "
                         "read it"
                       : address.error().text);
    }
    addresses.push_back(*std::move(address));
    const std::string fault = contradiction(addresses, index);
    if (!fault.empty()) return wrong(index, texts.size(), fault);
  }
  share(addresses);
  return addresses;
}

std::string take_name(Addresses& addresses) {
  std::string name;
  for (Address& address : addresses) name = std::exchange(address.name, {});
  return name;
}

std::string to_string(const Addresses& addresses) {
  std::string all;
  for (const Address& address : addresses) all += (all.empty() ? "" : ", ") + to_string(address);
  return all;
}

std::string pin(Addresses& addresses, const std::vector<std::string>& fingerprints) {
  const auto is_host = [](const Address& each) { return !each.is_unix(); };
  const auto hosts = static_cast<std::size_t>(std::ranges::count_if(addresses, is_host));
  if (fingerprints.size() > 1 && fingerprints.size() != hosts) {
    return "there are " + std::to_string(fingerprints.size()) + " fingerprints and " +
           protocol::counted(hosts, "host") + "; it is one for all, or one for each in their order";
  }
  std::size_t next = 0;
  for (Address& address : addresses) {
    if (!is_host(address) || fingerprints.empty()) continue;
    address.encryption = Encryption::always;
    address.trust = {.ca_file = {}, .fingerprint = fingerprints[fingerprints.size() == 1 ? 0 : next++]};
  }
  return {};
}

}  // namespace hubbub::client
