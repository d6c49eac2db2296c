#include "server/config_keys.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/settings/kinds.hpp"
#include "server/net/address_range.hpp"
#include "server/net/listen_address.hpp"
#include "server/ops/digest.hpp"

namespace hubbub::config {
namespace {

using namespace settings;

/// A short name for people: one line, not empty.
struct Title : Text {
  static Complaint read(const Value& value, std::string& into) {
    constexpr std::size_t most_bytes = 100;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty()) return not_a(value, R"(name; write text, such as "hubbub")");
    if (!is_one_line(*text))
      return shown(value) + " has control characters in it; write one line of plain text";
    if (text->size() > most_bytes)
      return shown(value) + " is longer than " + std::to_string(most_bytes) + " bytes";
    into = *text;
    return std::nullopt;
  }
};

/// A folder's path; empty for none.
struct Path : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_one_line(*text))
      return not_a(value, R"(path; write text, such as "/var/lib/hubbub")");
    into = *text;
    return std::nullopt;
  }
};

/// Text for people, of one line or several; empty for none.
struct Notice : Text {
  static Complaint read(const Value& value, std::string& into) {
    constexpr std::size_t most_bytes = protocol::default_text_bytes;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return not_a(value, R"(text; write it in quotes: "Welcome")");
    if (!is_clean(*text)) return shown(value) + " has control characters in it; write lines of plain text";
    if (text->size() > most_bytes)
      return shown(value) + " is longer than " + std::to_string(most_bytes) + " bytes";
    into = *text;
    return std::nullopt;
  }
};

struct Room : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return not_a(value, R"(room; write its name in quotes: "lobby")");
    const auto name = protocol::parse_room(*text);
    if (!name) return shown(value) + " is no room: " + name.error().text;
    into = name->shown;
    return std::nullopt;
  }
};

/// Addresses to listen on, tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH; at least one.
struct Addresses : List {
  static Complaint read(const Value& value, Texts& into) {
    if (value == Value(Texts{})) return "without an address nobody can connect; write at least one";
    return read_list(value, into, R"(list of addresses; write ["tcp://127.0.0.1:7717"])",
                     [](std::string& address) {
                       const auto parsed = net::parse_listen_address(address);
                       return parsed ? Complaint() : parsed.error().text;
                     });
  }
};

/// Addresses and ranges of them.
struct Ranges : List {
  static Complaint read(const Value& value, std::vector<net::AddressRange>& into) {
    Texts texts;
    auto complaint =
        read_list(value, texts, R"(list of addresses; write ["127.0.0.1", "10.0.0.0/8", "unix"])",
                  [](std::string& text) {
                    const auto range = net::AddressRange::parse(text);
                    return range ? Complaint() : shown(text) + ' ' + range.error().text;
                  });
    if (complaint) return complaint;
    into.clear();
    for (const auto& text : texts) into.push_back(*net::AddressRange::parse(text));
    return std::nullopt;
  }
  static std::string print(const std::vector<net::AddressRange>& ranges) {
    Texts texts;
    for (const auto& range : ranges) texts.push_back(range.text());
    return in_quotes(texts);
  }
};

/// Whether it is a scheme and a host, and perhaps a port, as browsers write an origin (RFC 6454, 6.2).
bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto host = text.substr(scheme.size());
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._:[]";
    return !host.empty() && host.find_first_not_of(allowed) == std::string_view::npos;
  }
  return false;
}

constexpr std::string_view origin_wanted =
    R"(; write scheme and host in small letters, without a path: "https://chat.example.org")";

struct Origins : List {
  static Complaint read(const Value& value, Texts& into) {
    return read_list(value, into, R"(list of origins; write ["https://chat.example.org"])",
                     [](std::string& text) -> Complaint {
                       if (is_origin(text)) return std::nullopt;
                       return shown(text) + " is no origin" + std::string(origin_wanted);
                     });
  }
};

/// An origin; empty for none.
struct Origin : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return not_a(value, R"(URL; write text, such as "https://chat.example.org")");
    std::string_view bare = *text;
    if (bare.ends_with('/')) bare.remove_suffix(1);
    if (!bare.empty() && !is_origin(bare)) return shown(value) + " cannot be it" + std::string(origin_wanted);
    into = bare;
    return std::nullopt;
  }
};

/// Of a cluster or of a node: it goes into keys and logs.
struct Id : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return not_a(value, R"(name; write it in quotes: "a")");
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    constexpr std::size_t longest = 32;
    if (text->size() > longest || text->find_first_not_of(allowed) != std::string::npos)
      return shown(value) + " cannot be one; write up to 32 small letters, digits, \"-\" and \".\"";
    into = *text;
    return std::nullopt;
  }
};

/// The name of a user of etcd; empty for none.
struct User : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_one_line(*text))
      return not_a(value, R"(name of a user; write text, such as "hubbub")");
    into = *text;
    return std::nullopt;
  }
};

/// Where members of etcd are: http://HOST:PORT or https://HOST:PORT.
struct Engines : List {
  using Members = std::vector<journal::shared::EngineAddress>;
  static Complaint read(const Value& value, Members& into) {
    Texts texts;
    auto complaint = read_list(value, texts, R"(list of addresses; write ["http://127.0.0.1:2379"])",
                               [](std::string& text) {
                                 return parse(text) ? Complaint()
                                                    : shown(text) +
                                                          " is no address of etcd; write "
                                                          "\"http://HOST:PORT\" or \"https://HOST:PORT\"";
                               });
    if (complaint) return complaint;
    into.clear();
    for (const auto& text : texts) into.push_back(*parse(text));
    return std::nullopt;
  }
  static std::string print(const Members& members) {
    Texts texts;
    for (const auto& member : members) {
      const bool is_bracketed = member.host.find(':') != std::string::npos;
      texts.push_back((member.is_tls ? "https://" : "http://") +
                      (is_bracketed ? '[' + member.host + ']' : member.host) + ':' +
                      std::to_string(member.port));
    }
    return in_quotes(texts);
  }

 private:
  static std::optional<journal::shared::EngineAddress> parse(std::string_view text) {
    const bool is_tls = text.starts_with("https://");
    if (!is_tls && !text.starts_with("http://")) return std::nullopt;
    text.remove_prefix(text.find("//") + 2);
    if (text.ends_with('/')) text.remove_suffix(1);
    const auto address = net::parse_listen_address("tcp://" + std::string(text));
    const auto* const tcp = address ? std::get_if<net::TcpAddress>(&address->place) : nullptr;
    if (tcp == nullptr || tcp->host.empty() || tcp->port == 0) return std::nullopt;
    return journal::shared::EngineAddress{.is_tls = is_tls, .host = tcp->host, .port = tcp->port};
  }
};

/// A bearer token, or "sha256:" and its hash, which is all that is kept; empty for none. What is wrong with
/// it is told without repeating it.
struct Token : Text {
  static Complaint read(const Value& value, std::string& into) {
    constexpr auto hashed = ops::token_hash_prefix;
    constexpr std::size_t digits = 64;
    constexpr std::size_t least = 16;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return "it is no token; write text";
    const auto is_of_token = [](char byte) { return byte > ' ' && byte < '\x7F'; };
    if (!std::all_of(text->begin(), text->end(), is_of_token))
      return "it has blanks, or other characters than those of ASCII";
    if (text->starts_with(hashed)) {
      const auto hash = std::string_view(*text).substr(hashed.size());
      if (hash.size() != digits || hash.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
        return "it is no hash; write \"sha256:\" and the 64 digits that `printf %s TOKEN | sha256sum` prints";
      into = protocol::ascii_lower(*text);
    } else if (text->empty()) {
      into.clear();
    } else if (text->size() < least) {
      return "it could be guessed; take at least 16 random characters";
    } else {
      into = ops::token_hash(*text);
    }
    return std::nullopt;
  }
};

Texts engines() { return {"automatic", "sqlite", "memory"}; }
Texts syncs() { return {"full", "normal", "off"}; }

/// The names of an enumeration, from its first value to `Last`.
template <auto Last>
Texts names_to() {
  Texts names;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Last); ++i)
    names.emplace_back(to_string(static_cast<decltype(Last)>(i)));
  return names;
}
using Level = Choice<names_to<ops::log::Level::error>>;
using Format = Choice<names_to<ops::log::Format::json>>;

using C = Config;
using Chat = chat::Settings;
using Net = net::Settings;
using Cluster = journal::shared::ClusterSettings;
using Web = front::WebSettings;
using Plain = Choice<names_to<Web::Plain::never>>;
using Accounts = accounts::Settings;
using Registration = Choice<names_to<Accounts::Registration::closed>>;
using Guests = Choice<names_to<Accounts::Guests::none>>;
using PlainLogin = Choice<names_to<Accounts::PlainLogin::never>>;
using Journal = journal::Settings;

constexpr std::array keys{
    key<Title, &C::chat, &Chat::server_name>("server", "name"),
    key<Notice, &C::chat, &Chat::motd>("server", "motd"),
    key<Addresses, &C::listen>("server", "listen", Effect::restart),
    key<Room, &C::chat, &Chat::default_room>("server", "default_room"),
    key<Path, &C::state_dir>("server", "state_dir", Effect::restart),
    key<Path, &C::ctl_socket>("server", "ctl_socket", Effect::restart),
    key<Path, &C::ctl_group>("server", "ctl_group", Effect::restart),

    key<Count, &C::net, &Net::connections>("limits", "connections"),
    key<Count, &C::net, &Net::connections_per_address>("limits", "connections_per_address"),
    key<Rate, &C::net, &Net::connects_per_second_per_address>("limits", "connects_per_second_per_address"),
    key<Count, &C::net, &Net::connects_burst_per_address>("limits", "connects_burst_per_address"),
    key<Size, &C::chat, &Chat::line_bytes>("limits", "line"),
    key<Size, &C::chat, &Chat::text_bytes>("limits", "text"),
    key<Count, &C::chat, &Chat::rooms>("limits", "rooms"),
    key<Count, &C::chat, &Chat::rooms_per_session>("limits", "rooms_per_session"),
    key<Count, &C::chat, &Chat::owned_rooms>("limits", "owned_rooms"),
    key<Rate, &C::chat, &Chat::messages_per_second>("limits", "messages_per_second"),
    key<Count, &C::chat, &Chat::messages_burst>("limits", "messages_burst"),
    key<Rate, &C::chat, &Chat::messages_per_second_per_address>("limits", "messages_per_second_per_address"),
    key<Count, &C::chat, &Chat::messages_burst_per_address>("limits", "messages_burst_per_address"),
    key<Rate, &C::chat, &Chat::queries_per_second>("limits", "queries_per_second"),
    key<Count, &C::chat, &Chat::queries_burst>("limits", "queries_burst"),
    key<Size, &C::net, &Net::send_queue_soft>("limits", "send_queue_soft"),
    key<Size, &C::net, &Net::send_queue>("limits", "send_queue"),
    key<Count, &C::chat, &Chat::presence_members>("limits", "presence_members"),

    key<Duration, &C::net, &Net::sniff>("timeouts", "sniff"),
    key<Duration, &C::net, &Net::hello>("timeouts", "hello"),
    key<Duration, &C::net, &Net::idle>("timeouts", "idle"),
    key<Duration, &C::net, &Net::idle_text>("timeouts", "idle_text"),
    key<Duration, &C::net, &Net::ping>("timeouts", "ping"),
    key<Duration, &C::net, &Net::claim>("timeouts", "claim"),
    key<Duration, &C::chat, &Chat::tell_timeout>("timeouts", "tell"),
    key<Duration, &C::net, &Net::stall>("timeouts", "stall"),
    key<Duration, &C::net, &Net::shutdown>("timeouts", "shutdown"),

    key<Ranges, &C::net, &Net::trusted_proxies>("net", "trusted_proxies"),

    key<Registration, &C::accounts, &Accounts::registration>("accounts", "registration"),
    key<Guests, &C::accounts, &Accounts::guests>("accounts", "guests"),
    key<PlainLogin, &C::accounts, &Accounts::plain_login>("accounts", "plain_login"),
    key<Size, &C::accounts, &Accounts::hash_memory>("accounts", "hash_memory"),
    key<Count, &C::accounts, &Accounts::hash_passes>("accounts", "hash_passes"),
    key<Duration, &C::accounts, &Accounts::token_age>("accounts", "token_age"),

    key<Duration, &C::chat, &Chat::edit_window>("moderation", "edit_window"),
    key<Count, &C::chat, &Chat::raid_joins>("moderation", "raid_joins"),
    key<Duration, &C::chat, &Chat::raid_time>("moderation", "raid_time"),

    key<Plain, &C::web, &Web::plain>("web", "plain"),
    key<Origin, &C::web, &Web::public_url>("web", "public_url"),
    key<Origins, &C::web, &Web::origins>("web", "origins"),
    key<Flag, &C::web, &Web::hsts>("web", "hsts"),
    key<Path, &C::web, &Web::acme_challenges>("web", "acme_challenges"),
    key<Token, &C::web, &Web::metrics_token>("web", "metrics_token"),

    key<Choice<engines>, &C::history, &Journal::engine>("history", "engine", Effect::restart),
    key<Count, &C::chat, &Chat::replay>("history", "replay"),
    key<Count, &C::history, &Journal::keep_messages>("history", "keep_messages"),
    key<Duration, &C::history, &Journal::keep_age>("history", "keep_age"),
    key<Duration, &C::history, &Journal::grace>("history", "grace"),
    key<Size, &C::history, &Journal::memory>("history", "memory"),
    key<Size, &C::history, &Journal::memory_total>("history", "memory_total"),
    key<Choice<syncs>, &C::history, &Journal::sync>("history", "sync"),

    key<Id, &C::cluster, &Cluster::name>("cluster", "name", Effect::restart),
    key<Id, &C::cluster, &Cluster::node>("cluster", "node", Effect::restart),
    key<Engines, &C::cluster, &Cluster::engines>("cluster", "engine", Effect::restart),
    key<Duration, &C::cluster, &Cluster::lease>("cluster", "lease", Effect::restart),
    key<Duration, &C::cluster, &Cluster::patience>("cluster", "patience", Effect::restart),
    key<Size, &C::cluster, &Cluster::window>("cluster", "window", Effect::restart),
    key<User, &C::cluster, &Cluster::user>("cluster", "user", Effect::restart),
    key<Path, &C::cluster, &Cluster::password_file>("cluster", "password_file", Effect::restart),
    key<Path, &C::cluster, &Cluster::ca_file>("cluster", "ca_file", Effect::restart),
    key<Path, &C::cluster, &Cluster::certificate_file>("cluster", "certificate_file", Effect::restart),
    key<Path, &C::cluster, &Cluster::key_file>("cluster", "key_file", Effect::restart),

    key<Level, &C::log, &ops::log::Settings::level>("log", "level"),
    key<Format, &C::log, &ops::log::Settings::format>("log", "format"),
};

std::string net::CertificateFiles::*file_of(std::string_view name) {
  if (name == "certificate") return &net::CertificateFiles::certificate;
  return name == "key" ? &net::CertificateFiles::key : nullptr;
}

void read_certificates(std::span<const settings::Entry> tables, Whole& into, settings::Faults& faults) {
  auto& certificates = static_cast<Config&>(into).net.certificates;
  certificates.clear();
  for (const auto& each : tables) {
    auto& files = certificates.emplace_back();
    bool is_sound = true;
    for (const auto& entry : each.entries) {
      const auto file = file_of(entry.name);
      const auto complaint = file != nullptr ? Path::read(entry.value, files.*file) : std::nullopt;
      is_sound = is_sound && file != nullptr && !complaint;
      if (file == nullptr) {
        faults.add(entry.line,
                   "unknown key tls." + settings::named(entry.name) + "; [[tls]] has certificate, key");
      } else if (complaint) {
        faults.add(entry.line, settings::dotted("tls", entry.name) + ": " + *complaint);
      }
    }
    if (is_sound && (files.certificate.empty() || files.key.empty()))
      faults.add(each.line, "[[tls]] needs certificate and key, the paths of two files in PEM");
  }
}

std::string print_certificates(const Whole& whole) {
  std::string text;
  for (const auto& files : static_cast<const Config&>(whole).net.certificates) {
    text.append("\n[[tls]]\ncertificate = ").append(Path::print(files.certificate));
    text.append("\nkey = ").append(Path::print(files.key)).append(1, '\n');
  }
  return text;
}

}  // namespace

const settings::Table& table() {
  static constexpr Table all{
      .keys = keys,
      .series = {"tls", read_certificates, print_certificates},
      .settle = [](Whole& whole, const Lines& lines) { return settle(static_cast<Config&>(whole), lines); }};
  return all;
}

}  // namespace hubbub::config
