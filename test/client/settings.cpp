#include "client/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

using namespace hubbub::client;
using Catch::Matchers::ContainsSubstring;
using Strings = std::vector<std::string>;

namespace {

PersonalSettings read(std::string_view toml) {
  auto result = parse_settings(toml, "config.toml");
  if (const auto* bad = std::get_if<BadSettings>(&result)) FAIL(bad->sentence);
  return std::get<PersonalSettings>(std::move(result));
}

std::string complaint(std::string_view toml) {
  const auto result = parse_settings(toml, "config.toml");
  const auto* bad = std::get_if<BadSettings>(&result);
  return bad == nullptr ? "" : bad->sentence;
}

std::string example() {
  std::ostringstream text;
  text << std::ifstream(HUBBUB_CLIENT_TOML).rdbuf();
  return text.str();
}

std::string set(PersonalSettings& settings, std::string_view key, std::string_view typed) {
  const auto error = set_setting(settings, key, typed);
  return error ? error->text : *get_setting(settings, key);
}

}  // namespace

TEST_CASE("every setting is read") {
  const PersonalSettings settings = read(R"(
default_server = "home"
highlight = ["release", "release candidate"]
ignore = ["Eve"]
mute = ["noise"]
[servers.home]
address = "bob@[::1]:7000"
rooms = ["lobby", "#dev"]
name = "alice"
[servers."the-office"]
address = "unix:/run/hubbub.sock"
[look]
color = 256
times = "HH:MM:SS"
date = "iso"
[notify]
bell = false
desktop = false
on = ["private"]
[presence]
show = "none"
[input]
paste_confirm_lines = 3
)");
  CHECK(settings.default_server == "home");
  CHECK(settings.servers.at("home").name == "alice");
  CHECK(to_string(settings.servers.at("home").addresses) == "[::1]:7000");
  CHECK(settings.servers.at("home").rooms == Strings{"lobby", "dev"});
  CHECK(settings.servers.at("the-office").addresses.front().path == "/run/hubbub.sock");
  CHECK(settings.preferences.highlight == Strings{"release", "release candidate"});
  CHECK(settings.preferences.ignore == Strings{"Eve"});
  CHECK(settings.preferences.mute == Strings{"noise"});
  CHECK(settings.look.color == Look::Color::wide);
  CHECK(settings.look.times == Look::Times::seconds);
  CHECK(settings.look.date == Look::Date::iso);
  CHECK_FALSE(settings.notify.bell);
  CHECK_FALSE(settings.notify.desktop);
  CHECK_FALSE(settings.notify.on_mention);
  CHECK(settings.notify.on_private);
  CHECK(settings.preferences.presence == Preferences::Presence::none);
  CHECK(settings.input.paste_confirm_lines == 3);
}

TEST_CASE("the example names every key, at its default") {
  const std::string text = example();
  const PersonalSettings settings = read(text);
  const PersonalSettings defaults;
  for (const std::string& key : setting_keys()) {
    CAPTURE(key);
    CHECK(*get_setting(settings, key) == *get_setting(defaults, key));
    const std::string line = key.substr(key.find('.') + 1) + " = " + *get_setting(defaults, key) + "\n";
    CHECK_THAT(text, ContainsSubstring("\n" + line));
  }
}

TEST_CASE("the example's servers are some, too") {
  std::string text = example();
  std::size_t uncommented = 0;
  for (const char* line : {"[servers.home]", "address = ", "name = ", "rooms = ", "[servers.work]",
                           "address = ", "tls = ", "ca = "}) {
    const std::size_t at = text.find("\n# " + std::string(line));
    REQUIRE(at != std::string::npos);
    text.erase(at + 1, 2);
    ++uncommented;
  }
  CHECK(uncommented == 8);
  const PersonalSettings settings = read(text);
  CHECK(to_string(settings.servers.at("home").addresses) == "127.0.0.1:7717");
  CHECK(to_string(settings.servers.at("work").addresses) == "tls://chat.example.org:7717");
  CHECK(settings.servers.at("home").name == "alice");
}

TEST_CASE("a mistake is one sentence that names file, line and key") {
  CHECK(complaint("\n[look]\ncolour = \"auto\"") ==
        "config.toml:3: unknown key look.colour; did you mean look.color?");
  CHECK(complaint("bell = true") == "config.toml:1: unknown key bell; did you mean notify.bell?");
  CHECK(complaint("[notfy]\nbell = true") ==
        "config.toml:1: unknown section [notfy]; did you mean [notify]?");
  CHECK(complaint("[look]\ncolor = \"blue\"") ==
        "config.toml:2: look.color: \"blue\" is not known; there are \"auto\", \"never\", \"always\", "
        "\"16\", \"256\"");
  CHECK(complaint("[notify]\nbell = 1") ==
        "config.toml:2: notify.bell: 1 is no choice between true and false");
  CHECK(complaint("[notify]\non = [\"shout\"]") ==
        "config.toml:2: notify.on: \"shout\" is not known; there are \"mention\", \"private\"");
  CHECK(
      complaint("[input]\npaste_confirm_lines = -1") ==
      "config.toml:2: input.paste_confirm_lines: -1 is no count; write a whole number that is not negative");
  CHECK(complaint("ignore = [1]") ==
        "config.toml:1: ignore: a list of something other than text is no list of names; write [\"bob\", "
        "\"eve\"]");
  CHECK_THAT(complaint("mute = [\"two words\"]"),
             ContainsSubstring("config.toml:1: mute: \"two words\" cannot be one: "));
  CHECK_THAT(complaint("highlight = [\"\"]"), ContainsSubstring("config.toml:1: highlight: "));
  CHECK(complaint("look = 1") == "config.toml:1: look is a section; write [look] and its keys below");
  CHECK_THAT(complaint("[look\n"), ContainsSubstring("config.toml:1: "));
  CHECK_THAT(complaint("\nzzzzzz = 1"),
             ContainsSubstring("config.toml:2: unknown key zzzzzz; there are default_server, "));
}

TEST_CASE("so is one in a server") {
  CHECK(complaint("[servers.home]\nname = \"a\"") ==
        "config.toml:1: servers.home has no address; write address = \"HOST:PORT\"");
  CHECK(complaint("[servers.home]\naddress = \"h\"\nroom = [\"a\"]") ==
        "config.toml:3: servers.home.room: is not known; did you mean rooms?");
  CHECK_THAT(complaint("[servers.home]\naddress = \"h:99999\""),
             ContainsSubstring("config.toml:2: servers.home.address: "));
  CHECK_THAT(complaint("[servers.home]\naddress = \"h\"\nname = \"a b\""),
             ContainsSubstring("config.toml:3: servers.home.name: \"a b\" cannot be a name: "));
  CHECK_THAT(complaint("[servers.\"a@b\"]\naddress = \"h\""),
             ContainsSubstring("config.toml:1: servers.a@b: "));
  CHECK(complaint("default_server = \"hom\"\n[servers.home]\naddress = \"h\"") ==
        "config.toml:1: default_server: there is no server \"hom\" in the file");
  CHECK(complaint("[servers]\nhome = 1") ==
        "config.toml:2: servers.home is a section; write [servers.home] and its keys below");
}

TEST_CASE("a server may be with TLS or without, and say whom to trust") {
  using hubbub::client::Encryption;
  const auto address = [](const std::string& more) {
    return read("[servers.home]\n" + more).servers.at("home").addresses.front();
  };
  const std::string host = "address = \"h\"\n";
  CHECK(address(host).encryption == Encryption::by_host);
  CHECK(address("tls = true\n" + host).encryption == Encryption::always);
  CHECK(address(host + "tls = false\n").encryption == Encryption::never);
  CHECK(address("ca = \"/etc/ca.pem\"\n" + host).trust.ca_file == "/etc/ca.pem");
  CHECK(address(host + "ca = \"/etc/ca.pem\"\n").encryption == Encryption::always);
  const std::string fingerprint = "fingerprint = \"" + std::string(64, '0') + "\"\n";
  CHECK(address(host + fingerprint).trust.fingerprint.starts_with("00:00:"));
  CHECK(address(host + fingerprint).encryption == Encryption::always);
  const auto fault = [](const std::string& more) { return complaint("[servers.home]\n" + more); };
  CHECK_THAT(fault(host + "tls = 1"), ContainsSubstring("config.toml:3: servers.home.tls: 1 is no choice"));
  CHECK_THAT(fault(host + "ca = \"ca.pem\""),
             ContainsSubstring("servers.home.ca: \"ca.pem\" is no whole path"));
  CHECK_THAT(fault(host + "fingerprint = \"12\""), ContainsSubstring("'12' is no fingerprint"));
  CHECK_THAT(fault(host + "ca = \"/f\"\n" + fingerprint), ContainsSubstring("exclude each other"));
  CHECK_THAT(fault(host + "tls = false\n" + fingerprint), ContainsSubstring("without TLS and with it"));
  CHECK_THAT(fault("address = \"tls://h\"\ntls = false"), ContainsSubstring("without TLS and with it"));
  CHECK_THAT(fault("address = \"tcp://h\"\ntls = true"), ContainsSubstring("without TLS and with it"));
  CHECK_THAT(fault("address = \"unix:/s\"\ntls = true"), ContainsSubstring("stays on this machine"));
}

TEST_CASE("a server may have several addresses, with one name and TLS for all of them") {
  using hubbub::client::Address;
  using hubbub::client::Encryption;
  const auto home = [](const std::string& more) {
    return read("[servers.home]\n" + more).servers.at("home");
  };
  const auto addresses = [&](const std::string& list) {
    return to_string(home("address = " + list).addresses);
  };
  CHECK(addresses(R"(["a:1", "unix:/run/s,t", "b"])") == "a:1, unix:///run/s,t, b:7717");
  CHECK(addresses(R"(["a"])") == "a:7717");
  CHECK(addresses(R"("a, b:1")") == "a:7717, b:1");
  CHECK(home(R"(address = ["a", "bob@b"])").name == "bob");
  CHECK(home("address = [\"bob@a\", \"b\"]\nname = \"carol\"").name == "carol");
  const auto some = home("address = [\"a\", \"unix:/s\", \"b\"]\nca = \"/etc/ca.pem\"").addresses;
  REQUIRE(some.size() == 3);
  for (const Address& each : some) {
    CHECK(each.name.empty());
    CHECK(each.encryption == (each.is_unix() ? Encryption::by_host : Encryption::always));
    CHECK(each.trust.ca_file == (each.is_unix() ? "" : "/etc/ca.pem"));
  }
  const std::string list =
      "fingerprint = [\"" + std::string(64, '1') + "\", \"" + std::string(64, '2') + "\"]";
  const auto pinned = home("address = [\"a\", \"unix:/s\", \"b\"]\n" + list).addresses;
  CHECK(pinned[0].trust.fingerprint.starts_with("11:"));
  CHECK(pinned[1].trust.is_default());
  CHECK(pinned[2].trust.fingerprint.starts_with("22:"));
  CHECK(pinned[2].encryption == Encryption::always);

  const auto fault = [](const std::string& more) { return complaint("[servers.home]\n" + more); };
  CHECK(fault(R"(address = ["a", "b:0"])") ==
        "config.toml:2: servers.home.address: server 2 of 2: 'b:0' has no port number from 1 to 65535 after "
        "the "
        "colon");
  CHECK(fault("address = []") == "config.toml:2: servers.home.address: the list of servers is empty");
  CHECK_THAT(fault("address = [1]"), ContainsSubstring("is no address; write \"HOST:PORT\""));
  CHECK_THAT(fault("address = 1"), ContainsSubstring("is no address; write \"HOST:PORT\""));
  CHECK_THAT(fault("address = \"a\"\n" + list), ContainsSubstring("there are 2 fingerprints and 1 host;"));
  CHECK_THAT(fault("address = [\"a\", \"b\"]\nfingerprint = [\"" + std::string(64, '1') + "\", \"2\"]"),
             ContainsSubstring("'2' is no fingerprint"));
  CHECK_THAT(fault("address = [\"unix:/s\", \"unix:/t\"]\ntls = true"),
             ContainsSubstring("stays on this machine"));
  CHECK_THAT(fault("address = [\"a\", \"tcp://b\"]\ntls = true"),
             ContainsSubstring("without TLS and with it"));
}

TEST_CASE("the first mistake of the file is told, not that of the alphabet") {
  CHECK_THAT(complaint("[notify]\nbell = 1\n[look]\ncolor = 1"),
             ContainsSubstring("config.toml:2: notify.bell"));
}

TEST_CASE("settings are got and set by name while the program runs") {
  PersonalSettings settings;
  CHECK(set(settings, "notify.bell", "off") == "false");
  CHECK_FALSE(settings.notify.bell);
  CHECK(set(settings, "notify.bell", "yes") == "true");
  CHECK(set(settings, "look.color", "256") == "\"256\"");
  CHECK(set(settings, "look.times", "off") == "\"off\"");
  CHECK(set(settings, "input.paste_confirm_lines", "12") == "12");
  CHECK(set(settings, "ignore", "bob, eve") == "[\"bob\", \"eve\"]");
  CHECK(settings.preferences.ignore == Strings{"bob", "eve"});
  CHECK(set(settings, "ignore", "") == "[]");
  CHECK(set(settings, "notify.on", "mention") == "[\"mention\"]");
}

TEST_CASE("what cannot be set is a sentence, and changes nothing") {
  PersonalSettings settings;
  CHECK(set(settings, "notify.bel", "off") == "there is no setting notify.bel; did you mean notify.bell?");
  CHECK(set(settings, "notify.bell", "perhaps") ==
        "notify.bell: \"perhaps\" is no choice between true and false");
  CHECK(set(settings, "input.paste_confirm_lines", "many") ==
        "input.paste_confirm_lines: \"many\" is no count; write a whole number that is not negative");
  CHECK(set(settings, "servers.home.name", "a") == "servers are read at the start; change them in the file");
  CHECK_THAT(set(settings, "ignore", "a,b:c"), ContainsSubstring("ignore: \"b:c\" cannot be one: "));
  CHECK(settings.preferences.ignore.empty());
  CHECK(get_setting(settings, "nothing").has_error());
  CHECK(set(settings, "\x1b[2J", "").find('\x1b') == std::string::npos);
}

TEST_CASE("what is printed can be typed") {
  PersonalSettings settings;
  CHECK(set(settings, "highlight", R"("release candidate" 小明)") == R"(["release candidate", "小明"])");
  CHECK(set(settings, "highlight", R"(["a \"b\" \\", "c d"])") == R"(["a \"b\" \\", "c d"])");
  set(settings, "ignore", "bob, eve");
  set(settings, "look.color", "256");
  set(settings, "look.times", "off");
  set(settings, "default_server", "home");
  for (const std::string& key : setting_keys()) {
    CAPTURE(key);
    const std::string printed = *get_setting(settings, key);
    PersonalSettings other;
    CHECK(set(other, key, printed) == printed);
  }
  CHECK(set(settings, "highlight", "[]") == "[]");
  CHECK(set(settings, "default_server", "\"\"") == "\"\"");
}

TEST_CASE("a setting is kept in its place, and all else in the file stays as it is") {
  const auto with = [](std::string_view toml, std::string_view key, std::string_view value) {
    const auto changed = with_setting(toml, key, value, "config.toml");
    return changed ? *changed : changed.error().text;
  };
  CHECK(with("", "highlight", "[\"x\"]") == "highlight = [\"x\"]\n");
  CHECK(with("", "notify.bell", "false") == "[notify]\nbell = false\n");
  CHECK(with("# mine\n[look] # looks\ncolor = \"auto\"\t# чай\ntimes='off'\n", "look.color", "\"never\"") ==
        "# mine\n[look] # looks\ncolor = \"never\"\t# чай\ntimes='off'\n");
  CHECK(with("highlight = ['ж', # one\n 'b'] # two\n[look]\n", "highlight", "[]") ==
        "highlight = [] # two\n[look]\n");
  CHECK(with("[look]\ndate = \"iso\" # d\n\n# bells\n[notify]\nbell = true", "look.times", "\"off\"") ==
        "[look]\ndate = \"iso\" # d\ntimes = \"off\"\n\n# bells\n[notify]\nbell = true\n");
  CHECK(with("# all\n\n# looks\n[look]\n", "mute", "[\"dev\"]") ==
        "# all\n\nmute = [\"dev\"]\n\n# looks\n[look]\n");
  CHECK(with("[servers.home]\naddress = \"h\"\n", "look.date", "\"iso\"") ==
        "[servers.home]\naddress = \"h\"\n\n[look]\ndate = \"iso\"\n");
  CHECK(with("ignore = []\nmute = []", "highlight", "[]") == "ignore = []\nmute = []\nhighlight = []\n");
  CHECK(with("look.date = \"iso\"\n", "look.date", "\"words\"") == "look.date = \"words\"\n");
  CHECK(with("look = { date = \"iso\" }\n", "look.times", "\"off\"") ==
        "look.times cannot be put into config.toml; write it there by hand: look.times = \"off\"");
  CHECK(with("look = \n", "look.times", "\"off\"").ends_with("; mend that first"));
  CHECK(with("bel = 1\n", "look.times", "\"off\"").ends_with("; mend that first"));
}

TEST_CASE("every setting can be kept in the example, which says the same afterwards") {
  PersonalSettings other = read(
      "default_server = \"\"\nhighlight = [\"x\"]\nignore = [\"bob\"]\nmute = [\"dev\"]\n[look]\ncolor = "
      "\"never\"\n"
      "times = \"off\"\ndate = \"iso\"\n[notify]\nbell = false\ndesktop = false\non = []\n[presence]\nshow = "
      "\"all\"\n"
      "[input]\npaste_confirm_lines = 0\n");
  const std::string text = example();
  for (const std::string& key : setting_keys()) {
    CAPTURE(key);
    const std::string value = *get_setting(other, key);
    const auto changed = with_setting(text, key, value, "config.toml");
    REQUIRE(changed.has_value());
    CHECK(*get_setting(read(*changed), key) == value);
    const std::string old = *get_setting(read(text), key);
    CHECK(*with_setting(*changed, key, old, "config.toml") == text);
  }
}

TEST_CASE("the file is put in place whole, with its mode, also where a link leads to it") {
  const hubbub::test::TemporaryDirectory directory;
  const auto path = directory.path() / "new" / "config.toml";
  PersonalSettings settings;
  set(settings, "look.times", "off");
  CHECK_FALSE(keep_setting(path, settings, "look.times"));
  const auto content = [](const std::filesystem::path& of) {
    std::ostringstream text;
    text << std::ifstream(of).rdbuf();
    return text.str();
  };
  CHECK(content(path) == "[look]\ntimes = \"off\"\n");
  namespace fs = std::filesystem;
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_read);
  const auto link = directory.path() / "link.toml";
  fs::create_symlink(path, link);
  set(settings, "ignore", "bob");
  CHECK_FALSE(keep_setting(link, settings, "ignore"));
  CHECK(fs::is_symlink(link));
  CHECK(content(path) == "ignore = [\"bob\"]\n\n[look]\ntimes = \"off\"\n");
  CHECK(fs::status(path).permissions() == (fs::perms::owner_all | fs::perms::group_read));
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
  std::ofstream(path) << "look = ";
  const auto refused = keep_setting(path, settings, "ignore");
  REQUIRE(refused);
  CHECK(content(path) == "look = ");
  CHECK(keep_setting("", settings, "ignore"));
  CHECK(keep_setting((path / "below" / "a" / "file").string(), settings, "ignore"));
}

TEST_CASE("choices are known for completion") {
  CHECK(setting_choices("look.color") == Strings{"auto", "never", "always", "16", "256"});
  CHECK(setting_choices("notify.bell") == Strings{"on", "off"});
  CHECK(setting_choices("ignore").empty());
  CHECK(setting_choices("nothing").empty());
}

TEST_CASE("the file is where the XDG specification has it") {
  ::setenv("HOME", "/home/alice", 1);
  ::setenv("XDG_CONFIG_HOME", "/config", 1);
  CHECK(settings_path() == "/config/hubbub/config.toml");
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  CHECK(settings_path() == "/home/alice/.config/hubbub/config.toml");
  ::unsetenv("XDG_CONFIG_HOME");
  ::unsetenv("HOME");
  CHECK(settings_path().empty());
}

TEST_CASE("a file that is not there is as good as an empty one, one that cannot be read is not") {
  CHECK(std::holds_alternative<PersonalSettings>(load_settings("/nonexistent/config.toml")));
  CHECK(std::holds_alternative<PersonalSettings>(load_settings("")));
  const auto folder = load_settings("/");
  REQUIRE(std::holds_alternative<BadSettings>(folder));
  CHECK(std::get<BadSettings>(folder).sentence == "cannot read the settings /: Is a directory");
  CHECK(std::holds_alternative<PersonalSettings>(load_settings(HUBBUB_CLIENT_TOML)));
}
