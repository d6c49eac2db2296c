#include "server/config_keys.hpp"

#include <array>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/settings/kinds.hpp"
#include "server/net/listen_address.hpp"

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

/// Addresses to listen on, tcp://HOST:PORT or unix:///PATH; at least one.
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
using Journal = journal::Settings;

constexpr std::array keys{
    key<Title, &C::chat, &Chat::server_name>("server", "name"),
    key<Notice, &C::chat, &Chat::motd>("server", "motd"),
    key<Addresses, &C::listen>("server", "listen", Effect::restart),
    key<Room, &C::chat, &Chat::default_room>("server", "default_room"),
    key<Path, &C::state_dir>("server", "state_dir", Effect::restart),

    key<Count, &C::net, &Net::connections>("limits", "connections"),
    key<Count, &C::net, &Net::connections_per_address>("limits", "connections_per_address"),
    key<Rate, &C::net, &Net::connects_per_second_per_address>("limits", "connects_per_second_per_address"),
    key<Count, &C::net, &Net::connects_burst_per_address>("limits", "connects_burst_per_address"),
    key<Size, &C::chat, &Chat::line_bytes>("limits", "line"),
    key<Size, &C::chat, &Chat::text_bytes>("limits", "text"),
    key<Count, &C::chat, &Chat::rooms>("limits", "rooms"),
    key<Count, &C::chat, &Chat::rooms_per_session>("limits", "rooms_per_session"),
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

    key<Choice<engines>, &C::history, &Journal::engine>("history", "engine", Effect::restart),
    key<Count, &C::chat, &Chat::replay>("history", "replay"),
    key<Count, &C::history, &Journal::keep_messages>("history", "keep_messages"),
    key<Duration, &C::history, &Journal::keep_age>("history", "keep_age"),
    key<Duration, &C::history, &Journal::grace>("history", "grace"),
    key<Size, &C::history, &Journal::memory>("history", "memory"),
    key<Size, &C::history, &Journal::memory_total>("history", "memory_total"),
    key<Choice<syncs>, &C::history, &Journal::sync>("history", "sync"),

    key<Level, &C::log, &ops::log::Settings::level>("log", "level"),
    key<Format, &C::log, &ops::log::Settings::format>("log", "format"),
};

}  // namespace

const settings::Table& table() {
  static constexpr Table all{.keys = keys, .settle = [](Whole& whole, const Lines& lines) {
                               return settle(static_cast<Config&>(whole), lines);
                             }};
  return all;
}

}  // namespace hubbub::config
