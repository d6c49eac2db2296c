// What the command line of `hubbubd ctl` asks for.
#include <string>
#include <vector>

#include "server/tools/ctl.hpp"
#include "server/tools/ctl_command.hpp"
#include "test/support/catch.hpp"

namespace hubbub::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
namespace request = protocol::request;

std::string fault_of_ctl(const std::vector<std::string>& words) {
  try {
    parse_ctl(words);
  } catch (const Misuse& misuse) {
    return misuse.what();
  }
  return {};
}

template <class Body>
Body asked(const std::vector<std::string>& words) {
  return std::get<Body>(parse_ctl(words).asked);
}

}  // namespace

TEST_CASE("words behind ctl become a request") {
  CHECK(asked<request::AddAccount>({"account", "add", "Нина", "--admin"}).role == "admin");
  CHECK(asked<request::AddAccount>({"account", "add", "Нина"}).role == std::nullopt);
  CHECK(asked<request::ChangeAccount>({"account", "role", "anna", "none"}).role == "none");
  CHECK(asked<request::ChangeAccount>({"account", "rename", "anna", "nina"}).rename == "nina");
  const auto suspend =
      asked<request::Suspend>({"account", "suspend", "--for", "2d", "anna", "--reason=too loud"});
  CHECK(suspend.account == "anna");
  CHECK(suspend.for_ms == 2U * 24 * 3600 * 1000);
  CHECK(suspend.reason == "too loud");
  CHECK(asked<request::RevokeToken>({"token", "revoke", "bot", "17"}).id == 17U);
  CHECK(asked<request::RevokeToken>({"token", "revoke", "bot", "all"}).all);
  CHECK(asked<request::MakeToken>({"token", "make", "bot", "--scopes", "read say"}).scopes == "read say");
  CHECK(asked<request::Webhook>({"webhook", "make", "lobby", "ci"}).name == "ci");
  CHECK(asked<request::RevokeWebhook>({"webhook", "revoke", "17"}).id == 17U);
  CHECK(asked<request::Invite>({"invite", "make", "--uses", "3"}).uses == 3U);
  CHECK(asked<request::Disconnect>({"disconnect", "#7"}).session == 7U);
  CHECK(asked<request::Disconnect>({"disconnect", "anna"}).name == "anna");
  // What looks like an option is a name behind two dashes.
  CHECK(asked<request::ShowAccount>({"account", "show", "--", "--json"}).name == "--json");
}

TEST_CASE("options of ctl may stand anywhere") {
  const auto command = parse_ctl({"--json", "account", "--socket", "/run/x", "list"});
  CHECK(command.json);
  CHECK(command.socket == "/run/x");
  CHECK(std::holds_alternative<request::Accounts>(command.asked));
  CHECK(parse_ctl({"--help"}).help);
  CHECK(parse_ctl({"account", "list", "--help"}).help);
}

TEST_CASE("what needs a password or a second thought says so") {
  CHECK(parse_ctl({"account", "add", "anna"}).needs_password);
  CHECK(parse_ctl({"account", "passwd", "anna", "--password-fd", "3"}).password_from == 3);
  CHECK(parse_ctl({"account", "erase", "anna"}).confirm == "anna");
  CHECK(parse_ctl({"account", "erase", "anna", "--yes"}).confirm.empty());
}

TEST_CASE("wrong use of ctl is told with what to write") {
  CHECK_THAT(fault_of_ctl({}), ContainsSubstring("ctl --help"));
  CHECK_THAT(fault_of_ctl({"frob"}), ContainsSubstring("no command frob"));
  CHECK_THAT(fault_of_ctl({"account"}), ContainsSubstring("add, list, show"));
  CHECK_THAT(fault_of_ctl({"account", "frob"}), ContainsSubstring("add, list, show"));
  CHECK_THAT(fault_of_ctl({"account", "add"}), ContainsSubstring("write hubbubd ctl account add NAME"));
  CHECK_THAT(fault_of_ctl({"account", "add", "a", "b"}), ContainsSubstring("account add NAME"));
  CHECK_THAT(fault_of_ctl({"account", "add", "a", "--admin", "--moderator"}), ContainsSubstring("not both"));
  CHECK_THAT(fault_of_ctl({"account", "add", "a", "--admin=yes"}), ContainsSubstring("takes no value"));
  CHECK_THAT(fault_of_ctl({"account", "add", "a", "--uses", "3"}),
             ContainsSubstring("--uses is not taken here"));
  CHECK_THAT(fault_of_ctl({"account", "add", "a", "--password-fd", "x"}), ContainsSubstring("descriptor"));
  CHECK_THAT(fault_of_ctl({"account", "role", "a", "boss"}), ContainsSubstring("admin, moderator or none"));
  CHECK_THAT(fault_of_ctl({"account", "suspend", "a", "--for", "soon"}), ContainsSubstring("such as 30m"));
  CHECK_THAT(fault_of_ctl({"account", "suspend", "a", "--for"}),
             ContainsSubstring("--for takes a value: SPAN"));
  CHECK_THAT(fault_of_ctl({"status", "--for", "1h"}), ContainsSubstring("--for is not taken here"));
  CHECK_THAT(fault_of_ctl({"--listen", "x", "status"}), ContainsSubstring("stands before ctl"));
  CHECK_THAT(fault_of_ctl({"account", "suspend", "a", "--for", "0"}), ContainsSubstring("such as 30m"));
  CHECK_THAT(fault_of_ctl({"invite", "make", "--uses", "0"}), ContainsSubstring("1 or more"));
  CHECK_THAT(fault_of_ctl({"invite", "make", "--uses"}), ContainsSubstring("takes a value: N"));
  CHECK_THAT(fault_of_ctl({"token", "revoke", "a", "x"}), ContainsSubstring("1 or more"));
  CHECK_THAT(fault_of_ctl({"disconnect", "#"}), ContainsSubstring("1 or more"));
  CHECK_THAT(fault_of_ctl({"status", "--state-dir", "x"}), ContainsSubstring("before ctl"));
}

TEST_CASE("the help of ctl has every command") {
  const auto help = ctl_usage();
  for (const std::string words : {"status",
                                  "account add NAME",
                                  "account list",
                                  "account show NAME",
                                  "account passwd NAME",
                                  "account role NAME ROLE",
                                  "account suspend NAME",
                                  "account resume NAME",
                                  "account rename NAME NEW",
                                  "account erase NAME",
                                  "account export NAME",
                                  "token make NAME",
                                  "token list NAME",
                                  "token revoke NAME ID",
                                  "invite make",
                                  "invite list",
                                  "invite revoke ID",
                                  "who",
                                  "disconnect NAME",
                                  "webhook make ROOM NAME",
                                  "webhook list",
                                  "webhook revoke ID",
                                  "reload",
                                  "log LEVEL"}) {
    CHECK_THAT(help, ContainsSubstring("\n  " + words));
  }
}

}  // namespace hubbub::tools
