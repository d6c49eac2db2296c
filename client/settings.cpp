#include "client/settings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "protocol/name.hpp"
#include "protocol/settings/file.hpp"
#include "protocol/settings/kinds.hpp"
#include "protocol/spelling.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

using namespace settings;
using protocol::Code;
using protocol::Error;
using protocol::Result;

/// The alias of a server.
struct Alias : Text {
  static Complaint read(const Value& value, std::string& into) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return not_a(value, R"(name of a server; write text, such as "home")");
    into = *text;
    return std::nullopt;
  }
};

// The names of enumerators, in their order.
Texts color_words() { return {"auto", "never", "always", "16", "256"}; }
Texts time_words() { return {"HH:MM", "HH:MM:SS", "off"}; }
Texts date_words() { return {"words", "iso"}; }
Texts presence_words() { return {"smart", "all", "none"}; }

/// The occasions for notifications, as a list of words.
struct Occasions {
  static constexpr Form form = Form::list;
  static Texts choices() { return {"mention", "private"}; }
  static Complaint read(const Value& value, Notify& into) {
    Texts occasions;
    auto complaint = read_list(value, occasions, "list; write " + in_quotes(choices()) + " or less of it",
                               [](std::string& text) {
                                 return place_among(choices(), text) ? Complaint() : none_of(choices(), text);
                               });
    if (complaint) return complaint;
    into.on_mention = place_among(occasions, "mention").has_value();
    into.on_private = place_among(occasions, "private").has_value();
    return std::nullopt;
  }
  static std::string print(const Notify& notify) {
    Texts occasions;
    if (notify.on_mention) occasions.emplace_back("mention");
    if (notify.on_private) occasions.emplace_back("private");
    return in_quotes(occasions);
  }
};

struct PastedLines : Count {
  static Complaint read(const Value& value, std::size_t& into) {
    return Count::read(value, into, "a whole number that is not negative");
  }
};

using S = PersonalSettings;
using P = Preferences;

constexpr std::array keys{
    key<Alias, &S::default_server>("", "default_server"),
    key<Phrases, &S::preferences, &P::highlight>("", "highlight"),
    key<Names, &S::preferences, &P::ignore>("", "ignore"),
    key<Rooms, &S::preferences, &P::mute>("", "mute"),

    key<Choice<color_words>, &S::look, &Look::color>("look", "color"),
    key<Choice<time_words>, &S::look, &Look::times>("look", "times"),
    key<Choice<date_words>, &S::look, &Look::date>("look", "date"),

    key<Flag, &S::notify, &Notify::bell>("notify", "bell"),
    key<Flag, &S::notify, &Notify::desktop>("notify", "desktop"),
    key<Occasions, &S::notify>("notify", "on"),

    key<Choice<presence_words>, &S::preferences, &P::presence>("presence", "show"),

    key<PastedLines, &S::input, &InputSettings::paste_confirm_lines>("input", "paste_confirm_lines"),
};

constexpr std::string_view address_advice =
    R"(address; write "HOST:PORT" or "unix:/PATH", or several as ["HOST:PORT", "HOST:PORT"])";

/// One, or a list.
Complaint read_addresses(const Value& value, Addresses& into) {
  Texts texts;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    auto complaint =
        read_list(value, texts, std::string(address_advice), [](std::string&) { return Complaint(); });
    if (complaint) return complaint;
  }
  auto addresses = text != nullptr ? parse_addresses(*text) : parse_addresses(texts);
  if (!addresses) return protocol::for_terminal(addresses.error().text);
  into = *std::move(addresses);
  return std::nullopt;
}

Complaint read_name(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return not_a(value, R"(name; write text, such as "alice")");
  const auto name = protocol::parse_name(*text);
  if (!name) return shown(value) + " cannot be a name: " + protocol::for_terminal(name.error().text);
  into = name->shown;
  return std::nullopt;
}

/// Whether there is always TLS, or never.
Complaint read_tls(const Value& value, Encryption& into) {
  bool always = false;
  auto complaint = Flag::read(value, always);
  into = always ? Encryption::always : Encryption::never;
  return complaint;
}

Complaint read_ca_file(const Value& value, std::string& into) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || !text->starts_with('/'))
    return not_a(value, R"(whole path; write text, such as "/etc/ssl/chat.pem")");
  into = *text;
  return std::nullopt;
}

/// One, or a list.
Complaint read_fingerprints(const Value& value, Texts& into) {
  const auto read = [](std::string& text) {
    const auto fingerprint = parse_fingerprint(text);
    if (!fingerprint) return Complaint(protocol::for_terminal(fingerprint.error().text));
    text = *fingerprint;
    return Complaint();
  };
  if (const auto* text = std::get_if<std::string>(&value)) return read(into.emplace_back(*text));
  return read_list(value, into, "fingerprint; write text, 64 hexadecimal digits, or a list of such", read);
}

/// What a section of a server says besides its address.
struct Beside {
  std::string name{};
  std::optional<Encryption> encryption{};
  std::string ca_file{};
  Texts fingerprints{};
};

/// Reads a key of a server. `beside` takes what goes into the address once that has been read.
Complaint read_server_key(const Entry& entry, Server& server, Beside& beside) {
  if (entry.name == "address") return read_addresses(entry.value, server.addresses);
  if (entry.name == "name") return read_name(entry.value, beside.name);
  if (entry.name == "rooms") return Rooms::read(entry.value, server.rooms);
  if (entry.name == "tls") return read_tls(entry.value, beside.encryption.emplace());
  if (entry.name == "ca") return read_ca_file(entry.value, beside.ca_file);
  if (entry.name == "fingerprint") return read_fingerprints(entry.value, beside.fingerprints);
  const Texts known = {"address", "name", "rooms", "tls", "ca", "fingerprint"};
  const std::string* near = protocol::nearest(entry.name, known);
  return near == nullptr ? "is not known; a server has address, name, rooms, tls, ca and fingerprint"
                         : "is not known; did you mean " + *near + "?";
}

/// Puts it into the addresses, in whatever order the keys stood.
Complaint put_beside(Server& server, const Beside& beside) {
  Addresses& addresses = server.addresses;
  server.name = take_name(addresses);
  if (!beside.name.empty()) server.name = beside.name;
  if (!beside.ca_file.empty() && !beside.fingerprints.empty())
    return "ca and fingerprint exclude each other; one is enough";
  const auto has = [&](Encryption wanted) {
    return beside.encryption == wanted || std::ranges::any_of(addresses, [=](const Address& each) {
             return !each.is_unix() && each.encryption == wanted;
           });
  };
  const bool has_trust = !beside.ca_file.empty() || !beside.fingerprints.empty();
  const bool with = has_trust || has(Encryption::always);
  const bool without = has(Encryption::never);
  if (with && std::ranges::all_of(addresses, &Address::is_unix))
    return "a UNIX socket stays on this machine; leave tls, ca and fingerprint out";
  if (with && without) return "it is to be without TLS and with it; leave one of the two out";
  for (Address& address : addresses) {
    if (address.is_unix()) continue;
    if (with || without) address.encryption = with ? Encryption::always : Encryption::never;
    address.trust.ca_file = beside.ca_file;
  }
  const std::string fault = pin(addresses, beside.fingerprints);
  return fault.empty() ? Complaint() : Complaint("fingerprint: " + fault);
}

void read_server(const Entry& table, Whole& into, Faults& faults) {
  const std::string where = "servers." + named(table.name);
  if (!table.is_table) return faults.add(table.line, wants_section(where));
  if (table.name.empty() || table.name.find_first_of("@:/, \t\n") != std::string::npos)
    return faults.add(table.line, where + ": a short name without blanks, '@', ':', ',' and '/' is wanted");
  Server server;
  Beside beside;
  bool has_address = false;
  for (const Entry& entry : table.entries) {
    has_address = has_address || entry.name == "address";
    const auto complaint = read_server_key(entry, server, beside);
    if (complaint) faults.add(entry.line, where + "." + named(entry.name) + ": " + *complaint);
  }
  if (!has_address) faults.add(table.line, where + " has no address; write address = \"HOST:PORT\"");
  // Of one whose address is wrong there is nothing more to say.
  const auto complaint = server.addresses.empty() ? Complaint() : put_beside(server, beside);
  if (complaint) faults.add(table.line, where + ": " + *complaint);
  static_cast<PersonalSettings&>(into).servers.emplace(table.name, std::move(server));
}

std::optional<Fault> settle(Whole& whole, const Lines& lines) {
  const auto& settings = static_cast<PersonalSettings&>(whole);
  const std::string& chosen = settings.default_server;
  if (chosen.empty() || settings.servers.contains(chosen)) return std::nullopt;
  return Fault{lines.at("default_server"),
               "default_server: there is no server " + shown(chosen) + " in the file"};
}

constexpr Table table{.keys = keys,
                      .advice = Advice::table,
                      .bytes_per_slip = 3,
                      .has_fractions = false,
                      .group = {.section = "servers", .read = read_server},
                      .settle = settle};

Error unknown(std::string_view key) {
  const auto [section, name] = split(key);
  if (section == "servers" || key == "servers")
    return {Code::bad_request, "servers are read at the start; change them in the file"};
  return {Code::bad_request,
          "there is no setting " + named(key) + "; " + table.suggestion_for_key(section, name)};
}

Error cannot_keep(const std::string& path, const std::string& why) {
  return {Code::storage_failed, "cannot write the settings " + path + ": " + why};
}

}  // namespace

std::variant<PersonalSettings, BadSettings> parse_settings(std::string_view toml, const std::string& path) {
  PersonalSettings read;
  if (const auto sentence = table.read(toml, path, read)) return BadSettings{*sentence};
  return read;
}

std::variant<PersonalSettings, BadSettings> load_settings(const std::string& path) {
  if (path.empty()) return PersonalSettings{};
  const auto text = contents(path);
  if (const auto* bytes = std::get_if<std::string>(&text)) return parse_settings(*bytes, path);
  const int error = std::get<int>(text);
  if (error == ENOENT || error == ENOTDIR) return PersonalSettings{};
  return BadSettings{"cannot read the settings " + path + ": " + std::strerror(error)};
}

std::string in_config_directory(std::string_view file) {
  const std::string config = protocol::base_directory("XDG_CONFIG_HOME", ".config");
  return config.empty() ? config : config + "/hubbub/" + std::string(file);
}

std::string settings_path() { return in_config_directory("config.toml"); }

std::vector<std::string> setting_keys() { return table.names(); }

std::vector<std::string> setting_choices(std::string_view key) {
  const Key* found = table.find(key);
  return found == nullptr || found->choices == nullptr ? Texts() : found->choices();
}

Result<std::string> get_setting(const PersonalSettings& settings, std::string_view key) {
  const Key* found = table.find(key);
  if (found == nullptr) return unknown(key);
  return found->print(settings);
}

std::optional<Error> set_setting(PersonalSettings& settings, std::string_view key, std::string_view typed) {
  const Key* found = table.find(key);
  if (found == nullptr) return unknown(key);
  const auto complaint = found->read(typed_value(found->form, typed), settings);
  if (!complaint) return std::nullopt;
  return Error{Code::bad_request, std::string(key) + ": " + *complaint};
}

Result<std::string> with_setting(std::string_view toml, std::string_view key, std::string_view value,
                                 const std::string& path) {
  const auto before = parse_settings(toml, path);
  if (const auto* bad = std::get_if<BadSettings>(&before))
    return Error{Code::bad_request, bad->sentence + "; mend that first"};
  const Key* found = table.find(key);
  if (found == nullptr) return unknown(key);
  auto expected = std::get<PersonalSettings>(before);
  set_setting(expected, key, value);
  if (const auto changed = with_value(toml, found->section, found->name, value)) {
    const auto after = parse_settings(*changed, path);
    const auto* settings = std::get_if<PersonalSettings>(&after);
    if (settings != nullptr && table.print(*settings) == table.print(expected)) return *changed;
  }
  const std::string dotted(key);
  return Error{Code::bad_request, dotted + " cannot be put into " + path +
                                      "; write it there by hand: " + dotted + " = " + std::string(value)};
}

std::optional<Error> keep_setting(const std::string& path, const PersonalSettings& settings,
                                  std::string_view key) {
  if (path.empty()) return Error{Code::storage_failed, "there is no place for settings: $HOME is not set"};
  const auto value = get_setting(settings, key);
  if (!value) return value.error();
  std::variant<std::string, int> old;
  std::error_code error;
  if (std::filesystem::exists(path, error)) old = contents(path);
  if (std::holds_alternative<int>(old)) return cannot_keep(path, "it cannot be read");
  const auto changed = with_setting(std::get<std::string>(old), key, *value, path);
  if (!changed) return changed.error();
  const int failed = replace(path, *changed);
  return failed == 0 ? std::nullopt : std::optional(cannot_keep(path, std::strerror(failed)));
}

}  // namespace hubbub::client
